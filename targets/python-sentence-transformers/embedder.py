"""all-MiniLM-L6-v2 in sentence-transformers."""

import os
from copy import deepcopy
from dataclasses import dataclass

import numpy as np
import torch
from sentence_transformers import SentenceTransformer

# [CLS] and [SEP].
SPECIAL_TOKENS = 2


@dataclass(frozen=True)
class Embedding:
    values: np.ndarray
    # How many tokens were kept, when there were more.
    truncated_to: int | None


class Embedder:
    def __init__(self, folder: str, threads: int) -> None:
        """`threads` inside PyTorch; 0 leaves them to it, which takes the host's cores, whatever the cap."""
        if threads:
            torch.set_num_threads(threads)
        self._model = SentenceTransformer(folder, device="cpu")
        # A tokenizer keeps the limit of its last call, and the development server has threads: with one for both, a
        # text is now and then computed to the limit it was only to be counted to. Each is set here, before there are any.
        self._counter = deepcopy(self._model.tokenizer)
        self.embed("Both tokenizers have their limits now.")

    def embed(self, text: str) -> Embedding | None:
        """None when the text has no tokens."""
        # encode() does not tell what it cut, so the tokens are counted here first, to one beyond the limit. It costs a
        # hundredth of what the model costs.
        longest = self._model.max_seq_length
        offsets = self._counter(
            text, truncation=True, max_length=longest + 1, return_offsets_mapping=True, verbose=False
        )["offset_mapping"]
        if len(offsets) <= SPECIAL_TOKENS:
            return None
        truncated = len(offsets) > longest
        if truncated:
            # What the model does not read need not be tokenized again: up to the end of the last token before [SEP].
            text = text[: offsets[-2][1]]
        return Embedding(self._model.encode(text, show_progress_bar=False), longest if truncated else None)


def default_threads() -> int:
    """One a core of the cap: one text is computed at a time, so nobody fights over them."""
    return int(os.environ.get("TORCH_THREADS") or os.environ.get("CORES") or 1)
