"""What this process believes about itself, the answer of GET /info."""

import asyncio
import multiprocessing
import os
import platform
import sys
from importlib.metadata import version
from pathlib import Path

PACKAGES = ("fastapi", "starlette", "pydantic", "uvicorn", "uvloop", "httptools")


def describe() -> dict:
    return {
        "language": "python",
        "languageVersion": platform.python_version(),
        "architecture": platform.machine(),
        "server": "uvicorn",
        "framework": "fastapi",
        "versions": {package: version(package) for package in PACKAGES},
        "cpus": os.process_cpu_count(),
        "workers": serving_processes(),
        "threads": {"event_loop": 1},
        "pools": {},
        "developmentServer": False,
        "debugBuild": hasattr(sys, "gettotalrefcount"),
        "heapLimitBytes": None,
        "flags": {
            "implementation": platform.python_implementation(),
            "gil": sys._is_gil_enabled(),
            "event_loop": type(asyncio.get_running_loop()).__module__,
            # uvicorn imports only the parser that it uses.
            "http_parser": "httptools" if "uvicorn.protocols.http.httptools_impl" in sys.modules else "h11",
        },
    }


def serving_processes() -> int | None:
    """Counts the processes that uvicorn's supervisor has started; alone, this process is its own server."""
    supervisor = multiprocessing.parent_process()
    if supervisor is None:
        return 1
    try:
        children = Path(f"/proc/{supervisor.pid}/task/{supervisor.pid}/children").read_text().split()
        return sum(is_worker(pid) for pid in children)
    except OSError:
        return None


def is_worker(pid: str) -> bool:
    # The supervisor has one more child, multiprocessing's resource tracker, which serves nothing.
    return b"--multiprocessing-fork" in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
