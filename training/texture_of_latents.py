"""What a picture's latents say of its texture, which is what a U-Net has to get right to paint in a style.

    python texture_of_latents.py --data DIR [DIR...] --autoencoder work/start.ckpt     after encode.py

Each folder gets textures.npy, float32 [n, 184], NaN for pictures without latents. A folder whose pictures encode.py left out,
being all of held-out styles, is encoded here: CLIP may see what U-Net and autoencoder must not be trained on.
"""

import argparse
from pathlib import Path

import numpy as np
import torch

import loop
from data import Pictures
from encode import encode_latents

GROUPS = {"mean": 16, "spread": 16, "across": 16, "down": 16, "together": 120}


def texture_statistics(latents):
    """[n, 16, h, w] -> [n, 184]: of each channel the mean, and after taking away what the four neighbours average, the
    logarithm of the spread and the correlation with the neighbour to the right and below; then how the channels go together.
    """
    means = latents.mean(dim=(2, 3), keepdim=True)
    around = latents[:, :, :-2, 1:-1] + latents[:, :, 2:, 1:-1] + latents[:, :, 1:-1, :-2] + latents[:, :, 1:-1, 2:]
    fine = latents[:, :, 1:-1, 1:-1] - around / 4
    fine = fine - fine.mean(dim=(2, 3), keepdim=True)
    energy = fine.square().mean(dim=(2, 3)) + 4e-4
    across = (fine[:, :, :, 1:] * fine[:, :, :, :-1]).mean(dim=(2, 3)) / energy
    down = (fine[:, :, 1:] * fine[:, :, :-1]).mean(dim=(2, 3)) / energy
    flat = fine.flatten(2) / energy.sqrt()[:, :, None]
    upper = torch.triu_indices(latents.shape[1], latents.shape[1], 1)
    together = (flat @ flat.transpose(1, 2) / flat.shape[2])[:, upper[0], upper[1]]
    return torch.cat([means.flatten(1), energy.log() / 2, across, down, together], dim=1)


def folder_latents(folder, args):
    """The rows that have latents, and these, float16 [s, 16, h, w]."""
    if (folder / "latents.npy").exists():
        return np.load(folder / "encoded.npy"), np.load(folder / "latents.npy")[:, 0]
    rows = np.arange(len(Pictures([folder])))
    return rows, encode_latents(Pictures([folder]), rows, args)[:, 0].numpy()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", nargs="+", required=True)
    parser.add_argument("--autoencoder", required=True)
    parser.add_argument("--config", default=loop.HERE / "configs/kindred-mini.json")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--threads", type=int, default=1)
    parser.set_defaults(basis=None, mirror=False, seed=0)
    args = parser.parse_args()
    loop.set_up(args)
    for folder in map(Path, args.data):
        if (folder / "textures.npy").exists():
            continue
        rows, latents = folder_latents(folder, args)
        found = texture_statistics(torch.from_numpy(latents).float()).numpy()
        textures = np.full((len(Pictures([folder])), found.shape[1]), np.nan, np.float32)
        textures[rows] = found
        np.save(folder / "textures.npy", textures)
        print(f"{folder}: {len(rows)} of {len(textures)} pictures", flush=True)


if __name__ == "__main__":
    main()
