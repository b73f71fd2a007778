"""Scenes for the training pictures: what is in a picture, how it is drawn plainly, what a caption says of it.

A `Scene` is a handful of words and a layout seed. `draw` turns it into `Layers` (plain colours, regions,
depth, focus, flow) which `styles.py` then paints; `caption` describes it in words.

Two coordinate systems are used. The background is drawn in picture units: (0, 0) top left, (1, 1) bottom
right. A subject is drawn in its own units: x to the right of its centre line, y upwards from its foot, about
1 tall. A wide or tall picture stretches the land, but no thing: sizes of things are shares of the short side.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

try:
    from .layers import Layers
except ImportError:  # run as a script or with this folder on the path
    from layers import Layers

cv2.setNumThreads(1)

Color = tuple[float, float, float]
Points = list[tuple[float, float]]

COLORS: dict[str, Color] = {
    "red": (0.84, 0.14, 0.14), "orange": (0.96, 0.51, 0.10), "yellow": (0.98, 0.81, 0.16),
    "green": (0.16, 0.58, 0.27), "blue": (0.13, 0.38, 0.82), "purple": (0.50, 0.22, 0.66),
    "pink": (0.96, 0.50, 0.66), "white": (0.96, 0.95, 0.91), "black": (0.14, 0.14, 0.18),
    "brown": (0.50, 0.30, 0.17),
}
WHITE, INK, CREAM = (0.98, 0.98, 1.0), (0.13, 0.12, 0.17), (0.97, 0.91, 0.76)
SLATE, TERRACOTTA, WOOD, LEAF = (0.31, 0.35, 0.47), (0.70, 0.34, 0.24), (0.45, 0.29, 0.19), (0.26, 0.55, 0.24)
STONE, STEEL, LAMP, GOLD = (0.66, 0.63, 0.60), (0.72, 0.76, 0.82), (1.0, 0.84, 0.38), (0.95, 0.70, 0.20)
GLASS = (0.42, 0.58, 0.72)

# Form shading (toward the light, downwards, from the middle outwards): see Canvas.shading.
FLAT, FACE, ROUND, TUBE = (0.0, 0.0, 0.0), (0.07, -0.05, 0.0), (0.17, -0.15, 0.13), (0.24, -0.02, 0.07)
VERTICAL = np.pi / 2


def mix(a: Color, b: Color, t: float) -> Color:
    """The colour a share t of the way from a to b."""
    return (a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t)


def dim(a: Color, k: float) -> Color:
    """The colour a, k times as bright, its shadows leaning to blue."""
    cool = 1 + 0.12 * max(0.0, 1 - k)
    return (min(a[0] * k, 1.0), min(a[1] * k, 1.0), min(a[2] * k * cool, 1.0))


def smooth(points: Points, steps: int = 8) -> np.ndarray:
    """A closed Catmull-Rom curve through the points."""
    p = np.asarray(points, np.float32)
    t = np.arange(steps, dtype=np.float32)[:, None, None] / steps
    before, after, beyond = np.roll(p, 1, 0), np.roll(p, -1, 0), np.roll(p, -2, 0)
    curve = p + 0.5 * t * (after - before + t * (2 * before - 5 * p + 4 * after - beyond
                                                 + t * (3 * (p - after) + beyond - before)))
    return curve.transpose(1, 0, 2).reshape(-1, 2)


def bend(points: Points, steps: int = 8) -> np.ndarray:
    """An open Catmull-Rom curve through the points."""
    p = np.asarray(points, np.float32)
    closed = smooth(np.concatenate([p, p[-1:] * 2 - p[-2:-1], p[:1] * 2 - p[1:2]]), steps)
    return closed[:(len(p) - 1) * steps + 1]


# ---------------------------------------------------------------------------------------------------- canvas

class Canvas:
    """Flat colours at twice the size, a region id per pixel, and a table that says what each region is."""

    def __init__(self, shape: tuple[int, int]):
        self.height, self.width = shape
        self.short = min(shape)
        self.unit = (self.short / self.width, self.short / self.height)  # the short side in picture units
        self.color = np.zeros((2 * self.height, 2 * self.width, 3), np.uint8)
        self.region = np.zeros(shape, np.uint8)
        self.names = {0: "sky"}
        self.table = [(1.0, 0.0, 0.0, 0.5, 0.5, 0.5, 0.5, 0.0, 0.0, 0.0)]

    def level(self, y: float) -> float:
        """A height in a square picture as a height in this one: no farther from the middle in a tall one."""
        return 0.5 + (y - 0.5) * self.unit[1]

    def abreast(self, count: int) -> int:
        """How many things stand side by side, where `count` do in a square picture."""
        return round(count / self.unit[0])

    def scattered(self, count: int) -> int:
        """How many things are strewn over the picture, where `count` are over a square one."""
        return round(count / (self.unit[0] * self.unit[1]))

    def fill(self, points: np.ndarray, color: Color, name: str, depth: float,
             shade: tuple[float, float, float] = FLAT, flow: float | None = None, join: bool = False) -> None:
        """Fill a polygon, in picture units, as a new region, or as more of the last one (join)."""
        if not join and len(self.table) < 255:
            self.describe(points, name, depth, shade, flow)
        size, rgb = np.float32((self.width, self.height)) * 16, [min(max(int(c * 255 + 0.5), 0), 255) for c in color]
        cv2.fillPoly(self.color, [np.rint(points * (2 * size) - 8).astype(np.int32)], rgb, cv2.LINE_8, 4)
        fixed = np.rint(points * size - 8).astype(np.int32)
        cv2.fillPoly(self.region, [fixed], len(self.table) - 1, cv2.LINE_8, 4)

    def describe(self, points: np.ndarray, name: str, depth: float, shade: tuple, flow: float | None) -> None:
        """Add a row to the region table; without a flow, round things get circles, others their long side."""
        low, high = points.min(0), points.max(0)
        (cx, cy), (rx, ry) = (low + high) / 2, np.maximum((high - low) / 2, 1e-3)
        turn = 1.0 if flow is None and shade is ROUND else 0.0
        upright = ry / self.unit[1] > rx / self.unit[0]
        angle = flow if flow is not None else (VERTICAL if upright and not turn else 0.0)
        self.names[len(self.table)] = name
        self.table.append((depth, angle, turn, cx, cy, rx, ry, *shade))

    def layers(self, light: float, rng: np.random.Generator) -> Layers:
        """Average the colours down, shade each region's form and spread the table over the pixels."""
        size, table = (self.width, self.height), np.asarray(self.table, np.float32)
        depth, angle, turn, cx, cy, rx, ry, toward, down, outward = (np.take(c, self.region) for c in table.T)
        x, y = ((np.arange(n, dtype=np.float32) + 0.5) / n for n in size)
        u, v = (x[None, :] - cx) / rx, (y[:, None] - cy) / ry
        shade = 1 + toward * light * u + down * v - outward * (u * u + v * v)
        color = cv2.resize(self.color, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
        color = cv2.multiply(color, cv2.merge([shade.astype(np.float32)] * 3))
        color[..., 2] += 0.10 * np.maximum(1 - shade, 0)
        around = cv2.phase(v * ry / self.unit[1], -u * rx / self.unit[0])
        noise = cv2.resize(rng.normal(0, 0.13, (9, 9)).astype(np.float32), size)
        flow = np.where(turn > 0, around, angle) + noise
        near = np.isin(self.region, [i for i, n in self.names.items() if n == "subject"])
        focus = np.maximum(near, cv2.blur(near.astype(np.float32), (self.short // 12, self.short // 12)))
        focus = cv2.GaussianBlur(focus.astype(np.float32), (0, 0), self.short / 90)
        return Layers(color, self.region, depth, focus, flow.astype(np.float32), self.names)


@dataclass
class Pen:
    """Draws on a canvas in units of its own, in the colours of the hour."""

    canvas: Canvas
    mood: "Mood"
    x: float = 0.0
    y: float = 0.0
    scale: tuple[float, float] = (1.0, 1.0)
    name: str = "subject"
    depth: float = 0.0
    haze: float = 0.0
    unit: tuple[float, float] = (1.0, 1.0)  # how long a length is, across and down, where units are stretched

    def tone(self, color: Color) -> Color:
        """The colour as the hour's light and the air in between show it."""
        lit = tuple(c * a for c, a in zip(color, self.mood.ambient))
        return mix(lit, self.mood.haze, self.haze)

    def poly(self, points, color: Color, shade=FACE, name="", flow=None, join=False, glow=False) -> None:
        """A filled polygon."""
        placed = np.asarray(points, np.float32) * np.float32(self.scale) + np.float32((self.x, self.y))
        name = name if name and self.name == "subject" else self.name
        self.canvas.fill(placed, color if glow else self.tone(color), name, self.depth, shade, flow, join)

    def rect(self, x0, y0, x1, y1, color: Color, **how) -> None:
        """A filled rectangle."""
        self.poly([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], color, **how)

    def blob(self, points: Points, color: Color, **how) -> None:
        """A smooth closed shape through the points."""
        self.poly(smooth(points), color, **{"shade": ROUND, **how})

    def around(self, x, y, points: Points) -> Points:
        """Points about (x, y), in lengths that are the same across and down."""
        return [(x + dx * self.unit[0], y + dy * self.unit[1]) for dx, dy in points]

    def oval(self, x, y, rx, ry, color: Color, turn: float = 0.0, **how) -> None:
        """A filled ellipse, turned by an angle."""
        a = np.linspace(0, 2 * np.pi, 28, endpoint=False)
        c, s = np.cos(turn), np.sin(turn)
        ex, ey = rx * np.cos(a), ry * np.sin(a)
        wide, high = self.unit
        self.poly(np.stack([x + wide * (ex * c - ey * s), y + high * (ex * s + ey * c)], 1), color,
                  **{"shade": ROUND, **how})

    def stroke(self, points: Points, start: float, end: float, color: Color, **how) -> None:
        """A curved band whose width goes from start to end."""
        line = bend(points)
        along = np.gradient(line, axis=0) / np.float32(self.unit)
        side = np.stack([-along[:, 1], along[:, 0]], 1) / np.maximum(np.hypot(*along.T), 1e-6)[:, None]
        half = np.linspace(start, end, len(line))[:, None] / 2 * self.unit
        self.poly(np.concatenate([line + side * half, (line - side * half)[::-1]]), color, **how)

    def dot(self, x, y, r, color: Color, **how) -> None:
        """A small round detail."""
        self.oval(x, y, r, r, color, **{"shade": FLAT, "name": "detail", **how})

    def window(self, x, y, w, h, arch: bool = False) -> None:
        """A pane in a pale frame, lit when it is dark; (x, y) is the middle of its foot."""
        lit, pad = self.mood.dark, 0.18 * w
        glass = LAMP if lit else GLASS
        for grow, color, name in ((pad, CREAM, "detail"), (0.0, glass, "light" if lit else "detail")):
            half, top = w / 2 + grow, y + h + grow
            outline = [(x - half, y - grow), (x + half, y - grow), (x + half, top), (x - half, top)]
            if arch:
                turns = np.linspace(0, np.pi, 9)
                outline[2:] = [(x + half * np.cos(a), y + h - w / 2 + half * np.sin(a)) for a in turns]
            self.poly(outline, color, shade=FLAT, name=name, glow=lit and grow == 0 and self.haze < 0.4)

    def door(self, x, w, h, color: Color = WOOD) -> None:
        """A round-topped door standing on the ground."""
        top = [(x + w / 2 * np.cos(a), h - w / 2 + w / 2 * np.sin(a)) for a in np.linspace(0, np.pi, 9)]
        self.poly([(x - w / 2, 0), (x + w / 2, 0), *top], color, name="detail")

    def roof(self, points, color: Color, **how) -> None:
        """A roof, white where it has snowed."""
        self.poly(points, mix(color, WHITE, 0.8) if self.mood.snow else color, **how)


def trim(c: Color) -> Color:
    """A quiet roof or hull colour beside c: slate for warm colours, terracotta for cool and neutral ones."""
    return SLATE if c[0] > 1.25 * c[2] else TERRACOTTA


# -------------------------------------------------------------------------------------------------- subjects

def house(p: Pen, c: Color) -> None:
    """A cottage with a lit front, a shaded side and a chimney."""
    roof = trim(c)
    p.rect(0.24, 0.72, 0.35, 1.0, TERRACOTTA if roof is SLATE else STONE)
    p.rect(-0.52, 0.0, 0.12, 0.52, dim(c, 1.02))
    p.poly([(0.12, 0), (0.56, 0), (0.56, 0.52), (0.34, 0.86), (0.12, 0.52)], dim(c, 0.76))
    p.roof([(-0.60, 0.49), (-0.36, 0.90), (0.36, 0.90), (0.12, 0.49)], roof, flow=VERTICAL)
    p.roof([(0.36, 0.90), (0.30, 0.90), (0.56, 0.47), (0.62, 0.50)], dim(roof, 0.7))
    p.door(-0.20, 0.15, 0.32)
    p.window(-0.40, 0.19, 0.13, 0.15)
    p.window(0.01, 0.19, 0.13, 0.15)
    p.window(0.34, 0.24, 0.14, 0.18)


def lighthouse(p: Pen, c: Color) -> None:
    """A tapering striped tower with a lamp room."""
    def band(y0, y1, color):
        w0, w1 = 0.21 - 0.10 * y0 / 0.74, 0.21 - 0.10 * y1 / 0.74
        p.poly([(-w0, y0), (w0, y0), (w1, y1), (-w1, y1)], color, shade=TUBE)
    other = CREAM if c != COLORS["white"] else COLORS["red"]
    p.blob([(-0.34, 0.0), (-0.22, 0.08), (0, 0.10), (0.24, 0.07), (0.36, 0.0), (0, -0.05)], STONE)
    for i, y in enumerate(np.linspace(0.04, 0.74, 6)[:-1]):
        band(y, y + 0.14, c if i % 2 == 0 else other)
    p.rect(-0.16, 0.73, 0.16, 0.77, SLATE)
    p.rect(-0.09, 0.77, 0.09, 0.89, LAMP, name="light", glow=True, shade=FLAT)
    p.roof([(-0.13, 0.88), (0.13, 0.88), (0.05, 0.96), (0, 1.02), (-0.05, 0.96)], c)
    p.door(0, 0.11, 0.17)
    p.window(0, 0.36, 0.06, 0.10, arch=True)


def battlement(p: Pen, x0, x1, y0, y1, c: Color, teeth: int, **how) -> None:
    """A wall whose top is notched."""
    xs, h = np.linspace(x0, x1, 2 * teeth), 0.06
    top = [(x, y1 + (h if (i // 2) % 2 == 0 else 0)) for i, x in enumerate(np.repeat(xs[::-1], 2)[1:-1])]
    p.poly([(x0, y0), (x1, y0), (x1, y1 + h), *top[1:-1], (x0, y1 + h)], c, **how)


def turret(p: Pen, x, w, h, c: Color, roof: Color) -> None:
    """A round tower under a cone."""
    p.rect(x - w, 0, x + w, h, c, shade=TUBE)
    p.roof([(x - w * 1.35, h - 0.01), (x + w * 1.35, h - 0.01), (x, h + 2.9 * w)], roof, shade=TUBE,
           flow=VERTICAL)
    p.window(x, h - 0.17, w * 0.55, 0.10, arch=True)


def castle(p: Pen, c: Color) -> None:
    """A keep between two turrets, with a gate and a banner."""
    roof = trim(c)
    p.stroke([(0, 0.74), (0, 1.0)], 0.02, 0.015, WOOD, name="detail")
    p.poly([(0, 1.0), (0.17, 0.95), (0, 0.89)], GOLD, name="detail")
    battlement(p, -0.24, 0.24, 0, 0.70, dim(c, 0.84), 4)
    battlement(p, -0.40, 0.40, 0, 0.40, c, 6)
    turret(p, -0.44, 0.13, 0.54, dim(c, 1.04), roof)
    turret(p, 0.44, 0.13, 0.54, dim(c, 0.88), roof)
    p.door(0, 0.24, 0.28)
    p.window(-0.1, 0.52, 0.07, 0.12, arch=True)
    p.window(0.1, 0.52, 0.07, 0.12, arch=True)


def tower(p: Pen, c: Color) -> None:
    """A tall square tower, two faces, pyramid roof."""
    roof = trim(c)
    p.rect(-0.19, 0, 0.06, 0.70, c)
    p.poly([(0.06, 0), (0.22, 0), (0.22, 0.70), (0.06, 0.70)], dim(c, 0.72))
    p.rect(-0.23, 0.66, 0.26, 0.72, CREAM, name="detail")
    p.roof([(-0.25, 0.72), (0.06, 0.72), (0.0, 1.02)], roof, flow=VERTICAL)
    p.roof([(0.06, 0.72), (0.28, 0.72), (0.0, 1.02)], dim(roof, 0.72), flow=VERTICAL)
    p.door(-0.065, 0.12, 0.18)
    for y in (0.28, 0.48):
        p.window(-0.065, y, 0.09, 0.12, arch=True)
        p.window(0.14, y, 0.06, 0.12, arch=True)


def windmill(p: Pen, c: Color) -> None:
    """A tapering mill with four lattice sails."""
    p.poly([(-0.23, 0), (0.23, 0), (0.14, 0.62), (-0.14, 0.62)], c, shade=TUBE, flow=VERTICAL)
    p.roof(smooth([(-0.17, 0.61), (0.17, 0.61), (0.12, 0.72), (0, 0.78), (-0.12, 0.72)]), trim(c),
           shade=ROUND)
    p.door(0, 0.13, 0.2)
    p.window(0, 0.34, 0.09, 0.10)
    for k in range(4):
        a = 0.42 + k * np.pi / 2
        along, across = np.array([np.cos(a), np.sin(a)]), np.array([-np.sin(a), np.cos(a)])
        hub = np.array([0.0, 0.63])
        at = lambda r, s: hub + along * r + across * s
        p.poly([at(0.09, 0), at(0.46, 0), at(0.46, 0.13), at(0.09, 0.10)], CREAM, name="detail", flow=-a)
        p.poly([at(0, -0.016), at(0.48, -0.012), at(0.48, 0.012), at(0, 0.016)], WOOD, name="detail", flow=-a)
    p.dot(0, 0.63, 0.045, WOOD)


def church(p: Pen, c: Color) -> None:
    """A nave with a steeple and arched windows."""
    roof = trim(c)
    p.rect(-0.10, 0, 0.52, 0.36, dim(c, 0.84))
    p.roof([(-0.12, 0.34), (0.56, 0.34), (0.46, 0.58), (-0.12, 0.58)], roof, flow=VERTICAL)
    p.rect(-0.36, 0, -0.06, 0.60, c)
    p.roof([(-0.40, 0.59), (-0.02, 0.59), (-0.21, 0.95)], dim(roof, 0.9), flow=VERTICAL)
    p.rect(-0.222, 0.93, -0.198, 1.06, GOLD, name="detail")
    p.rect(-0.255, 0.99, -0.165, 1.015, GOLD, name="detail", join=True)
    p.door(-0.21, 0.14, 0.24)
    p.window(-0.21, 0.37, 0.10, 0.15, arch=True)
    for x in (0.09, 0.26, 0.43):
        p.window(x, 0.11, 0.08, 0.16, arch=True)


def barn(p: Pen, c: Color) -> None:
    """A gambrel barn with crossed doors."""
    front = [(-0.5, 0), (0.16, 0), (0.16, 0.46), (0.05, 0.70), (-0.17, 0.84), (-0.39, 0.70), (-0.5, 0.46)]
    pale = CREAM if c != COLORS["white"] else TERRACOTTA
    p.poly([(0.16, 0), (0.62, 0), (0.62, 0.46), (0.16, 0.46)], dim(c, 0.7))
    p.roof([(0.16, 0.46), (0.66, 0.46), (0.56, 0.70), (0.36, 0.84), (-0.17, 0.84), (0.05, 0.70)], SLATE)
    p.poly(front, c, flow=VERTICAL)
    p.stroke([(-0.54, 0.44), (-0.39, 0.71)], 0.05, 0.05, pale, name="detail")
    p.stroke([(-0.40, 0.70), (-0.17, 0.85), (0.06, 0.70)], 0.05, 0.05, pale, name="detail", join=True)
    p.stroke([(0.05, 0.71), (0.20, 0.44)], 0.05, 0.05, pale, name="detail", join=True)
    p.rect(-0.33, 0, -0.01, 0.36, pale, name="detail")
    p.rect(-0.30, 0.03, -0.185, 0.33, dim(c, 0.8), name="detail")
    p.rect(-0.155, 0.03, -0.04, 0.33, dim(c, 0.8), name="detail")
    p.window(-0.17, 0.52, 0.14, 0.12)


def bridge(p: Pen, c: Color) -> None:
    """A humped bridge of three arches, standing in water."""
    xs = np.linspace(-1.1, 1.1, 25)
    deck = lambda x: 0.62 - 0.22 * x * x
    outline = [(x, deck(x)) for x in xs]
    for middle, half, rise in ((0.74, 0.20, 0.26), (0, 0.36, 0.42), (-0.74, 0.20, 0.26)):
        outline += [(middle + half * np.cos(a), rise * np.sin(a)) for a in np.linspace(0, np.pi, 13)]
    foot = [(1.1, -0.02), *outline[25:], (-1.1, -0.02)]
    p.poly(outline[:25] + foot, c, flow=0.0)
    p.poly([(x, deck(x) + 0.10) for x in xs] + [(x, deck(x) - 0.03) for x in xs[::-1]], dim(c, 0.72),
           flow=0.0)
    p.poly([(x, deck(x) + 0.12) for x in xs] + [(x, deck(x) + 0.07) for x in xs[::-1]], mix(c, CREAM, 0.5),
           name="detail", flow=0.0)
    for x in (-0.45, 0.45):
        p.stroke([(x, deck(x) + 0.10), (x, deck(x) + 0.33)], 0.03, 0.02, INK, name="detail")
        p.dot(x, deck(x) + 0.36, 0.05, LAMP, name="light", glow=p.mood.dark)


def boat(p: Pen, c: Color) -> None:
    """A sailing boat with a jib and a coloured mainsail."""
    hull = WOOD if c != COLORS["brown"] else CREAM
    p.stroke([(0.02, 0.15), (0.02, 1.02)], 0.03, 0.02, WOOD, name="detail")
    p.poly(bend([(-0.02, 0.98), (-0.14, 0.66), (-0.48, 0.25)]).tolist() + [(-0.02, 0.25)], c, flow=VERTICAL)
    p.poly(bend([(0.06, 0.92), (0.18, 0.60), (0.46, 0.25)]).tolist() + [(0.06, 0.25)], mix(c, WHITE, 0.55),
           flow=VERTICAL)
    p.poly([(-0.56, 0.20), (0.60, 0.22), (0.44, 0.0), (0.36, -0.03), (-0.36, -0.03), (-0.46, 0.02)], hull,
           flow=0.0)
    p.poly([(-0.57, 0.22), (0.61, 0.24), (0.57, 0.16), (-0.54, 0.15)], CREAM if hull is WOOD else WOOD,
           name="detail")
    p.poly([(0.02, 1.02), (0.16, 0.985), (0.02, 0.95)], COLORS["red"], name="detail")


def ship(p: Pen, c: Color) -> None:
    """A steamship: long hull, white decks, two funnels."""
    p.rect(-0.26, 0.48, -0.10, 0.86, c, shade=TUBE)
    p.rect(0.08, 0.48, 0.24, 0.86, c, shade=TUBE)
    for x in (-0.26, 0.08):
        p.rect(x, 0.78, x + 0.16, 0.87, INK, name="detail")
    p.rect(-0.44, 0.40, 0.42, 0.54, CREAM)
    p.rect(-0.58, 0.27, 0.56, 0.42, WHITE)
    p.poly([(-0.84, 0.30), (0.92, 0.36), (0.72, 0.0), (0.68, -0.03), (-0.70, -0.03), (-0.78, 0.08)], c,
           flow=0.0)
    p.poly([(-0.85, 0.32), (0.93, 0.38), (0.90, 0.31), (-0.83, 0.26)], CREAM, name="detail", flow=0.0)
    for x in np.linspace(-0.5, 0.5, 5):
        p.dot(x, 0.14, 0.045, LAMP if p.mood.dark else INK, name="light" if p.mood.dark else "detail",
              glow=p.mood.dark)


def tree(p: Pen, c: Color) -> None:
    """A broad round tree of a few leafy masses."""
    p.poly([(-0.10, 0), (0.10, 0), (0.05, 0.2), (0.06, 0.5), (-0.06, 0.5), (-0.05, 0.2)], WOOD, shade=TUBE)
    for x, y, r, k in ((-0.26, 0.50, 0.21, 0.80), (0.27, 0.49, 0.21, 0.72), (0.0, 0.52, 0.24, 0.86),
                       (-0.17, 0.70, 0.22, 1.0), (0.18, 0.69, 0.22, 0.90), (0.0, 0.81, 0.20, 1.08)):
        crown = mix(dim(c, k), WHITE, 0.55) if p.mood.snow and y > 0.6 else dim(c, k)
        p.oval(x, y, r * 1.08, r * 0.95, crown)


def palm_tree(p: Pen, c: Color) -> None:
    """A leaning palm with arching fronds."""
    top = (0.10, 0.74)
    p.stroke([(-0.12, 0), (-0.05, 0.3), (0.04, 0.55), top], 0.11, 0.06, WOOD, shade=TUBE, flow=VERTICAL)
    for a, k in ((2.6, 0.75), (0.5, 0.7), (3.45, 0.9), (-0.25, 0.85), (2.05, 1.0), (1.1, 1.0), (3.0, 1.1),
                 (0.1, 1.1)):
        reach, droop = 0.46, 0.16 + 0.13 * abs(np.cos(a))
        dx, dy = reach * np.cos(a), reach * 0.55 * np.sin(a)
        mid, tip = (top[0] + dx * 0.55, top[1] + dy + 0.10), (top[0] + dx, top[1] + dy + 0.05 - droop)
        upper = bend([top, (mid[0], mid[1] + 0.08), tip])
        lower = bend([top, (mid[0] * 0.97, mid[1] - 0.07), tip])
        p.poly(np.concatenate([upper, lower[::-1]]), dim(c, k), flow=-float(np.arctan2(tip[1] - top[1], dx)))
    for x in (0.06, 0.14):
        p.dot(x, 0.71, 0.04, WOOD)


def pine_tree(p: Pen, c: Color) -> None:
    """A fir of four overlapping skirts."""
    p.rect(-0.05, 0, 0.05, 0.2, WOOD, shade=TUBE)
    for i, (y, w, top) in enumerate(((0.12, 0.36, 0.48), (0.32, 0.30, 0.66), (0.52, 0.23, 0.84),
                                     (0.70, 0.16, 1.02))):
        skirt = [(-w, y), (-w * 0.4, y + 0.04), (0, y - 0.02), (w * 0.4, y + 0.04), (w, y),
                 (w * 0.3, y + 0.17), (0, top),
                 (-w * 0.3, y + 0.17)]
        p.roof(skirt, dim(c, 0.76 + 0.1 * i), shade=TUBE, flow=VERTICAL)


def cactus(p: Pen, c: Color) -> None:
    """A saguaro with two raised arms and a flower."""
    arms = ([(0.05, 0.36), (0.27, 0.38), (0.32, 0.50), (0.32, 0.72)],
            [(-0.05, 0.26), (-0.26, 0.28), (-0.31, 0.40), (-0.31, 0.58)])
    for line in arms:
        p.stroke(line, 0.15, 0.14, dim(c, 0.86), shade=TUBE, flow=VERTICAL)
        p.dot(line[-1][0], line[-1][1], 0.07, dim(c, 0.86), join=True, name="subject")
    p.poly([(-0.13, 0), (0.13, 0), (0.14, 0.86), (-0.14, 0.86)], c, shade=TUBE, flow=VERTICAL)
    p.dot(0, 0.86, 0.14, c, join=True, name="subject")
    for x in (-0.06, 0.05):
        p.stroke([(x, 0.04), (x * 1.1, 0.5), (x, 0.92)], 0.018, 0.014, dim(c, 0.7), name="detail")
    for x in (-0.05, 0.05, 0.0):
        p.dot(x, 1.0 + (0.03 if x == 0 else 0), 0.045, COLORS["pink"] if c != COLORS["pink"] else GOLD)


def peak(p: Pen, outline: Points, ridge: Points, c: Color) -> None:
    """A mountain body with a shaded face to the right of its ridge line."""
    p.poly(outline, dim(c, 1.05), flow=0.9)
    top = max(range(len(outline)), key=lambda i: outline[i][1])
    p.poly(ridge + outline[top:][::-1], dim(c, 0.72), flow=-0.9)


def mountain(p: Pen, c: Color) -> None:
    """A great peak with a snow cap and a lower shoulder."""
    p.poly([(0.25, 0), (0.72, 0.52), (0.82, 0.46), (1.25, 0)], dim(mix(c, STEEL, 0.25), 0.85), flow=0.8)
    peak(p, [(-1.05, 0), (-0.62, 0.46), (-0.50, 0.50), (0.0, 1.0), (0.42, 0.52), (0.52, 0.46), (0.95, 0)],
         [(0.25, 0), (0.12, 0.35), (0.17, 0.55), (0.03, 0.78)], c)
    p.poly([(0, 1.0), (-0.26, 0.74), (-0.17, 0.76), (-0.10, 0.67), (-0.02, 0.75), (0.05, 0.70)], WHITE,
           name="detail", flow=0.9)
    p.poly([(0, 1.0), (0.05, 0.70), (0.12, 0.77), (0.24, 0.725)], dim(WHITE, 0.78), name="detail", flow=-0.9)


def volcano(p: Pen, c: Color) -> None:
    """A truncated cone with a glowing crater, lava and smoke."""
    hot = (1.0, 0.45, 0.10)
    for x, y, r in ((0.16, 1.14, 0.16), (-0.02, 1.06, 0.15), (0.04, 0.94, 0.12)):
        p.oval(x, y, r * 1.2, r, (0.62, 0.58, 0.62), name="detail")
    p.poly(bend([(-1.0, 0), (-0.5, 0.30), (-0.20, 0.80)]).tolist() + [(0.20, 0.80)] + bend([(0.20, 0.80),
            (0.5, 0.30), (1.0, 0)]).tolist(), c, flow=0.9)
    p.poly([(0.06, 0.80), (0.20, 0.80), *bend([(0.20, 0.80), (0.5, 0.30), (1.0,
            0)]).tolist(), (0.25, 0), (0.14, 0.4)], dim(c, 0.68), flow=-0.9)
    p.oval(0, 0.80, 0.20, 0.055, hot, name="light", glow=True)
    p.stroke([(-0.03, 0.79), (-0.09, 0.58), (-0.02, 0.42), (-0.10, 0.16)], 0.12, 0.07, hot, name="light",
             glow=True, flow=VERTICAL)
    p.stroke([(0.09, 0.79), (0.13, 0.62), (0.23, 0.46)], 0.08, 0.03, hot, name="light", glow=True,
             flow=VERTICAL)


def petals(p: Pen, x, y, r, count: int, c: Color, long: float = 0.55) -> None:
    """A ring of petals about a point."""
    for k in range(count):
        a = 2 * np.pi * k / count + 0.3
        shade = dim(c, 0.88 + 0.16 * (k % 2))
        p.oval(x + 0.62 * r * np.cos(a), y + 0.62 * r * np.sin(a), r * long * 0.8, r * long * 0.52, shade,
               turn=a, flow=-a)


def flower(p: Pen, c: Color) -> None:
    """A large daisy-like bloom on a leafy stem."""
    p.stroke([(0.0, 0), (0.03, 0.3), (0, 0.62)], 0.05, 0.04, LEAF, flow=VERTICAL)
    p.blob([(0.02, 0.16), (0.16, 0.32), (0.34, 0.36), (0.24, 0.20)], LEAF, flow=-0.6)
    p.blob([(0.01, 0.10), (-0.14, 0.26), (-0.32, 0.28), (-0.22, 0.13)], dim(LEAF, 0.8), flow=0.6)
    petals(p, 0, 0.69, 0.36, 8, c)
    p.dot(0, 0.69, 0.12, GOLD if c != COLORS["yellow"] else WOOD, shade=ROUND)


def mushroom(p: Pen, c: Color) -> None:
    """A spotted toadstool."""
    p.blob([(-0.15, 0), (0.15, 0), (0.12, 0.3), (0.11, 0.52), (-0.11, 0.52), (-0.12, 0.3)], CREAM, shade=TUBE)
    p.oval(0, 0.50, 0.40, 0.07, dim(CREAM, 0.78), name="detail")
    p.blob([(-0.50, 0.50), (-0.46, 0.68), (-0.26, 0.90), (0, 0.98), (0.26, 0.90), (0.46, 0.68), (0.50, 0.50),
            (0.25, 0.47), (-0.25, 0.47)], c)
    spot = WHITE if c != COLORS["white"] else TERRACOTTA
    for x, y, r in ((-0.30, 0.62, 0.065), (-0.12, 0.82, 0.06), (0.02, 0.60, 0.085), (0.20, 0.78, 0.065),
                    (0.34, 0.60, 0.055)):
        p.oval(x, y, r, r * 0.85, spot, name="detail")


def vase(p: Pen, c: Color) -> None:
    """A glazed vase with three blooms."""
    bloom = COLORS["pink"] if c not in (COLORS["pink"], COLORS["red"]) else CREAM
    for x, y in ((-0.26, 0.80), (0.27, 0.78), (0.0, 0.90)):
        p.stroke([(0, 0.5), (x * 0.6, 0.66), (x, y)], 0.03, 0.025, LEAF)
        p.oval(x * 0.8, y - 0.16, 0.10, 0.045, LEAF, turn=1.2 if x < 0 else 0.8)
        petals(p, x, y, 0.15, 6, bloom)
        p.dot(x, y, 0.05, GOLD)
    half = [(0.15, 0), (0.26, 0.14), (0.27, 0.28), (0.16, 0.44), (0.10, 0.52), (0.15, 0.58)]
    p.blob(half + [(-x, y) for x, y in half[::-1]], c)
    p.stroke([(-0.25, 0.24), (0, 0.20), (0.25, 0.24)], 0.07, 0.07, mix(c, WHITE, 0.6), name="detail",
             flow=0.0)


def leaf_and_stem(p: Pen, y) -> None:
    """What a fruit hangs by."""
    p.stroke([(0, y - 0.06), (0.02, y + 0.05), (0.08, y + 0.13)], 0.045, 0.035, WOOD, name="detail")
    p.blob([(0.05, y + 0.05), (0.16, y + 0.15), (0.32, y + 0.13), (0.20, y + 0.03)], LEAF, name="detail",
           flow=-0.3)


def apple(p: Pen, c: Color) -> None:
    """A round apple with a dimple, a stem and a highlight."""
    half = [(0.10, 0.0), (0.33, 0.08), (0.45, 0.36), (0.42, 0.66), (0.22, 0.80)]
    p.blob([(0, 0.03), *half, (0, 0.73), *[(-x, y) for x, y in half[::-1]]], c)
    leaf_and_stem(p, 0.78)
    p.oval(-0.22, 0.60, 0.06, 0.11, mix(c, WHITE, 0.65), turn=-0.5, name="detail")


def pear(p: Pen, c: Color) -> None:
    """A pear."""
    half = [(0.12, 0.0), (0.34, 0.12), (0.34, 0.36), (0.20, 0.56), (0.14, 0.76)]
    p.blob([(0, 0.02), *half, (0, 0.84), *[(-x, y) for x, y in half[::-1]]], c)
    leaf_and_stem(p, 0.84)
    p.oval(-0.17, 0.32, 0.05, 0.11, mix(c, WHITE, 0.6), turn=-0.2, name="detail")


def pumpkin(p: Pen, c: Color) -> None:
    """A ribbed pumpkin."""
    for x, k in ((-0.36, 0.82), (0.36, 0.74), (-0.20, 0.95), (0.20, 0.88), (0, 1.04)):
        p.oval(x, 0.38, 0.22, 0.38 - abs(x) * 0.14, dim(c, k), flow=VERTICAL)
    p.stroke([(0, 0.70), (0.02, 0.84), (0.12, 0.94)], 0.10, 0.07, LEAF, name="detail")
    p.blob([(0.05, 0.76), (0.22, 0.86), (0.36, 0.76), (0.22, 0.70)], dim(LEAF, 0.9), name="detail")


def teapot(p: Pen, c: Color) -> None:
    """A round teapot with a lid, a spout and a handle."""
    p.stroke([(-0.34, 0.60), (-0.62, 0.66), (-0.66, 0.36), (-0.36, 0.22)], 0.08, 0.07, dim(c, 0.85))
    p.poly([(0.30, 0.18), (0.40, 0.50), *bend([(0.40, 0.50), (0.56, 0.56), (0.66,
            0.80)]).tolist(), (0.77, 0.76),
            *bend([(0.77, 0.76), (0.64, 0.40), (0.30, 0.18)]).tolist()], dim(c, 0.9))
    p.blob([(-0.26, 0.02), (0.26, 0.02), (0.45, 0.26), (0.42, 0.54), (0.24, 0.72), (-0.24, 0.72),
            (-0.42, 0.54), (-0.45, 0.26)], c)
    p.blob([(-0.25, 0.70), (0.25, 0.70), (0.17, 0.82), (0, 0.86), (-0.17, 0.82)], mix(c, WHITE, 0.18))
    p.dot(0, 0.90, 0.065, GOLD, shade=ROUND)
    p.stroke([(-0.44, 0.40), (0, 0.34), (0.44, 0.40)], 0.09, 0.09, mix(c, CREAM, 0.7), name="detail",
             flow=0.0)
    p.oval(-0.24, 0.57, 0.05, 0.08, mix(c, WHITE, 0.65), turn=-0.6, name="detail")


def cup(p: Pen, c: Color) -> None:
    """A cup on a saucer, steaming."""
    p.oval(0, 0.07, 0.58, 0.075, mix(c, WHITE, 0.5))
    p.stroke([(0.34, 0.58), (0.60, 0.56), (0.56, 0.28), (0.28, 0.24)], 0.075, 0.07, dim(c, 0.82))
    p.poly(bend([(-0.42, 0.66), (-0.38, 0.32), (-0.20, 0.08)]).tolist() + bend([(0.20, 0.08), (0.38, 0.32),
            (0.42, 0.66)]).tolist(), c, shade=TUBE)
    p.oval(0, 0.66, 0.42, 0.085, mix(c, WHITE, 0.45))
    p.oval(0, 0.655, 0.36, 0.062, (0.36, 0.20, 0.12), name="detail")
    for x in (-0.12, 0.12):
        p.stroke([(x, 0.74), (x + 0.05, 0.82), (x - 0.04, 0.90), (x + 0.02, 1.0)], 0.045, 0.02, WHITE,
                 name="detail")


def eye(p: Pen, x, y, r, iris: Color = INK) -> None:
    """An eye with a glint."""
    p.dot(x, y, r, iris)
    p.dot(x - r * 0.3, y + r * 0.35, r * 0.35, WHITE, join=True)


def cat(p: Pen, c: Color) -> None:
    """A sitting cat, seen from the front, its tail curled to the side."""
    pale, dark = mix(c, CREAM, 0.75), dim(c, 0.7) if c != COLORS["black"] else mix(c, WHITE, 0.14)
    p.stroke([(0.16, 0.06), (0.44, 0.06), (0.50, 0.28), (0.40, 0.44)], 0.11, 0.08, dark, shade=TUBE)
    p.blob([(-0.26, 0.0), (0.26, 0.0), (0.31, 0.18), (0.20, 0.46), (0.12, 0.60), (-0.12, 0.60), (-0.20, 0.46),
            (-0.31, 0.18)], c)
    p.blob([(-0.09, 0.20), (0.09, 0.20), (0.12, 0.40), (0, 0.52), (-0.12, 0.40)], pale, name="detail")
    for x in (-0.11, 0.11):
        p.oval(x, 0.035, 0.10, 0.05, pale, name="detail")
    for s in (-1, 1):
        p.poly([(s * 0.24, 0.72), (s * 0.24, 1.02), (s * 0.04, 0.90)], c)
        p.poly([(s * 0.20, 0.80), (s * 0.205, 0.94), (s * 0.10, 0.88)], COLORS["pink"], name="detail")
    p.oval(0, 0.73, 0.27, 0.215, c)
    p.oval(0, 0.655, 0.12, 0.085, pale, name="detail")
    for x in (-0.115, 0.115):
        p.oval(x, 0.77, 0.05, 0.06, (0.75, 0.85, 0.30), name="detail", shade=FLAT)
        p.oval(x, 0.77, 0.022, 0.05, INK, name="detail", shade=FLAT)
    p.poly([(-0.04, 0.70), (0.04, 0.70), (0, 0.655)], COLORS["pink"], name="detail")


def rabbit(p: Pen, c: Color) -> None:
    """A sitting rabbit with long ears, from the side."""
    pale = mix(c, WHITE, 0.7)
    p.dot(-0.40, 0.18, 0.10, pale, shade=ROUND)
    p.oval(0.19, 0.83, 0.06, 0.21, dim(c, 0.8), turn=0.30)
    p.blob([(-0.40, 0.10), (-0.36, 0.36), (-0.14, 0.50), (0.12, 0.46), (0.26, 0.26), (0.24, 0.02),
            (-0.2, 0.0)], c)
    p.oval(-0.20, 0.17, 0.19, 0.17, dim(c, 0.88))
    p.oval(-0.16, 0.035, 0.19, 0.05, pale, name="detail")
    p.oval(0.22, 0.05, 0.10, 0.05, pale, name="detail")
    p.oval(0.26, 0.83, 0.065, 0.21, c, turn=-0.05)
    p.oval(0.26, 0.83, 0.032, 0.16, COLORS["pink"], turn=-0.05, name="detail")
    p.oval(0.28, 0.54, 0.20, 0.165, c)
    p.oval(0.36, 0.48, 0.09, 0.07, pale, name="detail")
    eye(p, 0.32, 0.58, 0.037)
    p.dot(0.465, 0.52, 0.03, COLORS["pink"])


def bird(p: Pen, c: Color) -> None:
    """A plump songbird standing in profile."""
    for x in (-0.03, 0.10):
        p.stroke([(x, 0.25), (x + 0.02, 0.0), (x + 0.12, 0.0)], 0.035, 0.03, GOLD, name="detail")
    p.poly([(-0.26, 0.50), (-0.80, 0.42), (-0.74, 0.28), (-0.20, 0.30)], dim(c, 0.7), flow=0.1)
    p.blob([(-0.42, 0.46), (-0.16, 0.70), (0.10, 0.90), (0.30, 0.98), (0.48, 0.86), (0.46, 0.60),
            (0.34, 0.32), (0.06, 0.18), (-0.24, 0.26)], c)
    p.blob([(0.44, 0.62), (0.33, 0.34), (0.06, 0.21), (0.02, 0.30), (0.20, 0.46), (0.30, 0.66)],
           mix(c, CREAM, 0.75), name="detail")
    p.blob([(0.10, 0.66), (-0.12, 0.64), (-0.56, 0.34), (-0.16, 0.32), (0.08, 0.46)],
           dim(c, 0.76) if c != COLORS["black"] else SLATE, flow=0.5)
    p.poly([(0.46, 0.86), (0.66, 0.78), (0.46, 0.72)], GOLD if c != COLORS["yellow"] else COLORS["orange"],
           name="detail")
    eye(p, 0.33, 0.83, 0.05, INK if c != COLORS["black"] else GOLD)


def duck(p: Pen, c: Color) -> None:
    """A duck afloat or at rest in profile."""
    p.blob([(-0.62, 0.50), (-0.50, 0.16), (-0.2, 0.0), (0.24, 0.0), (0.46, 0.18), (0.42, 0.42), (0.1, 0.46),
            (-0.32, 0.40)], c)
    p.blob([(0.14, 0.36), (0.20, 0.60), (0.40, 0.62), (0.45, 0.36), (0.3, 0.28)], c, join=True)
    p.blob([(0.14, 0.38), (-0.1, 0.42), (-0.44, 0.36), (-0.24, 0.14), (0.04, 0.16)], dim(c, 0.8), flow=0.1)
    p.oval(0.30, 0.78, 0.20, 0.18, mix(c, WHITE, 0.08))
    p.blob([(0.44, 0.80), (0.58, 0.76), (0.70, 0.70), (0.58, 0.67), (0.45, 0.70)],
           COLORS["orange"] if c != COLORS["orange"] else GOLD, name="detail")
    eye(p, 0.35, 0.83, 0.037)


def fish(p: Pen, c: Color) -> None:
    """A fish in profile with fins and bands."""
    fin = dim(c, 0.74)
    p.blob([(-0.40, 0.50), (-0.78, 0.82), (-0.68, 0.50), (-0.78, 0.18)], fin, flow=0.0)
    p.blob([(-0.22, 0.72), (-0.10, 0.98), (0.22, 0.92), (0.26, 0.74)], fin, flow=0.7)
    p.blob([(-0.16, 0.28), (-0.14, 0.06), (0.06, 0.10), (0.10, 0.26)], fin, flow=-0.7)
    p.blob([(-0.50, 0.50), (-0.20, 0.74), (0.18, 0.80), (0.50, 0.66), (0.66, 0.50), (0.50, 0.34),
            (0.18, 0.20), (-0.20, 0.26)], c)
    band = mix(c, WHITE, 0.65)
    for x, h in ((0.20, 0.27), (-0.14, 0.225)):
        p.blob([(x, 0.5 + h), (x + 0.07, 0.5), (x, 0.5 - h), (x - 0.10, 0.5 - h * 0.94), (x - 0.04, 0.5),
                (x - 0.10, 0.5 + h * 0.94)], band, name="detail", flow=VERTICAL)
    p.dot(0.45, 0.57, 0.075, WHITE)
    p.dot(0.46, 0.57, 0.042, INK)
    p.blob([(0.08, 0.50), (-0.10, 0.44), (-0.06, 0.34), (0.08, 0.40)], fin, name="detail")


def horse(p: Pen, c: Color) -> None:
    """A standing horse in profile."""
    dark = dim(c, 0.45) if c != COLORS["black"] else mix(c, WHITE, 0.25)
    far = dim(c, 0.66)
    leg = [(-0.06, 0.46), (0.07, 0.46), (0.035, 0.24), (0.035, 0.05), (-0.035, 0.05), (-0.035, 0.24)]
    hoof = [(-0.035, 0.06), (0.035, 0.06), (0.05, 0.0), (-0.045, 0.0)]
    def limb(x, color):
        p.poly([(x + dx, y) for dx, y in leg], color, flow=VERTICAL)
        p.poly([(x + dx, y) for dx, y in hoof], dark, name="detail")
    limb(-0.24, far)
    limb(0.14, far)
    p.stroke([(-0.40, 0.62), (-0.52, 0.54), (-0.53, 0.36), (-0.60, 0.20)], 0.07, 0.09, dark, flow=VERTICAL)
    limb(-0.34, c)
    limb(0.25, c)
    p.blob([(-0.44, 0.56), (-0.36, 0.67), (-0.16, 0.665), (0.02, 0.63), (0.18, 0.68), (0.33, 0.58),
            (0.32, 0.46), (0.12, 0.37), (-0.14, 0.39), (-0.36, 0.42)], c, flow=0.0)
    p.blob([(0.10, 0.62), (0.20, 0.76), (0.32, 0.92), (0.42, 0.93), (0.45, 0.80), (0.38, 0.66), (0.34, 0.48),
            (0.20, 0.50)], c, join=True)
    p.poly([(0.35, 0.92), (0.38, 1.03), (0.43, 0.94)], far)
    p.blob([(0.34, 0.93), (0.44, 0.95), (0.54, 0.84), (0.65, 0.72), (0.63, 0.65), (0.54, 0.66), (0.44, 0.74),
            (0.37, 0.82)], dim(c, 1.06))
    p.blob([(0.06, 0.66), (0.16, 0.80), (0.28, 0.95), (0.42, 0.99), (0.35, 0.88), (0.27, 0.78), (0.20, 0.66)],
           dark, flow=1.0)
    p.dot(0.47, 0.86, 0.020, INK if c != COLORS["black"] else WHITE)


def balloon(p: Pen, c: Color) -> None:
    """A hot-air balloon with gores and a basket."""
    for x in (-0.09, 0.09):
        p.stroke([(x, 0.14), (x * 1.6, 0.34)], 0.014, 0.014, WOOD, name="detail")
    p.rect(-0.11, 0.0, 0.11, 0.15, WOOD, shade=TUBE)
    half = [(0.13, 0.31), (0.34, 0.52), (0.40, 0.70), (0.30, 0.90), (0.12, 0.99)]
    for k, color in ((1.0, c), (0.62, CREAM if c != COLORS["white"] else COLORS["red"]), (0.24, c)):
        p.blob([(x * k, y) for x, y in half] + [(-x * k, y) for x, y in half[::-1]], color, flow=VERTICAL)
    p.rect(-0.14, 0.29, 0.14, 0.34, dim(c, 0.6), name="detail")


def kite(p: Pen, c: Color) -> None:
    """A diamond kite with a bowed tail."""
    top, left, right, foot = (0, 1.0), (-0.36, 0.68), (0.36, 0.68), (0, 0.26)
    p.stroke([foot, (0.10, 0.16), (-0.04, 0.06), (0.08, -0.06)], 0.02, 0.015, INK, name="detail")
    for x, y in ((0.08, 0.17), (-0.02, 0.05), (0.08, -0.06)):
        p.poly([(x - 0.08, y + 0.04), (x - 0.08, y - 0.04), (x + 0.08, y + 0.04), (x + 0.08, y - 0.04)], GOLD,
               name="detail")
    mid = (0, 0.68)
    for a, b, tint in ((top, left, 1.05), (left, foot, 0.85), (foot, right, 0.72)):
        p.poly([a, b, mid], dim(c, tint))
    p.poly([right, top, mid], mix(c, CREAM, 0.6))


def rocket(p: Pen, c: Color) -> None:
    """A rocket on a tail of flame."""
    p.blob([(-0.12, 0.20), (0.12, 0.20), (0.08, 0.08), (0, -0.08), (-0.08, 0.08)], COLORS["orange"],
           name="light", glow=True)
    p.blob([(-0.06, 0.20), (0.06, 0.20), (0, 0.04)], COLORS["yellow"], name="light", glow=True)
    for s in (-1, 1):
        p.poly([(s * 0.14, 0.44), (s * 0.34, 0.20), (s * 0.32, 0.10), (s * 0.12, 0.24)], dim(c, 0.75))
    half = [(0.13, 0.20), (0.20, 0.48), (0.15, 0.78), (0.05, 0.96)]
    p.blob(half + [(0, 1.0)] + [(-x, y) for x, y in half[::-1]], CREAM if c != COLORS["white"] else STEEL,
           shade=TUBE)
    p.blob([(0.15, 0.76), (0.05, 0.96), (0, 1.01), (-0.05, 0.96), (-0.15, 0.76)], c, shade=TUBE)
    p.rect(-0.18, 0.26, 0.18, 0.40, c, shade=TUBE)
    p.dot(0, 0.59, 0.095, c)
    p.dot(0, 0.59, 0.065, LAMP if p.mood.dark else GLASS, name="light" if p.mood.dark else "detail",
          glow=p.mood.dark)


def butterfly(p: Pen, c: Color) -> None:
    """A butterfly with spread wings."""
    for s in (-1, 1):
        p.blob([(s * 0.03, 0.44), (s * 0.28, 0.46), (s * 0.42, 0.26), (s * 0.30, 0.04), (s * 0.10, 0.12)],
               dim(c, 0.78), flow=s * 0.7)
        p.blob([(s * 0.03, 0.48), (s * 0.20, 0.84), (s * 0.50, 0.98), (s * 0.60, 0.72), (s * 0.40, 0.46)], c,
               flow=-s * 0.7)
        p.oval(s * 0.40, 0.74, 0.10, 0.13, mix(c, CREAM, 0.7), turn=-s * 0.6, name="detail")
        p.oval(s * 0.26, 0.26, 0.07, 0.09, mix(c, CREAM, 0.6), name="detail")
        p.stroke([(0, 0.74), (s * 0.06, 0.88), (s * 0.15, 0.98)], 0.022, 0.02, INK, name="detail")
    p.oval(0, 0.46, 0.045, 0.30, INK)


def wheel(p: Pen, x, y, r) -> None:
    """A tyre with a hub."""
    p.oval(x, y, r, r, INK)
    p.dot(x, y, r * 0.52, STEEL)


def car(p: Pen, c: Color) -> None:
    """A rounded small car in profile."""
    p.blob([(-0.46, 0.50), (-0.34, 0.80), (-0.10, 0.92), (0.16, 0.88), (0.36, 0.66), (0.42, 0.50)],
           dim(c, 0.92))
    for x0, x1, y in ((-0.35, -0.04, 0.78), (0.02, 0.30, 0.76)):
        inner = [(x0 + (0.09 if x0 < -0.2 else 0), y), (x1 - (0.12 if x0 > 0 else 0), y), (x1, 0.54),
                 (x0, 0.54)]
        p.poly(inner, LAMP if p.mood.dark else (0.70, 0.85, 0.93), name="light" if p.mood.dark else "detail",
               glow=p.mood.dark)
    p.blob([(-0.78, 0.20), (-0.80, 0.42), (-0.60, 0.54), (0.30, 0.54), (0.66, 0.48), (0.82, 0.36),
            (0.82, 0.18), (0.6, 0.14), (-0.6, 0.14)], c, shade=FACE)
    p.rect(-0.80, 0.17, 0.84, 0.23, STEEL, name="detail")
    p.oval(0.77, 0.36, 0.05, 0.06, LAMP, name="light", glow=True)
    p.rect(-0.06, 0.43, 0.04, 0.46, STEEL, name="detail")
    wheel(p, -0.44, 0.17, 0.17)
    wheel(p, 0.48, 0.17, 0.17)


def train(p: Pen, c: Color) -> None:
    """A small steam engine in profile."""
    for x, y, r in ((0.30, 1.08, 0.13), (0.42, 1.0, 0.09)):
        p.oval(x, y, r, r * 0.85, (0.86, 0.85, 0.86), name="detail")
    p.poly([(0.36, 0.56), (0.48, 0.56), (0.54, 0.90), (0.30, 0.90)], INK, shade=TUBE)
    p.rect(-0.62, 0.20, -0.14, 0.84, c)
    p.roof([(-0.70, 0.82), (-0.06, 0.82), (-0.10, 0.92), (-0.66, 0.92)], SLATE)
    p.window(-0.38, 0.50, 0.22, 0.22)
    p.rect(-0.14, 0.26, 0.62, 0.62, c, shade=(0.02, 0.20, 0.06), flow=0.0)
    p.oval(0.08, 0.64, 0.09, 0.09, GOLD, name="detail")
    for x in (0.0, 0.30):
        p.rect(x, 0.26, x + 0.04, 0.62, GOLD, name="detail")
    p.rect(0.60, 0.30, 0.67, 0.60, INK)
    p.rect(-0.68, 0.16, 0.72, 0.26, dim(c, 0.55), flow=0.0)
    p.poly([(0.66, 0.24), (0.90, 0.02), (0.66, 0.02)], GOLD, name="detail")
    for x, r in ((-0.40, 0.19), (0.04, 0.15), (0.42, 0.15)):
        wheel(p, x, r, r)


def tent(p: Pen, c: Color) -> None:
    """A ridge tent, its flap open."""
    p.poly([(-0.08, 0.88), (0.34, 0.88), (0.78, 0), (0.42, 0)], dim(c, 0.74), flow=-1.1)
    p.poly([(-0.08, 0.90), (0.42, 0), (-0.62, 0)], c, flow=VERTICAL)
    p.poly([(-0.08, 0.70), (0.16, 0), (-0.32, 0)], LAMP if p.mood.dark else INK,
           name="light" if p.mood.dark else "detail", glow=p.mood.dark)
    p.poly([(-0.08, 0.72), (-0.24, 0.30), (-0.40, 0.0), (-0.22, 0.0)], mix(c, CREAM, 0.6), name="detail")
    p.poly([(-0.10, 0.88), (-0.06, 0.88), (-0.06, 1.0), (-0.10, 1.0)], WOOD, name="detail")


def umbrella(p: Pen, c: Color) -> None:
    """An open umbrella with a hooked handle."""
    p.stroke([(0, 0.5), (0, 0.12), (0.05, 0.02), (0.13, 0.02), (0.16, 0.10)], 0.035, 0.045, WOOD,
             flow=VERTICAL)
    edge = [(-0.60, 0.50), (-0.21, 0.50), (0.21, 0.50), (0.60, 0.50)]
    dome = lambda k: bend([(-0.60 * k, 0.50), (-0.47 * k, 0.74), (-0.24 * k, 0.90), (0, 0.95)]).tolist()
    left, right = dome(1.0), [(-x, y) for x, y in dome(1.0)]
    inner_left, inner_right = dome(0.36), [(-x, y) for x, y in dome(0.36)]
    sag = lambda a, b: bend([a, ((a[0] + b[0]) / 2, 0.56), b]).tolist()
    p.poly(left + inner_left[::-1] + sag(edge[1], edge[0]), dim(c, 1.05), flow=0.8)
    p.poly(right + inner_right[::-1] + sag(edge[2], edge[3]), dim(c, 0.70), flow=-0.8)
    p.poly(inner_left + inner_right[::-1] + sag(edge[2], edge[1]), mix(c, CREAM, 0.5), flow=VERTICAL)
    p.rect(-0.015, 0.94, 0.015, 1.02, WOOD, name="detail")


def snowman(p: Pen, c: Color) -> None:
    """Three balls of snow in a hat and a scarf of the scene's colour."""
    for s in (-1, 1):
        p.stroke([(s * 0.16, 0.46), (s * 0.34, 0.54), (s * 0.46, 0.66)], 0.03, 0.02, WOOD, name="detail")
    p.oval(0, 0.20, 0.28, 0.22, WHITE)
    p.oval(0, 0.46, 0.21, 0.18, WHITE)
    p.oval(0, 0.71, 0.155, 0.145, WHITE)
    p.poly([(0.06, 0.60), (0.15, 0.58), (0.19, 0.36), (0.10, 0.35)], dim(c, 0.8))
    p.blob([(-0.18, 0.62), (0, 0.575), (0.18, 0.62), (0.16, 0.545), (0, 0.51), (-0.16, 0.545)], c, flow=0.0)
    p.rect(-0.12, 0.84, 0.12, 1.02, c, shade=TUBE)
    p.rect(-0.20, 0.81, 0.20, 0.855, dim(c, 0.8))
    for x, y in ((-0.055, 0.74), (0.055, 0.74), (0, 0.46), (0, 0.37)):
        p.dot(x, y, 0.021, INK)
    p.poly([(0.0, 0.715), (0.0, 0.67), (0.17, 0.68)], COLORS["orange"], name="detail")


def ring(p: Pen, x, y, r, width, color: Color, **how) -> None:
    """A hoop, its middle left open."""
    a = np.linspace(0, 2 * np.pi, 33)
    round_ = np.stack([np.cos(a), np.sin(a)], 1)
    p.poly(np.concatenate([round_ * r, round_[::-1] * (r - width)]) + (x, y), color, **{"shade": FLAT, **how})


def dog(p: Pen, c: Color) -> None:
    """A standing dog in profile, its ear hanging, its tail up, in a collar."""
    dark, far = dim(c, 0.52) if c != COLORS["black"] else mix(c, WHITE, 0.25), dim(c, 0.7)
    def limb(x, color):
        p.poly([(x - 0.07, 0.42), (x + 0.07, 0.42), (x + 0.045, 0.07), (x + 0.10, 0.03), (x + 0.10, 0),
                (x - 0.05, 0)], color, flow=VERTICAL)
    limb(-0.24, far)
    limb(0.16, far)
    p.stroke([(-0.40, 0.50), (-0.54, 0.60), (-0.60, 0.76), (-0.54, 0.88)], 0.11, 0.05, c, flow=VERTICAL)
    limb(-0.36, c)
    limb(0.28, c)
    p.blob([(-0.47, 0.48), (-0.40, 0.58), (-0.1, 0.57), (0.2, 0.62), (0.38, 0.58), (0.38, 0.40), (0.26, 0.30),
            (-0.08, 0.36), (-0.30, 0.30), (-0.45, 0.34)], c, flow=0.0)
    p.blob([(0.12, 0.56), (0.22, 0.82), (0.44, 0.80), (0.40, 0.46), (0.26, 0.44)], c, join=True)
    p.poly([(0.15, 0.63), (0.42, 0.57), (0.43, 0.64), (0.18, 0.70)],
           COLORS["red"] if c != COLORS["red"] else GOLD, name="detail")
    p.blob([(0.16, 0.84), (0.22, 0.98), (0.38, 1.02), (0.49, 0.93), (0.66, 0.87), (0.74, 0.80), (0.70, 0.71),
            (0.50, 0.68), (0.28, 0.70)], dim(c, 1.05))
    p.blob([(0.15, 0.95), (0.28, 1.0), (0.33, 0.86), (0.28, 0.66), (0.18, 0.62), (0.11, 0.78)], dark, flow=1.2)
    p.oval(0.71, 0.82, 0.055, 0.045, INK if c != COLORS["black"] else STEEL, name="detail")
    eye(p, 0.45, 0.88, 0.038, INK if c != COLORS["black"] else GOLD)


def elephant(p: Pen, c: Color) -> None:
    """An elephant in profile: trunk, tusk and a great ear."""
    def limb(x, color):
        p.rect(x - 0.09, 0, x + 0.09, 0.44, color, shade=TUBE, flow=VERTICAL)
    for x in (-0.22, 0.10):
        limb(x, dim(c, 0.66))
    p.stroke([(-0.52, 0.66), (-0.62, 0.52), (-0.62, 0.34)], 0.05, 0.035, dim(c, 0.7), flow=VERTICAL)
    for x in (-0.40, 0.26):
        limb(x, dim(c, 0.92))
        for dx in (-0.05, 0.0, 0.05):
            p.oval(x + dx, 0.025, 0.022, 0.028, CREAM, name="detail")
    p.blob([(-0.54, 0.44), (-0.53, 0.72), (-0.34, 0.88), (-0.05, 0.92), (0.22, 0.86), (0.38, 0.66),
            (0.36, 0.38), (0.08, 0.28), (-0.38, 0.30)], c)
    p.stroke([(0.56, 0.72), (0.70, 0.54), (0.72, 0.28), (0.78, 0.12), (0.92, 0.14), (0.94, 0.24)], 0.24, 0.09, c,
             flow=VERTICAL)
    p.oval(0.44, 0.74, 0.24, 0.23, dim(c, 1.04), join=False)
    p.stroke([(0.52, 0.54), (0.62, 0.42), (0.78, 0.44)], 0.075, 0.02, WHITE, name="detail")
    p.blob([(0.12, 0.88), (0.32, 0.96), (0.42, 0.78), (0.36, 0.52), (0.20, 0.40), (0.06, 0.56)], dim(c, 0.76),
           flow=1.2)
    eye(p, 0.54, 0.78, 0.035)


def owl(p: Pen, c: Color) -> None:
    """An owl, seen from the front, on a branch."""
    dark, pale = dim(c, 0.72) if c != COLORS["black"] else SLATE, mix(c, CREAM, 0.72)
    p.stroke([(-0.56, 0.03), (-0.1, 0.06), (0.56, 0.02)], 0.09, 0.06, WOOD, flow=0.0)
    for s in (-1, 1):
        p.poly([(s * 0.34, 1.02), (s * 0.36, 0.72), (s * 0.04, 0.86)], dark)
    p.blob([(-0.22, 0.06), (0.22, 0.06), (0.37, 0.30), (0.38, 0.66), (0.28, 0.88), (0, 0.92), (-0.28, 0.88),
            (-0.38, 0.66), (-0.37, 0.30)], c)
    p.oval(0, 0.34, 0.22, 0.27, pale, name="detail")
    for x, y in ((-0.10, 0.44), (0.02, 0.44), (0.12, 0.44), (-0.06, 0.32), (0.06, 0.32), (0.0, 0.20)):
        p.poly([(x - 0.04, y + 0.03), (x + 0.04, y + 0.03), (x, y - 0.04)], dark, name="detail")
    for s in (-1, 1):
        p.blob([(s * 0.34, 0.62), (s * 0.42, 0.40), (s * 0.34, 0.08), (s * 0.22, 0.30), (s * 0.24, 0.54)], dark,
               flow=VERTICAL)
        p.oval(s * 0.155, 0.72, 0.165, 0.165, pale, name="detail")
        p.dot(s * 0.15, 0.72, 0.115, GOLD)
        p.dot(s * 0.14, 0.72, 0.065, INK)
        p.oval(s * 0.12, 0.065, 0.09, 0.035, GOLD, name="detail")
    p.poly([(-0.06, 0.68), (0.06, 0.68), (0, 0.54)], COLORS["orange"], name="detail")


def swan(p: Pen, c: Color) -> None:
    """A swan afloat, its neck in an S."""
    p.blob([(-0.72, 0.40), (-0.54, 0.10), (-0.2, -0.01), (0.24, -0.01), (0.46, 0.10), (0.44, 0.30), (0.1, 0.36),
            (-0.36, 0.32)], c)
    p.stroke([(0.30, 0.10), (0.50, 0.26), (0.46, 0.46), (0.30, 0.62), (0.27, 0.80), (0.40, 0.93), (0.52, 0.88)],
             0.24, 0.11, c, flow=VERTICAL)
    p.blob([(0.22, 0.30), (0.0, 0.44), (-0.30, 0.52), (-0.70, 0.56), (-0.56, 0.34), (-0.26, 0.12),
            (0.08, 0.10)], dim(c, 0.88) if c != COLORS["black"] else SLATE, flow=0.2)
    p.oval(0.50, 0.89, 0.12, 0.09, c, turn=-0.25)
    p.poly([(0.58, 0.95), (0.78, 0.80), (0.70, 0.78), (0.55, 0.83)], COLORS["orange"], name="detail")
    p.dot(0.53, 0.92, 0.024, INK if c != COLORS["black"] else WHITE)


def turtle(p: Pen, c: Color) -> None:
    """A turtle with a domed, plated shell."""
    skin = (0.62, 0.68, 0.30) if c not in (COLORS["green"], COLORS["yellow"]) else (0.80, 0.62, 0.36)
    p.poly([(-0.58, 0.22), (-0.80, 0.10), (-0.50, 0.10)], skin)
    for x in (-0.36, 0.34):
        p.blob([(x - 0.12, 0.24), (x + 0.12, 0.24), (x + 0.14, 0.0), (x - 0.10, 0.0)], dim(skin, 0.85))
    p.stroke([(0.46, 0.24), (0.66, 0.32), (0.78, 0.50)], 0.20, 0.17, skin, flow=0.6)
    p.oval(0.84, 0.56, 0.16, 0.13, skin)
    eye(p, 0.89, 0.60, 0.035)
    p.stroke([(0.84, 0.50), (0.90, 0.49), (0.97, 0.52)], 0.022, 0.02, INK, name="detail")
    p.blob([(-0.62, 0.18), (-0.56, 0.46), (-0.36, 0.72), (0, 0.84), (0.36, 0.72), (0.56, 0.46), (0.62, 0.18),
            (0, 0.14)], c)
    plate = mix(c, CREAM, 0.45)
    p.poly([(-0.17, 0.68), (0.17, 0.68), (0.24, 0.48), (0.14, 0.28), (-0.14, 0.28), (-0.24, 0.48)], plate,
           name="detail")
    for s in (-1, 1):
        p.poly([(s * 0.23, 0.66), (s * 0.35, 0.60), (s * 0.47, 0.42), (s * 0.40, 0.28), (s * 0.20, 0.28),
                (s * 0.30, 0.48)], plate, name="detail")
    p.stroke([(-0.64, 0.20), (0, 0.15), (0.64, 0.20)], 0.10, 0.10, dim(c, 0.7), flow=0.0)


def whale(p: Pen, c: Color) -> None:
    """A whale at the surface: its back, its raised tail and a spout."""
    jet = (0.84, 0.94, 1.0)
    for dx in (-0.24, 0.24, 0.0):
        line = [(0.36, 0.46), (0.36 + dx * 0.3, 0.80), (0.36 + dx * 0.8, 0.96), (0.36 + dx * 1.3, 0.80)]
        p.stroke(line if dx else [(0.36, 0.46), (0.36, 0.98)], 0.06, 0.05, jet, name="detail")
    p.stroke([(-0.44, 0.0), (-0.66, 0.14), (-0.78, 0.44)], 0.34, 0.11, dim(c, 0.92), flow=VERTICAL)
    for s, tip in ((-1, -1.04), (1, -0.46)):
        p.blob([(-0.78, 0.42), (-0.78 + s * 0.14, 0.54), (tip, 0.66), (-0.78 + s * 0.17, 0.70), (-0.78, 0.58)],
               dim(c, 0.82), flow=0.0)
    p.poly(bend([(-0.62, -0.02), (-0.44, 0.16), (-0.12, 0.38), (0.28, 0.48), (0.62, 0.42), (0.84, 0.22),
                 (0.86, -0.02)]), c, shade=ROUND)
    p.poly(bend([(0.30, -0.02), (0.50, 0.12), (0.85, 0.17), (0.88, 0.08), (0.86, -0.02)]), mix(c, WHITE, 0.75),
           name="detail", flow=0.0)
    eye(p, 0.52, 0.24, 0.042, INK if c != COLORS["black"] else WHITE)


def penguin(p: Pen, c: Color) -> None:
    """A penguin, upright, white in front."""
    for s in (-1, 1):
        p.oval(s * 0.13, 0.03, 0.13, 0.045, COLORS["orange"], name="detail")
        p.blob([(s * 0.24, 0.66), (s * 0.44, 0.40), (s * 0.47, 0.24), (s * 0.34, 0.30), (s * 0.22, 0.44)],
               dim(c, 0.8), flow=s * 1.0)
    p.blob([(-0.20, 0.04), (0.20, 0.04), (0.32, 0.24), (0.30, 0.52), (0.22, 0.70), (0.21, 0.88), (0, 1.0),
            (-0.21, 0.88), (-0.22, 0.70), (-0.30, 0.52), (-0.32, 0.24)], c)
    p.blob([(-0.14, 0.07), (0.14, 0.07), (0.23, 0.26), (0.20, 0.52), (0, 0.66), (-0.20, 0.52), (-0.23, 0.26)],
           WHITE, name="detail")
    for s in (-1, 1):
        p.oval(s * 0.085, 0.82, 0.095, 0.10, WHITE, name="detail")
        p.dot(s * 0.075, 0.83, 0.038, INK)
    p.poly([(-0.075, 0.78), (0.075, 0.78), (0, 0.66)], COLORS["orange"], name="detail")


def snail(p: Pen, c: Color) -> None:
    """A snail under a spiral shell."""
    skin = (0.86, 0.72, 0.50) if c not in (COLORS["yellow"], COLORS["white"]) else (0.66, 0.50, 0.34)
    for x, y in ((0.62, 0.80), (0.82, 0.76)):
        p.stroke([(0.62, 0.42), (x, y)], 0.05, 0.035, dim(skin, 0.85), flow=VERTICAL)
        p.dot(x, y + 0.03, 0.05, INK)
    p.blob([(-0.82, 0.02), (-0.50, 0.12), (0.0, 0.20), (0.40, 0.22), (0.52, 0.46), (0.68, 0.54), (0.80, 0.44),
            (0.76, 0.26), (0.62, 0.02), (0, -0.02)], skin, flow=0.0)
    p.oval(-0.08, 0.52, 0.45, 0.44, c)
    a = np.linspace(0, 4.2 * np.pi, 26)
    r = np.linspace(0.37, 0.03, 26)
    p.stroke(np.stack([-0.08 + r * np.cos(a - 0.7), 0.52 + r * np.sin(a - 0.7)], 1), 0.075, 0.05,
             mix(c, WHITE, 0.7) if c != COLORS["white"] else TERRACOTTA, name="detail")


def sheep(p: Pen, c: Color) -> None:
    """A woolly sheep in profile."""
    face = INK if c != COLORS["black"] else CREAM
    for x, k in ((-0.26, 0.85), (0.14, 0.85), (-0.36, 1.0), (0.26, 1.0)):
        p.rect(x - 0.045, 0, x + 0.045, 0.34, mix(face, STONE, 0.25 if k < 1 else 0.0), flow=VERTICAL)
    for x, y, r in ((-0.48, 0.52, 0.15), (-0.36, 0.34, 0.16), (-0.06, 0.30, 0.17), (0.24, 0.34, 0.16),
                    (-0.34, 0.70, 0.18), (-0.06, 0.76, 0.19), (0.22, 0.70, 0.18), (-0.08, 0.52, 0.34)):
        p.oval(x, y, r, r * 0.95, dim(c, 0.88 + 0.14 * (y > 0.45)))
    p.blob([(0.30, 0.80), (0.46, 0.82), (0.60, 0.66), (0.66, 0.52), (0.58, 0.44), (0.44, 0.50), (0.32, 0.62)],
           face)
    p.blob([(0.34, 0.78), (0.22, 0.72), (0.16, 0.60), (0.28, 0.62)], mix(face, STONE, 0.35))
    p.oval(0.38, 0.84, 0.15, 0.10, c)
    p.dot(0.47, 0.70, 0.045, WHITE)
    p.dot(0.48, 0.70, 0.025, INK)


def giraffe(p: Pen, c: Color) -> None:
    """A giraffe: long neck and legs, spots."""
    spot = dim(c, 0.55) if c != COLORS["white"] else (0.62, 0.42, 0.28)
    def limb(x, color):
        p.poly([(x - 0.05, 0.44), (x + 0.05, 0.44), (x + 0.03, 0), (x - 0.03, 0)], color, flow=VERTICAL)
    for x in (-0.20, 0.06):
        limb(x, dim(c, 0.7))
    p.stroke([(-0.33, 0.50), (-0.40, 0.40), (-0.39, 0.26)], 0.03, 0.06, spot, flow=VERTICAL)
    for x in (-0.28, 0.13):
        limb(x, c)
    p.poly(bend([(-0.34, 0.40), (-0.33, 0.50), (-0.10, 0.57), (0.04, 0.66), (0.17, 0.93)]).tolist()
           + bend([(0.30, 0.90), (0.24, 0.66), (0.20, 0.46), (0.10, 0.35), (-0.2, 0.34), (-0.34, 0.40)]).tolist(),
           c, shade=ROUND, flow=1.1)
    for x, y, r in ((-0.24, 0.45, 0.05), (-0.11, 0.47, 0.055), (0.02, 0.45, 0.055), (0.13, 0.52, 0.045),
                    (-0.03, 0.55, 0.035), (0.08, 0.63, 0.04), (0.19, 0.66, 0.04), (0.15, 0.76, 0.038),
                    (0.23, 0.80, 0.035), (-0.16, 0.38, 0.03), (0.12, 0.41, 0.035), (-0.28, 0.30, 0.022),
                    (0.13, 0.28, 0.022)):
        p.dot(x, y, r, spot, join=True)
    for x in (0.18, 0.25):
        p.stroke([(x, 0.94), (x - 0.01, 1.04)], 0.03, 0.03, spot, name="detail")
        p.dot(x - 0.01, 1.05, 0.027, spot)
    p.blob([(0.15, 0.92), (0.22, 0.985), (0.32, 0.96), (0.46, 0.87), (0.46, 0.81), (0.36, 0.82), (0.22, 0.85)],
           dim(c, 1.05))
    p.oval(0.12, 0.95, 0.07, 0.03, dim(c, 0.8), turn=-0.4)
    p.dot(0.29, 0.92, 0.025, INK)


def octopus(p: Pen, c: Color) -> None:
    """An octopus: a round head over curling arms."""
    for s in (-1, 1):
        for line, k in (([(0.08, 0.44), (0.16, 0.24), (0.06, 0.08), (0.16, 0.0)], 0.72),
                        ([(0.18, 0.46), (0.36, 0.30), (0.30, 0.10), (0.42, 0.02)], 0.82),
                        ([(0.24, 0.50), (0.52, 0.44), (0.52, 0.20), (0.66, 0.14), (0.72, 0.22)], 0.92),
                        ([(0.22, 0.56), (0.52, 0.62), (0.64, 0.46), (0.76, 0.52), (0.74, 0.62)], 0.84)):
            p.stroke([(s * x, y) for x, y in line], 0.17, 0.055, dim(c, k), flow=VERTICAL)
    p.blob([(-0.24, 0.42), (0.24, 0.42), (0.30, 0.62), (0.38, 0.80), (0.26, 0.98), (0, 1.04), (-0.26, 0.98),
            (-0.38, 0.80), (-0.30, 0.62)], c)
    for s in (-1, 1):
        p.dot(s * 0.12, 0.66, 0.09, WHITE)
        p.dot(s * 0.11, 0.65, 0.05, INK)
    p.stroke([(-0.08, 0.51), (0, 0.48), (0.08, 0.51)], 0.03, 0.03, INK, name="detail")
    for x, y in ((-0.16, 0.90), (0.05, 0.94), (0.20, 0.84)):
        p.dot(x, y, 0.04, mix(c, WHITE, 0.5))


def crab(p: Pen, c: Color) -> None:
    """A crab, seen from the front, its claws raised."""
    for s in (-1, 1):
        for x, y in ((0.62, 0.0), (0.74, 0.14), (0.80, 0.30)):
            p.stroke([(s * 0.34, 0.30), (s * (x - 0.10), y + 0.20), (s * x, y)], 0.09, 0.04, dim(c, 0.76))
        p.stroke([(s * 0.36, 0.42), (s * 0.60, 0.48), (s * 0.62, 0.66)], 0.12, 0.12, dim(c, 0.86))
        p.blob([(s * 0.56, 0.62), (s * 0.44, 0.80), (s * 0.48, 0.98), (s * 0.58, 1.02), (s * 0.56, 0.84),
                (s * 0.72, 0.92), (s * 0.82, 0.84), (s * 0.78, 0.68), (s * 0.68, 0.60)], c)
        p.stroke([(s * 0.13, 0.50), (s * 0.15, 0.72)], 0.06, 0.05, dim(c, 0.86))
        p.dot(s * 0.15, 0.75, 0.085, WHITE)
        p.dot(s * 0.14, 0.76, 0.045, INK)
    p.blob([(-0.48, 0.36), (-0.36, 0.54), (0, 0.60), (0.36, 0.54), (0.48, 0.36), (0.30, 0.16), (0, 0.11),
            (-0.30, 0.16)], c)
    p.stroke([(-0.14, 0.30), (0, 0.25), (0.14, 0.30)], 0.035, 0.035, INK, name="detail")
    for x, y in ((-0.28, 0.44), (0.28, 0.44), (0.0, 0.50)):
        p.dot(x, y, 0.04, mix(c, WHITE, 0.5))


def sunflower(p: Pen, c: Color) -> None:
    """A sunflower: a wide dark disc in a ring of pointed petals."""
    p.stroke([(0.0, 0), (0.02, 0.3), (0, 0.60)], 0.06, 0.05, LEAF, flow=VERTICAL)
    for s, y in ((1, 0.14), (-1, 0.22)):
        p.blob([(s * 0.02, y), (s * 0.16, y + 0.16), (s * 0.38, y + 0.14), (s * 0.24, y - 0.02)],
               dim(LEAF, 0.9 + 0.1 * s), flow=-s * 0.4)
    for turn, k in ((0.0, 0.82), (np.pi / 13, 1.04)):
        for a in np.linspace(0, 2 * np.pi, 13, endpoint=False) + turn:
            side = np.array((-np.sin(a), np.cos(a))) * 0.075
            mid, tip = np.array((np.cos(a), np.sin(a))) * 0.25, np.array((np.cos(a), np.sin(a))) * 0.38
            p.poly([mid * 0.6, mid + side, tip, mid - side] + np.array((0, 0.66)), dim(c, k), shade=FLAT,
                   flow=-a, join=turn == 0 and a > 0)
    p.oval(0, 0.66, 0.20, 0.20, (0.33, 0.19, 0.10), name="detail")
    ring(p, 0, 0.66, 0.13, 0.04, (0.52, 0.32, 0.14), name="detail")


def tulip(p: Pen, c: Color) -> None:
    """A tulip: a cup of petals between two long leaves."""
    p.stroke([(0, 0), (0.01, 0.3), (0, 0.62)], 0.06, 0.05, LEAF, flow=VERTICAL)
    for s, k in ((-1, 0.8), (1, 1.0)):
        p.blob([(0, 0.0), (s * 0.10, 0.30), (s * 0.30, 0.62), (s * 0.27, 0.26), (s * 0.12, 0.02)], dim(LEAF, k),
               flow=-s * 1.1)
    for s in (-1, 1):
        p.blob([(s * 0.02, 0.56), (s * 0.20, 0.60), (s * 0.27, 0.78), (s * 0.25, 1.0), (s * 0.10, 0.86)],
               dim(c, 0.80 if s > 0 else 0.92), flow=VERTICAL)
    p.blob([(0, 0.54), (0.13, 0.60), (0.16, 0.76), (0, 1.02), (-0.16, 0.76), (-0.13, 0.60)], dim(c, 1.06),
           flow=VERTICAL)


def strawberry(p: Pen, c: Color) -> None:
    """A strawberry with seeds and a leafy cap."""
    p.stroke([(0, 0.80), (0.02, 0.94), (0.09, 1.02)], 0.05, 0.04, LEAF, name="detail")
    p.blob([(0, 0.0), (0.20, 0.14), (0.40, 0.44), (0.40, 0.70), (0.20, 0.83), (-0.20, 0.83), (-0.40, 0.70),
            (-0.40, 0.44), (-0.20, 0.14)], c)
    for x, y in ((-0.24, 0.60), (0.0, 0.62), (0.24, 0.60), (-0.30, 0.42), (-0.11, 0.44), (0.12, 0.44),
                 (0.30, 0.42), (-0.17, 0.28), (0.02, 0.27), (0.19, 0.28), (-0.06, 0.13), (0.09, 0.14)):
        p.oval(x, y, 0.022, 0.036, (1.0, 0.90, 0.55), name="detail", shade=FLAT,
               join=(x, y) != (-0.24, 0.60))
    for a in (-1.15, -0.55, 0.0, 0.55, 1.15):
        tip = (0.44 * np.sin(a), 0.82 - 0.24 * np.cos(a * 0.9))
        p.poly([(-0.10 + 0.1 * a, 0.86), (tip[0] - 0.02, tip[1]), (0.10 + 0.1 * a, 0.86)],
               dim(LEAF, 1.0 + 0.1 * a), name="detail")


def pineapple(p: Pen, c: Color) -> None:
    """A pineapple: a criss-crossed fruit under a tuft of leaves."""
    for a, k in ((-1.0, 0.75), (1.0, 0.75), (-0.62, 0.9), (0.62, 0.9), (-0.28, 1.05), (0.28, 1.05), (0.0, 0.9)):
        tip = (0.46 * np.sin(a), 0.60 + 0.44 * np.cos(a))
        p.poly([(-0.07 + 0.05 * a, 0.58), (tip[0] * 0.55 - 0.06, 0.60 + 0.26 * np.cos(a)), tip,
                (tip[0] * 0.55 + 0.06, 0.60 + 0.22 * np.cos(a)), (0.07 + 0.05 * a, 0.58)], dim(LEAF, k),
               flow=VERTICAL)
    p.blob([(-0.16, 0.0), (0.16, 0.0), (0.30, 0.18), (0.30, 0.42), (0.17, 0.62), (-0.17, 0.62), (-0.30, 0.42),
            (-0.30, 0.18)], c)
    line = dim(c, 0.62)
    for i, k in enumerate((0.06, 0.24, 0.42)):
        for s in (-1, 1):  # each line rises from one edge to the other
            p.poly(thick([(-0.25 * s, k - 0.02), (0.25 * s, min(k + 0.28, 0.60))], 0.022), line, name="detail",
                   shade=FLAT, join=i > 0 or s > 0)


def cake(p: Pen, c: Color) -> None:
    """A tiered cake on a stand, iced, with candles."""
    p.poly([(-0.10, 0), (0.10, 0), (0.06, 0.10), (-0.06, 0.10)], STEEL)
    p.oval(0, 0.12, 0.62, 0.05, mix(STEEL, WHITE, 0.5))
    icing = WHITE if c != COLORS["white"] else COLORS["pink"]
    for x, y0, y1 in ((0.50, 0.13, 0.46), (0.32, 0.46, 0.74)):
        p.rect(-x, y0, x, y1, c, shade=TUBE)
        n = round(x * 16)
        drip = [(x - 2 * x * i / n, y1 - (0.12 if i % 2 else 0.05)) for i in range(n + 1)]
        p.poly([(-x - 0.01, y1 - 0.03), (-x - 0.01, y1 + 0.03), (x + 0.01, y1 + 0.03), *bend(drip)], icing,
               name="detail")
    for x in (-0.18, 0.0, 0.18):
        p.rect(x - 0.025, 0.76, x + 0.025, 0.92, COLORS["blue"] if c != COLORS["blue"] else GOLD, name="detail")
        p.blob([(x - 0.035, 0.95), (x, 0.91), (x + 0.035, 0.95), (x, 1.04)], LAMP, name="light", glow=True)


def candle(p: Pen, c: Color) -> None:
    """A burning candle in a holder."""
    p.oval(0, 0.08, 0.40, 0.08, GOLD)
    ring(p, 0.44, 0.12, 0.11, 0.05, GOLD)
    p.oval(0, 0.11, 0.30, 0.04, dim(GOLD, 0.7))
    p.rect(-0.13, 0.10, 0.13, 0.66, c, shade=TUBE, flow=VERTICAL)
    p.oval(0, 0.66, 0.13, 0.035, mix(c, WHITE, 0.5))
    p.stroke([(-0.12, 0.66), (-0.11, 0.52), (-0.12, 0.46)], 0.06, 0.05, mix(c, WHITE, 0.35), name="detail")
    p.rect(-0.012, 0.66, 0.012, 0.74, INK, name="detail")
    p.blob([(0, 0.69), (0.11, 0.78), (0.07, 0.90), (0, 1.06), (-0.07, 0.90), (-0.11, 0.78)], (1.0, 0.66, 0.18),
           name="light", glow=True)
    p.blob([(0, 0.71), (0.055, 0.78), (0, 0.92), (-0.055, 0.78)], (1.0, 0.95, 0.62), name="light", glow=True)


def guitar(p: Pen, c: Color) -> None:
    """A guitar, upright."""
    p.poly([(-0.035, 0.46), (0.035, 0.46), (0.03, 0.92), (-0.03, 0.92)], (0.30, 0.19, 0.13), flow=VERTICAL)
    p.poly([(-0.045, 0.88), (0.045, 0.88), (0.065, 1.04), (-0.065, 1.04)], WOOD, flow=VERTICAL)
    for s in (-1, 1):
        for y in (0.92, 0.98):
            p.dot(s * 0.085, y, 0.022, STEEL)
    half = [(0.16, 0.0), (0.29, 0.12), (0.27, 0.26), (0.165, 0.36), (0.21, 0.48), (0.15, 0.58)]
    p.blob(half + [(0.0, 0.58)] + [(-x, y) for x, y in half[::-1]], dim(c, 0.62))
    p.blob([(x * 0.90, 0.02 + y * 0.95) for x, y in half] + [(0.0, 0.57)]
           + [(-x * 0.90, 0.02 + y * 0.95) for x, y in half[::-1]], c, join=True)
    p.poly([(-0.035, 0.40), (0.035, 0.40), (0.035, 0.60), (-0.035, 0.60)], (0.30, 0.19, 0.13), name="detail")
    p.dot(0, 0.36, 0.085, INK)
    p.rect(-0.11, 0.12, 0.11, 0.165, (0.30, 0.19, 0.13), name="detail")
    for x in (-0.018, 0.018):
        p.rect(x - 0.006, 0.15, x + 0.006, 0.92, CREAM, name="detail")


def bicycle(p: Pen, c: Color) -> None:
    """A bicycle in profile."""
    dark = INK if not p.mood.dark else (0.30, 0.31, 0.38)
    for x in (-0.50, 0.50):
        ring(p, x, 0.31, 0.31, 0.06, dark)
        for a in np.linspace(0, np.pi, 5)[:-1]:
            dx, dy = 0.26 * np.cos(a), 0.26 * np.sin(a)
            p.poly(thick([(x - dx, 0.31 - dy), (x + dx, 0.31 + dy)], 0.014), STEEL, name="detail",
                   shade=FLAT, join=a > 0)
        p.dot(x, 0.31, 0.04, dark)
    frame = (((-0.50, 0.31), (-0.08, 0.27)), ((-0.50, 0.31), (-0.20, 0.72)), ((-0.08, 0.27), (-0.22, 0.80)),
             ((-0.20, 0.72), (0.34, 0.76)), ((-0.08, 0.27), (0.36, 0.70)), ((0.50, 0.31), (0.32, 0.90)))
    for i, line in enumerate(frame):
        p.poly(thick(line), c, shade=FLAT, join=i > 0)
    p.stroke([(0.32, 0.90), (0.44, 0.97), (0.54, 0.90), (0.50, 0.82)], 0.055, 0.05, dark)
    p.blob([(-0.40, 0.86), (-0.22, 0.84), (-0.08, 0.82), (-0.12, 0.78), (-0.36, 0.79)], dark)
    ring(p, -0.08, 0.27, 0.10, 0.04, STEEL, name="detail")
    p.poly(thick([(-0.08, 0.27), (0.0, 0.14)], 0.035), dark, name="detail")


def thick(line, width: float = 0.06) -> np.ndarray:
    """A straight bar of a width between two points."""
    a, b = np.asarray(line, np.float32)
    side = np.array((a[1] - b[1], b[0] - a[0])) / np.hypot(*(b - a)) * width / 2
    return np.stack([a + side, b + side, b - side, a - side])


def bus(p: Pen, c: Color) -> None:
    """A double-decker bus in profile."""
    p.blob([(-0.80, 0.16), (-0.82, 0.5), (-0.80, 0.97), (-0.76, 1.0), (0.0, 1.01), (0.74, 1.0), (0.80, 0.94),
            (0.82, 0.5), (0.80, 0.16), (0.0, 0.13)], c, shade=FACE)
    lit = {"name": "light" if p.mood.dark else "detail", "glow": p.mood.dark, "shade": FLAT}
    for i, x in enumerate(np.linspace(-0.74, 0.52, 6)):
        p.rect(x, 0.70, x + 0.19, 0.90, LAMP if p.mood.dark else (0.70, 0.85, 0.93), **lit)
        if i < 5:
            p.rect(x, 0.36, x + 0.19, 0.56, LAMP if p.mood.dark else (0.70, 0.85, 0.93), **lit)
    p.rect(0.53, 0.16, 0.72, 0.56, LAMP if p.mood.dark else (0.60, 0.75, 0.85), **lit)
    p.rect(-0.81, 0.59, 0.81, 0.64, CREAM if c != COLORS["white"] else COLORS["red"], name="detail", flow=0.0)
    p.rect(-0.81, 0.16, 0.81, 0.20, dim(c, 0.55), name="detail", flow=0.0)
    p.oval(0.80, 0.27, 0.04, 0.05, LAMP, name="light", glow=True)
    wheel(p, -0.48, 0.15, 0.15)
    wheel(p, 0.36, 0.15, 0.15)


def airplane(p: Pen, c: Color) -> None:
    """An airliner in flight, from the side."""
    pale = CREAM if c != COLORS["white"] else COLORS["blue"]
    p.poly([(0.12, 0.60), (-0.14, 0.60), (-0.42, 0.94), (-0.26, 0.94)], dim(c, 0.66), flow=-0.8)
    p.poly([(-0.94, 0.50), (-1.02, 1.0), (-0.80, 1.0), (-0.50, 0.62)], dim(c, 0.86), flow=VERTICAL)
    p.blob([(-0.98, 0.54), (-0.60, 0.40), (0.0, 0.34), (0.56, 0.34), (0.84, 0.40), (0.95, 0.48), (0.84, 0.60),
            (0.56, 0.66), (0.0, 0.66), (-0.60, 0.64), (-0.96, 0.60)], c, shade=(0.02, 0.20, 0.06), flow=0.0)
    p.stroke([(-0.80, 0.50), (0.0, 0.43), (0.90, 0.45)], 0.05, 0.05, pale, name="detail", flow=0.0)
    for x in np.linspace(-0.52, 0.54, 9):
        p.dot(x, 0.56, 0.035, LAMP if p.mood.dark else INK, name="light" if p.mood.dark else "detail",
              glow=p.mood.dark, join=x > -0.5)
    p.poly([(0.70, 0.62), (0.84, 0.585), (0.88, 0.53), (0.70, 0.53)], GLASS, name="detail")
    p.poly([(0.20, 0.44), (-0.18, 0.44), (-0.60, 0.0), (-0.38, 0.0)], dim(c, 0.78), flow=0.8)
    p.poly([(-0.72, 0.56), (-0.90, 0.56), (-1.06, 0.38), (-0.94, 0.38)], dim(c, 0.7), flow=0.8)
    p.oval(0.02, 0.22, 0.13, 0.07, STEEL, name="detail")


def pyramid(p: Pen, c: Color) -> None:
    """A stepped stone pyramid, one face in the light."""
    p.poly([(0.16, 1.0), (0.28, 0), (0.98, 0.06)], dim(c, 0.66), flow=-0.8)
    p.poly([(0.16, 1.0), (-0.94, 0.04), (0.28, 0)], dim(c, 1.04), flow=0.0)
    for t in (0.19, 0.38, 0.57, 0.76):
        a, b, d = ((x + (0.16 - x) * t, y + (1 - y) * t) for x, y in ((-0.94, 0.04), (0.28, 0), (0.98, 0.06)))
        p.poly(thick([a, b], 0.018), dim(c, 0.80), name="detail", shade=FLAT, flow=0.0, join=t > 0.2)
        p.poly(thick([b, d], 0.018), dim(c, 0.52), name="detail", shade=FLAT, flow=0.0, join=True)
    p.poly([(-0.36, 0.02), (-0.16, 0.01), (-0.19, 0.17), (-0.33, 0.17)], INK, name="detail")


def igloo(p: Pen, c: Color) -> None:
    """An igloo of blocks with a low entrance."""
    ice = mix(c, WHITE, 0.25)
    edge = dim(ice, 0.72)
    dome = [(0.62 * np.cos(a), 0.84 * np.sin(a)) for a in np.linspace(0, np.pi, 19)]
    p.poly([(0.62, -0.01), *dome, (-0.62, -0.01)], ice, shade=ROUND)
    drawn = False
    for i, y in enumerate((0.0, 0.21, 0.42, 0.62)):
        half = 0.62 * np.sqrt(1 - (y / 0.84) ** 2)
        if y:
            p.poly(thick([(-half, y), (half, y)], 0.022), edge, name="detail", shade=FLAT, flow=0.0, join=True)
        top = min(y + 0.21, 0.82)
        for x in np.arange(-3, 4) * 0.24 + (0.12 if i % 2 else 0.0):
            lean = np.sqrt(1 - (top / 0.84) ** 2) / max(np.sqrt(1 - (y / 0.84) ** 2), 0.1)
            if abs(x) < half - 0.05:
                p.poly(thick([(x, y), (x * lean, top)], 0.022), edge, name="detail", shade=FLAT,
                       flow=0.0, join=drawn)
                drawn = True
    for r, h, color, name in ((0.30, 0.44, dim(ice, 1.1), "subject"),
                              (0.20, 0.33, LAMP if p.mood.dark else (0.16, 0.22, 0.34),
                               "light" if p.mood.dark else "detail")):
        arch = [(0.14 + r * np.cos(a), h * np.sin(a)) for a in np.linspace(0, np.pi, 13)]
        p.poly([(0.14 + r, -0.02), *arch, (0.14 - r, -0.02)], color, name=name, glow=name == "light",
               shade=FACE if name == "subject" else FLAT)


def robot(p: Pen, c: Color) -> None:
    """A boxy robot with an antenna."""
    for s in (-1, 1):
        p.rect(s * 0.15 - 0.06, 0.04, s * 0.15 + 0.06, 0.24, STEEL, shade=TUBE)
        p.rect(s * 0.17 - 0.11, 0.0, s * 0.17 + 0.11, 0.07, dim(c, 0.7))
        p.stroke([(s * 0.28, 0.54), (s * 0.42, 0.46), (s * 0.42, 0.30)], 0.09, 0.08, STEEL, flow=VERTICAL)
        p.dot(s * 0.42, 0.26, 0.075, dim(c, 0.8), name="subject")
        p.rect(s * 0.27 - 0.04, 0.72, s * 0.27 + 0.04, 0.82, STEEL)
    p.rect(-0.015, 0.88, 0.015, 1.0, STEEL, name="detail")
    p.dot(0, 1.01, 0.045, COLORS["red"] if c != COLORS["red"] else GOLD, name="light", glow=True)
    p.rect(-0.08, 0.58, 0.08, 0.66, STEEL, shade=TUBE)
    p.rect(-0.30, 0.20, 0.30, 0.60, c)
    p.rect(-0.25, 0.64, 0.25, 0.90, c)
    for s in (-1, 1):
        p.dot(s * 0.11, 0.80, 0.065, LAMP, name="light", glow=True)
        p.dot(s * 0.11, 0.80, 0.028, INK)
    p.rect(-0.13, 0.67, 0.13, 0.715, INK, name="detail")
    p.rect(-0.20, 0.30, 0.20, 0.52, mix(c, WHITE, 0.6), name="detail")
    for x, color in ((-0.11, COLORS["red"]), (0.0, GOLD), (0.11, COLORS["green"])):
        p.dot(x, 0.45, 0.035, color)
    p.rect(-0.14, 0.34, 0.14, 0.375, INK, name="detail")


def crown(p: Pen, c: Color) -> None:
    """A royal crown with five points and jewels."""
    rim = mix(c, WHITE, 0.45) if c != COLORS["yellow"] else dim(GOLD, 0.92)
    top = [(-0.66, 0.84), (-0.40, 0.46), (-0.32, 0.92), (-0.14, 0.48), (0, 1.0), (0.14, 0.48), (0.32, 0.92),
           (0.40, 0.46), (0.66, 0.84)]
    p.oval(0, 0.44, 0.46, 0.08, dim(c, 0.55))
    p.poly([(-0.48, 0.04), *top, (0.48, 0.04)], c)
    for x, y in top[::2]:
        p.dot(x, y, 0.075, rim, shade=ROUND)
    p.poly(bend([(-0.50, 0.26), (0, 0.19), (0.50, 0.26)]).tolist()
           + bend([(0.48, 0.05), (0, -0.02), (-0.48, 0.05)]).tolist(), rim, name="detail", flow=0.0)
    gems = [k for k in ("red", "blue", "green", "purple") if COLORS[k] != c]
    for i, x in enumerate((-0.32, 0.0, 0.32)):
        p.dot(x, 0.13 + 0.25 * x * x, 0.06, COLORS[gems[i]])
    p.poly([(0, 0.66), (0.07, 0.52), (0, 0.38), (-0.07, 0.52)], COLORS[gems[0]], name="detail")


def chair(p: Pen, c: Color) -> None:
    """A wooden chair, turned a little."""
    for x, y in ((-0.14, 0.10), (0.36, 0.08)):
        p.rect(x - 0.035, y, x + 0.035, 0.44, dim(c, 0.62), flow=VERTICAL)
    p.poly([(-0.34, 0.42), (-0.24, 0.42), (-0.28, 1.02), (-0.38, 1.02)], dim(c, 0.95), flow=VERTICAL)
    p.poly([(0.20, 0.46), (0.28, 0.46), (0.26, 1.02), (0.17, 1.02)], dim(c, 0.85), flow=VERTICAL)
    for y in (0.88, 0.70, 0.56):
        h = 0.11 if y > 0.8 else 0.065
        p.poly([(-0.36, y), (0.24, y), (0.24, y + h), (-0.37, y + h)], dim(c, 1.04), flow=0.0)
    p.poly([(-0.36, 0.47), (0.26, 0.49), (0.44, 0.38), (-0.28, 0.36)], mix(c, WHITE, 0.22), flow=0.0)
    p.poly([(-0.36, 0.47), (-0.28, 0.36), (0.44, 0.38), (0.44, 0.32), (-0.28, 0.29), (-0.36, 0.41)],
           dim(c, 0.8), flow=0.0)
    for x, y in ((-0.28, 0.0), (0.40, 0.01)):
        p.poly([(x - 0.01, 0.32), (x + 0.07, 0.32), (x + 0.06, y), (x, y)] if x < 0 else
               [(x - 0.05, 0.34), (x + 0.04, 0.34), (x + 0.03, y), (x - 0.04, y)], c, flow=VERTICAL)


def clock(p: Pen, c: Color) -> None:
    """An alarm clock with two bells."""
    for s in (-1, 1):
        p.poly(thick([(s * 0.22, 0.16), (s * 0.36, 0.0)], 0.10), dim(c, 0.6))
        p.blob([(s * 0.08, 0.86), (s * 0.18, 1.02), (s * 0.36, 0.98), (s * 0.42, 0.78)], dim(GOLD, 0.96))
    p.rect(-0.03, 0.80, 0.03, 1.0, STEEL, name="detail")
    p.rect(-0.08, 0.97, 0.08, 1.03, STEEL, name="detail")
    p.oval(0, 0.46, 0.44, 0.44, c)
    p.oval(0, 0.46, 0.35, 0.35, (0.98, 0.96, 0.90), name="detail", shade=FLAT)
    for a in np.arange(12) * np.pi / 6:
        r = 0.26 if round(a / np.pi * 6) % 3 == 0 else 0.29
        p.poly(thick([(r * np.cos(a), 0.46 + r * np.sin(a)), (0.325 * np.cos(a), 0.46 + 0.325 * np.sin(a))],
                     0.03), INK, name="detail", shade=FLAT, join=a > 0)
    p.poly(thick([(0, 0.46), (-0.13, 0.58)], 0.05), INK, name="detail")
    p.poly(thick([(0, 0.46), (0.10, 0.70)], 0.035), INK, name="detail")
    p.dot(0, 0.46, 0.04, COLORS["red"])


@dataclass(frozen=True)
class Subject:
    """What `draw` and `caption` need to know of a subject."""

    paint: Callable[[Pen, Color], None]
    names: tuple[str, ...]
    colors: tuple[str, ...]
    half_width: float
    height: float = 0.55
    kind: str = "stand"   # stand | float | span | fly | still | swim | rise


_ANY = tuple(COLORS)
_BRIGHT = ("red", "orange", "yellow", "green", "blue", "purple", "pink")
_WALLS = ("red", "orange", "yellow", "green", "blue", "purple", "pink", "white", "brown")
_TREES = ("green", "orange", "red", "yellow", "pink", "purple", "blue")
_ROCK = ("blue", "purple", "brown", "black", "red", "green")
_FUR = ("black", "white", "brown", "orange", "pink", "blue")

SUBJECTS: dict[str, Subject] = {
    "house": Subject(house, ("house", "cottage", "home"), _WALLS, 0.62, 0.50),
    "lighthouse": Subject(lighthouse, ("lighthouse",), _WALLS, 0.34, 0.66),
    "castle": Subject(castle, ("castle", "fortress"), _WALLS, 0.62, 0.56),
    "tower": Subject(tower, ("tower",), _WALLS, 0.28, 0.66),
    "windmill": Subject(windmill, ("windmill", "mill"), _WALLS, 0.48, 0.58),
    "church": Subject(church, ("church", "chapel"), _WALLS, 0.54, 0.56),
    "barn": Subject(barn, ("barn",), _WALLS, 0.64, 0.50),
    "bridge": Subject(bridge, ("bridge", "stone bridge"), _WALLS, 1.1, 0.38, "span"),
    "boat": Subject(boat, ("boat", "sailboat", "sailing boat"), _BRIGHT + ("white", "brown"), 0.6, 0.58,
                    "float"),
    "ship": Subject(ship, ("ship", "steamship", "ocean liner"), _ANY, 0.92, 0.42, "float"),
    "duck": Subject(duck, ("duck",), ("yellow", "white", "brown", "orange", "blue", "green"), 0.68, 0.46,
                    "float"),
    "tree": Subject(tree, ("tree",), _TREES, 0.48, 0.60),
    "palm tree": Subject(palm_tree, ("palm tree", "palm"), ("green", "orange", "yellow", "blue"), 0.56, 0.66),
    "pine tree": Subject(pine_tree, ("pine tree", "fir tree", "pine"), ("green", "blue", "red", "white"),
                         0.36, 0.64),
    "cactus": Subject(cactus, ("cactus",), ("green", "blue", "purple", "pink"), 0.40, 0.58),
    "mountain": Subject(mountain, ("mountain", "peak"), _ROCK, 1.1, 0.52, "rise"),
    "volcano": Subject(volcano, ("volcano",), _ROCK, 1.0, 0.52, "rise"),
    "flower": Subject(flower, ("flower", "daisy", "blossom"), _BRIGHT + ("white",), 0.38, 0.62),
    "mushroom": Subject(mushroom, ("mushroom", "toadstool"), _WALLS, 0.5, 0.52),
    "vase": Subject(vase, ("vase of flowers", "flower vase", "vase"), _ANY, 0.42, 0.60, "still"),
    "apple": Subject(apple, ("apple",), ("red", "green", "yellow"), 0.46, 0.46, "still"),
    "pear": Subject(pear, ("pear",), ("green", "yellow", "red", "orange"), 0.36, 0.52, "still"),
    "pumpkin": Subject(pumpkin, ("pumpkin",), ("orange", "white", "green", "yellow"), 0.56, 0.44, "still"),
    "teapot": Subject(teapot, ("teapot",), _ANY, 0.72, 0.44, "still"),
    "cup": Subject(cup, ("cup", "teacup", "cup of coffee"), _ANY, 0.60, 0.46, "still"),
    "cat": Subject(cat, ("cat", "kitten"), _FUR, 0.52, 0.56),
    "rabbit": Subject(rabbit, ("rabbit", "bunny"), _FUR, 0.48, 0.54),
    "bird": Subject(bird, ("bird", "songbird"), _ANY, 0.72, 0.46),
    "fish": Subject(fish, ("fish",), _BRIGHT + ("white",), 0.74, 0.46, "swim"),
    "horse": Subject(horse, ("horse", "pony"), ("brown", "white", "black", "orange", "red"), 0.62, 0.58),
    "hot-air balloon": Subject(balloon, ("hot-air balloon", "balloon"), _ANY, 0.42, 0.58, "fly"),
    "kite": Subject(kite, ("kite",), _BRIGHT, 0.38, 0.56, "fly"),
    "rocket": Subject(rocket, ("rocket", "spaceship"), _BRIGHT + ("white",), 0.36, 0.62, "fly"),
    "butterfly": Subject(butterfly, ("butterfly",), _BRIGHT + ("white",), 0.60, 0.46, "fly"),
    "car": Subject(car, ("car", "automobile"), _ANY, 0.84, 0.38),
    "train": Subject(train, ("train", "steam engine", "locomotive"), _ANY, 0.88, 0.44),
    "tent": Subject(tent, ("tent",), _BRIGHT + ("white", "brown"), 0.72, 0.46),
    "umbrella": Subject(umbrella, ("umbrella", "parasol"), _BRIGHT + ("white", "black"), 0.60, 0.54),
    "snowman": Subject(snowman, ("snowman",), _BRIGHT, 0.44, 0.58),
    "dog": Subject(dog, ("dog", "puppy"), _FUR + ("yellow",), 0.68, 0.54),
    "elephant": Subject(elephant, ("elephant",), ("blue", "purple", "pink", "white", "brown"), 0.88, 0.44),
    "owl": Subject(owl, ("owl",), ("brown", "white", "black", "blue", "purple", "orange"), 0.48, 0.56),
    "swan": Subject(swan, ("swan",), ("white", "black", "pink", "blue"), 0.74, 0.52, "float"),
    "turtle": Subject(turtle, ("turtle", "tortoise"), ("green", "brown", "orange", "blue", "purple", "red"), 0.96,
                      0.39),
    "whale": Subject(whale, ("whale",), ("blue", "black", "purple", "white", "pink"), 0.94, 0.42, "float"),
    "penguin": Subject(penguin, ("penguin",), ("black", "blue", "purple", "brown"), 0.42, 0.58),
    "snail": Subject(snail, ("snail",), _BRIGHT + ("brown", "white"), 0.82, 0.44),
    "sheep": Subject(sheep, ("sheep", "lamb"), ("white", "black", "pink", "brown", "blue"), 0.62, 0.50),
    "giraffe": Subject(giraffe, ("giraffe",), ("yellow", "orange", "brown", "white", "pink"), 0.42, 0.65),
    "octopus": Subject(octopus, ("octopus",), _BRIGHT, 0.74, 0.52, "swim"),
    "crab": Subject(crab, ("crab",), ("red", "orange", "blue", "purple", "pink"), 0.82, 0.44),
    "sunflower": Subject(sunflower, ("sunflower",), ("yellow", "orange", "red"), 0.40, 0.66),
    "tulip": Subject(tulip, ("tulip",), _BRIGHT[:3] + ("purple", "pink", "white"), 0.30, 0.62),
    "strawberry": Subject(strawberry, ("strawberry",), ("red", "pink", "white"), 0.42, 0.48, "still"),
    "pineapple": Subject(pineapple, ("pineapple",), ("yellow", "orange", "brown", "pink"), 0.40, 0.60, "still"),
    "cake": Subject(cake, ("cake", "birthday cake", "layer cake"), ("pink", "brown", "yellow", "white", "red", "blue",
                    "purple", "green"), 0.62, 0.52, "still"),
    "candle": Subject(candle, ("candle", "burning candle"), _BRIGHT + ("white",), 0.46, 0.56, "still"),
    "guitar": Subject(guitar, ("guitar", "acoustic guitar"), ("brown", "orange", "red", "blue", "yellow", "black",
                      "white"), 0.30, 0.68, "still"),
    "bicycle": Subject(bicycle, ("bicycle", "bike"), _BRIGHT + ("white",), 0.82, 0.44),
    "bus": Subject(bus, ("bus", "double-decker bus"), _BRIGHT + ("white", "brown"), 0.82, 0.42),
    "airplane": Subject(airplane, ("airplane", "plane", "aeroplane"), _BRIGHT + ("white",), 1.02, 0.37, "fly"),
    "pyramid": Subject(pyramid, ("pyramid",), ("yellow", "orange", "brown", "red", "white", "blue", "purple"), 0.96,
                       0.41),
    "igloo": Subject(igloo, ("igloo", "snow hut"), ("white", "blue", "pink", "purple"), 0.62, 0.50),
    "robot": Subject(robot, ("robot",), _ANY, 0.48, 0.60),
    "crown": Subject(crown, ("crown", "royal crown"), ("yellow", "red", "blue", "purple", "white", "green"), 0.70,
                     0.44, "still"),
    "chair": Subject(chair, ("chair", "wooden chair"), _WALLS, 0.44, 0.58),
    "clock": Subject(clock, ("clock", "alarm clock"), _ANY, 0.45, 0.52, "still"),
}


# ------------------------------------------------------------------------------------------ hour and weather

@dataclass(frozen=True)
class Mood:
    """The light of an hour and a weather: the sky from top to foot, the air, a factor for every colour."""

    sky: tuple[Color, Color, Color]
    ambient: Color
    haze: Color
    veil: Color
    dark: bool
    snow: bool


# The sky at the top, halfway and at the horizon; the ambient light; the grey of bad weather.
_HOURS = {
    "day": (((0.25, 0.55, 0.88), (0.52, 0.77, 0.95), (0.86, 0.94, 0.96)), (1.0, 1.0, 1.0),
            (0.72, 0.77, 0.80)),
    "dawn": (((0.58, 0.62, 0.86), (0.95, 0.74, 0.80), (1.0, 0.91, 0.74)), (1.0, 0.92, 0.93),
             (0.80, 0.74, 0.78)),
    "sunset": (((0.38, 0.22, 0.48), (0.93, 0.42, 0.28), (1.0, 0.78, 0.34)), (1.0, 0.87, 0.80),
               (0.78, 0.58, 0.50)),
    "night": (((0.04, 0.06, 0.20), (0.08, 0.14, 0.36), (0.20, 0.30, 0.56)), (0.66, 0.70, 0.90),
              (0.22, 0.27, 0.38)),
    "twilight": (((0.20, 0.12, 0.42), (0.50, 0.28, 0.66), (0.95, 0.62, 0.82)), (0.86, 0.80, 0.94),
                 (0.50, 0.42, 0.62)),
}
_GREY = {"clear": 0.0, "rain": 0.72, "snow": 0.45, "fog": 0.62, "rainbow": 0.12, "storm": 0.88, "leaves": 0.0}
PLACES = ("sea", "lake", "field", "mountains", "desert", "forest", "hill", "village", "table", "underwater",
          "city", "garden", "island", "ice", "waterfall")
TIMES = tuple(_HOURS)
WEATHERS = tuple(_GREY)


def mood_of(time: str, weather: str) -> Mood:
    """The mood of an hour under a weather."""
    sky, ambient, grey = _HOURS[time]
    share = _GREY[weather] * (0.75 if time in ("dawn", "sunset") else 1.0)
    cloud = dim(grey, {"rain": 0.78, "storm": 0.42}.get(weather, 1.0))
    sky = tuple(mix(s, dim(cloud, 0.85 + 0.15 * i), share) for i, s in enumerate(sky))
    if weather == "rain":
        ambient = dim(ambient, 0.86)
    elif weather == "storm":
        ambient = dim(ambient, 0.74)
    veil = mix(sky[2], WHITE, 0.45 if time != "night" else 0.12)
    return Mood(sky, ambient, sky[2], veil, time in ("night", "twilight"), weather == "snow")


def gradient(stops: tuple, rows: int) -> np.ndarray:
    """Rows of colours running through the stops."""
    t = np.linspace(0, len(stops) - 1, rows)
    return np.stack([np.interp(t, range(len(stops)), [s[k] for s in stops]) for k in range(3)], 1)


def paint_rows(canvas: Canvas, top: float, foot: float, stops: tuple) -> None:
    """A vertical gradient straight into the colours, across the whole picture."""
    a, b = round(top * canvas.height) * 2, round(foot * canvas.height) * 2
    column = (gradient(stops, b - a) * 255 + 0.5).astype(np.uint8)[:, None]
    canvas.color[a:b] = cv2.resize(column, (2 * canvas.width, b - a), interpolation=cv2.INTER_NEAREST)


# ------------------------------------------------------------------------------------------------ background

@dataclass
class Stage:
    """What the parts of one picture share while it is drawn."""

    canvas: Canvas
    mood: Mood
    scene: "Scene"
    rng: np.random.Generator
    light: float       # -1: from the left, 1: from the right
    horizon: float
    base: float        # the height at which the subject stands

    def pen(self, name: str, depth: float, haze: float = 0.0) -> Pen:
        """A pen in picture units."""
        return Pen(self.canvas, self.mood, name=name, depth=depth, haze=haze, unit=self.canvas.unit)

    def land(self, color: Color, white: float = 0.88) -> Color:
        """A ground colour, under snow where it snows."""
        return mix(color, WHITE, white) if self.mood.snow else color


def rolling(rng, y: float, swell: float, foot: float = 1.02) -> np.ndarray:
    """The outline of hills whose tops run about y."""
    x = np.linspace(-0.02, 1.02, 40)
    a, b = rng.uniform(0, 2 * np.pi, 2)
    top = y - swell * (0.6 * np.sin(2.2 * np.pi * x + a) + 0.4 * np.sin(4.6 * np.pi * x + b))
    return np.concatenate([np.stack([x, top], 1), [(1.02, foot), (-0.02, foot)]])


def ridge(rng, y: float, height: float) -> np.ndarray:
    """The outline of a jagged range."""
    x = np.linspace(-0.05, 1.05, 9)
    top = y - height * np.where(np.arange(9) % 2, rng.uniform(0.65, 1.0, 9), rng.uniform(0.15, 0.45, 9))
    return np.concatenate([np.stack([x + rng.uniform(-0.03, 0.03, 9), top], 1), [(1.1, 1.02), (-0.1, 1.02)]])


def sky(s: Stage, foot: float) -> None:
    """Sky, sun or moon and stars, and clouds."""
    paint_rows(s.canvas, 0, foot, s.mood.sky)
    time, weather, rng = s.scene.time, s.scene.weather, s.rng
    p, x = s.pen("light", 1.0), 0.5 + s.light * rng.uniform(0.27, 0.36)
    if time == "night":
        stars(s, p, foot)
    if weather in ("clear", "snow") or time in ("sunset", "night"):
        y, r, color = {"day": (0.15, 0.055, (1.0, 0.93, 0.55)),
                       "dawn": (foot - 0.13 * p.unit[1], 0.065, (1.0, 0.93, 0.72)),
                       "sunset": (foot - 0.09 * p.unit[1], 0.085, (1.0, 0.90, 0.52)),
                       "night": (0.16, 0.07, (0.97, 0.95, 0.82))}[time]
        p.oval(x, y, r, r, mix(color, s.mood.sky[1], 0.5 * _GREY[weather]), glow=True, shade=FLAT)
    if weather != "fog":
        clouds(s, x)


def stars(s: Stage, p: Pen, foot: float) -> None:
    """A scatter of stars that share one region."""
    count = s.canvas.scattered(22)
    for i, (x, y, r) in enumerate(s.rng.uniform((0, 0.02, 0.003), (1, foot * 0.75, 0.007), (count, 3))):
        p.poly(p.around(x, y, [(-r, 0), (0, -r), (r, 0), (0, r)]), CREAM, shade=FLAT, join=i > 0, glow=True)


def clouds(s: Stage, avoid: float) -> None:
    """A few flat-footed clouds, heavy in rain."""
    rng, rain = s.rng, s.scene.weather == "rain"
    pale = mix(s.mood.sky[2], WHITE, 0.65 if not s.mood.dark else 0.05)
    color = dim(s.mood.sky[0], 0.86) if rain else mix(s.mood.sky[0], pale, 0.35 if s.mood.dark else 0.85)
    p = s.pen("sky", 0.95)
    for x in ((0.2, 0.55, 0.85) if rain else (1 - avoid + rng.uniform(-0.12, 0.12),)):
        y, w = rng.uniform(0.08, 0.2), rng.uniform(0.13, 0.2) * (1.3 if rain else 1)
        lumps = [(-w, 0), (-0.8 * w, -0.03), (-0.4 * w, -0.045), (0, -0.085), (0.4 * w, -0.05),
                 (0.8 * w, -0.03), (w, 0), (0.4 * w, 0.015), (-0.4 * w, 0.015)]
        p.blob(p.around(x, y, lumps), color, glow=True, shade=(0.0, -0.05, 0.0), flow=0.0)


def water(s: Stage, top: float, foot: float, color: Color) -> None:
    """Water that holds the sky upside down, with a glitter path and a few long ripples."""
    p = s.pen("water", 0.5)
    p.poly([(-0.02, top), (1.02, top), (1.02, foot), (-0.02, foot)], color, shade=FLAT, flow=0.0)
    deep = s.pen("water", 0.5).tone(color)
    paint_rows(s.canvas, top, foot, tuple(mix(c, deep, t) for c,
                                          t in zip(s.mood.sky[::-1], (0.35, 0.6, 0.75))))
    pale, x = mix(s.mood.sky[2], WHITE, 0.25), 0.5 + s.light * 0.31
    for i in range(7):
        y = top + (foot - top) * (0.06 + 0.13 * i + s.rng.uniform(0, 0.05))
        cx, w = (x, 0.05 + 0.012 * i) if i % 2 == 0 else (s.rng.uniform(0, 1), s.rng.uniform(0.1, 0.2))
        p.oval(cx, y, w, 0.004 + 0.0012 * i, mix(pale, deep, 0.15 if i % 2 == 0 else 0.6), glow=True,
               shade=FLAT,
               flow=0.0, join=i > 0)


def hills(s: Stage, color: Color, haze: float, lift: float = 0.05) -> None:
    """One line of far hills in the air."""
    s.pen("far", 0.85, haze).poly(rolling(s.rng, s.horizon - lift, 0.04), s.land(color, 0.6), shade=FLAT,
                                  flow=0.15)


def ground(s: Stage, color: Color, top: float, swell: float = 0.012, dark: float = 0.78) -> None:
    """The ground in two bands, the nearer one deeper in tone."""
    p = s.pen("ground", 0.45)
    p.poly(rolling(s.rng, top, swell), s.land(color), shade=(0.05, -0.04, 0.0), flow=0.0)
    near = s.base + 0.055
    p = s.pen("ground", 0.15)
    p.poly(rolling(s.rng, near, 0.018), dim(s.land(color), dark if not s.mood.snow else 0.93), shade=FLAT,
           flow=0.1)


def far_row(s: Stage, paint, colors, xs, y, size, haze) -> None:
    """A row of small subjects standing far off."""
    for x in xs:
        k, (wide, high) = size * s.rng.uniform(0.85, 1.15), s.canvas.unit
        p = Pen(s.canvas, s.mood, x + s.rng.uniform(-0.02, 0.02), y, (k * wide, -k * high), "far", 0.7, haze)
        paint(p, colors[s.rng.integers(len(colors))])


def sea_place(s: Stage) -> None:
    """Open sea; a beach in front unless the subject floats."""
    water(s, s.horizon, 1.0, (0.06, 0.36, 0.56))
    if SUBJECTS[s.scene.subject].kind not in ("float", "span"):
        shore(s, (0.93, 0.82, 0.58))


def lake_place(s: Stage) -> None:
    """A lake under wooded hills; a green bank in front unless the subject floats."""
    hills(s, (0.36, 0.55, 0.58), 0.45, 0.09)
    s.pen("far", 0.75, 0.25).poly(rolling(s.rng, s.horizon - 0.02, 0.015), s.land((0.20, 0.45, 0.34), 0.5),
                                  shade=FLAT, flow=0.0)
    water(s, s.horizon + 0.02, 1.0, (0.20, 0.48, 0.62))
    if SUBJECTS[s.scene.subject].kind not in ("float", "span"):
        shore(s, (0.52, 0.70, 0.32))


def shore(s: Stage, color: Color) -> None:
    """The near bank, with a pale rim of foam."""
    line = rolling(s.rng, s.base - 0.05, 0.014)
    s.pen("water", 0.35).poly(line - (0, 0.012), mix(s.mood.sky[2], WHITE, 0.4), shade=FLAT, flow=0.0,
                              glow=True)
    s.pen("ground", 0.25).poly(line, s.land(color), shade=(0.05, -0.04, 0.0), flow=0.05)


def field_place(s: Stage) -> None:
    """Meadows with bands of crop and a scatter of flowers."""
    hills(s, (0.42, 0.62, 0.50), 0.45)
    ground(s, (0.62, 0.78, 0.34), s.horizon)
    band = s.pen("ground", 0.5)
    band.poly(rolling(s.rng, s.horizon + 0.045, 0.01, s.horizon + 0.085), s.land((0.93, 0.82, 0.38)),
              shade=FLAT, flow=0.0)
    p, tints = s.pen("detail", 0.1), (WHITE, GOLD, (0.93, 0.45, 0.5))
    count = s.canvas.scattered(9)
    for i, (x, y) in enumerate(s.rng.uniform((0.02, s.base + 0.07), (0.98, 0.98), (count, 2))):
        p.oval(x, y, 0.012, 0.009, s.land(tints[i % 3]), shade=FLAT)


def mountains_place(s: Stage) -> None:
    """Two ranges, the farther one capped with snow, and an alp in front."""
    far, near = ridge(s.rng, s.horizon, 0.34), ridge(s.rng, s.horizon + 0.02, 0.17)
    s.pen("far", 0.9, 0.30).poly(far, (0.42, 0.50, 0.70), shade=(0.03, 0.0, 0.0), flow=0.8)
    for left, top, right in zip(far[0:7:2], far[1:8:2], far[2:9:2]):
        a, b = top + (left - top) * 0.42, top + (right - top) * 0.42
        p = s.pen("far", 0.9, 0.12)
        p.poly([top, b, top * 0.5 + b * 0.5 + (-0.012, 0.05), top * 0.5 + a * 0.5 + (0.012, 0.035), a], WHITE,
               flow=0.8)
    s.pen("far", 0.75, 0.18).poly(near, s.land((0.30, 0.42, 0.52), 0.4), shade=FLAT, flow=0.8)
    ground(s, (0.50, 0.68, 0.36), s.horizon + 0.04)


def desert_place(s: Stage) -> None:
    """Dunes, a far mesa."""
    x = s.rng.uniform(0.1, 0.3) if s.light > 0 else s.rng.uniform(0.7, 0.9)
    p, mesa = s.pen("far", 0.85, 0.25), [(-0.17, 0.02), (-0.12, -0.12), (0.10, -0.12), (0.17, 0.02)]
    p.poly(p.around(x, s.horizon, mesa), s.land((0.80, 0.46, 0.34), 0.4), flow=VERTICAL)
    s.pen("far", 0.7, 0.15).poly(rolling(s.rng, s.horizon, 0.035), s.land((0.94, 0.72, 0.45), 0.6),
                                 shade=FLAT, flow=0.2)
    ground(s, (0.97, 0.80, 0.50), s.horizon + 0.06, 0.03, 0.88)


def forest_place(s: Stage) -> None:
    """A wall of firs, larger ones at the sides framing a glade."""
    greens = ((0.20, 0.44, 0.32), (0.24, 0.50, 0.32), (0.16, 0.40, 0.34))
    s.pen("far", 0.85, 0.45).poly(ridge(s.rng, s.horizon - 0.06, 0.12), s.land(greens[0], 0.4), shade=FLAT,
                                  flow=VERTICAL)
    far_row(s, pine_tree, greens, np.linspace(0.0, 1.0, s.canvas.abreast(6)), s.horizon + 0.02, 0.34, 0.32)
    ground(s, (0.42, 0.60, 0.30), s.horizon)
    far_row(s, pine_tree, greens, (0.03, 0.97), s.horizon + 0.10, 0.62, 0.08)


def hill_place(s: Stage) -> None:
    """One round hill for the subject to stand on, valleys behind."""
    hills(s, (0.42, 0.58, 0.62), 0.5, 0.0)
    s.pen("far", 0.7, 0.25).poly(rolling(s.rng, s.horizon + 0.08, 0.02), s.land((0.42, 0.62, 0.44)),
                                 shade=FLAT, flow=0.0)
    x = np.linspace(-0.02, 1.02, 30)
    top = s.base - 0.035 + 1.1 * s.canvas.unit[1] * (x - 0.5) ** 2
    dome = np.concatenate([np.stack([x, top], 1), [(1.02, 1.02), (-0.02, 1.02)]])
    s.pen("ground", 0.3).poly(dome, s.land((0.54, 0.74, 0.32)), shade=(0.10, -0.06, 0.0), flow=0.0)


def village_place(s: Stage) -> None:
    """A row of little houses behind a green."""
    hills(s, (0.42, 0.60, 0.52), 0.45, 0.10)
    walls = ((0.95, 0.88, 0.74), (0.90, 0.76, 0.62), (0.84, 0.84, 0.84), (0.93, 0.82, 0.60))
    far_row(s, house, walls, np.linspace(0.06, 0.94, s.canvas.abreast(5)), s.horizon + 0.03, 0.20, 0.15)
    ground(s, (0.66, 0.76, 0.42), s.horizon + 0.03)


def table_place(s: Stage) -> None:
    """A room: a wall, a window on the weather, and a table."""
    wall = ((0.90, 0.80, 0.64), (0.66, 0.76, 0.72), (0.80, 0.70, 0.72), (0.70, 0.74, 0.82))[s.rng.integers(4)]
    x0, x1, y0, y1 = 0.10, 0.90, s.canvas.level(0.06), s.canvas.level(0.60)
    sill = [(-0.02, -0.02), (1.02, -0.02), (1.02, 1.02), (-0.02, 1.02)]
    frame = [((-0.02, -0.02), (x0, 1.02)), ((x1, -0.02), (1.02, 1.02)), ((x0, -0.02), (x1, y0)),
             ((x0, y1), (x1, 1.02))]
    hills(s, (0.42, 0.62, 0.50), 0.3, 0.0)
    p = s.pen("far", 0.55)
    for i, ((a, b), (c, d)) in enumerate(frame):
        p.rect(a, b, c, d, wall, shade=FLAT, flow=VERTICAL, join=i > 0)
    bars = [(x0 - 0.02, y0 - 0.02, x1 + 0.02, y0 + 0.01), (x0 - 0.02, y1 - 0.01, x1 + 0.02, y1 + 0.025),
            (x0 - 0.02, y0, x0 + 0.012, y1), (x1 - 0.012, y0, x1 + 0.02, y1),
            *((x - 0.01, y0, x + 0.01, y1) for x in np.linspace(x0, x1, s.canvas.abreast(2) + 1)[1:-1])]
    for i, bar in enumerate(bars):
        p.rect(*bar, CREAM, shade=FLAT, join=i > 0)
    p = s.pen("ground", 0.3)
    p.poly(np.asarray(sill) * (1, 0.36) + (0, s.canvas.level(0.70)), (0.66, 0.42, 0.26),
           shade=(0.08, -0.06, 0.0), flow=0.0)
    p.rect(-0.02, 0.95, 1.02, 1.02, (0.46, 0.28, 0.18), shade=FLAT)


def underwater_place(s: Stage) -> None:
    """Blue depths with shafts of light, a sandy bed, weed and bubbles."""
    shine = mix((0.45, 0.86, 0.90), s.mood.sky[2], 0.25)
    deep = tuple(c * a for c, a in zip((0.03, 0.25, 0.50), s.mood.ambient))
    p = s.pen("water", 0.9)
    p.poly([(-0.02, -0.02), (1.02, -0.02), (1.02, 1.02), (-0.02, 1.02)], deep, shade=FLAT, flow=0.0)
    paint_rows(s.canvas, 0, 1, (tuple(c * a for c, a in zip(shine, s.mood.ambient)), mix(shine, deep, 0.65),
                                deep))
    p = s.pen("ground", 0.5, 0.0)
    p.poly(rolling(s.rng, 0.86, 0.02), mix((0.90, 0.80, 0.56), (0.1, 0.4, 0.6), 0.3), shade=FLAT, flow=0.0)
    p = s.pen("detail", 0.4)
    for x in (0.05, 0.13, 0.87, 0.95):
        h = s.rng.uniform(0.2, 0.42)
        p.stroke(p.around(x, 0.92, [(0, 0), (0.03, -h * 0.4), (-0.02, -h * 0.7), (0.02, -h)]),
                 0.035, 0.012,
                 (0.12, 0.52, 0.36) if x < 0.5 else (0.80, 0.36, 0.42), flow=VERTICAL)
    for x, y, r in s.rng.uniform((0.15, 0.08, 0.008), (0.85, 0.5, 0.018), (s.canvas.scattered(7), 3)):
        p.oval(x, y, r, r, (0.80, 0.95, 0.97), shade=ROUND)


def beds(s: Stage, y: float, size: float, count: int, depth: float) -> None:
    """A row of tulips and daisies of mixed colours, at a height of the picture."""
    for i, x in enumerate(np.linspace(0.02, 0.98, count)):
        k = size * s.rng.uniform(0.85, 1.15)
        color = COLORS[("red", "yellow", "pink", "purple", "orange", "white")[s.rng.integers(6)]]
        p = Pen(s.canvas, s.mood, x + s.rng.uniform(-0.02, 0.02), y, (k, -k), "far" if depth > 0.4 else "ground",
                depth, 0.1 if depth > 0.4 else 0.0)
        p.stroke([(0, 0), (0, 0.6)], 0.10, 0.08, LEAF, shade=FLAT, flow=VERTICAL)
        for side in (-1, 1):
            p.blob([(0, 0.02), (side * 0.34, 0.44), (side * 0.22, 0.08)], dim(LEAF, 0.9), join=True)
        if i % 2:
            p.poly([(-0.16, 0.54), (0.16, 0.54), (0.28, 0.80), (0.26, 1.04), (0.13, 0.86), (0, 1.06), (-0.13, 0.86),
                    (-0.26, 1.04), (-0.28, 0.80)], color)
            continue
        for j, a in enumerate(np.linspace(0, 2 * np.pi, 7)[:-1]):
            p.oval(0.22 * np.cos(a), 0.74 + 0.22 * np.sin(a), 0.15, 0.15, color, shade=FLAT, join=j > 0)
        p.oval(0, 0.74, 0.13, 0.13, GOLD if color != COLORS["yellow"] else WOOD, shade=FLAT)


def block(p: Pen, c: Color) -> None:
    """A tall building of the city, its windows in rows."""
    top = 0.94  # one region, so that outlines follow the building and not its windows
    p.poly([(-0.17, 0), (0.17, 0), (0.17, top), (0.06, top), (0.06, top + 0.07), (-0.06, top + 0.07), (-0.06, top),
            (-0.17, top)], c, flow=VERTICAL)
    p.rect(0.10, 0, 0.17, top, dim(c, 0.78), join=True)
    pane = LAMP if p.mood.dark else mix(c, (0.85, 0.94, 1.0), 0.75)
    for y in np.linspace(0.12, 0.82, 6):
        for x in (-0.13, -0.02):
            p.rect(x, y, x + 0.08, y + 0.07, pane, join=True, glow=p.mood.dark)


def city_place(s: Stage) -> None:
    """A skyline of tall blocks behind a paved square."""
    tints = ((0.50, 0.54, 0.66), (0.62, 0.56, 0.58), (0.44, 0.52, 0.60), (0.70, 0.62, 0.54))
    far_row(s, block, tints, np.linspace(0.05, 0.95, 8), s.horizon + 0.03, 0.46, 0.5)
    far_row(s, block, tints, (0.02, 0.17, 0.30, 0.70, 0.84, 0.98), s.horizon + 0.04, 0.40, 0.12)
    ground(s, (0.66, 0.65, 0.66), s.horizon + 0.03, 0.002, 0.72)


def garden_place(s: Stage) -> None:
    """A lawn between a clipped hedge with a white fence and a bed of flowers."""
    hills(s, (0.42, 0.62, 0.50), 0.45, 0.06)
    hedge = s.land((0.16, 0.42, 0.22), 0.5)
    far_row(s, tree, (hedge,), (0.06, 0.94), s.horizon + 0.06, 0.36, 0.08)
    s.pen("far", 0.7, 0.08).rect(-0.02, s.horizon - 0.055, 1.02, s.horizon + 0.09, hedge, flow=VERTICAL)
    ground(s, (0.50, 0.74, 0.34), s.horizon + 0.05, 0.003, 0.86)
    p = s.pen("far", 0.6, 0.05)
    for i, y in enumerate((s.horizon, s.horizon + 0.035)):
        p.rect(-0.02, y, 1.02, y + 0.014, WHITE, shade=FLAT, flow=0.0, join=i > 0)
    for x in np.linspace(0.0, 1.0, 15):
        p.poly([(x - 0.014, s.horizon + 0.065), (x - 0.014, s.horizon - 0.02), (x, s.horizon - 0.04),
                (x + 0.014, s.horizon - 0.02), (x + 0.014, s.horizon + 0.065)], WHITE, shade=FLAT, flow=VERTICAL,
               join=True)
    beds(s, s.horizon + 0.105, 0.10, 13, 0.5)
    beds(s, max(s.base + 0.15, 0.985), 0.11, 9, 0.1)


def island_place(s: Stage) -> None:
    """A small sandy island with a palm, the sea all around."""
    water(s, s.horizon, 1.0, (0.05, 0.50, 0.62))
    for grow, name, color in ((0.03, "water", mix(s.mood.sky[2], WHITE, 0.4)),
                              (0.0, "ground", s.land((0.95, 0.84, 0.58)))):
        rim = [(0.5 + (0.47 + grow) * np.cos(a) * (0.94 + 0.06 * np.cos(3 * a)),
                s.base + 0.012 + (0.066 + 0.3 * grow) * np.sin(a)) for a in np.linspace(0, 2 * np.pi, 15)[:-1]]
        s.pen(name, 0.3).poly(smooth(rim), color, shade=FLAT, flow=0.0, glow=name == "water")
    far_row(s, palm_tree, ((0.20, 0.56, 0.28),), (0.5 - s.light * 0.36,), s.base - 0.012, 0.56, 0.0)


def iceberg(p: Pen, c: Color) -> None:
    """A jagged block of ice, shaded to one side."""
    p.poly([(-0.62, 0), (-0.48, 0.42), (-0.26, 0.50), (-0.12, 0.94), (0.08, 1.0), (0.20, 0.62), (0.44, 0.52),
            (0.64, 0)], c, flow=1.1)
    p.poly([(0.08, 1.0), (0.20, 0.62), (0.44, 0.52), (0.64, 0), (0.10, 0), (0.16, 0.40), (-0.02, 0.58)],
           mix(dim(c, 0.8), (0.25, 0.62, 0.86), 0.35), flow=-1.1)


def ice_place(s: Stage) -> None:
    """Icebergs in a cold sea behind a sheet of cracked ice."""
    water(s, s.horizon, 1.0, (0.08, 0.42, 0.58))
    far_row(s, iceberg, ((0.86, 0.95, 1.0), (0.78, 0.92, 0.98)), (0.09, 0.33, 0.64, 0.91), s.horizon + 0.04, 0.32,
            0.06)
    shore(s, (0.84, 0.94, 0.98))
    p = s.pen("ground", 0.2)
    for i in range(3):
        x, y = s.rng.uniform(0.0, 0.7), s.base + 0.02 + 0.045 * i
        p.poly([(x, y), (x + 0.10, y + 0.022), (x + 0.17, y + 0.008), (x + 0.30, y + 0.026), (x + 0.17, y + 0.018),
                (x + 0.10, y + 0.032)], (0.45, 0.72, 0.86), shade=FLAT, flow=0.1, join=i > 0)


def waterfall_place(s: Stage) -> None:
    """A cliff on the side away from the light, a white fall over it into a pool, a bank in front."""
    hills(s, (0.40, 0.58, 0.52), 0.45, 0.06)
    water(s, s.horizon, 1.0, (0.16, 0.52, 0.62))
    def side(points):
        return [(0.5 - s.light * (0.5 - x), y) for x, y in points]
    foot = s.horizon + 0.09
    rock = s.land((0.47, 0.42, 0.40), 0.25)
    s.pen("far", 0.7, 0.1).poly(side([(-0.04, 0.13), (0.12, 0.10), (0.32, 0.13), (0.42, 0.20), (0.46, 0.34),
                                      (0.55, 0.42), (0.60, foot - 0.03), (0.62, foot), (-0.04, foot)]), rock,
                                flow=VERTICAL)
    for shift, width in ((0.01, 0.05), (0.36, 0.05)):
        s.pen("far", 0.68, 0.1).poly(side([(shift, 0.2), (shift + width, 0.16), (shift + width * 0.7, 0.40),
                                           (shift + width * 1.4, foot), (shift - 0.01, foot)]), dim(rock, 0.76),
                                     flow=VERTICAL)
    s.pen("far", 0.68, 0.1).poly(side([(-0.04, 0.15), (-0.04, 0.09), (0.12, 0.065), (0.32, 0.095), (0.43, 0.18),
                                       (0.44, 0.23), (0.32, 0.16), (0.12, 0.13)]), s.land((0.30, 0.56, 0.28)),
                                 flow=0.0)
    p, white = s.pen("water", 0.6, 0.05), (0.88, 0.96, 1.0)
    p.poly(side([(0.11, 0.105), (0.31, 0.12), (0.335, foot + 0.01), (0.09, foot + 0.01)]), white, shade=FLAT,
           flow=VERTICAL)
    p = s.pen("water", 0.58, 0.05)
    for i, x in enumerate((0.14, 0.195, 0.26)):
        p.poly(side([(x, 0.15 + 0.03 * i), (x + 0.02, 0.14), (x + 0.025, foot - 0.03), (x - 0.005, foot - 0.05)]),
               (0.52, 0.76, 0.90), shade=FLAT, flow=VERTICAL, join=i > 0)
    for x, r in ((0.08, 0.035), (0.16, 0.045), (0.25, 0.045), (0.34, 0.035)):
        (x, y), = side([(x, foot)])
        foam = [(-1.4, -0.3), (-1, 0.6), (0, 1), (1, 0.6), (1.4, -0.3), (0, -0.5)]
        Pen(s.canvas, s.mood, x, y, (r, -r), "water", 0.55, 0.05).blob(foam, white)
    shore(s, (0.42, 0.62, 0.30))


_PAINT_PLACE = {"sea": sea_place, "lake": lake_place, "field": field_place, "mountains": mountains_place,
                "desert": desert_place, "forest": forest_place, "hill": hill_place, "village": village_place,
                "table": table_place, "underwater": underwater_place, "city": city_place, "garden": garden_place,
                "island": island_place, "ice": ice_place, "waterfall": waterfall_place}


# ----------------------------------------------------------------------------------- the weather's own things

def sky_seen(s: Stage) -> Stage:
    """The stage as `sky` is to draw it, which knows only the first hours and weathers."""
    time = "night" if s.scene.time == "twilight" else s.scene.time
    weather = {"storm": "rain", "rainbow": "fog", "leaves": "clear"}.get(s.scene.weather, s.scene.weather)
    return replace(s, scene=replace(s.scene, time=time, weather=weather))


def weather_behind(s: Stage) -> None:
    """What the weather puts in the sky, behind everything else: a rainbow, or clouds and lightning."""
    if s.scene.weather == "rainbow":
        rainbow(s)
    elif s.scene.weather == "storm":
        storm_sky(s)


def rainbow(s: Stage) -> None:
    """An arch of six colours from side to side."""
    p = Pen(s.canvas, s.mood, 0.5 + s.light * 0.04, s.horizon + 0.08, (0.62, -0.62), "sky", 0.93)
    a = np.linspace(0, np.pi, 40)
    arc = np.stack([np.cos(a), np.sin(a)], 1)
    for i, name in enumerate(("red", "orange", "yellow", "green", "blue", "purple")):
        r = 0.94 - 0.05 * i
        p.poly(np.concatenate([arc * (r + 0.002), arc[::-1] * (r - 0.05)]),
               mix(mix(COLORS[name], WHITE, 0.12), s.mood.sky[1], 0.15), shade=FLAT, glow=True)


def storm_sky(s: Stage) -> None:
    """A bank of black cloud across the top and forked lightning under it."""
    for x, k in ((0.5 - s.light * s.rng.uniform(0.28, 0.34), 0.52), (0.5 + s.light * s.rng.uniform(0.30, 0.38), 0.40)):
        turn = s.light if k > 0.5 else -s.light
        p = Pen(s.canvas, s.mood, x, 0.14 + k, (turn * k, -k), "light", 0.92)
        p.poly([(0.0, 1.0), (0.14, 1.0), (0.02, 0.66), (0.16, 0.68), (-0.02, 0.34), (0.09, 0.36), (-0.20, -0.04),
                (-0.08, 0.26), (-0.19, 0.25), (-0.04, 0.56), (-0.17, 0.55)], (1.0, 0.96, 0.62), shade=FLAT, glow=True)
    color = dim(s.mood.sky[0], 0.6)
    for x, y, r in ((0.02, 0.05, 0.17), (0.98, 0.05, 0.17), (0.24, 0.08, 0.15), (0.76, 0.08, 0.15), (0.5, 0.06, 0.17)):
        k = r * s.rng.uniform(0.9, 1.1)
        Pen(s.canvas, s.mood, x, y, (k, -k), "sky", 0.91).blob(
            [(-1.1, -0.3), (-0.9, 0.5), (0, 0.9), (0.9, 0.5), (1.1, -0.3), (0.5, -0.72), (0, -0.55), (-0.5, -0.75)],
            dim(color, s.rng.uniform(0.9, 1.25)), glow=True)


def weather_before(s: Stage) -> None:
    """What the weather puts in front of everything else: leaves in the wind."""
    if s.scene.weather != "leaves":
        return
    tints = ((0.86, 0.20, 0.12), (0.95, 0.52, 0.10), (0.98, 0.78, 0.18), (0.66, 0.34, 0.14))
    for i, (x, y) in enumerate((np.indices((6, 5)).reshape(2, -1).T + s.rng.uniform(0.1, 0.9, (30, 2))) / (6, 5)):
        k, turn = s.rng.uniform(0.032, 0.050), s.rng.uniform(0, 2 * np.pi)
        p = Pen(s.canvas, s.mood, x, y, (k, -k), "far", 0.05)
        line = np.array([(-0.5, 0), (0, 0.42), (0.6, 0.30), (1.0, 0), (0.6, -0.30), (0, -0.42)])
        spin = np.array([(np.cos(turn), np.sin(turn)), (-np.sin(turn), np.cos(turn))])
        p.blob(line @ spin, tints[i % 4], shade=FLAT, flow=-turn)
        p.poly(thick(np.array([(-1.0, 0), (0.5, 0)]) @ spin, 0.12), dim(tints[i % 4], 0.6), shade=FLAT, join=True)


def weather_air(s: Stage, color: np.ndarray, depth: np.ndarray) -> np.ndarray:
    """`weather_over` for every weather: a storm rains, a rainbow and leaves leave the air clear."""
    if s.scene.weather in ("rainbow", "leaves"):
        return color
    weather = "rain" if s.scene.weather == "storm" else s.scene.weather
    return weather_over(replace(s, scene=replace(s.scene, weather=weather)), color, depth)


# --------------------------------------------------------------------------------------------------- scenes

@dataclass(frozen=True)
class Scene:
    """The words of a picture and the seed of its layout."""

    subject: str
    color: str
    place: str
    time: str = "day"
    weather: str = "clear"
    count: int = 1
    layout: int = 0
    size: str = ""   # "" | small | large


_OPEN = ("sea", "lake", "field", "mountains", "desert", "forest", "hill", "village")
_NEAR = _OPEN + ("city", "garden", "island", "ice", "waterfall")
_PLACES_OF = {"stand": _NEAR, "fly": _OPEN + ("city", "ice"), "float": ("sea", "lake"), "span": ("sea", "lake"),
              "swim": ("underwater",),
              "still": ("table",) * 4 + ("field", "hill", "sea", "forest", "garden"),
              "rise": ("sea", "lake", "field", "desert", "village")}
SIZES = ("", "small", "large")
COUNTS = (1, 2, 3, 4)


def weathers_of(place: str, time: str) -> dict[str, float]:
    """How likely each weather is at a place and an hour; those that cannot be there are left out."""
    chance = {"clear": 0.76, "rain": 0.06, "snow": 0.06, "fog": 0.05, "storm": 0.03}
    if time not in ("night", "twilight"):
        chance["rainbow"] = 0.04
    if place in ("field", "hill", "forest", "village", "mountains", "lake", "garden", "city"):
        chance["leaves"] = 0.04
    if place == "underwater":
        return {"clear": 1.0}
    nowhere = {"table": ("rainbow", "storm"), "city": ("rainbow", "storm"), "desert": ("snow",), "ice": ("rain",),
               "island": ("snow",), "forest": ("rainbow",), "waterfall": ("rainbow",)}
    for never in nowhere.get(place, ()):
        chance.pop(never, None)
    return chance


def sample_scene(rng: np.random.Generator, subjects: Sequence[str] = tuple(SUBJECTS)) -> Scene:
    """A scene drawn at random, of one of `subjects`; half are plain days, and most have a single subject."""
    subject = str(rng.choice(subjects))
    about = SUBJECTS[subject]
    place = str(rng.choice(_PLACES_OF[about.kind]))
    if subject in ("penguin", "igloo") and rng.random() < 0.3:
        place = "ice"
    time = str(rng.choice(TIMES, p=(0.44, 0.12, 0.20, 0.14, 0.10)))
    chance = weathers_of(place, time)
    weather = str(rng.choice(list(chance), p=np.array(list(chance.values())) / sum(chance.values())))
    if subject == "snowman":
        weather = "snow"
    count = 1 if about.kind in ("span", "rise") else int(rng.choice(COUNTS, p=(0.80, 0.10, 0.06, 0.04)))
    if count == 4 and about.half_width > 0.65:
        count = 1
    size = str(rng.choice(SIZES, p=(0.80, 0.10, 0.10))) if count == 1 and about.kind != "span" else ""
    if size == "large" and about.kind != "rise" and largest(about) < 1.2 * about.height:
        size = ""  # it is nearly so large anyway
    elif size == "small" and about.kind == "rise":
        size = ""  # what stands in front would hide it
    return Scene(subject, str(rng.choice(about.colors)), place, time, weather, count,
                 int(rng.integers(2**31)), size)


def draw(scene: Scene, shape: tuple[int, int] = (256, 256)) -> Layers:
    """Draw a scene, [height, width]; the same scene always gives the same picture."""
    rng, about = np.random.default_rng(scene.layout), SUBJECTS[scene.subject]
    base = {"float": 0.84, "span": 0.80, "fly": 0.73, "swim": 0.74, "still": 0.87}.get(about.kind, 0.86)
    stage = Stage(Canvas(shape), mood_of(scene.time, scene.weather), scene, rng,
                  float(rng.choice((-1.0, 1.0))),
                  rng.uniform(0.56, 0.62), base + rng.uniform(-0.025, 0.025))
    if about.kind == "rise":
        stage.horizon = rng.uniform(0.66, 0.72)
    stage.horizon, stage.base = map(stage.canvas.level, (stage.horizon, stage.base))
    sky(sky_seen(stage), stage.horizon + 0.02)
    paint_rows(stage.canvas, stage.horizon + 0.02, 1.0, (stage.mood.sky[2],) * 2)
    weather_behind(stage)
    if about.kind == "rise":
        place_subjects(stage, about)
    _PAINT_PLACE[scene.place](stage)
    foot_of = None if about.kind == "rise" else place_subjects(stage, about)
    weather_before(stage)
    return finish(stage, foot_of)


def spread(stage: Stage, about: Subject) -> list[tuple[float, float, float]]:
    """Where the subjects stand: the middle, the foot and the size of each, the farthest first."""
    rng, n, (wide, high) = stage.rng, stage.scene.count, stage.canvas.unit
    size = sized(stage, about, about.height * rng.uniform(0.92, 1.14))
    if n == 1:
        return [(0.5 + rng.uniform(-0.07, 0.07), stage.base, size)]
    size = min(size * (0.86 if n == 2 else 0.76), 0.98 / (2 * n * about.half_width * wide))
    step = min(2 * about.half_width * size * 1.04 * wide, 0.94 / n)
    xs = 0.5 + rng.uniform(-0.02, 0.02) + step * (np.arange(n) - (n - 1) / 2)
    lift = (0.10 if about.kind in ("fly", "swim") else 0.035) * high
    feet = stage.base + lift * (rng.permutation(n) / (n - 1) - 0.75) - (0.12 * high if about.kind == "fly" else 0.0)
    spots = [(x, y, size * (1 + 0.6 * (y - stage.base) / high) * rng.uniform(0.95, 1.03)) for x, y in zip(xs, feet)]
    return sorted(spots, key=lambda spot: spot[1])


def largest(about: Subject) -> float:
    """The size at which a subject all but fills the picture."""
    return min(0.82 if about.kind != "fly" else 0.70, 0.48 / about.half_width)


def sized(stage: Stage, about: Subject, size: float) -> float:
    """The size of a subject, which is another where the scene calls it small or large."""
    if stage.scene.size == "small":
        return size * 0.54
    if stage.scene.size == "large":
        return min(size * 1.5, largest(about) if about.kind != "rise" else stage.horizon)
    return size


def place_subjects(stage: Stage, about: Subject) -> np.ndarray:
    """Draw the subjects, each with its cast shadow; return the height of the foot of each picture column."""
    color, width, (wide, high) = COLORS[stage.scene.color], stage.canvas.width, stage.canvas.unit
    foot_of = np.full(width, stage.base, np.float32)
    base = stage.horizon + 0.05 if about.kind == "rise" else None
    for x, y, size in spread(stage, about):
        y = base or y
        if about.kind in ("stand", "still") and stage.scene.place != "underwater":
            cast_shadow(stage, x, y, about.half_width * size)
        haze = 0.22 if about.kind == "rise" else 0.0
        paint_subject(Pen(stage.canvas, stage.mood, x, y, (-stage.light * size * wide, -size * high),
                          depth=0.6 if haze else 0.2, haze=haze),
                      about, color)
        a, b = (int(np.clip((x + k * about.half_width * size * wide) * width, 0, width)) for k in (-1, 1))
        foot_of[a:b] = y
    return foot_of


def paint_subject(pen: Pen, about: Subject, color: Color) -> None:
    """Draw one subject, a black one a little paler at night so that it stays visible."""
    about.paint(pen, mix(color, SLATE, 0.5) if pen.mood.dark and color == COLORS["black"] else color)


def cast_shadow(stage: Stage, x: float, y: float, half: float) -> None:
    """A flat shadow on the ground, away from the light."""
    x -= stage.light * half * 0.35 * stage.canvas.unit[0]
    row, column = (int(np.clip(k, 0, 0.999) * n) for k, n in zip((y + 0.02, x), stage.canvas.color.shape))
    lit = tuple(stage.canvas.color[row, column] / 255.0)
    stage.pen("shadow", 0.2).oval(x, y + 0.004, half * 1.05, 0.028, dim(lit, 0.68), glow=True, shade=FLAT,
                                  flow=0.0)


def finish(stage: Stage, foot_of: np.ndarray | None) -> Layers:
    """The layers, with reflections in water, the glow of lamps, and the weather in front of it all."""
    layers = stage.canvas.layers(stage.light, stage.rng)
    color = layers.color
    if stage.scene.place in ("sea", "lake") and SUBJECTS[stage.scene.subject].kind in ("float", "span"):
        color = reflect(color, layers, foot_of)
    if stage.mood.dark or stage.scene.time == "sunset":
        color = glow(color, layers, 0.55)
    if stage.scene.weather != "clear":
        color = weather_air(stage, color, layers.depth)
    return replace(layers, color=np.clip(color, 0, 1, dtype=np.float32))


def is_named(layers: Layers, *names: str) -> np.ndarray:
    """The pixels whose region has one of the names."""
    table = np.zeros(256, bool)
    table[[i for i, name in layers.names.items() if name in names]] = True
    return table[layers.region]


def reflect(color: np.ndarray, layers: Layers, foot_of: np.ndarray) -> np.ndarray:
    """Mirror what stands in the water about its foot, broken by ripples; what lies deep in it fades away."""
    height, width = layers.region.shape
    short = min(height, width)
    rows, columns = np.mgrid[0:height, 0:width]
    foot = (foot_of * height)[None, :]
    source = np.clip(np.rint(2 * foot - rows), 0, height - 1).astype(np.int32)
    wave = columns + np.rint(np.sin(rows * 90.0 / short) * short / 150).astype(np.int32)
    wave = np.clip(wave, 0, width - 1)
    standing = is_named(layers, "subject", "detail", "light") & (layers.depth < 0.4)
    share = standing[source, wave] & (rows > foot) & is_named(layers, "water")
    share = share * np.clip(2.6 - 6 * (rows - foot) / short, 0, 1)
    share = cv2.blur(share.astype(np.float32), (3, 3))[..., None] * 0.5 * is_named(layers, "water")[..., None]
    return color + (color[source, wave] - color) * share


def glow(color: np.ndarray, layers: Layers, strength: float) -> np.ndarray:
    """Light that spills from the lamps, the sun or the moon."""
    height, width = layers.region.shape
    size = [round(64 * n / min(height, width)) for n in (width, height)]
    small = cv2.resize(is_named(layers, "light").astype(np.float32), size, interpolation=cv2.INTER_AREA)
    halo = cv2.resize(cv2.GaussianBlur(small, (0, 0), 3.0), color.shape[1::-1])[..., None] * strength
    return color + (np.float32(LAMP) - color * 0.6) * halo


def weather_over(stage: Stage, color: np.ndarray, depth: np.ndarray) -> np.ndarray:
    """Air, then falling rain or snow; indoors only where the window is."""
    weather = stage.scene.weather
    outside = ((depth > 0.6) if stage.scene.place == "table" else np.ones_like(depth,
            bool)).astype(np.float32)
    thick = {"fog": (0.10, 0.72), "rain": (0.02, 0.30), "snow": (0.0, 0.22)}[weather]
    share = (thick[0] + thick[1] * np.clip(1.4 * depth - 0.3, 0, 1)) * outside
    color = color + (np.float32(stage.mood.veil) - color) * share[..., None]
    if weather == "fog":
        return color
    falling = rain_mask(stage.rng, stage.canvas) if weather == "rain" else snow_mask(stage.rng, stage.canvas)
    tint = mix(stage.mood.veil, WHITE, 0.55 if weather == "rain" else 0.9)
    strength = (falling.astype(np.float32) / 255) * outside * (0.55 if weather == "rain" else 0.95)
    return color + (np.float32(tint) - color) * strength[..., None]


def rain_mask(rng: np.random.Generator, canvas: Canvas) -> np.ndarray:
    """Slanted streaks."""
    mask, count = np.zeros(canvas.region.shape, np.uint8), canvas.scattered(70)
    drops = rng.uniform((0, -0.1, 0.08), (1.1, 1, 0.15), (count, 3)) * (canvas.width, canvas.height, canvas.short)
    for x, y, length in drops:
        tip = (int(x - 0.28 * length), int(y + length))
        cv2.line(mask, (int(x), int(y)), tip, 255, max(1, canvas.short // 180), cv2.LINE_AA)
    return mask


def snow_mask(rng: np.random.Generator, canvas: Canvas) -> np.ndarray:
    """Round flakes of several sizes."""
    mask, count = np.zeros(canvas.region.shape, np.uint8), canvas.scattered(85)
    flakes = rng.uniform((0, 0, 0.004), (1, 1, 0.011), (count, 3)) * (canvas.width, canvas.height, canvas.short)
    for x, y, r in flakes * 16:
        cv2.circle(mask, (int(x), int(y)), int(r), 255, -1, cv2.LINE_AA, 4)
    return mask


# ------------------------------------------------------------------------------------------------- captions

_PLACE_WORDS = {
    "sea": ("by the sea", "on the beach", "by the ocean", "at the seaside"),
    "lake": ("by a lake", "beside a lake", "on a lake shore"),
    "field": ("in a field", "in a meadow", "in the countryside"),
    "mountains": ("in the mountains", "among mountains"),
    "desert": ("in the desert", "among sand dunes"), "forest": ("in a forest", "in the woods",
            "among pine trees"),
    "hill": ("on a hill", "on a green hill", "on a hilltop"), "village": ("in a village", "in a small town"),
    "table": ("on a table", "on a wooden table", "by a window, on a table"),
    "underwater": ("under the sea", "underwater"),
    "city": ("in a city", "in the city", "in front of tall buildings"),
    "garden": ("in a garden", "in a flower garden", "among flower beds"),
    "island": ("on an island", "on a small island", "on a tropical island"),
    "ice": ("on the ice", "among icebergs", "in the Arctic"),
    "waterfall": ("by a waterfall", "beside a waterfall", "in front of a waterfall"),
}
_KIND_WORDS = {
    "float": {"sea": ("on the sea", "at sea", "on the ocean"),
              "lake": ("on a lake", "on the water of a lake")},
    "span": {"sea": ("over the sea", "across the sea"), "lake": ("over a lake", "across a lake")},
    "fly": {"sea": ("over the sea", "above the ocean"), "lake": ("over a lake", "above a lake"),
            "field": ("over a field", "above a meadow"), "mountains": ("over the mountains",
                    "above the mountains"),
            "desert": ("over the desert", "above the desert"), "forest": ("over a forest", "above the woods"),
            "hill": ("over a hill", "above a green hill"), "village": ("over a village",
                    "above a small town"),
            "city": ("over a city", "above the city"), "ice": ("over the ice", "above the icebergs")},
    "rise": {"field": ("behind a field", "beyond the meadows"),
             "village": ("behind a village", "above a small town")},
}
_TIME_WORDS = {"day": ("by day", "on a bright day", "in daylight"),
               "dawn": ("at dawn", "at sunrise", "in the early morning"),
               "sunset": ("at sunset", "at dusk", "in the evening"),
               "night": ("at night", "under the moon", "by night"),
               "twilight": ("at twilight", "at nightfall", "in the violet twilight")}
_WEATHER_WORDS = {"clear": ("in clear weather", "under a clear sky"),
                  "rain": ("in the rain", "on a rainy day", "in rain"),
                  "snow": ("in the snow", "in winter", "in falling snow"),
                  "fog": ("in fog", "in the mist", "on a foggy day"),
                  "rainbow": ("under a rainbow", "with a rainbow in the sky", "beneath a rainbow"),
                  "storm": ("in a storm", "in a thunderstorm", "under lightning"),
                  "leaves": ("among falling leaves", "in falling autumn leaves", "with leaves in the wind")}
_COUNT_WORDS = {2: "two", 3: "three", 4: "four"}
_SIZE_WORDS = {"small": ("small", "small", "little", "tiny"), "large": ("large", "large", "big", "huge", "giant")}

# Every word for what a scene can show, by kind; the subjects and the attributes are more than a hundred.
VOCABULARY: dict[str, tuple[str, ...]] = {
    "subjects": tuple(SUBJECTS), "colors": tuple(COLORS), "places": PLACES, "times": TIMES, "weathers": WEATHERS,
    "counts": ("one", *_COUNT_WORDS.values()), "sizes": SIZES[1:],
}


def plural(noun: str) -> str:
    """The plural of a subject's name."""
    head, of, rest = noun.partition(" of ")
    irregular = {"fish": "fish", "cactus": "cacti", "snowman": "snowmen", "volcano": "volcanoes",
                 "sheep": "sheep"}
    if head in irregular:
        return irregular[head]
    if head.endswith("y") and head[-2] not in "aeiou":
        head = head[:-1] + "ie"
    elif head.endswith(("s", "ch", "sh", "x")):
        head += "e"
    return f"{head}s{of}{rest}"


def noun_phrase(noun: str, color: str, count: int, size: str = "") -> str:
    """ "a red house", "an apple", "two blue boats", "a small white cat". """
    words = " ".join(word for word in (size, color, plural(noun) if count > 1 else noun) if word)
    article = _COUNT_WORDS.get(count) or ("an" if words[0] in "aeiou" else "a")
    return f"{article} {words}"


def place_words(scene: Scene) -> tuple[str, ...]:
    """The ways to say where the subject is."""
    return _KIND_WORDS.get(SUBJECTS[scene.subject].kind, {}).get(scene.place) or _PLACE_WORDS[scene.place]


def caption(scene: Scene, rng: np.random.Generator) -> str:
    """Say what is in a scene in one of many ways, leaving out some of it."""
    pick = lambda words: str(words[rng.integers(len(words))])
    names = SUBJECTS[scene.subject].names
    what = noun_phrase(names[0] if rng.random() < 0.6 else pick(names),
                       scene.color if rng.random() < 0.88 else "", scene.count,
                       pick(_SIZE_WORDS[scene.size]) if scene.size and rng.random() < 0.95 else "")
    where = pick(place_words(scene)) if rng.random() < 0.85 else ""
    when = pick(_TIME_WORDS[scene.time]) if rng.random() < (0.1 if scene.time == "day" else 0.9) else ""
    said = rng.random() < (0.04 if scene.weather == "clear" else 0.9)
    weather = pick(_WEATHER_WORDS[scene.weather]) if said else ""
    tail = [words for words in (where, when, weather) if words]
    order = rng.random()
    if order < 0.15 and when:
        tail.remove(when)
        return f"{when}, {' '.join([what, *tail])}"
    if order < 0.30:
        return ", ".join([what, *tail])
    if order < 0.40:
        rng.shuffle(tail)
    return " ".join([what, *tail])


def canonical_caption(scene: Scene) -> str:
    """Say everything about a scene, always in the same order and the same words."""
    what = noun_phrase(scene.subject, scene.color, scene.count, scene.size)
    return " ".join([what, place_words(scene)[0], _TIME_WORDS[scene.time][0],
                     _WEATHER_WORDS[scene.weather][0]])
