"""Starts uvicorn with one process a core."""

import uvicorn

from settings import cores, port


def main() -> None:
    uvicorn.run(
        "app:app",
        host="0.0.0.0",
        port=port(),
        workers=cores(),
        # Named, so that a missing wheel is an error and not a silent fall-back to the slower pure-Python pair.
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="off",
        access_log=False,
        log_level="warning",
        timeout_keep_alive=75,
        timeout_graceful_shutdown=1,
    )


if __name__ == "__main__":
    main()
