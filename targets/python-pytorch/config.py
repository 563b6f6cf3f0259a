"""What the environment asks for."""

import os
from dataclasses import dataclass
from pathlib import Path

# How many queries a worker keeps under way: beyond it they only queue in the database.
DATABASE_POOL = 8


@dataclass(frozen=True)
class Config:
    port: int
    workers: int
    database_url: str
    database_pool: int
    model: Path
    # Threads inside one run of the model; 0 leaves the choice to PyTorch, which takes the cores it sees.
    torch_threads: int


def read_config() -> Config:
    env = os.environ
    return Config(
        port=int(env.get("PORT") or 8080),
        workers=int(env.get("WORKERS") or env.get("CORES") or os.process_cpu_count() or 1),
        database_url=env["DATABASE_URL"],
        database_pool=int(env.get("DATABASE_POOL") or DATABASE_POOL),
        model=Path(env.get("MODEL_DIR") or "/models") / "ranknet.safetensors",
        torch_threads=int(env.get("TORCH_THREADS") or 1),
    )
