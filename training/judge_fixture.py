"""Golden numbers for the judge in Node: a tiny judge of seeded weights, and what PyTorch answers.

    python judge_fixture.py ../tests/fixtures/judge

writes judge.onnx (as `export_judge.py` does) and judge.json: for pictures of several sizes, made in both languages
from (x, y, channel), the probabilities, and the first row of the picture brought to the judge's size. The weights are
`seeded_weights.py`'s, so it needs no data and no training.
"""

import json
import sys
from pathlib import Path

import numpy as np
import torch

import export_judge
import seeded_weights
from data import to_unit
from probe import Judge, answers_about, clean

CLASSES = {
    "style": ["oil", "glass", "neon"],
    "subject": ["boat", "house"],
    "time": ["day", "night"],
    "count": ["one", "two", "three"],
}
FACTS = {
    "accuracy": {"pictures": 4, "kinds": {"style": 0.75, "subject": 1.0, "time": 0.5}, "styles": {"oil": 1.0}},
    "shown": {
        "subjects": {"boat": {"colors": ["red"], "places": ["on the sea"]}, "house": {"colors": ["orange"], "places": ["by the sea", "on a hill"]}},
        "times": {"day": "by day", "night": "at night"},
    },
}
SIZES = ((256, 256), (384, 256), (150, 200))


def picture(width, height):
    """uint8 [height, width, 3]: red and green slope, blue is a grid of squares."""
    y, x = np.mgrid[:height, :width]
    return np.stack([x * 7 % 256, (x * 3 + y * 5) % 256, (x // 16 + y // 16) % 2 * 255], axis=2).astype(np.uint8)


def seeded_judge():
    judge = Judge(CLASSES, widths=(32, 64)).eval()
    state = {k: seeded_weights.weight(f"judge.{k}", v.shape) if v.dim() else v for k, v in judge.state_dict().items()}
    for key in state:
        if key.endswith("running_var"):
            state[key] = state[key].abs() + 0.5
        if key.startswith("heads") and key.endswith("weight"):
            state[key] *= 3  # so that answers are not all alike
    judge.load_state_dict(state)
    return judge


@torch.no_grad()
def main():
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    judge, cases = seeded_judge(), []
    export_judge.write(judge, FACTS, out / "judge.onnx")
    for width, height in SIZES:
        image = to_unit(torch.from_numpy(picture(width, height))[None])
        small = clean(image)
        answers = {kind: logits.softmax(dim=1)[0].tolist() for kind, logits in answers_about(judge, image).items()}
        cases.append({"width": width, "height": height, "answers": answers, "firstRow": small[0, :, 0].flatten().tolist()})
    (out / "judge.json").write_text(json.dumps({"made by": "training/judge_fixture.py", "cases": cases}) + "\n")
    print(json.dumps([c["answers"] for c in cases]))


if __name__ == "__main__":
    main()
