"""Asks the upstream through OpenAI's client, and says in few words what went wrong."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

from openai import (
    APIConnectionError,
    APIResponseValidationError,
    APIStatusError,
    APITimeoutError,
    AsyncOpenAI,
    DefaultAioHttpClient,
    DefaultAsyncHttpxClient,
)

from config import Config
from upstream import UpstreamError

TRANSPORTS = {"httpx": DefaultAsyncHttpxClient, "aiohttp": DefaultAioHttpClient}


class Completions:
    """By POST /v1/chat/completions."""

    def __init__(self, config: Config) -> None:
        self._model = config.model
        self._client = AsyncOpenAI(
            base_url=config.base_url,
            api_key=config.api_key,
            # One number limits each wait: for the connection, for the headers, and for the bytes of every token.
            timeout=config.silence_seconds,
            http_client=TRANSPORTS[config.transport](),
            # pydantic's compiled validator then makes a chunk into its type. Otherwise the client walks over the types
            # in Python, which is half of what a task costs.
            _strict_response_validation=config.validates,
        )

    async def stream(self, messages: list[dict]) -> AsyncIterator[str]:
        """Yields the pieces of one completion as they come. Raises UpstreamError."""
        finished = False
        with client_errors():
            # The client's type wants one TypedDict a role; ours are checked when they come in.
            stream = await self._client.chat.completions.create(model=self._model, messages=messages, stream=True)
            async with stream:
                async for chunk in stream:
                    for choice in chunk.choices:
                        finished = finished or choice.finish_reason is not None
                        if choice.delta.content:
                            yield choice.delta.content
        if not finished:
            # The client takes a stream that was cut tidily for a complete one.
            raise UpstreamError(502, "upstream ended early")

    async def text(self, messages: list[dict]) -> str:
        """The whole completion at once."""
        return "".join([piece async for piece in self.stream(messages)])

    async def close(self) -> None:
        await self._client.close()


class Responses(Completions):
    """By POST /v1/responses, the API's newer form."""

    async def stream(self, messages: list[dict]) -> AsyncIterator[str]:
        finished = False
        with client_errors():
            stream = await self._client.responses.create(model=self._model, input=messages, stream=True)
            async with stream:
                async for event in stream:
                    match event.type:
                        case "response.output_text.delta":
                            yield event.delta
                        case "response.completed" | "response.incomplete":
                            finished = True
                        case "response.failed" | "error":
                            raise UpstreamError(502, "upstream reported an error")
        if not finished:
            raise UpstreamError(502, "upstream ended early")


@contextmanager
def client_errors() -> Iterator[None]:
    """Says in few words what the client raises."""
    try:
        yield
    except APIStatusError as error:
        raise UpstreamError(502, f"upstream answered {error.status_code}") from error
    except APITimeoutError as error:
        raise UpstreamError(504, "upstream timed out") from error
    except APIConnectionError as error:
        raise UpstreamError(502, "upstream connection broke") from error
    except (json.JSONDecodeError, APIResponseValidationError) as error:
        raise UpstreamError(502, "upstream sent a malformed chunk") from error
