"""Turns the judge that ships back into what `probe.py --init` takes, so that its training goes on from there.

    python unpack_judge.py --judge ../tools/eval/judge.onnx --data DIR [DIR...] --out work/judge.pt

    pip install onnx

The shipped file has the batch normalisation folded into the convolutions. Each gets one back that changes nothing: mean
and spread of the convolution's outputs are measured on pictures, and are what it subtracts, divides by, and puts back.
"""

import argparse
import json

import numpy as np
import onnx
import torch
from onnx import numpy_helper

from data import Pictures
from probe import Judge, spoiled


def read_judge(path):
    """(the judge, its metadata); every normalisation is the identity."""
    model = onnx.load(path)
    facts = {entry.key: json.loads(entry.value) for entry in model.metadata_props}
    stored = {
        t.name.removesuffix(".half"): torch.from_numpy(numpy_helper.to_array(t).astype(np.float32))
        for t in model.graph.initializer
    }
    judge = Judge(facts["classes"])
    state = judge.state_dict()
    for name, values in stored.items():
        key = name if name.startswith("trunk.") else f"heads.{name}"
        state[key] = spread_groups(values, state[key].shape) if values.dim() == 4 else values
    judge.load_state_dict(state)
    return judge, facts


def spread_groups(kernel, shape):
    """A grouped convolution's kernel as that of a full one, zero between groups: shape [out, in, 3, 3]."""
    out = torch.zeros(shape)
    groups = shape[1] // kernel.shape[1]
    for g in range(groups):
        rows = slice(g * shape[0] // groups, (g + 1) * shape[0] // groups)
        out[rows, g * kernel.shape[1] : (g + 1) * kernel.shape[1]] = kernel[rows]
    return out


@torch.no_grad()
def calibrate(judge, images):
    """Gives every normalisation the mean and the spread of what reaches it, and as shift and scale the same again."""
    h = images
    for layer in judge.trunk:
        if isinstance(layer, torch.nn.BatchNorm2d):
            mean, variance = h.mean(dim=(0, 2, 3)), h.var(dim=(0, 2, 3), unbiased=False)
            layer.running_mean.copy_(mean)
            layer.running_var.copy_(variance)
            layer.weight.copy_((variance + layer.eps).sqrt())
            layer.bias.copy_(mean)
        elif isinstance(layer, torch.nn.ReLU):
            h = h.relu()
        else:
            h = layer(h)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--judge", required=True)
    parser.add_argument("--data", nargs="+", required=True)
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    judge, facts = read_judge(args.judge)
    pictures, rng = Pictures(args.data), np.random.default_rng(0)
    rows = rng.choice(len(pictures), min(512, len(pictures)), replace=False)
    torch.manual_seed(0)
    calibrate(judge, torch.cat([spoiled(pictures.images(part), rng) for part in np.array_split(rows, 16)]))
    torch.save(facts | {"state_dict": judge.state_dict()}, args.out)
    print(f"{args.out}: {sum(p.numel() for p in judge.parameters()):,} parameters, {', '.join(judge.classes)}")


if __name__ == "__main__":
    main()
