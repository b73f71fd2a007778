"""Mark algorithms of the styles in `styles_wide.py`. No palettes here."""

import cv2
import numpy as np

from canvas import (
    Shape,
    edge_distance,
    mean_by_label,
    mix,
    noise,
    pixel_grid,
    relief,
    smear,
    smoothstep,
    tone,
)
from layers import Layers
from marks import cells, draw_paths, jittered_grid, streamlines, stroke_lengths


def gouges(layers: Layers, light: np.ndarray, rng: np.random.Generator, spacing: float) -> np.ndarray:
    """Short white cuts along the form, broader and denser where it is light: 1 where the block was cut away.

    The lights of a linocut are cut, not drawn: each tapered stroke is as wide as the light where it begins.
    """
    starts = jittered_grid(rng, light.shape, spacing)
    paths = streamlines(starts, layers.flow, 3, spacing * 0.62)
    x, y = starts.astype(np.int32).T
    level = light[y, x]
    canvas = np.zeros(light.shape, np.uint8)
    lengths = stroke_lengths(paths, np.dstack([light] * 3), layers.region, 0.6)
    points = (paths * 8).astype(np.int32)
    for path, length, value in zip(points, lengths, level.tolist()):
        if value > 0.22:
            width = int(np.clip(round(1 + spacing * 0.75 * (value - 0.2)), 1, 6))
            cv2.polylines(canvas, [path[: max(2, length)]], False, 255, width, cv2.LINE_AA, 3)
    cut = cv2.GaussianBlur(canvas.astype(np.float32) / 255, (0, 0), 0.6)
    return np.maximum(cut, smoothstep(0.84, 0.92, light))


def wax(layers: Layers, image: np.ndarray, paper: np.ndarray, rng: np.random.Generator, angle: float) -> np.ndarray:
    """Crayon: strokes to and fro at one slant per region, that skip the valleys of the paper."""
    slant = angle + rng.normal(0, 0.5, 256).astype(np.float32)[layers.region]
    lanes = smear(noise(rng, slant.shape, 4.2, 1), slant, 40)
    tooth = noise(rng, slant.shape, 2.6, 1)
    cover = smoothstep(-1.3, 0.5, lanes + 0.55 * tooth + 1.3 * layers.focus)
    body = np.clip(image * (1 + 0.07 * lanes)[..., None], 0, 1)
    return mix(paper, body, 0.94 * cover)


def crackle(rng: np.random.Generator, shape: Shape, spacing: float) -> np.ndarray:
    """Veins of dye where the wax broke: the joints of bent Voronoi cells at two sizes, 0..1."""
    _, gap = cells(rng, shape, spacing, 0.95)
    _, fine = cells(rng, shape, spacing * 0.5, 0.95)
    veins = np.maximum(1 - smoothstep(0.5, 2.2, gap), 0.55 * (1 - smoothstep(0.3, 1.6, fine)))
    return veins * smoothstep(-0.4, 0.9, noise(rng, shape, 48, 2))


def slabs(
    layers: Layers, image: np.ndarray, rng: np.random.Generator, width: int, angle: float
) -> tuple[np.ndarray, np.ndarray]:
    """Paint laid on with a knife: short broad slabs, ridged at their long edges. Returns picture and height."""
    shape = layers.region.shape
    canvas = np.dstack([(image * 255).astype(np.uint8), np.full(shape, 90, np.uint8)])
    field = np.where(layers.focus > 0.5, layers.flow, angle + 0.6 * noise(rng, shape, 70, 1)).astype(np.float32)
    for size in (width, max(5, width // 2)):
        starts = jittered_grid(rng, shape, size * 0.8)
        x, y = starts.astype(np.int32).T
        if size != width:
            keep = layers.focus[y, x] > 0.3
            starts, x, y = starts[keep], x[keep], y[keep]
        paths = streamlines(starts, field, 2, size * 0.8)
        lengths = stroke_lengths(paths, image, layers.region, 0.5)
        colour = np.clip(image[y, x] + rng.normal(0, 0.05, (len(x), 1)), 0, 1) * 255
        draw_paths(canvas, paths, lengths, np.hstack([colour, rng.uniform(30, 225, (len(x), 1))]), size)
    return canvas[..., :3].astype(np.float32) / 255, canvas[..., 3].astype(np.float32) / 255


def patchwork(
    layers: Layers, image: np.ndarray, rng: np.random.Generator, size: float
) -> tuple[np.ndarray, np.ndarray]:
    """Squares of printed cloth cut where regions meet: flat colour with spots, checks or stripes; and the seams."""
    x, y = pixel_grid(image.shape)
    off = rng.uniform(0, size, 2)
    patch = ((x + off[0]) // size).astype(np.int32) * 40 + ((y + off[1]) // size).astype(np.int32)
    region = cv2.medianBlur(layers.region, 7)
    label = np.where(layers.focus > 0.5, 4000, patch) * 256 + region
    _, label = np.unique(label, return_inverse=True)
    label = label.reshape(region.shape).astype(np.int32)
    kind = rng.integers(4, size=int(label.max()) + 1)[label]
    period = rng.uniform(6, 9)
    spots = np.hypot((x % period) - period / 2, (y % period) - period / 2) < period * 0.24
    checks = ((x // (period / 2)).astype(int) + (y // (period / 2)).astype(int)) % 2 == 0
    bands = (y % period) < period * 0.4
    print_ = np.choose(kind, [np.zeros_like(spots), spots, checks, bands]).astype(np.float32)
    cloth = mean_by_label(label, image)
    pale = tone(cloth)[..., None] < 0.5
    printed = np.where(pale, mix(cloth, 1.0, 0.4), cloth * 0.72)
    picture = mix(cloth, printed, cv2.GaussianBlur(print_, (0, 0), 0.6) * (1 - 0.6 * layers.focus))
    distance = edge_distance(label)
    puffed = smoothstep(0, 7, distance)
    stitches = (np.abs(distance - 4) < 0.8) & ((x + y) % 7 < 4)
    return picture * relief(puffed, 0.5) * (0.82 + 0.18 * puffed)[..., None], stitches.astype(np.float32)


def scratches(light: np.ndarray, flow: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Scraped lines on black: crossing sets of thin strokes, as many as the light asks for. 0..1."""
    scraped = np.zeros_like(light)
    for turn, need in ((0.5, 0.15), (-0.6, 0.45), (1.6, 0.68)):
        grain = smear(noise(rng, light.shape, 3.0, 1), flow + turn, 24)
        scraped = np.maximum(scraped, smoothstep(-0.5, 0.5, grain - 1.2 + 2.6 * (light - need)))
    return scraped
