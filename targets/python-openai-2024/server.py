"""Starts uvicorn, in one process however many cores there are and on asyncio's own loop: so it was in the article."""

import uvicorn

from config import read_config


def main() -> None:
    uvicorn.run(
        "app:app",
        host="0.0.0.0",
        port=read_config().port,
        loop="asyncio",
        http="httptools",
        log_level="warning",
        # A batch may have minutes to go when the TERM comes.
        timeout_graceful_shutdown=1,
    )


if __name__ == "__main__":
    main()
