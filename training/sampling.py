"""The authors' samplers, DDIM and PLMS, in float32 as their code computes them, and pictures from prompts."""

import numpy as np
import torch
import torch.nn.functional as F

import nets


class Coefficients:
    """The tables of a run: timesteps ascend, steps are taken from the last. From ldm's `util.py` and
    `ddim.py`."""

    def __init__(self, steps, eta, config):
        _, alphas = nets.alphas_cumprod(config)
        alphas = alphas.float()
        self.timesteps = torch.arange(0, len(alphas), len(alphas) // steps) + 1
        self.alphas = alphas[self.timesteps]
        self.alphas_prev = torch.cat([alphas[:1], alphas[self.timesteps[:-1]]])
        self.sqrt_one_minus_alphas = torch.from_numpy(np.sqrt((1 - self.alphas).numpy()))  # correctly rounded
        # The reference mixes NumPy's float64 with a float32 tensor, whose reciprocal is rounded first.
        prev = self.alphas_prev.double()
        variance = (1 - prev) * (1 - self.alphas).reciprocal() * (1 - self.alphas.double() / prev)
        self.sigmas = (eta * variance.sqrt()).float()

    def step(self, x, e, i, noise):
        """x at the next smaller timestep, and the predicted x0."""
        a, prev, sigma, root = (
            v[i].to(x.device)
            for v in (self.alphas, self.alphas_prev, self.sigmas, self.sqrt_one_minus_alphas)
        )
        predicted = (x - root * e) / a.sqrt()
        direction = (1.0 - prev - sigma**2).sqrt() * e
        return prev.sqrt() * predicted + direction + sigma * noise, predicted


def run_ddim(denoiser, x, table, noise):
    """Yields (x, predicted x0) after each step; `noise(k)` is the noise of the k-th step taken."""
    for k, i in enumerate(reversed(range(len(table.timesteps)))):
        x, predicted = table.step(x, denoiser(x, table.timesteps[i]), i, noise(k))
        yield x, predicted


def run_plms(denoiser, x, table):
    """Pseudo linear multistep, eta 0: the first step asks the denoiser twice, the history holds what it
    said itself."""
    history, none = [], torch.zeros((), device=x.device)
    for i in reversed(range(len(table.timesteps))):
        e = denoiser(x, table.timesteps[i])
        if len(history) == 0:
            ahead, _ = table.step(x, e, i, none)
            used = (e + denoiser(ahead, table.timesteps[max(i - 1, 0)])) / 2
        elif len(history) == 1:
            used = (3 * e - history[-1]) / 2
        elif len(history) == 2:
            used = (23 * e - 16 * history[-1] + 5 * history[-2]) / 12
        else:
            used = (55 * e - 59 * history[-1] + 37 * history[-2] - 9 * history[-3]) / 24
        x, predicted = table.step(x, used, i, none)
        history = (history + [e])[-3:]
        yield x, predicted


def guided(unet, context, scale):
    """The denoiser with classifier-free guidance; the unconditional half sees one zero token for every
    token."""
    both = torch.cat([torch.zeros_like(context), context])

    def denoiser(x, t):
        times = t.to(x.device).expand(2 * len(x))
        without, given = unet(torch.cat([x, x]), times, both).float().chunk(2)
        return without + scale * (given - without)

    return denoiser


@torch.inference_mode()
def sample_latents(unet, context, config, *, steps=20, scale=5.0, seed=0):
    """DDIM with eta 0: contexts [B, n, dim] -> latents [B, channels, side, side] as the U-Net knows them
    (scaled)."""
    side, channels = config["image_size"], config["channels"]
    noise = torch.randn(len(context), channels, side, side, generator=torch.Generator().manual_seed(seed))
    *_, (x, _) = run_ddim(
        guided(unet, context, scale),
        noise.to(context.device),
        Coefficients(steps, 0.0, config),
        lambda k: 0.0,
    )
    return x


def context_of(text, bank, k):
    """[prompt embedding, its k nearest rows of a bank] from a unit vector [dim] and unit rows [n, dim]: [1
    + k, dim]."""
    best = (bank @ text).topk(min(k, len(bank))).indices
    return torch.cat([text[None], F.normalize(bank[best], dim=1)])
