"""The predict scenario in FastAPI."""

import asyncio
import sys

from fastapi import FastAPI
from fastapi.responses import PlainTextResponse

from info import describe, installed
from workers import serving_processes

# No schema and no documentation pages: nobody reads them here. Without the redirect /predict/ is what it is, unknown.
app = FastAPI(openapi_url=None, redirect_slashes=False)


# `async def`, although nothing is awaited: FastAPI runs plain functions in a thread pool, and the hop costs more.
@app.get("/predict", response_class=PlainTextResponse)
async def predict() -> PlainTextResponse:
    return PlainTextResponse("Prediction: Iris-Setosa")


@app.get("/health", response_class=PlainTextResponse)
async def health() -> PlainTextResponse:
    return PlainTextResponse("")


@app.get("/info")
async def info() -> dict:
    return describe(
        server="uvicorn",
        framework="fastapi",
        versions=installed("fastapi", "starlette", "pydantic", "uvicorn", "uvloop", "httptools"),
        workers=serving_processes(),
        threads={"event_loop": 1},
        flags={
            "event_loop": type(asyncio.get_running_loop()).__module__,
            # uvicorn imports only the parser that it uses.
            "http_parser": "httptools" if "uvicorn.protocols.http.httptools_impl" in sys.modules else "h11",
        },
    )
