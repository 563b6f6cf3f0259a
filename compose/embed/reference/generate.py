"""Writes the corpus of the embed scenario, the one text of embed-one-text, and their expected answers.

    python generate.py <folder of the packaged model> <output folder>

The answers are the reference implementation's own: sentence-transformers on PyTorch, with the model as it was
packaged, not as compose/models/minilm hands it to the targets.
"""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from sentence_transformers import SentenceTransformer
from tokenizers import Tokenizer

from sentences import LANGUAGES, ODDITIES, Language

SEED = 2026
TEXTS = 560
# [CLS] and [SEP] included.
LONGEST = 256
# Every length up to here, and around the limit, occurs for certain; the rest are drawn.
SHORT = range(1, 25)
AROUND_THE_LIMIT = (200, 225, 250, 251, 252, 253, 254)
# Longer than the model reads: the answer is the embedding of the first 254 tokens.
BEYOND = (255, 256, 300, 500)
# What the published comparison of embed's source embedded, every time.
PUBLISHED = "this is a test"
# The drawn lengths' median, in tokens without [CLS] and [SEP], and their spread: most are a sentence or two.
MEDIAN, SIGMA = 16, 0.75


def main() -> None:
    packaged, out = Path(sys.argv[1]), Path(sys.argv[2])
    model = SentenceTransformer(str(packaged), device="cpu")
    write_pairs(out, "", list(corpus(token_counter(packaged))), model)
    write_pairs(out, "one-text-", [PUBLISHED], model)


def write_pairs(out: Path, prefix: str, texts: list[str], model: SentenceTransformer) -> None:
    """Requests with these texts, and the answer to the request on the same line."""
    requests_file, golden_file = (out / f"{prefix}{name}.ndjson" for name in ("requests", "golden"))
    with requests_file.open("w") as requests, golden_file.open("w") as golden:
        for text in texts:
            # One at a time: in a batch, padding would move the last digits.
            embedding = [float(f"{value:.7g}") for value in model.encode(text)]
            write(
                requests,
                {
                    "method": "POST",
                    "path": "/embed",
                    "headers": {"content-type": "application/json"},
                    "body": compact({"text": text}),
                },
            )
            write(
                golden,
                {
                    "status": 200,
                    "contentType": "application/json",
                    "body": compact({"embedding": embedding}),
                },
            )


def corpus(count: Callable[[str], int]) -> Iterator[str]:
    """The texts in their final, mixed order."""
    random = np.random.Generator(np.random.PCG64(SEED))
    lengths = [*SHORT, *AROUND_THE_LIMIT, *BEYOND]
    while len(lengths) < TEXTS - len(ODDITIES):
        length = round(MEDIAN * np.exp(SIGMA * random.standard_normal()))
        lengths.append(min(max(length, 1), LONGEST - 2))
    chances = np.array([language.weight for language in LANGUAGES], float)
    texts = list(ODDITIES)
    for length in lengths:
        language = LANGUAGES[random.choice(len(LANGUAGES), p=chances / chances.sum())]
        texts.append(text_of(length, language, random, count))
    for index in random.permutation(len(texts)):
        yield texts[index]


def text_of(length: int, language: Language, random: np.random.Generator, count: Callable[[str], int]) -> str:
    """As many sentences as it takes, cut at a word and filled up with commas to exactly `length` tokens."""
    glue = " " if language.spaced else ""
    sentences: list[str] = []
    while count(glue.join(sentences)) < length:
        template = language.templates[random.integers(len(language.templates))]
        sentences.append(template.format(*random.choice(language.words, 2, replace=False)))
    text = glue.join(sentences)
    pieces = text.split(" ") if language.spaced else list(text)
    while count(glue.join(pieces)) > length:
        pieces.pop()
    cut = glue.join(pieces)
    return cut + "," * (length - count(cut))


def token_counter(packaged: Path) -> Callable[[str], int]:
    tokenizer = Tokenizer.from_file(str(packaged / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return lambda text: len(tokenizer.encode(text, add_special_tokens=False).ids)


def compact(value: dict) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def write(file, line: dict) -> None:
    file.write(compact(line) + "\n")


if __name__ == "__main__":
    main()
