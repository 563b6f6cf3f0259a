"""Asks the upstream without OpenAI's client: a request, a reader of events, and the client's retries.

It shows what the client costs, and leaves out what a service may want of it: types, other endpoints, tools, files,
logging.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping

import aiohttp
import orjson

from config import Config
from events import EventReader
from upstream import UpstreamError

RETRIES = 2
FIRST_PAUSE_SECONDS = 0.5


class MinimalCompletions:
    def __init__(self, config: Config) -> None:
        self._url = f"{config.base_url}/chat/completions"
        self._model = config.model
        silence = config.silence_seconds
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0),
            timeout=aiohttp.ClientTimeout(total=None, connect=silence, sock_read=silence),
            headers={"authorization": f"Bearer {config.api_key}", "content-type": "application/json"},
        )

    async def stream(self, messages: list[dict]) -> AsyncIterator[str]:
        """Yields the pieces of one completion as they come. Raises UpstreamError."""
        answer = await self._ask(orjson.dumps({"model": self._model, "messages": messages, "stream": True}))
        reader = EventReader()
        finished = False
        try:
            async for piece in answer.content.iter_any():
                for data in reader.push(piece):
                    if data == b"[DONE]":
                        continue
                    chunk = orjson.loads(data)
                    if "error" in chunk:
                        raise UpstreamError(502, "upstream reported an error")
                    for choice in chunk["choices"]:
                        finished = finished or choice["finish_reason"] is not None
                        if content := choice["delta"].get("content"):
                            yield content
        except TimeoutError as error:
            raise UpstreamError(504, "upstream timed out") from error
        except (aiohttp.ClientError, OSError) as error:
            raise UpstreamError(502, "upstream connection broke") from error
        except orjson.JSONDecodeError as error:
            raise UpstreamError(502, "upstream sent a malformed chunk") from error
        finally:
            # One that was read to its end has given its connection back; any other is closed.
            answer.close()
        if not finished:
            raise UpstreamError(502, "upstream ended early")

    async def text(self, messages: list[dict]) -> str:
        """The whole completion at once."""
        return "".join([piece async for piece in self.stream(messages)])

    async def close(self) -> None:
        await self._session.close()

    async def _ask(self, body: bytes) -> aiohttp.ClientResponse:
        """An answer with status 200, whose body is to be read."""
        for retry in range(RETRIES + 1):
            pause = None
            try:
                answer = await self._session.post(self._url, data=body)
                if answer.status == 200:
                    return answer
                await answer.read()  # so that the connection can be used again
                failure = UpstreamError(502, f"upstream answered {answer.status}")
                if not may_retry(answer.status, answer.headers):
                    raise failure
                pause = pause_from(answer.headers)
            except TimeoutError:
                failure = UpstreamError(504, "upstream timed out")
            except (aiohttp.ClientError, OSError):
                failure = UpstreamError(502, "upstream connection broke")
            if retry < RETRIES:
                await asyncio.sleep(FIRST_PAUSE_SECONDS * 2**retry if pause is None else pause)
        raise failure


def may_retry(status: int, headers: Mapping[str, str]) -> bool:
    """By the statuses and headers that OpenAI's client goes by."""
    may = headers.get("x-should-retry")
    return may == "true" or (may != "false" and (status in (408, 409, 429) or status >= 500))


def pause_from(headers: Mapping[str, str]) -> float | None:
    """Seconds; None where the upstream does not say."""
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1)):
        try:
            return float(headers[name]) * unit
        except (KeyError, ValueError):
            continue
    return None
