import pytest
from fastapi.testclient import TestClient

from app import app


@pytest.mark.parametrize(
    ("method", "path", "status", "body"),
    [
        ("GET", "/predict", 200, "Prediction: Iris-Setosa"),
        ("GET", "/predict?sepal_length=5.1", 200, "Prediction: Iris-Setosa"),
        ("GET", "/health", 200, ""),
        ("POST", "/predict", 405, None),
        ("GET", "/predict/", 404, None),
        ("GET", "/predict/iris", 404, None),
        ("GET", "/", 404, None),
    ],
)
def test_routes_answer_their_method_and_path_only(method, path, status, body):
    answer = TestClient(app).request(method, path)
    assert answer.status_code == status
    if body is not None:
        assert answer.text == body


def test_info_asks_the_running_loop():
    info = TestClient(app).get("/info").json()
    assert info["workers"] == 1
    assert info["flags"]["event_loop"].startswith("asyncio")  # the test client's own, not uvloop
