"""The predict scenario in FastAPI."""

from fastapi import FastAPI
from fastapi.responses import PlainTextResponse

from info import describe

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
    return describe()
