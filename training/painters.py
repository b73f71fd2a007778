"""How a mixed style lays on its colour: one painter for each kind of mark, sized by the mixture's dial.

Every painter takes (layers, image, ground picture, mixture, rng), pictures float32 [S, S, 3] in 0..1, and returns a picture.
"""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

import marks
import marks_mixed as more
import marks_more as most
from canvas import (
    displaced,
    mean_by_label,
    mix,
    noise,
    pixel_grid,
    relief,
    smear,
    smooth_regions,
    smoothstep,
    to_lab,
    to_rgb,
    tone,
    tone_bands,
)
from layers import Layers
from marks_wide import crackle
from style_kit import Random


@dataclass(frozen=True)
class Mixture:
    """The choices of one mixed style; `dial` holds 16 numbers 0..1 that the painters read as sizes."""

    colour: str
    geometry: str
    mark: str
    line: str
    paper: str
    dial: np.ndarray
    palette: np.ndarray
    ground: np.ndarray
    ink: np.ndarray
    widest: bool = False  # drawn from the third set of choices


def between(dial: float, low: float, high: float) -> float:
    """The dial's place on a scale from low to high."""
    return float(low + (high - low) * dial)


def strokes(layers: Layers, image, under, m: Mixture, rng: Random):
    """Brush strokes, along the form or all one way."""
    angle = None
    if m.dial[0] > 0.55:
        angle = np.full(layers.flow.shape, between(m.dial[1], -1.5, 1.5), np.float32)
        angle += 0.25 * noise(rng, len(angle), 60, 1)
    broad = round(between(m.dial[2], 5, 12))
    painted, height = marks.brush_layers(
        layers,
        image,
        mix(under, image, 0.3),
        rng,
        widths=(broad, max(3, broad // 2)),
        length=round(between(m.dial[3], 2, 6)),
        wander=between(m.dial[4], 0.02, 0.1),
        tolerance=0.5,
        angle=angle,
    )
    return painted * relief(height, between(m.dial[5], 0, 0.2))


def dots(layers: Layers, image, under, m: Mixture, rng: Random):
    """Round dabs with the ground between them."""
    radius = between(m.dial[0], 2.4, 4.4)
    ground = mix(image, under, between(m.dial[1], 0.3, 1))
    return marks.dots(image, ground, rng, radius, radius * between(m.dial[2], 1.6, 2.2), between(m.dial[3], 2, 14))


def hatching(layers: Layers, image, under, m: Mixture, rng: Random):
    """Strokes of a dry stick in one direction or two, as dense as the picture is far from its ground."""
    side = len(layers.region)
    slant = np.full((side, side), between(m.dial[0], -1.4, 1.4), np.float32)
    if m.dial[1] > 0.6:
        slant = layers.flow + 0.6
    cover = np.clip(np.abs(tone(image) - tone(under)) * between(m.dial[2], 1.2, 2.0), 0, 1)
    grain, length = between(m.dial[3], 2.4, 4.5), between(m.dial[4], 10, 36)
    drawn = marks.dry_media(cover, smear(noise(rng, side, grain, 1), slant, length), 1.0)
    if m.dial[5] > 0.5:
        drawn = np.maximum(
            drawn, marks.dry_media(cover - 0.25, smear(noise(rng, side, grain, 1), slant + 1.4, length), 1.0)
        )
    stick = mix(image, m.ink, between(m.dial[6], 0, 0.9))
    return mix(mix(under, image, between(m.dial[7], 0, 0.5)), stick, drawn)


def washes(layers: Layers, image, under, m: Mixture, rng: Random):
    """Transparent colour with dried edges."""
    region = displaced(smooth_regions(layers.region), rng, between(m.dial[0], 0.5, 2.5), 26, nearest=True)
    blurred = mix(image, cv2.GaussianBlur(image, (0, 0), 5), between(m.dial[1], 0.1, 0.8) * (1 - layers.focus))
    paper = under if tone(m.ground) > 0.6 else sheet_like(under, 0.95)
    return marks.wash(blurred, region, paper, rng, edge=between(m.dial[2], 0.3, 1), bloom=between(m.dial[3], 0, 0.5))


def stones(layers: Layers, image, under, m: Mixture, rng: Random):
    """Cells of one colour each, with or without joints."""
    side = len(layers.region)
    size = between(m.dial[0], 7, 20)
    label, gap = marks.cells(rng, side, size, between(m.dial[1], 0.15, 0.95))
    if m.dial[2] > 0.4:
        label = label * 256 + cv2.medianBlur(layers.region, 5)
        _, label = np.unique(label, return_inverse=True)
        label = label.reshape(side, side).astype(np.int32)
    lab = to_lab(mean_by_label(label, image))
    spread = between(m.dial[3], 0, 6)
    lab += rng.normal(0, spread, (int(label.max()) + 1, 3)).astype(np.float32)[label]
    joint = smoothstep(0.3, between(m.dial[4], 1.2, 2.6), gap)
    return mix(under, to_rgb(lab), joint) if m.dial[5] > 0.35 else to_rgb(lab)


def screen(layers: Layers, image, under, m: Mixture, rng: Random):
    """A halftone screen of the colour, or of one ink, on a tint."""
    light = tone(image)
    period, degrees = between(m.dial[0], 5, 11), between(m.dial[1], 0, 90) + rng.uniform(-3, 3)
    far = np.clip(np.abs(light - tone(under)), 0, 1)
    dotted = marks.ben_day(smoothstep(0.02, 0.75, far) * 0.9 + 0.05, period, degrees)
    ink = mix(image, m.ink, between(m.dial[2], 0, 0.9))
    return mix(mix(under, image, between(m.dial[3], 0, 0.55)), ink, dotted)


def flats(layers: Layers, image, under, m: Mixture, rng: Random):
    """Flat shapes in a few steps of tone."""
    label = cv2.medianBlur(tone_bands(layers, round(between(m.dial[0], 1.5, 5.4)), 9).astype(np.uint8), 7)
    return mix(mean_by_label(label.astype(np.int32), image), image, between(m.dial[1], 0, 0.35))


def sheets(layers: Layers, image, under, m: Mixture, rng: Random):
    """Cut sheets that drop shadows."""
    label = cv2.medianBlur(tone_bands(layers, 3, 11).astype(np.uint8), 9).astype(np.int32)
    offset = round(between(m.dial[0], 2, 6))
    return marks.stacked_sheets(label, layers.depth, image, offset, between(m.dial[1], 0.2, 0.6))


def big_pixels(layers: Layers, image, under, m: Mixture, rng: Random):
    """Square blocks, dithered from the palette or plain, sometimes with a seam."""
    cell = (4, 8, 8, 16)[int(m.dial[0] * 3.99)] if m.dial[1] < 0.5 else (4, 8)[int(m.dial[0] * 1.99)]
    if m.dial[1] < 0.5:
        small = cv2.resize(image, (256 // cell,) * 2, interpolation=cv2.INTER_AREA)
    else:
        small = marks.ordered_dither(image, m.palette, cell, between(m.dial[2], 6, 16))
    big = np.repeat(np.repeat(small, cell, 0), cell, 1)
    if m.dial[3] > 0.6 and cell >= 8:
        x, y = pixel_grid(len(big))
        seam = np.maximum(x % cell < 1, y % cell < 1).astype(np.float32)
        big = mix(big, under, 0.8 * seam)
    return big


def airbrush(layers: Layers, image, under, m: Mixture, rng: Random):
    """Soft colour, sharper on the subject, with a fine spray."""
    soft = cv2.GaussianBlur(image, (0, 0), between(m.dial[0], 2, 7))
    picture = mix(soft, image, layers.focus * between(m.dial[1], 0.3, 1))
    return picture * (1 + between(m.dial[2], 0, 0.1) * noise(rng, len(picture), 2.5, 1))[..., None]


def grain(layers: Layers, image, under, m: Mixture, rng: Random):
    """Coarse grain: colour breaks up over the ground where it is thin."""
    side = len(image)
    stretch = (between(m.dial[0], 2.5, 14), between(m.dial[1], 2.5, 5))
    tooth = noise(rng, side, stretch if m.dial[2] > 0.5 else stretch[::-1], 1)
    cover = marks.dry_media(between(m.dial[3], 0.5, 0.95) + 0.3 * (layers.focus - 0.5), tooth, 1.4)
    return mix(mix(under, image, between(m.dial[4], 0.1, 0.6)), image, cover)


def furrows(layers: Layers, image, under, m: Mixture, rng: Random):
    """Colour dragged along the form, furrowed by bristles."""
    hair = marks.bristles(rng, layers.flow, between(m.dial[0], 2.2, 5), between(m.dial[1], 12, 40))
    dragged = np.dstack([smear_plain(image[..., c], layers.flow, between(m.dial[2], 4, 16)) for c in range(3)])
    picture = mix(dragged, image, 0.5 * layers.focus)
    return np.clip(picture * (1 + between(m.dial[3], 0.03, 0.13) * hair)[..., None], 0, 1)


MARKS: dict[str, Callable] = {
    "brush strokes": strokes,
    "dots of colour": dots,
    "hatching": hatching,
    "washes": washes,
    "pieces": stones,
    "a halftone screen": screen,
    "flat shapes": flats,
    "cut sheets": sheets,
    "blocks": big_pixels,
    "airbrush": airbrush,
    "coarse grain": grain,
    "dragged paint": furrows,
}


# -- from number 300 on ----------------------------------------------------------------------------


def tiles(layers: Layers, image, under, m: Mixture, rng: Random):
    """Tiles, bricks or lozenges, flat or bevelled."""
    high = between(m.dial[0], 6, 18)
    wide = high * (1, 1, 1.6, 2.4)[int(m.dial[1] * 3.99)]
    angle = (0, np.pi / 4, between(m.dial[2], -0.5, 0.5))[int(m.dial[3] * 2.99)]
    joint = under if m.dial[4] > 0.5 else under * 0.3
    return more.bevelled_tiles(
        image,
        joint,
        rng,
        wide,
        high,
        angle,
        0.5 * float(m.dial[5] > 0.5),
        between(m.dial[6], 0, 6),
        m.dial[7],
        between(m.dial[2], 0, 2.6),
    )


def signs(layers: Layers, image, under, m: Mixture, rng: Random):
    """Rows of one sign, the larger the more colour there is."""
    shape = more.SHAPES[int(m.dial[0] * (len(more.SHAPES) - 0.01))]
    ground = mix(under, image, between(m.dial[1], 0, 0.5))
    angle = between(m.dial[3], -0.8, 0.8) * float(m.dial[4] > 0.5)
    return more.glyphs(
        image,
        ground,
        rng,
        between(m.dial[2], 6, 13),
        angle,
        0.5 * float(m.dial[5] > 0.5),
        shape,
        between(m.dial[6], 0.1, 0.5),
    )


def stitches(layers: Layers, image, under, m: Mixture, rng: Random):
    """Knitted wool."""
    wide = between(m.dial[0], 6, 13)
    return more.knit(image, rng, wide, wide * between(m.dial[1], 0.6, 1.0), between(m.dial[2], 16, 40))


def scanned(layers: Layers, image, under, m: Mixture, rng: Random):
    """Parallel lines, lifted where it is light."""
    pitch = between(m.dial[0], 4, 9)
    angle = (0, 0, np.pi / 2, between(m.dial[1], -1, 1))[int(m.dial[2] * 3.99)]
    ground = mix(under, image, between(m.dial[3], 0, 0.45))
    ink = mix(image, m.ink, 0.8 * float(m.dial[4] > 0.7))
    return more.raised_lines(
        ink, ground, rng, pitch, between(m.dial[5], 0, 26), angle, pitch * between(m.dial[6], 0.35, 0.7)
    )


def torn(layers: Layers, image, under, m: Mixture, rng: Random):
    """Scraps of paper over each other."""
    flow = layers.flow if m.dial[0] > 0.5 else None
    return more.scraps(image, rng, between(m.dial[1], 7, 20), 3 + int(m.dial[2] * 3.99), flow)


def strung(layers: Layers, image, under, m: Mixture, rng: Random):
    """Long thin threads."""
    spread = (0.08, 0.5, 3.0)[int(m.dial[0] * 2.99)]
    count = round(between(m.dial[1], 2500, 7000))
    return more.threads(image, under, rng, count, between(m.dial[2], 18, 90), between(m.dial[3], -1.6, 1.6), spread)


def coral(layers: Layers, image, under, m: Mixture, rng: Random):
    """Winding bands of colour and ground."""
    ground = mix(under, image, between(m.dial[0], 0, 0.4))
    return more.labyrinth(
        image, ground, rng, between(m.dial[1], 3, 7), between(m.dial[2], 0, 4), between(m.dial[3], -1.6, 1.6)
    )


def curls(layers: Layers, image, under, m: Mixture, rng: Random):
    """Quarter circles that join at random."""
    ground = mix(under, image, between(m.dial[0], 0, 0.45))
    return more.arcs(
        image, ground, rng, between(m.dial[1], 8, 18), between(m.dial[2], 0, 0.8), between(m.dial[3], 0.04, 0.14)
    )


def folded(layers: Layers, image, under, m: Mixture, rng: Random):
    """Pleated paper."""
    angle = (0, np.pi / 2, between(m.dial[0], -1, 1))[int(m.dial[1] * 2.99)]
    return more.pleats(
        image, rng, between(m.dial[2], 8, 26), angle, between(m.dial[3], 0.15, 0.6), between(m.dial[4], 0, 7)
    )


def marbled(layers: Layers, image, under, m: Mixture, rng: Random):
    """Colour drawn out by a comb."""
    angle = np.pi / 2 * float(m.dial[0] > 0.5)
    return more.combed(image, rng, between(m.dial[1], 14, 40), between(m.dial[2], 8, 26), angle)


def dripping(layers: Layers, image, under, m: Mixture, rng: Random):
    """Wet paint that runs down."""
    return more.drips(image, rng, between(m.dial[0], 3, 9), between(m.dial[1], 14, 60))


def spatter(layers: Layers, image, under, m: Mixture, rng: Random):
    """Flung drops of paint."""
    ground = mix(under, image, between(m.dial[0], 0, 0.5))
    return more.spattered(image, ground, rng, round(between(m.dial[1], 1800, 6000)), between(m.dial[2], 4, 11))


def crazed(layers: Layers, image, under, m: Mixture, rng: Random):
    """Glaze or wax with veins where it cracked."""
    veins = crackle(rng, len(image), between(m.dial[0], 14, 34))
    vein = (under, m.ink, image * 0.4)[int(m.dial[1] * 2.99)]
    return mix(
        mix(image, cv2.GaussianBlur(image, (0, 0), 3), between(m.dial[2], 0, 0.8)),
        vein,
        between(m.dial[3], 0.4, 0.95) * veins,
    )


WIDER_MARKS: dict[str, Callable] = MARKS | {
    "tiles": tiles,
    "small signs": signs,
    "knitted stitches": stitches,
    "raised lines": scanned,
    "torn scraps": torn,
    "long threads": strung,
    "winding bands": coral,
    "joined curls": curls,
    "pleats": folded,
    "combed colour": marbled,
    "dripping paint": dripping,
    "spattered paint": spatter,
    "cracked glaze": crazed,
}


# -- from number 1200 on ---------------------------------------------------------------------------


def centre_of(layers: Layers, dial: float) -> tuple[float, float]:
    """A point for rings and rays: on the subject, or anywhere near the middle."""
    high, wide = layers.focus.shape
    ys, xs = np.nonzero(layers.focus > 0.5)
    if dial > 0.5 or not len(xs):
        return wide * between(dial, 0.1, 0.9), high * between(dial * 7.3 % 1, 0.15, 0.85)
    return float(xs.mean()), float(ys.mean())


def upright_or_slanted(kind: float, slant: float) -> float:
    """An angle: level, upright, diagonal or free."""
    return (0, np.pi / 2, np.pi / 4, between(slant, -1.2, 1.2))[int(kind * 3.99)]


def tinted(image, under, amount: float):
    """The ground, tinted by what is painted on it; one on which that would not show is made lighter or darker first."""
    if np.abs(image - under).mean() < 0.22:
        under = mix(under, 0.98 if tone(image).mean() < 0.5 else 0.06, 0.55)
    return mix(under, cv2.GaussianBlur(image, (0, 0), 2), amount)


def rulings(layers: Layers, image, under, m: Mixture, rng: Random):
    """Straight lines that broaden with tone, one way or two."""
    second = (0, 0, np.pi / 2, np.pi / 3)[int(m.dial[3] * 3.99)]
    ink = mix(image, m.ink, 0.85 * float(m.dial[4] > 0.75))
    pitch, angle = between(m.dial[0], 4, 9), upright_or_slanted(m.dial[1], m.dial[2])
    ground = tinted(image, under, between(m.dial[5], 0, 0.5))
    least, broadest = between(m.dial[6], 0.12, 0.4), between(m.dial[7], 0.75, 0.95)
    return most.ruled(ink, ground, rng, pitch, angle, least, broadest, second)


def waves(layers: Layers, image, under, m: Mixture, rng: Random):
    """Rows of waving lines that swing with tone."""
    pitch = between(m.dial[0], 4.5, 7.5)
    ground = tinted(image, under, between(m.dial[4], 0.2, 0.6))
    ink = mix(image, m.ink, 0.8 * float(m.dial[5] > 0.8))
    length = between(m.dial[1], 7, 26)
    return most.waved(
        ink, ground, rng, pitch, length, upright_or_slanted(m.dial[2], m.dial[6]), pitch * between(m.dial[3], 0.3, 0.5)
    )


def beams(layers: Layers, image, under, m: Mixture, rng: Random):
    """Rays out of one point."""
    ground = tinted(image, under, between(m.dial[1], 0, 0.5))
    least, widest = between(m.dial[3], 0.15, 0.4), between(m.dial[4], 0.75, 0.95)
    return most.rays(image, ground, rng, centre_of(layers, m.dial[2]), between(m.dial[0], 5, 10), least, widest)


def round_paving(layers: Layers, image, under, m: Mixture, rng: Random):
    """Rings of pieces about a point."""
    pitch = between(m.dial[0], 4.5, 9)
    joint = (under, under * 0.35)[int(m.dial[1] > 0.6)]
    aspect, gap = pitch * between(m.dial[3], 0.7, 2), between(m.dial[4], 0, 1.4)
    dome = between(m.dial[6], 0, 12)
    centre = centre_of(layers, m.dial[2])
    return most.ring_pieces(image, joint, rng, centre, pitch, aspect, gap, between(m.dial[5], 0, 5), dome)


def cut_squares(layers: Layers, image, under, m: Mixture, rng: Random):
    """Squares cut into triangles."""
    angle = (0, np.pi / 4, between(m.dial[1], -0.4, 0.4))[int(m.dial[2] * 2.99)]
    ways = 2 if m.dial[3] > 0.5 else 4
    pitch, gradient = between(m.dial[0], 7, 17), between(m.dial[5], 3, 18)
    return most.split_squares(image, rng, pitch, angle, ways, between(m.dial[4], 0, 4), gradient)


def six_sided(layers: Layers, image, under, m: Mixture, rng: Random):
    """Six-sided tiles, flat, bevelled or pyramids."""
    angle = between(m.dial[1], -0.5, 0.5) * float(m.dial[2] > 0.4)
    joint = (under, under * 0.3)[int(m.dial[3] > 0.5)]
    bevel, broad = between(m.dial[4], -14, 22), between(m.dial[5], 0.15, 1.1)
    pitch, gap = between(m.dial[0], 7, 14), between(m.dial[6], 0, 2.2)
    return most.hexagons(image, joint, rng, pitch, angle, bevel, broad, gap, between(m.dial[7], 0, 5))


def cubes(layers: Layers, image, under, m: Mixture, rng: Random):
    """Stacked cubes."""
    angle = between(m.dial[1], -0.3, 0.3) * float(m.dial[2] > 0.5)
    contrast, seam = between(m.dial[3], 8, 19), between(m.dial[5], 0, 0.6)
    return most.stacked_cubes(image, rng, between(m.dial[0], 8, 17), angle, contrast, between(m.dial[4], 0, 3), seam)


def splinters(layers: Layers, image, under, m: Mixture, rng: Random):
    """Splinters between long straight cuts."""
    cuts, main = round(between(m.dial[0], 9, 26)), between(m.dial[1], 0, 3.1)
    region = cv2.medianBlur(layers.region, 5)
    return most.shards(image, region, rng, cuts, main, between(m.dial[2], 1, 6), between(m.dial[3], 12, 42))


def stones_in_sand(layers: Layers, image, under, m: Mixture, rng: Random):
    """Rounded pebbles."""
    joint = (under, under * 0.3, image * 0.35)[int(m.dial[1] * 2.99)]
    height, gap, shine = between(m.dial[2], 14, 42), between(m.dial[3], 0, 1.6), between(m.dial[4], -0.4, 0.8)
    return most.pebbles(image, joint, layers.focus, rng, between(m.dial[0], 7, 16), height, gap, max(shine, 0))


def halved_squares(layers: Layers, image, under, m: Mixture, rng: Random):
    """Squares large and small, one in the other."""
    largest, smallest = (32, 24, 24, 16)[int(m.dial[0] * 3.99)], (4, 4, 8)[int(m.dial[1] * 2.99)]
    need = between(m.dial[2], 0.045, 0.1)
    return most.nested_squares(image, rng, largest, smallest, need, between(m.dial[3], 0.4, 0.85), m.dial[4] > 0.5)


def basketry(layers: Layers, image, under, m: Mixture, rng: Random):
    """Broad woven bands."""
    angle = (0, np.pi / 4, between(m.dial[1], -0.5, 0.5))[int(m.dial[2] * 2.99)]
    band, depth = between(m.dial[0], 6, 13), between(m.dial[4], 10, 26)
    return most.basket(image, rng, band, angle, m.dial[3] > 0.5, depth, 1 + int(m.dial[5] * 3.99))


def ribbed(layers: Layers, image, under, m: Mixture, rng: Random):
    """Raised ribs, plain or beaded."""
    angle = upright_or_slanted(m.dial[1], m.dial[2])
    beat = 0.0 if m.dial[3] < 0.6 else between(m.dial[4], 1, 2.4)
    pitch, depth, wander = between(m.dial[0], 5, 13), between(m.dial[5], 9, 24), between(m.dial[6], 0, 7)
    return most.ribs(image, rng, pitch, angle, depth, wander * float(m.dial[7] > 0.4), beat)


def padding(layers: Layers, image, under, m: Mixture, rng: Random):
    """Padded cloth between crossing seams."""
    angle = (0, np.pi / 4, np.pi / 4, between(m.dial[1], -0.6, 0.6))[int(m.dial[2] * 3.99)]
    pitch, aspect, depth = between(m.dial[0], 8, 15), between(m.dial[3], 0.8, 1.6), between(m.dial[4], 12, 26)
    return most.puffs(image, rng, pitch, aspect, angle, depth, between(m.dial[5], 0, 0.7))


def roofing(layers: Layers, image, under, m: Mixture, rng: Random):
    """Overlapping slates or wooden shingles."""
    high = between(m.dial[0], 6, 12)
    wide, ragged = high * between(m.dial[1], 0.6, 1.6), between(m.dial[4], 0, 0.4)
    return most.shingles(image, rng, wide, high, between(m.dial[2], 1, 5), between(m.dial[3], 10, 26), ragged)


def rug(layers: Layers, image, under, m: Mixture, rng: Random):
    """A tufted rug."""
    return most.tufts(image, rng, between(m.dial[0], 4, 9), between(m.dial[1], 8, 24), between(m.dial[2], 0, 5))


def clay(layers: Layers, image, under, m: Mixture, rng: Random):
    """Modelling clay in relief."""
    reach, depth = between(m.dial[0], 5, 16), between(m.dial[1], 12, 30)
    return most.modelled(image, layers.region, rng, reach, depth, m.dial[2], between(m.dial[3], 4, 10))


def thick_daubs(layers: Layers, image, under, m: Mixture, rng: Random):
    """Thick daubs of paint that shine."""
    flow = layers.flow if m.dial[4] < 0.5 else np.full_like(layers.flow, between(m.dial[5], -1.5, 1.5))
    size, shine, slender = between(m.dial[0], 7, 13), between(m.dial[2], 0.1, 0.7), between(m.dial[3], 0.35, 1)
    return most.daubs(image, flow, layers.focus, rng, size, between(m.dial[1], 5, 14), shine, slender)


def stencils(layers: Layers, image, under, m: Mixture, rng: Random):
    """Sprayed stencils, shaded at their edges."""
    reach, strength = between(m.dial[0], 5, 18), between(m.dial[1], 18, 42)
    return most.stencilled(image, layers.region, rng, reach, strength, between(m.dial[2], 0.5, 5))


def rippled_glass(layers: Layers, image, under, m: Mixture, rng: Random):
    """Reeded glass or glass blocks."""
    angle = upright_or_slanted(m.dial[1], m.dial[2])
    pitch, bend, shine = between(m.dial[0], 7, 17), between(m.dial[3], 0.5, 1.6), between(m.dial[5], 4, 14)
    return most.reeded(image, rng, pitch, angle, bend * (-1) ** int(m.dial[6] > 0.7), m.dial[4] > 0.5, shine)


def lamps(layers: Layers, image, under, m: Mixture, rng: Random):
    """A display of lamps on a dark panel."""
    shape = ("round", "round", "square", "bars")[int(m.dial[1] * 3.99)]
    dark = m.palette[int(m.dial[3] * 10.99)] * 0.1
    return most.lamp_panel(image, rng, between(m.dial[0], 4.2, 7.5), shape, between(m.dial[2], 0.15, 0.6), dark)


MORE_MARKS: dict[str, Callable] = {
    "ruled lines": rulings,
    "waving lines": waves,
    "rays": beams,
    "rings of pieces": round_paving,
    "cut squares": cut_squares,
    "six-sided tiles": six_sided,
    "stacked cubes": cubes,
    "splinters": splinters,
    "pebbles": stones_in_sand,
    "nested squares": halved_squares,
    "woven bands": basketry,
    "raised ribs": ribbed,
    "padded cloth": padding,
    "overlapping slates": roofing,
    "tufted wool": rug,
    "modelling clay": clay,
    "thick daubs": thick_daubs,
    "sprayed stencils": stencils,
    "reeded glass": rippled_glass,
    "lit lamps": lamps,
}
WIDEST_MARKS: dict[str, Callable] = WIDER_MARKS | MORE_MARKS


def smear_plain(channel: np.ndarray, angle: np.ndarray, length: float) -> np.ndarray:
    """A channel averaged along each pixel's direction, in its own range."""
    smeared = smear(channel, angle, length, 7)
    return smeared * (channel.std() / (smeared.std() + 1e-6))


def sheet_like(picture: np.ndarray, light: float) -> np.ndarray:
    """The ground lightened so that transparent colour shows on it."""
    return mix(picture, 1.0, light)
