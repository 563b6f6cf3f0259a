"""What lets the article's script be asked."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

import batch
from config import read_config
from connection import ClientGone, while_connected
from info import describe, installed
from script import Script


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    app.state.script = Script(read_config())
    yield
    await app.state.script.close()


async def run_batch(request: Request) -> Response:
    try:
        order = batch.read(await request.body())
    except batch.BadBody as error:
        return JSONResponse({"error": str(error)}, 400)
    script: Script = request.app.state.script
    started = time.monotonic()
    try:
        texts = await while_connected(request, script.run(order.conversations(), order.concurrency))
    except ClientGone:
        return Response(status_code=499)  # nginx's number for it; nobody reads it
    wall_ms = round((time.monotonic() - started) * 1000)
    return JSONResponse(batch.answer(texts), headers={"x-wall-ms": str(wall_ms)})


async def health(_request: Request) -> Response:
    return Response()


async def info(_request: Request) -> Response:
    return JSONResponse(
        describe(
            server="uvicorn",
            framework="starlette",
            versions=installed("openai", "httpx", "httpcore", "pydantic", "starlette", "uvicorn"),
            workers=1,
            threads={"event_loop": 1},
            flags={"event_loop": type(asyncio.get_running_loop()).__module__.partition(".")[0]},
        )
    )


app = Starlette(
    lifespan=lifespan,
    routes=[
        Route("/batch", run_batch, methods=["POST"]),
        Route("/health", health),
        Route("/info", info),
    ],
)
