"""How a mixed style lays on its colour: one painter for each kind of mark, sized by the mixture's dial.

Every painter takes (layers, image, ground picture, mixture, rng), pictures float32 [H, W, 3] in 0..1, and returns a picture.
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


def between(dial: float, low: float, high: float) -> float:
    """The dial's place on a scale from low to high."""
    return float(low + (high - low) * dial)


def strokes(layers: Layers, image, under, m: Mixture, rng: Random):
    """Brush strokes, along the form or all one way."""
    angle = None
    if m.dial[0] > 0.55:
        angle = np.full(layers.flow.shape, between(m.dial[1], -1.5, 1.5), np.float32)
        angle += 0.25 * noise(rng, angle.shape, 60, 1)
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
    shape = layers.region.shape
    slant = np.full(shape, between(m.dial[0], -1.4, 1.4), np.float32)
    if m.dial[1] > 0.6:
        slant = layers.flow + 0.6
    cover = np.clip(np.abs(tone(image) - tone(under)) * between(m.dial[2], 1.2, 2.0), 0, 1)
    grain, length = between(m.dial[3], 2.4, 4.5), between(m.dial[4], 10, 36)
    drawn = marks.dry_media(cover, smear(noise(rng, shape, grain, 1), slant, length), 1.0)
    if m.dial[5] > 0.5:
        drawn = np.maximum(
            drawn, marks.dry_media(cover - 0.25, smear(noise(rng, shape, grain, 1), slant + 1.4, length), 1.0)
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
    shape = layers.region.shape
    size = between(m.dial[0], 7, 20)
    label, gap = marks.cells(rng, shape, size, between(m.dial[1], 0.15, 0.95))
    if m.dial[2] > 0.4:
        label = label * 256 + cv2.medianBlur(layers.region, 5)
        _, label = np.unique(label, return_inverse=True)
        label = label.reshape(shape).astype(np.int32)
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
        small = marks.reduced(image, cell)
    else:
        small = marks.ordered_dither(image, m.palette, cell, between(m.dial[2], 6, 16))
    big = marks.enlarged(small, cell, image.shape)
    if m.dial[3] > 0.6 and cell >= 8:
        x, y = pixel_grid(big.shape)
        seam = np.maximum(x % cell < 1, y % cell < 1).astype(np.float32)
        big = mix(big, under, 0.8 * seam)
    return big


def airbrush(layers: Layers, image, under, m: Mixture, rng: Random):
    """Soft colour, sharper on the subject, with a fine spray."""
    soft = cv2.GaussianBlur(image, (0, 0), between(m.dial[0], 2, 7))
    picture = mix(soft, image, layers.focus * between(m.dial[1], 0.3, 1))
    return picture * (1 + between(m.dial[2], 0, 0.1) * noise(rng, picture.shape, 2.5, 1))[..., None]


def grain(layers: Layers, image, under, m: Mixture, rng: Random):
    """Coarse grain: colour breaks up over the ground where it is thin."""
    stretch = (between(m.dial[0], 2.5, 14), between(m.dial[1], 2.5, 5))
    tooth = noise(rng, image.shape, stretch if m.dial[2] > 0.5 else stretch[::-1], 1)
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
    veins = crackle(rng, image.shape, between(m.dial[0], 14, 34))
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


def _dials(m: Mixture, *ranges):
    """One number for each range, from the dials in order."""
    return [between(m.dial[i], low, high) for i, (low, high) in enumerate(ranges)]


def ponds(layers: Layers, image, under, m: Mixture, rng: Random):
    """Rings about a point."""
    pitch, width = _dials(m, (5, 14), (0.45, 0.85))
    waves = (0, 0, 3, 5, 9)[int(m.dial[2] * 4.99)]
    return most.rings(image, mix(under, image, between(m.dial[3], 0, 0.4)), rng, pitch, width, waves)


def wedges(layers: Layers, image, under, m: Mixture, rng: Random):
    """Wedges that run out from a point."""
    count, gap, spread = _dials(m, (40, 130), (0, 2), (1, 6))
    return most.rays(image, (under, m.ink)[int(m.dial[3] * 1.99)], rng, round(count), gap, spread)


def swells(layers: Layers, image, under, m: Mixture, rng: Random):
    """Waving lines, higher where it is dark."""
    pitch, share, length, angle, tint = _dials(m, (5, 10), (0.2, 0.4), (8, 26), (-0.9, 0.9), (0, 0.5))
    return most.waving_lines(image, mix(under, image, tint), rng, pitch, length, angle, pitch * share)


def honeycomb(layers: Layers, image, under, m: Mixture, rng: Random):
    """Six-sided tiles."""
    pitch, angle, spread, slope, gap = _dials(m, (8, 22), (-0.5, 0.5), (0, 5), (-1.2, 1.6), (0, 2.4))
    return most.hexagon_tiles(image, (under, under * 0.3, m.ink)[int(m.dial[5] * 2.99)], rng, pitch, angle, spread, slope, gap)


def tumbling(layers: Layers, image, under, m: Mixture, rng: Random):
    """Blocks that stand on a corner."""
    pitch, angle, contrast = _dials(m, (12, 28), (-0.3, 0.3), (0.5, 1.6))
    return most.cubes(image, rng, pitch, angle, contrast)


def cobbles(layers: Layers, image, under, m: Mixture, rng: Random):
    """Rounded stones."""
    size, dome, gap = _dials(m, (8, 19), (0.3, 1.2), (0.6, 2.6))
    return most.pebbles(image, (under * 0.35, under, m.ink)[int(m.dial[3] * 2.99)], rng, size, dome, gap)


def wicker(layers: Layers, image, under, m: Mixture, rng: Random):
    """Woven broad bands."""
    pitch, depth = _dials(m, (7, 16), (0.6, 1.4))
    angle = (0, np.pi / 4)[int(m.dial[2] * 1.99)]
    return most.basket(image, rng, pitch, angle, depth)


def slates(layers: Layers, image, under, m: Mixture, rng: Random):
    """Lapped slates."""
    wide, ratio, spread, shadow = _dials(m, (8, 20), (0.6, 1.4), (1, 6), (10, 30))
    return most.shingles(image, rng, wide, wide * ratio, spread, shadow)


def light_board(layers: Layers, image, under, m: Mixture, rng: Random):
    """A board of lamps."""
    pitch, radius, halo = _dials(m, (5, 10), (0.28, 0.46), (0.1, 0.7))
    return most.lamps(image, rng, pitch, radius, halo, 0.5 * float(m.dial[3] > 0.5))


def specks(layers: Layers, image, under, m: Mixture, rng: Random):
    """Ink specks over a tint."""
    size, tint = _dials(m, (1.4, 4.5), (0.05, 0.9))
    return most.stipple(image, under, m.ink, rng, size, tint)


def counted(layers: Layers, image, under, m: Mixture, rng: Random):
    """Counted crosses."""
    pitch, width = _dials(m, (6, 12), (0.9, 2.0))
    return most.saltires(image, mix(under, image, between(m.dial[2], 0, 0.5)), rng, pitch, width, 0)


def clay(layers: Layers, image, under, m: Mixture, rng: Random):
    """Plaster and clay."""
    scale, depth = _dials(m, (3, 16), (5, 13))
    return most.plaster(image, layers, rng, scale, depth, m.dial[2] > 0.5)


def broken(layers: Layers, image, under, m: Mixture, rng: Random):
    """Straight cuts."""
    cuts, shade, gap = _dials(m, (14, 44), (2, 11), (0, 2.6))
    return most.shards(image, rng, round(cuts), shade, gap, (under, m.ink, np.float32([1, 1, 1]))[int(m.dial[3] * 2.99)])


def long_exposure(layers: Layers, image, under, m: Mixture, rng: Random):
    """Strokes of light."""
    count, length, bloom = _dials(m, (2500, 6500), (8, 34), (0.3, 1.2))
    return most.light_drawn(image, layers, rng, round(count * image.shape[0] * image.shape[1] / 65536), length, bloom)


def sprayed(layers: Layers, image, under, m: Mixture, rng: Random):
    """Stencils."""
    reach, strength, speckle = _dials(m, (6, 30), (-26, 34), (0, 6))
    return most.stencil(image, layers, rng, reach, strength, speckle)


def sponge(layers: Layers, image, under, m: Mixture, rng: Random):
    """Sponge dabs."""
    size, count = _dials(m, (5, 12), (1100, 2200))
    return most.sponged(image, under, rng, size, round(count * image.shape[0] * image.shape[1] / 65536))


def banknote(layers: Layers, image, under, m: Mixture, rng: Random):
    """Fine swaying lines."""
    pitch, swing, lobes = _dials(m, (4.5, 9), (2, 14), (14, 70))
    return most.guilloche(image, under, rng, pitch, swing, lobes)


def felt_balls(layers: Layers, image, under, m: Mixture, rng: Random):
    """Strewn balls."""
    size, dome = _dials(m, (8, 17), (0.3, 1.2))
    return most.balls(image, under * between(m.dial[2], 0.4, 1), rng, size, dome)


NEWEST_MARKS: dict[str, Callable] = {
    "rings": ponds,
    "wedges": wedges,
    "waving lines": swells,
    "six-sided tiles": honeycomb,
    "tumbling blocks": tumbling,
    "cobbles": cobbles,
    "woven bands": wicker,
    "slates": slates,
    "a board of lamps": light_board,
    "specks": specks,
    "counted crosses": counted,
    "clay": clay,
    "broken glass": broken,
    "drawn light": long_exposure,
    "sprayed stencils": sprayed,
    "sponge dabs": sponge,
    "swaying lines": banknote,
    "felt balls": felt_balls,
}
WIDEST_MARKS: dict[str, Callable] = WIDER_MARKS | NEWEST_MARKS


def smear_plain(channel: np.ndarray, angle: np.ndarray, length: float) -> np.ndarray:
    """A channel averaged along each pixel's direction, in its own range."""
    smeared = smear(channel, angle, length, 7)
    return smeared * (channel.std() / (smeared.std() + 1e-6))


def sheet_like(picture: np.ndarray, light: float) -> np.ndarray:
    """The ground lightened so that transparent colour shows on it."""
    return mix(picture, 1.0, light)
