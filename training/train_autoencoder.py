"""Trains the KL autoencoder on random crops of rendered pictures, held-out styles excluded.

    python train_autoencoder.py --data DIR --out work/autoencoder.ckpt --minutes 60 --threads 2
    python train_autoencoder.py --data DIR --init work/autoencoder.ckpt --out work/autoencoder.ckpt \\
        --decoder-only --minutes 30

Loss: L1 at full size and down to a sixteenth, L1 of the horizontal and vertical differences (edges, hatching,
dots), and a small KL term that keeps latents near unit size, so that the decoder forgives a small U-Net's
errors. Early on most batches hold crops of half the side, twice as many at half the cost: more steps while
coarse things are learned. With --decoder-only the encoder and quant_conv stay as they are: latents remain
valid, so the decoder may go on while the U-Net trains. Weights saved are the averaged ones, under the
authors' `first_stage_model.` keys.
"""

import numpy as np
import torch
import torch.nn.functional as F

import loop
import nets
from data import Pictures, random_crops, to_unit

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


def chroma(images):
    """What is left of RGB without the mean of the three."""
    return images - images.mean(dim=1, keepdim=True)


def kl_loss(mean, logvar):
    """Mean over latent elements, in nats."""
    return 0.5 * (mean.square() + logvar.exp() - 1 - logvar).mean()


def set_trained(net, decoder_only):
    for part in (net.encoder, net.quant_conv):
        part.requires_grad_(not decoder_only)


@torch.no_grad()
def evaluate(net, pictures, rows, device):
    """PSNR at 256 px from posterior means, overall and per style."""
    quality = []
    for i in range(0, len(rows), 8):
        images = pictures.images(rows[i : i + 8], device)
        error = (net.decode(net.encode(images)[0]).clamp(-1, 1) - images).square().mean(dim=(1, 2, 3)) / 4
        quality += (-10 * error.log10()).tolist()
    styles = np.array([pictures.meta[row]["style"] for row in rows])
    each = ", ".join(f"{s} {np.mean(np.array(quality)[styles == s]):.1f}" for s in sorted(set(styles)))
    print(f"PSNR of {len(rows)} unseen pictures {np.mean(quality):.2f} dB ({each})", flush=True)


def save(net, ema, path):
    with ema.applied():
        state = {PREFIX + k: v.detach().cpu().contiguous() for k, v in net.state_dict().items()}
    torch.save({"state_dict": state}, path)


def main():
    parser = loop.parser(__doc__, minutes=60, batch=8, lr=6e-4)
    parser.add_argument("--data", nargs="+", required=True)
    parser.add_argument("--out", required=True, help="the .ckpt to write")
    parser.add_argument("--config", default=loop.HERE / "configs/kindred-mini.json")
    parser.add_argument("--decoder-only", action="store_true")
    parser.add_argument("--crop", type=int, default=128)
    parser.add_argument(
        "--small-until", type=float, default=0.7, help="share of the time over which small crops fade out"
    )
    parser.add_argument("--kl", type=float, default=3e-4, help="weight of the KL term")
    parser.add_argument(
        "--evaluate-every", type=float, default=10, help="minutes; the weights are saved as well"
    )
    args = parser.parse_args()
    loop.set_up(args)
    rng = np.random.default_rng(args.seed)
    pictures = Pictures(args.data)
    rows = np.flatnonzero(~pictures.validation & ~pictures.held_out)
    unseen = rng.permutation(np.flatnonzero(pictures.validation & ~pictures.held_out))[:128]

    net = nets.make_autoencoder(nets.load_config(args.config)).to(
        args.device, memory_format=torch.channels_last
    )
    if args.init:
        net.load_state_dict(loop.load_state(args.init, PREFIX))
    set_trained(net, args.decoder_only)
    print(f"{len(rows)} pictures, {sum(p.numel() for p in net.parameters()):,} parameters")
    optimizer = torch.optim.AdamW(loop.decay_groups(net, 0.01), lr=args.lr, betas=(0.9, 0.99))
    ema = loop.Ema(net, 0.995)
    clock = loop.Clock(optimizer, args)
    next_evaluation = args.evaluate_every
    while clock.running():
        small = rng.random() < 1 - clock.minutes() / (args.minutes * args.small_until)
        size, count = (args.crop // 2, args.batch * 2) if small else (args.crop, args.batch)
        crops = random_crops(pictures.pixels(rng.choice(rows, count)), size, rng)
        images = to_unit(torch.from_numpy(crops).to(args.device)).contiguous(
            memory_format=torch.channels_last
        )
        with loop.autocast(args.device):
            with torch.set_grad_enabled(not args.decoder_only):
                mean, logvar = net.encode(images)
            out = net.decode(mean + torch.randn_like(mean) * (0.5 * logvar).exp())
        rebuilt, kl = picture_loss(out.float(), images), kl_loss(mean.float(), logvar.float())
        optimizer.zero_grad()
        (rebuilt + args.kl * kl).backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
        ema.update()
        clock.tick(count, rebuilt=rebuilt, kl=kl)
        if clock.minutes() > next_evaluation:
            next_evaluation += args.evaluate_every
            with ema.applied():
                evaluate(net, pictures, unseen, args.device)
            save(net, ema, args.out)
    with ema.applied():
        evaluate(net, pictures, unseen, args.device)
    save(net, ema, args.out)


if __name__ == "__main__":
    main()
