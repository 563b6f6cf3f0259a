"""Work that ends when its client goes away."""

import asyncio
from collections.abc import Awaitable

from starlette.requests import Request


class ClientGone(Exception):
    """Nobody is left to answer."""


async def while_connected[Result](request: Request, work: Awaitable[Result]) -> Result:
    """Does the work, and cancels it when the client goes away. Raises ClientGone.

    A handler alone never learns of that: the server only tells whoever asks for the request's next message. The
    body must have been read.
    """
    watching = asyncio.create_task(_cancel_on_departure(request, asyncio.current_task()))
    try:
        return await work
    except asyncio.CancelledError:
        if not watching.done():
            raise  # by the server, which is told to end
        asyncio.current_task().uncancel()
        raise ClientGone from None
    finally:
        watching.cancel()


async def _cancel_on_departure(request: Request, working: asyncio.Task) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
    working.cancel()
