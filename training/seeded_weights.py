"""Weights and test inputs that are the same in Python and in TypeScript, made from a tensor's name by an
integer hash.

For a tensor with key `key` and flat index i (all arithmetic modulo 2^32):

    seed = fnv1a32(utf8(key))
    x = fmix32(seed + i * 0x9E3779B9)        the finaliser of MurmurHash3
    v = 2 * (x / 2^32) - 1                   in float64, uniform in [-1, 1)

    2 and more dimensions     float32(v * sqrt(3 / fanIn)), fanIn = product(shape[1:])
    1-D, key ends ".weight"   float32(1 + 0.2 * v)      gains of norms
    other 1-D                 float32(0.1 * v)          biases
    inputs (any shape)        float32(v * sqrt(3))      unit variance
"""

import math

import numpy as np
import torch

GOLDEN = np.uint32(0x9E3779B9)


def fnv1a32(text):
    h = 0x811C9DC5
    for byte in text.encode("utf-8"):
        h = ((h ^ byte) * 0x01000193) & 0xFFFFFFFF
    return h


def uniform(key, count):
    """v for i = 0 .. count - 1, float64 in [-1, 1)."""
    out = np.empty(count, np.float64)
    chunk = 1 << 22
    for start in range(0, count, chunk):
        i = np.arange(start, min(start + chunk, count), dtype=np.uint64).astype(np.uint32)
        x = np.uint32(fnv1a32(key)) + i * GOLDEN
        x ^= x >> np.uint32(16)
        x *= np.uint32(0x85EBCA6B)
        x ^= x >> np.uint32(13)
        x *= np.uint32(0xC2B2AE35)
        x ^= x >> np.uint32(16)
        out[start : start + len(i)] = 2.0 * (x.astype(np.float64) / 2.0**32) - 1.0
    return out


def weight(key, shape):
    v = uniform(key, math.prod(shape))
    if len(shape) >= 2:
        values = v * math.sqrt(3.0 / math.prod(shape[1:]))
    elif key.endswith(".weight"):
        values = 1.0 + 0.2 * v
    else:
        values = 0.1 * v
    return torch.from_numpy(values.astype(np.float32).reshape(shape))


def sample(key, shape):
    """A test input."""
    v = uniform(key, math.prod(shape))
    return torch.from_numpy((v * math.sqrt(3.0)).astype(np.float32).reshape(shape))


@torch.no_grad()
def seed_module(module, prefix=""):
    """Fills every parameter of a module by its key (prefix + state_dict key) and returns it, ready to
    evaluate."""
    for key, parameter in module.named_parameters():
        parameter.copy_(weight(prefix + key, tuple(parameter.shape)))
    return module.eval()
