"""A request for a ranking, checked, and the answers that are not one."""

from typing import Annotated

import msgspec

MAX_CANDIDATES = 1000

# What a row's id can be: PostgreSQL's int. msgspec takes neither true nor 1.5 nor "1" for an integer.
Id = Annotated[int, msgspec.Meta(ge=-(2**31), le=2**31 - 1)]


class Ranking(msgspec.Struct):
    user_id: Id
    item_ids: Annotated[list[Id], msgspec.Meta(min_length=1)]
    size: Annotated[int, msgspec.Meta(ge=1)]


class Output(msgspec.Struct):
    id: int
    score: float


class Outputs(msgspec.Struct):
    """Best first."""

    outputs: list[Output]


class Refusal(Exception):
    """An answer other than 200, as the client sees it."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


class TooManyCandidates(Refusal):
    def __init__(self) -> None:
        super().__init__(413, f"at most {MAX_CANDIDATES} item_ids")


_decoder = msgspec.json.Decoder(Ranking)


def parse_ranking(body: bytes) -> Ranking:
    """The request in a body, each item once; raises Refusal."""
    try:
        ranking = _decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refusal(400, str(error)) from None
    if len(ranking.item_ids) > MAX_CANDIDATES:
        raise TooManyCandidates
    ranking.item_ids = list(dict.fromkeys(ranking.item_ids))
    return ranking
