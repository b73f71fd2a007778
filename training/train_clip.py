"""Trains the small CLIP on rendered pictures and their captions.

    python train_clip.py --data DIR [DIR...] --out work/clip --minutes 30 --threads 2

The loss is CLIP's symmetric contrastive one. Two things help a small model learn fast from a program's
pictures: captions are worded anew each time (content only, with the style, or canonical), and small linear
heads on both embeddings classify what the program knows (subject, style, colour, place, time, weather,
count); the heads are thrown away. A third head reads the picture's style statistics (`statistics_of_style.py`) off
its embedding, so that styles lie where they look alike and not wherever names put them: only then can a U-Net make
sense of the embeddings of a style that it never saw. Where the folders hold what `texture_of_latents.py` writes, a fourth head
reads that: the grain of the picture in the very terms in which the U-Net must paint it. Held-out styles are seen, as the paper's CLIP is a general one,
but for those marked `unknown`.
"""

from pathlib import Path

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

import loop
from clip_model import CLIPModel, clip_config, encode_captions, load_clip, save_clip, train_tokenizer, with_words
from data import FIELDS, Pictures, clip_view, mirrored_pixels, to_unit
from muon import Muon, parameter_groups
from statistics_of_style import folder_statistics
from texture_of_latents import GROUPS


def sample_captions(pictures, rows, rng):
    """A caption for each row, and which of them name the style."""
    kinds = rng.choice(3, size=len(rows), p=[0.45, 0.45, 0.1])
    makers = (pictures.content, pictures.styled, lambda row, _: pictures.full_caption(row))
    return [makers[kind](row, rng) for kind, row in zip(kinds, rows, strict=True)], kinds != 0


def corpus_of(pictures, rows, count=40000):
    """Captions for a tokenizer to learn from, the same in every process of a team."""
    rng = np.random.default_rng(0)
    return [c for row in rng.permutation(rows)[:count] for c in (pictures.styled(row, rng), pictures.full_caption(row))]


def scene_batches(pictures, rows, size, rng):
    """Batches without end; in each, no scene occurs twice, for its pictures share their content captions."""
    by_scene = {}
    for row in rows:
        by_scene.setdefault(pictures.scene[row], []).append(row)
    groups = list(by_scene.values())
    if len(groups) < size:
        raise ValueError(f"--batch {size} is more than the {len(groups)} scenes to train on")
    while True:
        order = rng.permutation(len(groups))
        for start in range(0, len(order) - size + 1, size):
            yield np.array([rng.choice(groups[g]) for g in order[start : start + size]])


def contrastive_loss(images, texts, scale, captions):
    """Symmetric cross-entropy over unit embeddings; a caption's twin in the batch is no negative."""
    logits = scale * images @ texts.T
    _, same = np.unique(captions, return_inverse=True)
    same = torch.from_numpy(same).to(logits.device)
    twin = (same[:, None] == same[None]) & ~torch.eye(len(same), dtype=torch.bool, device=logits.device)
    logits = logits.masked_fill(twin, -1e4)
    target = torch.arange(len(logits), device=logits.device)
    return (F.cross_entropy(logits, target) + F.cross_entropy(logits.T, target)) / 2


class Heads(nn.Module):
    """Linear classifiers on unit embeddings, one per field and tower."""

    def __init__(self, pictures, dim):
        super().__init__()
        self.image = nn.ModuleDict({f: nn.Linear(dim, len(pictures.names[f])) for f in FIELDS})
        self.text = nn.ModuleDict({f: nn.Linear(dim, len(pictures.names[f])) for f in FIELDS})

    def loss(self, images, texts, labels, named):
        total = 0.0
        for field in FIELDS:
            total = total + F.cross_entropy(self.image[field](10 * images), labels[field])
            # A content caption says nothing about the style, and is not asked for it.
            target = labels[field].where(named, -100) if field == "style" else labels[field]
            total = total + F.cross_entropy(
                self.text[field](10 * texts), target, ignore_index=-100, reduction="sum"
            ) / len(target)
        return total / (2 * len(FIELDS))


class StatisticsHead(nn.Module):
    """Linear, from unit embeddings of pictures to their style statistics, standardised over all pictures."""

    def __init__(self, folders, dim):
        super().__init__()
        known = torch.from_numpy(np.concatenate([folder_statistics(folder) for folder in folders]))
        self.known = ((known - known.mean(0)) / (known.std(0) + 1e-4)).clamp(-4, 4)
        self.linear = nn.Linear(dim, known.shape[1])

    def loss(self, images, rows):
        target = self.known[rows].to(images.device)
        return (self.linear(10 * images) - target).square().mean()


class TextureHead(nn.Module):
    """Linear, from unit embeddings of pictures to the textures of their latents, standardised; where a folder lacks them
    nothing is asked. Each group of GROUPS counts the same."""

    def __init__(self, folders, rows, dim):
        super().__init__()
        known = torch.from_numpy(np.concatenate([np.load(Path(folder) / "textures.npy") for folder in folders]))
        there = known[rows]
        there = there[~there[:, 0].isnan()]
        self.known = ((known - there.mean(0)) / (there.std(0) + 1e-4)).clamp(-4, 4)
        self.linear = nn.Linear(dim, known.shape[1])

    def loss(self, images, rows):
        target = self.known[rows]
        there = ~target[:, 0].isnan()
        error = (self.linear(10 * images[there]) - target[there].to(images.device)).square().mean(0)
        return torch.stack([group.mean() for group in error.split(list(GROUPS.values()))]).mean()


def tokens(tokenizer, captions, model, device):
    """Ids cut to the longest caption of the batch: what follows the end has no effect."""
    ids = encode_captions(tokenizer, captions, model.config["text_config"]["max_position_embeddings"])
    end = (ids == model.text_model.eos).int().argmax(dim=1).max()
    return ids[:, : end + 1].to(device)


@torch.no_grad()
def evaluate(model, tokenizer, pictures, heads, device, count=1000):
    """R@1 both ways among validation pictures whose full captions differ, and what the image heads get
    right."""
    model.eval()
    distinct = {pictures.full_caption(row): row for row in np.flatnonzero(pictures.validation & ~pictures.unknown)}
    captions, rows = list(distinct)[:count], list(distinct.values())[:count]
    size = model.config["vision_config"]["image_size"]
    images, texts = [], []
    for i in range(0, len(rows), 100):
        images.append(model.encode_image(clip_view(pictures.images(rows[i : i + 100], device), size)))
        texts.append(model.encode_text(tokens(tokenizer, captions[i : i + 100], model, device)))
    images, texts = (F.normalize(torch.cat(x), dim=1) for x in (images, texts))
    similar, target = images @ texts.T, torch.arange(len(rows), device=device)
    found = [(s.argmax(dim=1) == target).float().mean().item() for s in (similar, similar.T)]
    right = {
        f: (heads.image[f](10 * images).argmax(dim=1).cpu().numpy() == pictures.labels[f][rows]).mean()
        for f in FIELDS
    }
    model.train()
    print(
        f"{len(rows)} unseen pictures: R@1 image->text {found[0]:.3f}, text->image {found[1]:.3f}; heads "
        + ", ".join(f"{f} {share:.3f}" for f, share in right.items()),
        flush=True,
    )


def main():
    parser = loop.parser(__doc__, minutes=30, batch=128, lr=2e-3)
    parser.add_argument("--data", nargs="+", required=True)
    parser.add_argument("--out", required=True, help="the CLIP folder to write")
    parser.add_argument("--config", default=loop.HERE / "configs/clip-mini.json")
    parser.add_argument(
        "--aux", type=float, default=1.0, help="weight of the auxiliary classification losses"
    )
    parser.add_argument("--statistics", type=float, default=0.3, help="weight of the style statistics' loss")
    parser.add_argument("--new-words", action="store_true", help="a warm start learns the tokenizer anew, for new captions")
    parser.add_argument("--textures", type=float, default=0.0, help="weight of the loss of the latents' textures")
    parser.add_argument(
        "--evaluate-every", type=float, default=5, help="minutes; the weights are saved as well"
    )
    args = parser.parse_args()
    member = loop.join_team()
    loop.set_up(args)
    rng = np.random.default_rng([args.seed, member])
    pictures = Pictures(args.data)
    rows = np.flatnonzero(~pictures.validation & ~pictures.unknown)
    sizes = loop.read_json(args.config)
    if args.init:
        model, tokenizer = load_clip(args.init, args.device)
    if args.new_words or not args.init:
        words = train_tokenizer(corpus_of(pictures, rows), sizes["text_config"]["vocab_size"])
        if args.init:
            model, tokenizer = with_words(model, tokenizer, words), words
        else:
            model, tokenizer = CLIPModel(clip_config(sizes, words)).init_weights().to(args.device), words
    heads = Heads(pictures, model.config["projection_dim"]).to(args.device)
    look = StatisticsHead(args.data, model.config["projection_dim"]).to(args.device)
    grain = TextureHead(args.data, rows, model.config["projection_dim"]).to(args.device) if args.textures else None
    learners = [model, heads, look, *([grain] if grain else [])]
    parameters = sum(p.numel() for p in model.parameters())
    print(f"{len(rows)} pictures, {tokenizer.get_vocab_size()} tokens, {parameters:,} parameters", flush=True)

    groups = parameter_groups(model, 0.1, plain=("embedding",))
    groups.append({"params": [p for head in learners[1:] for p in head.parameters()], "weight_decay": 0.0})
    optimizer = Muon(groups, lr=args.lr, betas=(0.9, 0.98))
    ema = loop.Ema(model, 0.998)
    clock = loop.Clock(optimizer, args)
    size = model.config["vision_config"]["image_size"]
    batches, next_evaluation = scene_batches(pictures, rows, args.batch, rng), args.evaluate_every
    while clock.running():
        batch = next(batches)
        captions, named = sample_captions(pictures, batch, rng)
        crops = to_unit(torch.from_numpy(mirrored_pixels(pictures.pixels(batch), rng)).to(args.device))
        views = clip_view(crops, size)
        labels = {f: torch.from_numpy(pictures.labels[f][batch]).to(args.device) for f in FIELDS}
        with loop.autocast(args.device):
            images = model.encode_image(views)
            texts = model.encode_text(tokens(tokenizer, captions, model, args.device))
        images, texts = F.normalize(images.float(), dim=1), F.normalize(texts.float(), dim=1)
        contrast = contrastive_loss(images, texts, model.logit_scale.exp(), captions)
        known = heads.loss(images, texts, labels, torch.from_numpy(named).to(args.device))
        optimizer.zero_grad()
        looks = look.loss(images, batch)
        textures = grain.loss(images, batch) if grain else torch.zeros(())
        (contrast + args.aux * known + args.statistics * looks + args.textures * textures).backward()
        for learner in learners:
            loop.average_gradients(learner)
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        with torch.no_grad():
            model.logit_scale.clamp_(0, 4.6052)  # at most 100, as CLIP
        ema.update()
        clock.tick(len(batch), contrast=contrast, heads=known, statistics=looks, textures=textures)
        if member == 0 and clock.minutes() > next_evaluation:
            next_evaluation += args.evaluate_every
            with ema.applied():
                evaluate(model, tokenizer, pictures, heads, args.device)
                save_clip(model, tokenizer, args.out)
    if member == 0:
        with ema.applied():
            evaluate(model, tokenizer, pictures, heads, args.device)
            save_clip(model, tokenizer, args.out)


if __name__ == "__main__":
    main()
