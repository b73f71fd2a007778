"""Mixed styles without end: number n names one choice of colour, geometry, mark, line and ground, with their sizes.

What a U-Net learns from sixteen or thirty styles is a list; from some hundreds, each seen in a few dozen pictures,
it learns to read a style off its neighbours. All marks are those of trained styles (`marks.py`), or blurs and blocks;
no algorithm of a held-out style is among them. `mixed_style(n)` draws every choice from the number; the generator that
`paint` gets varies only what a hand varies between two pictures.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2
import numpy as np

import marks
from canvas import (
    colours,
    displaced,
    grade,
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
    vary,
)
from layers import Layers
from style_kit import Random, Style, style

STREAM = 77
HUES = colours("c22f2f e5822a f2cf3e 3f8f47 2f66c4 7a4aa8 e88aa8 7a5232 f4f0e6 9a9a98 23232b")
PAPERS = {
    "on white paper": colours("f6f3ea f2f0f0 fbf8ef"),
    "on tinted paper": colours("e3c9a0 c9d4c0 d9bfb0 b9c7d6 e8d68f"),
    "on dark paper": colours("1c1e28 2b1f1d 14262a 2a2038 101010"),
    "on a strong ground": colours("a83a2a 1f4f8f 2f6f4a c79a2a 5a2f6a"),
}


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


def draw_mixture(number: int) -> Mixture:
    """The mixture that a number names."""
    rng = np.random.default_rng([STREAM, number])
    dial = rng.random(16).astype(np.float32)
    paper = str(rng.choice(list(PAPERS), p=[0.35, 0.25, 0.28, 0.12]))
    ground = vary(PAPERS[paper], rng, 3)[rng.integers(len(PAPERS[paper]))]
    lab = to_lab(HUES)
    light = rng.uniform(0.6, 1.15)
    lab[:, 0] = 52 + rng.uniform(-8, 12) + (lab[:, 0] - 52) * light
    lab[:, 1:] = lab[:, 1:] * rng.uniform(0.35, 1.35) + rng.normal(0, 7, 2)
    bright = tone(ground) < 0.45
    inks = colours("f6f2e4 ffe9a8 bfe6ff ffd0d8") if bright else colours("15151b 22305c 4a2318 1f3a2c 5c1a2a")
    return Mixture(
        colour=str(rng.choice(["palette", "vivid", "muted", "two tones", "negative"], p=[0.4, 0.2, 0.15, 0.18, 0.07])),
        geometry=str(rng.choice(["true", "wavy", "rounded"], p=[0.6, 0.22, 0.18])),
        mark=str(rng.choice(list(MARKS))),
        line=str(rng.choice(["none", "ink", "deep", "bare"], p=[0.36, 0.32, 0.2, 0.12])),
        paper=paper,
        dial=dial,
        palette=vary(to_rgb(lab), rng, 5),
        ground=ground,
        ink=inks[rng.integers(len(inks))],
    )


def between(dial: float, low: float, high: float) -> float:
    """The dial's place on a scale from low to high."""
    return float(low + (high - low) * dial)


# -- marks: (layers, image, ground picture, mixture, rng) -> picture --------------------------------


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


def smear_plain(channel: np.ndarray, angle: np.ndarray, length: float) -> np.ndarray:
    """A channel averaged along each pixel's direction, in its own range."""
    smeared = smear(channel, angle, length, 7)
    return smeared * (channel.std() / (smeared.std() + 1e-6))


def sheet_like(picture: np.ndarray, light: float) -> np.ndarray:
    """The ground lightened so that transparent colour shows on it."""
    return mix(picture, 1.0, light)


# -- colour, geometry, line, ground -----------------------------------------------------------------


def coloured(layers: Layers, m: Mixture, rng: Random) -> np.ndarray:
    """The scene in the mixture's colours."""
    d = m.dial[8:]
    image = grade(layers.color, between(d[0], 0.95, 1.45), between(d[1], 0.9, 1.5), between(d[2], -6, 10))
    shades = vary(m.palette, rng, 2)
    if m.colour == "two tones":
        light = smoothstep(0.05, 0.95, tone(image))
        pale = mix(m.ground, 1.0, 0.5) if tone(m.ground) < 0.6 else m.ground
        dark = m.ink if tone(m.ink) < 0.5 else m.ground * 0.8
        both = to_lab(mix(dark, pale, light))
        both[..., 1:] += between(d[3], 0, 0.6) * layers.focus[..., None] * to_lab(image)[..., 1:]
        return to_rgb(both)
    if m.colour == "negative":
        lab = to_lab(image)
        lab[..., 0] = 100 - lab[..., 0]
        return pull(to_rgb(lab), shades, between(d[3], 0.2, 0.7))
    if m.colour == "muted":
        return pull(grade(image, 0.9, 0.5, 4), shades, between(d[3], 0.1, 0.5))
    if m.colour == "vivid":
        return grade(pull(image, shades, between(d[3], 0.3, 0.8)), 1.1, between(d[4], 1.3, 1.8))
    return pull(image, shades, between(d[3], 0.5, 0.95) * (1 - 0.3 * layers.focus))


def reshaped(layers: Layers, m: Mixture, rng: Random) -> Layers:
    """The scene's geometry bent or rounded."""
    if m.geometry == "rounded":
        size = 7 + 2 * round(between(m.dial[13], 0, 3))
        return replace(layers, region=cv2.medianBlur(layers.region, size))
    if m.geometry == "wavy":
        amount, scale = between(m.dial[13], 1.2, 3.5), between(m.dial[14], 18, 60)
        state = rng.bit_generator.state

        def moved(values, nearest=False):
            rng.bit_generator.state = state
            return displaced(values, rng, amount, scale, nearest)

        return replace(
            layers,
            color=moved(layers.color),
            region=moved(layers.region, True),
            depth=moved(layers.depth),
            focus=moved(layers.focus),
        )
    return layers


def lined(picture, layers: Layers, under, image, m: Mixture, rng: Random):
    """Outlines in ink, in a deeper shade of what they bound, or left bare."""
    if m.line == "none":
        return picture
    width = between(m.dial[15], 1.8, 5) * (0.8 + 0.4 * layers.focus)
    region = smooth_regions(layers.region)
    if m.dial[14] > 0.6:
        region = displaced(region, rng, 0.9, 18, nearest=True)
    line = outline(region, width)
    if m.line == "ink":
        return mix(picture, m.ink, 0.92 * line)
    if m.line == "bare":
        return mix(picture, under, line)
    return mix(picture, cv2.blur(image, (5, 5)) * 0.45, 0.85 * line)


def paper_of(m: Mixture, side: int, rng: Random) -> np.ndarray:
    """The ground, with its texture."""
    kind, strength = int(m.dial[12] * 3.99), between(m.dial[11], 0.01, 0.07)
    texture = (
        lambda: 0 * noise(rng, side, 60, 1),
        lambda: noise(rng, side, 3, 1),
        lambda: noise(rng, side, (70, 3), 1),
        lambda: np.sin(pixel_grid(side)[0] * 1.6) + np.sin(pixel_grid(side)[1] * 1.6),
    )[kind]()
    return (m.ground * (1 + strength * texture)[..., None]).astype(np.float32)


def paint_mixture(m: Mixture, layers: Layers, rng: Random) -> np.ndarray:
    """uint8 [H, W, 3]."""
    side = len(layers.region)
    layers = reshaped(layers, m, rng)
    under = paper_of(m, side, rng)
    image = coloured(layers, m, rng)
    if m.dial[10] > 0.8:  # a drawing: colour fills in only the subject
        image = mix(image, under, 0.75 * (1 - cv2.blur(layers.focus, (9, 9))))
    picture = np.clip(MARKS[m.mark](layers, image, under, m, rng), 0, 1)
    picture = lined(picture, layers, under, image, m, rng)
    if m.dial[9] > 0.5:
        frame = ragged_frame(rng, side, between(m.dial[8], 6, 14), between(m.dial[7], 0.2, 6))
        picture = mix(under, picture, frame)
    return to_bytes(picture)


def phrase_of(m: Mixture) -> str:
    """What can be said of a mixture in a few words: its mark and one thing more."""
    more = {
        "ink": "light outlines" if tone(m.ink) > 0.5 else "dark outlines",
        "bare": "gaps for outlines",
        "deep": "soft outlines",
    }.get(m.line)
    colour = {"palette": "", "two tones": "two tones", "negative": "reversed light"}.get(m.colour, f"{m.colour} colours")
    return " and ".join(filter(None, [m.mark, colour or more])) + (f" {m.paper}" if m.dial[6] > 0.5 else "")


def mixed_style(number: int) -> Style:
    """The mixed style of a number; its id is "mixed-NUMBER"."""
    mixture = draw_mixture(number)
    name = phrase_of(mixture)
    return style(
        f"mixed-{number}", name, f"a picture in {name} of", lambda layers, rng: paint_mixture(mixture, layers, rng)
    )
