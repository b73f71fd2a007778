"""Fits a U-Net to the embeddings of another CLIP, so that its training goes on from what it knows.

    python adapt.py --unet work/unet.ckpt --old work/start/clip --new work/clip --data DIR [DIR...] --out work/adapted.ckpt

The old embeddings are guessed from the new ones, of pictures and captions alike, by a matrix (ridge regression, no constant, as
keys and values have no bias), and the matrix is multiplied into to_k and to_v of every cross-attention. What the new embeddings
say beyond the old ones, the U-Net has yet to learn.
"""

import argparse
from pathlib import Path

import numpy as np
import torch

import loop
from clip_model import load_clip
from data import Pictures
from prepare import encode_images, encode_texts


@torch.inference_mode()
def embeddings(folder, pictures, rows, captions, device):
    """Unit embeddings of pictures, then of captions, float32 [2 n, dim]."""
    clip, tokenizer = load_clip(folder, device)
    images = encode_images(pictures, rows, clip.eval(), device)
    return torch.cat([images, encode_texts(captions, clip, tokenizer, device)]).float()


def fit(new, old, ridge):
    """The matrix [dim, dim] for which new @ matrix is nearest to old."""
    return torch.linalg.solve(new.T @ new + ridge * len(new) / new.shape[1] * torch.eye(new.shape[1]), new.T @ old)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("unet", "old", "new", "out"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--data", nargs="+", required=True)
    parser.add_argument("--pictures", type=int, default=6000, help="how many are looked at, with one caption each")
    parser.add_argument("--ridge", type=float, default=0.01, help="in units of the mean variance of a dimension")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    loop.set_up(args)
    rng = np.random.default_rng(args.seed)
    pictures = Pictures(args.data)
    rows = np.sort(rng.permutation(np.flatnonzero(~pictures.validation & ~pictures.held_out))[: args.pictures])
    captions = [(pictures.content, pictures.styled)[int(rng.integers(2))](row, rng) for row in rows]
    old, new = (embeddings(folder, pictures, rows, captions, args.device) for folder in (args.old, args.new))
    order = torch.from_numpy(rng.permutation(len(old)))
    test, known = order[: len(order) // 10], order[len(order) // 10 :]
    matrix = fit(new[known], old[known], args.ridge)
    left = (new[test] @ matrix - old[test]).square().sum() / (old[test] - old[test].mean(0)).square().sum()
    print(f"the matrix explains {100 * (1 - left):.1f} % of the old embeddings")
    state = torch.load(args.unet, map_location="cpu", weights_only=True)["state_dict"]
    wide = {k for k in state if k.replace(".", "").endswith(("attn2to_kweight", "attn2to_vweight"))}
    for key in wide:
        state[key] = state[key] @ matrix.T
    torch.save({"state_dict": state}, args.out)
    print(f"{len(wide)} weights of keys and values, in {Path(args.out).name}")


if __name__ == "__main__":
    main()
