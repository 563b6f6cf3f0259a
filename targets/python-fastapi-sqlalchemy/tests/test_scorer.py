from itertools import pairwise

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from models import network, without_sigmoid
from scorer import open_scorer, to_rows

WIDTHS = (40, 256, 128, 1)


def a_model() -> onnx.ModelProto:
    random = np.random.default_rng(7)
    weights, nodes, value = [], [], "features"
    for layer, (inputs, outputs) in enumerate(pairwise(WIDTHS), 1):
        name = f"fc{layer}"
        for part, shape in (("weight", (outputs, inputs)), ("bias", (outputs,))):
            values = random.normal(0, inputs**-0.5, shape).astype(np.float32)
            weights.append(numpy_helper.from_array(values, f"{name}.{part}"))
        nodes.append(helper.make_node("Gemm", [value, f"{name}.weight", f"{name}.bias"], [name], transB=1))
        kind, value = ("Relu", f"relu{layer}") if layer < 3 else ("Sigmoid", "score")
        nodes.append(helper.make_node(kind, [name], [value]))
    inputs = [helper.make_tensor_value_info("features", TensorProto.FLOAT, ["batch", 40])]
    outputs = [helper.make_tensor_value_info("score", TensorProto.FLOAT, ["batch", 1])]
    graph = helper.make_graph(nodes, "ranknet", inputs, outputs, weights)
    return helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", 17)])


def test_both_kinds_of_model_give_the_same_scores(tmp_path):
    model = a_model()
    torch.jit.script(network(model)).save(str(tmp_path / "ranknet.pt"))
    onnx.save(without_sigmoid(model), tmp_path / "ranknet.onnx")
    random = np.random.default_rng(9)
    rows = to_rows(random.uniform(-1, 1, 16).tolist(), random.uniform(-1, 1, (20, 24)).tolist())
    assert rows.shape == (20, 40)
    by_torch = open_scorer(tmp_path / "ranknet.pt").score(rows)
    by_onnx = open_scorer(tmp_path / "ranknet.onnx").score(rows)
    assert by_torch.shape == (20, 1)
    assert by_torch.min() > 0 and by_torch.max() < 1
    np.testing.assert_allclose(by_torch, by_onnx, atol=1e-6)
