"""Starts uvicorn as the settings say: one process a core."""

import uvicorn

from settings import Settings


def main() -> None:
    settings = Settings.from_env()
    uvicorn.run(
        "app:app",
        host="0.0.0.0",
        port=settings.port,
        workers=settings.cores,
        loop=settings.loop,
        http="httptools",
        log_level="warning",
        # A stream may have a minute to go when the TERM comes.
        timeout_graceful_shutdown=1,
    )


if __name__ == "__main__":
    main()
