"""Computes once what the U-Net trains on, as .npy arrays: gathers latents, makes embeddings and neighbour lists.

    python prepare.py --data DIR [DIR...] --clip work/clip --out work/prepared        after encode.py

Rows are the trained pictures (no held-out style, no validation scene):

    rows              int64   [n]               row in the data folders
    style             int64   [n]               number of the style (names in prepared.json)
    latents           float16 [s, v, 16, h, w]  what encode.py left in the folders
    encoded           int64   [s]               which of the n rows they are of
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

Pictures of other shapes (--shapes: one folder for each shape) get the same arrays in a subfolder named after the shape in
latent pixels, "16x24" (height, width); their near_* name rows of the square pictures, for databases hold these.

prepared.json has scale_factor (1 / standard deviation of the latents, if not given) and the names of both kinds of styles.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

import loop
from clip_model import encode_captions, load_clip
from data import Pictures, clip_view

KEPT = 40  # twice the most neighbours used, so that training can leave some out


def gather_latents(pictures, rows, folders):
    """The folders' latents joined, and of which of `rows` they are."""
    parts = [(np.load(Path(f) / "latents.npy"), np.load(Path(f) / "encoded.npy")) for f in folders if has_latents(f)]
    starts = [start for start, f in zip(pictures.starts, folders) if has_latents(f)]
    of = np.concatenate([start + encoded for start, (_, encoded) in zip(starts, parts, strict=True)])
    encoded = np.searchsorted(rows, of)
    if not np.array_equal(rows[encoded], of):
        raise ValueError("a folder's encoded.npy names pictures that are not trained on: encode it anew")
    return np.concatenate([latents for latents, _ in parts]), encoded


def has_latents(folder):
    """A folder of held-out styles has none."""
    return (Path(folder) / "latents.npy").exists()


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


def nearest_of_style(queries, owners, styles, bank, bank_style, kept, device):
    """queries [n, dim]: nearest pictures of each query's style in the bank."""
    out = torch.empty(len(queries), kept, dtype=torch.int32)
    for number in styles.unique():
        asking, rows = torch.nonzero(styles == number)[:, 0], torch.nonzero(bank_style == number)[:, 0]
        out[asking] = nearest(queries[asking], owners[asking], bank[rows], rows, kept, device)
    return out


class Maker:
    """Makes a group's arrays: CLIP, how many captions of each kind, how many neighbours to list, and where."""

    def __init__(self, args, rng, kept=KEPT):
        self.clip, self.tokenizer = load_clip(args.clip, args.device)
        self.clip.eval()
        self.count, self.kept, self.device, self.rng = args.captions, kept, args.device, rng

    def arrays(self, pictures, rows, style, bank=None):
        """Of the pictures in `rows`. The neighbours are rows of `bank`, (embeddings, styles) of square pictures; without one
        the pictures are each other's, and none its own."""
        image = encode_images(pictures, rows, self.clip, self.device)
        own = torch.arange(len(rows)) if bank is None else torch.full((len(rows),), -1)
        where = (image, style) if bank is None else bank
        arrays = {"rows": torch.from_numpy(rows), "style": style, "image": image}
        for name, make in (("content", pictures.content), ("styled", pictures.styled)):
            embeddings, near = [], []
            for _ in range(self.count):
                captions = [make(row, self.rng) for row in rows]
                embeddings.append(encode_texts(captions, self.clip, self.tokenizer, self.device))
                near.append(nearest_of_style(embeddings[-1], own, style, *where, self.kept, self.device))
            arrays[name], arrays[f"near_{name}"] = torch.stack(embeddings, dim=1), torch.stack(near, dim=1)
            print(f"{name} captions done", flush=True)
        arrays["near_image"] = nearest(image, own, where[0], torch.arange(len(where[0])), self.kept, self.device)
        arrays["near_image_style"] = nearest_of_style(image, own, style, *where, self.kept, self.device)
        return arrays


def save_arrays(folder, arrays, latents, encoded):
    folder.mkdir(parents=True, exist_ok=True)
    for name, values in arrays.items():
        np.save(folder / f"{name}.npy", values.numpy())
    np.save(folder / "latents.npy", latents)
    np.save(folder / "encoded.npy", encoded)


def trained_rows(pictures):
    """Rows of trained styles that no validation scene has."""
    return np.flatnonzero(~pictures.validation & ~pictures.held_out)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", nargs="+", required=True)
    parser.add_argument("--clip", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--shapes", nargs="*", default=[], help="data folders of wide or tall pictures, one for each shape")
    parser.add_argument("--captions", type=int, default=4, help="captions of each kind for a picture")
    parser.add_argument("--scale", type=float, help="scale_factor: that of the weights which a warm start goes on from")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    loop.set_up(args)
    rng = np.random.default_rng(args.seed)
    out = Path(args.out)

    pictures = Pictures(args.data)
    rows = trained_rows(pictures)
    style_names, style = np.unique([pictures.meta[row]["style"] for row in rows], return_inverse=True)
    style = torch.from_numpy(style)
    maker = Maker(args, rng, min(KEPT, int(style.bincount().min()) - 1))
    latents, encoded = gather_latents(pictures, rows, args.data)
    scale = args.scale or 1.0 / latents[:, 0].astype(np.float32).std().item()
    arrays = maker.arrays(pictures, rows, style)
    held = np.flatnonzero(pictures.held_out)
    held_names, held_style = np.unique([pictures.meta[row]["style"] for row in held], return_inverse=True)
    if len(held):
        arrays["held_image"] = encode_images(pictures, held, maker.clip, args.device)
        arrays["held_style"] = torch.from_numpy(held_style)
    save_arrays(out, arrays, latents, encoded)
    print(f"{len(rows)} pictures of {len(style_names)} styles, scale_factor {scale:.6f}", flush=True)

    shapes = []
    for folder in args.shapes:
        others = Pictures([folder])
        chosen = np.load(Path(folder) / "encoded.npy")
        of = torch.from_numpy(np.searchsorted(style_names, [others.meta[row]["style"] for row in chosen]))
        latents = np.load(Path(folder) / "latents.npy")
        shapes.append("x".join(map(str, latents.shape[-2:])))
        bank = arrays["image"], style
        save_arrays(out / shapes[-1], maker.arrays(others, chosen, of, bank), latents, np.arange(len(chosen)))
        print(f"{len(chosen)} pictures of {shapes[-1]}", flush=True)
    summary = {
        "scale_factor": scale,
        "styles": style_names.tolist(),
        "held_out_styles": held_names.tolist(),
        "shapes": shapes,
    }
    (out / "prepared.json").write_text(json.dumps(summary, indent=2) + "\n")


if __name__ == "__main__":
    main()
