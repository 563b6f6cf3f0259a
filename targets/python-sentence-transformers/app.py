"""The embed scenario in Flask.

gunicorn imports `app`; run as a program, this file starts Flask's development server, as the article did.
"""

import os
import signal
import sys

import torch
from flask import Flask, Response, jsonify, request

from batcher import Batcher
from config import batch_size, torch_threads
from embedder import Embedder, Embedding
from info import describe, installed
from served_by import request_threads, served_by
from settings import port
from text import Refusal, parse_text

app = Flask(__name__, static_folder=None)
app.config["MAX_CONTENT_LENGTH"] = 4 << 20

embedder = Embedder(os.environ.get("MODEL_DIR", "/models/minilm"), torch_threads())


def alone(text: str) -> Embedding | None:
    return embedder.embed([text])[0]


compute = alone if batch_size() == 1 else Batcher(embedder.embed, batch_size()).embed


@app.post("/embed")
def embed() -> Response:
    embedding = compute(parse_text(request.get_data()))
    if embedding is None:
        raise Refusal(400, "text is empty")
    answer = jsonify(embedding=embedding.values.tolist())
    if embedding.truncated_to:
        answer.headers["x-truncated-to-tokens"] = str(embedding.truncated_to)
    return answer


@app.get("/health")
def health() -> dict:
    return {"status": "ok"}


@app.get("/info")
def info() -> dict:
    served = served_by()
    packages = ("flask", "numpy", "sentence-transformers", "tokenizers", "transformers", served["server"])
    return describe(
        framework="flask",
        versions=installed(*packages) | {"torch": torch.__version__},
        threads={
            "request_threads": request_threads(),
            "torch_intra_op": torch.get_num_threads(),
            "torch_inter_op": torch.get_num_interop_threads(),
        },
        **served | {"flags": served["flags"] | {"batch_size": batch_size()}},
    )


@app.errorhandler(Refusal)
def refuse(refusal: Refusal) -> tuple[dict, int]:
    return {"error": refusal.message}, refusal.status


@app.errorhandler(413)
def too_large(_: Exception) -> tuple[dict, int]:
    return {"error": f"at most {app.config['MAX_CONTENT_LENGTH']} bytes"}, 413


if __name__ == "__main__":
    # The kernel drops signals that PID 1 has no handler for, and Python has none for TERM.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    app.run(host="0.0.0.0", port=port())
