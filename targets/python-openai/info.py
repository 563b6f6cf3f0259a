"""What this process believes about itself, the answer of GET /info."""

import asyncio
import multiprocessing
import os
import platform
import sys
from importlib.metadata import version

from openai._constants import DEFAULT_CONNECTION_LIMITS

from settings import Settings

PACKAGES = ("openai", "httpx2", "aiohttp", "fastapi", "uvicorn", "uvloop", "pydantic")


def describe(settings: Settings) -> dict:
    # uvicorn runs a single worker in the first process and several as its children.
    workers = 1 if multiprocessing.parent_process() is None else settings.cores
    return {
        "language": "python",
        "languageVersion": platform.python_version(),
        "architecture": platform.machine(),
        "server": "uvicorn",
        "framework": "fastapi",
        "versions": {package: version(package) for package in PACKAGES},
        "cpus": os.process_cpu_count(),
        "workers": workers,
        "threads": {"event_loop": 1},
        "pools": {
            "upstream_connections": DEFAULT_CONNECTION_LIMITS.max_connections,
            "upstream_idle_connections": DEFAULT_CONNECTION_LIMITS.max_keepalive_connections,
        },
        "developmentServer": False,
        "debugBuild": hasattr(sys, "gettotalrefcount"),
        "heapLimitBytes": None,
        "flags": {
            "implementation": platform.python_implementation(),
            "gil": sys._is_gil_enabled(),
            "event_loop": type(asyncio.get_running_loop()).__module__.partition(".")[0],
            "transport": settings.transport,
        },
    }
