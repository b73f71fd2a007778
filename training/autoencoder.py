"""The KL autoencoder, in the shape of the authors' checkpoints: attribute names are the keys under
`first_stage_model.`."""

import torch.nn as nn
import torch.nn.functional as F

from cpu_layers import GroupNorm, attention, norm_silu

GROUPS = 32


def fine_norm(channels):
    return GroupNorm(GROUPS, channels, eps=1e-6)


def conv3(cin, cout, stride=1, padding=1):
    return nn.Conv2d(cin, cout, 3, stride=stride, padding=padding)


class Upsample(nn.Module):
    """Nearest-neighbour doubling, then a convolution; the same in both networks."""

    def __init__(self, channels):
        super().__init__()
        self.conv = conv3(channels, channels)

    def forward(self, x):
        return self.conv(F.interpolate(x, scale_factor=2.0, mode="nearest"))


class ResnetBlock(nn.Module):
    def __init__(self, cin, cout):
        super().__init__()
        self.norm1, self.conv1 = fine_norm(cin), conv3(cin, cout)
        self.norm2, self.conv2 = fine_norm(cout), conv3(cout, cout)
        if cin != cout:
            self.nin_shortcut = nn.Conv2d(cin, cout, 1)

    def forward(self, x):
        h = self.conv1(norm_silu(self.norm1, x))
        h = self.conv2(norm_silu(self.norm2, h))
        return (self.nin_shortcut(x) if hasattr(self, "nin_shortcut") else x) + h


class AttnBlock(nn.Module):
    """Self-attention over all pixels with a single head as wide as the channels; q, k, v are 1x1
    convolutions."""

    def __init__(self, channels):
        super().__init__()
        self.norm = fine_norm(channels)
        self.q, self.k, self.v, self.proj_out = (nn.Conv2d(channels, channels, 1) for _ in range(4))

    def forward(self, x):
        h = self.norm(x)
        q, k, v = (conv(h).permute(0, 2, 3, 1).flatten(1, 2)[:, None] for conv in (self.q, self.k, self.v))
        out = attention(q, k, v)[:, 0]
        return x + self.proj_out(out.unflatten(1, x.shape[2:]).permute(0, 3, 1, 2))


class PaddedDownsample(nn.Module):
    """Stride 2 after one column of zeros on the right and one row at the bottom."""

    def __init__(self, channels):
        super().__init__()
        self.conv = conv3(channels, channels, stride=2, padding=0)

    def forward(self, x):
        return self.conv(F.pad(x, (0, 1, 0, 1)))


def level_module(blocks, attention_at_end):
    """A resolution level: `block` and `attn` lists (attn empty, or one after each block)."""
    level = nn.Module()
    level.block = nn.ModuleList(blocks)
    level.attn = nn.ModuleList(AttnBlock(b.conv2.out_channels) for b in blocks if attention_at_end)
    return level


def run_level(level, h):
    for i, block in enumerate(level.block):
        h = block(h)
        if len(level.attn):
            h = level.attn[i](h)
    return h


def middle_module(channels):
    mid = nn.Module()
    mid.block_1, mid.attn_1, mid.block_2 = (
        ResnetBlock(channels, channels),
        AttnBlock(channels),
        ResnetBlock(channels, channels),
    )
    return mid


def run_middle(mid, h):
    return mid.block_2(mid.attn_1(mid.block_1(h)))


class Encoder(nn.Module):
    def __init__(
        self,
        *,
        ch,
        ch_mult,
        num_res_blocks,
        attn_resolutions,
        in_channels,
        resolution,
        z_channels,
        double_z=True,
        **_,
    ):
        super().__init__()
        self.conv_in = conv3(in_channels, ch)
        self.down = nn.ModuleList()
        channels = ch
        for i, mult in enumerate(ch_mult):
            blocks = [
                ResnetBlock(channels if j == 0 else ch * mult, ch * mult) for j in range(num_res_blocks)
            ]
            channels = ch * mult
            # Attention goes by the nominal resolution of the config, never by the size of the input.
            level = level_module(blocks, resolution >> i in attn_resolutions)
            if i < len(ch_mult) - 1:
                level.downsample = PaddedDownsample(channels)
            self.down.append(level)
        self.mid = middle_module(channels)
        self.norm_out = fine_norm(channels)
        self.conv_out = conv3(channels, 2 * z_channels if double_z else z_channels)

    def forward(self, x):
        h = self.conv_in(x)
        for level in self.down:
            h = run_level(level, h)
            if hasattr(level, "downsample"):
                h = level.downsample(h)
        return self.conv_out(norm_silu(self.norm_out, run_middle(self.mid, h)))


class Decoder(nn.Module):
    """`up` is stored from high resolution (0) to low and run the other way round; each level has one block
    more."""

    def __init__(self, *, ch, ch_mult, num_res_blocks, attn_resolutions, out_ch, resolution, z_channels, **_):
        super().__init__()
        channels = ch * ch_mult[-1]
        self.conv_in = conv3(z_channels, channels)
        self.mid = middle_module(channels)
        levels = []
        for i in reversed(range(len(ch_mult))):
            cout = ch * ch_mult[i]
            blocks = [ResnetBlock(channels if j == 0 else cout, cout) for j in range(num_res_blocks + 1)]
            channels = cout
            level = level_module(blocks, resolution >> i in attn_resolutions)
            if i > 0:
                level.upsample = Upsample(channels)
            levels.insert(0, level)
        self.up = nn.ModuleList(levels)
        self.norm_out = fine_norm(channels)
        self.conv_out = conv3(channels, out_ch)

    def forward(self, z):
        h = run_middle(self.mid, self.conv_in(z))
        for level in reversed(self.up):
            h = run_level(level, h)
            if hasattr(level, "upsample"):
                h = level.upsample(h)
        return self.conv_out(norm_silu(self.norm_out, h))


class AutoencoderKL(nn.Module):
    """Pictures in [-1, 1] [B, 3, H, W] <-> latents [B, embed_dim, H/f, W/f], f = 2^(levels - 1)."""

    def __init__(self, *, embed_dim, ddconfig, **_):
        super().__init__()
        self.encoder = Encoder(**ddconfig)
        self.decoder = Decoder(**ddconfig)
        self.quant_conv = nn.Conv2d(2 * ddconfig["z_channels"], 2 * embed_dim, 1)
        self.post_quant_conv = nn.Conv2d(embed_dim, ddconfig["z_channels"], 1)

    def encode(self, x):
        """The posterior's mean and log-variance, each [B, embed_dim, h, w]."""
        mean, logvar = self.quant_conv(self.encoder(x)).chunk(2, dim=1)
        return mean, logvar.clamp(-30.0, 20.0)

    def decode(self, z):
        return self.decoder(self.post_quant_conv(z))
