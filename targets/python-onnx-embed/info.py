"""What this process believes about itself, the answer of GET /info."""

import os
import platform
import sys
from importlib.metadata import version

import onnxruntime as ort

from config import Config
from embedder import Embedder

PACKAGES = ("granian", "numpy", "orjson", "starlette", "tokenizers", "uvloop")


def describe(config: Config, embedder: Embedder) -> dict:
    return {
        "language": "python",
        "languageVersion": platform.python_version(),
        "architecture": platform.machine(),
        "server": "granian",
        "framework": "starlette",
        "versions": {package: version(package) for package in PACKAGES} | {"onnxruntime": ort.__version__},
        "cpus": os.process_cpu_count(),
        "workers": config.workers,
        "threads": {"ort_intra_op": embedder.intra_op_threads, "model": 1},
        "pools": {},
        "developmentServer": False,
        "debugBuild": hasattr(sys, "gettotalrefcount"),
        "heapLimitBytes": None,
        "flags": {
            "implementation": platform.python_implementation(),
            "gil": sys._is_gil_enabled(),
            "batch_size": config.batch_size,
        },
    }
