"""What the environment asks for."""

import os
from dataclasses import dataclass
from pathlib import Path

from settings import cores, number, port, required

# How many queries a worker keeps under way: beyond it they only queue in the database.
DATABASE_POOL = 8


@dataclass(frozen=True)
class Config:
    port: int
    workers: int
    database_url: str
    database_pool: int
    model: Path
    # Threads inside one run of the model; 0 leaves the choice to ONNX Runtime, which takes the host's cores.
    ort_threads: int


def read_config() -> Config:
    return Config(
        port=port(),
        workers=number("WORKERS", cores()),
        database_url=required("DATABASE_URL"),
        database_pool=number("DATABASE_POOL", DATABASE_POOL),
        model=Path(os.environ.get("MODEL_DIR") or "/models") / "ranknet.onnx",
        ort_threads=number("ORT_THREADS", 1, least=0),
    )
