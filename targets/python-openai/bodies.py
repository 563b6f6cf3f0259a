"""Request bodies: their shapes, and how they are read."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field, ValidationError
from starlette.requests import Request

LARGEST_BODY = 1 << 20


class Message(BaseModel):
    role: Literal["system", "developer", "user", "assistant"]
    content: Annotated[str, Field(min_length=1)]


class ChatRequest(BaseModel):
    messages: Annotated[list[Message], Field(min_length=1)]


class BatchRequest(BaseModel):
    """The article's script: that many questions, so many of them under way at any time."""

    tasks: Annotated[int, Field(strict=True, ge=1, le=100_000)]
    concurrency: Annotated[int, Field(strict=True, ge=1, le=10_000)]
    seed: Annotated[int, Field(strict=True, ge=0)] = 0
    """moves the numbers that are asked about"""
    suffix: str = ""
    """ends every question"""


class BadBody(Exception):
    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


async def read[Body: BaseModel](request: Request, shape: type[Body]) -> Body:
    """The request's body in its shape, parsed from its bytes in one go. Raises BadBody."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            raise BadBody(413, "the body is larger than 1 MiB")
    try:
        return shape.model_validate_json(bytes(body))
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise BadBody(400, f"{place}: {first['msg']}" if place else first["msg"]) from error
