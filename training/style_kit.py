"""What the recipes in `styles.py` and its neighbours share: what a style is, palettes, grounds.

`paint(layers, rng)` returns uint8 [H, W, 3]; everything random comes from `rng`.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from canvas import Shape, colours, extent, grade, pull, stage_light, vary
from layers import Layers

Random = np.random.Generator


@dataclass(frozen=True)
class Style:
    """One style: how it is called in captions and how it is painted.

    held_out     the autoencoder and the U-Net never see it; its mark algorithm is no trained style's
    unknown      held out of CLIP's training too
    """

    id: str
    name: str
    phrase: str
    held_out: bool
    paint: Callable[[Layers, Random], np.ndarray]
    unknown: bool = False


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

def palette(family: str, rng: Random, amount: float = 3.5) -> np.ndarray:
    return vary(PALETTES[family][rng.integers(len(PALETTES[family]))], rng, amount)


def ground(family: str, rng: Random) -> tuple[np.ndarray, ...]:
    return GROUNDS[family][rng.integers(len(GROUNDS[family]))]


def sheet(colour: np.ndarray, shape: Shape) -> np.ndarray:
    return np.broadcast_to(np.asarray(colour, np.float32), (*extent(shape), 3)).copy()


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


def style(
    identifier: str,
    name: str,
    phrase: str,
    painter: Callable[[Layers, Random], np.ndarray],
    held_out: bool = False,
    unknown: bool = False,
) -> Style:
    """A style whose painter sees the scene under stage light."""
    return Style(
        identifier,
        name,
        phrase,
        held_out,
        lambda layers, rng: painter(replace(layers, color=stage_light(layers)), rng),
        unknown,
    )
