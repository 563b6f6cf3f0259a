"""The RankNet service in float64 numpy: what every target has to answer.

Shares nothing with the targets but the weights file. It reads no database: a row's features are a hash of its id, and
`features` computes the same hash as compose/postgres/features.sql. So a wrong row, a wrong order of columns, or a
runtime that computes something else all show as a wrong answer.
"""

import json
from pathlib import Path

import numpy as np

USERS = 100_000
ITEMS = 100_000
USER_SEED, USER_FEATURES = 1_000_000_007, 16
ITEM_SEED, ITEM_FEATURES = 2_000_000_011, 24
LAYERS = 3

Weights = list[tuple[np.ndarray, np.ndarray]]


def features(seed: int, ids: np.ndarray, count: int) -> np.ndarray:
    """The rows (ids × count, in [-1, 1)) that features.sql stores for these ids."""

    def mix(x: np.ndarray) -> np.ndarray:
        return ((x >> 16) ^ x) * 73_244_475 & 0xFFFF_FFFF

    x = mix(mix(seed + ids.astype(np.int64)[:, None] * 64 + np.arange(count)))
    return (((x >> 16) ^ x) & 0xFF_FFFF) / 2**23 - 1


def read_weights(path: Path) -> Weights:
    """Weight and bias of each layer from a safetensors file: a length, a JSON header, little-endian numbers."""
    raw = path.read_bytes()
    data = 8 + int.from_bytes(raw[:8], "little")
    header = json.loads(raw[8:data])

    def tensor(name: str) -> np.ndarray:
        start, end = header[name]["data_offsets"]
        return np.frombuffer(raw[data + start : data + end], "<f4").reshape(header[name]["shape"]).astype(np.float64)

    return [(tensor(f"fc{layer}.weight"), tensor(f"fc{layer}.bias")) for layer in range(1, LAYERS + 1)]


def score(weights: Weights, user_id: int, item_ids: list[int]) -> np.ndarray:
    """Each item's score for the user, in [0, 1], in the order of the ids."""
    items = np.array(item_ids)
    user = features(USER_SEED, np.array([user_id]), USER_FEATURES)
    x = np.hstack([np.repeat(user, len(items), axis=0), features(ITEM_SEED, items, ITEM_FEATURES)])
    for weight, bias in weights[:-1]:
        x = np.maximum(x @ weight.T + bias, 0)
    weight, bias = weights[-1]
    return 1 / (1 + np.exp(-(x @ weight.T + bias)[:, 0]))


def rank(weights: Weights, user_id: int, item_ids: list[int], size: int) -> list[dict]:
    """The service's `outputs`: best first, at most `size`; an item named twice is answered once."""
    unique = list(dict.fromkeys(item_ids))
    scores = score(weights, user_id, unique)
    best = np.argsort(-scores, kind="stable")[:size]
    return [{"id": unique[i], "score": round(float(scores[i]), 9)} for i in best]
