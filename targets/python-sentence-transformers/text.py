"""A request's text, checked, and the answers that are not an embedding."""

import json


class Refusal(Exception):
    """An answer other than 200, as the client sees it."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


def parse_text(body: bytes) -> str:
    """The text in a body; raises Refusal."""
    try:
        request = json.loads(body.decode())
    except (ValueError, RecursionError) as error:
        raise Refusal(400, str(error)) from None
    if not isinstance(request, dict) or not isinstance(text := request.get("text"), str):
        raise Refusal(400, "text is missing or not a string")
    try:
        text.encode()
    except UnicodeEncodeError:
        # Python's strings may hold half a surrogate pair, and JSON's escapes can write one.
        raise Refusal(400, "text has half a surrogate pair") from None
    return text
