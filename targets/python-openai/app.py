"""Passes chat completions on from an OpenAI-compatible service through OpenAI's own client."""

import asyncio
import multiprocessing
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse, StreamingResponse
from openai._constants import DEFAULT_CONNECTION_LIMITS

import batch
from bodies import BadBody, BatchRequest, ChatRequest, read
from completions import Completions, Responses
from config import Config, read_config
from connection import ClientGone, while_connected
from info import describe, installed
from minimal import MinimalCompletions
from upstream import UpstreamError

CLIENTS = {"openai": Completions, "responses": Responses, "minimal": MinimalCompletions}


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.config = config = read_config()
    app.state.completions = CLIENTS[config.client](config)
    yield
    await app.state.completions.close()


app = FastAPI(lifespan=lifespan, openapi_url=None)


@app.post("/chat")
async def chat(request: Request, stream: str | None = None) -> Response:
    order = await read(request, ChatRequest)
    messages = [message.model_dump() for message in order.messages]
    if stream == "1":
        return await pass_on(request, request.app.state.completions.stream(messages))
    return PlainTextResponse(await while_connected(request, request.app.state.completions.text(messages)))


async def pass_on(request: Request, pieces: AsyncIterator[str]) -> Response:
    """The completion as server-sent events. The first piece decides the status: a failure before it is an ordinary
    answer, a failure after it is an event."""
    first = await while_connected(request, anext(pieces, None))

    async def events() -> AsyncIterator[bytes]:
        try:
            if first is not None:
                yield _event({"content": first})
            async for piece in pieces:
                yield _event({"content": piece})
            yield b"data: [DONE]\n\n"
        except UpstreamError as error:
            yield b"event: error\n" + _event({"error": error.text})

    # Starlette cancels the iteration, and with it the upstream stream, when the client goes away.
    return StreamingResponse(events(), media_type="text/event-stream", headers={"cache-control": "no-cache"})


def _event(data: dict[str, str]) -> bytes:
    return b"data: " + orjson.dumps(data) + b"\n\n"


@app.post("/batch")
async def run_batch(request: Request) -> Response:
    order = await read(request, BatchRequest)
    started = time.monotonic()
    answer = await while_connected(request, batch.run(request.app.state.completions, order))
    wall_ms = round((time.monotonic() - started) * 1000)
    return JSONResponse(answer.as_dict(), headers={"x-wall-ms": str(wall_ms)})


@app.get("/health")
async def health() -> Response:
    return Response()


@app.get("/info")
async def info(request: Request) -> dict:
    config: Config = request.app.state.config
    return describe(
        server="uvicorn",
        framework="fastapi",
        versions=installed("openai", "httpx2", "aiohttp", "fastapi", "orjson", "uvicorn", "uvloop", "pydantic"),
        # uvicorn runs a single worker in the first process and several as its children.
        workers=1 if multiprocessing.parent_process() is None else config.cores,
        threads={"event_loop": 1},
        pools={
            "upstream_connections": DEFAULT_CONNECTION_LIMITS.max_connections,
            "upstream_idle_connections": DEFAULT_CONNECTION_LIMITS.max_keepalive_connections,
        },
        flags={
            "event_loop": type(asyncio.get_running_loop()).__module__.partition(".")[0],
            "client": config.client,
            "transport": config.transport,
            "validation": "strict" if config.validates else "lax",
        },
    )


@app.exception_handler(UpstreamError)
@app.exception_handler(BadBody)
async def failed(_request: Request, error: UpstreamError | BadBody) -> Response:
    return JSONResponse({"error": error.text}, error.status)


@app.exception_handler(ClientGone)
async def gone(_request: Request, _error: ClientGone) -> Response:
    return Response(status_code=499)  # nginx's number for it; nobody reads it
