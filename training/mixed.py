"""Mixed styles without end: number n names one choice of colour, geometry, mark, line and ground, with their sizes.

What a U-Net learns from sixteen or thirty styles is a list; from some hundreds, each seen in a few dozen pictures,
it learns to read a style off its neighbours. The marks of numbers under 300 are those of trained styles (`marks.py`), or
blurs and blocks; from 300 on `marks_mixed.py` adds as many again, for the texture of a style cannot be read off either where
all textures are known; from 1200 on `marks_more.py` adds twenty, drawn more often than the others, with more ways
to colour, bend and outline. No algorithm of a held-out style is among them.
`mixed_style(n)` draws every choice from the number; the generator that `paint` gets varies only what a hand varies between two pictures.
"""

from dataclasses import replace

import cv2
import numpy as np

from canvas import (
    colours,
    displaced,
    edge_distance,
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
from painters import MARKS, MORE_MARKS, WIDER_MARKS, WIDEST_MARKS, Mixture, between
from style_kit import Random, Style, style

STREAM = 77
WIDER = 300  # from this number on there are more marks and colours to choose from
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
WIDEST = 1200  # from this number on there is more to choose from in everything, and new marks are the likelier
NEW = 0.6  # how likely
WIDEST_COLOURS = {
    "palette": 0.3,
    "vivid": 0.18,
    "muted": 0.08,
    "two tones": 0.1,
    "negative": 0.05,
    "three tones": 0.08,
    "one hue": 0.06,
    "warm and cool": 0.08,
    "stage lights": 0.07,
}
WIDEST_GEOMETRY = {"true": 0.5, "wavy": 0.14, "rounded": 0.12, "angular": 0.11, "swollen": 0.07, "leaning": 0.06}
WIDEST_LINES = {"none": 0.32, "ink": 0.2, "deep": 0.14, "bare": 0.09, "coloured": 0.09, "doubled": 0.08, "broken": 0.08}
HUES = colours("c22f2f e5822a f2cf3e 3f8f47 2f66c4 7a4aa8 e88aa8 7a5232 f4f0e6 9a9a98 23232b")
PAPERS = {
    "on white paper": colours("f6f3ea f2f0f0 fbf8ef"),
    "on tinted paper": colours("e3c9a0 c9d4c0 d9bfb0 b9c7d6 e8d68f"),
    "on dark paper": colours("1c1e28 2b1f1d 14262a 2a2038 101010"),
    "on a strong ground": colours("a83a2a 1f4f8f 2f6f4a c79a2a 5a2f6a"),
}
WIDEST_PAPERS = {
    "on white paper": colours("f6f3ea f2f0f0 fbf8ef eef3f2"),
    "on tinted paper": colours("e3c9a0 c9d4c0 d9bfb0 b9c7d6 e8d68f c8b8d8 a8d0c8 f0b8a8"),
    "on brown paper": colours("b08a5c 9a7650 c4a078 8a7060"),
    "on dark paper": colours("1c1e28 2b1f1d 14262a 2a2038 101010 0c2440 30101c"),
    "on a strong ground": colours("a83a2a 1f4f8f 2f6f4a c79a2a 5a2f6a d86a9a 18888c e07028"),
}


def pick(rng: Random, chances: dict[str, float]) -> str:
    """One of the keys, as likely as its value says."""
    return str(rng.choice(list(chances), p=list(chances.values())))


def free_hues(rng: Random) -> np.ndarray:
    """Eleven colours of any hue, as Lab, from dark to light, with a grey among them."""
    light = np.linspace(22, 92, 11) + rng.normal(0, 4, 11)
    turn = rng.permutation(11) * 2 * np.pi / 11 * rng.choice([0.35, 0.7, 1, 1]) + rng.uniform(0, 2 * np.pi)
    chroma = rng.uniform(20, 70, 11) * np.sin(np.pi * np.clip(light, 8, 92) / 100) ** 0.7
    chroma[rng.integers(11)] = 2
    return np.stack([light, chroma * np.cos(turn), chroma * np.sin(turn)], 1).astype(np.float32)


def draw_mixture(number: int) -> Mixture:
    """The mixture that a number names."""
    early, widest = number < WIDER, number >= WIDEST
    rng = np.random.default_rng([STREAM, number])
    dial = rng.random(16).astype(np.float32)
    papers = WIDEST_PAPERS if widest else PAPERS
    paper = str(rng.choice(list(papers), p=[0.3, 0.24, 0.08, 0.26, 0.12] if widest else [0.35, 0.25, 0.28, 0.12]))
    ground = vary(papers[paper], rng, 3)[rng.integers(len(papers[paper]))]
    lab = free_hues(rng) if widest and rng.random() < 0.5 else to_lab(HUES)
    light = rng.uniform(0.6, 1.15)
    lab[:, 0] = 52 + rng.uniform(-8, 12) + (lab[:, 0] - 52) * light
    lab[:, 1:] = lab[:, 1:] * rng.uniform(0.35, 1.35) + rng.normal(0, 7, 2)
    bright = tone(ground) < 0.45
    inks = colours("f6f2e4 ffe9a8 bfe6ff ffd0d8") if bright else colours("15151b 22305c 4a2318 1f3a2c 5c1a2a")
    if widest:
        colour, geometry = pick(rng, WIDEST_COLOURS), pick(rng, WIDEST_GEOMETRY)
        mark = str(rng.choice(list(MORE_MARKS if rng.random() < NEW else WIDER_MARKS)))
        line = pick(rng, WIDEST_LINES)
    else:
        colour = pick(rng, COLOURS if early else WIDER_COLOURS)
        geometry = str(rng.choice(["true", "wavy", "rounded"], p=[0.6, 0.22, 0.18]))
        mark = str(rng.choice(list(MARKS if early else WIDER_MARKS)))
        line = str(rng.choice(["none", "ink", "deep", "bare"], p=[0.36, 0.32, 0.2, 0.12]))
    return Mixture(
        colour=colour,
        geometry=geometry,
        mark=mark,
        line=line,
        paper=paper,
        dial=dial,
        palette=vary(to_rgb(lab), rng, 5),
        ground=ground,
        ink=inks[rng.integers(len(inks))],
        widest=widest,
    )


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
    if m.colour == "warm and cool":
        lab, ends = to_lab(image), to_lab(m.palette)
        warm, cool = ends[(ends[:, 1] + ends[:, 2]).argmax(), 1:], ends[(ends[:, 1] + ends[:, 2]).argmin(), 1:]
        toward = mix(cool, warm, smoothstep(0.25, 0.8, tone(image)))
        lab[..., 1:] = mix(lab[..., 1:], toward * between(d[4], 1, 1.5), between(d[3], 0.5, 0.9))
        return to_rgb(lab)
    if m.colour == "stage lights":
        lab = to_lab(image)
        high, wide = lab.shape[:2]
        turn = between(d[4], 0, 2 * np.pi)
        x, y = np.meshgrid(np.linspace(-1, 1, wide, dtype=np.float32), np.linspace(-1, 1, high, dtype=np.float32))
        ends = to_lab(m.palette)[[int(d[3] * 10.99), int(d[4] * 10.99) - 5], 1:] * 1.5
        gel = mix(ends[0], ends[1], smoothstep(-0.8, 0.8, x * np.cos(turn) + y * np.sin(turn)))
        lab[..., 1:] = 0.5 * lab[..., 1:] + 0.85 * gel * np.sin(np.pi * np.clip(lab[..., :1], 5, 95) / 100)
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


def legible(layers: Layers, image: np.ndarray, m: Mixture) -> np.ndarray:
    """The picture with light and dark far enough apart and the subject's outlines deepened: some marks are coarse."""
    lab = to_lab(image)
    light = lab[..., 0]
    lab[..., 0] = light + (np.clip(light.mean(), 40, 68) - light.mean()) * 0.8
    lab[..., 0] += (light - light.mean()) * max(0.0, 15 / (light.std() + 1e-3) - 1)
    edge = layers.focus * outline(smooth_regions(layers.region), 2.6)
    lab[..., 0] *= 1 - between(m.dial[11], 0.15, 0.6) * edge
    return to_rgb(lab)


def polygons(layers: Layers, slack: float) -> Layers:
    """Every region's outline straightened (Douglas & Peucker 1973), what moved in its new region's colour."""
    region = cv2.medianBlur(layers.region, 5)
    shapes = []
    for name in np.unique(region):
        mask = (region == name).astype(np.uint8)
        found, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        shapes += [(cv2.contourArea(c), int(name), cv2.approxPolyDP(c, slack, True)) for c in found]
    cut = region.copy()
    for area, name, corners in sorted(shapes, key=lambda shape: -shape[0]):
        if area > 12:
            cv2.fillPoly(cut, [corners], name)
    values = np.dstack([layers.color, layers.depth, layers.focus]).astype(np.float32)
    moved = cut != layers.region
    for name in np.unique(cut[moved]):
        own = (layers.region == name).astype(np.float32)
        near = cv2.blur(values * own[..., None], (31, 31)) / np.maximum(cv2.blur(own, (31, 31)), 1e-3)[..., None]
        there = moved & (cut == name) & (cv2.blur(own, (31, 31)) > 2e-3)
        values[there] = near[there]
    color, depth, focus = np.ascontiguousarray(values[..., :3]), values[..., 3].copy(), values[..., 4].copy()
    return replace(layers, region=cut, color=color, depth=depth, focus=focus)


def swollen_or_leaning(layers: Layers, m: Mixture) -> Layers:
    """The subject swollen as in a lens, or the whole picture aslant."""
    high, wide = layers.region.shape
    x, y = np.meshgrid(np.arange(wide, dtype=np.float32), np.arange(high, dtype=np.float32))
    if m.geometry == "swollen":
        ys, xs = np.nonzero(layers.focus > 0.5)
        cx, cy = (xs.mean(), ys.mean()) if len(xs) else (wide / 2, high / 2)
        reach = between(m.dial[14], 0.2, 0.34) * min(high, wide)
        pull_in = between(m.dial[13], 0.18, 0.4) * np.exp(-((x - cx) ** 2 + (y - cy) ** 2) / (2 * reach**2))
        x, y = x - (x - cx) * pull_in, y - (y - cy) * pull_in
    else:
        x = x + np.float32(np.copysign(between(m.dial[13], 0.12, 0.3), m.dial[14] - 0.5)) * (y - high / 2)
    x, y = x.astype(np.float32), y.astype(np.float32)

    def moved(values, how=cv2.INTER_LINEAR):
        return cv2.remap(values, x, y, how, borderMode=cv2.BORDER_REFLECT)

    return replace(
        layers,
        color=moved(layers.color),
        region=moved(layers.region, cv2.INTER_NEAREST),
        depth=moved(layers.depth),
        focus=moved(layers.focus),
        flow=moved(layers.flow, cv2.INTER_NEAREST),
    )


def reshaped(layers: Layers, m: Mixture, rng: Random) -> Layers:
    """The scene's geometry bent, rounded, cut straight, swollen or aslant."""
    if m.geometry == "angular":
        return polygons(layers, between(m.dial[13], 2, 5))
    if m.geometry in ("swollen", "leaning"):
        return swollen_or_leaning(layers, m)
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
    """Outlines in ink, in a deeper shade of what they bound, left bare, in one colour, doubled or broken."""
    if m.line == "none":
        return picture
    width = between(m.dial[15], 1.3 if m.widest else 1.8, 5) * (0.8 + 0.4 * layers.focus)
    region = smooth_regions(layers.region)
    if m.dial[14] > 0.6:
        region = displaced(region, rng, 0.9, 18, nearest=True)
    if m.line == "doubled":
        off = np.abs(cv2.GaussianBlur(edge_distance(region), (0, 0), 0.6) - 1.2 - 0.45 * width)
        return mix(picture, m.ink, 0.9 * (1 - smoothstep(0.3, 1.2, off)))
    line = outline(region, width)
    if m.line == "coloured":
        return mix(picture, m.palette[int(m.dial[12] * (len(m.palette) - 0.01))], 0.92 * line)
    if m.line == "broken":
        high, wide = region.shape
        gaps = noise(rng, max(high, wide), between(m.dial[12], 6, 14), 1)[:high, :wide]
        return mix(picture, m.ink, 0.92 * line * smoothstep(-0.5, 0.0, gaps))
    if m.line == "ink":
        return mix(picture, m.ink, 0.92 * line)
    if m.line == "bare":
        return mix(picture, under, line)
    return mix(picture, cv2.blur(image, (5, 5)) * 0.45, 0.85 * line)


def paper_of(m: Mixture, side: int, rng: Random) -> np.ndarray:
    """The ground, with its texture."""
    kind, strength = int(m.dial[12] * (6.99 if m.widest else 3.99)), between(m.dial[11], 0.01, 0.07)
    texture = (
        lambda: 0 * noise(rng, side, 60, 1),
        lambda: noise(rng, side, 3, 1),
        lambda: noise(rng, side, (70, 3), 1),
        lambda: np.sin(pixel_grid(side)[0] * 1.6) + np.sin(pixel_grid(side)[1] * 1.6),
        lambda: np.sin(pixel_grid(side)[1] * 1.3) + 0.4 * noise(rng, side, 50, 1),  # laid lines
        lambda: 1.5 * noise(rng, side, 44, 3),  # clouds
        lambda: -4 * smoothstep(1.6, 2.2, noise(rng, side, 2.5, 1)),  # flecks
    )[kind]()
    return (m.ground * (1 + strength * texture)[..., None]).astype(np.float32)


def paint_mixture(m: Mixture, layers: Layers, rng: Random) -> np.ndarray:
    """uint8 [H, W, 3]."""
    side = len(layers.region)
    layers = reshaped(layers, m, rng)
    under = paper_of(m, side, rng)
    image = coloured(layers, m, rng)
    if m.widest:
        image = legible(layers, image, m)
    if m.dial[10] > 0.8:  # a drawing: colour fills in only the subject
        image = mix(image, under, 0.75 * (1 - cv2.blur(layers.focus, (9, 9))))
    picture = np.clip(WIDEST_MARKS[m.mark](layers, image, under, m, rng), 0, 1)
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
        "coloured": "coloured outlines",
        "doubled": "double outlines",
        "broken": "broken outlines",
    }.get(m.line)
    colour = {"palette": "", "two tones": "two tones", "negative": "reversed light", "stage lights": "stage lights"}.get(
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
