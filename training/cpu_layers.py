"""Two layers written for bfloat16 on a CPU, where PyTorch's own take longer than all convolutions together.

Both fall back to PyTorch's wherever they have no advantage: on a GPU, and in float32, which the golden numbers use.
Where there is a C compiler, a norm and the SiLU behind it are one pass of `fused_norm.c` instead of a dozen.
"""

import ctypes
import functools
import os
import shutil
import subprocess
import tempfile
import warnings
from pathlib import Path

import torch
import torch.nn as nn
import torch.nn.functional as F


def multiplies_bfloat16(device):
    """Whether "cpu" or "cuda" multiplies bfloat16 faster than float32."""
    return device.startswith("cuda") or torch.cpu._is_avx512_bf16_supported()


def is_slow(x):
    """Whether PyTorch's own layer is the slow one: bfloat16 on a CPU (measured with 2.13)."""
    return x.device.type == "cpu" and x.dtype == torch.bfloat16


class GroupNorm(nn.GroupNorm):
    """nn.GroupNorm with the same parameters; statistics are float32 sums over channels-last rows."""

    def forward(self, x):
        if not is_slow(x):
            return super().forward(x)
        norm = FusedGroupNorm if fused() else ChannelsLastGroupNorm
        return norm.apply(x, self.weight, self.bias, self.num_groups, self.eps)


def norm_silu(norm, x):
    """F.silu(norm(x)) of a GroupNorm from above."""
    if is_slow(x) and fused():
        return FusedGroupNorm.apply(x, norm.weight, norm.bias, norm.num_groups, norm.eps, True)
    return F.silu(norm(x))


@functools.cache
def fused():
    """The functions of `fused_norm.c`, compiled for this machine, one thread each; None without a C compiler that can, or with
    KINDRED_FUSED=0. Linked by itself: linking with -ffast-math would have denormal numbers flushed to zero in all of PyTorch."""
    source, compiler = Path(__file__).with_name("fused_norm.c"), shutil.which("cc")
    if not compiler or os.environ.get("KINDRED_FUSED") == "0":
        return None
    with tempfile.TemporaryDirectory() as folder:
        made, library = Path(folder) / "fused_norm.o", Path(folder) / "fused_norm.so"
        try:
            subprocess.run([compiler, "-O3", "-march=native", "-ffast-math", "-fPIC", "-c", source, "-o", made], check=True)
            subprocess.run([compiler, "-shared", made, "-o", library, "-lm"], check=True)
        except subprocess.CalledProcessError as error:
            warnings.warn(f"fused_norm.c is left out: {error}", stacklevel=2)
            return None
        functions = ctypes.CDLL(str(library))  # stays mapped when the file is gone
    pointer, long, int_ = ctypes.c_void_p, ctypes.c_long, ctypes.c_int
    functions.norm_forward.argtypes = [pointer] * 6 + [long, long, int_, int_, ctypes.c_float, int_]
    functions.norm_backward.argtypes = [pointer] * 9 + [long, long, int_, int_, int_]
    functions.norm_forward.restype = functions.norm_backward.restype = None
    return functions


class FusedGroupNorm(torch.autograd.Function):
    """ChannelsLastGroupNorm, and with `silu` what follows it, by `fused_norm.c`."""

    @staticmethod
    def forward(ctx, x, weight, bias, groups, eps, silu=False):
        rows = as_rows(x).contiguous()
        pictures, pixels, channels = rows.shape
        weight, bias = weight.float().contiguous(), bias.float().contiguous()
        out, mean = torch.empty_like(rows), torch.empty(pictures, channels)
        rstd = torch.empty_like(mean)
        arrays = (t.data_ptr() for t in (rows, weight, bias, out, mean, rstd))
        fused().norm_forward(*arrays, pictures, pixels, channels, groups, eps, int(silu))
        ctx.save_for_backward(rows, weight, bias, mean, rstd)
        ctx.groups, ctx.silu, ctx.shape = groups, int(silu), x.shape
        return as_pictures(out, x.shape)

    @staticmethod
    def backward(ctx, gradient):
        rows, weight, bias, mean, rstd = ctx.saved_tensors
        g = as_rows(gradient).contiguous()
        out, of_weight, of_bias = torch.empty_like(rows), torch.empty_like(weight), torch.empty_like(bias)
        arrays = (t.data_ptr() for t in (rows, g, weight, bias, mean, rstd, out, of_weight, of_bias))
        fused().norm_backward(*arrays, *rows.shape, ctx.groups, ctx.silu)
        return as_pictures(out, ctx.shape), of_weight, of_bias, None, None, None


class ChannelsLastGroupNorm(torch.autograd.Function):
    """[B, C, H, W] -> the same, both in channels-last order. Every sum over a group is one over pixels, then one over
    the group's channels; what remains is one scale and one shift for each channel."""

    @staticmethod
    def forward(ctx, x, weight, bias, groups, eps):
        rows = as_rows(x)
        count = rows.shape[1] * rows.shape[2] // groups
        wide = rows.float()
        mean = over_groups(wide.sum(1), groups) / count
        square = over_groups(wide.square().sum(1), groups) / count
        rstd = ((square - mean.square()).clamp(min=0) + eps).rsqrt()
        scale = weight * rstd
        shift = bias - mean * scale
        ctx.save_for_backward(rows, weight, mean, rstd)
        ctx.groups, ctx.count, ctx.shape = groups, count, x.shape
        return as_pictures(torch.addcmul(each(shift, rows), rows, each(scale, rows)), x.shape)

    @staticmethod
    def backward(ctx, gradient):
        rows, weight, mean, rstd = ctx.saved_tensors
        g = as_rows(gradient)
        wide = g.float()
        total = wide.sum(1)
        along = ((wide * rows).sum(1) - mean * total) * rstd  # sum of gradient times normalised value
        a = over_groups(total * weight, ctx.groups) / ctx.count
        b = over_groups(along * weight, ctx.groups) / ctx.count
        by_row = -rstd.square() * b
        constant = -rstd * a - by_row * mean
        out = torch.addcmul(each(constant, g), g, each(rstd * weight, g)).addcmul_(rows, each(by_row, g))
        return as_pictures(out, ctx.shape), along.sum(0), total.sum(0), None, None


def as_rows(x):
    """[B, C, H, W] in channels-last order -> [B, H * W, C], a view."""
    return x.permute(0, 2, 3, 1).reshape(x.shape[0], -1, x.shape[1])


def as_pictures(rows, shape):
    """as_rows undone."""
    return rows.view(shape[0], shape[2], shape[3], shape[1]).permute(0, 3, 1, 2)


def over_groups(values, groups):
    """[B, C] -> [B, C]: each channel gets its group's sum."""
    batch, channels = values.shape
    return values.view(batch, groups, -1).sum(2).repeat_interleave(channels // groups, dim=1)


def each(values, like):
    """[B, C] float32 -> [B, 1, C] in the precision of the rows."""
    return values[:, None].to(like.dtype)


def attention(q, k, v):
    """softmax(q k^T / sqrt(d)) v over [B, heads, n, d]."""
    if not is_slow(q):
        return F.scaled_dot_product_attention(q, k, v)
    return torch.softmax((q * q.shape[-1] ** -0.5) @ k.transpose(-1, -2), dim=-1) @ v
