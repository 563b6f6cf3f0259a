"""The article's fan-out: a semaphore and one gather over all tasks."""

import asyncio
import hashlib
from dataclasses import asdict, dataclass

from bodies import BatchRequest
from completions import Completions
from upstream import UpstreamError


@dataclass(frozen=True)
class BatchAnswer:
    tasks: int
    ok: int
    failed: int
    digest: str
    """SHA-256 of the texts in the order of the tasks, a line each; a failed task's line is empty"""

    as_dict = asdict


async def run(completions: Completions, order: BatchRequest) -> BatchAnswer:
    places = asyncio.Semaphore(order.concurrency)

    async def answer(task: int) -> str | None:
        async with places:
            try:
                return await completions.text(_question(order, task))
            except UpstreamError:
                return None

    texts = await asyncio.gather(*(answer(task) for task in range(order.tasks)))

    digest = hashlib.sha256()
    for text in texts:
        digest.update(f"{text or ''}\n".encode())
    failed = texts.count(None)
    return BatchAnswer(order.tasks, order.tasks - failed, failed, digest.hexdigest())


def _question(order: BatchRequest, task: int) -> list[dict]:
    return [
        {"role": "system", "content": "You are a helpful assistant."},
        {"role": "user", "content": f"What is the number {order.seed + task + 1}?{order.suffix}"},
    ]
