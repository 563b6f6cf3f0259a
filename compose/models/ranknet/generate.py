"""Writes the seeded RankNet as ONNX and as safetensors: the same 43,521 weights for every target.

    python generate.py <output directory>

The network has the article's size: 40 features, dense 256, dense 128, dense 1, sigmoid. Here ReLU stands between all of
them; the published code has none after the first. The weights are drawn, so that nothing has to be fetched. numpy promises PCG64's stream across versions and platforms, the arithmetic below is
rounded the same everywhere, and neither file holds a date or a path: two runs give the same bytes.
"""

import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import save_file

SEED = 20_240_528
WIDTHS = (40, 256, 128, 1)
PARAMETERS = 43_521


def draw_weights() -> dict[str, np.ndarray]:
    """Every layer's weight (PyTorch's layout: outputs × inputs) and bias, by name.

    He's initialisation keeps the variance from layer to layer. PyTorch's default shrinks it, and with scores that
    hardly differ a wrong answer could hide inside the comparator's tolerance.
    """
    random = np.random.Generator(np.random.PCG64(SEED))
    weights = {}
    for layer, (inputs, outputs) in enumerate(zip(WIDTHS, WIDTHS[1:]), start=1):
        limit = np.sqrt(6 / inputs)
        weights[f"fc{layer}.weight"] = ((2 * random.random((outputs, inputs)) - 1) * limit).astype(np.float32)
        weights[f"fc{layer}.bias"] = ((2 * random.random(outputs) - 1) / np.sqrt(inputs)).astype(np.float32)
    return weights


def build_onnx(weights: dict[str, np.ndarray]) -> onnx.ModelProto:
    """The network as a graph: `features` (batch × 40) in, `score` (batch × 1, between 0 and 1) out."""
    layers = len(WIDTHS) - 1
    nodes, value = [], "features"
    for layer in range(1, layers + 1):
        name = f"fc{layer}"
        # PyTorch stores outputs × inputs, hence transB.
        nodes.append(
            helper.make_node("Gemm", [value, f"{name}.weight", f"{name}.bias"], [name], name=name, transB=1)
        )
        activation, value = ("Relu", f"relu{layer}") if layer < layers else ("Sigmoid", "score")
        nodes.append(helper.make_node(activation, [name], [value], name=value))
    graph = helper.make_graph(
        nodes,
        "ranknet",
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, ["batch", WIDTHS[0]])],
        [helper.make_tensor_value_info("score", TensorProto.FLOAT, ["batch", WIDTHS[-1]])],
        [numpy_helper.from_array(values, name) for name, values in weights.items()],
    )
    # IR 8 and opset 17 are what every runtime in use reads; the graph needs nothing newer.
    model = helper.make_model(
        graph, producer_name="bakeoff", ir_version=8, opset_imports=[helper.make_opsetid("", 17)]
    )
    onnx.checker.check_model(model, full_check=True)
    return model


def main() -> None:
    directory = Path(sys.argv[1])
    directory.mkdir(parents=True, exist_ok=True)
    weights = draw_weights()
    drawn = sum(values.size for values in weights.values())
    if drawn != PARAMETERS:
        raise SystemExit(f"the network has {drawn} parameters, the article's has {PARAMETERS}")
    save_file(weights, directory / "ranknet.safetensors")
    onnx.save(build_onnx(weights), directory / "ranknet.onnx")


if __name__ == "__main__":
    main()
