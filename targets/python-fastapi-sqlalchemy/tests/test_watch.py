import socket
from time import monotonic

from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from watch import ConnectionWatch


class Record:
    def __init__(self) -> None:
        self.info = {}


def a_watch(deadline_seconds: float) -> ConnectionWatch:
    return ConnectionWatch(create_engine("sqlite://", poolclass=NullPool), deadline_seconds)


def test_a_connection_that_is_out_for_too_long_is_cut():
    here, there = socket.socketpair()
    with here, there:
        here.settimeout(5)
        a_watch(0.1)._take(here, Record(), None)
        began = monotonic()
        assert here.recv(1) == b""
        assert monotonic() - began < 2


def test_a_connection_that_came_back_is_not():
    here, there = socket.socketpair()
    with here, there:
        watch, record = a_watch(0.1), Record()
        watch._take(here, record, None)
        watch._give(here, record)
        here.settimeout(0.6)
        try:
            assert here.recv(1) is None
        except TimeoutError:
            there.send(b"x")
            assert here.recv(1) == b"x"
