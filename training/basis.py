"""The latent space of the built-in pack: the leading principal components of picture patches.

    python basis.py --data DIR --out work/basis.npz

A latent pixel holds 16 numbers for a patch of 16 x 16 pixels: its projections on the patches' first 16 principal
components, each divided by the square root of its standard deviation. (Left as they are, the first ones would be
ten times as large as the last, and pure noise would no longer hide the picture's mean colour at the schedule's
end; at equal size, the denoiser would spend itself on detail.) The autoencoder's encoder learns this map and its
decoder to undo it. A latent space that is known before any training starts lets the U-Net and the decoder learn
side by side, and keeps every U-Net valid however often the decoder goes on. It costs what a learned encoder would
have packed better: see README.md for both numbers.
"""

import argparse
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from data import Pictures, to_unit

PATCH, CHANNELS = 16, 16


class Basis:
    """Pictures in [-1, 1] [n, 3, H, W] <-> latents [n, 16, H/16, W/16] of unit mean square over the data."""

    def __init__(self, arrays, device="cpu"):
        get = {k: torch.from_numpy(np.asarray(v, np.float32)).to(device) for k, v in arrays.items()}
        self.mean, self.components, self.scale = get["mean"], get["components"], get["scale"]
        self.kernel = (self.components * self.scale[:, None]).view(CHANNELS, 3, PATCH, PATCH)
        self.offset = -(self.components @ self.mean) * self.scale

    def encode(self, images):
        return F.conv2d(images, self.kernel, self.offset, stride=PATCH)

    def decode(self, latents):
        """The best linear reconstruction."""
        kernel = (self.components / self.scale[:, None]).view(CHANNELS, 3, PATCH, PATCH)
        height, width = latents.shape[2] * PATCH, latents.shape[3] * PATCH
        mean = self.mean.view(1, 3, PATCH, PATCH).repeat(1, 1, height // PATCH, width // PATCH)
        return F.conv_transpose2d(latents, kernel, stride=PATCH) + mean


def load_basis(path, device="cpu"):
    return Basis(np.load(path), device)


def patches(images):
    """[n, 3, H, W] -> [n * H/16 * W/16, 768], channels first within a patch, as a convolution's kernel."""
    return F.unfold(images, PATCH, stride=PATCH).transpose(1, 2).reshape(-1, 3 * PATCH * PATCH)


def fit(pictures, rows):
    """The arrays of Basis from pictures and their mirror images (a style's marks may all lean one way)."""
    count, total, square = 0, 0.0, 0.0
    for i in range(0, len(rows), 50):
        images = pictures.images(rows[i : i + 50])
        x = torch.cat([patches(images), patches(images.flip(3))]).double()
        count, total, square = count + len(x), total + x.sum(0), square + x.T @ x
    mean = total / count
    values, vectors = torch.linalg.eigh(square / count - mean[:, None] * mean[None])
    deviations, components = values.flip(0)[:CHANNELS].sqrt(), vectors.flip(1)[:, :CHANNELS].T
    components *= components.sum(dim=1, keepdim=True).sign()  # a fixed orientation
    scale = deviations.rsqrt()
    scale *= (deviations * scale).square().mean().rsqrt()
    return {"mean": mean.numpy(), "components": components.numpy(), "scale": scale.numpy()}


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", nargs="+", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--pictures", type=int, default=2000, help="how many to fit")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    torch.set_num_threads(1)
    pictures, rng = Pictures(args.data), np.random.default_rng(args.seed)
    rows = rng.permutation(np.flatnonzero(~pictures.validation & ~pictures.held_out))[: args.pictures]
    arrays = fit(pictures, np.sort(rows))
    Path(args.out).parent.mkdir(parents=True, exist_ok=True)
    np.savez(args.out, **{k: v.astype(np.float32) for k, v in arrays.items()})
    basis = load_basis(args.out)
    unseen = np.flatnonzero(pictures.validation & ~pictures.held_out)[:100]
    images = pictures.images(unseen)
    latents = basis.encode(images)
    error = (basis.decode(latents).clamp(-1, 1) - images).square().mean(dim=(1, 2, 3)) / 4
    print("standard deviations", latents.std(dim=(0, 2, 3)).numpy().round(2))
    print(f"PSNR of the linear reconstruction {(-10 * error.log10()).mean():.2f} dB")


if __name__ == "__main__":
    main()
