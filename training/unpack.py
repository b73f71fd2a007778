"""Goes back from a pack to what the trainers take with --init: nothing but the pack is kept between runs.

    python unpack.py ../public/packs/kindred-mini W/start

writes kindred-mini.ckpt (the authors' keys, float32; the weights are the averages that the pack holds) and
clip/ in Hugging Face layout. int8 weights are widened by their scales, so they are within half a scale step
of what was trained. logit_scale, which no tower needs, is set to its usual end, ln 100. Needs the package
`onnx` as well, for the CLIP towers.
"""

import argparse
import json
import shutil
from pathlib import Path

import onnx
import torch
from onnx import numpy_helper
from safetensors.torch import load_file, save_file

SCALE = ".scale"


def widen(stored):
    """Tensors by key in float32: int8 ones times their scale for each output channel; no scales, no padding."""
    wide = {}
    for key, value in stored.items():
        if key.endswith(SCALE) or key.startswith("__padding_"):
            continue
        value = value.float()
        if key + SCALE in stored:
            scale = stored[key + SCALE].float()
            value = value * scale.reshape(-1, *[1] * (value.dim() - 1))
        wide[key] = value.contiguous()
    return wide


def tower_tensors(path):
    """The initialisers of a tower that have a checkpoint's key; the others are the graph's own constants."""
    graph = onnx.load(str(path)).graph
    stored = {i.name: torch.from_numpy(numpy_helper.to_array(i).copy()) for i in graph.initializer}
    own = ("text_model.", "vision_model.", "text_projection.", "visual_projection.")
    return widen({key: value for key, value in stored.items() if key.startswith(own)})


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("pack", type=Path)
    parser.add_argument("out", type=Path)
    args = parser.parse_args()
    manifest = json.loads((args.pack / "pack.json").read_text())
    (args.out / "clip").mkdir(parents=True, exist_ok=True)

    state = {}
    for part in ("denoiser", "decoder", "encoder"):
        for shard in manifest[part]["shards"]:
            state |= widen(load_file(args.pack / shard))
    torch.save({"state_dict": state}, args.out / "kindred-mini.ckpt")

    folder = args.pack / manifest["clip"]["folder"]
    tensors = {"logit_scale": torch.tensor(4.6052)}
    for tower in ("text", "vision"):
        tensors |= tower_tensors(folder / f"onnx/{tower}_model.onnx")
    save_file(tensors, args.out / "clip/model.safetensors", metadata={"format": "pt"})
    for path in folder.glob("*.json"):
        shutil.copy(path, args.out / "clip")
    print(f"{len(state)} tensors, and {len(tensors)} of CLIP, in {args.out}")


if __name__ == "__main__":
    main()
