"""How many processes serve."""

import multiprocessing
from pathlib import Path


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
