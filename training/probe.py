"""Asks an outside judge what pictures show, and in what style: a small CNN trained on renderings alone.

    python probe.py --weights work/probe.pt --data DIR [DIR...] --minutes 10 --threads 2    trains the judge
    python probe.py --weights work/probe.pt --pictures list.json [--report report.json]     judge pictures

list.json holds [{"file": "a.png", "style": "oil", "subject": "house"}, ...], files relative to it; any of
KINDS may be missing. The judge sees 128 px pictures; in training they are blurred, noised, cropped and
mirrored, so that it does not go by the sharpness that only renderings have. Accuracies are given for
trained and held-out styles apart. Pictures of mixed styles teach it subjects, colours, times and numbers alone.

What training writes holds the weights, the names of the classes, how often the judge was right on renderings
that it had not seen (of each kind, and of each style), and what the renderings show, from which `npm run eval`
composes its prompts. `export_judge.py` turns it into the file that ships.
"""

import itertools
import json
from pathlib import Path

import cv2
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

import loop
import scenes
from data import Pictures, mirrored_crops, to_unit
from muon import Muon, parameter_groups
from styles import STYLE_BY_ID

SIDE, STORED = 128, 160
KINDS = ("style", "subject", "color", "time", "count")
OF_THE_WHOLE = ("count",)
UNASKED = -100  # label of a picture that has no answer of a kind; cross_entropy passes over it
WIDTHS = (32, 64, 128, 192)


class Judge(nn.Module):
    """One trunk, a linear classifier for each kind."""

    def __init__(self, classes, widths=WIDTHS):
        super().__init__()
        self.classes = {kind: list(names) for kind, names in classes.items()}
        layers, width = [], 3
        for out in widths:
            layers += [
                nn.Conv2d(width, out, 3, stride=2, padding=1),
                nn.BatchNorm2d(out),
                nn.ReLU(),
                nn.Conv2d(out, out, 3, padding=1),
                nn.BatchNorm2d(out),
                nn.ReLU(),
            ]
            width = out
        self.trunk = nn.Sequential(*layers)
        # Mean and maximum: a style is everywhere, a subject somewhere.
        self.heads = nn.ModuleDict({kind: nn.Linear(2 * width, len(names)) for kind, names in self.classes.items()})

    def forward(self, images):
        h = self.trunk(images)
        pooled = F.dropout(torch.cat([h.mean(dim=(2, 3)), h.amax(dim=(2, 3))], dim=1), 0.2, self.training)
        return {kind: head(pooled) for kind, head in self.heads.items()}


def spoiled(images, rng):
    """Blur (down and up again) and noise of random strength, one for the batch."""
    images = F.interpolate(mirrored_crops(images, rng), size=(SIDE, SIDE), mode="bilinear", antialias=True)
    side = int(SIDE * min(1, rng.uniform(0.3, 1.4)))  # two batches in five are left as sharp as they are
    images = F.interpolate(F.interpolate(images, size=(side, side), mode="area"), size=(SIDE, SIDE), mode="bicubic")
    return images + torch.randn_like(images) * rng.uniform(0, 0.12)


def clean(images):
    return F.interpolate(images, size=(SIDE, SIDE), mode="area")


def middle_square(images):
    """[n, c, H, W] -> the largest square in the middle."""
    high, wide = images.shape[2:]
    side = min(high, wide)
    top, left = (high - side) // 2, (wide - side) // 2
    return images[:, :, top : top + side, left : left + side]


def answers_about(judge, images):
    """What the judge says of pictures of any shape. It learned from squares, so of a wide or tall one it is asked about the
    middle; but how many there are is asked about the whole, squashed, or a second one at the side would not count."""
    answers = judge(clean(middle_square(images)))
    if images.shape[2] != images.shape[3]:
        whole = judge(clean(images))
        answers |= {kind: whole[kind] for kind in OF_THE_WHOLE if kind in whole}
    return answers


@torch.no_grad()
def validate(judge, pictures, rows, device):
    """How often the judge is right: {"pictures": n, "kinds": {kind: share}, "styles": {style: share}}."""
    judge.eval()
    right = {kind: np.zeros(len(rows), bool) for kind in judge.classes}
    for i in range(0, len(rows), 64):
        chosen = rows[i : i + 64]
        answers = answers_about(judge, pictures.images(chosen, device))
        for kind, names in judge.classes.items():
            seen = np.array(names)[answers[kind].argmax(dim=1).cpu().numpy()]
            right[kind][i : i + 64] = seen == pictures.names[kind][pictures.labels[kind][chosen]].astype(str)
    judge.train()
    kinds = {kind: float(hits.mean()) for kind, hits in right.items()}
    print(
        f"{len(rows)} unseen renderings: " + ", ".join(f"{k} {100 * v:.1f} %" for k, v in kinds.items()),
        flush=True,
    )
    style_of = pictures.names["style"][pictures.labels["style"][rows]]
    styles = {str(s): float(right["style"][style_of == s].mean()) for s in np.unique(style_of)}
    return {"pictures": len(rows), "kinds": kinds, "styles": styles}


def what_is_shown(pictures):
    """The words for what the renderings show: {"subjects": {name: {"colors": [...], "places": [phrase...]}},
    "times": {name: phrase}}; every colour and place is one in which the subject was seen."""
    subjects, times = {}, {}
    for meta in pictures.meta:
        scene = scenes.Scene(**meta["scene"])
        seen = subjects.setdefault(scene.subject, {"colors": set(), "places": set()})
        seen["colors"].add(scene.color)
        seen["places"].add(scenes.place_words(scene)[0])
        times[scene.time] = scenes._TIME_WORDS[scene.time][0]
    subjects = {name: {key: sorted(words) for key, words in subjects[name].items()} for name in sorted(subjects)}
    return {"subjects": subjects, "times": dict(sorted(times.items()))}


def shrunk(pictures, rows, view=lambda images: images, batch=256, side=STORED):
    """Pictures, or views of them, at once, uint8 [n, 3, side, side]: random reads of large pictures would take longer than
    learning."""
    out = torch.empty(len(rows), 3, side, side, dtype=torch.uint8)
    for i in range(0, len(rows), batch):
        small = F.interpolate(view(pictures.images(rows[i : i + batch])), size=(side, side), mode="area")
        out[i : i + batch] = ((small + 1) * 127.5).round().to(torch.uint8)
    return out


@torch.no_grad()
def begin_from(judge, saved):
    """Takes over the trunk of another judge, and of its classifiers what they know of the classes that both have."""
    state = judge.state_dict()
    for key, values in saved["state_dict"].items():
        kind = key.split(".")[1]
        if not key.startswith("heads."):
            state[key].copy_(values)
        elif kind in judge.classes:
            for old, name in enumerate(saved["classes"][kind]):
                if name in judge.classes[kind]:
                    state[key][judge.classes[kind].index(name)] = values[old]


def classes_of(pictures):
    """The names of each kind; mixed styles are no classes."""
    names = {kind: [str(name) for name in pictures.names[kind]] for kind in KINDS}
    return names | {"style": [name for name in names["style"] if name in STYLE_BY_ID]}


def labels_of(pictures, classes, asked=KINDS):
    """Each picture's label of each kind: UNASKED for what is none of the classes, and for kinds that are not asked."""
    labels = {}
    for kind in KINDS:
        place = {name: i for i, name in enumerate(classes[kind])} if kind in asked else {}
        labels[kind] = np.array([place.get(str(name), UNASKED) for name in pictures.names[kind]])[pictures.labels[kind]]
    return labels


def read_lessons(args, pictures, classes):
    """What is learned from: pictures, uint8 [n, 3, side, side], and their labels by kind. Wide and tall ones are seen twice,
    as `answers_about` shows them: the middle, asked all but the number, and the whole, squashed, asked that."""
    rows = np.flatnonzero(~pictures.validation)
    labels = labels_of(pictures, classes)
    parts = [(shrunk(pictures, rows), {kind: labels[kind][rows] for kind in KINDS})]
    for other in (Pictures([folder]) for folder in args.shapes):
        every = np.arange(len(other))
        of_the_middle = [kind for kind in KINDS if kind not in OF_THE_WHOLE]
        parts.append((shrunk(other, every, middle_square), labels_of(other, classes, of_the_middle)))
        parts.append((shrunk(other, every), labels_of(other, classes, OF_THE_WHOLE)))
    stored = torch.cat([images for images, _ in parts]).to(args.device)
    return stored, {kind: np.concatenate([labels[kind] for _, labels in parts]) for kind in KINDS}


def train(args):
    rng = np.random.default_rng(args.seed)
    pictures = Pictures(args.data)
    classes = classes_of(pictures)
    stored, labels = read_lessons(args, pictures, classes)
    print(f"{len(stored)} pictures read", flush=True)
    judge = Judge(classes).to(args.device, memory_format=torch.channels_last)
    if args.init:
        begin_from(judge, torch.load(args.init, map_location=args.device, weights_only=True))
    optimizer = Muon(parameter_groups(judge, 0.02, plain=("trunk.0.", "heads")), lr=args.lr)
    clock = loop.Clock(optimizer, args)
    while clock.running():
        batch = rng.choice(len(stored), args.batch)
        images = spoiled(stored[batch].float().div(127.5).sub(1), rng).contiguous(memory_format=torch.channels_last)
        with loop.autocast(args.device):
            answers = judge(images)
        losses = {
            k: F.cross_entropy(
                answers[k].float(), torch.from_numpy(labels[k][batch]).to(args.device), ignore_index=UNASKED
            )
            for k in KINDS
        }
        optimizer.zero_grad()
        sum(losses.values()).backward()
        optimizer.step()
        clock.tick(args.batch, **losses)
    named = np.array([meta["style"] in STYLE_BY_ID for meta in pictures.meta])
    unseen = np.flatnonzero(pictures.validation & named)
    accuracy = validate(judge, pictures, unseen, args.device)
    saved = {"classes": judge.classes, "accuracy": accuracy, "shown": what_is_shown(pictures)}
    torch.save(saved | {"state_dict": judge.state_dict()}, args.weights)


def told_apart(verdicts, held_out):
    """Of the pairs of pictures of one subject in two trained or two held-out styles, how many get two names of styles:
    (how many, of how many). The sheet asks for each subject by one prompt with one seed."""
    asked = [v for v in verdicts if "subject" in v and "style" in v and STYLE_BY_ID[v["style"]].held_out == held_out]
    pairs = [
        (a, b) for a, b in itertools.combinations(asked, 2) if a["subject"] == b["subject"] and a["style"] != b["style"]
    ]
    return sum(a["seen_style"] != b["seen_style"] for a, b in pairs), len(pairs)


@torch.no_grad()
def judge_pictures(args):
    saved = torch.load(args.weights, map_location=args.device, weights_only=True)
    judge = Judge(saved["classes"]).to(args.device)
    judge.load_state_dict(saved["state_dict"])
    judge.eval()
    entries, verdicts = json.loads(Path(args.pictures).read_text()), []
    for entry in entries:
        picture = cv2.imread(str(Path(args.pictures).parent / entry["file"]))[..., ::-1].copy()
        answers = answers_about(judge, to_unit(torch.from_numpy(picture)[None]).to(args.device))
        seen = {kind: judge.classes[kind][int(answers[kind].argmax())] for kind in judge.classes}
        verdicts.append(entry | {f"seen_{kind}": name for kind, name in seen.items()})
    for name, held_out in (("all", None), ("trained styles", False), ("held-out styles", True)):
        for kind in judge.classes:
            asked = [
                v
                for v in verdicts
                if kind in v and (held_out is None or ("style" in v and STYLE_BY_ID[v["style"]].held_out == held_out))
            ]
            if asked:
                right = sum(v[kind] == v[f"seen_{kind}"] for v in asked)
                print(f"{name}: {kind} {right}/{len(asked)} = {100 * right / len(asked):.1f} %")
    for name, held_out in (("trained", False), ("held-out", True)):
        apart, pairs = told_apart(verdicts, held_out)
        if pairs:
            print(
                f"one prompt and seed in two {name} styles: seen as two styles {apart}/{pairs} = {100 * apart / pairs:.1f} %"
            )
    if args.report:
        Path(args.report).write_text(json.dumps(verdicts, indent=1) + "\n")


def main():
    parser = loop.parser(__doc__, minutes=10, batch=64, lr=2e-3)
    parser.add_argument("--weights", required=True, help="the judge: written by training, read by judging")
    parser.add_argument("--data", nargs="+")
    parser.add_argument("--shapes", nargs="*", default=[], help="data folders of wide or tall pictures, one for each shape")
    parser.add_argument("--pictures", help="a JSON list of pictures to judge")
    parser.add_argument("--report", help="where to write every verdict")
    args = parser.parse_args()
    loop.set_up(args)
    if args.data:
        train(args)
    if args.pictures:
        judge_pictures(args)


if __name__ == "__main__":
    main()
