"""Latents of a data folder's pictures, computed once and kept beside them.

    python encode.py --data DIR [DIR...] --autoencoder work/autoencoder.ckpt --share 0.6 --workers 2
    python encode.py --data DIR [DIR...] --basis work/basis.npz --mirror
    python encode.py --data DIR [DIR...] --autoencoder work/start/kindred-mini.ckpt --details work/details.npz

Each folder gets, for --share of its trained pictures (no held-out style, no validation scene):

    encoded.npy   int64   [s]               their rows in the folder, ascending
    latents.npy   float16 [s, v, c, h, w]   the autoencoder's posterior means, not scaled, or what the basis gives, or
                                            the one with the other after it;
                                            v = 2 with --mirror: the picture and its mirror image

A folder that has them is left alone.
"""

import argparse
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import torch

import loop
import nets
from basis import Detailed, load_basis
from data import Pictures


def choose_encoder(args):
    """Pictures -> latents, by the basis or the autoencoder."""
    if args.basis:
        return load_basis(args.basis, args.device).encode
    if args.details:
        details = load_basis(args.details, args.device)
        return Detailed(args.autoencoder, details, nets.load_config(args.config), args.device).encode
    net = nets.make_autoencoder(nets.load_config(args.config)).to(
        args.device, memory_format=torch.channels_last
    )
    net.load_state_dict(loop.load_state(args.autoencoder, "first_stage_model."))
    return lambda images: net.eval().encode(images)[0]


def encode_side_by_side(pictures, rows, folder, args):
    """encode_latents in --workers processes."""
    if args.workers == 1:
        return encode_latents(pictures, rows, args)
    with ProcessPoolExecutor(args.workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        parts = np.array_split(rows, args.workers)
        jobs = [pool.submit(encode_in_process, part, folder, args) for part in parts]
        return torch.from_numpy(np.concatenate([job.result() for job in jobs]))


def encode_in_process(rows, folder, args):
    loop.set_up(args)
    return encode_latents(Pictures([folder]), rows, args).numpy()


@torch.inference_mode()
def encode_latents(pictures, rows, args, batch=8):
    """float16 [n, views, channels, h, w]."""
    encode, device, mirror, latents = choose_encoder(args), args.device, args.mirror, []
    for i in range(0, len(rows), batch):
        images = pictures.images(rows[i : i + batch], device).contiguous(memory_format=torch.channels_last)
        with loop.autocast(device):
            means = [encode(x) for x in ((images, images.flip(3)) if mirror else (images,))]
        latents.append(torch.stack(means, dim=1).half().cpu())
        if i // batch % 200 == 0:
            print(f"latents {i}/{len(rows)}", flush=True)
    return torch.cat(latents)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", nargs="+", required=True)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--basis")
    source.add_argument("--autoencoder")
    parser.add_argument("--details", help="a basis whose channels follow those of --autoencoder, which may have fewer than --config")
    parser.add_argument("--config", default=loop.HERE / "configs/kindred-mini.json")
    parser.add_argument("--mirror", action="store_true", help="the mirror images too, at twice the time")
    parser.add_argument("--share", type=float, default=1.0, help="of the pictures that get latents, drawn at random")
    parser.add_argument("--workers", type=int, default=1, help="processes that encode")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    loop.set_up(args)
    for folder in map(Path, args.data):
        if (folder / "latents.npy").exists():
            continue
        pictures = Pictures([folder])
        rows = np.flatnonzero(~pictures.validation & ~pictures.held_out)
        rng = np.random.default_rng(args.seed)
        chosen = np.sort(rng.permutation(rows)[: round(args.share * len(rows))])
        latents = encode_side_by_side(pictures, chosen, folder, args)
        np.save(folder / "encoded.npy", chosen)
        np.save(folder / "latents.npy", latents.numpy())
        print(f"{folder}: {len(chosen)} of {len(rows)} trained pictures", flush=True)


if __name__ == "__main__":
    main()
