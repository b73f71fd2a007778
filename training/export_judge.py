"""Turns the judge that `probe.py` trained into the one file that `npm run eval` asks.

    python export_judge.py --weights work/probe.pt --out ../tools/eval/judge.onnx

    pip install onnx

The graph takes "images" [n, 3, side, side], values -1..1 (pictures brought to that size by averaging areas, as
`probe.clean` does), and gives for each kind of question, under its name, probabilities [n, classes]. Batch
normalisation is folded into the convolutions; weights are stored as float16 and widened on load. The file's
metadata say, as JSON: "classes" {kind: names}, "accuracy" and "shown" as `probe.py` describes them.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from probe import SIDE, Judge

OPSET, IR_VERSION = 17, 8


def folded(conv, norm):
    """Weight and bias of the convolution that does what `conv` and then `norm` do, in float64."""
    scale = norm.weight.double() / (norm.running_var.double() + norm.eps).sqrt()
    bias = (conv.bias.double() - norm.running_mean.double()) * scale + norm.bias.double()
    return (conv.weight.double() * scale[:, None, None, None]).numpy(), bias.numpy()


class Graph:
    """Nodes and weights as they are added; each value is named after its number."""

    def __init__(self):
        self.nodes, self.weights = [], []

    def weight(self, name, values):
        """float16 in the file, float32 to the nodes."""
        self.weights.append(numpy_helper.from_array(values.astype(np.float16), f"{name}.half"))
        self.nodes.append(helper.make_node("Cast", [f"{name}.half"], [name], to=TensorProto.FLOAT))
        return name

    def add(self, operator, inputs, output="", **attributes):
        output = output or f"value{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [output], **attributes))
        return output


@torch.no_grad()
def build(judge):
    """The judge's graph as an ONNX model, without metadata."""
    graph, h = Graph(), "images"
    layers = list(judge.trunk)
    for i in range(0, len(layers), 3):
        conv, norm, _ = layers[i : i + 3]
        weight, bias = folded(conv, norm)
        inputs = [h, graph.weight(f"trunk.{i}.weight", weight), graph.weight(f"trunk.{i}.bias", bias)]
        h = graph.add("Conv", inputs, strides=list(conv.stride), pads=[1, 1, 1, 1], group=conv.groups)
        h = graph.add("Relu", [h])
    pooled = [graph.add("ReduceMean", [h], axes=[2, 3], keepdims=0), graph.add("ReduceMax", [h], axes=[2, 3], keepdims=0)]
    h = graph.add("Concat", pooled, axis=1)
    for kind, head in judge.heads.items():
        inputs = [
            h,
            graph.weight(f"{kind}.weight", head.weight.numpy()),
            graph.weight(f"{kind}.bias", head.bias.numpy()),
        ]
        graph.add("Softmax", [graph.add("Gemm", inputs, transB=1)], kind, axis=1)
    images = helper.make_tensor_value_info("images", TensorProto.FLOAT, ["n", 3, SIDE, SIDE])
    outputs = [
        helper.make_tensor_value_info(kind, TensorProto.FLOAT, ["n", len(names)])
        for kind, names in judge.classes.items()
    ]
    made = helper.make_graph(graph.nodes, "judge", [images], outputs, graph.weights)
    return helper.make_model(
        made, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION, producer_name="kindred"
    )


def write(judge, facts, out):
    """@param facts what goes into the metadata beside the classes, by name"""
    model = build(judge)
    facts = {"classes": judge.classes} | facts
    helper.set_model_props(model, {key: json.dumps(value) for key, value in facts.items()})
    onnx.checker.check_model(model, full_check=True)
    Path(out).write_bytes(model.SerializeToString(deterministic=True))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", required=True)
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    saved = torch.load(args.weights, map_location="cpu", weights_only=True)
    judge = Judge(saved["classes"])
    judge.load_state_dict(saved["state_dict"])
    write(judge.eval(), {key: saved[key] for key in ("accuracy", "shown")}, args.out)
    print(f"{args.out}: {Path(args.out).stat().st_size / 1e6:.2f} MB, {', '.join(judge.classes)}")


if __name__ == "__main__":
    main()
