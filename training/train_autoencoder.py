"""Trains the KL autoencoder on random crops of rendered pictures, held-out styles excluded.

    python train_autoencoder.py --data DIR --basis work/basis.npz --part decoder --out work/autoencoder.ckpt --minutes 60
    python train_autoencoder.py --data DIR --basis work/basis.npz --part encoder --init work/autoencoder.ckpt \\
        --out work/autoencoder.ckpt --minutes 10
    python train_autoencoder.py --data DIR --out work/autoencoder.ckpt --minutes 60     # learns its own latents
    python train_autoencoder.py --data DIR --part decoder --init work/autoencoder.ckpt --crop 256 --small-until 0 \\
        --out work/autoencoder.ckpt --minutes 60     # a better decoder for latents that stay what they are
    python train_autoencoder.py --data DIR --basis work/details.npz --known work/start/kindred-mini.ckpt --init work/wide.ckpt \\
        --part decoder --out work/decoder.ckpt --minutes 60     # channels of detail after those of another encoder

With --basis the latents are those of basis.py. The decoder learns to paint from them, with a little noise added
so that it forgives a small U-Net's errors; the encoder learns to find them, as a Gaussian whose mean and
variance fit (its likelihood is the loss). With --known they are what that checkpoint's encoder finds, and the basis' after
it. The parts do not depend on each other and may be trained at different
times. Without --basis both learn together: noise of the same size keeps the encoder from hiding things in differences
that no denoiser would get right, and a small KL term keeps latents near unit size.

The picture's loss: L1 at full size and down to a sixteenth, L1 of the horizontal and vertical differences (edges,
hatching, dots), L1 of the colours without their lightness at each smaller size, and what rows and columns are off by in
all pictures of a batch alike. Early on most batches hold crops of half the side, four times as many. Whole pictures
(--crop 256) belong to the end: a decoder that knew crops alone left a blot in the same place of every picture. Weights
saved are the averaged ones, under the authors' `first_stage_model.` keys.
"""

import numpy as np
import torch
import torch.nn.functional as F

import loop
import nets
from basis import Detailed, load_basis
from cpu_layers import GroupNorm
from data import Pictures, random_crops, to_unit, varied
from muon import Muon, parameter_groups

PREFIX = "first_stage_model."


def picture_loss(out, target):
    """L1 of pixels, of edges, and of ever smaller pictures: there, of the colours without their lightness too,
    which are the last thing that a short training learns."""
    total = F.l1_loss(out, target)
    for axis in (2, 3):
        total = total + F.l1_loss(out.diff(dim=axis), target.diff(dim=axis))
    for _ in range(4):
        out, target = F.avg_pool2d(out, 2), F.avg_pool2d(target, 2)
        total = total + F.l1_loss(out, target) + F.l1_loss(chroma(out), chroma(target))
    return total


def line_loss(out, target):
    """How unevenly whole rows and columns are off, over all pictures of a batch: one line that the decoder draws into
    every picture at the same distance from an edge costs too little in `picture_loss` to go away."""
    off = (out - target).mean(dim=0)
    rows, columns = off.mean(dim=2), off.mean(dim=1)
    return rows.diff(dim=1).abs().mean() + columns.diff(dim=1).abs().mean()


def chroma(images):
    """What is left of RGB without the mean of the three."""
    return images - images.mean(dim=1, keepdim=True)


def kl_loss(mean, logvar):
    """Mean over latent elements, in nats."""
    return 0.5 * (mean.square() + logvar.exp() - 1 - logvar).mean()


def likelihood_loss(mean, logvar, target):
    """Negative log-likelihood of the latents under the posterior, without its constant, in nats per element."""
    return 0.5 * ((target - mean).square() * (-logvar).exp() + logvar).mean()


class Peaks:
    """What the decoder's activations say of blots: it tends to grow one pixel a hundred times as loud as the others,
    by which it steers its norms, and which is seen at the same place of every picture (Karras et al. 2020, section 2,
    "droplets"). Collects, since the last `loss`, how much energy the loudest pixel has after each norm, over the mean;
    before the norms a constant in the channels would hide it. Forbidden pixels, it grew a row of them: so the loudest row
    and column of the batch's mean are held down too."""

    ALLOWED, ALLOWED_LINE = 20.0, 2.0

    def __init__(self, decoder):
        self.found, self.looking = [], True
        for module in decoder.modules():
            if isinstance(module, GroupNorm):
                module.register_forward_hook(self.see)

    def see(self, module, inputs, output):
        if output.requires_grad and self.looking:
            energy = output.float().square().mean(dim=1)
            pixels, mean = energy.flatten(1), energy.mean(dim=0)
            self.found.append((pixels.amax(dim=1) / pixels.mean(dim=1) / self.ALLOWED).log().relu().mean())
            for line in (mean.mean(dim=0), mean.mean(dim=1)):
                self.found.append((line.amax() / line.mean() / self.ALLOWED_LINE).log().relu())

    def loss(self):
        """Mean over layers of the logarithm of what is above the allowed."""
        found, self.found = self.found, []
        return torch.stack(found).mean() if found else torch.zeros(())


def set_trained(net, part):
    """`part` is "both", "encoder" or "decoder"."""
    for module, owner in (
        (net.encoder, "encoder"),
        (net.quant_conv, "encoder"),
        (net.decoder, "decoder"),
        (net.post_quant_conv, "decoder"),
    ):
        module.requires_grad_(part in ("both", owner))


@torch.no_grad()
def evaluate(net, encode, pictures, rows, device):
    """PSNR at 256 px from what `encode` gives, overall and per style, held-out ones (never trained on) apart."""
    quality = []
    for i in range(0, len(rows), 8):
        images = pictures.images(rows[i : i + 8], device)
        error = (net.decode(encode(images)).clamp(-1, 1) - images).square().mean(dim=(1, 2, 3)) / 4
        quality += (-10 * error.log10()).tolist()
    styles = np.array([pictures.meta[row]["style"] for row in rows])
    quality, held_out = np.array(quality), pictures.held_out[rows]
    for name, kind in (("unseen pictures", ~held_out), ("pictures of held-out styles", held_out)):
        if kind.any():
            each = ", ".join(f"{s} {quality[styles == s].mean():.1f}" for s in sorted(set(styles[kind])))
            print(f"PSNR of {kind.sum()} {name} {quality[kind].mean():.2f} dB ({each})", flush=True)


def save(net, ema, path):
    with ema.applied():
        state = {PREFIX + k: v.detach().cpu().contiguous() for k, v in net.state_dict().items()}
    torch.save({"state_dict": state}, path)


def rebuilding_losses(net, latents, images, args, deviation=None):
    """The decoder's, from latents with noise of a deviation, by default --noise, added."""
    deviation = args.noise if deviation is None else deviation
    out = net.decode(latents + deviation * torch.randn_like(latents)).float()
    return {"rebuilt": picture_loss(out, images), "lines": args.lines * line_loss(out, images)}


def losses_of(net, images, basis, args):
    """What is minimised, by name."""
    if basis is None and args.part == "decoder":
        with torch.no_grad():
            mean, _ = net.encode(images)
        return rebuilding_losses(net, mean.float(), images, args)
    if basis is None:
        mean, logvar = net.encode(images)
        deviation = (0.5 * logvar).exp() + args.noise
        kl = args.kl * kl_loss(mean.float(), logvar.float())
        return rebuilding_losses(net, mean, images, args, deviation) | {"kl": kl}
    with torch.no_grad():
        target = basis.encode(images).float()
    losses = {}
    if args.part != "encoder":
        losses |= rebuilding_losses(net, target, images, args)
    if args.part != "decoder":
        mean, logvar = net.encode(images)
        losses["likelihood"] = likelihood_loss(mean.float(), logvar.float(), target)
    return losses


def main():
    parser = loop.parser(__doc__, minutes=60, batch=8, lr=3e-3)
    parser.add_argument("--data", nargs="+", required=True)
    parser.add_argument("--out", required=True, help="the .ckpt to write")
    parser.add_argument("--config", default=loop.HERE / "configs/kindred-mini.json")
    parser.add_argument("--basis", help="what basis.py wrote: the latents are given")
    parser.add_argument("--known", help="a checkpoint whose encoder gives the first channels, and --basis those of detail")
    parser.add_argument("--part", choices=("both", "encoder", "decoder"), default="both")
    parser.add_argument("--noise", type=float, default=0.1, help="added to the decoder's latents")
    parser.add_argument("--peaks", type=float, default=0.1, help="weight of the loss that keeps blots away")
    parser.add_argument("--lines", type=float, default=4.0, help="weight of the loss that keeps lines away")
    parser.add_argument("--crop", type=int, default=128)
    parser.add_argument(
        "--small-until", type=float, default=0.7, help="share of the time over which small crops fade out"
    )
    parser.add_argument("--kl", type=float, default=3e-4, help="weight of the KL term")
    parser.add_argument(
        "--evaluate-every", type=float, default=10, help="minutes; the weights are saved as well"
    )
    args = parser.parse_args()
    member = loop.join_team()
    loop.set_up(args)
    rng = np.random.default_rng(args.seed)
    pictures = Pictures(args.data)
    rows = np.flatnonzero(~pictures.validation & ~pictures.held_out)
    unseen = rng.permutation(np.flatnonzero(pictures.validation & ~pictures.held_out))[:96]
    unseen = np.concatenate([unseen, rng.permutation(np.flatnonzero(pictures.held_out))[:32]])

    net = nets.make_autoencoder(nets.load_config(args.config)).to(
        args.device, memory_format=torch.channels_last
    )
    rng = np.random.default_rng([args.seed, member])
    if args.init:
        net.load_state_dict(loop.load_state(args.init, PREFIX))
    basis = load_basis(args.basis, args.device) if args.basis else None
    if args.known:
        basis = Detailed(args.known, basis, nets.load_config(args.config), args.device)
    encode = (lambda x: net.encode(x)[0]) if basis is None or args.part == "encoder" else basis.encode
    set_trained(net, args.part)
    peaks = Peaks(net.decoder)
    print(f"{len(rows)} pictures, {sum(p.numel() for p in net.parameters()):,} parameters")
    optimizer = Muon(parameter_groups(net, 0.01, plain=("conv_in", "conv_out", "quant_conv")), lr=args.lr)
    ema = loop.Ema(net, 0.995)
    clock = loop.Clock(optimizer, args)
    torch.manual_seed(args.seed + member)  # the same weights, but noise of one's own
    next_evaluation = args.evaluate_every
    while clock.running():
        faded = clock.shared(clock.minutes()) / (args.minutes * max(args.small_until, 1e-6))
        small = clock.steps % 20 / 20 < 1 - faded and args.small_until > 0
        size, count = (args.crop // 2, args.batch * 4) if small else (args.crop, args.batch)
        crops = varied(random_crops(pictures.pixels(rng.choice(rows, count)), size, rng), rng)
        images = to_unit(torch.from_numpy(crops).to(args.device)).contiguous(
            memory_format=torch.channels_last
        )
        with loop.autocast(args.device):
            losses = losses_of(net, images, basis, args)
        if peaks.looking:  # every other step: it takes a quarter of one
            losses["peaks"] = args.peaks * peaks.loss()
        peaks.looking = not peaks.looking
        optimizer.zero_grad()
        sum(losses.values()).backward()
        loop.average_gradients(net)
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
        ema.update()
        clock.tick(count, **losses)
        if member == 0 and clock.minutes() > next_evaluation:
            next_evaluation += args.evaluate_every
            with ema.applied():
                evaluate(net, encode, pictures, unseen, args.device)
            save(net, ema, args.out)
    if member == 0:
        with ema.applied():
            evaluate(net, encode, pictures, unseen, args.device)
        save(net, ema, args.out)


if __name__ == "__main__":
    main()
