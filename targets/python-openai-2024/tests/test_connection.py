import asyncio

import pytest
from starlette.requests import Request

from connection import ClientGone, while_connected


def a_request(departed: asyncio.Event) -> Request:
    async def receive():
        await departed.wait()
        return {"type": "http.disconnect"}

    return Request({"type": "http"}, receive)


def test_work_of_a_client_that_stays_is_done():
    async def scenario():
        return await while_connected(a_request(asyncio.Event()), asyncio.sleep(0, "done"))

    assert asyncio.run(scenario()) == "done"


def test_work_of_a_client_that_left_is_cancelled_and_closed():
    closed = []

    async def work(departed):
        try:
            departed.set()
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0)  # as closing a stream does
            closed.append(True)

    async def scenario():
        departed = asyncio.Event()
        with pytest.raises(ClientGone):
            await while_connected(a_request(departed), work(departed))
        await asyncio.sleep(0)  # nothing is left of the cancellation

    asyncio.run(scenario())
    assert closed == [True]


def test_a_cancellation_that_is_not_the_clients_goes_on():
    async def scenario():
        task = asyncio.create_task(while_connected(a_request(asyncio.Event()), asyncio.sleep(60)))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(scenario())


def test_an_error_of_the_work_is_its_own():
    async def work():
        raise RuntimeError("no")

    async def scenario():
        with pytest.raises(RuntimeError):
            await while_connected(a_request(asyncio.Event()), work())

    asyncio.run(scenario())
