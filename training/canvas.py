"""What every painter needs: colour in Lab, palettes, noise, paper, edges and flow.

All images are float32 in 0..1.
"""

import math

import cv2
import numpy as np

from layers import Layers

cv2.setNumThreads(1)

Shape = int | tuple[int, ...]  # of an array; its height and width count, and a number stands for a square


def extent(shape: Shape) -> tuple[int, int]:
    """The height and the width of a shape."""
    return (shape, shape) if np.isscalar(shape) else tuple(shape[:2])


def as_dense(count: int, shape: Shape) -> int:
    """How many marks lie as densely on this shape as `count` on a square of its short side."""
    height, width = extent(shape)
    return round(count * max(height, width) / min(height, width))


def to_lab(rgb: np.ndarray) -> np.ndarray:
    """sRGB 0..1 to CIE Lab (L in 0..100); accepts [H, W, 3] or a list of colours [N, 3]."""
    image = np.ascontiguousarray(rgb, np.float32).reshape(rgb.shape[0], -1, 3)
    return cv2.cvtColor(image, cv2.COLOR_RGB2LAB).reshape(rgb.shape)


def to_rgb(lab: np.ndarray) -> np.ndarray:
    """The inverse of `to_lab`, clipped to what a screen shows."""
    image = np.ascontiguousarray(lab, np.float32).reshape(lab.shape[0], -1, 3)
    return np.clip(cv2.cvtColor(image, cv2.COLOR_LAB2RGB), 0, 1).reshape(lab.shape)


def to_bytes(rgb: np.ndarray) -> np.ndarray:
    return np.clip(rgb * 255 + 0.5, 0, 255).astype(np.uint8)


def colours(hexes: str) -> np.ndarray:
    """A palette written as "rrggbb rrggbb ..." to float32 [N, 3]."""
    return np.array([list(bytes.fromhex(h)) for h in hexes.split()], np.float32) / 255


def tone(rgb: np.ndarray) -> np.ndarray:
    """Perceived lightness 0..1, so that 0.5 looks half-way between black and white."""
    return rgb @ np.array([0.299, 0.587, 0.114], np.float32)


def smoothstep(low, high, x: np.ndarray) -> np.ndarray:
    t = np.clip((x - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def mix(a, b, weight) -> np.ndarray:
    """a where weight is 0, b where it is 1; a weight image [H, W] applies to all channels."""
    if np.ndim(weight) == 2:
        weight = weight[..., None]
    return a + (b - a) * weight


def vary(palette: np.ndarray, rng: np.random.Generator, amount: float = 4.0) -> np.ndarray:
    """The palette as another artist would mix it: a common shift and a small one per colour, in Lab."""
    lab = to_lab(palette)
    lab += rng.normal(0, amount * 0.6, 3) + rng.normal(0, amount, lab.shape)
    return to_rgb(lab)


def pull(rgb: np.ndarray, palette: np.ndarray, strength, softness: float = 11.0) -> np.ndarray:
    """Draw colours towards the nearest palette colours in Lab, lightness weighing less than hue.

    Weights fall off smoothly with distance, so gradients stay gradients; `strength` may be an image [H, W].
    """
    source, targets = to_lab(rgb).reshape(-1, 3), to_lab(palette)
    scale = np.array([0.55, 1, 1], np.float32) / np.float32(softness)
    a, b = source * scale, targets * scale
    closeness = b @ a.T - (b * b).sum(1, keepdims=True) / 2  # [colours, pixels]
    weight = np.exp(closeness - closeness.max(0))
    goal = (weight / weight.sum(0)).T @ targets
    strength = np.reshape(strength, (-1, 1)).astype(np.float32)
    return to_rgb((source + (goal - source) * strength).reshape(rgb.shape))


def grade(rgb: np.ndarray, contrast: float = 1.0, saturation: float = 1.0, lift: float = 0.0) -> np.ndarray:
    """Contrast about middle grey, saturation and lightness (lift, in L units), in Lab."""
    lab = to_lab(rgb)
    lab[..., 0] = (lab[..., 0] - 55) * contrast + 55 + lift
    lab[..., 1:] *= saturation
    return to_rgb(lab)


def stage_light(layers: Layers, middle: float = 56.0, gap: float = 17.0) -> np.ndarray:
    """The scene's colours, exposed and lit so that the subject stands out from what surrounds it.

    Lightness is moved half-way to `middle` on average; if the subject is less than `gap` L units from the
    ring around it, its lightness is pushed away from the ring's and the ring's away from it.
    """
    lab = to_lab(layers.color)
    light = lab[..., 0]
    light += np.clip(0.6 * (middle - light.mean()), -12, 20)
    inside = layers.focus > 0.5
    near = cv2.GaussianBlur(layers.focus, (0, 0), 14)
    ring = ~inside & (near > 0.12)
    if inside.any() and ring.any():
        difference = light[inside].mean() - light[ring].mean()
        push = np.copysign(max(gap - abs(difference), 0), difference)
        light += push * (0.6 * layers.focus - 0.4 * near * (1 - layers.focus))
        lab[..., 1:] *= 1 + 0.2 * layers.focus[..., None]
    return to_rgb(lab)


def noise(rng: np.random.Generator, shape: Shape, scale, octaves: int = 2) -> np.ndarray:
    """Value noise with zero mean and unit spread; `scale` is the grain in pixels, or (across, down)."""
    across, down = (scale, scale) if np.isscalar(scale) else scale
    height, width = extent(shape)
    total = np.zeros((height, width), np.float32)
    for octave in range(octaves):
        columns, rows = max(across / 2**octave, 1), max(down / 2**octave, 1)
        grid = rng.standard_normal((math.ceil(height / rows) + 2, math.ceil(width / columns) + 2), np.float32)
        size = (math.ceil(grid.shape[1] * columns), math.ceil(grid.shape[0] * rows))
        total += cv2.resize(grid, size, interpolation=cv2.INTER_CUBIC)[:height, :width] * 0.6**octave
    return (total - total.mean()) / (total.std() + 1e-6)


def pixel_grid(shape: Shape) -> tuple[np.ndarray, np.ndarray]:
    """x and y of every pixel, float32 [H, W]."""
    height, width = extent(shape)
    return np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))


def smear(texture: np.ndarray, angle: np.ndarray, length: float, taps: int = 9) -> np.ndarray:
    """Average a texture along each pixel's direction: line integral convolution, Cabral & Leedom 1993."""
    x, y = pixel_grid(texture.shape)
    dx, dy = np.cos(angle).astype(np.float32), np.sin(angle).astype(np.float32)
    total = np.zeros_like(texture)
    for t in np.linspace(-length / 2, length / 2, taps, dtype=np.float32):
        total += cv2.remap(texture, x + dx * t, y + dy * t, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    return total / (total.std() + 1e-6)


def displaced(
    image: np.ndarray, rng: np.random.Generator, amount: float, scale: float, nearest=False
) -> np.ndarray:
    """The image seen through wobbling glass: every pixel moved by smooth noise of about `amount` pixels."""
    x, y = pixel_grid(image.shape)
    x, y = x + amount * noise(rng, image.shape, scale), y + amount * noise(rng, image.shape, scale)
    how = cv2.INTER_NEAREST if nearest else cv2.INTER_LINEAR
    return cv2.remap(image, x, y, how, borderMode=cv2.BORDER_REPLICATE)


def borders(label: np.ndarray) -> np.ndarray:
    """True on both sides of every change of label."""
    edge = np.zeros(label.shape, bool)
    down, right = label[1:] != label[:-1], label[:, 1:] != label[:, :-1]
    edge[1:] |= down
    edge[:-1] |= down
    edge[:, 1:] |= right
    edge[:, :-1] |= right
    return edge


def edge_distance(label: np.ndarray) -> np.ndarray:
    """Pixels from the nearest change of label."""
    return cv2.distanceTransform((~borders(label)).astype(np.uint8), cv2.DIST_L2, 3)


def outline(label: np.ndarray, width, soften: float = 0.8) -> np.ndarray:
    """Coverage 0..1 of a line `width` pixels wide (a number or an image) on every change of label."""
    half = np.maximum(width, 0) / 2 - 0.5
    return 1 - smoothstep(
        half - soften + 0.3, half + soften + 0.3, cv2.GaussianBlur(edge_distance(label), (0, 0), 0.6)
    )


def mean_by_label(label: np.ndarray, rgb: np.ndarray) -> np.ndarray:
    """Every pixel gets the mean colour of its label: flat colour."""
    flat = label.ravel()
    count = np.maximum(np.bincount(flat), 1)
    means = np.stack([np.bincount(flat, rgb[..., c].ravel()) / count for c in range(3)], 1).astype(np.float32)
    return means[label]


def tone_bands(layers: Layers, bands: int, blur: int = 7) -> np.ndarray:
    """Label of every pixel by region and by one of `bands` steps of lightness: what a printer would cut."""
    light = cv2.medianBlur(to_bytes(tone(layers.color)), blur)
    return layers.region.astype(np.int32) * bands + (light.astype(np.int32) * bands >> 8)


def smooth_regions(region: np.ndarray, size: int = 5) -> np.ndarray:
    """Regions without slivers thinner than about half of `size` pixels."""
    return cv2.medianBlur(region, size)


def mask_of(layers: Layers, *names: str) -> np.ndarray:
    """Float mask of the regions with these names."""
    ids = [i for i, name in layers.names.items() if name in names]
    return np.isin(layers.region, ids).astype(np.float32)


def relief(height: np.ndarray, strength: float) -> np.ndarray:
    """Light falling from the top left on a height field: a factor around 1."""
    slope = cv2.Sobel(height, cv2.CV_32F, 1, 0, ksize=3) + cv2.Sobel(height, cv2.CV_32F, 0, 1, ksize=3)
    return np.clip(1 + strength * slope, 0.6, 1.4)[..., None]


def from_frame(shape: Shape) -> np.ndarray:
    """Pixels from the nearest side of the picture, float32 [H, W]."""
    height, width = extent(shape)
    x, y = pixel_grid(shape)
    return np.minimum(np.minimum(x, width - 1 - x), np.minimum(y, height - 1 - y))


def ragged_frame(rng: np.random.Generator, shape: Shape, margin: float, rough: float) -> np.ndarray:
    """1 inside, 0 on an uneven margin of bare paper."""
    inside = from_frame(shape)
    return smoothstep(margin - 1.5, margin + 1.5, inside + rough * noise(rng, shape, 24))
