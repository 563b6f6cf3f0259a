"""Server-sent events: read from bytes, wherever these are cut."""


class EventReader:
    def __init__(self) -> None:
        # The beginning of a line whose end has not come.
        self._rest = b""
        # Of the event that is being read; None: none so far.
        self._data: bytes | None = None
        self._ended_with_carriage_return = False

    def push(self, piece: bytes) -> list[bytes]:
        """The data of the events that the piece completes. Names, ids and comments are of no use here."""
        # Lines end with a line feed, a carriage return, or both, which may be cut apart.
        if self._ended_with_carriage_return and piece.startswith(b"\n"):
            piece = piece[1:]
            self._ended_with_carriage_return = False
        if piece:
            self._ended_with_carriage_return = piece.endswith(b"\r")
        if b"\r" in piece:
            piece = piece.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        *lines, self._rest = (self._rest + piece).split(b"\n")
        complete = []
        for line in lines:
            if not line:
                if self._data is not None:
                    complete.append(self._data)
                    self._data = None
            elif line.startswith(b"data:"):
                value = line[5:].removeprefix(b" ")
                self._data = value if self._data is None else self._data + b"\n" + value
        return complete
