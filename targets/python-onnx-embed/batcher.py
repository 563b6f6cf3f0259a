"""Computes together what waits together."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from embedder import Embedder, Embedding
from text import NoTokens


class Batcher:
    """Gives the model one batch at a time. What arrives meanwhile is the next batch: nobody waits for a batch to fill,
    a single request goes at once, and batches grow with the load.
    """

    def __init__(self, embedder: Embedder, batch_size: int) -> None:
        self._embedder = embedder
        self._batch_size = batch_size
        # The model runs beside the event loop, which would otherwise not even accept while it does.
        self._thread = ThreadPoolExecutor(1, "model")
        self._waiting: list[tuple[str, asyncio.Future[Embedding]]] = []
        self._computing: asyncio.Task[None] | None = None

    async def embed(self, text: str) -> Embedding:
        """Raises NoTokens."""
        answer = asyncio.get_running_loop().create_future()
        self._waiting.append((text, answer))
        if self._computing is None:
            self._computing = asyncio.create_task(self._compute())
        return await answer

    async def _compute(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            batch, self._waiting = self._waiting[: self._batch_size], self._waiting[self._batch_size :]
            # Whoever left meanwhile has a cancelled future.
            batch = [(text, answer) for text, answer in batch if not answer.done()]
            try:
                texts = [text for text, _ in batch]
                embeddings = await loop.run_in_executor(self._thread, self._embedder.embed, texts)
            except Exception as error:  # whatever it is belongs to those who wait, not to this task
                for _, answer in batch:
                    if not answer.done():
                        answer.set_exception(error)
                continue
            for (_, answer), embedding in zip(batch, embeddings, strict=True):
                if answer.done():
                    continue
                if embedding is None:
                    answer.set_exception(NoTokens())
                else:
                    answer.set_result(embedding)
        self._computing = None
