"""What this process believes about itself, the answer of GET /info."""

import os
import platform
import sys
from importlib.metadata import version

import numpy
import torch

from config import Config
from features import FeatureStore

PACKAGES = ("asyncpg", "granian", "msgspec", "starlette", "uvloop")


def describe(config: Config, store: FeatureStore) -> dict:
    return {
        "language": "python",
        "languageVersion": platform.python_version(),
        "architecture": platform.machine(),
        "server": "granian",
        "framework": "starlette",
        "versions": {package: version(package) for package in PACKAGES}
        | {"numpy": numpy.__version__, "torch": str(torch.__version__)},
        "cpus": os.process_cpu_count(),
        "workers": config.workers,
        "threads": {"torch_intra_op": torch.get_num_threads(), "torch_inter_op": torch.get_num_interop_threads()},
        "pools": {"database": store.connections},
        "developmentServer": False,
        "debugBuild": hasattr(sys, "gettotalrefcount"),
        "heapLimitBytes": None,
        "flags": {
            "implementation": platform.python_implementation(),
            "gil": sys._is_gil_enabled(),
        },
    }
