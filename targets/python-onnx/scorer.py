"""The RankNet in ONNX Runtime."""

import os
from pathlib import Path

import numpy as np
import onnxruntime as ort


class Scorer:
    """One session for all requests, as ONNX Runtime is meant to be used: it may be shared, and is expensive to make."""

    def __init__(self, model: Path, threads: int) -> None:
        options = ort.SessionOptions()
        if threads:
            options.intra_op_num_threads = threads
            options.inter_op_num_threads = 1
        before = _threads_of_this_process()
        self._session = ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        # ONNX Runtime tells what it was asked for, not what it took: count. The calling thread works too.
        self.intra_op_threads = _threads_of_this_process() - before + 1

    def score(self, rows: np.ndarray) -> np.ndarray:
        """One score a row of 40 float32 features."""
        return self._session.run(["score"], {"features": rows})[0][:, 0]


def _threads_of_this_process() -> int:
    return len(os.listdir("/proc/self/task"))
