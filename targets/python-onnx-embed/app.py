"""The embed scenario: an ASGI application that server.py runs in every worker."""

import onnxruntime as ort
import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from batcher import Batcher
from config import read_config
from embedder import Embedder
from info import describe, installed
from text import MAX_BODY_BYTES, Refusal, TooLarge, parse_text

config = read_config()
embedder = Embedder(config.model_dir, config.ort_threads)
batcher = Batcher(embedder, config.batch_size)


async def embed(request: Request) -> Response:
    embedding = await batcher.embed(parse_text(await read_body(request)))
    headers = {"x-truncated-to-tokens": str(embedder.longest)} if embedding.truncated else None
    return answer(200, {"embedding": embedding.values}, headers)


async def health(_: Request) -> Response:
    return answer(200, {"status": "ok"})


async def info(_: Request) -> Response:
    return answer(
        200,
        describe(
            server="granian",
            framework="starlette",
            versions=installed("granian", "numpy", "orjson", "starlette", "tokenizers", "uvloop")
            | {"onnxruntime": ort.__version__},
            workers=config.workers,
            threads={"ort_intra_op": embedder.intra_op_threads, "model": 1},
            flags={"batch_size": config.batch_size},
        ),
    )


async def read_body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise TooLarge
    return bytes(body)


def answer(status: int, body: dict, headers: dict[str, str] | None = None) -> Response:
    # orjson writes a float32 with as few digits as tell it apart, half as many as Python's float would get.
    content = orjson.dumps(body, option=orjson.OPT_SERIALIZE_NUMPY)
    return Response(content, status, headers, media_type="application/json")


async def refuse(_: Request, refusal: Refusal) -> Response:
    return answer(refusal.status, {"error": refusal.message})


app = Starlette(
    routes=[
        Route("/embed", embed, methods=["POST"]),
        Route("/health", health),
        Route("/info", info),
    ],
    exception_handlers={Refusal: refuse},
)
