"""Rendered pictures as the trainers use them: arrays, captions, labels, splits, and CLIP's view of a picture.

A data folder is what `render.py --out` writes: images.npy, uint8 [n, H, W, 3], and meta.jsonl, one line per
picture. Several folders may be joined, but only pictures of one shape make an array. A scene painted in several
styles is never divided between training and validation.
"""

import json
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

import scenes
from clip_model import MEAN, STD
from render import styled_caption
from styles import find_style

FIELDS = ("style", "subject", "color", "place", "time", "weather", "count")


class Pictures:
    """Pictures by row number, over all folders. `validation`, `held_out` and `unknown` are masks over rows."""

    def __init__(self, folders, validation_every=25):
        self.parts = [np.load(Path(f) / "images.npy", mmap_mode="r") for f in folders]
        self.starts = np.cumsum([0] + [len(p) for p in self.parts])
        self.meta, scene_of = [], {}
        for number, folder in enumerate(folders):
            lines = (Path(folder) / "meta.jsonl").read_text(encoding="utf-8").splitlines()
            self.meta += [json.loads(line) | {"folder": number} for line in lines[: len(self.parts[number])]]
        if len(self.meta) != len(self):
            raise ValueError(
                f"{len(self)} pictures but {len(self.meta)} lines of meta.jsonl: rendering is not finished"
            )
        self.scene = np.array(
            [scene_of.setdefault((m["folder"], m["scene_ordinal"]), len(scene_of)) for m in self.meta]
        )
        self.validation = np.array([m["scene_ordinal"] % validation_every == 0 for m in self.meta])
        self.held_out = np.array([find_style(m["style"]).held_out for m in self.meta])
        self.unknown = np.array([find_style(m["style"]).unknown for m in self.meta])
        self.names, self.labels = {}, {}
        for field in FIELDS:
            values = [m["style"] if field == "style" else m["scene"][field] for m in self.meta]
            self.names[field], self.labels[field] = np.unique(np.array(values), return_inverse=True)

    def __len__(self):
        return int(self.starts[-1])

    def pixels(self, rows):
        """uint8 [n, H, W, 3]; all rows of one shape."""
        part = np.searchsorted(self.starts, rows, side="right") - 1
        return np.stack([self.parts[p][row - self.starts[p]] for p, row in zip(part, rows, strict=True)])

    def images(self, rows, device="cpu"):
        """float32 [n, 3, H, W] in [-1, 1]; all rows of one shape."""
        return to_unit(torch.from_numpy(self.pixels(rows)).to(device))

    def content(self, row, rng):
        """A caption of what is in the picture, worded anew."""
        return scenes.caption(scenes.Scene(**self.meta[row]["scene"]), rng)

    def styled(self, row, rng):
        """A caption that names the style too."""
        return styled_caption(find_style(self.meta[row]["style"]), self.content(row, rng), rng)

    def full_caption(self, row):
        """Everything about the picture in fixed words, its style first."""
        return f"{find_style(self.meta[row]['style']).phrase} {self.meta[row]['canonical']}"


def to_unit(pixels):
    """uint8 [n, H, W, 3] -> float32 [n, 3, H, W] in [-1, 1]."""
    return pixels.permute(0, 3, 1, 2).float().div_(127.5).sub_(1)


def to_pixels(images):
    """[-1, 1] -> uint8 [n, H, W, 3], truncating as the reference does."""
    return ((images.clamp(-1, 1) + 1) * 127.5).permute(0, 2, 3, 1).to(torch.uint8).cpu().numpy()


def clip_view(images, size):
    """What CLIP sees of pictures in [-1, 1]: the authors' squash to size x size (bicubic a = -0.75, corners
    aligned, no antialiasing), then CLIP's normalisation."""
    small = F.interpolate(images, size=(size, size), mode="bicubic", align_corners=True)
    mean, std = (torch.tensor(v, device=images.device)[:, None, None] for v in (MEAN, STD))
    return ((small + 1) / 2 - mean) / std


def mirrored_crops(images, rng, smallest=0.88):
    """Augmentation that changes no word of a caption: half the pictures mirrored, one random crop for the
    batch."""
    flip = torch.from_numpy(rng.random(len(images)) < 0.5).to(images.device)
    images = torch.where(flip[:, None, None, None], images.flip(3), images)
    high, wide = images.shape[2:]
    height, width = (int(side * rng.uniform(smallest, 1)) for side in (high, wide))
    top, left = rng.integers(high - height + 1), rng.integers(wide - width + 1)
    return images[:, :, top : top + height, left : left + width]


def mirrored_pixels(pixels, rng, smallest=0.88):
    """`mirrored_crops` on uint8 [n, H, W, 3], in a sixth of the time; the mirroring is done in place."""
    flip = rng.random(len(pixels)) < 0.5
    pixels[flip] = pixels[flip, :, ::-1]
    high, wide = pixels.shape[1:3]
    height, width = (int(side * rng.uniform(smallest, 1)) for side in (high, wide))
    top, left = rng.integers(high - height + 1), rng.integers(wide - width + 1)
    return np.ascontiguousarray(pixels[:, top : top + height, left : left + width])


def random_crops(pixels, size, rng):
    """uint8 [n, H, W, 3] -> [n, size, size, 3], each at its own place, half of them mirrored."""
    out = np.empty((len(pixels), size, size, 3), np.uint8)
    for i, picture in enumerate(pixels):
        top, left = rng.integers(0, np.array(picture.shape[:2]) - size + 1)
        crop = picture[top : top + size, left : left + size]
        out[i] = crop[:, ::-1] if rng.random() < 0.5 else crop
    return out


def varied(crops, rng):
    """Crops [n, side, side, 3] as if from more styles than there are: a quarter turned, a quarter with their colours
    exchanged, an eighth as negatives. An autoencoder that has seen them is less at a loss before a new style."""
    out = np.ascontiguousarray(crops)
    for i in range(len(out)):
        if rng.random() < 0.25:
            out[i] = np.rot90(out[i], int(rng.integers(1, 4)))
        if rng.random() < 0.25:
            out[i] = out[i][..., rng.permutation(3)]
        if rng.random() < 0.125:
            out[i] = 255 - out[i]
    return out
