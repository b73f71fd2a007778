"""The styles: each a short recipe of palettes, a ground, a mark algorithm from `marks.py` and a line.

Styles marked `held_out` are never trained on, and each uses a mark algorithm that no trained style uses.
"""

from functools import cache

import cv2
import numpy as np

import marks
from canvas import (
    as_dense,
    colours,
    displaced,
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
    ragged_frame,
    relief,
    smear,
    smooth_regions,
    smoothstep,
    to_bytes,
    to_lab,
    to_rgb,
    tone,
    tone_bands,
)
from layers import Layers
from mixed import mixed_style
from style_kit import Random, Style, ground, harmonised, palette, sheet, style
from styles_unseen import UNSEEN
from styles_wide import WIDE

RISO_INKS = [
    colours("0f86c8 ff4f70 ffe03a"),
    colours("00a095 ff5a4a ffd84a"),
    colours("3a5fc0 f5508f ffd640"),
]


# -- painting ---------------------------------------------------------------------------------------


def oil(layers: Layers, rng: Random) -> np.ndarray:
    """Curved brush strokes on an umber ground, thick enough to catch the light."""
    image = harmonised(layers, "oil", rng, 0.7, 1.25, 1.4)
    under = sheet(colours("7a5a3c")[0], image.shape)
    result, height = marks.brush_layers(layers, image, under, rng, wander=rng.uniform(0.035, 0.06))
    furrows = 0.5 * height + 0.035 * marks.bristles(rng, layers.flow)
    return to_bytes(result * relief(furrows, 0.2))


def swirl(layers: Layers, rng: Random) -> np.ndarray:
    """Long rhythmic strokes in vivid colours, with whirls in sky and water."""
    open_air = mask_of(layers, "sky", "water")
    angle = marks.vortices(
        layers.flow + 0.35 * noise(rng, layers.region.shape, 70, 1) * (1 - layers.focus),
        open_air * (1 - layers.focus),
        rng,
        as_dense(int(rng.integers(4, 8)), layers.region.shape),
    )
    image = harmonised(layers, "swirl", rng, 0.85, 1.25, 1.5)
    image = grade(image, 1.1, 1.15)
    under = pull(image, colours("101a3a 203a5a 3a2a2a"), 0.6)
    result, height = marks.brush_layers(
        layers,
        image,
        under,
        rng,
        widths=(8, 5),
        length=5,
        stride=1.5,
        density=0.8,
        tolerance=0.5,
        wander=0.095,
        angle=angle,
    )
    return to_bytes(result * relief(height, 0.1))


def pointillism(layers: Layers, rng: Random) -> np.ndarray:
    """Dots of divided colour on a primed canvas, small ones on the subject."""
    image = harmonised(layers, "points", rng, 0.6, 1.1, 1.35, 4)
    under = mix(image, colours("f2e8d2")[0], 0.55)
    broad = marks.dots(image, under, rng, rng.uniform(2.9, 3.4), 5.6, 13)
    fine = marks.dots(image, broad, rng, 2.3, 4.2, 9)
    return to_bytes(mix(broad, fine, smoothstep(0.3, 0.7, cv2.blur(layers.focus, (5, 5)))))


def watercolour(layers: Layers, rng: Random) -> np.ndarray:
    """Transparent washes with dried edges and blooms; the picture fades into the paper."""
    shape = layers.region.shape
    image = harmonised(layers, "wash", rng, 0.55, 1.0, 1.25, 10)
    state = rng.bit_generator.state
    image = displaced(image, rng, 1.6, 26)
    rng.bit_generator.state = state
    region = displaced(smooth_regions(layers.region), rng, 1.6, 26, nearest=True)
    image = mix(image, cv2.GaussianBlur(image, (0, 0), 5), 0.6 * (1 - layers.focus))
    paper = sheet(colours("fbf7ec")[0], shape) * (1 + 0.012 * noise(rng, shape, 3, 1))[..., None]
    painted = marks.wash(image, region, paper, rng)
    return to_bytes(mix(paper, painted, ragged_frame(rng, shape, rng.uniform(9, 16), 4.5)))


def gouache_poster(layers: Layers, rng: Random) -> np.ndarray:
    """A travel poster: flat shapes with airbrushed gradients, rays in the sky and a cream border."""
    height, width = layers.region.shape
    x, y = pixel_grid(layers.region.shape)
    flat = mean_by_label(tone_bands(layers, 5, 9), grade(layers.color, 1.15, 1.2))
    rays = np.sin(np.arctan2(y - 0.75 * height, x - rng.uniform(0.25, 0.75) * width) * rng.integers(9, 14) * 2)
    sky = mask_of(layers, "sky")
    lab = to_lab(flat)
    lab[..., 0] += sky * (6 * smoothstep(-0.15, 0.15, rays) - 3 + 26 * (y / height - 0.4))
    lab[..., 0] += (1 - sky) * 10 * (0.5 - cv2.GaussianBlur(y / height, (0, 0), 3)) + 1.5 * noise(
        rng, layers.region.shape, 3, 1
    )
    image = pull(to_rgb(lab), palette("deco", rng), 0.9 - 0.35 * layers.focus, 8)
    border = rng.uniform(9, 13)
    inside = from_frame(layers.region.shape)
    image = mix(image, colours("14283c")[0], (inside < border + 3).astype(np.float32))
    return to_bytes(mix(image, colours("fbeccb")[0], (inside < border).astype(np.float32)))


def ink_wash(layers: Layers, rng: Random) -> np.ndarray:
    """Sumi-e: graded ink on rice paper, far things dissolve in mist, one subdued colour, a red seal."""
    shape = layers.region.shape
    paper, ink = ground("ink wash", rng)
    light = grade(layers.color, 1.25, 0, 8)[..., 0]
    soft = cv2.GaussianBlur(light, (0, 0), 4)
    light = np.where(layers.focus > 0.5, light, 0.35 * light + 0.65 * soft)
    light += (1 - light) * (0.6 * layers.depth + 0.25 * mask_of(layers, "sky")) + 0.05 * noise(
        rng, shape, 50, 3
    )
    dry = 0.07 * marks.bristles(rng, layers.flow, 3, 26) * (1 - layers.depth)
    result = mix(ink, paper, np.clip(light + dry, 0, 1))
    hue = to_lab(result)
    hue[..., 1:] += 0.6 * layers.focus[..., None] * to_lab(layers.color)[..., 1:]
    weight = np.clip(1.2 + 0.5 * noise(rng, shape, 26), 0.4, 2.2) * (0.8 + 1.2 * layers.focus)
    line = outline(smooth_regions(layers.region), 1.6 * weight) * (1 - 0.75 * layers.depth)
    result = mix(to_rgb(hue), ink, 0.85 * line)
    result = mix(sheet(paper, shape), result, ragged_frame(rng, shape, 8, 6))
    left, top = int(rng.choice([14, shape[1] - 34])), shape[0] - 36
    result[top : top + 20, left : left + 17] = colours("b83227")[0]
    result[top + 4 : top + 16 : 4, left + 4 : left + 13] = paper
    return to_bytes(result)


def delft(layers: Layers, rng: Random) -> np.ndarray:
    """A blue and white tile: washes of cobalt under a glaze, fan ornaments in the corners."""
    shape = layers.region.shape
    glaze, cobalt = ground("delft", rng)
    light = tone(grade(layers.color, 1.5, 1, 12))
    light = np.clip(light + 0.22 * mask_of(layers, "sky"), 0, 1) ** 0.8
    levels = mean_by_label(tone_bands(layers, 4, 9), np.dstack([light] * 3))[..., 0]
    levels = np.clip(0.7 * levels + 0.3 * light + 0.05 * noise(rng, shape, 18, 2), 0, 1)
    result = mix(cobalt, glaze, smoothstep(0.05, 0.95, levels))
    result = mix(result, cobalt * 0.75, outline(smooth_regions(layers.region), 2.2 + 1.2 * layers.focus))
    x, y = pixel_grid(shape)
    x, y = np.minimum(x, shape[1] - 1 - x), np.minimum(y, shape[0] - 1 - y)
    corner = np.hypot(x, y)
    result = mix(result, glaze, (corner < 40).astype(np.float32))
    petals = np.abs(np.sin(4 * np.arctan2(y, x + 1e-3))) > 0.45
    ornament = (corner < 29) & (corner > 8) & petals | (np.abs(corner - 38) < 2) | (corner < 5)
    result = mix(result, cobalt, cv2.GaussianBlur(ornament.astype(np.float32), (0, 0), 0.8))
    return to_bytes(result * (0.98 + 0.03 * noise(rng, shape, 90, 1))[..., None])


# -- dry media --------------------------------------------------------------------------------------


def charcoal(layers: Layers, rng: Random) -> np.ndarray:
    """Slanted strokes caught by the paper's tooth over smudged tone, with rough dark contours."""
    shape = layers.region.shape
    paper, ink = ground("charcoal", rng)
    dark = 1 - tone(grade(layers.color, 1.45, 1, -6)) - 0.2 * mask_of(layers, "sky")
    slant = np.full(shape, rng.choice([-0.9, -0.7, 0.8]), np.float32)
    slant = np.where(layers.focus > 0.5, layers.flow, slant)
    strokes = marks.dry_media(dark, smear(noise(rng, shape, 3.0, 1), slant, 26), 1.0)
    ink_cover = 0.45 * cv2.GaussianBlur(np.clip(dark, 0, 1), (0, 0), 2.5) + 0.6 * strokes * (0.35 + dark)
    contour = outline(displaced(layers.region, rng, 0.8, 20, nearest=True), 2.6 + 2 * layers.focus)
    ink_cover = np.maximum(
        ink_cover, contour * (0.8 + 0.2 * noise(rng, shape, 5)) * (0.55 + 0.45 * layers.focus)
    )
    ink_cover *= ragged_frame(rng, shape, 8, 5)
    return to_bytes(mix(paper, ink, np.clip(ink_cover, 0, 0.96)))


def pastel(layers: Layers, rng: Random) -> np.ndarray:
    """Broad chalk strokes on dark paper that shows through between them."""
    shape = layers.region.shape
    paper = sheet(ground("pastel", rng)[0], shape)
    image = harmonised(layers, "chalk", rng, 0.6, 1.15, 1.3, 5)
    chalk, _ = marks.brush_layers(layers, image, image, rng, widths=(8, 5), length=3, wander=0.06)
    tooth = 0.8 * marks.bristles(rng, layers.flow, 3.2, 14) + 0.5 * noise(rng, shape, 3, 1)
    cover = marks.dry_media(0.6 + 0.4 * tone(image) + 0.1 * layers.focus, tooth, 1.6)
    gap = outline(smooth_regions(layers.region), 3.0)
    return to_bytes(mix(paper, chalk, cover * (1 - 0.8 * gap) * ragged_frame(rng, shape, 9, 5)))


# -- print and paper --------------------------------------------------------------------------------


def woodblock(layers: Layers, rng: Random) -> np.ndarray:
    """Ukiyo-e: flat colours with bokashi gradients, indigo key lines and the grain of the block."""
    shape = layers.region.shape
    paper, ink = ground("woodblock", rng)
    flat = mean_by_label(tone_bands(layers, 3, 9), grade(layers.color, 1.05, 1.15, 6))
    flat = pull(flat, palette("woodblock", rng), 0.85 - 0.25 * layers.focus, 9)
    _, y = pixel_grid(shape)
    sky, water = mask_of(layers, "sky"), mask_of(layers, "water")
    flat = mix(flat, paper, 0.55 * sky * smoothstep(0.1, 0.5, y / shape[0]))
    band = sky * (1 - smoothstep(0, rng.uniform(0.16, 0.26), y / shape[0])) + 0.8 * water * smoothstep(
        0.75, 1.05, y / shape[0]
    )
    flat = mix(flat, colours("1d3f72")[0], 0.9 * band)
    grain = noise(rng, shape, (90, 3.2), 1) + 0.5 * noise(rng, shape, 3, 1)
    flat = mix(flat, paper, np.clip(0.05 + 0.045 * grain, 0, 0.3))
    line = outline(smooth_regions(layers.region), 2.2 + 1.3 * layers.focus)
    image = mix(flat, ink, 0.93 * np.roll(line, 1, 1))
    return to_bytes(mix(image, paper, (from_frame(shape) < 7).astype(np.float32)))


def paper_cut(layers: Layers, rng: Random) -> np.ndarray:
    """Layers of coloured card with rounded cuts and soft drop shadows."""
    label = cv2.medianBlur(tone_bands(layers, 3, 11).astype(np.uint8), 9).astype(np.int32)
    image = harmonised(layers, "paper", rng, 0.75, 1.2, 1.3, 3)
    result = marks.stacked_sheets(label, layers.depth, image, int(rng.integers(3, 6)), 0.42)
    return to_bytes(result * (1 + 0.012 * noise(rng, label.shape, 3, 1))[..., None])


def pop_art(layers: Layers, rng: Random) -> np.ndarray:
    """Comic print: Ben-Day dots in half-tones, primaries, solid blacks and a thick outline."""
    image = grade(layers.color, 1.3, 1.5, 2)
    flat = pull(
        mean_by_label(tone_bands(layers, 4, 9), image), palette("pop", rng, 2.5), 0.9 - 0.25 * layers.focus, 7
    )
    light = tone(image)
    solid = grade(flat, 1, 1.2, -8)
    tint = mix(flat, 1.0, 0.72)
    dots = marks.ben_day(
        smoothstep(1.0, 0.25, light) * 0.85 + 0.12, rng.uniform(7, 8.5), rng.choice([30, 45, 60])
    )
    plain = np.clip(layers.focus + 1.0 * (light < 0.32), 0, 1)
    image = mix(mix(tint, solid, dots), flat, plain * 0.9)
    image = mix(image, colours("0d0d18")[0], outline(smooth_regions(layers.region), 3.0 + 2.2 * layers.focus))
    return to_bytes(image)


def pixel_art(layers: Layers, rng: Random) -> np.ndarray:
    """A console screen: 64 pixels across of a small palette, ordered dither, a dark rim on the subject."""
    image = grade(layers.color, 1.2, 1.35)
    small = marks.ordered_dither(image, palette("pixel", rng, 2), 4, rng.uniform(9, 15))
    middles = [np.minimum(np.arange(2, 4 * n, 4), size - 1) for n, size in zip(small.shape, layers.region.shape)]
    region = cv2.medianBlur(layers.region, 5)[np.ix_(*middles)]
    near = layers.focus[np.ix_(*middles)]
    rim = (cv2.morphologyEx(region, cv2.MORPH_GRADIENT, np.ones((2, 2), np.uint8)) > 0) & (near > 0.5)
    small = mix(small, colours("12142a")[0], 0.8 * rim.astype(np.float32))
    return to_bytes(marks.enlarged(small, 4, image.shape))


def risograph(layers: Layers, rng: Random) -> np.ndarray:
    """Three bright soy inks overprinted with coarse grain, slightly out of register, on off-white stock."""
    shape = layers.region.shape
    inks = RISO_INKS[rng.integers(len(RISO_INKS))]
    image = grade(layers.color, 1.25, 1.5, 8)
    image = mix(image, mean_by_label(tone_bands(layers, 4, 9), image), 0.7)
    paper = colours("f7f1e4")[0]
    result = marks.overprint(image, inks, paper, rng)
    return to_bytes(mix(sheet(paper, shape), result, ragged_frame(rng, shape, 9, 0.6)))


# -- cells ------------------------------------------------------------------------------------------


def stained_glass(layers: Layers, rng: Random) -> np.ndarray:
    """Glowing panes in black lead."""
    image = harmonised(layers, "glass", rng, 0.75, 1.2, 1.6, 2)
    return to_bytes(marks.leaded_glass(layers, image, rng, colours("0c0c12")[0]))


def mosaic(layers: Layers, rng: Random) -> np.ndarray:
    """Roman mosaic: square stones that follow the outlines, in pale or dark grout."""
    image = harmonised(layers, "mosaic", rng, 0.75, 1.35, 1.6, 5)
    edge = 1 - smoothstep(2, 6, edge_distance(smooth_regions(layers.region)))
    image = mix(image, image * 0.5, edge * layers.focus)
    grout = colours("7a6e62 4a4038 34343c")[rng.integers(3)]
    return to_bytes(marks.tesserae(layers, image, rng, rng.uniform(7.0, 8.5), grout))


# -- held out ---------------------------------------------------------------------------------------


def engraving(layers: Layers, rng: Random) -> np.ndarray:
    """A sepia plate: tone by lines that swell along the form."""
    shape = layers.region.shape
    paper, ink = ground("engraving", rng)
    light = np.clip(tone(grade(layers.color, 1.35, 1, 6)) + 0.12 * mask_of(layers, "sky"), 0, 1)
    lines = marks.engraved_lines(layers, light, rng, rng.uniform(5.6, 6.6))
    lines = np.maximum(lines, outline(smooth_regions(layers.region), 2.0 + 1.4 * layers.focus))
    lines *= ragged_frame(rng, shape, 10, 0.4)
    return to_bytes(mix(paper, ink, 0.94 * lines) * (1 + 0.015 * noise(rng, shape, 60, 3))[..., None])


def embroidery(layers: Layers, rng: Random) -> np.ndarray:
    """Satin stitch in silk on linen, shapes bound by a darker cord."""
    shape = layers.region.shape
    linen, dark = ground("linen", rng)
    image = harmonised(layers, "silk", rng, 0.75, 1.2, 1.3, 2)
    thread, sheen = marks.satin_stitches(layers, image, rng, rng.uniform(3.8, 4.6), rng.uniform(20, 30))
    silk = np.clip(thread * sheen[..., None], 0, 1)
    cord = outline(smooth_regions(layers.region), 3.4)
    x, y = pixel_grid(shape)
    silk = mix(silk, dark * (0.9 + 0.5 * np.sin((x + y) * 1.1))[..., None], 0.75 * cord * layers.focus)
    weave = 1 + 0.07 * np.sin(x * np.pi / 2) + 0.07 * np.sin(y * np.pi / 2) + 0.03 * noise(rng, shape, (30, 3))
    inside = ragged_frame(rng, shape, 14, 1.2)
    shadow = 1 - 0.35 * np.roll(cv2.GaussianBlur(inside, (0, 0), 3), (3, 3), (0, 1))
    return to_bytes(mix(linen * (weave * shadow)[..., None], silk, inside))


def low_poly(layers: Layers, rng: Random) -> np.ndarray:
    """Flat triangular facets in clear colours."""
    image = harmonised(layers, "facet", rng, 0.6, 1.2, 1.35, 2)
    return to_bytes(marks.facets(layers, image, rng, as_dense(int(rng.integers(330, 430)), image.shape)))


def neon(layers: Layers, rng: Random) -> np.ndarray:
    """Glowing tubes on a night wall."""
    night = colours("0a0c24 140a22 071820")[rng.integers(3)]
    return to_bytes(marks.neon_tubes(layers, layers.color, rng, night))


NAMED: list[Style] = [
    style("oil", "Oil painting", "an oil painting of", oil),
    style("swirl", "Expressionist swirl", "an expressionist painting with swirling strokes of", swirl),
    style("pointillism", "Pointillism", "a pointillist painting of", pointillism),
    style("watercolour", "Watercolour", "a watercolour of", watercolour),
    style("poster", "Art deco poster", "an art deco poster of", gouache_poster),
    style("inkwash", "Ink wash", "an ink wash painting of", ink_wash),
    style("delft", "Delft tile", "a blue and white delft tile of", delft),
    style("charcoal", "Charcoal", "a charcoal drawing of", charcoal),
    style("pastel", "Pastel on dark paper", "a pastel drawing on dark paper of", pastel),
    style("woodblock", "Woodblock print", "a woodblock print of", woodblock),
    style("papercut", "Paper cut", "a layered paper cut of", paper_cut),
    style("popart", "Pop art", "a pop art print of", pop_art),
    style("pixel", "Pixel art", "pixel art of", pixel_art),
    style("riso", "Risograph", "a risograph print of", risograph),
    style("glass", "Stained glass", "a stained glass window of", stained_glass),
    style("mosaic", "Mosaic", "a mosaic of", mosaic),
    style("engraving", "Engraving", "an engraving of", engraving, held_out=True),
    style("embroidery", "Embroidery", "an embroidery of", embroidery, held_out=True),
    style("lowpoly", "Low poly", "a low poly rendering of", low_poly, held_out=True),
    style("neon", "Neon sign", "a neon sign of", neon, held_out=True),
]

STYLES: list[Style] = [*NAMED, *WIDE, *UNSEEN]
STYLE_BY_ID: dict[str, Style] = {style.id: style for style in STYLES}


@cache
def find_style(identifier: str) -> Style:
    """A style of the list, or the mixed style that an id like "mixed-17" names (see `mixed.py`)."""
    if identifier.startswith("mixed-"):
        return mixed_style(int(identifier.removeprefix("mixed-")))
    return STYLE_BY_ID[identifier]
