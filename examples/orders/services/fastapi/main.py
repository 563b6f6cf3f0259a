"""The orders service: makes orders, and gives them back for a day."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated
from uuid import uuid4

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

DAY_SECONDS = 86_400
JSON = "application/json"

Name = Annotated[str, StringConstraints(min_length=1, max_length=80)]


class Wanted(BaseModel):
    """What is ordered. Strict: "2" is no quantity, and a member that nobody knows is a mistake of the caller's."""

    model_config = ConfigDict(strict=True, extra="forbid")

    customer: Name
    item: Name
    quantity: Annotated[int, Field(ge=1, le=99)]


class Order(Wanted):
    id: str
    createdAt: datetime


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    # The plain pool raises where all of its connections are taken; this one waits, no longer than a caller would.
    pool = BlockingConnectionPool.from_url(
        os.environ.get("REDIS_URL", "redis://127.0.0.1:6379"),
        max_connections=32,
        timeout=1,
        socket_connect_timeout=1,
        socket_timeout=1,
        # Once more at once, for a connection that a restart of Redis has cut. One that is away is told in two seconds.
        retry=Retry(NoBackoff(), 1),
    )
    async with Redis.from_pool(pool) as app.state.redis:
        yield


app = FastAPI(lifespan=lifespan, openapi_url=None, redirect_slashes=False)


@app.post("/orders")
async def make(wanted: Wanted, request: Request) -> Response:
    order = Order(id=str(uuid4()), createdAt=datetime.now(UTC), **wanted.model_dump())
    body = order.model_dump_json()
    await request.app.state.redis.set(key_of(order.id), body, ex=DAY_SECONDS)
    return Response(body, 201, {"location": f"/orders/{order.id}"}, JSON)


@app.get("/orders/{order_id}")
async def read(order_id: str, request: Request) -> Response:
    # What lies in Redis is the answer: nothing is parsed and written again.
    body = await request.app.state.redis.get(key_of(order_id))
    return problem(404, "there is no such order") if body is None else Response(body, media_type=JSON)


@app.get("/healthz")
async def healthz(request: Request) -> Response:
    await request.app.state.redis.ping()
    return Response()


@app.exception_handler(RequestValidationError)
async def refuse(_: Request, error: RequestValidationError) -> Response:
    first = error.errors()[0]
    return problem(400, f"{'.'.join(map(str, first['loc'][1:]))}: {first['msg']}")


@app.exception_handler(RedisError)
async def give_up(_: Request, __: RedisError) -> Response:
    return problem(503, "the store cannot be reached")


def problem(status: int, why: str) -> JSONResponse:
    return JSONResponse({"error": why}, status)


def key_of(order_id: str) -> str:
    return f"order:{order_id}"
