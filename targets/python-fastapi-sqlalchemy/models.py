"""Writes the scenario's RankNet as the article's models are: TorchScript, and ONNX without the sigmoid.

    python models.py <ranknet.onnx> <output directory>

Run while the image is built. The weights are those of every other target.
"""

import sys
from pathlib import Path

import onnx
import torch
from onnx import numpy_helper
from torch import nn


def network(model: onnx.ModelProto) -> nn.Sequential:
    """The layers before the sigmoid, with the weights of the file."""
    weights = {each.name: torch.from_numpy(numpy_helper.to_array(each).copy()) for each in model.graph.initializer}
    layers: list[nn.Module] = []
    for name in ("fc1", "fc2", "fc3"):
        outputs, inputs = weights[f"{name}.weight"].shape
        layer = nn.Linear(inputs, outputs)
        layer.load_state_dict({"weight": weights[f"{name}.weight"], "bias": weights[f"{name}.bias"]})
        layers += [layer, nn.ReLU()]
    return nn.Sequential(*layers[:-1]).eval()


def without_sigmoid(model: onnx.ModelProto) -> onnx.ModelProto:
    nodes = model.graph.node
    last = nodes[-1]
    if last.op_type != "Sigmoid":
        raise SystemExit(f"the model ends with {last.op_type}, not with a sigmoid")
    model.graph.output[0].name = last.input[0]
    del nodes[-1]
    onnx.checker.check_model(model, full_check=True)
    return model


def main() -> None:
    source, directory = onnx.load(sys.argv[1]), Path(sys.argv[2])
    torch.jit.script(network(source)).save(str(directory / "ranknet.pt"))
    onnx.save(without_sigmoid(source), directory / "ranknet.onnx")


if __name__ == "__main__":
    main()
