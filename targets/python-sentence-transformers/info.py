"""What this process believes about itself, the answer of GET /info."""

import os
import platform
import sys
from importlib.metadata import version

import torch
from flask import current_app, request

PACKAGES = ("flask", "numpy", "sentence-transformers", "tokenizers", "transformers")


def describe() -> dict:
    # The server names itself to every WSGI application: "gunicorn/27.0.1" or "Werkzeug/3.1.3".
    server = request.environ["SERVER_SOFTWARE"].partition("/")[0].lower()
    return {
        "language": "python",
        "languageVersion": platform.python_version(),
        "architecture": platform.machine(),
        "server": server,
        "framework": "flask",
        "versions": {package: version(package) for package in (*PACKAGES, server)} | {"torch": torch.__version__},
        "cpus": os.process_cpu_count(),
        # gunicorn's hook leaves these; the development server is one process with a thread a connection, without limit.
        "workers": current_app.config.get("GUNICORN_WORKERS", 1),
        "threads": {
            "request_threads": current_app.config.get("GUNICORN_THREADS"),
            "torch_intra_op": torch.get_num_threads(),
            "torch_inter_op": torch.get_num_interop_threads(),
        },
        "pools": {},
        "developmentServer": server == "werkzeug",
        "debugBuild": current_app.debug or hasattr(sys, "gettotalrefcount"),
        "heapLimitBytes": None,
        "flags": {
            "implementation": platform.python_implementation(),
            "gil": sys._is_gil_enabled(),
            "worker_class": current_app.config.get("GUNICORN_WORKER_CLASS"),
        },
    }
