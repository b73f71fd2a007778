"""The styles: each a short recipe of palettes, a ground, a mark algorithm from `marks.py` and a line.

`paint(layers, rng)` returns uint8 [H, W, 3]; everything random comes from `rng`. Styles marked `held_out` are
never trained on, and each uses a mark algorithm that no trained style uses.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2
import numpy as np

import marks
from canvas import (
    colours,
    displaced,
    edge_distance,
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
    stage_light,
    to_bytes,
    to_lab,
    to_rgb,
    tone,
    tone_bands,
    vary,
)
from layers import Layers

Random = np.random.Generator


@dataclass(frozen=True)
class Style:
    """One style: how it is called in captions and how it is painted."""

    id: str
    name: str
    phrase: str
    held_out: bool
    paint: Callable[[Layers, Random], np.ndarray]


# Each family holds palettes of which one is drawn at random and then varied slightly. All keep a red, a blue,
# a yellow and a green of their own, so that a red house stays the reddest thing in the picture.
PALETTES: dict[str, list[np.ndarray]] = {
    family: [colours(text) for text in texts]
    for family, texts in {
        "oil": [
            "2b2118 6b4226 a63a24 d9822b e8c468 6f7f3a 35543a 2f5d73 7fa3a8 efe3c8 8a6f8e",
            "1f2430 5a3b2e b5452f d98e4a f1d590 879a52 3f5f49 3a6a8c 9fbcc4 f4ead6 a06a7b",
        ],
        "swirl": [
            "101a4a 1f3fa0 2f7fd0 7fd0e0 f7c51e f28a1c d8361f 1f7a4d 8ac24a fff0a8 5b2c83",
            "15243f 005f8f 19a3a3 a6e0c0 ffd23f ff7f2a e0352b 2b6b2f b5cc3a fff3c4 8f2d6b",
        ],
        "points": [
            "3d4f9a 6d8fd0 a8c8ea e5574a f2a65a f7e08a 5fa05a a8cc7a b07fc0 f7efe0",
            "46509a 7aa0c8 bcd8e0 d85a5a f0b060 f5e6a0 6aa878 b8d090 c890b8 f5ecd8",
        ],
        "wash": [
            "27405f 5f8fb5 a9cfe0 c6493f e59a6a f2d58a 6f9a5a a9c48f 9a7fa8 f7f1e3 5a4a45",
            "2f3f5f 6fa0b0 bfdce0 d0605a edb08a f4e0a0 7fa080 bcd0a8 b08fb0 faf5ea 6a5a55",
        ],
        "woodblock": [
            "1d3557 35648f 8fb3c0 c8402f e08a4a ecd9a8 4f7052 93a878 6b5a50 f3e8cd e2b23c 6d4c86",
            "22304f 2f5f88 9fc0c4 bf3a34 dd9a5f efdfb5 5a7a5f a8b58a 7a5f6a f1e4c6 e0b848 7d5a92",
        ],
        "glass": [
            "1030a0 2078d8 60c0e8 d01828 f07818 f8d030 108848 78c038 7828a0 f0f0d0",
            "182878 1890c0 80d8e0 b81030 e85820 f8c040 18704a a0c840 902888 f8e8c0",
        ],
        "mosaic": [
            "1f3a5f 2f7f9a 8fc4c0 a83a2a d8843f e8c56a 4f7a4a a5b06a 8a5a6a efe6d0 5a4030",
            "203050 3f6fa0 a0c0c8 b54a35 c99a4a f0d890 5a7f5f b5bf8a 9a6f6a f4ecd8 4a3a35",
        ],
        "paper": [
            "1f2f4f 3f6f9f 9fd0d8 e2504a f49a5a f8d878 4f9a78 a8d098 8f6aa8 fbf3e4",
            "2f2a4a 4a6fa8 a8c8e0 d8455f f5a878 fae0a0 3f8a80 b0d8b0 a878a0 fdf5ea",
        ],
        "pop": [
            "1040d0 18a0e8 80d8f8 e81828 ff7010 ffe010 10a048 90e050 e030a0 7a2cc8 ffffff",
            "2030c0 00b0c8 a0e8f0 f02040 ff8a20 fff040 20a050 b0e040 9030c0 ffffff",
        ],
        "pixel": [
            (
                "0d0f24 1d2b53 29609f 41a6f6 a5e3f0 b13e53 ef4b3f ef7d57 ffcd75 257179 38b764 a7f070 5d275d "
                "f4f4f4 566c86 94b0c2 8a4a2f ffd230 c8901c f7b48a e88a90"
            ),
            (
                "140c1c 30346d 3f62c0 6daaf0 b0dcec a03034 d94040 d27d2c f0d45e 346524 5aa02c b0d850 664488 "
                "f0f4e8 4e4a4e 8595a1 854c30 f8c820 b88010 f4b890 e09090"
            ),
        ],
        "deco": [
            "14283c 1f5a6b 5fa8a0 c23b2a ea8a3c f6cf7a 5c7a46 a8b06a 7a3b52 fbeccb",
            "1c1f3a 2b4c7e 7ba7bc d04a35 f0a04b fbe0a0 3f6f5c 9db87c 8c4a6b fdf0d5",
        ],
        "chalk": [
            "5878c8 80b8e8 c0e0f0 e85848 f0a060 f8e098 68b070 b0d890 c088d0 f8f0e0",
            "6080b8 98c0d8 d0e4e8 e06868 f0b078 f8e8b0 78b088 c0d8a0 c898c0 fbf4e8",
        ],
        "silk": [
            "20386a 4070b0 90b8d8 c03040 e07840 f0c860 3f7850 90b060 80509a f4ecdc 5a4030",
            "2a3060 3f80a0 a0c8c8 b83058 e88a60 f4d880 2f7068 a0b878 985090 f8f0e4 503a3a",
        ],
        "facet": [
            "1f2a50 3060b0 50b0e0 e03848 f08048 f8d060 209878 80d088 7850b8 f8f4ec",
            "28204a 4858b8 60c8d8 e84868 f89868 fce088 30a080 a0d890 a058b0 fcf4f0",
        ],
    }.items()
}

# A ground (paper or cloth) and an ink are drawn together.
GROUNDS: dict[str, list[tuple[np.ndarray, np.ndarray]]] = {
    family: [tuple(colours(p)) for p in pairs]
    for family, pairs in {
        "charcoal": ["ece4d6 1d1b1c", "d9cdb8 231c1a", "e6e2dd 26262a"],
        "woodblock": ["f3e8cd 1a2540", "efe2c4 20202a"],
        "pastel": ["1d2233", "2b2028", "17282b", "2c2622"],
        "ink wash": ["f2ebdb 15171c", "ece3cd 1a1820"],
        "delft": ["f4f6f3 1c3f94", "eff2ee 16327a", "f3f4f8 2a50a8"],
        "engraving": ["f1e4c8 3a2314", "ece0c6 2a2a20", "f4ead2 4a2a18"],
        "linen": ["e4d8c0 4a3a30", "d8d6cc 3a3a44", "cfc2a8 33281f"],
    }.items()
}

RISO_INKS = [
    colours("0f86c8 ff4f70 ffe03a"),
    colours("00a095 ff5a4a ffd84a"),
    colours("3a5fc0 f5508f ffd640"),
]


def palette(family: str, rng: Random, amount: float = 3.5) -> np.ndarray:
    return vary(PALETTES[family][rng.integers(len(PALETTES[family]))], rng, amount)


def ground(family: str, rng: Random) -> tuple[np.ndarray, ...]:
    return GROUNDS[family][rng.integers(len(GROUNDS[family]))]


def sheet(colour: np.ndarray, side: int) -> np.ndarray:
    return np.broadcast_to(np.asarray(colour, np.float32), (side, side, 3)).copy()


def harmonised(
    layers: Layers,
    family: str,
    rng: Random,
    strength: float,
    contrast: float = 1.1,
    saturation: float = 1.15,
    lift: float = 0.0,
) -> np.ndarray:
    """The scene in the style's palette; the subject is pulled less, so it keeps its own colour."""
    image = grade(layers.color, contrast, saturation, lift)
    return pull(image, palette(family, rng), strength * (1 - 0.3 * layers.focus))


# -- painting ---------------------------------------------------------------------------------------


def oil(layers: Layers, rng: Random) -> np.ndarray:
    """Curved brush strokes on an umber ground, thick enough to catch the light."""
    image = harmonised(layers, "oil", rng, 0.7, 1.25, 1.4)
    under = sheet(colours("7a5a3c")[0], image.shape[0])
    result, height = marks.brush_layers(layers, image, under, rng, wander=rng.uniform(0.035, 0.06))
    furrows = 0.5 * height + 0.035 * marks.bristles(rng, layers.flow)
    return to_bytes(result * relief(furrows, 0.2))


def swirl(layers: Layers, rng: Random) -> np.ndarray:
    """Long rhythmic strokes in vivid colours, with whirls in sky and water."""
    open_air = mask_of(layers, "sky", "water")
    angle = marks.vortices(
        layers.flow + 0.35 * noise(rng, layers.region.shape[0], 70, 1) * (1 - layers.focus),
        open_air * (1 - layers.focus),
        rng,
        int(rng.integers(4, 8)),
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
    side = layers.region.shape[0]
    image = harmonised(layers, "wash", rng, 0.55, 1.0, 1.25, 10)
    state = rng.bit_generator.state
    image = displaced(image, rng, 1.6, 26)
    rng.bit_generator.state = state
    region = displaced(smooth_regions(layers.region), rng, 1.6, 26, nearest=True)
    image = mix(image, cv2.GaussianBlur(image, (0, 0), 5), 0.6 * (1 - layers.focus))
    paper = sheet(colours("fbf7ec")[0], side) * (1 + 0.012 * noise(rng, side, 3, 1))[..., None]
    painted = marks.wash(image, region, paper, rng)
    return to_bytes(mix(paper, painted, ragged_frame(rng, side, rng.uniform(9, 16), 4.5)))


def gouache_poster(layers: Layers, rng: Random) -> np.ndarray:
    """A travel poster: flat shapes with airbrushed gradients, rays in the sky and a cream border."""
    side = layers.region.shape[0]
    x, y = pixel_grid(side)
    flat = mean_by_label(tone_bands(layers, 5, 9), grade(layers.color, 1.15, 1.2))
    rays = np.sin(np.arctan2(y - 0.75 * side, x - rng.uniform(0.25, 0.75) * side) * rng.integers(9, 14) * 2)
    sky = mask_of(layers, "sky")
    lab = to_lab(flat)
    lab[..., 0] += sky * (6 * smoothstep(-0.15, 0.15, rays) - 3 + 26 * (y / side - 0.4))
    lab[..., 0] += (1 - sky) * 10 * (0.5 - cv2.GaussianBlur(y / side, (0, 0), 3)) + 1.5 * noise(
        rng, side, 3, 1
    )
    image = pull(to_rgb(lab), palette("deco", rng), 0.9 - 0.35 * layers.focus, 8)
    border = rng.uniform(9, 13)
    inside = np.minimum(np.minimum(x, side - 1 - x), np.minimum(y, side - 1 - y))
    image = mix(image, colours("14283c")[0], (inside < border + 3).astype(np.float32))
    return to_bytes(mix(image, colours("fbeccb")[0], (inside < border).astype(np.float32)))


def ink_wash(layers: Layers, rng: Random) -> np.ndarray:
    """Sumi-e: graded ink on rice paper, far things dissolve in mist, one subdued colour, a red seal."""
    side = layers.region.shape[0]
    paper, ink = ground("ink wash", rng)
    light = grade(layers.color, 1.25, 0, 8)[..., 0]
    soft = cv2.GaussianBlur(light, (0, 0), 4)
    light = np.where(layers.focus > 0.5, light, 0.35 * light + 0.65 * soft)
    light += (1 - light) * (0.6 * layers.depth + 0.25 * mask_of(layers, "sky")) + 0.05 * noise(
        rng, side, 50, 3
    )
    dry = 0.07 * marks.bristles(rng, layers.flow, 3, 26) * (1 - layers.depth)
    result = mix(ink, paper, np.clip(light + dry, 0, 1))
    hue = to_lab(result)
    hue[..., 1:] += 0.6 * layers.focus[..., None] * to_lab(layers.color)[..., 1:]
    weight = np.clip(1.2 + 0.5 * noise(rng, side, 26), 0.4, 2.2) * (0.8 + 1.2 * layers.focus)
    line = outline(smooth_regions(layers.region), 1.6 * weight) * (1 - 0.75 * layers.depth)
    result = mix(to_rgb(hue), ink, 0.85 * line)
    result = mix(sheet(paper, side), result, ragged_frame(rng, side, 8, 6))
    left, top = int(rng.choice([14, side - 34])), side - 36
    result[top : top + 20, left : left + 17] = colours("b83227")[0]
    result[top + 4 : top + 16 : 4, left + 4 : left + 13] = paper
    return to_bytes(result)


def delft(layers: Layers, rng: Random) -> np.ndarray:
    """A blue and white tile: washes of cobalt under a glaze, fan ornaments in the corners."""
    side = layers.region.shape[0]
    glaze, cobalt = ground("delft", rng)
    light = tone(grade(layers.color, 1.5, 1, 12))
    light = np.clip(light + 0.22 * mask_of(layers, "sky"), 0, 1) ** 0.8
    levels = mean_by_label(tone_bands(layers, 4, 9), np.dstack([light] * 3))[..., 0]
    levels = np.clip(0.7 * levels + 0.3 * light + 0.05 * noise(rng, side, 18, 2), 0, 1)
    result = mix(cobalt, glaze, smoothstep(0.05, 0.95, levels))
    result = mix(result, cobalt * 0.75, outline(smooth_regions(layers.region), 2.2 + 1.2 * layers.focus))
    x, y = pixel_grid(side)
    corner = np.hypot(np.minimum(x, side - 1 - x), np.minimum(y, side - 1 - y))
    result = mix(result, glaze, (corner < 40).astype(np.float32))
    petals = (
        np.abs(np.sin(4 * np.arctan2(np.minimum(y, side - 1 - y), np.minimum(x, side - 1 - x) + 1e-3))) > 0.45
    )
    ornament = (corner < 29) & (corner > 8) & petals | (np.abs(corner - 38) < 2) | (corner < 5)
    result = mix(result, cobalt, cv2.GaussianBlur(ornament.astype(np.float32), (0, 0), 0.8))
    return to_bytes(result * (0.98 + 0.03 * noise(rng, side, 90, 1))[..., None])


# -- dry media --------------------------------------------------------------------------------------


def charcoal(layers: Layers, rng: Random) -> np.ndarray:
    """Slanted strokes caught by the paper's tooth over smudged tone, with rough dark contours."""
    side = layers.region.shape[0]
    paper, ink = ground("charcoal", rng)
    dark = 1 - tone(grade(layers.color, 1.45, 1, -6)) - 0.2 * mask_of(layers, "sky")
    slant = np.full((side, side), rng.choice([-0.9, -0.7, 0.8]), np.float32)
    slant = np.where(layers.focus > 0.5, layers.flow, slant)
    strokes = marks.dry_media(dark, smear(noise(rng, side, 3.0, 1), slant, 26), 1.0)
    ink_cover = 0.45 * cv2.GaussianBlur(np.clip(dark, 0, 1), (0, 0), 2.5) + 0.6 * strokes * (0.35 + dark)
    contour = outline(displaced(layers.region, rng, 0.8, 20, nearest=True), 2.6 + 2 * layers.focus)
    ink_cover = np.maximum(
        ink_cover, contour * (0.8 + 0.2 * noise(rng, side, 5)) * (0.55 + 0.45 * layers.focus)
    )
    ink_cover *= ragged_frame(rng, side, 8, 5)
    return to_bytes(mix(paper, ink, np.clip(ink_cover, 0, 0.96)))


def pastel(layers: Layers, rng: Random) -> np.ndarray:
    """Broad chalk strokes on dark paper that shows through between them."""
    side = layers.region.shape[0]
    paper = sheet(ground("pastel", rng)[0], side)
    image = harmonised(layers, "chalk", rng, 0.6, 1.15, 1.3, 5)
    chalk, _ = marks.brush_layers(layers, image, image, rng, widths=(8, 5), length=3, wander=0.06)
    tooth = 0.8 * marks.bristles(rng, layers.flow, 3.2, 14) + 0.5 * noise(rng, side, 3, 1)
    cover = marks.dry_media(0.6 + 0.4 * tone(image) + 0.1 * layers.focus, tooth, 1.6)
    gap = outline(smooth_regions(layers.region), 3.0)
    return to_bytes(mix(paper, chalk, cover * (1 - 0.8 * gap) * ragged_frame(rng, side, 9, 5)))


# -- print and paper --------------------------------------------------------------------------------


def woodblock(layers: Layers, rng: Random) -> np.ndarray:
    """Ukiyo-e: flat colours with bokashi gradients, indigo key lines and the grain of the block."""
    side = layers.region.shape[0]
    paper, ink = ground("woodblock", rng)
    flat = mean_by_label(tone_bands(layers, 3, 9), grade(layers.color, 1.05, 1.15, 6))
    flat = pull(flat, palette("woodblock", rng), 0.85 - 0.25 * layers.focus, 9)
    _, y = pixel_grid(side)
    sky, water = mask_of(layers, "sky"), mask_of(layers, "water")
    flat = mix(flat, paper, 0.55 * sky * smoothstep(0.1, 0.5, y / side))
    band = sky * (1 - smoothstep(0, rng.uniform(0.16, 0.26), y / side)) + 0.8 * water * smoothstep(
        0.75, 1.05, y / side
    )
    flat = mix(flat, colours("1d3f72")[0], 0.9 * band)
    grain = noise(rng, side, (90, 3.2), 1) + 0.5 * noise(rng, side, 3, 1)
    flat = mix(flat, paper, np.clip(0.05 + 0.045 * grain, 0, 0.3))
    line = outline(smooth_regions(layers.region), 2.2 + 1.3 * layers.focus)
    image = mix(flat, ink, 0.93 * np.roll(line, 1, 1))
    inside = np.minimum(y.T, y)
    inside = np.minimum(inside, inside[::-1, ::-1])
    return to_bytes(mix(image, paper, (inside < 7).astype(np.float32)))


def paper_cut(layers: Layers, rng: Random) -> np.ndarray:
    """Layers of coloured card with rounded cuts and soft drop shadows."""
    label = cv2.medianBlur(tone_bands(layers, 3, 11).astype(np.uint8), 9).astype(np.int32)
    image = harmonised(layers, "paper", rng, 0.75, 1.2, 1.3, 3)
    result = marks.stacked_sheets(label, layers.depth, image, int(rng.integers(3, 6)), 0.42)
    return to_bytes(result * (1 + 0.012 * noise(rng, label.shape[0], 3, 1))[..., None])


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
    """A console screen: 64 x 64 pixels of a small palette, ordered dither, a dark rim on the subject."""
    image = grade(layers.color, 1.2, 1.35)
    small = marks.ordered_dither(image, palette("pixel", rng, 2), 4, rng.uniform(9, 15))
    region = cv2.medianBlur(layers.region, 5)[2::4, 2::4]
    near = layers.focus[2::4, 2::4]
    rim = (cv2.morphologyEx(region, cv2.MORPH_GRADIENT, np.ones((2, 2), np.uint8)) > 0) & (near > 0.5)
    small = mix(small, colours("12142a")[0], 0.8 * rim.astype(np.float32))
    return to_bytes(np.repeat(np.repeat(small, 4, 0), 4, 1))


def risograph(layers: Layers, rng: Random) -> np.ndarray:
    """Three bright soy inks overprinted with coarse grain, slightly out of register, on off-white stock."""
    side = layers.region.shape[0]
    inks = RISO_INKS[rng.integers(len(RISO_INKS))]
    image = grade(layers.color, 1.25, 1.5, 8)
    image = mix(image, mean_by_label(tone_bands(layers, 4, 9), image), 0.7)
    paper = colours("f7f1e4")[0]
    result = marks.overprint(image, inks, paper, rng)
    return to_bytes(mix(sheet(paper, side), result, ragged_frame(rng, side, 9, 0.6)))


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
    side = layers.region.shape[0]
    paper, ink = ground("engraving", rng)
    light = np.clip(tone(grade(layers.color, 1.35, 1, 6)) + 0.12 * mask_of(layers, "sky"), 0, 1)
    lines = marks.engraved_lines(layers, light, rng, rng.uniform(5.6, 6.6))
    lines = np.maximum(lines, outline(smooth_regions(layers.region), 2.0 + 1.4 * layers.focus))
    lines *= ragged_frame(rng, side, 10, 0.4)
    return to_bytes(mix(paper, ink, 0.94 * lines) * (1 + 0.015 * noise(rng, side, 60, 3))[..., None])


def embroidery(layers: Layers, rng: Random) -> np.ndarray:
    """Satin stitch in silk on linen, shapes bound by a darker cord."""
    side = layers.region.shape[0]
    linen, dark = ground("linen", rng)
    image = harmonised(layers, "silk", rng, 0.75, 1.2, 1.3, 2)
    thread, sheen = marks.satin_stitches(layers, image, rng, rng.uniform(3.8, 4.6), rng.uniform(20, 30))
    silk = np.clip(thread * sheen[..., None], 0, 1)
    cord = outline(smooth_regions(layers.region), 3.4)
    x, y = pixel_grid(side)
    silk = mix(silk, dark * (0.9 + 0.5 * np.sin((x + y) * 1.1))[..., None], 0.75 * cord * layers.focus)
    weave = 1 + 0.07 * np.sin(x * np.pi / 2) + 0.07 * np.sin(y * np.pi / 2) + 0.03 * noise(rng, side, (30, 3))
    inside = ragged_frame(rng, side, 14, 1.2)
    shadow = 1 - 0.35 * np.roll(cv2.GaussianBlur(inside, (0, 0), 3), (3, 3), (0, 1))
    return to_bytes(mix(linen * (weave * shadow)[..., None], silk, inside))


def low_poly(layers: Layers, rng: Random) -> np.ndarray:
    """Flat triangular facets in clear colours."""
    image = harmonised(layers, "facet", rng, 0.6, 1.2, 1.35, 2)
    return to_bytes(marks.facets(layers, image, rng, int(rng.integers(330, 430))))


def neon(layers: Layers, rng: Random) -> np.ndarray:
    """Glowing tubes on a night wall."""
    night = colours("0a0c24 140a22 071820")[rng.integers(3)]
    return to_bytes(marks.neon_tubes(layers, layers.color, rng, night))


def style(
    identifier: str,
    name: str,
    phrase: str,
    painter: Callable[[Layers, Random], np.ndarray],
    held_out: bool = False,
) -> Style:
    """A style whose painter sees the scene under stage light."""
    return Style(
        identifier,
        name,
        phrase,
        held_out,
        lambda layers, rng: painter(replace(layers, color=stage_light(layers)), rng),
    )


STYLES: list[Style] = [
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

STYLE_BY_ID: dict[str, Style] = {style.id: style for style in STYLES}
