"""The predict scenario in Flask.

gunicorn imports `app`; run as a program, this file starts Flask's development server, as the article did.
"""

import signal
import sys

from flask import Flask, Response

from info import describe, installed
from served_by import request_threads, served_by
from settings import port

app = Flask(__name__, static_folder=None)


@app.get("/predict")
def predict() -> Response:
    return Response("Prediction: Iris-Setosa", mimetype="text/plain")


@app.get("/health")
def health() -> tuple[str, int]:
    return "", 200


@app.get("/info")
def info() -> dict:
    served = served_by()
    packages = ("flask", "werkzeug") if served["development_server"] else ("flask", "werkzeug", "gunicorn")
    return describe(
        framework="flask",
        versions=installed(*packages),
        threads={"request_threads": request_threads()},
        **served,
    )


if __name__ == "__main__":
    # The kernel drops signals that PID 1 has no handler for, and Python has none for TERM.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    app.run(host="0.0.0.0", port=port())
