"""How the upstream fails."""


class UpstreamError(Exception):
    """The upstream failed for good; status and text are what our own client is told."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text
