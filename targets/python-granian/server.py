"""Starts granian with one process a core: Rust on one thread and Python on another in each."""

import logging

from granian import Granian
from granian.constants import HTTPModes, Interfaces, Loops, RuntimeModes

from settings import cores, port

# Requests in flight may finish after a TERM; then workers are ended.
DRAIN_SECONDS = 1


def main() -> None:
    logging.basicConfig(format="%(name)s: %(message)s")
    Granian(
        "app:app",
        address="0.0.0.0",
        port=port(),
        interface=Interfaces.RSGI,
        workers=cores(),
        runtime_threads=1,
        runtime_mode=RuntimeModes.st,
        workers_kill_timeout=DRAIN_SECONDS,
        # Named, so that a missing wheel is an error and not a silent fall-back to asyncio's loop.
        loop=Loops.uvloop,
        http=HTTPModes.http1,
        websockets=False,
        log_access=False,
    ).serve()


if __name__ == "__main__":
    main()
