"""A deadline for psycopg's connections, which have none of their own.

The article's program waits for a database for as long as it takes; the contract of this scenario gives a few seconds.
A query runs in a thread, and no thread can be told to stop waiting, but its connection can be cut.
"""

import os
import socket
from contextlib import suppress
from threading import Thread
from time import monotonic, sleep

from sqlalchemy import Engine, event

EVERY_SECONDS = 0.2


class ConnectionWatch:
    """Cuts connections that have been out of the pool for longer than the deadline.

    A request costs it two entries in a dictionary.
    """

    def __init__(self, engine: Engine, deadline_seconds: float) -> None:
        self._deadline_seconds = deadline_seconds
        # What is out of the pool: when it was taken, by its file descriptor.
        self._out: dict[int, float] = {}
        event.listen(engine, "checkout", self._take)
        event.listen(engine, "checkin", self._give)
        Thread(target=self._run, daemon=True, name="connection-watch").start()

    def _take(self, connection, record, _) -> None:
        record.info["watched"] = descriptor = connection.fileno()
        self._out[descriptor] = monotonic()

    def _give(self, _, record) -> None:
        # Without a connection, too, where that was invalidated while it was out.
        self._out.pop(record.info.pop("watched", None), None)

    def _run(self) -> None:
        while True:
            sleep(EVERY_SECONDS)
            late = monotonic() - self._deadline_seconds
            for descriptor, since in list(self._out.items()):
                if since < late and self._out.pop(descriptor, None) is not None:
                    _cut(descriptor)


def _cut(descriptor: int) -> None:
    """Ends a connection without closing the descriptor, which is libpq's."""
    with suppress(OSError), socket.socket(fileno=os.dup(descriptor)) as connection:
        connection.shutdown(socket.SHUT_RDWR)
