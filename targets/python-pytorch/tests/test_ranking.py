import numpy as np
import pytest

from features import _split, _unknown, _values
from ranking import Ranking, Refusal, parse_ranking


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ('{"item_ids":[1],"size":1}', 400),
        ('{"user_id":"1","item_ids":[1],"size":1}', 400),
        ('{"user_id":true,"item_ids":[1],"size":1}', 400),
        ('{"user_id":1.5,"item_ids":[1],"size":1}', 400),
        ('{"user_id":3000000000,"item_ids":[1],"size":1}', 400),
        ('{"user_id":1,"item_ids":[1,null],"size":1}', 400),
        ('{"user_id":1,"item_ids":[],"size":1}', 400),
        ('{"user_id":1,"item_ids":[1],"size":0}', 400),
        ('{"user_id":1,"item_ids":[1],"size":1}x', 400),
        ("[" * 100_000, 400),
        ('{"x":' + "[" * 100_000, 400),
        ("\udcff\udcfe", 400),
        ('{"user_id":1,"size":1,"item_ids":[1' + ",1" * 1000 + "]}", 413),
    ],
)
def test_a_bad_body_is_refused(body, status):
    with pytest.raises(Refusal) as refused:
        parse_ranking(body.encode(errors="surrogateescape"))
    assert refused.value.status == status


def test_an_item_named_twice_is_kept_once_in_its_first_place():
    assert parse_ranking(b'{"user_id":7,"item_ids":[3,1,3,2,1],"size":10}') == Ranking(7, [3, 1, 2], 10)


@pytest.mark.parametrize(
    ("found", "split"),
    [
        ([(None, b"u"), (2, b"b"), (1, b"a")], (b"u", [2, 1], [b"b", b"a"])),
        ([(2, b"b"), (None, b"u"), (1, b"a")], (b"u", [2, 1], [b"b", b"a"])),
        ([(2, b"b")], (None, [2], [b"b"])),
        ([(None, b"u")], (b"u", [], [])),
        ([], (None, [], [])),
    ],
)
def test_the_user_is_the_row_without_an_id_wherever_it_comes(found, split):
    assert _split(found) == split


def test_values_of_arrays_as_postgres_sends_them():
    def wire(*values: float) -> bytes:
        header = np.array([1, 0, 700, len(values), 1], ">i4").tobytes()
        return header + b"".join(
            np.array([4], ">i4").tobytes() + np.array([value], ">f4").tobytes() for value in values
        )

    np.testing.assert_array_equal(_values(wire(0.5, -1) + wire(2, 3), 2), [[0.5, -1], [2, 3]])


@pytest.mark.parametrize(
    ("user_found", "items_found", "message"),
    [
        (False, [1, 2, 3], "unknown user: 9"),
        (True, [2], "unknown items: 1, 3"),
        (False, [], "unknown user: 9; unknown items: 1, 2, 3"),
    ],
)
def test_every_unknown_id_is_named(user_found, items_found, message):
    assert _unknown(Ranking(9, [1, 2, 3], 10), user_found=user_found, items_found=items_found) == message
