import pytest

from events import EventReader


def read(pieces):
    reader = EventReader()
    return [data for piece in pieces for data in reader.push(piece)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("data: a\n\ndata: b\n\n", ["a", "b"]),
        ("data: a\r\rdata: b\r\r", ["a", "b"]),
        ("data: a\r\n\r\ndata: b\r\n\r\n", ["a", "b"]),
        ("data:a\n\n", ["a"]),
        ("data:  a\n\n", [" a"]),
        ("data: a\ndata: b\n\n", ["a\nb"]),
        ("data:\n\n", [""]),
        (": hello\nevent: x\nid: 1\nretry: 5\ndata: a\ndatax: b\n\n", ["a"]),
        ("event: x\n\n\n\n", []),
        ("data: a\n", []),
        ("data: é数🌍\n\n", ["é数🌍"]),
    ],
)
def test_events_are_read_wherever_they_are_cut(text, expected):
    text = text.encode()
    expected = [data.encode() for data in expected]
    assert read([text]) == expected
    assert read([text[i : i + 1] for i in range(len(text))]) == expected
    for cut in range(len(text) + 1):
        assert read([text[:cut], text[cut:]]) == expected
