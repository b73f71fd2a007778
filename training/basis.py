"""The latent space of the built-in pack: the leading principal components of picture patches.

    python basis.py --data DIR --out work/basis.npz
    python basis.py --data DIR --first 16 --channels 32 --deviation 0.66 --out work/details.npz    # what 16 leave out

A latent pixel holds 16 numbers for a patch of 16 x 16 pixels: its projections on the patches' first 16 principal
components, each divided by the square root of its standard deviation. (Left as they are, the first ones would be
ten times as large as the last, and pure noise would no longer hide the picture's mean colour at the schedule's
end; at equal size, the denoiser would spend itself on detail.) The autoencoder's encoder learns this map and its
decoder to undo it. A latent space that is known before any training starts lets the U-Net and the decoder learn
side by side, and keeps every U-Net valid however often the decoder goes on. It costs what a learned encoder would
have packed better: see README.md for both numbers.

With --first the components that follow so many: channels of detail, for a latent space that has 16 already to go on
with (widen.py, encode.py --details).
"""

import argparse
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

import loop
from autoencoder import AutoencoderKL
from data import Pictures

PATCH = 16


class Basis:
    """Pictures in [-1, 1] [n, 3, H, W] <-> latents [n, channels, H/16, W/16]."""

    def __init__(self, arrays, device="cpu"):
        get = {k: torch.from_numpy(np.asarray(v, np.float32)).to(device) for k, v in arrays.items()}
        self.mean, self.components, self.scale = get["mean"], get["components"], get["scale"]
        self.kernel = (self.components * self.scale[:, None]).view(-1, 3, PATCH, PATCH)
        self.offset = -(self.components @ self.mean) * self.scale

    def encode(self, images):
        return F.conv2d(images, self.kernel, self.offset, stride=PATCH)

    def decode(self, latents):
        """The best linear reconstruction."""
        kernel = (self.components / self.scale[:, None]).view(-1, 3, PATCH, PATCH)
        height, width = latents.shape[2] * PATCH, latents.shape[3] * PATCH
        mean = self.mean.view(1, 3, PATCH, PATCH).repeat(1, 1, height // PATCH, width // PATCH)
        return F.conv_transpose2d(latents, kernel, stride=PATCH) + mean


def load_basis(path, device="cpu"):
    return Basis(np.load(path), device)


class Detailed:
    """The latents of a checkpoint's encoder, and after them channels of detail."""

    def __init__(self, path, details, config, device="cpu"):
        state = loop.load_state(path, "first_stage_model.")
        known = len(state["quant_conv.weight"]) // 2
        first_stage = config["first_stage_config"]["params"]
        ddconfig = first_stage["ddconfig"] | {"z_channels": known}
        self.net = AutoencoderKL(embed_dim=known, ddconfig=ddconfig).to(device, memory_format=torch.channels_last)
        self.net.load_state_dict(state)
        self.net.requires_grad_(False)
        self.details = details

    def encode(self, images):
        return torch.cat([self.net.encode(images)[0].float(), self.details.encode(images).float()], dim=1)


def patches(images):
    """[n, 3, H, W] -> [n * H/16 * W/16, 768], channels first within a patch, as a convolution's kernel."""
    return F.unfold(images, PATCH, stride=PATCH).transpose(1, 2).reshape(-1, 3 * PATCH * PATCH)


def fit(pictures, rows, first, channels, deviation):
    """The arrays of Basis from pictures and their mirror images (a style's marks may all lean one way): of so many
    components after the `first`, whose numbers taken together have that standard deviation."""
    count, total, square = 0, 0.0, 0.0
    for i in range(0, len(rows), 50):
        images = pictures.images(rows[i : i + 50])
        x = torch.cat([patches(images), patches(images.flip(3))]).double()
        count, total, square = count + len(x), total + x.sum(0), square + x.T @ x
    mean = total / count
    values, vectors = torch.linalg.eigh(square / count - mean[:, None] * mean[None])
    kept = slice(first, first + channels)
    deviations, components = values.flip(0)[kept].sqrt(), vectors.flip(1)[:, kept].T
    components *= components.sum(dim=1, keepdim=True).sign()  # a fixed orientation
    scale = deviations.rsqrt()
    scale *= deviation * (deviations * scale).square().mean().rsqrt()
    return {"mean": mean.numpy(), "components": components.numpy(), "scale": scale.numpy()}


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", nargs="+", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--first", type=int, default=0, help="how many components are left out before")
    parser.add_argument("--channels", type=int, default=16)
    parser.add_argument("--deviation", type=float, default=1.0, help="root mean square of all the latents' numbers")
    parser.add_argument("--pictures", type=int, default=2000, help="how many to fit")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    torch.set_num_threads(1)
    pictures, rng = Pictures(args.data), np.random.default_rng(args.seed)
    rows = rng.permutation(np.flatnonzero(~pictures.validation & ~pictures.held_out))[: args.pictures]
    arrays = fit(pictures, np.sort(rows), args.first, args.channels, args.deviation)
    Path(args.out).parent.mkdir(parents=True, exist_ok=True)
    np.savez(args.out, **{k: v.astype(np.float32) for k, v in arrays.items()})
    basis = load_basis(args.out)
    unseen = np.flatnonzero(pictures.validation & ~pictures.held_out)[:100]
    images = pictures.images(unseen)
    latents = basis.encode(images)
    print("standard deviations", latents.std(dim=(0, 2, 3)).numpy().round(2))
    if args.first:
        return  # what the components before them hold is not known here
    error = (basis.decode(latents).clamp(-1, 1) - images).square().mean(dim=(1, 2, 3)) / 4
    print(f"PSNR of the linear reconstruction {(-10 * error.log10()).mean():.2f} dB")


if __name__ == "__main__":
    main()
