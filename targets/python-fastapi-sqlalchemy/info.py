# Copied from templates/python/info.py: change it there, then run node scripts/copy-templates.mjs.
"""What this process believes about itself, the answer of GET /info."""

import os
import platform
import sys
from importlib.metadata import version


def describe(
    *,
    server: str,
    framework: str | None,
    versions: dict[str, str],
    workers: int | None,
    threads: dict[str, int | None],
    pools: dict[str, int] | None = None,
    development_server: bool = False,
    debug: bool = False,
    flags: dict | None = None,
) -> dict:
    """What only the target knows is passed in."""
    return {
        "language": "python",
        "languageVersion": platform.python_version(),
        "architecture": platform.machine(),
        "server": server,
        "framework": framework,
        "versions": versions,
        "cpus": os.process_cpu_count(),
        "workers": workers,
        "threads": threads,
        "pools": pools or {},
        "developmentServer": development_server,
        "debugBuild": debug or hasattr(sys, "gettotalrefcount"),
        "heapLimitBytes": None,
        "flags": {"implementation": platform.python_implementation(), "gil": sys._is_gil_enabled()} | (flags or {}),
    }


def installed(*packages: str) -> dict[str, str]:
    """The versions of packages as they are installed."""
    return {package: version(package) for package in packages}
