"""Render the training pictures: scenes from `scenes.py`, each painted in several styles from `styles.py`.

    python training/render.py --out DIR --scenes 1000 --per-scene 4 --seed 1 [--styles trained] [--workers 2]
    python training/render.py --folders DIR --scenes 50 --styles glass,oil   # a folder of pictures per style
    python training/render.py --sheet sheet.png --scenes 6                   # rows are scenes, columns styles

`--out` writes `images.npy`, uint8 [n, H, W, 3], and `meta.jsonl`, one line per picture. Pictures are 256 pixels
square, or as `--shape WIDTHxHEIGHT` says. Every picture has its own random generator, seeded by (seed, scene,
style), so the number of workers does not change the result.
"""

import argparse
import dataclasses
import itertools
import json
import os
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # one process per core; set before NumPy loads
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import cv2
import numpy as np

import scenes
from style_kit import Style
from styles import STYLES, find_style

SQUARE = (256, 256)
SCENE_STREAM, STYLE_STREAM, PICTURE_STREAM = range(3)

# Seed, ordinal of the scene, ids of the styles to paint it in, what it may show.
Job = tuple[int, int, tuple[str, ...], tuple[str, ...]]
Picture = tuple[np.ndarray, dict]


def choose_styles(text: str) -> list[Style]:
    """Styles named by "all", "trained", "held-out", "mixed:FIRST-LAST" or a comma-separated list of ids."""
    if text.startswith("mixed:"):
        first, last = map(int, text.removeprefix("mixed:").split("-"))
        return [find_style(f"mixed-{n}") for n in range(first, last + 1)]
    groups = {
        "all": STYLES,
        "trained": [s for s in STYLES if not s.held_out],
        "held-out": [s for s in STYLES if s.held_out],
    }
    return groups[text] if text in groups else [find_style(i) for i in text.split(",")]


def parse_shape(text: str) -> tuple[int, int]:
    """The height and the width of pictures, from "WIDTHxHEIGHT"."""
    width, height = map(int, text.split("x"))
    return height, width


def choose_subjects(text: str) -> tuple[str, ...]:
    """Subjects named by "all" or a comma-separated list, in the order of `scenes.SUBJECTS`."""
    wanted = set(scenes.SUBJECTS) if text == "all" else {name.strip() for name in text.split(",")}
    if unknown := wanted - set(scenes.SUBJECTS):
        raise ValueError(f"no subject {', '.join(sorted(unknown))}; there are {', '.join(scenes.SUBJECTS)}")
    return tuple(name for name in scenes.SUBJECTS if name in wanted)


def plan(
    styles: list[Style], count: int, per_scene: int, seed: int, subjects: tuple[str, ...]
) -> list[Job]:
    """Which styles each scene is painted in: random, none twice, all equally often (give or take one)."""
    if not 1 <= per_scene <= len(styles):
        raise ValueError(f"--per-scene must be between 1 and {len(styles)}, the number of styles")
    rng = np.random.default_rng([seed, STYLE_STREAM])
    used = np.zeros(len(styles))
    jobs = []
    for ordinal in range(count):
        chosen = np.lexsort((rng.random(len(styles)), used))[:per_scene]
        used[chosen] += 1
        jobs.append((seed, ordinal, tuple(styles[i].id for i in chosen), subjects))
    return jobs


def styled_caption(style: Style, content: str, rng: np.random.Generator) -> str:
    """The content caption with the style named, in one of several wordings."""
    name = style.name.lower()
    wordings = [f"{style.phrase} {content}"] * 3 + [
        f"{content}, {name}",
        f"{content}, {name} style",
        f"{content} in the style of {style.phrase.removesuffix(' of')}",
    ]
    return wordings[rng.integers(len(wordings))]


def number_of(style_id: str) -> int:
    """What seeds the pictures of a style: its place in the list, or 1,000 and the number of a mixed one."""
    if style_id.startswith("mixed-"):
        return 1000 + int(style_id.removeprefix("mixed-"))
    return [style.id for style in STYLES].index(style_id)


def paint_scene(job: Job, shape: tuple[int, int] = SQUARE) -> list[Picture]:
    """All the pictures of one scene, [height, width], with what is known about each."""
    seed, ordinal, style_ids, subjects = job
    scene = scenes.sample_scene(np.random.default_rng([seed, SCENE_STREAM, ordinal]), subjects)
    layers = scenes.draw(scene, shape)
    pictures = []
    for style_id in style_ids:
        style = find_style(style_id)
        rng = np.random.default_rng([seed, PICTURE_STREAM, ordinal, number_of(style_id)])
        image = style.paint(layers, rng)
        content = scenes.caption(scene, rng)
        meta = {
            "style": style_id,
            "scene_ordinal": ordinal,
            "scene": dataclasses.asdict(scene),
            "canonical": scenes.canonical_caption(scene),
            "content": content,
            "caption": styled_caption(style, content, rng),
        }
        pictures.append((image, meta))
    return pictures


def painted(jobs: Iterable[Job], workers: int, shape: tuple[int, int]) -> Iterator[Picture]:
    """Pictures of all jobs in order, whatever the number of processes, a few jobs in memory at a time."""
    if workers == 1:
        yield from itertools.chain.from_iterable(paint_scene(job, shape) for job in jobs)
        return
    jobs = iter(jobs)
    with ProcessPoolExecutor(workers) as pool:
        pending = [pool.submit(paint_scene, job, shape) for job in itertools.islice(jobs, workers * 4)]
        while pending:
            yield from pending.pop(0).result()
            pending += [pool.submit(paint_scene, job, shape) for job in itertools.islice(jobs, 1)]


def write_dataset(folder: Path, jobs: list[Job], workers: int, shape: tuple[int, int]) -> int:
    """images.npy and meta.jsonl."""
    folder.mkdir(parents=True, exist_ok=True)
    total = sum(len(style_ids) for _, _, style_ids, _ in jobs)
    images = np.lib.format.open_memmap(folder / "images.npy", "w+", np.uint8, (total, *shape, 3))
    start = time.perf_counter()
    with open(folder / "meta.jsonl", "w", encoding="utf-8") as lines:
        for i, (image, meta) in enumerate(painted(jobs, workers, shape)):
            images[i] = image
            lines.write(json.dumps(meta) + "\n")
            if (i + 1) % 1000 == 0:
                print(
                    f"{i + 1}/{total}  {(i + 1) / (time.perf_counter() - start):.1f} pictures/s", flush=True
                )
    images.flush()
    return total


def write_folders(folder: Path, jobs: list[Job], workers: int, shape: tuple[int, int], extension: str) -> int:
    """A style database: a folder per style with numbered pictures and captions.json, file name -> caption."""
    captions: dict[str, dict[str, str]] = {}
    for image, meta in painted(jobs, workers, shape):
        known = captions.setdefault(meta["style"], {})
        name = f"{len(known):05d}.{extension}"
        known[name] = meta["content"]
        (folder / meta["style"]).mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(folder / meta["style"] / name), image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 92])
    for style_id, known in captions.items():
        (folder / style_id / "captions.json").write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")
    return sum(map(len, captions.values()))


def write_sheet(file: Path, styles: list[Style], options: argparse.Namespace) -> int:
    """A contact sheet: a row per scene, a column per style, with the style's name above."""
    jobs = plan(styles, options.scenes, len(styles), options.seed, choose_subjects(options.subjects))
    jobs = [(seed, ordinal, tuple(style.id for style in styles), about) for seed, ordinal, _, about in jobs]
    tiles = [image for image, _ in painted(jobs, options.workers, options.shape)]
    rows = [np.hstack(tiles[i : i + len(styles)]) for i in range(0, len(tiles), len(styles))]
    width = options.shape[1]
    header = np.full((28, width * len(styles), 3), 245, np.uint8)
    for i, style in enumerate(styles):
        label = style.name + (" (held out)" if style.held_out else "")
        cv2.putText(
            header, label, (i * width + 6, 20), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (30, 30, 30), 1, cv2.LINE_AA
        )
    file.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(file), np.vstack([header, *rows])[..., ::-1])
    return len(tiles)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    target = parser.add_mutually_exclusive_group(required=True)
    target.add_argument("--out", type=Path, help="folder for images.npy and meta.jsonl")
    target.add_argument(
        "--folders", type=Path, help="folder for one folder of pictures per style (each of N scenes)"
    )
    target.add_argument("--sheet", type=Path, help="PNG file for a contact sheet")
    parser.add_argument("--scenes", type=int, default=6, help="number of scenes")
    parser.add_argument(
        "--per-scene", type=int, default=1, help="styles in which each scene is painted, for --out"
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--styles", default="all", help="all, trained, held-out, mixed:0-299, or ids: oil,glass")
    parser.add_argument("--subjects", default="all", help="all, or names: house,palm tree")
    parser.add_argument("--shape", type=parse_shape, default=SQUARE, help="WIDTHxHEIGHT of the pictures, in pixels")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--extension", choices=["png", "jpg"], default="png", help="file type for --folders")
    return parser.parse_args()


def main() -> None:
    options = parse_arguments()
    styles = choose_styles(options.styles)
    start = time.perf_counter()
    if options.sheet:
        count = write_sheet(options.sheet, styles, options)
    elif options.folders:
        # A scene of its own for every picture, so that styles differ in content as real collections do.
        jobs = plan(styles, options.scenes * len(styles), 1, options.seed, choose_subjects(options.subjects))
        count = write_folders(options.folders, jobs, options.workers, options.shape, options.extension)
    else:
        subjects = choose_subjects(options.subjects)
        jobs = plan(styles, options.scenes, options.per_scene, options.seed, subjects)
        count = write_dataset(options.out, jobs, options.workers, options.shape)
    seconds = time.perf_counter() - start
    print(f"{count} pictures in {seconds:.1f} s, {count / seconds:.1f} per second")


if __name__ == "__main__":
    main()
