"""More trained styles: recipes over the marks of `marks_wide.py`."""

import cv2
import numpy as np

import marks_wide as marks
from canvas import (
    colours,
    displaced,
    from_frame,
    grade,
    mask_of,
    mean_by_label,
    mix,
    noise,
    outline,
    pixel_grid,
    pull,
    ragged_frame,
    relief,
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

CRAYONS = colours("2f5fc8 58a8e0 e03838 f08030 f8d030 38a048 98c840 9858b8 f098b0 8a5a38 fafafa 33333a")
DYES = colours("16264f 2f4f8f 7f2f3a c8502f e8a03a f0d890 3f6f4f 8fa85a 6a3f6a f4e8d0")
NOUVEAU = colours("2f3a2a 5f6f3f a8a860 c8963a e8c878 b8503a 7f3030 3f6f80 8fb0a8 6f5080 f4e8cc")
FAUVE = colours("1840b0 10a0c8 e81840 ff6a10 ffd000 10884a 80d040 c020a0 6020a0 ff90b0 f8f0e0")
GILT = colours("1f3f8a 4f80b8 b8202a d86038 e8b840 2f6f48 80a060 70408a f4e4c8 5a3a2a")
KNIFE = colours("28384f 4f7898 a8c8d0 b83a30 e08848 f0cf70 4a7848 98ac68 7a5878 f4ecdc 4a382c")
CLOTH = colours("28488a 6898d0 c03848 f08858 f8d878 3f8858 a0c878 8858a0 f8a8b8 fcf4e8 6a4a3a")


def one_of(rng: Random, hexes: str) -> np.ndarray:
    """One colour of several, varied a little."""
    choice = colours(hexes)
    return vary(choice[rng.integers(len(choice))][None], rng, 2)[0]


def coloured(layers: Layers, shades: np.ndarray, rng: Random, strength: float, contrast: float, saturation: float):
    """The scene in a palette; the subject keeps more of its own colour."""
    image = grade(layers.color, contrast, saturation)
    return pull(image, vary(shades, rng, 3), strength * (1 - 0.3 * layers.focus))


def linocut(layers: Layers, rng: Random) -> np.ndarray:
    """One dark ink on cream paper, the lights gouged out along the form, chatter marks at the rim."""
    shape = layers.region.shape
    paper, ink = one_of(rng, "f3ead6 efe6d8 f6f0e2"), one_of(rng, "14181f 1a2a44 3a1a1a 16302a")
    light = np.clip(tone(grade(layers.color, 1.5, 1, -5)) + 0.06 * mask_of(layers, "sky"), 0, 1)
    cut = marks.gouges(layers, light, rng, rng.uniform(6.5, 8.5))
    line = outline(smooth_regions(layers.region), 2.6 + 1.2 * layers.focus)
    cut += ((cv2.blur(light, (9, 9)) < 0.5) - cut) * 0.95 * line  # a white line on dark, a dark one on light
    frame = ragged_frame(rng, shape, 9, 1.5)
    return to_bytes(mix(mix(paper, ink, 0.97 * frame), paper, cut * frame))


def crayon(layers: Layers, rng: Random) -> np.ndarray:
    """A child's wax crayons on white paper: bright lanes, a wobbling coloured outline, bare paper between."""
    shape = layers.region.shape
    image = coloured(layers, CRAYONS, rng, 0.9, 1.1, 1.5)
    image = mix(mean_by_label(tone_bands(layers, 3, 9), image), image, 0.3)
    paper = sheet(one_of(rng, "fcfaf4 f8f6f0"), shape)
    drawn = marks.wax(layers, image, paper, rng, rng.uniform(0.4, 1.1))
    wobbling = displaced(smooth_regions(layers.region), rng, 1.3, 22, nearest=True)
    line = outline(wobbling, 2.6 + 1.2 * layers.focus) * (0.8 + 0.2 * noise(rng, shape, 4))
    drawn = mix(drawn, image * 0.5, np.clip(line, 0, 0.95))
    return to_bytes(mix(paper, drawn, ragged_frame(rng, shape, 11, 5)))


def blueprint(layers: Layers, rng: Random) -> np.ndarray:
    """White lines on cyan-blue paper with a drafting grid; shade is a paler blue."""
    shape = layers.region.shape
    x, y = pixel_grid(shape)
    blue, chalk = one_of(rng, "1c4f9c 1a5aa8 24488c"), one_of(rng, "eef4fa e4f0f4")
    pitch = rng.uniform(15, 19)
    grid = np.maximum((x % pitch < 1.1), (y % pitch < 1.1)).astype(np.float32)
    light = cv2.GaussianBlur(tone(layers.color), (0, 0), 2.5)
    picture = sheet(blue, shape) * (0.85 + 0.35 * light + 0.02 * noise(rng, shape, 40, 2))[..., None]
    picture = mix(picture, chalk, 0.22 * grid * (1 - layers.focus))
    slanted = ((x + y) % 7 < 1.6) & (light < 0.45)
    picture = mix(picture, chalk, 0.5 * cv2.GaussianBlur(slanted.astype(np.float32), (0, 0), 0.5) * layers.focus)
    line = outline(smooth_regions(layers.region), 1.8 + 1.6 * layers.focus)
    picture = mix(picture, chalk, line * (0.55 + 0.45 * layers.focus))
    edge = from_frame(shape)
    return to_bytes(mix(picture, chalk, ((edge > 6) & (edge < 8.5)).astype(np.float32)))


def batik(layers: Layers, rng: Random) -> np.ndarray:
    """Dyed cotton: flat dyes parted by white lines of wax, veined where the wax cracked."""
    shape = layers.region.shape
    image = coloured(layers, DYES, rng, 0.85, 1.2, 1.4)
    flat = mean_by_label(tone_bands(layers, 3, 11), image)
    flat *= (1 + 0.08 * noise(rng, shape, 30, 2))[..., None]
    wobbling = displaced(smooth_regions(layers.region), rng, 1.2, 26, nearest=True)
    wax = outline(wobbling, 3.6 + 1.0 * layers.focus)
    cloth = mix(flat, one_of(rng, "f6ecd6 f2e8da"), 0.95 * wax)
    dye = one_of(rng, "141f40 2a1420 3a1f14")
    cloth = mix(cloth, dye, 0.75 * marks.crackle(rng, shape, rng.uniform(22, 30)))
    x, y = pixel_grid(shape)
    weave = 1 + 0.03 * np.sin(x * 2.1) + 0.03 * np.sin(y * 2.1)
    return to_bytes(cloth * weave[..., None])


def nouveau(layers: Layers, rng: Random) -> np.ndarray:
    """Muted golds and olives in flat shapes, a sinuous heavy contour and an arch for a frame."""
    shape = layers.region.shape
    x, y = pixel_grid(shape)
    image = coloured(layers, NOUVEAU, rng, 0.9, 1.0, 1.2)
    flat = mix(mean_by_label(tone_bands(layers, 3, 11), image), image, 0.25)
    region = displaced(smooth_regions(layers.region, 7), rng, 1.4, 40, nearest=True)
    swell = np.clip(1 + 0.6 * noise(rng, shape, 30), 0.4, 2)
    ink = one_of(rng, "2a1c14 1f2418")
    picture = mix(flat, ink, 0.95 * outline(region, (2.0 + 3.2 * layers.focus) * swell))
    gold = one_of(rng, "d0a448 c89838 dab868")
    middle, spring = shape[1] / 2, min(shape) / 2
    u = (x - middle) / (middle - 11)
    top = spring - 6 - np.sqrt(np.clip(1 - u * u, 0, 1)) * (spring - 11) * 0.85
    outside = (y < np.maximum(top, 8)) | (np.abs(x - middle) > middle - 11) | (y > shape[0] - 12)
    ripple = np.sin(np.hypot(x - middle, y + 20) * 0.42) > 0.2
    border = mix(sheet(gold, shape), ink, 0.35 * ripple.astype(np.float32))
    rim = cv2.morphologyEx(outside.astype(np.uint8), cv2.MORPH_GRADIENT, np.ones((5, 5), np.uint8))
    picture = mix(picture, border, outside.astype(np.float32))
    return to_bytes(mix(picture, ink, rim.astype(np.float32)))


def fauve(layers: Layers, rng: Random) -> np.ndarray:
    """Wild pure colours in broad slabs of the brush, shadows turned violet or green, bare canvas between."""
    lab = to_lab(coloured(layers, FAUVE, rng, 0.75, 1.15, 1.6))
    dark = smoothstep(50, 25, lab[..., 0])
    lab[..., 1:] += dark[..., None] * np.float32([22, -22] if rng.random() < 0.5 else [-18, 14])
    image = pull(to_rgb(lab), vary(FAUVE, rng, 3), 0.85 - 0.3 * layers.focus, 8)
    image = mix(image, mean_by_label(tone_bands(layers, 3, 9), image), 0.6)
    painted, _ = marks.slabs(layers, image, rng, round(rng.uniform(12, 16)), rng.uniform(-0.4, 0.4))
    canvas = one_of(rng, "f2e6d0 efe2c8")
    bare = outline(displaced(smooth_regions(layers.region), rng, 1.5, 24, nearest=True), 2.6)
    picture = mix(painted, canvas, 0.85 * bare * (1 - layers.focus))
    line = outline(smooth_regions(layers.region), 3.0) * layers.focus
    return to_bytes(mix(picture, one_of(rng, "18206a 1a1a30"), 0.9 * line))


def scratchboard(layers: Layers, rng: Random) -> np.ndarray:
    """Scraped out of black: crossing scratches show the white or tinted board below."""
    shape = layers.region.shape
    light = np.clip(tone(grade(layers.color, 1.5, 1, -4)), 0, 1)
    light = light * (0.6 + 0.4 * layers.focus)
    scraped = marks.scratches(light, layers.flow, rng)
    scraped = np.maximum(scraped, 0.9 * outline(smooth_regions(layers.region), 1.6 + 1.2 * layers.focus))
    board = mix(sheet(one_of(rng, "f6f2e6 f4ead0 e6eef4"), shape), grade(layers.color, 1, 1.4, 18), 0.55 * layers.focus)
    return to_bytes(mix(one_of(rng, "0b0b0e 100c10"), board, scraped * ragged_frame(rng, shape, 7, 1.0)))


def gold_leaf(layers: Layers, rng: Random) -> np.ndarray:
    """Egg tempera on a gilded panel: the sky is tooled gold, things are flat with fine dark and white lines."""
    shape = layers.region.shape
    x, y = pixel_grid(shape)
    image = coloured(layers, GILT, rng, 0.85, 1.15, 1.35)
    flat = mix(mean_by_label(tone_bands(layers, 3, 9), image), image, 0.35)
    region = smooth_regions(layers.region)
    flat = mix(flat, np.clip(flat * 1.5, 0, 1), 0.8 * outline(region, 5.5) * layers.focus)
    flat = mix(flat, one_of(rng, "2a1410 1c1810"), 0.9 * outline(region, 2.4 + layers.focus))
    gold = one_of(rng, "d8a838 cf9c30 e0b450")
    cx, cy = shape[1] * rng.uniform(0.4, 0.6), shape[0] * rng.uniform(0.35, 0.5)
    turn, far = np.arctan2(y - cy, x - cx), np.hypot(x - cx, y - cy)
    tooled = 0.10 * np.sin(turn * 40) * (far > 50) + 0.14 * (np.abs(far - 84) < 2) - 0.14 * (np.abs(far - 92) < 2)
    leaf = gold * (1 + tooled + 0.09 * noise(rng, shape, 26, 3) + 0.25 * (0.5 - far / min(shape)))[..., None]
    sky = cv2.GaussianBlur(mask_of(layers, "sky"), (0, 0), 0.8) * (1 - layers.focus)
    picture = mix(flat, np.clip(leaf, 0, 1), sky)
    edge = from_frame(shape)
    picture = mix(picture, gold * 0.9, (edge < 9).astype(np.float32))
    return to_bytes(mix(picture, one_of(rng, "6a1f1a 1f2f5a"), ((edge > 9) & (edge < 13)).astype(np.float32)))


def knife(layers: Layers, rng: Random) -> np.ndarray:
    """Palette knife: thick ridged slabs of broken colour, no line."""
    image = coloured(layers, KNIFE, rng, 0.7, 1.25, 1.35)
    image = mix(image, image * 0.75, outline(smooth_regions(layers.region), 4) * layers.focus)
    painted, height = marks.slabs(layers, image, rng, round(rng.uniform(15, 20)), rng.uniform(-1.2, 1.2))
    painted = painted * (1 + 0.05 * noise(rng, image.shape, (14, 3), 1))[..., None]
    return to_bytes(painted * relief(cv2.GaussianBlur(height, (0, 0), 0.8), 0.55))


def quilt(layers: Layers, rng: Random) -> np.ndarray:
    """Patchwork of printed cotton, puffed between its seams, with running stitches."""
    shape = layers.region.shape
    image = coloured(layers, CLOTH, rng, 0.85, 1.15, 1.35)
    cloth, stitches = marks.patchwork(layers, image, rng, rng.uniform(38, 50))
    picture = mix(cloth, one_of(rng, "fcf6ea f6f0f0"), 0.8 * cv2.GaussianBlur(stitches, (0, 0), 0.6))
    border = one_of(rng, "b83848 28488a 3f8858")
    return to_bytes(mix(picture, border, (from_frame(shape) < 8).astype(np.float32)))


WIDE: list[Style] = [
    style("linocut", "Linocut", "a linocut of", linocut),
    style("crayon", "Crayon", "a crayon drawing of", crayon),
    style("blueprint", "Blueprint", "a blueprint of", blueprint),
    style("batik", "Batik", "a batik cloth of", batik),
    style("nouveau", "Art nouveau", "an art nouveau print of", nouveau),
    style("fauve", "Fauvist", "a fauvist painting of", fauve),
    style("scratchboard", "Scratchboard", "a scratchboard drawing of", scratchboard),
    style("goldleaf", "Gold leaf", "a gilded panel of", gold_leaf),
    style("knife", "Palette knife", "a palette knife painting of", knife),
    style("quilt", "Quilt", "a patchwork quilt of", quilt),
]
