import hashlib

import pytest

import batch


def test_questions_are_numbered_from_the_seed_on():
    order = batch.read(b'{"tasks": 2, "concurrency": 1, "seed": 6, "suffix": "!"}')
    assert [messages[-1]["content"] for messages in order.conversations()] == [
        "What is the number 7?!",
        "What is the number 8?!",
    ]


@pytest.mark.parametrize(
    "body",
    [
        b'{"tasks":',
        b"7",
        b'{"concurrency": 4}',
        b'{"tasks": 0, "concurrency": 4}',
        b'{"tasks": 1000000, "concurrency": 4}',
        b'{"tasks": "8", "concurrency": 4}',
        b'{"tasks": 8, "concurrency": 4, "seed": -1}',
    ],
)
def test_a_bad_body_is_refused(body):
    with pytest.raises(batch.BadBody):
        batch.read(body)


def test_a_failed_task_is_counted_and_its_line_is_empty():
    assert batch.answer(["a", None]) == {
        "tasks": 2,
        "ok": 1,
        "failed": 1,
        "digest": hashlib.sha256(b"a\n\n").hexdigest(),
    }
