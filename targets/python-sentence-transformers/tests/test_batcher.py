from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue

import pytest

from batcher import Batcher


class FakeModel:
    """Says what came together, waits to be told to go on, and embeds a text as its length."""

    def __init__(self):
        self.batches, self.may_go = SimpleQueue(), SimpleQueue()

    def embed(self, texts):
        self.batches.put(texts)
        self.may_go.get(timeout=5)
        if "bad" in texts:
            raise RuntimeError("no")
        return [len(text) or None for text in texts]

    def go(self):
        self.may_go.put(None)

    def batch(self):
        return self.batches.get(timeout=5)


@pytest.fixture
def model():
    return FakeModel()


def ask(pool, batcher, *texts):
    """Asks, and returns when the texts wait, in this order."""
    asked = []
    for text in texts:
        waiting = batcher._waiting.qsize()
        asked.append(pool.submit(batcher.embed, text))
        while batcher._waiting.qsize() == waiting:
            pass
    return asked


def test_one_text_goes_at_once_and_what_arrives_meanwhile_is_one_batch(model):
    batcher = Batcher(model.embed, batch_size=3)
    with ThreadPoolExecutor(8) as pool:
        first = pool.submit(batcher.embed, "a")
        assert model.batch() == ["a"]
        others = ask(pool, batcher, "bb", "ccc", "", "d")
        for _ in range(3):
            model.go()
        assert model.batch() == ["bb", "ccc", ""]
        assert model.batch() == ["d"]
        assert [answer.result(5) for answer in (first, *others)] == [1, 2, 3, None, 1]


def test_a_failing_model_fails_its_batch_and_not_the_next(model):
    batcher = Batcher(model.embed, batch_size=8)
    for _ in range(2):
        model.go()
    with ThreadPoolExecutor(1) as pool:
        with pytest.raises(RuntimeError):
            pool.submit(batcher.embed, "bad").result(5)
        assert pool.submit(batcher.embed, "good").result(5) == 4
