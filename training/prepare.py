"""Computes once what the U-Net trains on: latents, embeddings, neighbour lists, as .npy arrays.

    python prepare.py --data DIR [DIR...] --clip work/clip --basis work/basis.npz --out work/prepared
    python prepare.py --data DIR [DIR...] --clip work/clip --autoencoder work/autoencoder.ckpt --out work/prepared

Rows are the trained pictures (no held-out style, no validation scene):

    rows              int64   [n]               row in the data folders
    style             int64   [n]               number of the style (names in prepared.json)
    latents           float16 [s, v, 16, h, w]  latents of the picture and its mirror image (v = 2; with
                                                --no-mirror v = 1 at half the time), not scaled: what
                                                the basis gives, or the autoencoder's posterior means
    encoded           int64   [s]               which of the n rows they are of (--share of them)
    image             float16 [n, dim]          CLIP embedding of the picture, unit length
    content           float16 [n, c, dim]       of c content captions
    styled            float16 [n, c, dim]       of c captions that name the style
    near_content      int32   [n, c, 40]        rows of the same style nearest to each content caption, best
                                                first, the row itself left out
    near_styled       int32   [n, c, 40]        the same for the styled captions
    near_image        int32   [n, 40]           rows of any style nearest to the picture's embedding
    near_image_style  int32   [n, 40]           the same within the style
    held_image        float16 [m, dim]          all pictures of held-out styles, for sample sheets alone
    held_style        int64   [m]

prepared.json has scale_factor (1 / standard deviation of the latents) and the names of both kinds of styles.
"""

import argparse
import json
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

import loop
import nets
from basis import load_basis
from clip_model import encode_captions, load_clip
from data import Pictures, clip_view

KEPT = 40  # twice the most neighbours used, so that training can leave some out


def choose_encoder(args):
    """Pictures -> latents, by the basis or the autoencoder."""
    if args.basis:
        return load_basis(args.basis, args.device).encode
    net = nets.make_autoencoder(nets.load_config(args.config)).to(
        args.device, memory_format=torch.channels_last
    )
    net.load_state_dict(loop.load_state(args.autoencoder, "first_stage_model."))
    return lambda images: net.eval().encode(images)[0]


def encode_side_by_side(pictures, rows, args):
    """encode_latents in --workers processes."""
    if args.workers == 1:
        return encode_latents(pictures, rows, args)
    with ProcessPoolExecutor(args.workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        parts = np.array_split(rows, args.workers)
        jobs = [pool.submit(encode_in_process, part, args) for part in parts]
        return torch.from_numpy(np.concatenate([job.result() for job in jobs]))


def encode_in_process(rows, args):
    loop.set_up(args)
    return encode_latents(Pictures(args.data), rows, args).numpy()


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


@torch.inference_mode()
def encode_images(pictures, rows, clip, device, batch=64):
    size, embeddings = clip.config["vision_config"]["image_size"], []
    for i in range(0, len(rows), batch):
        with loop.autocast(device):
            embedding = clip.encode_image(clip_view(pictures.images(rows[i : i + batch], device), size))
        embeddings.append(F.normalize(embedding.float(), dim=1).half().cpu())
    return torch.cat(embeddings)


@torch.inference_mode()
def encode_texts(captions, clip, tokenizer, device, batch=512):
    """Unit embeddings of a list of captions, float16 [n, dim]; equal captions are computed once."""
    distinct, index = np.unique(captions, return_inverse=True)
    length = clip.config["text_config"]["max_position_embeddings"]
    parts = []
    for i in range(0, len(distinct), batch):
        ids = encode_captions(tokenizer, distinct[i : i + batch].tolist(), length).to(device)
        longest = (ids == clip.text_model.eos).int().argmax(dim=1).max()
        parts.append(F.normalize(clip.encode_text(ids[:, : longest + 1]).float(), dim=1).half().cpu())
    return torch.cat(parts)[torch.from_numpy(index)]


def nearest(queries, owners, bank, bank_rows, kept, device, batch=2048):
    """For each query the nearest rows of a bank of unit vectors, best first, never its own: int32 [n,
    kept]."""
    bank, bank_rows, out = bank.to(device).float(), bank_rows.to(device), []
    for i in range(0, len(queries), batch):
        similar = queries[i : i + batch].to(device).float() @ bank.T
        similar.masked_fill_(owners[i : i + batch].to(device)[:, None] == bank_rows[None], -2)
        out.append(bank_rows[similar.topk(kept, dim=1).indices].int().cpu())
    return torch.cat(out)


def nearest_of_style(queries, image, style, kept, device):
    """queries [n, dim]: nearest pictures of each row's own style."""
    out = torch.empty(len(image), kept, dtype=torch.int32)
    for number in style.unique():
        rows = torch.nonzero(style == number)[:, 0]
        out[rows] = nearest(queries[rows], rows, image[rows], rows, kept, device)
    return out


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", nargs="+", required=True)
    parser.add_argument("--clip", required=True)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--basis")
    source.add_argument("--autoencoder")
    parser.add_argument("--out", required=True)
    parser.add_argument("--config", default=loop.HERE / "configs/kindred-mini.json")
    parser.add_argument("--captions", type=int, default=4, help="captions of each kind for a picture")
    parser.add_argument("--mirror", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument(
        "--keep-latents", action="store_true", help="use those in --out: pictures and autoencoder are the same"
    )
    parser.add_argument("--only-latents", action="store_true", help="all else in --out stays: CLIP is the same")
    parser.add_argument("--share", type=float, default=1.0, help="of the pictures that get latents, drawn at random")
    parser.add_argument("--workers", type=int, default=1, help="processes that encode")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    loop.set_up(args)
    rng = np.random.default_rng(args.seed)
    out = Path(args.out)
    out.mkdir(parents=True, exist_ok=True)

    pictures = Pictures(args.data)
    rows = np.flatnonzero(~pictures.validation & ~pictures.held_out)
    style_names, style = np.unique([pictures.meta[row]["style"] for row in rows], return_inverse=True)
    style = torch.from_numpy(style)
    kept = min(KEPT, int(style.bincount().min()) - 1)
    clip, tokenizer = load_clip(args.clip, args.device)

    if args.keep_latents:
        latents = torch.from_numpy(np.load(out / "latents.npy"))
    else:
        encoded = np.sort(rng.permutation(len(rows))[: round(args.share * len(rows))])
        latents = encode_side_by_side(pictures, rows[encoded], args)
        np.save(out / "latents.npy", latents.numpy())
        np.save(out / "encoded.npy", encoded)
    scale = 1.0 / latents[:, 0].float().std().item()
    if args.only_latents:
        summary = loop.read_json(out / "prepared.json") | {"scale_factor": scale}
        (out / "prepared.json").write_text(json.dumps(summary, indent=2) + "\n")
        print(f"{len(rows)} pictures, scale_factor {scale:.6f}")
        return
    image = encode_images(pictures, rows, clip.eval(), args.device)
    arrays = {"rows": torch.from_numpy(rows), "style": style, "image": image}
    for name, make in (("content", pictures.content), ("styled", pictures.styled)):
        embeddings, near = [], []
        for _ in range(args.captions):
            texts = encode_texts([make(row, rng) for row in rows], clip, tokenizer, args.device)
            embeddings.append(texts)
            near.append(nearest_of_style(texts, image, style, kept, args.device))
        arrays[name], arrays[f"near_{name}"] = torch.stack(embeddings, dim=1), torch.stack(near, dim=1)
        print(f"{name} captions done", flush=True)
    everything = torch.arange(len(rows))
    arrays["near_image"] = nearest(image, everything, image, everything, kept, args.device)
    arrays["near_image_style"] = nearest_of_style(image, image, style, kept, args.device)
    held = np.flatnonzero(pictures.held_out)
    held_names, held_style = np.unique([pictures.meta[row]["style"] for row in held], return_inverse=True)
    if len(held):
        arrays["held_image"] = encode_images(pictures, held, clip, args.device)
        arrays["held_style"] = torch.from_numpy(held_style)
    for name, values in arrays.items():
        np.save(out / f"{name}.npy", values.numpy())
    summary = {"scale_factor": scale, "styles": style_names.tolist(), "held_out_styles": held_names.tolist()}
    (out / "prepared.json").write_text(json.dumps(summary, indent=2) + "\n")
    print(f"{len(rows)} pictures of {len(style_names)} styles, scale_factor {scale:.6f}")


if __name__ == "__main__":
    main()
