"""all-MiniLM-L6-v2 in sentence-transformers."""

from copy import deepcopy
from dataclasses import dataclass

import numpy as np
import torch
from sentence_transformers import SentenceTransformer

from runs import runs


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
        self.embed(["Both tokenizers have their limits now."])

    def embed(self, texts: list[str]) -> list[Embedding | None]:
        """One embedding a text, in order; None where the text has no tokens."""
        # encode() does not tell what it cut, so the tokens are counted here first, to one beyond the limit. It costs a
        # hundredth of what the model costs.
        longest = self._model.max_seq_length
        offsets = self._counter(
            texts, truncation=True, max_length=longest + 1, return_offsets_mapping=True, verbose=False
        )["offset_mapping"]
        truncated = [len(tokens) > longest for tokens in offsets]
        # What the model does not read need not be tokenized again: up to the end of the last token before [SEP].
        texts = [
            text[: tokens[-2][1]] if cut else text
            for text, tokens, cut in zip(texts, offsets, truncated, strict=True)
        ]
        embeddings: list[Embedding | None] = [None] * len(texts)
        for indices in runs([min(len(tokens), longest) for tokens in offsets]):
            together = [texts[index] for index in indices]
            rows = self._model.encode(together, batch_size=len(together), show_progress_bar=False)
            for index, values in zip(indices, rows, strict=True):
                embeddings[index] = Embedding(values, longest if truncated[index] else None)
        return embeddings
