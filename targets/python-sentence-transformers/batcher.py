"""Computes together what waits together."""

from collections.abc import Callable
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from threading import Thread


class Batcher[Embedding]:
    """Gives the model one batch at a time. What arrives meanwhile is the next batch: nobody waits for a batch to fill, a
    single request goes at once, and batches grow with the load.
    """

    def __init__(self, embed: Callable[[list[str]], list[Embedding | None]], batch_size: int) -> None:
        """`embed` gives one embedding a text, in order; None where the text has no tokens."""
        self._embed = embed
        self._batch_size = batch_size
        self._waiting: SimpleQueue[tuple[str, Future[Embedding | None]]] = SimpleQueue()
        # A daemon: it waits for ever, and must not keep the process from ending.
        Thread(target=self._compute, name="model", daemon=True).start()

    def embed(self, text: str) -> Embedding | None:
        """Returns when the text is computed; for a thread that has nothing else to do."""
        answer: Future[Embedding | None] = Future()
        self._waiting.put((text, answer))
        return answer.result()

    def _compute(self) -> None:
        while True:
            batch = self._next_batch()
            try:
                embeddings = self._embed([text for text, _ in batch])
            except Exception as error:  # whatever it is belongs to those who wait, not to this thread
                for _, answer in batch:
                    answer.set_exception(error)
                continue
            for (_, answer), embedding in zip(batch, embeddings, strict=True):
                answer.set_result(embedding)

    def _next_batch(self) -> list[tuple[str, Future[Embedding | None]]]:
        """What waits, the oldest first; waits itself when nothing does."""
        batch = [self._waiting.get()]
        try:
            while len(batch) < self._batch_size:
                batch.append(self._waiting.get_nowait())
        except Empty:
            pass
        return batch
