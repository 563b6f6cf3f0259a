"""What this process believes about itself, the answer of GET /info."""

import os
import platform
import sys
from importlib.metadata import version

import onnxruntime as ort

from config import Config
from features import FeatureStore
from scorer import Scorer

PACKAGES = ("asyncpg", "granian", "msgspec", "numpy", "starlette", "uvloop")


def describe(config: Config, scorer: Scorer, store: FeatureStore) -> dict:
    return {
        "language": "python",
        "languageVersion": platform.python_version(),
        "architecture": platform.machine(),
        "server": "granian",
        "framework": "starlette",
        "versions": {package: version(package) for package in PACKAGES} | {"onnxruntime": ort.__version__},
        "cpus": os.process_cpu_count(),
        "workers": config.workers,
        "threads": {"ort_intra_op": scorer.intra_op_threads},
        "pools": {"database": store.connections},
        "developmentServer": False,
        "debugBuild": hasattr(sys, "gettotalrefcount"),
        "heapLimitBytes": None,
        "flags": {
            "implementation": platform.python_implementation(),
            "gil": sys._is_gil_enabled(),
            "session_per_request": config.session_per_request,
        },
    }
