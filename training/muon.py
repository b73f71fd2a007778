"""Muon for the weights of convolutions and linear layers, AdamW for everything else, as one optimizer.

Muon (Jordan et al. 2024, "Muon: An optimizer for hidden layers in neural networks") replaces the momentum of a
matrix by the nearest matrix with orthonormal rows or columns, so that every direction of a layer learns at the
same pace. The step is scaled to the root mean square of an AdamW step (Liu et al. 2025, "Muon is scalable for
LLM training", eq. 4), so both kinds share one learning rate. It pays where training is short: here a network
learns for minutes.
"""

import torch

from cpu_layers import multiplies_bfloat16

# Newton-Schulz iteration of the fifth order: the coefficients that Jordan et al. tuned for speed.
A, B, C = 3.4445, -4.7750, 2.0315


def orthogonalize(g, steps=5):
    """[n, rows, columns] -> about U V^T of each matrix's singular value decomposition U S V^T."""
    tall = g.shape[1] > g.shape[2]
    x = g.transpose(1, 2) if tall else g
    x = x / (x.flatten(1).norm(dim=1)[:, None, None] + 1e-7)
    x = iterate_wide(x.bfloat16(), steps).float() if multiplies_bfloat16(x.device.type) else iterate_gram(x, steps)
    return x.transpose(1, 2) if tall else x


def iterate_wide(x, steps):
    """As Jordan et al. write it; bfloat16 is exact enough, as they found."""
    for _ in range(steps):
        gram = x @ x.transpose(1, 2)
        polynomial = torch.baddbmm(gram, gram, gram, beta=B, alpha=C)
        x = torch.baddbmm(x, polynomial, x, beta=A)
    return x


def iterate_gram(x, steps):
    """The same in float32.

    Each iteration multiplies by a polynomial in the Gram matrix from the left, and all of these commute. So the
    iterations run on the small square matrices alone (`factor` is their product so far), and the wide matrix is
    multiplied twice in all instead of twice for each iteration: a kernel has far more columns than rows.
    """
    gram = x @ x.transpose(1, 2)
    factor = torch.eye(x.shape[1], dtype=x.dtype, device=x.device).expand_as(gram)
    for _ in range(steps):
        polynomial = torch.baddbmm(gram, gram, gram, beta=B, alpha=C)
        polynomial.diagonal(dim1=1, dim2=2).add_(A)
        factor = polynomial @ factor
        gram = polynomial @ gram @ polynomial
    return factor @ x


class Muon(torch.optim.AdamW):
    """Groups with `"muon": True` hold tensors of two or more dimensions, the first being the outputs; the others
    are AdamW's."""

    def __init__(self, groups, lr, betas=(0.9, 0.99), momentum=0.95):
        self.momentum = momentum
        super().__init__([{"muon": False} | group for group in groups], lr=lr, betas=betas)

    @torch.no_grad()
    def step(self):
        everything = self.param_groups
        self.param_groups = [g for g in everything if not g["muon"]]
        super().step()
        self.param_groups = everything
        for group in everything:
            if group["muon"]:
                self.step_matrices(group)

    def step_matrices(self, group):
        parameters = [p for p in group["params"] if p.grad is not None]
        for p in parameters:
            if "momentum" not in self.state[p]:
                self.state[p]["momentum"] = torch.zeros_like(p)
        gradients, momenta = [p.grad for p in parameters], [self.state[p]["momentum"] for p in parameters]
        torch._foreach_lerp_(momenta, gradients, 1 - self.momentum)
        updates = torch._foreach_lerp(gradients, momenta, self.momentum)  # Nesterov's look ahead
        by_shape = {}
        for p, update in zip(parameters, updates, strict=True):
            by_shape.setdefault((p.shape[0], p[0].numel()), []).append((p, update))
        for (rows, columns), same in by_shape.items():
            whole = orthogonalize(torch.stack([u.reshape(rows, columns) for _, u in same]))
            scale = group["lr"] * 0.2 * max(rows, columns) ** 0.5
            for (p, _), direction in zip(same, whole, strict=True):
                p.mul_(1 - group["lr"] * group["weight_decay"])
                p.add_(direction.view(p.shape), alpha=-scale)


def parameter_groups(model, weight_decay, plain=(), rate=0.25):
    """Muon for every trainable weight of a convolution or linear layer, except those whose name contains a word
    of `plain` (first and last layers, embeddings); AdamW without decay for the rest, at a quarter of the rate by default:
    an AdamW step of the last layer shakes every output."""
    matrices, rest = [], []
    for name, p in model.named_parameters():
        if p.requires_grad:
            hidden = p.dim() > 1 and not any(word in name for word in plain)
            (matrices if hidden else rest).append(p)
    return [
        {"params": matrices, "weight_decay": weight_decay, "muon": True},
        {"params": rest, "weight_decay": 0.0, "rate": rate},
    ]
