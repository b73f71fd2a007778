"""Trains the U-Net on prepared latents, contexts made as they will be at use.

    python train_unet.py --prepared work/prepared --out work/unet.ckpt --minutes 120 --threads 2 \\
        --clip work/clip --autoencoder work/autoencoder.ckpt --sheet-every 20

At use the context is [prompt embedding, its k nearest rows of one style's database]. So in training token 0
is mostly the embedding of a content caption, sometimes of a caption that names the style or of the picture
itself, and the neighbours are mostly the rows of the picture's own style nearest to token 0, sometimes rows
of any style nearest to the picture (the paper's way: it trains on image neighbours alone). A picture is
never its own neighbour. k is drawn from 0 to 19, one for each batch; a tenth of the samples see zeros in
place of the context, which is the guidance's unconditional branch (without biases in keys and values, zero
tokens give the same result whatever their number). With --full many batches see all 19, as at use.

The network predicts the noise; what a timestep weighs, `loss_weights` says. The file saved has the authors'
keys, raw and averaged weights.
"""

import copy
from pathlib import Path

import numpy as np
import torch
from PIL import Image

import loop
import nets
from clip_model import encode_captions, load_clip
from data import to_pixels
from muon import Muon, parameter_groups
from sampling import context_of, sample_latents

PREFIX = "model.diffusion_model."
MOST = 19  # neighbours at use
PROMPTS = (
    "a red house beside a lake at sunset",
    "a blue boat on the sea at night",
    "a yellow lighthouse on a hill by day",
    "a white castle in the mountains in fog",
    "an orange cat by the sea at twilight",
    "two pink flowers in a field",
    "a large green elephant in a city",
    "four penguins on the ice under a rainbow",
)


class Samples:
    """Draws (latents, contexts) from the arrays of prepare.py: square pictures, and for a share of the batches those of
    another shape."""

    def __init__(self, folder, device, shares, full=0.0, other_shapes=0.0):
        self.info = loop.read_json(Path(folder) / "prepared.json")
        self.arrays = load_arrays(Path(folder), device)
        self.others = [load_arrays(Path(folder) / shape, device) for shape in self.info.get("shapes", ())]
        self.other_shapes = other_shapes if self.others else 0.0
        self.device, self.shares, self.full = device, shares, full
        self.count = sum(len(a["latents"]) for a in (self.arrays, *self.others))

    def batch(self, size, rng):
        a = self.arrays
        if rng.random() < self.other_shapes:
            a = self.others[rng.integers(len(self.others))]
        count, captions = len(a["latents"]), a["content"].shape[1]
        chosen = torch.from_numpy(rng.choice(count, size, replace=size > count)).to(self.device)
        views = torch.from_numpy(rng.integers(a["latents"].shape[1], size=size)).to(self.device)
        latents = a["latents"][chosen, views].float() * self.info["scale_factor"]
        rows = a["encoded"][chosen]

        caption = torch.from_numpy(rng.integers(captions, size=size)).to(self.device)
        kind = torch.from_numpy(rng.choice(3, size, p=self.shares)).to(self.device)[:, None]
        tokens = (a["content"][rows, caption], a["styled"][rows, caption], a["image"][rows])
        near = (
            a["near_content"][rows, caption],
            a["near_styled"][rows, caption],
            a["near_image_style"][rows],
        )
        first = tokens[2].where(kind == 2, tokens[1].where(kind == 1, tokens[0]))
        near = near[2].where(kind == 2, near[1].where(kind == 1, near[0]))
        anywhere = torch.from_numpy(rng.random((size, 1)) < 0.15).to(self.device)
        near = a["near_image"][rows].where(anywhere, near)

        k = MOST if rng.random() < self.full else int(rng.integers(MOST + 1))
        near = near[:, choose_ranks(k, near.shape[1], rng)]
        context = torch.cat([first[:, None], self.arrays["image"][near.long()]], dim=1).float()
        empty = torch.from_numpy(rng.random((size, 1, 1)) < 0.1).to(self.device)
        return latents, context.masked_fill(empty, 0.0)

    def bank(self, style):
        """Unit embeddings of one style's pictures, trained or held out."""
        for names, kind in ((self.info["styles"], ""), (self.info["held_out_styles"], "held_")):
            if style in names:
                return self.arrays[f"{kind}image"][self.arrays[f"{kind}style"] == names.index(style)].float()
        raise ValueError(f"no style {style!r} in the prepared arrays")


def load_arrays(folder, device):
    """The .npy files of a folder by name."""
    return {f.stem: torch.from_numpy(np.load(f)).to(device) for f in folder.glob("*.npy")}


def choose_ranks(k, available, rng):
    """Half the time the k nearest, as at use; else k of the 2k nearest, for variety. Ascending."""
    k = min(k, available)
    pool = k if rng.random() < 0.5 else min(2 * k, available)
    return torch.from_numpy(np.sort(rng.permutation(pool)[:k]))


def loss_weights(alphas):
    """What the noise's squared error weighs at each timestep, with a mean of 1.

    An error of the noise is one of v = sqrt(a) noise - sqrt(1 - a) x0 (Salimans and Ho 2022), 1 / a times as
    large when squared. Unweighted, the early steps of sampling, which decide what is in the picture, would count
    for next to nothing: at t = 850 a denoiser that knows nothing of the picture is off by 0.006. Below a = 0.01
    the weight stops growing, for nearly all of the error there is chance.
    """
    weights = alphas.clamp(min=0.01).reciprocal()
    return weights / weights.mean()


def channel_shares(channels, details, device):
    """What each channel's error weighs, with a mean of 1, and how many are not details."""
    shares = torch.ones(channels, device=device)
    shares[channels - details :] = 0.5
    return shares / shares.mean(), channels - details


def stratified_timesteps(size, steps, rng):
    """One timestep from each of `size` equal parts of the schedule, in random order."""
    t = (np.arange(size) + rng.random(size)) * steps / size
    return torch.from_numpy(rng.permutation(t).astype(np.int64))


@torch.inference_mode()
def sample_sheet(path, unet, samples, config, styles, args):
    """A picture of pictures: rows are PROMPTS, columns styles; 20 steps, guidance 5, k 19."""
    clip, tokenizer = load_clip(args.clip, args.device)
    decoder = nets.make_autoencoder(config)
    decoder.load_state_dict(loop.load_state(args.autoencoder, "first_stage_model."))
    decoder.to(args.device, memory_format=torch.channels_last)
    ids = encode_captions(tokenizer, PROMPTS, clip.config["text_config"]["max_position_embeddings"]).to(
        args.device
    )
    texts = torch.nn.functional.normalize(clip.encode_text(ids), dim=1)
    columns = []
    for style in styles:
        contexts = torch.stack([context_of(text, samples.bank(style), 19) for text in texts])
        latents = sample_latents(unet, contexts, config) / samples.info["scale_factor"]
        images = torch.cat([decoder.decode(z[None]) for z in latents])
        columns.append(np.concatenate(list(to_pixels(images)), axis=0))
    Image.fromarray(np.concatenate(columns, axis=1)).save(path)


def save(net, ema, path):
    """The authors' keys: the U-Net, and its averages with the dots removed from their names."""
    weights = {PREFIX + k: v.detach().cpu().clone() for k, v in net.state_dict().items()}
    averages = {averaged_key(k): v.cpu().clone() for k, v in ema.shadow.items()}
    counters = {
        "model_ema.decay": torch.tensor(ema.decay),
        "model_ema.num_updates": torch.tensor(ema.updates, dtype=torch.int32),
    }
    torch.save({"state_dict": weights | averages | counters}, path)


def averaged_key(key):
    return "model_ema." + f"diffusion_model.{key}".replace(".", "")


def load_tensors(path):
    """A checkpoint's U-Net: the averaged weights, or the raw ones where there are no averages."""
    state = loop.load_state(path)
    names = [k.removeprefix(PREFIX) for k in state if k.startswith(PREFIX)]
    return {k: state.get(averaged_key(k), state[PREFIX + k]) for k in names}


def load_unet(net, path):
    net.load_state_dict(load_tensors(path))
    return net


def main():
    parser = loop.parser(__doc__, minutes=120, batch=64, lr=4e-3)
    parser.add_argument("--prepared", required=True)
    parser.add_argument(
        "--out", required=True, help="the .ckpt to write; sheets and weights are saved beside and into it"
    )
    parser.add_argument("--config", default=loop.HERE / "configs/kindred-mini.json")
    parser.add_argument(
        "--shares",
        type=float,
        nargs=3,
        default=(0.7, 0.15, 0.15),
        help="how often token 0 is a content caption, a styled caption, the picture",
    )
    parser.add_argument("--full", type=float, default=0.0, help="share of the batches that see all 19 neighbours")
    parser.add_argument("--other-shapes", type=float, default=0.0, help="share of the batches of wide or tall pictures")
    parser.add_argument("--details", type=int, default=0, help="how many of the last channels are details, which weigh half")
    parser.add_argument("--outer-rate", type=float, default=0.25, help="what first and last layers learn at, times --lr")
    parser.add_argument("--ema", type=float, default=0.999)
    parser.add_argument("--clip", help="with --autoencoder: for sample sheets")
    parser.add_argument("--autoencoder")
    parser.add_argument(
        "--sheet-every", type=float, default=20, help="minutes; the weights are saved as well"
    )
    parser.add_argument(
        "--sheet-styles", nargs="*", help="columns of the sheets; by default four trained and two held out"
    )
    args = parser.parse_args()
    member = loop.join_team()
    loop.set_up(args)
    rng = np.random.default_rng([args.seed, member])
    config = nets.load_config(args.config)
    samples = Samples(args.prepared, args.device, args.shares, args.full, args.other_shapes)
    styles = args.sheet_styles or samples.info["styles"][::4] + samples.info["held_out_styles"][:2]

    net = nets.make_unet(config)
    net.initialize()
    if args.init:
        load_unet(net, args.init)
    net.to(args.device, memory_format=torch.channels_last)
    torch.manual_seed(args.seed + member)  # the same weights, but noise of one's own
    print(f"{samples.count} pictures, {sum(p.numel() for p in net.parameters()):,} parameters")
    alphas = nets.alphas_cumprod(config)[1].float().to(args.device)
    weights = loss_weights(alphas)
    shares, known = channel_shares(config["channels"], args.details, args.device)
    plain = ("input_blocks.0.", "time_embed", "out.2")
    optimizer = Muon(parameter_groups(net, 0.01, plain, args.outer_rate), lr=args.lr)
    ema, clock, next_sheet = loop.Ema(net, args.ema), loop.Clock(optimizer, args), args.sheet_every

    def report():
        save(net, ema, args.out)
        if args.clip and args.autoencoder:
            averaged = copy.deepcopy(net)
            averaged.load_state_dict(ema.shadow)
            path = Path(args.out).with_name(f"{Path(args.out).stem}-{clock.minutes():04.0f}.png")
            sample_sheet(path, averaged.eval(), samples, config, styles, args)

    while clock.running():
        latents, context = samples.batch(args.batch, rng)
        t = stratified_timesteps(args.batch, len(alphas), rng).to(args.device)
        noise = torch.randn_like(latents)
        a = alphas[t][:, None, None, None]
        noisy = (a.sqrt() * latents + (1 - a).sqrt() * noise).contiguous(memory_format=torch.channels_last)
        with loop.autocast(args.device):
            eps = net(noisy, t, context)
        squared = (eps.float() - noise).square().mean(dim=(2, 3))
        error = squared[:, :known].mean(dim=1)
        loss = (weights[t] * (squared * shares).mean(dim=1)).mean()
        optimizer.zero_grad()
        loss.backward()
        loop.average_gradients(net)
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
        ema.update()
        losses = {"loss": loss, "error": error.mean(), "early": error[t > 700].mean()}
        if args.details:
            losses["details"] = squared[:, known:].mean()
        clock.tick(args.batch, **losses)
        if member == 0 and clock.minutes() > next_sheet:
            next_sheet += args.sheet_every
            report()
    if member == 0:
        report()


if __name__ == "__main__":
    main()
