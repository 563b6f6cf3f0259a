"""What the container's environment says."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True)
class Settings:
    port: int
    cores: int
    base_url: str
    api_key: str
    model: str
    silence_seconds: float
    """The longest silence of the upstream that is waited for."""
    transport: str
    """What carries the client's requests: httpx, its default, or aiohttp."""
    loop: str
    """asyncio or uvloop"""

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> Self:
        return cls(
            port=_positive(env, "PORT", "8080"),
            cores=_positive(env, "CORES", str(os.process_cpu_count() or 1)),
            base_url=_required(env, "OPENAI_BASE_URL"),
            api_key=_required(env, "OPENAI_API_KEY"),
            model=_required(env, "OPENAI_MODEL"),
            silence_seconds=_positive(env, "UPSTREAM_TIMEOUT_MS", "60000") / 1000,
            transport=_one_of(env, "TRANSPORT", ("httpx", "aiohttp")),
            loop=_one_of(env, "LOOP", ("asyncio", "uvloop")),
        )


def _required(env: Mapping[str, str], name: str) -> str:
    if value := env.get(name):
        return value
    raise ValueError(f"{name} is required")


def _positive(env: Mapping[str, str], name: str, fallback: str) -> int:
    value = env.get(name) or fallback
    if not value.isdecimal() or int(value) < 1:
        raise ValueError(f"{name} is {value!r}, want a whole number of at least 1")
    return int(value)


def _one_of(env: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str:
    value = env.get(name) or choices[0]
    if value not in choices:
        raise ValueError(f"{name} is {value!r}, want one of {', '.join(choices)}")
    return value
