"""What the environment asks for."""

from dataclasses import dataclass

from settings import number, port, required


@dataclass(frozen=True)
class Config:
    port: int
    base_url: str
    api_key: str
    model: str
    silence_seconds: float
    """The longest silence of the upstream that is waited for."""


def read_config() -> Config:
    return Config(
        port=port(),
        base_url=required("OPENAI_BASE_URL"),
        api_key=required("OPENAI_API_KEY"),
        model=required("OPENAI_MODEL"),
        silence_seconds=number("UPSTREAM_TIMEOUT_MS", 60_000) / 1000,
    )
