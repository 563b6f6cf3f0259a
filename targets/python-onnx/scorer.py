"""The RankNet in ONNX Runtime."""

import os
from pathlib import Path

import numpy as np
import onnxruntime as ort


class Scorer:
    """One session for all requests, as ONNX Runtime is meant to be used: it may be shared, and is expensive to make."""

    def __init__(self, model: Path, threads: int) -> None:
        self._model = model
        self._threads = threads
        before = _threads_of_this_process()
        self._session = self._open()
        # ONNX Runtime tells what it was asked for, not what it took: count. The calling thread works too.
        self.intra_op_threads = _threads_of_this_process() - before + 1

    def score(self, rows: np.ndarray) -> np.ndarray:
        """One score a row of 40 float32 features."""
        return self._session.run(["score"], {"features": rows})[0][:, 0]

    def _open(self) -> ort.InferenceSession:
        options = ort.SessionOptions()
        if self._threads:
            options.intra_op_num_threads = self._threads
            options.inter_op_num_threads = 1
        return ort.InferenceSession(self._model, options, providers=["CPUExecutionProvider"])


class SessionPerRequestScorer(Scorer):
    """Reads the model and starts a thread pool for every request: what the article's figures look like."""

    def score(self, rows: np.ndarray) -> np.ndarray:
        self._session = self._open()
        return super().score(rows)


def _threads_of_this_process() -> int:
    return len(os.listdir("/proc/self/task"))
