"""Golden numbers that need no network: seeded noise, resizing, float16, a checkpoint's bytes. Called by
reference.py."""

import json
from collections import OrderedDict
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from seeded_weights import sample


class Writer:
    def __init__(self, folder):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)

    def array(self, name, tensor):
        """Stores an output as <name>.npy and returns what its case says about it."""
        values = np.ascontiguousarray(tensor.detach().numpy())
        np.save(self.folder / f"{name}.npy", values)
        return {"file": f"{name}.npy", "shape": list(values.shape)}

    def group(self, name, value):
        (self.folder / f"{name}.json").write_text(json.dumps(value, indent=1) + "\n")


def numbers(tensor):
    return tensor.detach().flatten().tolist()


def random_cases(out):
    cases = []
    for seed in (0, 1, 42, 2**31 - 1, 2**40 + 7):
        draws = []
        for n in (1, 4, 15, 16, 17, 20, 64, 1000, 16 * 48 * 48):
            values = numbers(torch.randn(n, generator=torch.Generator().manual_seed(seed)))
            whole = {"values": values} if n <= 64 else {"first": values[:8], "last": values[-8:]}
            draws.append({"count": n, **whole})
        pairs = []
        for first, second in ((4, 4), (5, 3), (15, 16), (16, 16), (17, 1), (64, 20)):
            generator = torch.Generator().manual_seed(seed)
            pairs.append(
                {
                    "counts": [first, second],
                    "values": [numbers(torch.randn(n, generator=generator)) for n in (first, second)],
                }
            )
        cases.append({"seed": seed, "draws": draws, "consecutive": pairs})
    out.group("randn", {"cases": cases})


def resize_cases(out):
    cases = []
    for source, target in (
        ((7, 5), (13, 11)),
        ((31, 17), (16, 16)),
        ((64, 48), (32, 32)),
        ((9, 33), (33, 9)),
        ((3, 3), (8, 1)),
    ):
        height, width = source
        ramp = (
            torch.linspace(-1, 1, width)[None].expand(height, -1) + torch.linspace(0, 1, height)[:, None] ** 2
        )
        for kind, picture in (("ramp", ramp[None, None]), ("noise", sample("input.resize", (1, 2, *source)))):
            name = f"resize-{kind}-{height}x{width}-to-{target[0]}x{target[1]}"
            result = F.interpolate(picture, size=target, mode="bicubic", align_corners=True)
            case = {
                "name": name,
                "kind": kind,
                "from": list(source),
                "to": list(target),
                "output": out.array(name, result),
            }
            cases.append(
                case
                | (
                    {"input": out.array(f"{name}-input", picture)}
                    if kind == "ramp"
                    else {"key": "input.resize"}
                )
            )
    out.group("resize", {"cases": cases})


def half_cases(out):
    values = [
        0.0,
        -0.0,
        1.0,
        -2.0,
        65504.0,
        65519.996,
        65520.0,
        1e6,
        -1e6,
        float("inf"),
        float("-inf"),
        2.0**-14,
        2.0**-24,
        2.0**-25,
        2.0**-25 * 1.0001,
        2.0**-26,
        6.0975552e-05,
        6.1005353e-05,
        3 * 2.0**-25,
        0.1,
        1 / 3,
        1.00048828125,
        1.0004883,
        1.0014648,
        1.00146484375,
        2049.0,
        2050.0,
        2051.0,
        4098.0,
        1e-40,
        3.4e38,
        0.99975586,
        0.9998779,
    ]
    single = np.array(values, np.float32)
    to_half = torch.from_numpy(single).half().view(torch.int16).numpy().view(np.uint16)
    nan = np.array([0x7FC00000, 0xFFC00000, 0x7F800001], np.uint32)
    halves = np.array(
        [0x0000, 0x8000, 0x0001, 0x03FF, 0x0400, 0x3C00, 0x7BFF, 0x7C00, 0xFC00, 0x3555, 0x83FF], np.uint16
    )
    back = torch.from_numpy(halves.view(np.int16)).view(torch.half).float().numpy()
    out.group(
        "half",
        {
            "floatBits": single.view(np.uint32).tolist(),
            "halfBits": to_half.tolist(),
            "nanFloatBits": nan.tolist(),
            "fromHalfBits": halves.tolist(),
            "toFloatBits": back.view(np.uint32).tolist(),
        },
    )


def checkpoint_case(out):
    """A checkpoint as the authors' training wrote it, with every kind of tensor that a reader meets."""
    base = sample("checkpoint.base", (6, 8))
    conv = sample("checkpoint.conv", (4, 2, 3, 3))
    state = OrderedDict(
        [
            ("model.diffusion_model.input_blocks.0.0.weight", conv),
            (
                "model.diffusion_model.input_blocks.0.0.bias",
                torch.nn.Parameter(sample("checkpoint.bias", (4,))),
            ),
            ("model_ema.decay", torch.tensor(0.9999)),
            ("model_ema.num_updates", torch.tensor(470000, dtype=torch.int32)),
            ("model_ema.diffusion_modelinput_blocks00weight", conv * 0.5),
            ("model_ema.diffusion_modelinput_blocks00bias", sample("checkpoint.ema.bias", (4,))),
            ("first_stage_model.quant_conv.weight", base.reshape(6, 8, 1, 1).half()),
            ("first_stage_model.quant_conv.bias", base[0].bfloat16()),
            ("view.whole", base),
            ("view.offset", base[2:4]),
            ("view.transposed", base.t()),
            ("view.column", base[:, 3]),
            ("view.stepped", base[1::2, ::3]),
            ("double", base[:2, :2].double().contiguous()),
            ("long", torch.tensor([-1, 2**40, 7])),
            ("bytes", torch.tensor([0, 127, 255], dtype=torch.uint8)),
            ("flags", torch.tensor([True, False])),
            ("empty", torch.zeros(0, 3)),
        ]
    )
    torch.save(
        {
            "epoch": 3,
            "global_step": 470000,
            "pytorch-lightning_version": "1.4.2",
            "state_dict": state,
            "hparams": {"name": "micro", "sizes": [1, 2, 3], "nothing": None, "rate": 1e-4},
            "callbacks": (),
        },
        out.folder / "micro-checkpoint.ckpt",
    )
    out.group(
        "micro-checkpoint",
        {
            "file": "micro-checkpoint.ckpt",
            "epoch": 3,
            "globalStep": 470000,
            "tensors": {
                k: {
                    "dtype": str(v.dtype).removeprefix("torch."),
                    "shape": list(v.shape),
                    "values": numbers(v.float() if v.is_floating_point() else v),
                }
                for k, v in state.items()
            },
        },
    )
