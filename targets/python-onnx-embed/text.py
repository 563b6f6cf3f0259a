"""A request's text, checked, and the answers that are not an embedding."""

import orjson

MAX_BODY_BYTES = 4 << 20


class Refusal(Exception):
    """An answer other than 200, as the client sees it."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


class NoTokens(Refusal):
    """Nothing in the text is a token: the mean over none is no embedding."""

    def __init__(self) -> None:
        super().__init__(400, "text is empty")


class TooLarge(Refusal):
    def __init__(self) -> None:
        super().__init__(413, f"at most {MAX_BODY_BYTES} bytes")


def parse_text(body: bytes) -> str:
    """The text in a body; raises Refusal. orjson takes neither invalid UTF-8 nor half a surrogate pair."""
    try:
        request = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Refusal(400, str(error)) from None
    if not isinstance(request, dict) or not isinstance(text := request.get("text"), str):
        raise Refusal(400, "text is missing or not a string")
    return text
