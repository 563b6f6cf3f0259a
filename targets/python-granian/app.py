"""The predict scenario as an RSGI application: what granian calls for a request, with no framework between."""

import asyncio
import json

from info import describe, installed
from settings import cores

PREDICTION = "Prediction: Iris-Setosa"

TEXT = [("content-type", "text/plain; charset=utf-8")]
JSON = [("content-type", "application/json")]


async def app(scope, protocol) -> None:
    """Answers one request. The path has no query, and granian adds the length."""
    answer = ANSWERS.get(scope.path)
    if answer is None:
        protocol.response_empty(404, [])
    elif scope.method != "GET":
        protocol.response_empty(405, [("allow", "GET")])
    else:
        answer(protocol)


def predict(protocol) -> None:
    protocol.response_str(200, TEXT, PREDICTION)


def health(protocol) -> None:
    protocol.response_empty(200, [])


def info(protocol) -> None:
    described = describe(
        server="granian",
        framework=None,
        versions=installed("granian", "uvloop"),
        # granian starts as many as it is told, and ends when one is lost.
        workers=cores(),
        threads={"event_loop": 1, "runtime": 1},
        flags={"interface": "rsgi", "event_loop": type(asyncio.get_running_loop()).__module__},
    )
    protocol.response_str(200, JSON, json.dumps(described))


ANSWERS = {"/predict": predict, "/health": health, "/info": info}
