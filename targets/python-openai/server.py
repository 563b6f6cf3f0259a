"""Starts uvicorn as the environment asks: one process a core."""

import uvicorn

from config import read_config


def main() -> None:
    config = read_config()
    uvicorn.run(
        "app:app",
        host="0.0.0.0",
        port=config.port,
        workers=config.cores,
        loop=config.loop,
        http="httptools",
        log_level="warning",
        # A stream may have a minute to go when the TERM comes.
        timeout_graceful_shutdown=1,
    )


if __name__ == "__main__":
    main()
