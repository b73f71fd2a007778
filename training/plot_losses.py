"""Draws what trainers printed: a panel for each loss, from their logs, as an SVG.

    python plot_losses.py --out losses.svg "U-Net: error of the noise=unet.log:error" "judge: subject=judge.log:subject"

Every panel is NAME=LOG:LOSS, the loss one of those in the lines that `loop.Clock` prints; several logs, joined by commas,
follow each other. The x axis counts steps, the y axis is logarithmic; faint is each line of the log, strong a mean over
about a twentieth of them.
"""

import argparse
import math
import re
from html import escape
from pathlib import Path

WIDE, HIGH, LEFT, TOP, GAP = 300, 170, 46, 26, 26


def read_log(path, loss):
    """[(step, value)] of the lines that have the loss."""
    found = []
    for line in Path(path).read_text().splitlines():
        step, value = re.search(r"\bstep (\d+)", line), re.search(rf"\b{re.escape(loss)} ([0-9.]+)", line)
        if step and value and float(value[1]) > 0:
            found.append((int(step[1]), float(value[1])))
    if not found:
        raise ValueError(f"{path}: no line has {loss!r}")
    return found


def joined(paths, loss):
    """The logs of runs that went on from each other, their steps added up."""
    points, done = [], 0
    for path in paths:
        run = read_log(path, loss)
        points += [(done + step, value) for step, value in run]
        done += run[-1][0]
    return points


def smoothed(points):
    """Means over a window of about a twentieth of the points."""
    reach = max(1, len(points) // 40)
    windows = [points[max(0, i - reach) : i + reach + 1] for i in range(len(points))]
    return [(step, sum(v for _, v in near) / len(near)) for (step, _), near in zip(points, windows, strict=True)]


def ticks(low, high):
    """Round values between two, at most a handful."""
    steps = [m * 10.0**e for e in range(-5, 3) for m in (1, 1.5, 2, 3, 5, 7)]
    inside = [s for s in steps if low <= s <= high]
    if len(inside) >= 2:
        return inside
    size = 10 ** math.floor(math.log10((high - low) / 2))
    return [k * size for k in range(math.ceil(low / size), math.floor(high / size) + 1)][:: max(1, round((high - low) / size / 4))]


def panel(name, points, left, top):
    """One plot, its upper left corner at (left, top)."""
    values, last = [v for _, v in points], points[-1][0]
    low, high = min(values) * 0.97, max(values) * 1.03
    x0, y0 = left + LEFT, top + TOP

    def at(step, value):
        return f"{x0 + step / last * WIDE:.1f},{y0 + (math.log(high / value) / math.log(high / low)) * HIGH:.1f}"

    lines = [f'<text class="name" x="{x0}" y="{y0 - 9}">{escape(name)}</text>']
    for value in ticks(low, high):
        y = at(0, value).split(",")[1]
        lines.append(f'<path class="grid" d="M{x0} {y}h{WIDE}"/><text class="tick" x="{x0 - 6}" y="{float(y) + 4:.1f}" text-anchor="end">{value:.3g}</text>')
    for share in (0, 0.5, 1):
        lines.append(f'<text class="tick" x="{x0 + share * WIDE:.0f}" y="{y0 + HIGH + 16}" text-anchor="middle">{round(share * last)}</text>')
    lines.append(f'<polyline class="each" points="{" ".join(at(*p) for p in points)}"/>')
    lines.append(f'<polyline class="mean" points="{" ".join(at(*p) for p in smoothed(points))}"/>')
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("panels", nargs="+", metavar="NAME=LOG[,LOG...]:LOSS")
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    columns = min(2, len(args.panels))
    wide, high = LEFT + WIDE + GAP, TOP + HIGH + GAP
    drawn = []
    for i, text in enumerate(args.panels):
        name, source = text.split("=", 1)
        logs, loss = source.rsplit(":", 1)
        drawn.append(panel(name, joined(logs.split(","), loss), i % columns * wide, i // columns * high))
    size = f"{columns * wide} {math.ceil(len(drawn) / columns) * high}"
    style = (
        "text{font:12px sans-serif;fill:#667}.name{font-weight:600;fill:#446}.grid{stroke:#889;stroke-opacity:.25;fill:none}"
        ".each{fill:none;stroke:#b5532f;stroke-opacity:.3}.mean{fill:none;stroke:#b5532f;stroke-width:2}"
    )
    body = "\n".join(drawn)
    Path(args.out).write_text(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size}"><style>{style}</style>\n{body}\n</svg>\n')


if __name__ == "__main__":
    main()
