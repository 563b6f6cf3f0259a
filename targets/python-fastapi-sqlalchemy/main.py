"""The ranknet scenario as the article's program: plain functions, which FastAPI runs in its pool of threads."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from typing import Annotated

import anyio.to_thread
import torch
from fastapi import APIRouter, Depends, FastAPI, Header, HTTPException, Request, Security
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException as StarletteHTTPException

from config import read_config
from features import FeatureStore
from info import describe, installed
from ranking import MAX_CANDIDATES, Output, Outputs, Ranking, Refusal, place_of, too_many, unknown
from scorer import open_scorer, to_rows

# The article's key. Requests here bring none, and are served.
API_KEY = "api_key"


class RankingService:
    def __init__(self) -> None:
        config = read_config()
        self.workers = config.workers
        self.store = FeatureStore(config.database_url)
        self.scorer = open_scorer(config.model)

    def rank(self, ranking: Ranking) -> Outputs:
        user = self.store.user(ranking.user_id)
        near = self.store.items(ranking.item_ids, place_of(ranking))
        if refusal := unknown(ranking, user_found=user is not None, items_found=near.ids):
            raise refusal
        scores = self.scorer.score(to_rows(user, near.features)).numpy()[:, 0]
        found = [
            {"id": item, "score": float(score), "displacement": float(metres)}
            for item, score, metres in zip(near.ids, scores, near.metres, strict=True)
        ]
        found.sort(key=lambda one: one["score"], reverse=True)
        return Outputs(outputs=[Output(**one) for one in found[: ranking.size]])


@cache
def bootstrap() -> RankingService:
    return RankingService()


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    bootstrap()
    yield


def check_key(x_api_key: Annotated[str | None, Header()] = None) -> None:
    if x_api_key not in (None, API_KEY):
        raise HTTPException(401, "Invalid API key")


# Three hops to the pool a request: the key, the service, and the handler are plain functions each.
router = APIRouter(dependencies=[Security(check_key)])
app = FastAPI(lifespan=lifespan)
app.add_middleware(GZipMiddleware)


@router.post("/rank", response_model=Outputs)
def rank(ranking: Ranking, service: Annotated[RankingService, Depends(bootstrap)]) -> Outputs:
    if len(ranking.item_ids) > MAX_CANDIDATES:
        raise too_many()
    return service.rank(ranking)


@app.get("/health")
def health() -> dict:
    bootstrap().store.ping()
    return {"status": "ok"}


@app.get("/info")
async def info() -> dict:
    service = bootstrap()
    limit = int(anyio.to_thread.current_default_thread_limiter().total_tokens)
    return describe(
        server="uvicorn",
        framework="fastapi",
        versions=installed(
            "fastapi", "fastapi-cli", "numpy", "onnxruntime", "psycopg", "pydantic", "sqlalchemy", "uvicorn"
        )
        | {"torch": str(torch.__version__)},
        workers=service.workers,
        threads={"request_threads": limit} | service.scorer.threads,
        pools={"database": service.store.connections},
        flags={"access_log": True},
    )


app.include_router(router)


@app.exception_handler(Refusal)
def refuse(_: Request, refusal: Refusal) -> JSONResponse:
    return JSONResponse({"error": refusal.message}, refusal.status)


@app.exception_handler(RequestValidationError)
def refuse_body(_: Request, error: RequestValidationError) -> JSONResponse:
    first = error.errors()[0]
    return JSONResponse({"error": f"{'.'.join(map(str, first['loc']))}: {first['msg']}"}, 400)


@app.exception_handler(StarletteHTTPException)
def refuse_otherwise(_: Request, error: StarletteHTTPException) -> JSONResponse:
    return JSONResponse({"error": str(error.detail)}, error.status_code, headers=error.headers)
