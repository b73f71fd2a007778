"""Golden numbers for the tests of the browser's engine: PyTorch's answers on seeded weights and inputs.

    python reference.py --out ../tests/fixtures/reference         every small fixture (a few seconds)
    python reference.py --out ../tests/fixtures/reference --full  the full-size model's numbers (8 GB)

Weights and inputs are never stored: both sides make them from their names (seeded_weights.py). Each group
is one JSON file listing cases; outputs longer than a few numbers are .npy files beside it. FIXTURES.md in
the folder describes them.
"""

import argparse
from pathlib import Path

import numpy as np
import torch

import autoencoder
import loop
import nets
from clip_model import CLIPModel
from reference_bytes import Writer, checkpoint_case, half_cases, numbers, random_cases, resize_cases
from sampling import Coefficients, run_ddim, run_plms
from seeded_weights import sample, seed_module

UNET_PREFIX, VAE_PREFIX = "model.diffusion_model.", "first_stage_model."

MICRO = loop.read_json(loop.HERE / "configs/micro.json")


def inputs(**named):
    """Hash inputs of a case: argument name -> (key, shape)."""
    tensors = {name: sample(key, shape) for name, (key, shape) in named.items()}
    return tensors, {name: {"key": key, "shape": list(shape)} for name, (key, shape) in named.items()}


# --------------------------------------------------------------------------------------------------- networks


def unet_cases(out):
    cases = []
    for name, config, sizes in (
        ("unet-micro", MICRO["unet-micro"], [(1, 8, 8), (20, 8, 8), (20, 8, 16)]),
        ("unet-two-blocks", MICRO["unet-two-blocks"], [(3, 8, 8)]),
    ):
        net = seed_module(nets.UNetModel(**config), UNET_PREFIX)
        keys = {UNET_PREFIX + k: list(v.shape) for k, v in net.state_dict().items()}
        out.group(f"{name}-keys", keys)
        for tokens, height, width in sizes:
            tensors, described = inputs(
                x=("input.sample", (2, config["in_channels"], height, width)),
                context=("input.context", (2, tokens, config["context_dim"])),
            )
            eps = net(tensors["x"], torch.tensor([981, 21]), tensors["context"])
            case = f"{name}-{tokens}-tokens-{height}x{width}"
            cases.append(
                {
                    "name": case,
                    "config": config,
                    "prefix": UNET_PREFIX,
                    "keys": f"{name}-keys.json",
                    "inputs": described,
                    "timesteps": [981, 21],
                    "output": out.array(case, eps),
                }
            )
    out.group("unet", {"cases": cases})


def block_cases(out):
    emb = ("input.emb", (2, 48))
    context = ("input.context", (2, 5, 24))
    x32, x64 = ("input.x", (2, 32, 6, 4)), ("input.x", (2, 64, 6, 4))
    blocks = [
        ("resblock", nets.ResBlock(32, 48, 32), dict(x=x32, emb=emb), {"cin": 32, "cout": 32, "embDim": 48}),
        (
            "resblock-skip",
            nets.ResBlock(64, 48, 32),
            dict(x=x64, emb=emb),
            {"cin": 64, "cout": 32, "embDim": 48},
        ),
        (
            "spatial-transformer",
            nets.SpatialTransformer(64, 24, 2),
            dict(x=x64, context=context),
            {"channels": 64, "contextDim": 24, "heads": 2, "depth": 1},
        ),
        ("unet-downsample", nets.Downsample(32), dict(x=x32), {"channels": 32}),
        ("unet-upsample", autoencoder.Upsample(32), dict(x=x32), {"channels": 32}),
        ("vae-resnet", autoencoder.ResnetBlock(32, 32), dict(x=x32), {"cin": 32, "cout": 32}),
        ("vae-resnet-shortcut", autoencoder.ResnetBlock(32, 64), dict(x=x32), {"cin": 32, "cout": 64}),
        ("vae-attention", autoencoder.AttnBlock(64), dict(x=x64), {"channels": 64}),
        ("vae-downsample", autoencoder.PaddedDownsample(32), dict(x=x32), {"channels": 32}),
        ("vae-upsample", autoencoder.Upsample(32), dict(x=x32), {"channels": 32}),
    ]
    cases = []
    for name, module, named, sizes in blocks:
        prefix = f"{name}."
        seed_module(module, prefix)
        tensors, described = inputs(**named)
        cases.append(
            {
                "name": name,
                "prefix": prefix,
                "sizes": sizes,
                "inputs": described,
                "keys": {prefix + k: list(v.shape) for k, v in module.state_dict().items()},
                "output": out.array(f"block-{name}", module(**tensors)),
            }
        )
    t = torch.tensor([0, 1, 21, 501, 981, 999])
    cases.append(
        {
            "name": "timestep-embedding",
            "sizes": {"dim": 32},
            "timesteps": t.tolist(),
            "output": out.array("block-timestep-embedding", nets.timestep_embedding(t, 32)),
        }
    )
    out.group("blocks", {"cases": cases})


def autoencoder_cases(out):
    net = seed_module(autoencoder.AutoencoderKL(**MICRO["autoencoder"]), VAE_PREFIX)
    cases = []
    for height, width in ((32, 32), (32, 48)):
        tensors, described = inputs(x=("input.image", (1, 3, height, width)))
        moments = net.quant_conv(net.encoder(tensors["x"]))
        name = f"autoencoder-encode-{height}x{width}"
        cases.append(
            {"name": name, "part": "encode", "inputs": described, "output": out.array(name, moments)}
        )
        tensors, described = inputs(z=("input.latent", (1, 4, height // 4, width // 4)))
        name = f"autoencoder-decode-{height}x{width}"
        cases.append(
            {
                "name": name,
                "part": "decode",
                "inputs": described,
                "output": out.array(name, net.decode(tensors["z"])),
            }
        )
    keys = {VAE_PREFIX + k: list(v.shape) for k, v in net.state_dict().items()}
    out.group(
        "autoencoder", {"config": MICRO["autoencoder"], "prefix": VAE_PREFIX, "keys": keys, "cases": cases}
    )


def clip_cases(out):
    net = seed_module(CLIPModel(MICRO["clip"]))
    start, end = 98, 99
    ids = {
        "one-word": [[start, 7, end]],
        "full-length": [[start, *range(10, 24), end]],
        "padded-with-end": [[start, 5, 6, end] + [end] * 12, [start, 40, 41, 42, 43, 44, end] + [end] * 9],
        "padded-with-zero": [[start, 5, 6, end] + [0] * 12, [start, 40, 41, 42, 43, 44, end] + [0] * 9],
        "empty": [[start, end]],
    }
    text = [
        {
            "name": name,
            "ids": rows,
            "output": out.array(f"clip-text-{name}", net.encode_text(torch.tensor(rows))),
        }
        for name, rows in ids.items()
    ]
    tensors, described = inputs(pixels=("input.pixels", (2, 3, 32, 32)))
    image = [
        {
            "name": "two-pictures",
            "inputs": described,
            "output": out.array("clip-image-two-pictures", net.encode_image(tensors["pixels"])),
        }
    ]
    keys = {k: list(v.shape) for k, v in net.state_dict().items()}
    out.group("clip", {"config": MICRO["clip"], "keys": keys, "text": text, "image": image})


# --------------------------------------------------------------------------------------------------- samplers


SCHEDULE = {"linear_start": 0.0015, "linear_end": 0.015, "timesteps": 1000}


def denoiser(x, t):
    """A stand-in for the guided U-Net: eps = tanh(x * (0.5 + t / 1000))."""
    return torch.tanh(x * (0.5 + t.float() / 1000))


def sampler_cases(out):
    shape = (1, 16, 8, 8)
    cases = []
    for steps in (4, 20, 30, 50):
        for sampler, eta in (("ddim", 0.0), ("ddim", 1.0), ("plms", 0.0)):
            table, start = Coefficients(steps, eta, SCHEDULE), sample("input.sampler.start", shape)
            if sampler == "ddim":
                run = run_ddim(denoiser, start, table, lambda k: sample(f"input.sampler.noise.{k}", shape))
            else:
                run = run_plms(denoiser, start, table)
            trajectory = list(run)
            name = f"sampler-{sampler}-eta{eta:.0f}-{steps}"
            cases.append(
                {
                    "name": name,
                    "sampler": sampler,
                    "eta": eta,
                    "steps": steps,
                    "timesteps": table.timesteps.tolist(),
                    "firstEight": [numbers(x)[:8] for x, _ in trajectory],
                    "output": out.array(name, trajectory[-1][0]),
                    "predicted": out.array(f"{name}-predicted", trajectory[len(trajectory) // 2][1]),
                    "predictedStep": len(trajectory) // 2,
                }
            )
    tables = {}
    for eta in (0.0, 1.0):
        table = Coefficients(50, eta, SCHEDULE)
        tables[f"eta{eta:.0f}"] = {
            "timesteps": table.timesteps.tolist(),
            "alphas": table.alphas.tolist(),
            "alphasPrev": table.alphas_prev.tolist(),
            "sqrtOneMinusAlphas": table.sqrt_one_minus_alphas.tolist(),
            "sigmas": table.sigmas.tolist(),
        }
    out.group("samplers", {"start": {"key": "input.sampler.start", "shape": list(shape)}, "cases": cases})
    out.group("sampler-tables-50", tables)


# -------------------------------------------------------------------------------------------------- full size


def full_size(out, config_path):
    """One forward of the 1.34-billion-parameter U-Net and of the full decoder, kept whole."""
    torch.set_num_threads(1)
    config, report = nets.load_config(config_path), {}

    def build(make, prefix):
        with torch.device("meta"):
            net = make(config)
        return seed_module(net.to_empty(device="cpu"), prefix)

    tensors, described = inputs(x=("input.sample", (1, 16, 16, 16)), context=("input.context", (1, 4, 768)))
    unet = build(nets.make_unet, UNET_PREFIX)
    eps = unet(tensors["x"], torch.tensor([981]), tensors["context"])
    report["unet"] = {"inputs": described, "timesteps": [981], "output": out.array("full-size-unet", eps)}
    del unet
    tensors, described = inputs(z=("input.latent", (1, 16, 16, 16)))
    picture = build(nets.make_autoencoder, VAE_PREFIX).decode(tensors["z"])
    report["decoder"] = {"inputs": described, "output": out.array("full-size-decoder", picture)}
    out.group("full-size", report)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", default="../tests/fixtures/reference")
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--config", default=str(Path(__file__).parent / "configs/rdm-768.json"))
    args = parser.parse_args()
    out = Writer(args.out)
    with torch.inference_mode():
        if args.full:
            full_size(out, args.config)
            return
        torch.set_num_threads(1)
        for write in (
            unet_cases,
            block_cases,
            autoencoder_cases,
            clip_cases,
            sampler_cases,
            random_cases,
            resize_cases,
            half_cases,
        ):
            write(out)
    checkpoint_case(out)


if __name__ == "__main__":
    main()
