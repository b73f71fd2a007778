"""Mark algorithms: how a medium puts colour on its ground. No palettes here; `styles.py` combines them.

Each function cites the work whose idea it follows; all are written for speed at 256 pixels (array operations,
or at most some 1,500 drawn strokes).
"""

import cv2
import numpy as np

from canvas import (
    Shape,
    borders,
    edge_distance,
    extent,
    mean_by_label,
    mix,
    noise,
    outline,
    pixel_grid,
    pull,
    relief,
    smear,
    smoothstep,
    to_bytes,
    to_lab,
    to_rgb,
    tone,
)
from layers import Layers

BAYER = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]], np.float32) / 16 - 0.47


# -- strokes ----------------------------------------------------------------------------------------


def jittered_grid(rng: np.random.Generator, shape: Shape, spacing: float) -> np.ndarray:
    """Points [N, 2] (x, y) about `spacing` apart, evenly spread without showing a grid, in random order."""
    height, width = extent(shape)
    columns, rows = (np.arange(spacing / 2, size, spacing) for size in (width, height))
    points = np.stack(np.meshgrid(columns, rows), -1).reshape(-1, 2)
    points = np.clip(points + rng.uniform(-0.5, 0.5, points.shape) * spacing, 0, (width - 1, height - 1))
    return rng.permutation(points).astype(np.float32)


def streamlines(start: np.ndarray, angle: np.ndarray, steps: int, step: float) -> np.ndarray:
    """Curves [N, steps + 1, 2] that follow the direction field from each start, never turning back."""
    height, width = angle.shape
    cos, sin = np.cos(angle), np.sin(angle)
    path, heading = [start], None
    for _ in range(steps):
        x, y = np.clip(path[-1].round().astype(np.int32), 0, (width - 1, height - 1)).T
        ahead = np.stack([cos[y, x], sin[y, x]], 1)
        if heading is not None:
            ahead *= np.where((ahead * heading).sum(1, keepdims=True) < 0, -1, 1)
        path.append(path[-1] + step * ahead)
        heading = ahead
    return np.stack(path, 1)


def stroke_lengths(paths: np.ndarray, image: np.ndarray, region: np.ndarray, tolerance: float) -> np.ndarray:
    """How many points of each path to paint: until it leaves its region or the colour it began with."""
    height, width = region.shape
    x, y = np.clip(paths.round().astype(np.int32), 0, (width - 1, height - 1)).transpose(2, 0, 1)
    same = region[y, x] == region[y[:, :1], x[:, :1]]
    same &= np.abs(image[y, x] - image[y[:, :1], x[:, :1]]).sum(-1) < tolerance
    return np.maximum(np.cumprod(same, 1).sum(1), 2)


def draw_paths(
    canvas: np.ndarray, paths: np.ndarray, lengths: np.ndarray, colour: np.ndarray, width: int
) -> None:
    """Paint every path on the canvas (uint8), in order; a fourth channel may hold the thickness."""
    points = (paths * 8).astype(np.int32)
    line = cv2.LINE_AA if width < 6 else cv2.LINE_8  # smoothing broad strokes costs three times as much
    for path, length, ink in zip(points, lengths, colour.astype(int).tolist()):
        cv2.polylines(canvas, [path[:length]], False, ink, width, line, 3)


def brush_layers(
    layers: Layers,
    image: np.ndarray,
    ground: np.ndarray,
    rng: np.random.Generator,
    *,
    widths=(13, 7, 4),
    length: int = 4,
    stride: float = 1.0,
    density: float = 1.0,
    tolerance: float = 0.35,
    wander: float = 0.05,
    angle: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Curved brush strokes in layers from coarse to fine, a finer layer only where the canvas is still wrong.

    Hertzmann, "Painterly rendering with curved brush strokes of multiple sizes", SIGGRAPH 1998;
    strokes follow the scene's flow instead of the image gradient. `length` counts steps of `stride` widths.
    Returns the picture and the height of the paint.
    """
    angle = layers.flow if angle is None else angle
    canvas = np.dstack([to_bytes(ground), np.full(angle.shape, 128, np.uint8)])
    for i, width in enumerate(widths):
        target = cv2.GaussianBlur(image, (0, 0), width / 5)
        starts = jittered_grid(rng, angle.shape, width / density)
        x, y = starts.astype(np.int32).T
        if i:
            error = np.abs(cv2.blur(canvas[..., :3], (width, width))[y, x] / 255 - target[y, x]).sum(1)
            starts = starts[error + 0.25 * layers.focus[y, x] > 0.2]
            x, y = starts.astype(np.int32).T
        paths = streamlines(starts, angle, length, width * stride)
        lengths = stroke_lengths(paths, target, layers.region, tolerance)
        colour = target[y, x] + rng.normal(0, wander, (len(x), 1)) + rng.normal(0, wander / 2, (len(x), 3))
        thickness = rng.uniform(40, 215, (len(x), 1))
        draw_paths(canvas, paths, lengths, np.hstack([np.clip(colour, 0, 1) * 255, thickness]), width)
    return canvas[..., :3].astype(np.float32) / 255, canvas[..., 3].astype(np.float32) / 255


def bristles(
    rng: np.random.Generator, angle: np.ndarray, grain: float = 2.5, length: float = 22
) -> np.ndarray:
    """The furrows of a brush: noise drawn out along the direction of the stroke (Cabral & Leedom 1993)."""
    return smear(noise(rng, angle.shape, grain, 1), angle, length)


def vortices(angle: np.ndarray, weight: np.ndarray, rng: np.random.Generator, count: int) -> np.ndarray:
    """The flow with whirls added where weight is 1; doubled angles let directions be averaged."""
    x, y = pixel_grid(angle.shape)
    cos, sin = np.cos(2 * angle), np.sin(2 * angle)
    ys, xs = np.nonzero(weight > 0.5)
    for _ in range(count if len(xs) else 0):
        k = rng.integers(len(xs))
        radius = rng.uniform(0.1, 0.2) * min(angle.shape)
        dx, dy = x - xs[k], y - ys[k]
        around = 2 * (np.arctan2(dy, dx) + np.pi / 2 + 0.25)
        pull_in = 3.5 * weight * np.exp(-(dx * dx + dy * dy) / (2 * radius**2))
        cos, sin = cos + pull_in * np.cos(around), sin + pull_in * np.sin(around)
    return np.arctan2(sin, cos) / 2


def dots(
    image: np.ndarray,
    ground: np.ndarray,
    rng: np.random.Generator,
    radius: float,
    spacing: float,
    divide: float,
) -> np.ndarray:
    """Dots of divided colour: each is pushed off its neighbourhood's colour and some take the complement.

    After Seurat's practice; compare Yang & Yang, "Realization of Seurat's pointillism", 2008.
    """
    points = jittered_grid(rng, image.shape, spacing)
    x, y = points.astype(np.int32).T
    lab = to_lab(cv2.GaussianBlur(image, (0, 0), 1.2)[y, x])
    lab[:, 1:] = lab[:, 1:] * 1.25 + rng.normal(0, divide, (len(x), 2))
    lab[:, 0] += rng.normal(0, divide * 0.45, len(x))
    opposite = rng.random(len(x)) < 0.07
    lab[opposite, 1:] *= -0.6
    canvas = to_bytes(ground)
    inks = (to_rgb(lab) * 255).astype(int).tolist()
    radii = (radius * rng.uniform(0.8, 1.15, len(x)) * 8).astype(int).tolist()
    for (cx, cy), r, ink in zip((points * 8).astype(int).tolist(), radii, inks):
        cv2.circle(canvas, (cx, cy), r, ink, -1, cv2.LINE_AA, 3)
    return canvas.astype(np.float32) / 255


# -- washes and dry media ---------------------------------------------------------------------------


def wash(
    image: np.ndarray,
    region: np.ndarray,
    paper: np.ndarray,
    rng: np.random.Generator,
    *,
    edge: float = 0.7,
    bloom: float = 0.3,
    grain: float = 0.12,
) -> np.ndarray:
    """Transparent pigment: darker where a wash dried at its edge, blooming inside, grainy in the paper.

    Bousseau et al., "Interactive watercolor rendering with temporal coherence and abstraction", NPAR 2006:
    a density d turns a colour C into C - (C - C*C)(d - 1).
    """
    shape = region.shape
    distance = edge_distance(region)
    dried = np.exp(-(((distance - 2) / 2.2) ** 2)) + 0.35 * np.exp(-distance / 9)
    density = 1 + edge * dried + bloom * noise(rng, shape, 44, 3) + grain * noise(rng, shape, 3, 1)
    colour = image - (image - image * image) * (density - 1)[..., None]
    dry = smoothstep(0.5, 1.8, distance + 0.5 * noise(rng, shape, 14))
    return mix(paper, np.clip(colour, 0, 1) * paper, 0.25 + 0.75 * dry)


def dry_media(cover: np.ndarray, grain: np.ndarray, soft: float = 0.9) -> np.ndarray:
    """Coverage that a dry stick leaves: the tooth of the paper takes pigment first where pressure is high.

    `cover` 0..1 is the pressure, `grain` the tooth (unit spread); compare Sousa & Buchanan 1999 (graphite).
    """
    return smoothstep(-soft, soft, grain + (cover - 0.5) * 4.4)


def overprint(image: np.ndarray, inks: np.ndarray, paper: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Three spot inks (for cyan, magenta, yellow) laid over one another in a coarse grain, out of register.

    Stochastic screening; where inks overlap, their transmittances multiply.
    """
    result = np.broadcast_to(paper, image.shape).copy()
    for channel, ink in enumerate(inks):
        cover = cv2.medianBlur(to_bytes(1 - image[..., channel]), 3).astype(np.float32) / 255
        shift = np.float32([[1, 0, rng.uniform(-1.8, 1.8)], [0, 1, rng.uniform(-1.8, 1.8)]])
        cover = cv2.warpAffine(cover, shift, cover.shape[::-1], borderMode=cv2.BORDER_REPLICATE)
        levels = smoothstep(0.06, 0.9, cover)
        screen = dry_media(levels, noise(rng, levels.shape, 3.2, 1), 1.9)
        result *= mix(np.ones(3, np.float32), ink, 0.5 * levels + 0.5 * screen)
    return result


# -- cells ------------------------------------------------------------------------------------------


def cells(
    rng: np.random.Generator, shape: Shape, spacing: float, jitter: float, angle: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Voronoi cells of a jittered grid (Worley, "A cellular texture basis function", SIGGRAPH 1996).

    With `angle`, each site measures distance in a square turned by the angle there, which gives tesserae
    (Hausner, "Simulating decorative mosaics", SIGGRAPH 2001). Returns the label of each pixel and how much
    farther its second nearest site is than the nearest, in pixels.
    """
    height, width = extent(shape)
    rows, columns = (int(size / spacing) + 4 for size in (height, width))
    site = np.stack(np.meshgrid(np.arange(columns), np.arange(rows)), -1)
    site = site + rng.uniform(-jitter, jitter, site.shape) / 2
    site = ((site - 1) * spacing).astype(np.float32)
    turn = None
    if angle is not None:
        at = np.clip(site.astype(np.int32), 0, (width - 1, height - 1))
        turn = np.cos(angle)[at[..., 1], at[..., 0]], np.sin(angle)[at[..., 1], at[..., 0]]
    x, y = pixel_grid(shape)
    column, row = (x / spacing + 1.5).astype(np.int32), (y / spacing + 1.5).astype(np.int32)
    first, second = np.full((2, height, width), 1e9, np.float32)
    label = np.zeros((height, width), np.int32)
    for j in (-1, 0, 1):
        for i in (-1, 0, 1):
            index = (row + j) * columns + column + i
            dx, dy = x - site[..., 0].ravel()[index], y - site[..., 1].ravel()[index]
            if turn is None:
                d = np.sqrt(dx * dx + dy * dy)
            else:
                c, s = turn[0].ravel()[index], turn[1].ravel()[index]
                d = np.maximum(np.abs(dx * c + dy * s), np.abs(dy * c - dx * s))
            label = np.where(d < first, index, label)
            second = np.minimum(second, np.maximum(first, d))
            first = np.minimum(first, d)
    return label, second - first


def leaded_glass(layers: Layers, image: np.ndarray, rng: np.random.Generator, lead: np.ndarray) -> np.ndarray:
    """Panes cut by the scene's regions and by Voronoi cells (smaller on the subject), lit from behind.

    Compare Mould, "A stained glass image filter", EGRW 2003.
    """
    coarse, _ = cells(rng, image.shape, rng.uniform(42, 52), 0.85)
    fine, _ = cells(rng, image.shape, 34, 0.8)
    cell = np.where(layers.focus > 0.5, fine + coarse.max() + 1, coarse)
    region = cv2.medianBlur(layers.region, 5)
    pane = cell * (int(region.max()) + 1) + region
    glass = to_lab(mean_by_label(pane, image))
    glass += rng.normal(0, 1, (int(pane.max()) + 1, 3)).astype(np.float32)[pane] * np.float32([5, 4, 4])
    distance = cv2.GaussianBlur(edge_distance(pane), (0, 0), 0.8)
    glass[..., 0] += 9 * smoothstep(1, 10, distance) - 5 + 2.5 * noise(rng, image.shape, 12)
    glass[..., 1:] *= 1.3
    result = mix(lead, to_rgb(glass), smoothstep(0.7, 1.7, distance))
    result = mix(result, lead, outline(region, 4.2))
    return np.clip(result + 0.28 * cv2.GaussianBlur(result, (0, 0), 9) ** 1.5, 0, 1)


def tesserae(
    layers: Layers, image: np.ndarray, rng: np.random.Generator, size: float, grout: np.ndarray
) -> np.ndarray:
    """Square stones set along the outlines (Hausner 2001): one colour each, tilted in the light."""
    far = cv2.GaussianBlur(np.minimum(edge_distance(layers.region), 40), (0, 0), 5)
    along = np.arctan2(cv2.Sobel(far, cv2.CV_32F, 0, 1), cv2.Sobel(far, cv2.CV_32F, 1, 0))
    stone, gap = cells(rng, image.shape, size, 0.2, along)
    flat = mean_by_label(stone, image)
    lab = to_lab(flat)
    lab += rng.normal(0, 1, (int(stone.max()) + 1, 3)).astype(np.float32)[stone] * np.float32([4.5, 2.5, 2.5])
    body = smoothstep(0.3, 1.7, cv2.GaussianBlur(gap, (0, 0), 0.5))
    return np.clip(mix(grout, to_rgb(lab), body) * relief(body, 0.035), 0, 1)


# -- print and paper --------------------------------------------------------------------------------


def ben_day(coverage: np.ndarray, period: float, degrees: float) -> np.ndarray:
    """Clustered-dot halftone screen: dots that grow with coverage on a turned grid (Ulichney 1987)."""
    x, y = pixel_grid(coverage.shape)
    a = np.deg2rad(degrees)
    u, v = (x * np.cos(a) + y * np.sin(a)) / period, (y * np.cos(a) - x * np.sin(a)) / period
    radius = np.hypot(u - np.floor(u) - 0.5, v - np.floor(v) - 0.5)
    return smoothstep(-0.09, 0.09, np.sqrt(np.clip(coverage, 0, 1) / np.pi) * 1.12 - radius)


def ordered_dither(image: np.ndarray, palette: np.ndarray, cell: int, amount: float) -> np.ndarray:
    """Big pixels of a fixed palette, thresholded by a 4 x 4 matrix (Bayer 1973)."""
    small = to_lab(reduced(image, cell))
    rows, columns = small.shape[:2]
    small[..., 0] += amount * np.tile(BAYER, (rows // 4 + 1, columns // 4 + 1))[:rows, :columns]
    return pull(to_rgb(small), palette, 1.0, 1.5)


def reduced(image: np.ndarray, cell: int) -> np.ndarray:
    """A picture with one pixel for each square of `cell` pixels, begun ones too."""
    height, width = image.shape[:2]
    return cv2.resize(image, (-(-width // cell), -(-height // cell)), interpolation=cv2.INTER_AREA)


def enlarged(small: np.ndarray, cell: int, shape: Shape) -> np.ndarray:
    """Every pixel as a square of `cell` pixels, cut to the shape."""
    height, width = extent(shape)
    return np.repeat(np.repeat(small, cell, 0), cell, 1)[:height, :width]


def stacked_sheets(
    label: np.ndarray, depth: np.ndarray, image: np.ndarray, offset: int, shade: float
) -> np.ndarray:
    """Cut sheets of flat colour, near ones above far ones, each dropping a soft shadow on those below."""
    flat = label.ravel()
    order = np.bincount(flat, depth.ravel()) / np.maximum(np.bincount(flat), 1)
    rank = np.empty(len(order), np.float32)
    rank[np.argsort(-order, kind="stable")] = np.arange(len(order))
    height = rank[label]
    shift = np.float32([[1, 0, offset], [0, 1, offset]])
    above = cv2.warpAffine(height, shift, height.shape[::-1], borderMode=cv2.BORDER_REPLICATE)
    shadow = cv2.GaussianBlur((above > height).astype(np.float32), (0, 0), offset * 0.6)
    shadow *= cv2.dilate(height, np.ones((4 * offset + 1,) * 2)) > height
    lit = (
        cv2.warpAffine(
            height, np.float32([[1, 0, 2], [0, 1, 2]]), height.shape[::-1], borderMode=cv2.BORDER_REPLICATE
        )
        < height
    )
    result = mean_by_label(label, image) * (1 - shade * shadow[..., None])
    return mix(result, 1.0, 0.22 * cv2.GaussianBlur(lit.astype(np.float32), (0, 0), 0.7))


# -- held out: no trained style uses what follows ---------------------------------------------------


def engraved_lines(layers: Layers, light: np.ndarray, rng: np.random.Generator, period: float) -> np.ndarray:
    """Ink of parallel lines that swell with darkness and bend over the form, crossed in the deepest tones.

    Ostromoukhov, "Digital facial engraving", SIGGRAPH 1999: a curve family per region, thresholded by tone.
    """
    x, y = pixel_grid(light.shape)
    smooth = cv2.GaussianBlur(light, (0, 0), 6)
    turn = rng.uniform(-0.35, 0.35, 256).astype(np.float32)
    for region, name in layers.names.items():
        turn[region] += {"sky": 0.0, "water": 0.0, "ground": 0.25, "far": 0.5}.get(name, 0.9)
    a = turn[layers.region]
    bend = 26 * smooth + 2.5 * noise(rng, light.shape, 60, 1)
    ink = np.zeros_like(light)
    for extra, floor, strength in ((0.0, 0.02, 1.02), (1.15, 0.62, 1.3)):
        phase = (x * np.sin(a + extra) + y * np.cos(a + extra) + bend) / period
        wave = np.abs(phase - np.floor(phase) - 0.5) * 2
        width = np.clip((1 - light - floor) * strength, 0, 0.93)
        ink = np.maximum(ink, smoothstep(-0.18, 0.18, width - wave) * (width > 0.02))
    return ink


def satin_stitches(
    layers: Layers, image: np.ndarray, rng: np.random.Generator, thread: float, length: float
) -> tuple[np.ndarray, np.ndarray]:
    """Rows of parallel threads, one direction per region; each stitch has one colour and a round sheen.

    Compare Chen et al., "Embroidery modeling and rendering", GI 2012. Returns the colours and the shading.
    """
    side = max(layers.region.shape)
    x, y = pixel_grid(layers.region.shape)
    a = rng.uniform(-0.9, 0.9, 256).astype(np.float32)[layers.region]
    along, across = x * np.cos(a) + y * np.sin(a) + side, y * np.cos(a) - x * np.sin(a) + 2 * side
    row = (across / thread).astype(np.int32)
    along = along + rng.uniform(0, length, int(row.max()) + 1).astype(np.float32)[row]
    piece = (along / length).astype(np.int32)
    label = (layers.region.astype(np.int32) * 256 + row % 256) * 40 + piece % 40
    colour = mean_by_label(label, image)
    colour += rng.normal(0, 0.035, int(label.max()) + 1).astype(np.float32)[label][..., None]
    u, v = along / length - piece, across / thread - row
    sheen = 0.62 + 0.5 * np.sin(np.pi * v) - 0.22 * np.abs(2 * u - 1) ** 4 + 0.1 * np.sin(np.pi * u)
    return np.clip(colour, 0, 1), sheen


def facets(layers: Layers, image: np.ndarray, rng: np.random.Generator, count: int) -> np.ndarray:
    """Flat triangles between points drawn mostly from outlines (Delaunay triangulation by cv2.Subdiv2D)."""
    height, width = layers.region.shape
    edge = borders(layers.region)
    chance = (edge * (0.4 + layers.focus)).ravel().astype(np.float64) + 1e-9
    on_edge = rng.choice(edge.size, count, replace=False, p=chance / chance.sum())
    points = np.stack([on_edge % width, on_edge // width], 1).astype(np.float32)
    across, down = (np.linspace(0, size - 1, 7) for size in (width, height))
    rim = [(a, b) for a in across for b in (0, height - 1)] + [(b, a) for a in down for b in (0, width - 1)]
    points = np.vstack([points, jittered_grid(rng, edge.shape, 30), np.float32(rim)])
    mesh = cv2.Subdiv2D((0, 0, width, height))
    mesh.insert([(float(px), float(py)) for px, py in points])
    triangles = mesh.getTriangleList().reshape(-1, 3, 2)
    triangles = triangles[((triangles >= 0) & (triangles < (width, height))).all((1, 2))]
    weights = np.float32([[4, 1, 1], [1, 4, 1], [1, 1, 4], [2, 2, 2]]) / 6
    inner = np.einsum("kc,ncd->nkd", weights, triangles).astype(np.int32)
    colour = np.median(image[inner[..., 1], inner[..., 0]], 1) * (
        1 + rng.normal(0, 0.055, (len(triangles), 1))
    )
    canvas = to_bytes(image)
    inks = np.clip(colour * 255, 0, 255).astype(int).tolist()
    for corners, ink in zip((triangles * 8).round().astype(np.int32), inks):
        cv2.fillConvexPoly(canvas, corners, ink, cv2.LINE_AA, 3)
    return canvas.astype(np.float32) / 255


def neon_tubes(layers: Layers, image: np.ndarray, rng: np.random.Generator, night: np.ndarray) -> np.ndarray:
    """Glowing tubes along the outlines in front of a dark wall: the sum of a core and two blurred halos."""
    vivid = to_lab(image)
    reach = np.hypot(vivid[..., 1], vivid[..., 2])
    vivid[..., 1:] *= (95 / (reach + 9))[..., None]
    vivid[..., 0] = 52 + 22 * smoothstep(30, 0, reach)
    region = cv2.medianBlur(layers.region, 5)
    tube = outline(region, 3.0 + 1.6 * layers.focus)
    light = cv2.dilate(to_rgb(vivid), np.ones((3, 3))) * tube[..., None]
    halo = 1.6 * cv2.GaussianBlur(light, (0, 0), 4) + 2.2 * cv2.GaussianBlur(light, (0, 0), 14)
    wall = (
        night
        * (0.7 + 0.5 * tone(image))[..., None]
        * (1 + 0.06 * noise(rng, image.shape, (26, 9))[..., None])
    )
    core = mix(light, 1.0, 0.3 * smoothstep(0.6, 1, tube)) * tube[..., None]
    return 1 - np.exp(-(wall + halo + 1.6 * core))
