"""Mark algorithms of the mixed styles from number 1200 on: what a texture can be, once more. No held-out style uses one.

Between them they vary what tells textures apart: regular or strewn, line, dot, cell or plane, straight or bent, flat or
in relief, dark or glowing, one colour a cell or a gradient. All take a picture, float32 [H, W, 3] in 0..1, and sizes in
pixels; they return a picture of the same shape.
"""

import cv2
import numpy as np

from canvas import extent, mean_by_label, mix, noise, pixel_grid, smear, smoothstep, to_lab, to_rgb, tone
from marks import jittered_grid
from marks_mixed import each_a_little_off, lattice, turned


def rings(image, under, rng, pitch, width, waves):
    """Rings of colour about a point beside the picture's middle, as in a pond; `waves` bends them, lobes a turn."""
    high, wide = extent(image.shape)
    x, y = pixel_grid(image.shape)
    x, y = x - wide * rng.uniform(0.3, 0.7), y - high * rng.uniform(0.3, 0.7)
    radius = np.hypot(x, y) * (1 + 0.06 * np.sin(waves * np.arctan2(y, x)))
    label = np.floor(radius / pitch).astype(np.int32)
    off = np.abs(radius / pitch - label - 0.5) * pitch
    soft = cv2.GaussianBlur(image, (0, 0), pitch * 0.3)
    return mix(under, soft, 1 - smoothstep(width * pitch / 2 - 0.7, width * pitch / 2 + 0.7, off))


def rays(image, under, rng, count, gap, spread):
    """Wedges that run out from a point, each lighter or darker than its neighbours, between thin gaps."""
    high, wide = extent(image.shape)
    x, y = pixel_grid(image.shape)
    x, y = x - wide * rng.uniform(0.35, 0.65), y - high * rng.uniform(0.3, 0.7)
    turn = (np.arctan2(y, x) / (2 * np.pi) + 0.5) * count
    wedge = np.floor(turn).astype(np.int32) % count
    ring = np.floor(np.hypot(x, y) / rng.uniform(16, 30)).astype(np.int32)
    lab = each_a_little_off(wedge * (int(ring.max()) + 1) + ring, image, rng, spread)
    along = np.abs(turn - np.floor(turn) - 0.5)
    edge = (0.5 - along) * 2 * np.pi * np.hypot(x, y) / count
    return mix(under, to_rgb(lab), smoothstep(gap * 0.5 - 0.5, gap * 0.5 + 0.5, edge))


def waving_lines(image, under, rng, pitch, length, angle, width):
    """Parallel lines that wave the higher the darker the picture is."""
    x, y = turned(image.shape, angle, rng)
    dark = 1 - cv2.GaussianBlur(tone(image), (0, 0), 2.5)
    shifted = y + pitch * 0.55 * dark * np.sin(2 * np.pi * x / length)
    off = np.abs(shifted / pitch - np.floor(shifted / pitch) - 0.5) * pitch
    return mix(under, image, 1 - smoothstep(width - 0.6, width + 0.8, off))


def hexagons(shape, pitch, angle, rng):
    """Label of the nearest point of a lattice whose rows are set off by half, and the way from it in pixels."""
    x, y = turned(shape, angle, rng)
    high, best = pitch * 0.8660254, np.full(x.shape, 1e9, np.float32)
    label, dx, dy = np.zeros(x.shape, np.int32), np.zeros_like(x), np.zeros_like(x)
    base = np.floor(y / high)
    for step in (0, 1):
        row = base + step
        odd = 0.5 * (row % 2)
        column = np.round(x / pitch - odd)
        ox, oy = x - (column + odd) * pitch, y - row * high
        near = ox * ox + oy * oy < best
        best = np.where(near, ox * ox + oy * oy, best)
        label = np.where(near, row * 4096 + column, label).astype(np.int32)
        dx, dy = np.where(near, ox, dx), np.where(near, oy, dy)
    return np.unique(label, return_inverse=True)[1].reshape(x.shape).astype(np.int32), dx, dy


def hexagon_tiles(image, joint, rng, pitch, angle, spread, slope, gap):
    """Six-sided tiles with a slanting glaze, light at one side and dark at the other."""
    label, dx, dy = hexagons(image.shape, pitch, angle, rng)
    lab = each_a_little_off(label, image, rng, spread)
    lab[..., 0] -= slope * 14 * (dx * 0.6 + dy) / pitch
    along = np.maximum(np.abs(dx), np.abs(dx) * 0.5 + np.abs(dy) * 0.8660254)
    return mix(joint, to_rgb(lab), smoothstep(gap * 0.5 - 0.5, gap * 0.5 + 0.5, pitch / 2 - along))


def cubes(image, rng, pitch, angle, contrast):
    """Hexagons of three lozenges, lit as cubes that stand on a corner (the tumbling blocks of parquet)."""
    label, dx, dy = hexagons(image.shape, pitch, angle, rng)
    top = dy < -np.abs(dx) * 0.577
    face = np.where(top, 0, np.where(dx < 0, 1, 2))
    lab = each_a_little_off(label * 3 + face, image, rng, 1.5)
    lab[..., 0] += contrast * np.array([9, 0, -11], np.float32)[face]
    return to_rgb(lab)


def pebbles(image, under, rng, size, dome, gap):
    """Strewn stones of one colour each, rounded and lit from above left."""
    points = jittered_grid(rng, image.shape, size).astype(np.float32)
    high, wide = extent(image.shape)
    seeds = np.full((high, wide), 255, np.uint8)
    at = np.clip(np.rint(points), 0, [wide - 1, high - 1]).astype(int)
    seeds[at[:, 1], at[:, 0]] = 0
    _, label = cv2.distanceTransformWithLabels(seeds, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    label -= 1
    edge = np.zeros((high, wide), np.uint8)
    edge[:, 1:] |= (label[:, 1:] != label[:, :-1]).astype(np.uint8)
    edge[1:] |= (label[1:] != label[:-1]).astype(np.uint8)
    inward = cv2.GaussianBlur(cv2.distanceTransform(1 - edge, cv2.DIST_L2, 3), (0, 0), 0.8)
    height = np.sqrt(np.minimum(inward, size * 0.45) / (size * 0.45))
    lab = each_a_little_off(label, image, rng, 3)
    lit = cv2.Sobel(height, -1, 1, 0, ksize=3) + cv2.Sobel(height, -1, 0, 1, ksize=3)
    lab[..., 0] += dome * np.clip(lit * 10, -14, 12)
    return mix(under, to_rgb(lab), smoothstep(gap * 0.5, gap * 0.5 + 1.2, inward))


def basket(image, rng, pitch, angle, depth):
    """Broad bands over and under each other: each cell rises along the band that lies on top."""
    label, u, v = lattice(image.shape, pitch, pitch, angle, 0, rng)
    x, y = turned(image.shape, 0, np.random.default_rng(0))
    row = np.unique(label, return_inverse=True)[1].reshape(label.shape)
    over = (mean_by_label(label, np.dstack([x, y, x]).astype(np.float32))[..., :2] / pitch).sum(-1)
    over = (np.floor(over + 0.25).astype(np.int32) % 2 == 0)
    along, across = np.where(over, u, v), np.where(over, v, u)
    lab = each_a_little_off(row, image, rng, 2.5)
    lab[..., 0] += depth * (9 * np.cos(np.pi * along) - 5 - 14 * smoothstep(0.36, 0.5, np.abs(across)))
    lab[..., 0] += depth * 3 * np.sin(across * 22)
    return to_rgb(lab)


def shingles(image, rng, wide, high, spread, shadow):
    """Rows of straight slates, each lapping over the row below: a shadow under every lower edge."""
    label, u, v = lattice(image.shape, wide, high, 0, 0.5, rng)
    reach = rng.uniform(-0.12, 0.12, int(label.max()) + 1).astype(np.float32)[label]
    lab = each_a_little_off(label, image, rng, spread)
    lab[..., 0] += 8 * (v + reach)
    lab[..., 0] -= shadow * (1 - smoothstep(0, 0.22, v + 0.5 + reach * 0.5))
    lab[..., 0] -= 16 * smoothstep(wide * 0.5 - 1.3, wide * 0.5 - 0.2, np.abs(u) * wide)
    return to_rgb(lab)


def lamps(image, rng, pitch, radius, halo, shift):
    """A board of round lamps on black, each of one colour, with a halo."""
    label, u, v = lattice(image.shape, pitch, pitch, 0, shift, rng)
    colour = np.clip(mean_by_label(label, image) * 1.12, 0, 1)
    r = np.hypot(u, v)
    light = 1 - smoothstep(radius - 0.06, radius + 0.06, r)
    board = 0.05 + halo * colour * np.clip(1 - r / 0.7, 0, 1)[..., None]
    return np.clip(mix(board, colour * (1.12 - 0.5 * r[..., None]), light), 0, 1)


def stipple(image, under, ink, rng, size, tint):
    """Specks of ink, as many as the picture is far from its ground, over a tint of the colour."""
    high, wide = extent(image.shape)
    small = rng.random((int(high / size) + 1, int(wide / size) + 1), np.float32)
    speck = cv2.resize(small, (wide, high), interpolation=cv2.INTER_CUBIC)
    far = np.clip(np.abs(tone(image) - tone(under)) * 1.25, 0, 1)
    cover = smoothstep(-0.12, 0.12, far - speck)
    return mix(mix(under, image, tint), mix(image * 0.55, ink, 0.5), cover)


def saltires(image, under, rng, pitch, width, shift):
    """Counted crosses on cloth: two crossing threads a cell, the later one lit."""
    label, u, v = lattice(image.shape, pitch, pitch, 0, shift, rng)
    lab = each_a_little_off(label, image, rng, 2.5)
    first, second = np.abs(u - v) * 0.7071 * pitch, np.abs(u + v) * 0.7071 * pitch
    inside = np.maximum(np.abs(u), np.abs(v)) < 0.47
    lab[..., 0] += np.where(second < width, 6 - 5 * second / width, -6)
    cover = (1 - smoothstep(width - 0.5, width + 0.6, np.minimum(first, second))) * inside
    return mix(under, to_rgb(lab), cover)


def plaster(image, layers, rng, scale, depth, along):
    """Colour on rough plaster or clay, lit from the side: lumps, or ridges along the form."""
    height = noise(rng, image.shape, scale, 3)
    if along:
        height = smear(height, layers.flow, scale * 4)
    height = height + 5 * tone(cv2.GaussianBlur(image, (0, 0), 1.5))
    lit = cv2.Sobel(height.astype(np.float32), cv2.CV_32F, 1, 0) + cv2.Sobel(height.astype(np.float32), cv2.CV_32F, 0, 1)
    lab = to_lab(cv2.GaussianBlur(image, (0, 0), 1.6))
    lab[..., 0] += np.clip(depth * lit / (lit.std() + 1e-6), -26, 26)
    return to_rgb(lab)


def shards(image, rng, cuts, shade, gap, under):
    """The picture broken by straight cuts; each piece shifted a little and shaded from one side to the other."""
    x, y = pixel_grid(image.shape)
    high, wide = extent(image.shape)
    label, nearest = np.zeros((high, wide), np.int64), np.full((high, wide), 1e9, np.float32)
    for _ in range(cuts):
        a = rng.uniform(0, np.pi)
        side = (x - rng.uniform(0, wide)) * np.cos(a) + (y - rng.uniform(0, high)) * np.sin(a)
        label = label * 2 + (side > 0)
        nearest = np.minimum(nearest, np.abs(side))
        label = np.unique(label, return_inverse=True)[1].reshape(label.shape)
    lean = rng.normal(0, 1, (int(label.max()) + 1, 4)).astype(np.float32)[label]
    moved = cv2.remap(image, x + 3 * lean[..., 2], y + 3 * lean[..., 3], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    lab = to_lab(mix(moved, mean_by_label(label, image), 0.35))
    lab[..., 0] += shade * np.clip((lean[..., 0] * (x - wide / 2) + lean[..., 1] * (y - high / 2)) / 60, -1.4, 1.4)
    return mix(under, to_rgb(lab), smoothstep(gap * 0.5 - 0.5, gap * 0.5 + 0.7, nearest))


def light_drawn(image, layers, rng, count, length, bloom):
    """Strokes of light in the dark, along the form, with their bloom: a long exposure."""
    high, wide = extent(image.shape)
    picture = (image * 0.10).astype(np.float32)
    xs, ys = rng.uniform(0, wide, count), rng.uniform(0, high, count)
    for x0, y0 in zip(xs, ys):
        j, i = int(x0), int(y0)
        colour, angle = image[i, j], layers.flow[i, j] + rng.normal(0, 0.15)
        reach = length * (0.4 + 0.6 * float(tone(colour)))
        dx, dy = np.cos(angle) * reach / 2, np.sin(angle) * reach / 2
        ends = [(round((x0 + s * dx) * 8), round((y0 + s * dy) * 8)) for s in (-1, 1)]
        cv2.line(picture, *ends, tuple(map(float, colour)), 1, cv2.LINE_AA, 3)
    glow = cv2.GaussianBlur(picture, (0, 0), 3.5)
    return np.clip(picture * 1.1 + bloom * glow, 0, 1)


def stencil(image, layers, rng, reach, strength, speckle):
    """Sprayed through stencils: every region darker towards its edges, with a speckled mist."""
    edge = np.zeros(extent(image.shape), np.uint8)
    region = cv2.medianBlur(layers.region, 5)
    edge[:, 1:] |= (region[:, 1:] != region[:, :-1]).astype(np.uint8)
    edge[1:] |= (region[1:] != region[:-1]).astype(np.uint8)
    inward = cv2.distanceTransform(1 - edge, cv2.DIST_L2, 5)
    lab = to_lab(mean_by_label(region.astype(np.int32), image) * 0.5 + image * 0.5)
    lab[..., 0] += strength * (np.clip(inward / reach, 0, 1) - 0.55)
    lab[..., 0] += speckle * noise(rng, image.shape, 1.3, 1)
    return to_rgb(lab)


def sponged(image, under, rng, size, count):
    """Dabs of a sponge, full of holes, one colour each."""
    picture, high, wide = np.array(mix(under, image, 0.25)), *extent(image.shape)
    for scale, dabs in ((1.6, count // 3), (1.0, count)):
        holes = noise(rng, image.shape, size * 0.22 * scale, 2) > -0.35
        for x, y in rng.uniform((0, 0), (wide, high), (dabs, 2)):
            r = size * scale * rng.uniform(0.6, 1.1)
            x0, x1, y0, y1 = max(int(x - r), 0), min(int(x + r) + 1, wide), max(int(y - r), 0), min(int(y + r) + 1, high)
            yy, xx = np.mgrid[y0:y1, x0:x1].astype(np.float32)
            inside = (np.hypot(xx - x, yy - y) < r * 0.9) & holes[y0:y1, x0:x1]
            picture[y0:y1, x0:x1][inside] = np.clip(image[int(y), int(x)] * rng.uniform(0.92, 1.08), 0, 1)
    return picture


def guilloche(image, under, rng, pitch, swing, lobes):
    """Two families of fine lines that sway against each other, in the colours of the picture: a banknote's ground."""
    x, y = turned(image.shape, rng.uniform(-0.3, 0.3), rng)
    cover = np.zeros(extent(image.shape), np.float32)
    width = 0.35 + 0.9 * np.clip(1.1 - tone(image), 0, 1)
    for sign in (-1, 1):
        phase = (y + sign * swing * np.sin(2 * np.pi * x / lobes)) / pitch
        cover = np.maximum(cover, 1 - smoothstep(width - 0.5, width + 0.7, np.abs(phase - np.floor(phase) - 0.5) * pitch))
    return mix(mix(under, image, 0.22), image * 0.8, cover)


def balls(image, under, rng, size, dome):
    """Balls of felt of many sizes strewn until they touch, the large ones first, each shaded round."""
    high, wide = extent(image.shape)
    picture = np.array(mix(under, image, 0.35) * 0.8)
    for scale, share in ((1.0, 1.0), (0.7, 1.6), (0.45, 3.2)):
        points = jittered_grid(rng, image.shape, size * (1.15 if scale == 1 else 1.0) * (0.75 + 0.25 * scale) / share**0.5)
        for x, y in points:
            if not (0 <= x < wide and 0 <= y < high):
                continue
            r = size * 0.5 * scale * rng.uniform(0.8, 1.1)
            x0, x1, y0, y1 = max(int(x - r), 0), min(int(x + r) + 2, wide), max(int(y - r), 0), min(int(y + r) + 2, high)
            yy, xx = np.mgrid[y0:y1, x0:x1].astype(np.float32)
            u, v = (xx - x) / r, (yy - y) / r
            shade = 1 - dome * (0.25 * (u * u + v * v) + 0.22 * (u + v))
            cover = (1 - smoothstep(0.85, 1.08, np.hypot(u, v)))[..., None]
            colour = image[min(int(y), high - 1), min(int(x), wide - 1)] * shade[..., None]
            picture[y0:y1, x0:x1] = mix(picture[y0:y1, x0:x1], np.clip(colour, 0, 1), cover)
    return picture
