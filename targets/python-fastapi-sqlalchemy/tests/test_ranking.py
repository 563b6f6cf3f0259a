import pytest
from pydantic import ValidationError

from ranking import Ranking, unknown


@pytest.mark.parametrize(
    "body",
    [
        '{"item_ids":[1],"size":1}',
        '{"user_id":"1","item_ids":[1],"size":1}',
        '{"user_id":true,"item_ids":[1],"size":1}',
        '{"user_id":1.5,"item_ids":[1],"size":1}',
        '{"user_id":3000000000,"item_ids":[1],"size":1}',
        '{"user_id":1,"item_ids":[1,null],"size":1}',
        '{"user_id":1,"item_ids":[],"size":1}',
        '{"user_id":1,"item_ids":[1],"size":0}',
        "[1,[1],1]",
        "null",
    ],
)
def test_a_bad_body_is_refused(body):
    with pytest.raises(ValidationError):
        Ranking.model_validate_json(body)


@pytest.mark.parametrize(
    ("user_found", "items_found", "message"),
    [
        (False, [1, 2, 3], "unknown user: 9"),
        (True, [2], "unknown items: 1, 3"),
        (False, [], "unknown user: 9; unknown items: 1, 2, 3"),
    ],
)
def test_every_unknown_id_is_named_once(user_found, items_found, message):
    ranking = Ranking(user_id=9, item_ids=[1, 2, 3, 1], size=10)
    refusal = unknown(ranking, user_found=user_found, items_found=items_found)
    assert refusal is not None
    assert (refusal.status, refusal.message) == (404, message)


def test_what_is_all_there_is_not_refused():
    assert unknown(Ranking(user_id=9, item_ids=[1, 2], size=1), user_found=True, items_found=[2, 1]) is None
