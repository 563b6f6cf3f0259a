"""A request for a ranking, checked by pydantic, and the answers that are not one."""

from typing import Annotated

from pydantic import BaseModel, Field

MAX_CANDIDATES = 1000

# What a row's id can be in this scenario. Strict: neither true nor 1.5 nor "1" is an integer.
Id = Annotated[int, Field(strict=True, ge=-(2**31), le=2**31 - 1)]


class Ranking(BaseModel):
    user_id: Id
    item_ids: Annotated[list[Id], Field(min_length=1)]
    size: Annotated[int, Field(strict=True, ge=1)]


class Place(BaseModel):
    latitude: float
    longitude: float


class Output(BaseModel):
    id: int
    score: float
    # Metres from the place of the request. The scenario asks for none; the article's answer has it.
    displacement: float


class Outputs(BaseModel):
    """Best first."""

    outputs: list[Output]


class Refusal(Exception):
    """An answer other than 200, as the client sees it."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


def place_of(ranking: Ranking) -> Place:
    """Where a request comes from. The article's say it; here it is in the same town, by the user."""
    return Place(latitude=13.6 + ranking.user_id % 300 / 1000, longitude=100.4 + ranking.user_id % 400 / 1000)


def too_many() -> Refusal:
    return Refusal(413, f"at most {MAX_CANDIDATES} item_ids")


def unknown(ranking: Ranking, *, user_found: bool, items_found: list[int]) -> Refusal | None:
    """The refusal that names every id which is not there; None where all are."""
    found = set(items_found)
    items = [str(item) for item in dict.fromkeys(ranking.item_ids) if item not in found]
    parts = [] if user_found else [f"unknown user: {ranking.user_id}"]
    if items:
        parts.append(f"unknown items: {', '.join(items)}")
    return Refusal(404, "; ".join(parts)) if parts else None
