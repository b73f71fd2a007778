"""What a scene hands to a painter: the picture's plain colours and what is known about every pixel."""

from dataclasses import dataclass, field

import numpy as np


@dataclass
class Layers:
    """A scene drawn without any style, H x W pixels.

    color   float32 [H, W, 3], sRGB in 0..1: softly shaded and lit, no texture, no outline
    region  uint8   [H, W]: which part of the scene a pixel belongs to (edges between regions are outlines)
    depth   float32 [H, W]: 0 near .. 1 far
    focus   float32 [H, W]: 0..1, one on the subject, where a painter works finer
    flow    float32 [H, W]: radians, the direction in which a brush would follow the form (0 = horizontal)
    names   region id -> what it is: "sky", "water", "ground", "far", "subject", "detail", "light", "shadow"
    """

    color: np.ndarray
    region: np.ndarray
    depth: np.ndarray
    focus: np.ndarray
    flow: np.ndarray
    names: dict[int, str] = field(default_factory=dict)
