"""Mark algorithms of the styles in `styles_unseen.py`; no trained style uses any of them."""

import cv2
import numpy as np

from canvas import (
    Shape,
    edge_distance,
    extent,
    mean_by_label,
    mix,
    noise,
    outline,
    pixel_grid,
    relief,
    smooth_regions,
    smoothstep,
    to_lab,
    to_rgb,
)
from layers import Layers


def turned_grid(shape: Shape, angle: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Coordinates turned by `angle` about the centre, shifted at random, all positive."""
    height, width = extent(shape)
    x, y = pixel_grid(shape)
    x, y = x - width / 2, y - height / 2
    c, s = np.cos(angle), np.sin(angle)
    dx, dy = max(height, width) + rng.uniform(0, 20, 2)
    return (x * c + y * s + dx).astype(np.float32), (y * c - x * s + dy).astype(np.float32)


def uneven(label: np.ndarray, image: np.ndarray, rng: np.random.Generator, spread: float) -> np.ndarray:
    """One colour per label: the picture's mean there, a little lighter or darker in each."""
    lab = to_lab(mean_by_label(label, image))
    lab[..., 0] += rng.normal(0, spread, int(label.max()) + 1).astype(np.float32)[label]
    return to_rgb(lab)


def weft_faced(image: np.ndarray, rng: np.random.Generator, pick: float, end: float) -> np.ndarray:
    """A weft-faced weave: thick picks beaten down over warp ends, alternate picks over alternate ends.

    Alternate pairs of picks reach into the neighbouring colour, as weavers hatch (hachures). The weave's shading
    follows Adabala et al., "Visual simulation of weave", 2003: a thread is lit as a cylinder that dives.
    """
    x, y = pixel_grid(image.shape)
    row = (y / pick).astype(np.int32)
    reach = np.where(np.arange(int(row.max()) + 1) // 2 % 2, 1, -1) * rng.uniform(1.5, 3.2)
    hatched = cv2.remap(
        image, (x + reach[row]).astype(np.float32), y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    along = x / end + 0.5 * (row % 2)
    column = along.astype(np.int32)
    wool = uneven(row * (int(column.max()) + 1) + column, hatched, rng, 2.6)
    u, v = along - column, y / pick - row
    shade = 0.5 + 0.62 * np.sin(np.pi * v) ** 0.7 * (0.5 + 0.5 * np.sin(np.pi * u) ** 0.6)
    return np.clip(wool * shade[..., None], 0, 1)


def isolines(
    layers: Layers, light: np.ndarray, rng: np.random.Generator, spacing: float
) -> tuple[np.ndarray, np.ndarray]:
    """Steps of a height field that rises with lightness and away from outlines, and the lines between them.

    The lines are drawn at even width by dividing the height by its slope; every fourth is an index line, as on
    survey maps. Compare Imhof, "Cartographic relief presentation", 1965.
    """
    inward = cv2.GaussianBlur(np.minimum(edge_distance(smooth_regions(layers.region)), 70), (0, 0), 2.5)
    height = inward / spacing + 3.0 * cv2.GaussianBlur(light, (0, 0), 4) + 0.5 * noise(rng, light.shape, 44)
    height = cv2.GaussianBlur(height - height.min(), (0, 0), 1.5)
    slope = np.hypot(cv2.Sobel(height, -1, 1, 0), cv2.Sobel(height, -1, 0, 1)) / 8
    step = np.round(height)
    away = np.abs(height + 0.5 - np.round(height + 0.5)) / np.maximum(slope, 0.03)
    width = np.where(np.round(height + 0.5) % 4 == 0, 1.6, 0.8)
    return step.astype(np.int32), 1 - smoothstep(width - 0.6, width + 0.7, away)


def spiral_line(dark: np.ndarray, rng: np.random.Generator, period: float) -> np.ndarray:
    """One Archimedean spiral from near the centre whose width follows the darkness.

    After Claude Mellan's engraving of the sudarium, 1649, which is a single swelling spiral line.
    """
    height, width = dark.shape
    x, y = pixel_grid(dark.shape)
    cx, cy = rng.uniform(0.4, 0.6, 2) * (width, height)
    turn = np.arctan2(y - cy, x - cx) / (2 * np.pi) * rng.choice([-1, 1])
    phase = np.hypot(x - cx, y - cy) / period + turn + rng.uniform(0, 1)
    off = np.abs(phase - np.floor(phase) - 0.5) * period
    half = np.clip(dark, 0.06, 0.93) * period / 2
    return 1 - smoothstep(half - 0.7, half + 0.7, off)


def fish_scales(
    image: np.ndarray, rng: np.random.Generator, radius: float, angle: float, rim: np.ndarray
) -> np.ndarray:
    """Rows of discs, each row over the next and half a disc aside (imbrication): one colour and a rim each.

    Every pixel takes the first disc, from the top row on, that covers it.
    """
    x, y = turned_grid(image.shape, angle, rng)
    pitch = radius * 0.92
    wide = int(x.max() / (2 * radius)) + 3
    base = np.floor(y / pitch).astype(np.int32)
    label = np.full(x.shape, -1, np.int32)
    inset, drop = np.zeros((2, *x.shape), np.float32)
    for step in (-1, 0, 1, 2):
        row = base + step
        column = np.floor(x / (2 * radius) + 0.5 * (row % 2)).astype(np.int32)
        dx = x - (column + 0.5 - 0.5 * (row % 2)) * 2 * radius
        dy = y - row * pitch
        distance = np.hypot(dx, dy)
        new = (label < 0) & ((distance < radius * 1.04) | (step == 2))
        label = np.where(new, (row + 1) * wide + column + 1, label)
        inset = np.where(new, radius * 1.04 - distance, inset)
        drop = np.where(new, dy / radius, drop)
    lab = to_lab(uneven(label, image, rng, 2.5))
    lab[..., 0] += 15 * (drop - 0.35)
    bright = smoothstep(1.2, 2.0, inset) * (1 - smoothstep(2.6, 3.8, inset))
    lab[..., 0] += 13 * bright
    return mix(to_rgb(lab), rim, 0.9 * (1 - smoothstep(0.9, 1.9, inset)))


def hexagonal(
    shape: Shape, pitch: float, angle: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The nearest point of a hexagonal lattice: its label, and where a pixel lies from it, turned back upright."""
    x, y = turned_grid(shape, angle, rng)
    high = pitch * np.sqrt(3)
    wide = int(x.max() / pitch) + 3
    best = np.full(x.shape, 1e9, np.float32)
    label = np.zeros(x.shape, np.int32)
    dx, dy = np.zeros((2, *x.shape), np.float32)
    for odd in (0, 1):
        column, row = np.round(x / pitch - 0.5 * odd), np.round(y / high - 0.5 * odd)
        ox, oy = x - (column + 0.5 * odd) * pitch, y - (row + 0.5 * odd) * high
        near = ox * ox + oy * oy < best
        best = np.where(near, ox * ox + oy * oy, best)
        label = np.where(near, ((row * 2 + odd) * wide + column).astype(np.int32), label)
        dx, dy = np.where(near, ox, dx), np.where(near, oy, dy)
    c, s = np.cos(angle), np.sin(angle)
    return label, dx * c - dy * s, dx * s + dy * c


def round_beads(
    image: np.ndarray, felt: np.ndarray, rng: np.random.Generator, pitch: float, angle: float
) -> np.ndarray:
    """Hexagonally packed glass beads on felt: a lit sphere (Blinn 1977) of one colour each, with a highlight."""
    label, dx, dy = hexagonal(image.shape, pitch, angle, rng)
    lab = to_lab(uneven(label, image, rng, 3.5))
    u, v = dx / (0.5 * pitch), dy / (0.5 * pitch)
    r = np.hypot(u, v)
    lit = np.sqrt(np.clip(1 - r * r, 0, 1)) - 0.45 * (u + v)
    lab[..., 0] += 16 * (lit - 0.62)
    spark = 1 - smoothstep(0.14, 0.4, np.hypot(u + 0.33, v + 0.33))
    bead = mix(to_rgb(lab), 1.0, 0.85 * spark)
    return mix(felt, bead, 1 - smoothstep(0.86, 1.06, r))


def bricks(image: np.ndarray, rng: np.random.Generator, pitch: float) -> np.ndarray:
    """Toy bricks seen from above: a stud per cell and a seam where a brick of two to four cells ends.

    Compare Gower et al., "LEGO: automated model construction", 1998; here bricks are simply laid in rows.
    """
    x, y = pixel_grid(image.shape)
    x, y = x + pitch * rng.uniform(0.0, 0.9), y + pitch * rng.uniform(0.0, 0.9)
    column, row = (x / pitch).astype(np.int32), (y / pitch).astype(np.int32)
    wide, tall = int(column.max()) + 1, int(row.max()) + 1
    cell = row * wide + column
    colour = uneven(cell, image, rng, 0.8)
    flat = np.zeros((wide * tall, 3), np.float32)
    flat[cell.ravel()] = colour.reshape(-1, 3)
    lab = to_lab(flat).reshape(tall, wide, 3)
    differs = np.ones((tall, wide), bool)
    differs[:, 1:] = np.abs(np.diff(lab, axis=1)).sum(-1) > 14
    cut = differs | ((np.arange(wide) + rng.integers(0, 4, (tall, 1))) % rng.integers(2, 5, (tall, 1)) == 0)
    u, v = x / pitch - column - 0.5, y / pitch - row - 0.5
    r = np.hypot(u, v)
    stud = 1 - smoothstep(0.29, 0.37, r)
    shadow = (1 - smoothstep(0.28, 0.46, np.hypot(u - 0.12, v - 0.12))) * (1 - stud)
    rim = stud * smoothstep(0.2, 0.31, r)
    shade = 1 - 0.42 * shadow + 0.07 * stud + rim * -0.42 * (u + v)
    seam = np.minimum(v + 0.5, np.where(cut[row, column], u + 0.5, 1.0)) * pitch
    seam = 1 - smoothstep(0.5, 1.5, seam)
    return np.clip(colour * (shade * (1 - 0.5 * seam))[..., None], 0, 1)


def shifted_planes(
    layers: Layers, image: np.ndarray, ink: np.ndarray, rng: np.random.Generator, count: int
) -> np.ndarray:
    """Large half-transparent quadrilaterals, each seeing the picture from aside and shaded away from one edge.

    After Braque's and Gris's practice; compare Collomosse & Hall, "Cubist style rendering from photographs",
    2003.
    """
    height, width = image.shape[:2]
    x, y = pixel_grid(image.shape)
    result = image
    ys, xs = np.nonzero(layers.focus > 0.5)
    main = rng.uniform(0, np.pi)
    for k in range(count):
        if k % 2 and len(xs):
            at = rng.integers(len(xs))
            cx, cy = xs[at] + rng.normal(0, 14), ys[at] + rng.normal(0, 14)
        else:
            cx, cy = rng.uniform(0, (width, height))
        a = main + rng.choice([0.0, 0.9, 1.6, 2.4]) + rng.normal(0, 0.12)
        size = rng.uniform(0.11, 0.24, 2) * min(height, width)
        u = (x - cx) * np.cos(a) + (y - cy) * np.sin(a)
        v = (y - cy) * np.cos(a) - (x - cx) * np.sin(a)
        skew = rng.uniform(-0.45, 0.45, 2)
        inside = np.minimum(size[0] - np.abs(u + skew[0] * v), size[1] - np.abs(v + skew[1] * u))
        cover = smoothstep(-0.6, 0.6, inside)
        move = np.float32([[1, 0, rng.uniform(-9, 9)], [0, 1, rng.uniform(-9, 9)]])
        aside = cv2.warpAffine(image, move, (width, height), borderMode=cv2.BORDER_REFLECT)
        lab = to_lab(aside)
        lab[..., 0] += rng.choice([-1, 1]) * np.clip(u / size[0], -1.3, 1.3) * 17
        result = mix(result, to_rgb(lab), 0.62 * cover)
        line = (1 - smoothstep(0.8, 2.2, np.abs(inside))) * (0.55 + 0.45 * np.clip(u / size[0], -1, 1))
        result = mix(result, ink, 0.75 * line)
    bars = outline(smooth_regions(layers.region), 2.0 + 1.4 * layers.focus)
    result = mix(result, ink, bars * (0.3 + 0.55 * layers.focus))
    return np.clip(result * relief(0.5 * noise(rng, image.shape, 4, 1), 0.02), 0, 1)
