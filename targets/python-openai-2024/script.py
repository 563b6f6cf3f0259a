"""The article's script: a semaphore and one gather over all questions, and of each answer the text of its stream.

Its client is the one of that time, and nothing of it is set but whom it asks and how long it waits.
"""

import asyncio
import json

import httpx
from openai import AsyncOpenAI, OpenAIError

from config import Config

Conversation = list[dict[str, str]]


class Script:
    def __init__(self, config: Config) -> None:
        self._model = config.model
        # Its own limit is ten minutes, for each wait.
        self._client = AsyncOpenAI(base_url=config.base_url, api_key=config.api_key, timeout=config.silence_seconds)

    async def run(self, conversations: list[Conversation], concurrency: int) -> list[str | None]:
        """The texts in the order of the questions; None for those that failed, where the article's script would end."""
        places = asyncio.Semaphore(concurrency)
        return await asyncio.gather(*(self._answer(each, places) for each in conversations))

    async def close(self) -> None:
        await self._client.close()

    async def _answer(self, messages: Conversation, places: asyncio.Semaphore) -> str | None:
        async with places:
            try:
                return await self._generate(messages)
            # The client hands on what its transport and its decoder say in mid-stream.
            except (OpenAIError, httpx.HTTPError, json.JSONDecodeError):
                return None

    async def _generate(self, messages: Conversation) -> str:
        stream = await self._client.chat.completions.create(model=self._model, messages=messages, stream=True)
        text = ""
        async for chunk in stream:
            content = chunk.choices[0].delta.content
            if content is not None:
                text += content
        return text
