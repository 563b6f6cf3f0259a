import asyncio
import json
from types import SimpleNamespace

import pytest

from app import app


class Protocol:
    """granian's side of one request: keeps what was answered."""

    def response_str(self, status, headers, body):
        self.status, self.headers, self.body = status, dict(headers), body

    def response_empty(self, status, headers):
        self.response_str(status, headers, "")


def ask(method, path):
    protocol = Protocol()
    asyncio.run(app(SimpleNamespace(proto="http", method=method, path=path), protocol))
    return protocol


@pytest.mark.parametrize(
    ("method", "path", "status", "body"),
    [
        ("GET", "/predict", 200, "Prediction: Iris-Setosa"),
        ("GET", "/health", 200, ""),
        ("POST", "/predict", 405, ""),
        ("HEAD", "/predict", 405, ""),
        ("GET", "/predict/", 404, ""),
        ("GET", "/predict/iris", 404, ""),
        ("POST", "/", 404, ""),
    ],
)
def test_routes_answer_their_method_and_path_only(method, path, status, body):
    answer = ask(method, path)
    assert (answer.status, answer.body) == (status, body)


def test_a_wrong_method_is_told_the_right_one():
    assert ask("POST", "/predict").headers == {"allow": "GET"}


def test_info_asks_the_running_loop():
    answer = ask("GET", "/info")
    info = json.loads(answer.body)
    assert answer.headers == {"content-type": "application/json"}
    assert info["framework"] is None
    assert info["flags"]["event_loop"].startswith("asyncio")  # this test's own, not uvloop
