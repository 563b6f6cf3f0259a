import pytest

from text import Refusal, parse_text


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b'["a"]',
        b'"a"',
        b"{}",
        b'{"text":null}',
        b'{"text":17}',
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


def test_other_members_are_ignored():
    assert parse_text(b'{"n":[1],"text":"h\\u00e4\\ud83d\\ude42"}') == "hä🙂"
