"""Prepares all-MiniLM-L6-v2 for every target: python build.py <folder of the packaged model> <output folder>"""

import json
import shutil
import sys
from pathlib import Path

import numpy as np
import onnx
from onnx.reference import ReferenceEvaluator
from safetensors.numpy import load_file

import bert
import onnx_graph

# What sentence-transformers reads, and with it everybody else. The README carries the licence.
FILES = [
    "config.json",
    "config_sentence_transformers.json",
    "modules.json",
    "sentence_bert_config.json",
    "special_tokens_map.json",
    "tokenizer_config.json",
    "vocab.txt",
    "model.safetensors",
    "README.md",
    "1_Pooling/config.json",
]
# [CLS] this is a test [SEP], and a single token: as one batch, so that padding is checked too.
CHECKED = [[101, 2023, 2003, 1037, 3231, 102], [101, 7592, 102]]
TOLERANCE = 1e-5


def main() -> None:
    source, out = Path(sys.argv[1]), Path(sys.argv[2])
    for file in FILES:
        (out / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / file, out / file)
    config = json.loads((source / "config.json").read_text())
    longest = json.loads((source / "sentence_bert_config.json").read_text())["max_seq_length"]
    tokenizer = json.loads((source / "tokenizer.json").read_text())
    (out / "tokenizer.json").write_text(json.dumps(as_the_reference_tokenizes(tokenizer, longest), ensure_ascii=False))

    weights = load_file(source / "model.safetensors")
    model = onnx_graph.build(weights, config)
    check(model, weights, config)
    onnx.save(model, out / "model.onnx")


def as_the_reference_tokenizes(tokenizer: dict, longest: int) -> dict:
    """The packaged file pads every text to 128 tokens and cuts it there. sentence-transformers does neither: it pads no
    single text, and cuts at the model's limit. Whoever obeys the file computes ten times the tokens."""
    truncation = {"direction": "Right", "max_length": longest, "strategy": "LongestFirst", "stride": 0}
    return tokenizer | {"padding": None, "truncation": truncation}


def check(model: onnx.ModelProto, weights: dict[str, np.ndarray], config: dict) -> None:
    width = max(map(len, CHECKED))
    ids = np.array([text + [0] * (width - len(text)) for text in CHECKED], np.int64)
    mask = np.array([[1] * len(text) + [0] * (width - len(text)) for text in CHECKED], np.int64)
    (got,) = ReferenceEvaluator(model).run(None, {"input_ids": ids, "attention_mask": mask})
    expected = np.array([bert.embed(weights, config, text) for text in CHECKED])
    difference = np.abs(got - expected).max()
    if not difference < TOLERANCE:
        raise SystemExit(f"the graph differs from the reference by {difference}")
    print(f"the graph differs from the reference by {difference:.1e} at most")


if __name__ == "__main__":
    main()
