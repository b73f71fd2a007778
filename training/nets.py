"""The two networks of a retrieval-augmented diffusion model, in the shape of the authors' checkpoints.

Attribute names are the keys of the published state_dict (CompVis/latent-diffusion, `UNetModel` and
`AutoencoderKL`), so one description serves both the small model trained here and the
1,335,480,400-parameter one. Constructors take the authors' YAML parameters. What differs from textbook
versions is said where it happens.
"""

import json
import math
from pathlib import Path

import torch
import torch.nn as nn
import torch.nn.functional as F

from autoencoder import GROUPS, AutoencoderKL, Upsample, conv3, fine_norm
from cpu_layers import GroupNorm, attention, norm_silu


def unet_norm(channels):
    """GroupNorm of ResBlocks and of the output; the other norms of the family use eps 1e-6."""
    return GroupNorm(GROUPS, channels, eps=1e-5)


def timestep_embedding(t, dim):
    """Sinusoids of the integer timestep, cosines first: [B] -> [B, dim]."""
    half = dim // 2
    steps = torch.arange(half, dtype=torch.float32, device=t.device)
    freqs = torch.exp(-math.log(10000) * steps / half)
    angles = t.float()[:, None] * freqs[None]
    return torch.cat([angles.cos(), angles.sin()], dim=1)


class ResBlock(nn.Module):
    def __init__(self, cin, emb_dim, cout):
        super().__init__()
        self.in_layers = nn.Sequential(unet_norm(cin), nn.SiLU(), conv3(cin, cout))
        self.emb_layers = nn.Sequential(nn.SiLU(), nn.Linear(emb_dim, cout))
        # Index 2 is the reference's dropout (0); it keeps the last convolution at key `out_layers.3`.
        self.out_layers = nn.Sequential(unet_norm(cout), nn.SiLU(), nn.Identity(), conv3(cout, cout))
        self.skip_connection = nn.Identity() if cin == cout else nn.Conv2d(cin, cout, 1)

    def forward(self, x, emb):
        h = self.in_layers[2](norm_silu(self.in_layers[0], x)) + self.emb_layers(emb)[:, :, None, None]
        return self.skip_connection(x) + self.out_layers[3](norm_silu(self.out_layers[0], h))


class CrossAttention(nn.Module):
    """Multi-head attention: q, k, v without bias, output with bias; over itself where no context is given."""

    def __init__(self, dim, context_dim, heads):
        super().__init__()
        self.heads = heads
        self.to_q = nn.Linear(dim, dim, bias=False)
        self.to_k = nn.Linear(context_dim, dim, bias=False)
        self.to_v = nn.Linear(context_dim, dim, bias=False)
        self.to_out = nn.Sequential(nn.Linear(dim, dim))

    def forward(self, x, context=None):
        context = x if context is None else context
        q, k, v = (
            y.unflatten(-1, (self.heads, -1)).transpose(1, 2)
            for y in (self.to_q(x), self.to_k(context), self.to_v(context))
        )
        out = attention(q, k, v)
        return self.to_out(out.transpose(1, 2).flatten(2))


class GEGLU(nn.Module):
    """One projection, halved: the first half is the value, the second half gates it through the exact (erf)
    GELU."""

    def __init__(self, dim, inner):
        super().__init__()
        self.proj = nn.Linear(dim, 2 * inner)

    def forward(self, x):
        value, gate = self.proj(x).chunk(2, dim=-1)
        return value * F.gelu(gate)


class FeedForward(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.net = nn.Sequential(GEGLU(dim, 4 * dim), nn.Identity(), nn.Linear(4 * dim, dim))

    def forward(self, x):
        return self.net(x)


class BasicTransformerBlock(nn.Module):
    def __init__(self, dim, context_dim, heads):
        super().__init__()
        self.attn1 = CrossAttention(dim, dim, heads)
        self.attn2 = CrossAttention(dim, context_dim, heads)
        self.ff = FeedForward(dim)
        self.norm1, self.norm2, self.norm3 = nn.LayerNorm(dim), nn.LayerNorm(dim), nn.LayerNorm(dim)

    def forward(self, x, context):
        x = self.attn1(self.norm1(x)) + x
        x = self.attn2(self.norm2(x), context) + x
        return self.ff(self.norm3(x)) + x


class SpatialTransformer(nn.Module):
    """[B, C, H, W] -> tokens -> transformer blocks -> back, plus the input. proj_in and proj_out are 1x1
    convolutions."""

    def __init__(self, channels, context_dim, heads, depth=1):
        super().__init__()
        self.norm = fine_norm(channels)
        self.proj_in = nn.Conv2d(channels, channels, 1)
        self.transformer_blocks = nn.ModuleList(
            BasicTransformerBlock(channels, context_dim, heads) for _ in range(depth)
        )
        self.proj_out = nn.Conv2d(channels, channels, 1)

    def forward(self, x, context):
        h = self.proj_in(self.norm(x)).permute(0, 2, 3, 1)
        size = h.shape[1:3]
        h = h.flatten(1, 2)
        for block in self.transformer_blocks:
            h = block(h, context)
        return self.proj_out(h.unflatten(1, size).permute(0, 3, 1, 2)) + x


class Downsample(nn.Module):
    """Stride 2 with padding 1 on every side (the autoencoder pads right and bottom only)."""

    def __init__(self, channels):
        super().__init__()
        self.op = conv3(channels, channels, stride=2)

    def forward(self, x):
        return self.op(x)


class Stage(nn.ModuleList):
    """One entry of input_blocks, middle_block or output_blocks: hands each layer what it takes."""

    def forward(self, h, emb, context):
        for layer in self:
            if isinstance(layer, ResBlock):
                h = layer(h, emb)
            elif isinstance(layer, SpatialTransformer):
                h = layer(h, context)
            else:
                h = layer(h)
        return h


class UNetModel(nn.Module):
    """eps(x [B, in, H, W], t [B], context [B, n, context_dim]) -> [B, out, H, W].

    H and W are multiples of 2^(levels - 1). `attention_resolutions` are downsampling factors (4 means "at a
    quarter of the latent's side"); the middle block always has a transformer. Unlisted YAML keys
    (use_checkpoint, legacy...) are ignored.
    """

    def __init__(
        self,
        *,
        in_channels,
        out_channels,
        model_channels,
        attention_resolutions,
        num_res_blocks,
        channel_mult,
        num_head_channels,
        context_dim,
        transformer_depth=1,
        **_,
    ):
        super().__init__()
        self.model_channels = model_channels
        emb_dim = 4 * model_channels
        self.time_embed = nn.Sequential(
            nn.Linear(model_channels, emb_dim), nn.SiLU(), nn.Linear(emb_dim, emb_dim)
        )

        def transformer(channels):
            return SpatialTransformer(channels, context_dim, channels // num_head_channels, transformer_depth)

        channels, factor = model_channels, 1
        self.input_blocks = nn.ModuleList([Stage([conv3(in_channels, channels)])])
        skips = [channels]
        for level, mult in enumerate(channel_mult):
            for _ in range(num_res_blocks):
                stage = Stage([ResBlock(channels, emb_dim, mult * model_channels)])
                channels = mult * model_channels
                if factor in attention_resolutions:
                    stage.append(transformer(channels))
                self.input_blocks.append(stage)
                skips.append(channels)
            if level < len(channel_mult) - 1:
                self.input_blocks.append(Stage([Downsample(channels)]))
                skips.append(channels)
                factor *= 2
        self.middle_block = Stage(
            [
                ResBlock(channels, emb_dim, channels),
                transformer(channels),
                ResBlock(channels, emb_dim, channels),
            ]
        )
        self.output_blocks = nn.ModuleList()
        for level, mult in reversed(list(enumerate(channel_mult))):
            for i in range(num_res_blocks + 1):
                stage = Stage([ResBlock(channels + skips.pop(), emb_dim, mult * model_channels)])
                channels = mult * model_channels
                if factor in attention_resolutions:
                    stage.append(transformer(channels))
                if level > 0 and i == num_res_blocks:
                    stage.append(Upsample(channels))
                    factor //= 2
                self.output_blocks.append(stage)
        self.out = nn.Sequential(unet_norm(channels), nn.SiLU(), conv3(channels, out_channels))

    def forward(self, x, t, context):
        emb = self.time_embed(timestep_embedding(t, self.model_channels))
        h, skips = x, []
        for stage in self.input_blocks:
            h = stage(h, emb, context)
            skips.append(h)
        h = self.middle_block(h, emb, context)
        for stage in self.output_blocks:
            h = stage(torch.cat([h, skips.pop()], dim=1), emb, context)
        return self.out[2](norm_silu(self.out[0], h))

    def initialize(self):
        """The authors' initialisation: residual branches start at zero, so the fresh network is near the
        identity. Not theirs: keys and values of the context start ten times as large, because our embeddings
        have unit length and would first have to grow loud enough to be heard."""
        for module in self.modules():
            if isinstance(module, BasicTransformerBlock):
                for layer in (module.attn2.to_k, module.attn2.to_v):
                    layer.weight.data *= 10
            if isinstance(module, ResBlock):
                zero(module.out_layers[3])
            elif isinstance(module, SpatialTransformer):
                zero(module.proj_out)
        zero(self.out[2])


def zero(layer):
    nn.init.zeros_(layer.weight)
    nn.init.zeros_(layer.bias)


def load_config(path):
    """The `params` of a config file; see configs/kindred-mini.json."""
    return json.loads(Path(path).read_text())["params"]


def make_unet(config):
    return UNetModel(**config["unet_config"]["params"])


def make_autoencoder(config):
    return AutoencoderKL(**config["first_stage_config"]["params"])


def alphas_cumprod(config):
    """The authors' "linear" schedule (linear in sqrt(beta)): betas and cumulated alphas, float64
    [timesteps]."""
    start, end, steps = config["linear_start"], config["linear_end"], config["timesteps"]
    betas = torch.linspace(start**0.5, end**0.5, steps, dtype=torch.float64) ** 2
    return betas, torch.cumprod(1.0 - betas, dim=0)
