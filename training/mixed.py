"""Mixed styles without end: number n names one choice of colour, geometry, mark, line and ground, with their sizes.

What a U-Net learns from sixteen or thirty styles is a list; from some hundreds, each seen in a few dozen pictures,
it learns to read a style off its neighbours. The marks of numbers under 300 are those of trained styles (`marks.py`), or
blurs and blocks; from 300 on `marks_mixed.py` adds as many again, for the texture of a style cannot be read off either where
all textures are known; from 1200 on `marks_more.py` brings eighteen more, which three in five of these numbers have, and hues
are drawn freely. No algorithm of a held-out style is among them. `mixed_style(n)` draws every choice from the number;
the generator that `paint` gets varies only what a hand varies between two pictures.
"""

from dataclasses import replace

import cv2
import numpy as np

from canvas import (
    Shape,
    colours,
    displaced,
    grade,
    mix,
    noise,
    outline,
    pixel_grid,
    pull,
    ragged_frame,
    smooth_regions,
    smoothstep,
    to_bytes,
    to_lab,
    to_rgb,
    tone,
    vary,
)
from layers import Layers
from painters import MARKS, NEWEST_MARKS, WIDER_MARKS, WIDEST_MARKS, Mixture, between
from style_kit import Random, Style, style

STREAM = 77
WIDER = 300  # from this number on there are more marks and colours to choose from
WIDEST = 1200  # and from this one on more again
COLOURS = {"palette": 0.4, "vivid": 0.2, "muted": 0.15, "two tones": 0.18, "negative": 0.07}
WIDER_COLOURS = {
    "palette": 0.32,
    "vivid": 0.2,
    "muted": 0.1,
    "two tones": 0.12,
    "negative": 0.06,
    "three tones": 0.1,
    "one hue": 0.1,
}
HUES = colours("c22f2f e5822a f2cf3e 3f8f47 2f66c4 7a4aa8 e88aa8 7a5232 f4f0e6 9a9a98 23232b")
PAPERS = {
    "on white paper": colours("f6f3ea f2f0f0 fbf8ef"),
    "on tinted paper": colours("e3c9a0 c9d4c0 d9bfb0 b9c7d6 e8d68f"),
    "on dark paper": colours("1c1e28 2b1f1d 14262a 2a2038 101010"),
    "on a strong ground": colours("a83a2a 1f4f8f 2f6f4a c79a2a 5a2f6a"),
}


def draw_mark(number: int, rng: Random) -> str:
    """The name of a mark that a number may have."""
    if number < WIDEST:
        return str(rng.choice(list(MARKS if number < WIDER else WIDER_MARKS)))
    return str(rng.choice(list(NEWEST_MARKS if rng.random() < 0.6 else WIDER_MARKS)))


def draw_mixture(number: int) -> Mixture:
    """The mixture that a number names."""
    early = number < WIDER
    rng = np.random.default_rng([STREAM, number])
    dial = rng.random(16).astype(np.float32)
    paper = str(rng.choice(list(PAPERS), p=[0.35, 0.25, 0.28, 0.12]))
    ground = vary(PAPERS[paper], rng, 3)[rng.integers(len(PAPERS[paper]))]
    lab = to_lab(HUES)
    light = rng.uniform(0.6, 1.15)
    lab[:, 0] = 52 + rng.uniform(-8, 12) + (lab[:, 0] - 52) * light
    if number >= WIDEST:
        lab[:, 1:] = lab[:, 1:] @ rotation(rng.normal(0, 0.35))
    lab[:, 1:] = lab[:, 1:] * rng.uniform(0.35, 1.35) + rng.normal(0, 7, 2)
    bright = tone(ground) < 0.45
    inks = colours("f6f2e4 ffe9a8 bfe6ff ffd0d8") if bright else colours("15151b 22305c 4a2318 1f3a2c 5c1a2a")
    return Mixture(
        colour=str(
            rng.choice(
                list(COLOURS if early else WIDER_COLOURS), p=list((COLOURS if early else WIDER_COLOURS).values())
            )
        ),
        geometry=str(rng.choice(["true", "wavy", "rounded"], p=[0.6, 0.22, 0.18])),
        mark=draw_mark(number, rng),
        line=str(rng.choice(["none", "ink", "deep", "bare"], p=[0.36, 0.32, 0.2, 0.12])),
        paper=paper,
        dial=dial,
        palette=vary(to_rgb(lab), rng, 5),
        ground=ground,
        ink=inks[rng.integers(len(inks))],
    )


def rotation(angle: float) -> np.ndarray:
    """[2, 2]: turns every hue by as much."""
    return np.float32([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


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
    if m.colour == "three tones":
        light, middle = tone(image)[..., None], shades[int(d[4] * (len(shades) - 0.01))]
        dark = m.ink if tone(m.ink) < 0.5 else m.ink * 0.25
        pale = mix(m.ground, 1.0, 0.5) if tone(m.ground) < 0.6 else m.ground
        tones = mix(mix(dark, middle, smoothstep(0.05, 0.5, light)), pale, smoothstep(0.5, 0.92, light))
        return np.clip(mix(tones, image, between(d[3], 0, 0.45) * layers.focus), 0, 1)
    if m.colour == "one hue":
        lab, kept = to_lab(image), to_lab(m.palette)[int(d[4] * (len(m.palette) - 0.01))]
        near = np.clip(
            (lab[..., 1:] @ kept[1:]) / (np.linalg.norm(kept[1:]) * np.linalg.norm(lab[..., 1:], axis=-1) + 4), 0, 1
        )
        lab[..., 1:] *= (between(d[3], 0, 0.25) + near[..., None] ** 2) * 1.3
        return to_rgb(lab)
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


def paper_of(m: Mixture, shape: Shape, rng: Random) -> np.ndarray:
    """The ground, with its texture."""
    kind, strength = int(m.dial[12] * 3.99), between(m.dial[11], 0.01, 0.07)
    texture = (
        lambda: 0 * noise(rng, shape, 60, 1),
        lambda: noise(rng, shape, 3, 1),
        lambda: noise(rng, shape, (70, 3), 1),
        lambda: np.sin(pixel_grid(shape)[0] * 1.6) + np.sin(pixel_grid(shape)[1] * 1.6),
    )[kind]()
    return (m.ground * (1 + strength * texture)[..., None]).astype(np.float32)


def paint_mixture(m: Mixture, layers: Layers, rng: Random) -> np.ndarray:
    """uint8 [H, W, 3]."""
    shape = layers.region.shape
    layers = reshaped(layers, m, rng)
    under = paper_of(m, shape, rng)
    image = coloured(layers, m, rng)
    if m.dial[10] > 0.8:  # a drawing: colour fills in only the subject
        image = mix(image, under, 0.75 * (1 - cv2.blur(layers.focus, (9, 9))))
    picture = np.clip(WIDEST_MARKS[m.mark](layers, image, under, m, rng), 0, 1)
    picture = lined(picture, layers, under, image, m, rng)
    if m.dial[9] > 0.5:
        frame = ragged_frame(rng, shape, between(m.dial[8], 6, 14), between(m.dial[7], 0.2, 6))
        picture = mix(under, picture, frame)
    return to_bytes(picture)


def phrase_of(m: Mixture) -> str:
    """What can be said of a mixture in a few words: its mark and one thing more."""
    more = {
        "ink": "light outlines" if tone(m.ink) > 0.5 else "dark outlines",
        "bare": "gaps for outlines",
        "deep": "soft outlines",
    }.get(m.line)
    colour = {"palette": "", "two tones": "two tones", "negative": "reversed light"}.get(
        m.colour, f"{m.colour} colours"
    )
    return " and ".join(filter(None, [m.mark, colour or more])) + (f" {m.paper}" if m.dial[6] > 0.5 else "")


def mixed_style(number: int) -> Style:
    """The mixed style of a number; its id is "mixed-NUMBER"."""
    mixture = draw_mixture(number)
    name = phrase_of(mixture)
    return style(
        f"mixed-{number}", name, f"a picture in {name} of", lambda layers, rng: paint_mixture(mixture, layers, rng)
    )
