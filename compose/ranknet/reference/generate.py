"""Writes the scenario's corpus and its expected answers.

    python generate.py <directory with ranknet.safetensors> <output directory>
"""

import json
import sys
from pathlib import Path

import numpy as np

from reference import ITEMS, USERS, Weights, rank, read_weights, score

SEED = 17
REQUESTS = 1_000
CANDIDATES = 20
SIZE = 10
# Between the last answered item and the first left out the scores must differ by more than the comparator's 1e-4: otherwise two right
# answers could hold different items.
CLEAR_CUT = 2e-4


def draw_request(random: np.random.Generator, weights: Weights) -> dict:
    """A user and distinct candidates, such that which of them are the best `SIZE` is beyond doubt."""
    while True:
        user_id = int(random.integers(1, USERS, endpoint=True))
        item_ids = [int(i) for i in 1 + random.choice(ITEMS, CANDIDATES, replace=False)]
        best_first = np.sort(score(weights, user_id, item_ids))[::-1]
        if best_first[SIZE - 1] - best_first[SIZE] > CLEAR_CUT:
            return {"user_id": user_id, "item_ids": item_ids, "size": SIZE}


def to_line(value: object) -> str:
    return json.dumps(value, separators=(",", ":")) + "\n"


def main() -> None:
    weights = read_weights(Path(sys.argv[1]) / "ranknet.safetensors")
    output = Path(sys.argv[2])
    random = np.random.Generator(np.random.PCG64(SEED))
    with open(output / "requests.ndjson", "w") as requests, open(output / "golden.ndjson", "w") as golden:
        for _ in range(REQUESTS):
            request = draw_request(random, weights)
            requests.write(
                to_line(
                    {
                        "method": "POST",
                        "path": "/rank",
                        "headers": {"content-type": "application/json"},
                        "body": to_line(request).rstrip(),
                    }
                )
            )
            body = to_line({"outputs": rank(weights, **request)}).rstrip()
            golden.write(to_line({"status": 200, "contentType": "application/json", "body": body}))


if __name__ == "__main__":
    main()
