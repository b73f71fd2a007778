"""Holds the norm of `fused_norm.c` against PyTorch's own in float32, forward and backward: fails where it is not as near as
bfloat16 can be.

    python check_norm.py
"""

import torch
import torch.nn.functional as F

from cpu_layers import GroupNorm, fused, norm_silu

GROUPS, NEAR = 32, 3e-3  # bfloat16 keeps eight bits: half of the last is 2e-3 of a value


def results(layer, norm, x, gradient):
    """What a layer gives, and its gradients for the input, the weight and the bias."""
    x = x.detach().clone().requires_grad_()
    norm.zero_grad()
    out = layer(x)
    out.backward(gradient)
    return out.detach(), x.grad, norm.weight.grad.clone(), norm.bias.grad.clone()


def main():
    if fused() is None:
        raise SystemExit("no C compiler, or KINDRED_FUSED=0: nothing to check")
    torch.manual_seed(0)
    for shape in ((5, 96, 16, 16), (3, 192, 4, 4), (2, 288, 7, 13), (1, 32, 1, 3)):
        for silu in (False, True):
            norm = GroupNorm(GROUPS, shape[1], eps=1e-5)
            torch.nn.init.normal_(norm.weight)
            torch.nn.init.normal_(norm.bias, std=30 if silu else 1)  # far out on both sides of the SiLU
            x, gradient = (t.bfloat16().contiguous(memory_format=torch.channels_last) for t in (torch.randn(shape) * 2 + 1, torch.randn(shape)))
            exact = results(
                lambda v: F.silu(F.group_norm(v, GROUPS, norm.weight, norm.bias, norm.eps))
                if silu
                else F.group_norm(v, GROUPS, norm.weight, norm.bias, norm.eps),
                norm, x.float(), gradient.float(),
            )
            found = results((lambda v: norm_silu(norm, v)) if silu else norm, norm, x, gradient)
            off = [float((a.float() - b).norm() / (b.norm() + 1e-6)) for a, b in zip(found, exact, strict=True)]
            print(shape, "with SiLU" if silu else "alone", " ".join(f"{value:.1e}" for value in off))
            if not max(off) < NEAR:
                raise SystemExit("too far off")


if __name__ == "__main__":
    main()
