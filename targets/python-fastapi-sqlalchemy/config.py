"""What the environment asks for."""

import os
from dataclasses import dataclass
from pathlib import Path

from settings import number, one_of, required

# The file of each kind of model.
FILES = {"torchscript": "ranknet.pt", "onnx": "ranknet.onnx"}


@dataclass(frozen=True)
class Config:
    # The article's, whatever the cap is.
    workers: int
    database_url: str
    model: Path


def read_config() -> Config:
    return Config(
        workers=number("WORKERS", 2),
        database_url=required("DATABASE_URL"),
        model=Path(os.environ.get("MODEL_DIR") or "/models") / FILES[one_of("MODEL", *FILES)],
    )
