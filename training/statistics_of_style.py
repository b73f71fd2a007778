"""What can be measured of a picture's style without knowing its name: colours, contrasts, edges at several scales."""

from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from data import to_unit

SIDE = 128


def style_statistics(images):
    """[n, 3, S, S] in [-1, 1] -> [n, 38]: means, spreads and quantiles of lightness and of two opponent colours, size,
    direction and sparsity of edges at four scales, whether edges are darker than what they bound, and the margin.

    Far simpler than the Gram matrices of Gatys, Ecker and Bethge (2016), and needs no trained network.
    """
    red, green, blue = images.unbind(1)
    light = (red + green + blue) / 3
    opponents = torch.stack([light, red - green, blue - (red + green) / 2], dim=1)
    flat = opponents.flatten(2)
    colourfulness = flat[:, 1:].norm(dim=1)
    parts = [flat.mean(2), flat.std(2), colourfulness.mean(1, keepdim=True), colourfulness.std(1, keepdim=True)]
    levels = torch.tensor([0.05, 0.25, 0.5, 0.75, 0.95], device=images.device)
    parts.append(torch.quantile(flat[:, 0], levels, dim=1).T)
    for scale in (1, 2, 4, 8):
        small = F.avg_pool2d(opponents, scale)
        across, down = small[:, :, :-1, 1:] - small[:, :, :-1, :-1], small[:, :, 1:, :-1] - small[:, :, :-1, :-1]
        x, y = across[:, 0].flatten(1), down[:, 0].flatten(1)
        strength = (x.square() + y.square()).add(1e-6).sqrt()
        edges = [x.abs(), y.abs(), (x + y).abs() + (x - y).abs()]  # the same for a picture and its mirror image
        parts += [e.mean(1, keepdim=True).add(1e-3).log() for e in edges]
        parts.append(strength.mean(1, keepdim=True) / strength.square().mean(1, keepdim=True).sqrt())
        chroma = (across[:, 1:].abs() + down[:, 1:].abs()).mean(dim=(1, 2, 3))[:, None]
        parts.append(chroma.add(1e-3).log())
        here = small[:, 0, :-1, :-1].flatten(1)
        parts.append((here * strength).mean(1, keepdim=True) / strength.mean(1, keepdim=True) - here.mean(1, keepdim=True))
    margin = max(1, images.shape[-1] // 24)
    middle = light[:, margin:-margin, margin:-margin].mean(dim=(1, 2))
    parts.append((light.mean(dim=(1, 2)) - middle)[:, None])
    return torch.cat(parts, dim=1)


@torch.inference_mode()
def folder_statistics(folder, batch=64):
    """float32 [n, 38] of a data folder's pictures, computed once and kept beside them."""
    kept = Path(folder) / "statistics.npy"
    if not kept.exists():
        pictures, parts = np.load(Path(folder) / "images.npy", mmap_mode="r"), []
        for i in range(0, len(pictures), batch):
            images = to_unit(torch.from_numpy(pictures[i : i + batch].copy()))
            parts.append(style_statistics(F.interpolate(images, size=(SIDE, SIDE), mode="area")).numpy())
        np.save(kept, np.concatenate(parts))
    return np.load(kept)


if __name__ == "__main__":
    import sys

    for name in sys.argv[1:]:
        print(name, folder_statistics(name).shape)
