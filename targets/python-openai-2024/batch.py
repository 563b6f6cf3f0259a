"""What is asked of the script, and what is answered."""

import hashlib
from typing import Annotated

from pydantic import BaseModel, Field, ValidationError


class BatchRequest(BaseModel):
    """That many questions, so many of them under way at any time."""

    tasks: Annotated[int, Field(strict=True, ge=1, le=100_000)]
    concurrency: Annotated[int, Field(strict=True, ge=1, le=10_000)]
    seed: Annotated[int, Field(strict=True, ge=0)] = 0
    """moves the numbers that are asked about"""
    suffix: str = ""
    """ends every question"""

    def conversations(self) -> list[list[dict[str, str]]]:
        return [
            [
                {"role": "system", "content": "You are a helpful assistant."},
                {"role": "user", "content": f"What is the number {self.seed + task + 1}?{self.suffix}"},
            ]
            for task in range(self.tasks)
        ]


class BadBody(Exception):
    pass


def read(body: bytes) -> BatchRequest:
    """Raises BadBody."""
    try:
        return BatchRequest.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise BadBody(f"{place}: {first['msg']}" if place else first["msg"]) from error


def answer(texts: list[str | None]) -> dict:
    """Counts, and the SHA-256 of the texts in the order of the tasks, a line each; a failed task's line is empty."""
    digest = hashlib.sha256()
    for text in texts:
        digest.update(f"{text or ''}\n".encode())
    failed = texts.count(None)
    return {"tasks": len(texts), "ok": len(texts) - failed, "failed": failed, "digest": digest.hexdigest()}
