"""What the environment asks for."""

import os
from dataclasses import dataclass
from pathlib import Path

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
    env = os.environ
    return Config(
        port=int(env.get("PORT") or 8080),
        workers=int(env.get("WORKERS") or env.get("CORES") or os.process_cpu_count() or 1),
        model_dir=Path(env.get("MODEL_DIR") or "/models/minilm"),
        batch_size=int(env.get("BATCH_SIZE") or BATCH_SIZE),
        ort_threads=int(env.get("ORT_THREADS") or 1),
    )
