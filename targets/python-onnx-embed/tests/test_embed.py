import asyncio

import numpy as np
import pytest

from batcher import Batcher
from embedder import Embedding
from runs import runs
from text import NoTokens, Refusal, parse_text


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'"text"',
        b"{}",
        b'{"text":null}',
        b'{"text":17}',
        b'{"text":["a"]}',
        b'{"text":"a"',
        b'{"text":"a"}x',
        b'{"text":"\xff"}',
        b'{"text":"\\ud800"}',
        b"[" * 100_000,
    ],
)
def test_a_bad_body_is_refused(body):
    with pytest.raises(Refusal) as refused:
        parse_text(body)
    assert refused.value.status == 400


@pytest.mark.parametrize(
    ("lengths", "expected"),
    [
        ([], []),
        ([2, 2], []),
        ([9], [[0]]),
        ([12, 2, 10], [[2, 0]]),
        ([256, 10, 10, 11], [[1, 2, 3], [0]]),
        # a quarter of padding, and more than that
        ([6, 12], [[0, 1]]),
        ([4, 10], [[0], [1]]),
        # padding that is cheaper than a run, and dearer
        ([93, 100], [[0, 1]]),
        ([91, 100], [[0], [1]]),
        # not as many as fit, where that costs
        ([20, 20, 20, 24, 24, 24], [[0, 1, 2], [3, 4, 5]]),
        # at most a thousand tokens
        ([256, 256, 256, 256, 256, 255], [[5, 0, 1, 2], [3, 4]]),
    ],
)
def test_texts_of_similar_length_are_run_together(lengths, expected):
    assert runs(lengths) == expected


class FakeEmbedder:
    """Embeds a text as its length, and keeps what came together."""

    def __init__(self):
        self.batches = []

    def embed(self, texts):
        self.batches.append(texts)
        return [Embedding(np.array([len(text)]), False) if text else None for text in texts]


def test_what_arrives_while_the_model_is_busy_is_one_batch():
    embedder = FakeEmbedder()

    async def ask():
        batcher = Batcher(embedder, batch_size=3)
        first = asyncio.create_task(batcher.embed("a"))
        await asyncio.sleep(0)  # the first is under way, and the others arrive
        return await asyncio.gather(
            first, *(batcher.embed(text) for text in ("bb", "ccc", "", "d")), return_exceptions=True
        )

    one, two, three, none, last = asyncio.run(ask())
    assert [answer.values[0] for answer in (one, two, three, last)] == [1, 2, 3, 1]
    assert isinstance(none, NoTokens)
    assert max(map(len, embedder.batches)) == 3


def test_a_failing_model_fails_its_batch_and_not_the_next():
    class Failing(FakeEmbedder):
        def embed(self, texts):
            if "bad" in texts:
                raise RuntimeError("no")
            return super().embed(texts)

    async def ask():
        batcher = Batcher(Failing(), batch_size=8)
        with pytest.raises(RuntimeError):
            await batcher.embed("bad")
        return await batcher.embed("good")

    assert asyncio.run(ask()).values[0] == 4
