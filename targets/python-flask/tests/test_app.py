import pytest

from app import app


@pytest.mark.parametrize(
    ("method", "path", "status", "body"),
    [
        ("GET", "/predict", 200, "Prediction: Iris-Setosa"),
        ("GET", "/predict?sepal_length=5.1", 200, "Prediction: Iris-Setosa"),
        ("GET", "/health", 200, ""),
        ("POST", "/predict", 405, None),
        ("GET", "/predict/iris", 404, None),
        ("GET", "/", 404, None),
    ],
)
def test_routes_answer_their_method_and_path_only(method, path, status, body):
    answer = app.test_client().open(path, method=method)
    assert answer.status_code == status
    if body is not None:
        assert answer.text == body


@pytest.mark.parametrize(
    ("software", "server", "development"),
    [("Werkzeug/3.1.3", "werkzeug", True), ("gunicorn/27.0.1", "gunicorn", False)],
)
def test_info_tells_the_development_server_from_gunicorn(software, server, development):
    info = app.test_client().get("/info", environ_overrides={"SERVER_SOFTWARE": software}).json
    assert (info["server"], info["developmentServer"]) == (server, development)
