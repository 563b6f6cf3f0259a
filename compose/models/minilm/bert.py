"""all-MiniLM-L6-v2 in float64 numpy: slow, plain, and without any of the runtimes that are measured.

It is written from the paper and from config.json, and shares no code with the graph in onnx_graph.py that it checks.
"""

import math

import numpy as np

_erf = np.vectorize(math.erf)


def embed(weights: dict[str, np.ndarray], config: dict, ids: list[int]) -> np.ndarray:
    """The embedding of one text's token ids: mean of the last layer over all tokens, at unit length."""
    bert = _Bert(weights, config)
    mean = bert.last_hidden_state(ids).mean(axis=0)
    return mean / np.linalg.norm(mean)


class _Bert:
    def __init__(self, weights: dict[str, np.ndarray], config: dict) -> None:
        self._weights = weights
        self._layers = config["num_hidden_layers"]
        self._heads = config["num_attention_heads"]
        self._epsilon = config["layer_norm_eps"]

    def last_hidden_state(self, ids: list[int]) -> np.ndarray:
        words = self._table("word_embeddings")[ids]
        positions = self._table("position_embeddings")[: len(ids)]
        # One text is one segment, the first.
        segment = self._table("token_type_embeddings")[0]
        hidden = self._normalise("embeddings.LayerNorm", words + positions + segment)
        for layer in range(self._layers):
            hidden = self._layer(f"encoder.layer.{layer}", hidden)
        return hidden

    def _layer(self, name: str, hidden: np.ndarray) -> np.ndarray:
        query, key, value = (
            self._split(self._dense(f"{name}.attention.self.{part}", hidden)) for part in ("query", "key", "value")
        )
        scores = query @ key.transpose(0, 2, 1) / math.sqrt(query.shape[-1])
        shares = np.exp(scores - scores.max(axis=-1, keepdims=True))
        shares /= shares.sum(axis=-1, keepdims=True)
        context = (shares @ value).transpose(1, 0, 2).reshape(hidden.shape)
        attended = self._dense(f"{name}.attention.output.dense", context)
        hidden = self._normalise(f"{name}.attention.output.LayerNorm", attended + hidden)
        inner = self._dense(f"{name}.intermediate.dense", hidden)
        inner = inner * (1 + _erf(inner / math.sqrt(2))) / 2
        return self._normalise(f"{name}.output.LayerNorm", self._dense(f"{name}.output.dense", inner) + hidden)

    def _split(self, tokens: np.ndarray) -> np.ndarray:
        """Tokens × width to heads × tokens × width of a head."""
        return tokens.reshape(len(tokens), self._heads, -1).transpose(1, 0, 2)

    def _dense(self, name: str, x: np.ndarray) -> np.ndarray:
        return x @ self._get(f"{name}.weight").T + self._get(f"{name}.bias")

    def _normalise(self, name: str, x: np.ndarray) -> np.ndarray:
        centred = x - x.mean(axis=-1, keepdims=True)
        deviation = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + self._epsilon)
        return centred / deviation * self._get(f"{name}.weight") + self._get(f"{name}.bias")

    def _table(self, name: str) -> np.ndarray:
        return self._get(f"embeddings.{name}.weight")

    def _get(self, name: str) -> np.ndarray:
        return self._weights[name].astype(np.float64)
