# Copied from templates/python-granian/server.py: change it there, then run node scripts/copy-templates.mjs.
"""Starts granian: one process a worker, each with an event loop and a model of its own."""

import logging

from granian import Granian
from granian.constants import HTTPModes, Interfaces, Loops

from config import read_config

# Requests in flight may finish after a TERM; then workers are ended.
DRAIN_SECONDS = 1


def main() -> None:
    logging.basicConfig(format="%(name)s: %(message)s")
    # Read here as well: what is wrong in it ends the container, not one worker after the other.
    config = read_config()
    Granian(
        "app:app",
        address="0.0.0.0",
        port=config.port,
        interface=Interfaces.ASGI,
        workers=config.workers,
        workers_kill_timeout=DRAIN_SECONDS,
        loop=Loops.uvloop,
        http=HTTPModes.http1,
        websockets=False,
        log_access=False,
    ).serve()


if __name__ == "__main__":
    main()
