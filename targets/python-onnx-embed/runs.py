# Copied from templates/python-runs/runs.py: change it there, then run node scripts/copy-templates.mjs.
"""Which texts the model computes together."""

# [CLS] and [SEP].
SPECIAL_TOKENS = 2
# The share of a run's tokens that may be padding.
MOST_PADDING = 0.25
# What a run costs besides its tokens, in tokens: it reads all weights from memory once.
RUN_COST = 8
# How many tokens a run may have, padding included. A larger one is no cheaper, and takes memory.
MOST_TOKENS = 1024


def runs(lengths: list[int]) -> list[list[int]]:
    """Which texts, by index, go into one run of the model: of similar length, since all are padded to the longest of
    their run, and those without tokens into none. Of all ways to keep within the bounds above it is the cheapest.
    """
    indices = sorted((i for i in range(len(lengths)) if lengths[i] > SPECIAL_TOKENS), key=lengths.__getitem__)
    # What the n shortest texts cost at least, and where the last run of that way begins.
    costs, begins = [0], [0]
    for end in range(1, len(indices) + 1):
        longest = tokens = lengths[indices[end - 1]]
        least, at = costs[end - 1] + RUN_COST + longest, end - 1
        for begin in range(end - 2, -1, -1):
            tokens += lengths[indices[begin]]
            padded = longest * (end - begin)
            if padded > MOST_TOKENS or 1 - tokens / padded > MOST_PADDING:
                break  # those before are shorter still
            if (cost := costs[begin] + RUN_COST + padded) < least:
                least, at = cost, begin
        costs.append(least)
        begins.append(at)
    found, end = [], len(indices)
    while end > 0:
        found.append(indices[begins[end] : end])
        end = begins[end]
    return found[::-1]
