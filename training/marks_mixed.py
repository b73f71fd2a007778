"""Mark algorithms of the mixed styles from number 300 on: lattices, threads, scraps, folds, waves. No held-out style uses one.

All take a picture, float32 [H, W, 3] in 0..1, and sizes in pixels; they return a picture or a coverage [H, W] in 0..1.
"""

import cv2
import numpy as np

from canvas import (
    Shape,
    as_dense,
    extent,
    mean_by_label,
    mix,
    noise,
    pixel_grid,
    smear,
    smoothstep,
    to_lab,
    to_rgb,
    tone,
)
from marks import jittered_grid

SHAPES = ("square", "cross", "bar", "ring", "triangle", "saltire")


def turned(shape: Shape, angle: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Pixel coordinates turned by `angle` and shifted at random, all positive."""
    x, y = pixel_grid(shape)
    c, s = np.float32(np.cos(angle)), np.float32(np.sin(angle))
    dx, dy = (1.5 * max(extent(shape)) + rng.uniform(0, 40, 2)).astype(np.float32)
    return x * c + y * s + dx, y * c - x * s + dy


def lattice(shape: Shape, wide: float, high: float, angle: float, shift: float, rng: np.random.Generator):
    """A turned lattice of wide x high cells, each row `shift` of a cell farther: label, and place in the cell, -0.5..0.5."""
    x, y = turned(shape, angle, rng)
    row = np.floor(y / high).astype(np.int32)
    along = x / wide + np.float32(shift) * (row % 2)
    column = np.floor(along).astype(np.int32)
    label = row * (int(column.max()) + 2) + column
    _, label = np.unique(label, return_inverse=True)
    return label.reshape(x.shape).astype(np.int32), along - column - 0.5, y / high - row - 0.5


def each_a_little_off(label: np.ndarray, image: np.ndarray, rng: np.random.Generator, spread: float) -> np.ndarray:
    """One colour a cell, as Lab, lightness varied by `spread`."""
    lab = to_lab(mean_by_label(label, image))
    lab[..., 0] += rng.normal(0, spread, int(label.max()) + 1).astype(np.float32)[label]
    return lab


def bevelled_tiles(image, joint, rng, wide, high, angle, shift, spread, bevel, gap):
    """Tiles of one colour each, lit from above left at their bevelled edges, with joints of `gap` pixels."""
    label, u, v = lattice(image.shape, wide, high, angle, shift, rng)
    lab = each_a_little_off(label, image, rng, spread)
    across, down = (0.5 - np.abs(u)) * wide, (0.5 - np.abs(v)) * high
    slope = np.where(across < down, -np.sign(u), -np.sign(v)) * (1 - smoothstep(0.8, 3.0, np.minimum(across, down)))
    lab[..., 0] += 22 * bevel * slope
    return mix(joint, to_rgb(lab), smoothstep(gap * 0.5 - 0.5, gap * 0.5 + 0.5, np.minimum(across, down)))


def glyphs(image, under, rng, pitch, angle, shift, shape, least):
    """One sign a cell, the larger the farther the picture is from its ground."""
    label, u, v = lattice(image.shape, pitch, pitch, angle, shift, rng)
    far = np.abs(image - under).mean(-1)
    far = mean_by_label(label, np.dstack([far] * 3))[..., 0]
    size = least + (0.62 - least) * smoothstep(0.02, 0.5, far)
    a, b = np.abs(u), np.abs(v)
    distance = {
        "square": lambda: np.maximum(a, b) - 0.75 * size,
        "cross": lambda: np.maximum(np.minimum(a, b) - 0.32 * size, np.maximum(a, b) - 0.95 * size),
        "bar": lambda: np.maximum(a - 0.95 * size, b - 0.42 * size),
        "ring": lambda: np.abs(np.maximum(a, b) - 0.6 * size) - 0.2 * size,
        "triangle": lambda: np.maximum(a * 1.6 + v, -v) - 0.62 * size,
        "saltire": lambda: np.maximum(
            np.minimum(np.abs(u - v), np.abs(u + v)) - 0.34 * size, np.maximum(a, b) - 0.9 * size
        ),
    }[shape]()
    ink = to_rgb(each_a_little_off(label, image, rng, 1.5))
    return mix(under, ink, 1 - smoothstep(-0.5, 0.5, distance * pitch))


def knit(image, rng, wide, high, depth):
    """Knitted stitches: columns of V, each stitch of one colour, dark between the columns."""
    x, y = turned(image.shape, 0, rng)
    column = np.floor(x / wide).astype(np.int32)
    u = x / wide - column - 0.5
    slanted = y / high + np.abs(u) * 1.25
    row = np.floor(slanted).astype(np.int32)
    _, label = np.unique(row * (int(column.max()) + 2) + column, return_inverse=True)
    lab = each_a_little_off(label.reshape(x.shape).astype(np.int32), image, rng, 2)
    v = slanted - row
    leg = np.sin(np.pi * np.clip(np.abs(u) * 2, 0, 1)) ** 0.6 * np.sin(np.pi * v) ** 0.5
    lab[..., 0] += depth * (leg - 0.75)
    return np.clip(to_rgb(lab), 0, 1)


def raised_lines(image, under, rng, pitch, lift, angle, width):
    """Parallel lines of even width, lifted where the picture is light, as a scanning beam is: colour of the picture."""
    x, y = turned(image.shape, angle, rng)
    height = cv2.GaussianBlur(tone(image), (0, 0), 2.5)
    off = np.abs((y + lift * height) / pitch % 1 - 0.5) * pitch
    slope = np.hypot(cv2.Sobel(y + lift * height, -1, 1, 0), cv2.Sobel(y + lift * height, -1, 0, 1)) / 8
    line = 1 - smoothstep(width / 2 - 0.6, width / 2 + 0.6, off / np.maximum(slope, 0.4))
    return mix(under, image, line)


def scraps(image, rng, size, corners, flow=None):
    """Torn scraps of one colour each, coarse below fine: polygons of `corners` corners, the finest along edges."""
    height, width = image.shape[:2]
    canvas = (image * 255).astype(np.uint8)
    detail = cv2.GaussianBlur(cv2.Canny(canvas, 40, 90).astype(np.float32) / 255, (0, 0), 4)
    for scale, need in ((2.0, -1), (1.0, -1), (0.55, 0.08)):
        reach = size * scale
        starts = jittered_grid(rng, image.shape, reach * 0.9)
        rng.shuffle(starts)
        x, y = np.clip(starts.astype(np.int32), 0, (width - 1, height - 1)).T
        keep = detail[y, x] > need
        starts, x, y = starts[keep], x[keep], y[keep]
        turn = flow[y, x] if flow is not None else rng.uniform(0, 2 * np.pi, len(x))
        corner = (
            turn[:, None] + 2 * np.pi * (np.arange(corners) + rng.uniform(-0.22, 0.22, (len(x), corners))) / corners
        )
        radius = reach * rng.uniform(0.6, 1.0, (len(x), corners))
        points = starts[:, None] + np.stack([radius * np.cos(corner), 0.7 * radius * np.sin(corner)], -1)
        colour = np.clip(image[y, x] + rng.normal(0, 0.035, (len(x), 1)), 0, 1) * 255
        for polygon, c in zip((points * 8).astype(np.int32), colour.tolist()):
            cv2.fillPoly(canvas, [polygon], c, cv2.LINE_AA, 3)
    return canvas.astype(np.float32) / 255


def threads(image, under, rng, count, length, angle, spread):
    """Long straight threads laid over each other, each of the colour at its middle."""
    height, width = image.shape[:2]
    count = as_dense(count, image.shape)
    canvas = (under * 255).astype(np.uint8)
    middle = rng.uniform(0, (width, height), (count, 2))
    turn = angle + rng.normal(0, spread, count)
    half = length * rng.uniform(0.3, 1, count) / 2
    arm = np.stack([np.cos(turn), np.sin(turn)], -1) * half[:, None]
    x, y = middle.astype(np.int32).T
    ends = (np.stack([middle - arm, middle + arm], 1) * 8).astype(np.int32)
    colour = np.clip(image[y, x] * rng.uniform(0.88, 1.1, (count, 1)), 0, 1) * 255
    for line, c in zip(ends, colour.tolist()):
        cv2.line(canvas, line[0].tolist(), line[1].tolist(), c, 1, cv2.LINE_AA, 3)
    return canvas.astype(np.float32) / 255


def labyrinth(image, under, rng, scale, stretch, angle):
    """Winding bands between picture and ground, the fuller the farther the picture is from its ground (a band-passed
    noise with a threshold; compare Turing 1952)."""
    grain = noise(rng, image.shape, scale, 1) - noise(rng, image.shape, scale * 2.2, 1)
    if stretch > 1:
        grain = smear(grain, np.full(grain.shape, angle, np.float32), scale * stretch)
    grain = grain / (grain.std() + 1e-6)
    far = smoothstep(0.0, 0.55, np.abs(image - under).mean(-1))
    return mix(under, image, smoothstep(-0.35, 0.35, grain + 3.2 * (far - 0.42)))


def arcs(image, under, rng, pitch, angle, least):
    """Quarter circles that join from cell to cell at random (Truchet 1704; Smith 1987), as broad as the picture asks."""
    label, u, v = lattice(image.shape, pitch, pitch, angle, 0, rng)
    flip = rng.random(int(label.max()) + 1)[label] < 0.5
    u = np.where(flip, -u, u)
    near = np.minimum(np.abs(np.hypot(u - 0.5, v - 0.5) - 0.5), np.abs(np.hypot(u + 0.5, v + 0.5) - 0.5))
    far = cv2.GaussianBlur(np.abs(image - under).mean(-1), (0, 0), 2)
    half = least + (0.3 - least) * smoothstep(0.02, 0.5, far)
    return mix(under, image, 1 - smoothstep(-0.6, 0.6, (near - half) * pitch))


def pleats(image, rng, pitch, angle, strength, shift):
    """Folded paper: strips lit in turn, each seeing the picture from a little aside."""
    x, y = turned(image.shape, angle, rng)
    strip = np.floor(x / pitch).astype(np.int32)
    u = x / pitch - strip
    sway = np.where(strip % 2, shift, -shift).astype(np.float32)
    px, py = pixel_grid(image.shape)
    moved = cv2.remap(
        image,
        px - sway * np.float32(np.sin(angle)),
        py + sway * np.float32(np.cos(angle)),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REFLECT,
    )
    light = np.where(strip % 2, 1 - strength * (0.4 + 0.6 * u), 1 + 0.35 * strength * u)
    return np.clip(moved * light[..., None], 0, 1)


def combed(image, rng, period, amount, angle):
    """Marbled paper: colour drawn out by a comb, there and back."""
    x, y = turned(image.shape, angle, rng)
    px, py = pixel_grid(image.shape)
    pull = amount * (np.abs(x / period % 2 - 1) ** 2 - 0.4) + 0.25 * amount * noise(rng, image.shape, 30, 1)
    c, s = np.float32(np.cos(angle)), np.float32(np.sin(angle))
    return cv2.remap(
        image,
        (px - s * pull).astype(np.float32),
        (py + c * pull).astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REFLECT,
    )


def drips(image, rng, wide, longest):
    """Wet paint that runs down in lanes of its own length."""
    height, width = image.shape[:2]
    lanes = width // max(2, round(wide)) + 1
    lengths = longest * rng.random(lanes) ** 2
    out = image.copy()
    running = image[0].copy()
    length = np.repeat(lengths, width // lanes + 1)[:width]
    length = cv2.GaussianBlur(length.astype(np.float32)[None], (0, 0), wide * 0.3)[0]
    keep = np.exp(-1 / np.maximum(length, 0.3))[:, None]
    for row in range(1, height):
        running = image[row] * (1 - keep) + running * keep
        out[row] = 0.35 * image[row] + 0.65 * running
    return out


def spattered(image, under, rng, count, largest):
    """Drops of paint flung on the ground until it is nearly covered: many small, few large."""
    height, width = image.shape[:2]
    count = as_dense(count, image.shape)
    canvas = (under * 255).astype(np.uint8)
    radius = np.sort(largest * rng.random(count) ** 2.2 + 0.7)[::-1]
    at = rng.uniform(0, (width, height), (count, 2))
    x, y = at.astype(np.int32).T
    colour = image[y, x] * 255
    for point, r, c in zip((at * 8).astype(np.int32).tolist(), (radius * 8).astype(np.int32).tolist(), colour.tolist()):
        cv2.circle(canvas, point, r, c, -1, cv2.LINE_AA, 3)
    return canvas.astype(np.float32) / 255
