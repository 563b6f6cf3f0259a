"""all-MiniLM-L6-v2: Hugging Face's tokenizer in front of ONNX Runtime. Pooling and normalisation are in the graph."""

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime as ort
from tokenizers import Encoding, Tokenizer

from runs import runs


@dataclass(frozen=True)
class Embedding:
    values: np.ndarray
    truncated: bool


class Embedder:
    def __init__(self, folder: Path, threads: int) -> None:
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.longest: int = self._tokenizer.truncation["max_length"]
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        before = _threads_of_this_process()
        self._session = ort.InferenceSession(folder / "model.onnx", options, providers=["CPUExecutionProvider"])
        # ONNX Runtime tells what it was asked for, not what it took: count. The calling thread works too.
        self.intra_op_threads = _threads_of_this_process() - before + 1

    def embed(self, texts: list[str]) -> list[Embedding | None]:
        """One embedding a text, in order; None where the text has no tokens."""
        encodings = self._tokenizer.encode_batch_fast(texts)
        embeddings: list[Embedding | None] = [None] * len(texts)
        for indices in runs([len(encoding) for encoding in encodings]):
            rows = self._run([encodings[index] for index in indices])
            for index, values in zip(indices, rows, strict=True):
                embeddings[index] = Embedding(values, truncated=bool(encodings[index].overflowing))
        return embeddings

    def _run(self, encodings: list[Encoding]) -> np.ndarray:
        ids = np.zeros((len(encodings), max(map(len, encodings))), np.int64)
        mask = np.zeros_like(ids)
        for row, encoding in enumerate(encodings):
            ids[row, : len(encoding)] = encoding.ids
            mask[row, : len(encoding)] = 1
        return self._session.run(["embedding"], {"input_ids": ids, "attention_mask": mask})[0]


def _threads_of_this_process() -> int:
    return len(os.listdir("/proc/self/task"))
