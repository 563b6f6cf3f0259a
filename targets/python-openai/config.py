"""What the environment asks for."""

from dataclasses import dataclass

from settings import cores, number, one_of, port, required


@dataclass(frozen=True)
class Config:
    port: int
    cores: int
    base_url: str
    api_key: str
    model: str
    silence_seconds: float
    """The longest silence of the upstream that is waited for."""
    client: str
    """What asks the upstream: openai, its official client, responses, the same by the API's newer form, or minimal, a
    reader of events."""
    transport: str
    """What carries the official client's requests: httpx, its default, or aiohttp."""
    validates: bool
    """Whether the official client holds each chunk against its type, or only makes one of it."""
    loop: str
    """asyncio or uvloop"""


def read_config() -> Config:
    return Config(
        port=port(),
        cores=cores(),
        base_url=required("OPENAI_BASE_URL"),
        api_key=required("OPENAI_API_KEY"),
        model=required("OPENAI_MODEL"),
        silence_seconds=number("UPSTREAM_TIMEOUT_MS", 60_000) / 1000,
        client=one_of("CLIENT", "openai", "responses", "minimal"),
        transport=one_of("TRANSPORT", "httpx", "aiohttp"),
        validates=one_of("VALIDATION", "lax", "strict") == "strict",
        loop=one_of("LOOP", "asyncio", "uvloop"),
    )
