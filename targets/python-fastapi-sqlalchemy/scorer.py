"""The RankNet by TorchScript or by ONNX Runtime; both take and give tensors, as in the article."""

import os
from pathlib import Path
from typing import Protocol

import numpy as np
import onnx
import onnxruntime
import torch


class Scorer(Protocol):
    # Threads inside one run of the model.
    threads: dict[str, int]

    def score(self, rows: torch.Tensor) -> torch.Tensor:
        """One score a row of 40 float32 features."""


def open_scorer(model: Path) -> Scorer:
    return TorchScriptScorer(model) if model.suffix == ".pt" else OnnxScorer(model)


class TorchScriptScorer:
    def __init__(self, model: Path) -> None:
        self._module = torch.jit.load(str(model))
        self._module.eval()
        self.threads = {
            "torch_intra_op": torch.get_num_threads(),
            "torch_inter_op": torch.get_num_interop_threads(),
        }

    def score(self, rows: torch.Tensor) -> torch.Tensor:
        with torch.no_grad():
            return torch.sigmoid(self._module(rows))


class OnnxScorer:
    def __init__(self, model: Path) -> None:
        # Read once more by the onnx package and kept, which costs memory only: so it is published.
        self.model = onnx.load(model)
        before = _threads_of_this_process()
        self._session = onnxruntime.InferenceSession(model)
        # ONNX Runtime tells what it was asked for, not what it took: count. The calling thread works too.
        self.threads = {"ort_intra_op": _threads_of_this_process() - before + 1}

    def score(self, rows: torch.Tensor) -> torch.Tensor:
        return torch.sigmoid(torch.from_numpy(self._session.run(None, {"features": rows.numpy()})[0]))


def to_rows(user: list[float], items: list[list[float]]) -> torch.Tensor:
    """The model's input: the user's features before those of each item."""
    repeated = np.tile(user, (len(items), 1))
    return torch.tensor(np.hstack((repeated, items)), dtype=torch.float32)


def _threads_of_this_process() -> int:
    return len(os.listdir("/proc/self/task"))
