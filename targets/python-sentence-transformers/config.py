"""What the environment asks for. gunicorn reads it as well, before anything heavy is imported."""

import os

from settings import number

# Beyond it a batch gains nothing more, and whoever waits for it waits longer.
BATCH_SIZE = 32


def batch_size() -> int:
    """The most texts that are computed together."""
    return number("BATCH_SIZE", BATCH_SIZE)


def request_threads() -> int:
    """Threads of a server that has a number of them. Alone a text is computed on the thread of its request, and two that
    use PyTorch at once fight over its pool. Where texts are computed together these threads only wait: one batch is
    computed while the next one comes together.
    """
    return 1 if batch_size() == 1 else 2 * batch_size()


def torch_threads() -> int:
    """One a core of the cap; 0 leaves them to PyTorch, which takes the host's cores, whatever the cap."""
    return int(os.environ.get("TORCH_THREADS") or os.environ.get("CORES") or 1)
