"""Mark algorithms of the mixed styles from number 1200 on: ruled, tiled, moulded, woven, lit; none of a held-out style.

All take a picture, float32 [H, W, 3] in 0..1, its ground or what else they need as arrays, and sizes in pixels; all
return a picture of that shape. They differ on purpose in what textures differ by: regular or not, line, dot, cell or
plane, straight or curved, flat or lit from the top left, even or with a gradient inside each cell.
"""

import cv2
import numpy as np

from canvas import edge_distance, mean_by_label, mix, noise, smoothstep, to_bytes, to_lab, to_rgb, tone

LIGHT = np.float32([-0.6, -0.8])  # where light comes from, x and y


# -- what they share --------------------------------------------------------------------------------


def plane(image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """x and y of every pixel, float32 [H, W]."""
    high, wide = image.shape[:2]
    return np.meshgrid(np.arange(wide, dtype=np.float32), np.arange(high, dtype=np.float32))


def grain(image: np.ndarray, rng: np.random.Generator, scale, octaves: int = 1) -> np.ndarray:
    """Noise of the picture's shape."""
    high, wide = image.shape[:2]
    return noise(rng, max(high, wide), scale, octaves)[:high, :wide]


def turned(image: np.ndarray, rng: np.random.Generator, angle: float) -> tuple[np.ndarray, np.ndarray]:
    """Pixel coordinates about the middle, turned by `angle` and shifted at random."""
    high, wide = image.shape[:2]
    x, y = plane(image)
    x, y = x - wide / 2, y - high / 2
    c, s = np.float32(np.cos(angle)), np.float32(np.sin(angle))
    dx, dy = rng.uniform(0, 40, 2).astype(np.float32)
    return x * c + y * s + dx, y * c - x * s + dy


def numbered(row: np.ndarray, column: np.ndarray) -> np.ndarray:
    """One label from 0 for each pair of row and column."""
    row, column = row.astype(np.int32), column.astype(np.int32)
    row, column = row - row.min(), column - column.min()
    return row * (column.max() + 1) + column


def cell_lab(label: np.ndarray, image: np.ndarray, rng: np.random.Generator, spread: float) -> np.ndarray:
    """The mean colour of each label, as Lab, lightness varied by `spread`."""
    count = np.maximum(np.bincount(label.ravel()), 1)
    mean = np.stack([np.bincount(label.ravel(), image[..., c].ravel()) / count for c in range(3)], 1)
    lab = to_lab(mean.astype(np.float32))
    lab[:, 0] += rng.normal(0, spread, len(lab))
    return lab[label]


def presence(image: np.ndarray, under: np.ndarray, soft: float = 1.5) -> np.ndarray:
    """How far the picture is from its ground, 0..1: what a mark's width or density follows."""
    return smoothstep(0.02, 0.48, cv2.GaussianBlur(np.abs(image - under).mean(-1), (0, 0), soft))


def scattered(image: np.ndarray, rng: np.random.Generator, spacing: float) -> np.ndarray:
    """Points [N, 2] (x, y) about `spacing` apart, in random order, all inside the picture."""
    high, wide = image.shape[:2]
    points = np.stack(np.meshgrid(np.arange(spacing / 2, wide, spacing), np.arange(spacing / 2, high, spacing)), -1)
    points = points.reshape(-1, 2)
    points = np.clip(points + rng.uniform(-0.5, 0.5, points.shape) * spacing, 0, [wide - 1, high - 1])
    return rng.permutation(points).astype(np.float32)


def nearest_point(image: np.ndarray, points: np.ndarray, relax: int) -> np.ndarray:
    """Voronoi cells of the points as labels, the points moved to their cells' middles `relax` times (Lloyd 1982)."""
    x, y = plane(image)
    for step in range(relax + 1):
        away = np.full(image.shape[:2], 255, np.uint8)
        column, row = points.astype(np.int32).T
        away[row, column] = 0
        _, label = cv2.distanceTransformWithLabels(away, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
        if step < relax:
            count = np.maximum(np.bincount(label.ravel()), 1)
            points = np.stack([np.bincount(label.ravel(), v.ravel()) / count for v in (x, y)], 1)[1:]
    return label


def slope_light(height: np.ndarray, strength: float) -> np.ndarray:
    """How much lighter (Lab units) a height field is where it faces the light at the top left."""
    dx, dy = cv2.Sobel(height, cv2.CV_32F, 1, 0, ksize=3) / 8, cv2.Sobel(height, cv2.CV_32F, 0, 1, ksize=3) / 8
    return np.clip(strength * (LIGHT[0] * dx + LIGHT[1] * dy) * -1, -26, 24)


# -- lines ------------------------------------------------------------------------------------------


def ruled(image, under, rng, pitch, angle, least, most, second):
    """A straight line screen, as of coloured rulings on security paper: bands between `least` and `most` of the pitch
    broad; with `second` (radians), a second set that way, as broad as the first."""
    half = (least + (most - least) * presence(image, under, 1.2)) / (3 if second else 2)
    cover = np.zeros(image.shape[:2], np.float32)
    for turn in (0, second) if second else (0,):
        _, y = turned(image, rng, angle + turn)
        cover = np.maximum(cover, smoothstep(-0.6, 0.6, (half - np.abs(y / pitch - np.floor(y / pitch) - 0.5)) * pitch))
    return mix(under, image, cover)


def waved(image, under, rng, pitch, length, angle, thick):
    """Rows of one waving line each, that swings wider where the picture is far from its ground (a pen plotter's
    "squiggle" drawing, an amplitude modulation)."""
    far = presence(image, under, 2)
    x, y = turned(image, rng, angle)
    row = np.floor(y / pitch)
    distance = np.full(image.shape[:2], 99, np.float32)
    for near in (-1, 0, 1):
        k = row + near
        swing = pitch * (0.08 + 0.62 * far)
        phase = 2 * np.pi * x / length + 2.4 * k
        slope = swing * np.cos(phase) * 2 * np.pi / length
        distance = np.minimum(distance, np.abs(y - (k + 0.5) * pitch - swing * np.sin(phase)) / np.hypot(1, slope))
    return mix(under, image, smoothstep(-0.6, 0.6, thick / 2 * (0.75 + 0.5 * far) - distance))


def rays(image, under, rng, centre, pitch, least, most):
    """Rays from a point, twice as many each time they have spread to twice the pitch; as broad as the picture asks."""
    x, y = plane(image)
    x, y = x - centre[0], y - centre[1]
    radius = np.hypot(x, y) + 0.5
    first = 24
    count = first * 2 ** np.maximum(np.floor(np.log2(radius * 2 * np.pi / (first * pitch))), 0)
    u = (np.arctan2(y, x) / (2 * np.pi) + rng.random()) * count
    half = (least + (most - least) * presence(image, under)) / 2
    apart = 2 * np.pi * radius / count
    return mix(under, image, smoothstep(-0.6, 0.6, (half - np.abs(u - np.floor(u) - 0.5)) * apart))


# -- cells ------------------------------------------------------------------------------------------


def ring_pieces(image, joint, rng, centre, pitch, aspect, gap, spread, dome):
    """Rings of pieces laid about a point, as pavers lay them: one colour each, flat or rounded across the ring."""
    x, y = plane(image)
    x, y = x - centre[0], y - centre[1]
    radius = np.hypot(x, y) + 0.01
    ring = np.floor(radius / pitch)
    count = np.maximum(np.round(2 * np.pi * (ring + 0.5) * pitch / aspect), 5)
    around = (np.arctan2(y, x) / (2 * np.pi) + 0.5) * count + 0.37 * ring % 1
    place = np.floor(around) % count
    lab = cell_lab(numbered(ring, place), image, rng, spread)
    u, v = around - np.floor(around) - 0.5, radius / pitch - ring - 0.5
    lab[..., 0] += dome * (2 * v) * (LIGHT[0] * x + LIGHT[1] * y) / radius
    inside = np.minimum((0.5 - np.abs(v)) * pitch, (0.5 - np.abs(u)) * 2 * np.pi * radius / count)
    return mix(joint, to_rgb(lab), smoothstep(gap / 2 - 0.5, gap / 2 + 0.6, inside))


def split_squares(image, rng, pitch, angle, ways, spread, gradient):
    """Squares cut along one diagonal (`ways` 2, as in a half-square quilt block) or two (4, a diamond-point stud), each
    triangle in one colour that fades towards the cut."""
    x, y = turned(image, rng, angle)
    row, column = np.floor(y / pitch), np.floor(x / pitch)
    u, v = x / pitch - column - 0.5, y / pitch - row - 0.5
    if ways == 2:
        u = np.where((row + column) % 2 > 0, u, -u)
        part, deep = (u + v > 0).astype(np.int32), np.abs(u + v)
        shade = np.where(part > 0, -1.0, 1.0)
    else:
        part = np.where(np.abs(u) > np.abs(v), np.where(u > 0, 0, 1), np.where(v > 0, 2, 3))
        deep = 2 * np.maximum(np.abs(u), np.abs(v))
        shade = np.float32([-0.7, 0.7, -1.0, 1.0])[part]
    lab = cell_lab(numbered(row, column) * 4 + part, image, rng, spread)
    lab[..., 0] += gradient * (0.45 * shade + 1.1 * (deep - 0.5) * shade)
    return to_rgb(lab)


def hexagon_grid(image, rng, pitch, angle):
    """The hexagon (a corner on top) each pixel lies in: its label, and the pixel's place from its middle.

    Axial coordinates rounded in three (Red Blob Games, "Hexagonal grids", 2013).
    """
    x, y = turned(image, rng, angle)
    size = pitch / np.sqrt(3)
    q, r = (x * np.sqrt(3) / 3 - y / 3) / size, y * (2 / 3) / size
    s = -q - r
    a, b, c = np.round(q), np.round(r), np.round(s)
    da, db, dc = np.abs(a - q), np.abs(b - r), np.abs(c - s)
    a = np.where((da > db) & (da > dc), -b - c, a)
    b = np.where((db >= da) & (db > dc), -a - c, b)
    return numbered(a, b), x - size * np.sqrt(3) * (a + b / 2), y - size * 1.5 * b


def hexagons(image, joint, rng, pitch, angle, bevel, broad, gap, spread):
    """Hexagonal tiles of one colour with a bevel `broad` (0..1 of the tile) lit from the top left; 1 gives pyramids."""
    label, dx, dy = hexagon_grid(image, rng, pitch, angle)
    lab = cell_lab(label, image, rng, spread)
    way = np.arange(6) * np.pi / 3
    side = np.round(np.arctan2(dy, dx) * (3 / np.pi)).astype(np.int32) % 6
    out = (dx * np.cos(way).astype(np.float32)[side] + dy * np.sin(way).astype(np.float32)[side]) / (pitch / 2)
    faces = (LIGHT[0] * np.cos(way + angle) + LIGHT[1] * np.sin(way + angle)).astype(np.float32)
    lab[..., 0] += bevel * faces[side] * smoothstep(0.97 - broad, 1.03 - broad, out)
    return mix(joint, to_rgb(lab), smoothstep(gap / 2 - 0.5, gap / 2 + 0.5, (1 - out) * pitch / 2))


def stacked_cubes(image, rng, pitch, angle, contrast, spread, seam):
    """Rhombille: each hexagon a cube of three lit faces (the floors of Delos and of the Palatine)."""
    label, dx, dy = hexagon_grid(image, rng, pitch, angle)
    side = np.floor((np.arctan2(dy, dx) + np.pi * 5 / 6) / (2 * np.pi / 3)).astype(np.int32) % 3
    lab = cell_lab(label * 3 + side, image, rng, spread)
    fade = np.hypot(dx, dy) / pitch
    lab[..., 0] += contrast * np.float32([0.9, -1.1, 0.1])[side] + contrast * 0.5 * (fade - 0.3)
    cut = np.pi * np.float32([-1 / 6, 1 / 2, 7 / 6])
    near = np.min([np.hypot(dx, dy) * np.abs(np.sin(np.arctan2(dy, dx) - c)) for c in cut], 0)
    return to_rgb(lab) * (1 - seam * (1 - smoothstep(0.2, 1.3, near)))[..., None]


def shards(image, region, rng, cuts, main, spread, gradient):
    """Splinters between straight cuts through the whole picture, each with a straight gradient of its own; cut along
    the regions too, so that what is shown stays whole."""
    high, wide = image.shape[:2]
    x, y = plane(image)
    key = region.astype(np.int64)
    for k in range(cuts):
        a = main + rng.choice([0, 0.5, 1.57, 2.2]) + rng.normal(0, 0.3)
        key = key * 2 + ((x - rng.uniform(0, wide)) * np.cos(a) + (y - rng.uniform(0, high)) * np.sin(a) > 0)
        if k % 12 == 11 or k == cuts - 1:
            _, key = np.unique(key, return_inverse=True)
            key = key.reshape(high, wide)
    label = key.ravel()
    count = np.bincount(label)
    cx, cy = np.bincount(label, x.ravel()) / count, np.bincount(label, y.ravel()) / count
    way = rng.uniform(0, 2 * np.pi, len(count))
    along = (x - cx[key]) * np.cos(way)[key] + (y - cy[key]) * np.sin(way)[key]
    lab = mix(cell_lab(key, image, rng, spread), to_lab(image), 0.25)
    lab[..., 0] += np.clip(along / np.sqrt(count)[key], -0.8, 0.8) * gradient
    return to_rgb(lab)


def pebbles(image, joint, focus, rng, spacing, height, gap, shine):
    """Rounded stones pressed together, smaller on the subject: relaxed Voronoi cells (Lloyd 1982) lit as domes."""
    points = scattered(image, rng, spacing)
    fine = scattered(image, rng, spacing * 0.6)
    on_subject = [focus[tuple(p.astype(np.int32).T[::-1])] > 0.5 for p in (points, fine)]
    points = np.vstack([points[~on_subject[0]], fine[on_subject[1]]])
    label = nearest_point(image, points, 2)
    inward = edge_distance(label)
    deepest = np.zeros(label.max() + 1, np.float32)
    np.maximum.at(deepest, label.ravel(), inward.ravel())
    dome = np.sqrt(np.clip(1 - (1 - np.clip(inward / np.maximum(deepest[label], 1), 0, 1)) ** 2, 0, 1))
    dome = cv2.GaussianBlur(dome, (0, 0), spacing / 10)
    lab = cell_lab(label, image, rng, 3)
    light = slope_light(dome * spacing * 0.5, height * 1.6)
    lab[..., 0] += light + 4 * (dome - 0.7)
    stone = mix(to_rgb(lab), 1.0, shine * smoothstep(12, 24, light) * smoothstep(0.4, 0.8, dome))
    return mix(joint, stone, smoothstep(gap - 0.6, gap + 0.8, inward))


def nested_squares(image, rng, largest, smallest, need, inset, rounded):
    """Squares halved where the picture is uneven (quadtree, Finkel & Bentley 1974), one set into each other."""
    high, wide = image.shape[:2]
    x, y = plane(image)
    dx, dy = rng.uniform(0, largest, 2).astype(np.float32)
    row, column = np.floor((y + dy) / largest), np.floor((x + dx) / largest)
    size = np.full((high, wide), largest, np.float32)
    label = numbered(row, column)
    now = largest
    while now > smallest * 1.5:
        mean = mean_by_label(label, image)
        error = ((image - mean) ** 2).sum(-1)
        uneven = np.bincount(label.ravel(), error.ravel()) / np.maximum(np.bincount(label.ravel()), 1)
        cut = (uneven > need**2)[label] & (size == now)
        now /= 2
        size = np.where(cut, np.float32(now), size)
        label = numbered(label, np.where(cut, 1 + np.floor((y + dy) / now) % 2 * 2 + np.floor((x + dx) / now) % 2, 0))
    u, v = np.abs((x + dx) / size % 1 - 0.5), np.abs((y + dy) / size % 1 - 0.5)
    off = np.maximum(u, v) if not rounded else np.hypot(u, v)
    lab = cell_lab(label, image, rng, 2)
    other = lab.copy()
    kind = rng.choice([-1, 1], label.max() + 1)[label]
    other[..., 0] += 13 * kind
    other[..., 1:] *= 1.25
    second = smoothstep(-0.6, 0.6, (inset * 0.5 - off) * size)
    third = smoothstep(-0.6, 0.6, (inset * 0.25 - off) * size) * (size > smallest * 1.5)
    out = mix(mix(to_rgb(lab), to_rgb(other), second), to_rgb(lab), third)
    return out * (1 - 0.4 * (1 - smoothstep(0.3, 1.2, (0.5 - np.maximum(u, v)) * size)))[..., None]


# -- cloth and relief -------------------------------------------------------------------------------


def basket(image, rng, band, angle, twill, depth, strands):
    """Broad bands woven one over one, or two over two a step aside in each row (twill), each of some strands."""
    x, y = turned(image, rng, angle)
    row, column = np.floor(y / band).astype(np.int32), np.floor(x / band).astype(np.int32)
    u, v = x / band - column - 0.5, y / band - row - 0.5
    if twill:
        over = (column + row) % 4 < 2
        before = np.where(over, (column + row) % 4 == 1, (column + row) % 4 == 3)
        along = np.where(over, (u + 0.5 + before) / 2 - 0.5, (v + 0.5 + before) / 2 - 0.5)
        label = np.where(over, numbered(row, column - before) * 2, numbered(row - before, column) * 2 + 1)
    else:
        over = (column + row) % 2 == 0
        along, label = np.where(over, u, v), numbered(row, column) * 2
    across = np.where(over, v, u)
    lab = cell_lab(label, image, rng, 2.5)
    groove = np.abs(np.sin(np.pi * (across + 0.5) * strands)) ** 0.5
    lab[..., 0] += depth * (1.1 * np.cos(np.pi * along) ** 0.7 - 0.75 - 0.5 * across + 0.35 * (groove - 0.7))
    return to_rgb(lab) * smoothstep(-0.02, 0.09, 0.5 - np.abs(across))[..., None] ** 0.5


def ribs(image, rng, pitch, angle, depth, wander, beat):
    """Corduroy or reeded clay: raised ribs lit from the top left, straight or swaying, beaded at `beat` of a pitch."""
    x, y = turned(image, rng, angle)
    y = y + wander * grain(image, rng, 50)
    rib = np.sqrt(np.clip(1 - (2 * (y / pitch - np.floor(y / pitch)) - 1) ** 2, 0, 1))
    if beat:
        offset = np.floor(y / pitch) % 2 / 2
        rib = rib * (0.55 + 0.45 * np.sin(np.pi * ((x / (beat * pitch) + offset) % 1)) ** 0.5)
    lab = to_lab(image)
    height = cv2.GaussianBlur(rib, (0, 0), pitch / 12) * pitch * 0.5
    lab[..., 0] += slope_light(height, depth * 1.5) + depth * (rib - 0.85)
    return to_rgb(lab)


def puffs(image, rng, pitch, aspect, angle, depth, flat):
    """Quilted padding: pillows between crossing seams, lit from the top left, deep where seams meet."""
    x, y = turned(image, rng, angle)
    x, y = x / (pitch * aspect), y / pitch
    u, v = x - np.floor(x) - 0.5, y - np.floor(y) - 0.5
    pillow = (np.cos(np.pi * u) * np.cos(np.pi * v)) ** 0.45
    lab = mix(to_lab(image), cell_lab(numbered(np.floor(y), np.floor(x)), image, rng, 1.5), flat)
    height = cv2.GaussianBlur(pillow, (0, 0), 1.0) * pitch * 0.4
    lab[..., 0] += slope_light(height, depth * 1.7) + depth * (pillow - 0.8)
    return to_rgb(lab)


def shingles(image, rng, wide, high, spread, shade, ragged):
    """Slates or wooden shingles: rows of oblongs, each row over the one below, with uneven lower edges and shadows."""
    x, y = turned(image, rng, 0)
    row = np.floor(y / high).astype(np.int32)
    row -= row.min() - 1
    height = row.max() + 2
    shift = rng.uniform(0, 1, height).astype(np.float32)
    columns = int(np.ptp(x) / wide) + 4
    x = x - x.min()
    drop = (rng.uniform(0, ragged, (height, columns)) * high).astype(np.float32)
    top = np.floor(x / wide + shift[row - 1]).astype(np.int32)
    below = y - np.floor(y / high) * high - drop[row - 1, top]
    upper = below < 0
    row = np.where(upper, row - 1, row)
    along = x / wide + shift[row]
    column = np.floor(along).astype(np.int32)
    lab = cell_lab(row * columns + column, image, rng, spread)
    near = (0.5 - np.abs(along - column - 0.5)) * wide
    lab[..., 0] += 0.7 * grain(image, rng, (1.6, 14)) * (1 + shade / 12)
    lab[..., 0] -= np.where(upper, -3, shade * np.exp(-np.maximum(below, 0) / (0.22 * high)))
    lab[..., 0] += np.where(upper, 4 * smoothstep(-2.5, -0.5, below), 0)
    return to_rgb(lab) * (1 - 0.55 * (1 - smoothstep(0.3, 1.2, near)))[..., None]


def tufts(image, rng, size, depth, lean):
    """A tufted rug: irregular tufts of one wool each, frayed, lit from the top left, leaning in broad swathes."""
    x, y = plane(image)
    label = nearest_point(image, scattered(image, rng, size), 0)
    fray = np.float32(size * 0.22)
    label = cv2.remap(
        label.astype(np.float32),
        x + fray * grain(image, rng, 2.2),
        y + fray * grain(image, rng, 2.2),
        cv2.INTER_NEAREST,
        borderMode=cv2.BORDER_REFLECT,
    ).astype(np.int32)
    count = np.maximum(np.bincount(label.ravel()), 1)
    cx, cy = np.bincount(label.ravel(), x.ravel()) / count, np.bincount(label.ravel(), y.ravel()) / count
    lab = cell_lab(label, image, rng, 3)
    toward = ((x - cx[label]) * LIGHT[0] + (y - cy[label]) * LIGHT[1]) / size
    lab[..., 0] += depth * 1.3 * np.clip(toward, -0.8, 0.8)
    lab[..., 0] += lean * grain(image, rng, 34, 2) + 2 * grain(image, rng, 1.6)
    return to_rgb(lab)


def modelled(image, region, rng, reach, depth, tool, pitch):
    """Modelling clay: each region a swollen slab, lit from the top left, with the dents of fingers or a comb."""
    region = cv2.medianBlur(region, 5)
    inward = np.minimum(edge_distance(region), reach) / reach
    height = cv2.GaussianBlur(np.sqrt(1 - (1 - inward) ** 2), (0, 0), 1.6) * reach
    turn = rng.uniform(0, np.pi, 256).astype(np.float32)[region]
    x, y = plane(image)
    comb = np.sin((x * np.cos(turn) + y * np.sin(turn) + 2 * grain(image, rng, 30)) * 2 * np.pi / pitch)
    height = height + tool * comb * pitch / 9 + (1 - tool) * 1.4 * grain(image, rng, 9, 2)
    lab = mix(cell_lab(region.astype(np.int32), image, rng, 0), to_lab(image), 0.55)
    light = slope_light(height, depth)
    lab[..., 0] += light
    return mix(to_rgb(lab), 1.0, 0.35 * smoothstep(13, 26, light))


# -- paint, print and light -------------------------------------------------------------------------


def daubs(image, flow, focus, rng, size, height, shine, slender):
    """Thick short daubs of paint, each a ridge that catches the light: ellipses stamped into colour and height."""
    canvas = np.dstack([to_bytes(image), np.full(image.shape[:2], 90, np.uint8)])
    soft = cv2.GaussianBlur(image, (0, 0), size / 6)
    for scale in (1.0, 0.6):
        points = scattered(image, rng, size * scale * 0.62 if scale == 1 else size * 0.5)
        x, y = points.astype(np.int32).T
        if scale < 1:
            keep = (focus[y, x] > 0.3) | (rng.random(len(x)) < 0.15)
            points, x, y = points[keep], x[keep], y[keep]
        turn = np.degrees(flow[y, x]) + rng.normal(0, 18, len(x))
        ink = np.clip(soft[y, x] + rng.normal(0, 0.045, (len(x), 1)) + rng.normal(0, 0.025, (len(x), 3)), 0, 1) * 255
        level = rng.uniform(60, 230, (len(x), 1))
        axes = (size * scale * 4, size * scale * 4 * slender)
        for (px, py), a, c in zip((points * 8).tolist(), turn.tolist(), np.hstack([ink, level]).tolist()):
            box = ((px / 8, py / 8), (axes[0] / 4, axes[1] / 4), a)
            cv2.ellipse(canvas, box, c, -1, cv2.LINE_AA)
    thick = cv2.GaussianBlur(canvas[..., 3].astype(np.float32) / 255, (0, 0), 0.9) * size
    light = slope_light(thick, height)
    lab = to_lab(canvas[..., :3].astype(np.float32) / 255)
    lab[..., 0] += light
    return mix(to_rgb(lab), 1.0, shine * smoothstep(9, 22, light))


def stencilled(image, region, rng, reach, strength, fine):
    """Airbrush through stencils: flat shapes that darken or pale towards some of their edges, with a fine spray."""
    region = cv2.medianBlur(region, 7)
    label = region.astype(np.int32)
    lab = mix(cell_lab(label, image, rng, 0), to_lab(cv2.GaussianBlur(image, (0, 0), 2)), 0.3)
    way = rng.choice([-1.0, -1.0, 0.8], 256).astype(np.float32)[region]
    turn = rng.uniform(0, 2 * np.pi, 256)[region]
    inward = edge_distance(region)
    far = cv2.GaussianBlur(np.minimum(inward, 3 * reach), (0, 0), 3)
    dx, dy = cv2.Sobel(far, cv2.CV_32F, 1, 0), cv2.Sobel(far, cv2.CV_32F, 0, 1)
    facing = 0.65 + 0.35 * (dx * np.cos(turn) + dy * np.sin(turn)) / (np.hypot(dx, dy) + 1e-3)
    spray = np.exp(-inward / reach) * facing
    lab[..., 0] += strength * way * spray + fine * grain(image, rng, 1.4) * (0.3 + spray)
    return to_rgb(lab)


def reeded(image, rng, pitch, angle, bend, both, shine):
    """Seen through reeded glass, or glass blocks: every rib (or cell) a lens that shows the picture anew."""
    x, y = turned(image, rng, angle)
    u = x / pitch - np.floor(x / pitch) - 0.5
    v = y / pitch - np.floor(y / pitch) - 0.5 if both else np.zeros_like(u)
    px, py = plane(image)
    c, s = np.float32(np.cos(angle)), np.float32(np.sin(angle))
    aside, down = bend * pitch * u, bend * pitch * v
    seen = cv2.remap(
        image, px + aside * c - down * s, py + aside * s + down * c, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
    )
    lab = to_lab(seen)
    lab[..., 0] -= shine * 1.2 * (u + v) * (1.5 if not both else 1)
    edge = (0.5 - np.maximum(np.abs(u), np.abs(v))) * pitch
    lab[..., 0] -= shine * (1 - smoothstep(0.2, 1.6, edge))
    glint = np.exp(-(((u + 0.27) / 0.09) ** 2)) * (np.exp(-(((v + 0.27) / 0.12) ** 2)) if both else 0.5)
    lab[..., 0] += shine * 1.2 * glint
    return to_rgb(lab)


def lamp_panel(image, rng, pitch, shape, glow, dark):
    """A display seen close: round lamps, or three upright bars of red, green and blue a cell, on a dark panel."""
    x, y = turned(image, rng, 0)
    row, column = np.floor(y / pitch), np.floor(x / pitch)
    u, v = x / pitch - column - 0.5, y / pitch - row - 0.5
    colour = mean_by_label(numbered(row, column), image)
    if shape == "bars":
        bar = np.stack([np.abs(u - o) for o in (-0.32, 0, 0.32)], -1)
        cover = smoothstep(-0.7, 0.7, (0.2 - bar) * pitch)
        cover *= smoothstep(-0.6, 0.6, (0.44 - np.abs(v)) * pitch)[..., None]
        lit = np.clip(colour * cover * 1.3 + 0.3 * colour, 0, 1)
    else:
        radius = 0.3 + 0.19 * np.sqrt(tone(colour))
        off = np.hypot(u, v) if shape == "round" else np.maximum(np.abs(u), np.abs(v)) * 1.06
        cover = smoothstep(-0.6, 0.6, (radius - off) * pitch)
        lit = mix(dark, colour * (1.15 - 0.5 * off[..., None] ** 2), cover)
    return np.clip(1 - (1 - np.clip(lit, 0, 1)) * (1 - glow * cv2.GaussianBlur(colour, (0, 0), pitch * 0.5)), 0, 1)
