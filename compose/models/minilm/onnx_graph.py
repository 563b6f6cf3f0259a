"""all-MiniLM-L6-v2 as an ONNX graph, built from its weights: what an exporter would write, without gigabytes of torch.

`input_ids` and `attention_mask` (batch × sequence, int64) in, `embedding` (batch × 384, float32) out. Pooling and
normalisation belong to the model, so they are in the graph. Three things are prepared here rather than once a request:

- query, key and value are one matrix product instead of three;
- the attention's 1 / √(width of a head) is multiplied into the query's weights;
- the segment's embedding, the same for every token of a single text, is added to the positions' table.
"""

import math

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

# Gelu is one operator since opset 20.
OPSET = 20
IR_VERSION = 9
# Added to the score of a padded position: its share rounds to 0, and two of them stay finite.
MASKED = -1e9


def build(weights: dict[str, np.ndarray], config: dict) -> onnx.ModelProto:
    graph = _Graph()
    hidden = _embeddings(graph, weights, config)
    bias = _attention_bias(graph)
    for layer in range(config["num_hidden_layers"]):
        hidden = _layer(graph, weights, config, f"encoder.layer.{layer}", hidden, bias)
    _pooling(graph, hidden)
    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "all-MiniLM-L6-v2",
            [
                helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "sequence"])
                for name in ("input_ids", "attention_mask")
            ],
            [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["batch", config["hidden_size"]])],
            graph.constants,
        ),
        producer_name="bakeoff",
        ir_version=IR_VERSION,
        opset_imports=[helper.make_opsetid("", OPSET)],
    )
    onnx.checker.check_model(model, full_check=True)
    return model


class _Graph:
    """Nodes and constants in the order they are added; values are named after the node that gives them."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, name: str, value: np.ndarray) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def add(self, operator: str, inputs: list[str], name: str, **attributes) -> str:
        self.nodes.append(helper.make_node(operator, inputs, [name], name=name, **attributes))
        return name

    def dense(self, x: str, name: str, weight: np.ndarray, bias: np.ndarray) -> str:
        """`weight` as PyTorch stores it: outputs × inputs."""
        product = self.add("MatMul", [x, self.constant(f"{name}.weight", weight.T)], f"{name}.product")
        return self.add("Add", [product, self.constant(f"{name}.bias", bias)], name)

    def normalise(self, x: str, name: str, weights: dict[str, np.ndarray], config: dict) -> str:
        scale, bias = (self.constant(f"{name}.{part}", weights[f"{name}.{part}"]) for part in ("weight", "bias"))
        return self.add("LayerNormalization", [x, scale, bias], name, axis=-1, epsilon=config["layer_norm_eps"])


def _embeddings(graph: _Graph, weights: dict[str, np.ndarray], config: dict) -> str:
    words = graph.constant("words", weights["embeddings.word_embeddings.weight"])
    segment = weights["embeddings.token_type_embeddings.weight"][0]
    positions = graph.constant("positions", weights["embeddings.position_embeddings.weight"] + segment)
    shape = graph.add("Shape", ["input_ids"], "sequence.length", start=1)
    zero = graph.constant("zero", np.array([0], np.int64))
    used = graph.add("Slice", [positions, zero, shape], "positions.used")
    tokens = graph.add("Gather", [words, "input_ids"], "tokens")
    return graph.normalise(graph.add("Add", [tokens, used], "embeddings.sum"), "embeddings.LayerNorm", weights, config)


def _attention_bias(graph: _Graph) -> str:
    """0 where a token is, MASKED where padding is: batch × 1 × 1 × sequence, added to every row of scores."""
    mask = graph.add("Cast", ["attention_mask"], "mask", to=TensorProto.FLOAT)
    padding = graph.add("Sub", [graph.constant("one", np.float32(1)), mask], "padding")
    bias = graph.add("Mul", [padding, graph.constant("masked", np.float32(MASKED))], "padding.bias")
    return graph.add("Unsqueeze", [bias, graph.constant("heads.axes", np.array([1, 2], np.int64))], "attention.bias")


def _layer(
    graph: _Graph, weights: dict[str, np.ndarray], config: dict, name: str, hidden: str, attention_bias: str
) -> str:
    heads, width = config["num_attention_heads"], config["hidden_size"] // config["num_attention_heads"]
    scales = {"query": np.float32(1 / math.sqrt(width)), "key": np.float32(1), "value": np.float32(1)}
    attention = f"{name}.attention"
    merged = graph.dense(
        hidden,
        f"{attention}.self",
        np.concatenate([weights[f"{attention}.self.{part}.weight"] * scale for part, scale in scales.items()]),
        np.concatenate([weights[f"{attention}.self.{part}.bias"] * scale for part, scale in scales.items()]),
    )
    # batch × sequence × (3 · heads · width) to 3 times batch × heads × sequence × width; 0 keeps a dimension.
    parts = [f"{attention}.self.{part}" for part in scales]
    graph.nodes.append(helper.make_node("Split", [merged], parts, name=f"{attention}.split", axis=2, num_outputs=3))
    by_head = graph.constant(f"{attention}.by_head", np.array([0, 0, heads, width], np.int64))
    query, key, value = (
        graph.add("Transpose", [graph.add("Reshape", [part, by_head], f"{part}.heads")], f"{part}.ready", perm=perm)
        # The key is wanted transposed: sequence last.
        for part, perm in zip(parts, ([0, 2, 1, 3], [0, 2, 3, 1], [0, 2, 1, 3]), strict=True)
    )
    scores = graph.add(
        "Add", [graph.add("MatMul", [query, key], f"{attention}.raw"), attention_bias], f"{attention}.scores"
    )
    shares = graph.add("Softmax", [scores], f"{attention}.shares", axis=-1)
    context = graph.add(
        "Transpose",
        [graph.add("MatMul", [shares, value], f"{attention}.context")],
        f"{attention}.rows",
        perm=[0, 2, 1, 3],
    )
    joined = graph.add(
        "Reshape",
        [context, graph.constant(f"{attention}.by_token", np.array([0, 0, heads * width], np.int64))],
        f"{attention}.joined",
    )

    def dense(x: str, part: str) -> str:
        return graph.dense(x, f"{name}.{part}", weights[f"{name}.{part}.weight"], weights[f"{name}.{part}.bias"])

    attended = graph.add("Add", [dense(joined, "attention.output.dense"), hidden], f"{attention}.residual")
    hidden = graph.normalise(attended, f"{attention}.output.LayerNorm", weights, config)
    inner = graph.add("Gelu", [dense(hidden, "intermediate.dense")], f"{name}.gelu")
    outer = graph.add("Add", [dense(inner, "output.dense"), hidden], f"{name}.residual")
    return graph.normalise(outer, f"{name}.output.LayerNorm", weights, config)


def _pooling(graph: _Graph, hidden: str) -> None:
    """The mean over the tokens, padding left out, at unit length."""
    last = graph.constant("last.axis", np.array([-1], np.int64))
    tokens = graph.constant("token.axis", np.array([1], np.int64))
    weight = graph.add("Unsqueeze", ["mask", last], "mask.weight")
    total = graph.add(
        "ReduceSum", [graph.add("Mul", [hidden, weight], "pooling.kept"), tokens], "pooling.sum", keepdims=0
    )
    count = graph.add("ReduceSum", ["mask", tokens], "pooling.count", keepdims=1)
    mean = graph.add("Div", [total, count], "pooling.mean")
    graph.add("LpNormalization", [mean], "embedding", axis=-1, p=2)
