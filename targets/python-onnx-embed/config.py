"""What the environment asks for."""

import os
from dataclasses import dataclass
from pathlib import Path

from settings import cores, number, port

# Beyond it a batch gains nothing more, and whoever waits for it waits longer.
BATCH_SIZE = 32


@dataclass(frozen=True)
class Config:
    port: int
    workers: int
    model_dir: Path
    # The most texts that are computed together.
    batch_size: int
    # Threads inside one run of the model.
    ort_threads: int


def read_config() -> Config:
    return Config(
        port=port(),
        workers=number("WORKERS", cores()),
        model_dir=Path(os.environ.get("MODEL_DIR") or "/models/minilm"),
        batch_size=number("BATCH_SIZE", BATCH_SIZE),
        ort_threads=number("ORT_THREADS", 1, least=0),
    )
