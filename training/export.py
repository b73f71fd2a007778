"""Joins what the trainers made into one checkpoint in the authors' form, its config, and the CLIP folder.

    python export.py --unet work/unet.ckpt --autoencoder work/autoencoder.ckpt --clip work/clip \\
        --prepared work/prepared --data DIR --out work/kindred-mini

writes kindred-mini.ckpt ({"state_dict": model.diffusion_model.*, model_ema.*, first_stage_model.*, betas,
alphas_cumprod}), kindred-mini.json and clip/. The config is the one trained with, plus, measured on the
training pictures:

    scale_factor        latents are multiplied by this before the U-Net sees them
    latent_to_rgb       {matrix [3][channels], bias [3]}: a linear guess at the picture for previews, from
                        latents as the U-Net knows them (scaled) to RGB in [-1, 1], a pixel for each latent
                        position; at the top level, as it is this project's own key
    vocabulary          the words that CLIP was trained on, for the page's help

Every trainer's --init takes such a checkpoint back (train_clip.py takes the clip folder), with a fresh
optimiser.
"""

import argparse
import json
import re
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

import loop
import nets
from clip_model import load_clip, save_clip
from data import Pictures


ENCODER = ("first_stage_model.encoder.", "first_stage_model.quant_conv.")


def fit_latent_to_rgb(pictures, prepared, scale, count=400):
    """Least squares from scaled latents to the pictures averaged over each latent's square: matrix and
    bias."""
    rows, encoded, latents = (
        np.load(Path(prepared) / f"{name}.npy", mmap_mode="r") for name in ("rows", "encoded", "latents")
    )
    chosen = np.linspace(0, len(latents) - 1, min(count, len(latents))).astype(int)
    z = torch.from_numpy(latents[chosen][:, 0]).float() * scale
    colors = F.adaptive_avg_pool2d(pictures.images(rows[encoded[chosen]]), z.shape[2:])
    z, colors = (x.permute(0, 2, 3, 1).flatten(0, 2) for x in (z, colors))
    solution = torch.linalg.lstsq(torch.cat([z, torch.ones(len(z), 1)], dim=1), colors).solution
    residual = (
        torch.cat([z, torch.ones(len(z), 1)], dim=1) @ solution - colors
    ).square().mean() / colors.var()
    print(f"latent_to_rgb explains {100 * (1 - residual):.1f} % of the colours' variance")
    return solution[:-1], solution[-1]


def vocabulary(pictures, wordings=4):
    """Every word of many wordings of the captions, those of the styles included, in alphabetical order. Styles that
    CLIP never saw are left out: by the words of their names `npm run eval` tells them."""
    rng, words = np.random.default_rng(0), set()
    for row in np.flatnonzero(~pictures.unknown):
        for _ in range(wordings):
            words.update(re.findall(r"[a-z][a-z-]*", pictures.styled(row, rng).lower()))
    return sorted(words)


def check_keys(state, config):
    """Every tensor of both networks is there and has its shape: the averages too."""
    with torch.device("meta"):
        parts = (
            ("model.diffusion_model.", nets.make_unet(config)),
            ("first_stage_model.", nets.make_autoencoder(config)),
        )
    for prefix, net in parts:
        for key, value in net.state_dict().items():
            if state[prefix + key].shape != value.shape:
                raise ValueError(
                    f"{prefix + key}: {list(state[prefix + key].shape)}; config: {list(value.shape)}"
                )
    averages = sum(k.startswith("model_ema.") for k in state) - 2
    if averages != sum(k.startswith("model.diffusion_model.") for k in state):
        raise ValueError(f"{averages} averaged tensors do not match the U-Net's")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name in ("unet", "clip", "prepared", "out"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument(
        "--autoencoder", nargs="+", required=True, help="one file, or the decoder's and the encoder's"
    )
    parser.add_argument(
        "--data", nargs="+", required=True, help="the folders that prepare.py saw, in the same order"
    )
    parser.add_argument(
        "--clip-data", nargs="+", help="the folders that CLIP was trained on, where they are others: its vocabulary"
    )
    parser.add_argument("--config", default=loop.HERE / "configs/kindred-mini.json")
    args = parser.parse_args()
    out = Path(args.out)
    out.mkdir(parents=True, exist_ok=True)

    document = loop.read_json(args.config)
    config = document["params"]
    scale = loop.read_json(Path(args.prepared) / "prepared.json")["scale_factor"]
    pictures = Pictures(args.data)
    matrix, bias = fit_latent_to_rgb(pictures, args.prepared, scale)
    config["scale_factor"] = scale
    document["latent_to_rgb"] = {"matrix": rounded(matrix.T), "bias": rounded(bias)}
    document["vocabulary"] = vocabulary(Pictures(args.clip_data) if args.clip_data else pictures)

    unet = torch.load(args.unet, map_location="cpu", weights_only=True)["state_dict"]
    decoder, encoder = (
        torch.load(path, map_location="cpu", weights_only=True)["state_dict"]
        for path in (args.autoencoder[0], args.autoencoder[-1])
    )
    first_stage = {k: (encoder if k.startswith(ENCODER) else decoder)[k] for k in decoder}
    betas, alphas = nets.alphas_cumprod(config)
    state = {k: v for k, v in unet.items() if k.startswith(("model.", "model_ema."))}
    state |= {k: v for k, v in first_stage.items() if k.startswith("first_stage_model.")}
    state |= {"betas": betas.float(), "alphas_cumprod": alphas.float()}
    check_keys(state, config)
    torch.save({"state_dict": state}, out / "kindred-mini.ckpt")
    (out / "kindred-mini.json").write_text(json.dumps(document, indent=2) + "\n")
    clip, tokenizer = load_clip(args.clip)
    save_clip(clip, tokenizer, out / "clip")
    print(f"{out}: {len(state)} tensors, scale_factor {scale:.6f}")


def rounded(tensor):
    return [rounded(row) for row in tensor] if tensor.dim() > 1 else [round(v, 6) for v in tensor.tolist()]


if __name__ == "__main__":
    main()
