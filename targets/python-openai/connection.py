"""Work that ends when its client goes away."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from starlette.requests import Request


class ClientGone(Exception):
    """Nobody is left to answer."""


async def while_connected[Result](request: Request, work: Coroutine[Any, Any, Result]) -> Result:
    """Runs the work and cancels it when the client goes away. Raises ClientGone.

    A handler alone never learns of that: the server only tells whoever asks for the request's next message. The
    body must have been read.
    """
    working = asyncio.create_task(work)
    watching = asyncio.create_task(_departure(request))
    try:
        await asyncio.wait((working, watching), return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise ClientGone
        return working.result()
    finally:
        working.cancel()
        watching.cancel()
        # The work closes its upstream stream while it is being cancelled: wait for that.
        await asyncio.gather(working, watching, return_exceptions=True)


async def _departure(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
