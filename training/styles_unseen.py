"""Styles that no generative model trains on: they are asked for only through a database of examples.

Each uses a mark algorithm from `marks_unseen.py` that no trained style uses; two are kept from CLIP too.
"""

import cv2
import numpy as np

import marks_unseen as marks
from canvas import (
    as_dense,
    colours,
    edge_distance,
    from_frame,
    grade,
    mask_of,
    mean_by_label,
    mix,
    noise,
    outline,
    pixel_grid,
    pull,
    smooth_regions,
    smoothstep,
    to_bytes,
    to_lab,
    to_rgb,
    tone,
    tone_bands,
    vary,
)
from layers import Layers
from style_kit import Random, Style, sheet, style

YARNS = [
    colours("1c2a48 34588a 8aa8b8 a02c2c cc6a3c dcb45c 3e5c38 8a9858 6c3c58 e8dcbc 4a3020"),
    colours("202444 2c6478 9cb4a8 b03828 d4824c e4c070 4c6430 a0a468 5a3450 f0e4c8 58381f"),
]
TINTS = [
    colours("2c68a0 6ca4cc b4d8e4 d04c34 e89458 f4e094 6ca45c b4cc84 b48c64 f8f2dc 8c6498"),
    colours("3878a8 80b8cc c4e0dc c43c3c e0a468 f0e4a4 58986c a4c890 a88058 f4ecd4 986c88"),
]
PENS = [
    (colours("e8c88c")[0], colours("1c2440 1c4c9c b01c24 b06010 14602c 5c2070")),
    (colours("bcd4d8")[0], colours("14203c 104090 a81830 a05808 0c5c38 501c68")),
    (colours("ecbcac")[0], colours("2c1830 1c4490 a0101c 9c5a00 145830 601860")),
]
SCALES = [
    (colours("0a2c3c")[0], colours("0c4c88 1890b0 7cd4d0 d83048 f07c50 f4cc50 149068 80c878 8c48a0 ecf4e4")),
    (colours("2c1040")[0], colours("2848a0 3c9cc8 a0dce0 e0285c f48840 f8d868 1c8c7c 98cc60 a050b4 fcecf4")),
]
BEADS = [
    colours("1838a0 3c88d8 98ccf0 c81c38 ec6c28 f4c828 108050 70bc48 8030a0 f4f0ec 50342c"),
    colours("142c78 1878b8 88c4d4 d42848 f08450 fcd860 0c7468 90c05c a03890 fcf4e4 40282c"),
]
TOYS = [
    colours("0c50b0 58a8e0 a8d8f4 d01c14 f47c18 fccc10 187c30 84c028 7c3c98 f4f4f0 6c3c1c 9ca4a8 24282c e4c498"),
    colours("1848a8 3c98d8 b0dcec c81820 f09030 f8d428 10703c a0cc38 9448a0 fcfcf4 5c3420 a8a8a0 202428 dcbc94"),
]
CUBES = [
    colours("2c3c54 54789c a4b8c0 a83c2c c87c48 dcb870 4c6844 8c9c6c 705060 e8dcc4 3c2c20"),
    colours("28384c 4c8090 b0c0b8 b04834 d08c50 e4c880 566c3c a0a478 7c5454 f0e4cc 443024"),
]


def draw(options: list, rng: Random):
    return options[rng.integers(len(options))]


def toned(
    layers: Layers, colour_set: np.ndarray, rng: Random, strength: float, contrast: float, saturation: float
) -> np.ndarray:
    """The scene in varied colours of this style, the subject a little more in its own."""
    image = grade(layers.color, contrast, saturation, 2)
    return pull(image, vary(colour_set, rng, 3.5), strength * (1 - 0.25 * layers.focus), 8)


def tapestry(layers: Layers, rng: Random) -> np.ndarray:
    """Thick wool beaten over the warp, shapes hatched into each other, a border of diamonds and a fringe."""
    shape = layers.region.shape
    image = toned(layers, draw(YARNS, rng), rng, 0.8, 1.3, 1.3)
    flat = mean_by_label(tone_bands(layers, 4, 9), image)
    dark = mean_by_label(layers.region.astype(np.int32), image) * 0.35
    flat = mix(flat, dark, 0.85 * layers.focus * outline(smooth_regions(layers.region), 3.6))
    red, gold, navy = vary(colours("8c2428 d8b058 1c2a48"), rng, 5)
    x, y = pixel_grid(shape)
    frame, width = from_frame(shape), rng.uniform(17, 22)
    diamond = np.abs((x + y) % 24 - 12) + np.abs((x - y) % 24 - 12) < rng.uniform(8, 11)
    band = mix(sheet(draw([red, navy], rng), shape), gold, diamond.astype(np.float32))
    band = mix(band, gold, (np.abs(frame - width + 3) < 2.5).astype(np.float32))
    flat = mix(flat, band, (frame < width).astype(np.float32))
    end = rng.uniform(7.0, 9.0)
    cloth = marks.weft_faced(flat, rng, rng.uniform(4.4, 5.6), end)
    fringe = np.abs(np.sin(np.pi * x / (end / 2))) * smoothstep(-2.5, 2.5, 3 * noise(rng, shape, (6, 200), 1) + 9)
    tassel = mix(sheet(colours("241c18")[0], shape), gold * 0.95, smoothstep(0.3, 0.8, fringe))
    return to_bytes(mix(cloth, tassel, (np.minimum(y, shape[0] - 1 - y) < 9).astype(np.float32)))


def contour(layers: Layers, rng: Random) -> np.ndarray:
    """A survey map: hypsometric tints stepped by brown isolines that ring every shape, and a grid."""
    shape = layers.region.shape
    image = toned(layers, draw(TINTS, rng), rng, 0.75, 1.2, 1.35)
    step, lines = marks.isolines(layers, tone(image), rng, rng.uniform(8.5, 11))
    region = smooth_regions(layers.region)
    lab = to_lab(mean_by_label(region.astype(np.int32) * 32 + np.clip(step, 0, 31), image))
    lab[..., 0] += 5 * (step % 4 - 1.2)
    result = to_rgb(lab)
    brown = vary(colours("7c4420 5c3c2c 6c2c1c")[rng.integers(3)][None], rng, 4)[0]
    result = mix(result, brown, 0.8 * lines)
    result = mix(result, brown * 0.45, outline(region, 1.6 + 1.8 * layers.focus) * (0.55 + 0.4 * layers.focus))
    x, y = pixel_grid(shape)
    pitch, shift = rng.uniform(52, 70), rng.uniform(10, 50, 2)
    grid = np.minimum(np.abs((x - shift[0] + pitch / 2) % pitch - pitch / 2), np.abs((y - shift[1] + pitch / 2) % pitch - pitch / 2))
    result = mix(result, colours("30507c")[0], 0.4 * (grid < 0.8))
    frame = from_frame(shape)
    ticks = ((x // 16 + y // 16) % 2 < 1) & (frame > 2) & (frame < 7)
    edge = mix(sheet(colours("f8f2dc")[0], shape), colours("2c2420")[0], (ticks | (frame >= 7)).astype(np.float32))
    return to_bytes(mix(result, edge, (frame < 9).astype(np.float32)))


def spiral(layers: Layers, rng: Random) -> np.ndarray:
    """One felt-pen line that spirals out over coloured paper, swelling where the picture is dark."""
    shape = layers.region.shape
    paper, pens = draw(PENS, rng)
    paper, pens = vary(paper[None], rng, 5)[0], vary(pens, rng, 3)
    light = tone(grade(layers.color, 1.5, 1, 6)) + 0.14 * mask_of(layers, "sky")
    edge = outline(smooth_regions(layers.region), 4.5)
    dark = np.clip(1.02 - light, 0.1, 0.88) + 0.5 * edge * layers.focus
    line = marks.spiral_line(cv2.GaussianBlur(dark, (0, 0), 0.8), rng, rng.uniform(6.4, 7.8))
    ink = pull(grade(layers.color, 1.0, 1.7, -14), pens, 0.9, 7)
    ink = mix(ink, pens[0], 0.8 * edge * layers.focus)
    return to_bytes(mix(sheet(paper, shape), ink, 0.95 * line))


def scales(layers: Layers, rng: Random) -> np.ndarray:
    """Overlapping enamel fish scales in rows, each of one colour with a dark rim and a bright lip."""
    rim, colour_set = draw(SCALES, rng)
    image = toned(layers, colour_set, rng, 0.7, 1.3, 1.5)
    edge = 1 - smoothstep(1, 4, edge_distance(smooth_regions(layers.region)))
    image = mix(image, image * 0.45, edge * layers.focus)
    radius, angle = rng.uniform(6.0, 7.6), rng.uniform(-0.3, 0.3)
    return to_bytes(marks.fish_scales(image, rng, radius, angle, vary(rim[None], rng, 4)[0]))


def beads(layers: Layers, rng: Random) -> np.ndarray:
    """Round glass beads packed on dark felt, each with its highlight."""
    felt = vary(colours("14141c 241018 0c2018")[rng.integers(3)][None], rng, 3)[0]
    image = toned(layers, draw(BEADS, rng), rng, 0.75, 1.3, 1.5)
    edge = 1 - smoothstep(1, 4, edge_distance(smooth_regions(layers.region)))
    image = mix(image, image * 0.4, edge * layers.focus)
    return to_bytes(marks.round_beads(image, felt, rng, rng.uniform(6.6, 8.2), rng.uniform(-0.5, 0.5)))


def blocks(layers: Layers, rng: Random) -> np.ndarray:
    """Toy bricks with studs, seen from above, in the plain colours of the box."""
    image = grade(layers.color, 1.25, 1.5, 3)
    image = mix(image, image * 0.55, layers.focus * outline(smooth_regions(layers.region), 3.0))
    pitch = rng.uniform(7.2, 8.8)
    image = cv2.blur(image, (3, 3))
    return to_bytes(marks.bricks(pull(image, vary(draw(TOYS, rng), rng, 2), 0.92, 3), rng, pitch))


def cubist(layers: Layers, rng: Random) -> np.ndarray:
    """Large half-transparent planes in earth colours that show the subject from several sides at once."""
    image = toned(layers, draw(CUBES, rng), rng, 0.75, 1.2, 1.15)
    image = mix(image, mean_by_label(tone_bands(layers, 3, 9), image), 0.8)
    ink = vary(colours("1c1814 201c28")[rng.integers(2)][None], rng, 2)[0]
    return to_bytes(marks.shifted_planes(layers, image, ink, rng, as_dense(int(rng.integers(16, 22)), image.shape)))


UNSEEN: list[Style] = [
    style("tapestry", "Tapestry", "a woven tapestry of", tapestry, held_out=True),
    style("contour", "Contour map", "a contour map of", contour, held_out=True, unknown=True),
    style("spiral", "Spiral drawing", "a spiral line drawing of", spiral, held_out=True),
    style("scales", "Fish scales", "a picture in fish scales of", scales, held_out=True, unknown=True),
    style("beads", "Beadwork", "a beadwork of", beads, held_out=True),
    style("blocks", "Toy bricks", "a toy brick picture of", blocks, held_out=True),
    style("cubist", "Cubist", "a cubist painting of", cubist, held_out=True),
]
