"""Meetings: how many of the words of a reference answer survive in the turns that it sums up.

QMSum's training and validation meetings (MIT); its test split is held out and not here. Encyclopaedia paragraphs alone
would teach the blend that what is said twice, or in many word pieces, is nothing that anybody asks for.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tamis.core import Floats, Ints
from tamis.io.rows import read_jsonl
from tamis.text.function_words import FUNCTION_WORDS
from training.fusion.salience import budget_order, read

RATES = (1 / 2, 1 / 3, 1 / 5)
SIZE = (300, 2500)  # tokens of the turns that belong to a query
NOISE = re.compile(r"\{[a-z]+\}\s*")  # transcriber's marks


@dataclass(frozen=True, eq=False)
class Meeting:
    """The turns of one query: features (n, k), costs and the place in `wanted` (n, -1: none) of each word."""

    features: Floats
    costs: Ints
    total: int
    wanted: Ints
    size: int


def meetings(data: Path, count: int, *, seed: int) -> list[Meeting]:
    """Read `count` queries with their turns and reference answers."""
    turns = {row["id"]: row["turns"] for row in read_jsonl(data / "segmentation" / "qmsum_topics_trainval.jsonl.zst")}
    rows = [r for r in read_jsonl(data / "compression" / "qmsum_turn_spans_trainval.jsonl.zst") if r["id"] in turns]
    random.Random(seed).shuffle(rows)
    cases: list[Meeting] = []
    for row in rows:
        meeting = _meeting(row, turns[row["id"]])
        cases += [meeting] if meeting else []
        if len(cases) == count:
            break
    return cases


def _meeting(row: dict[str, Any], turns: Sequence[str]) -> Meeting | None:
    """Return the query's case, or None where it is too small, too large, or its answer says it in other words."""
    if len(turns) != len(row["keep"]):
        return None
    text = NOISE.sub("", "\n".join(turn for turn, keep in zip(turns, row["keep"], strict=True) if keep))
    units, features, costs, total = read(text)
    if not SIZE[0] < total < SIZE[1]:
        return None
    words = [body.lower() for body in units.bodies()]
    terms = set(re.findall(r"[a-z0-9'-]{3,}", row["answer"].lower())) - FUNCTION_WORDS
    places = {word: i for i, word in enumerate(sorted(terms.intersection(words)))}
    wanted = np.array([places.get(word, -1) for word in words])
    return Meeting(features, costs, total, wanted, len(places)) if len(places) >= 5 else None


def recall(cases: Sequence[Meeting], weights: Floats) -> list[float]:
    """Share of the reference answers' words that survive, at each rate."""
    shares = []
    for case in cases:
        order = budget_order(case.features, weights)
        spent = np.cumsum(case.costs[order])
        kept = [np.unique(case.wanted[order[spent <= rate * case.total]]) for rate in RATES]
        shares.append([np.count_nonzero(k >= 0) / case.size for k in kept])
    return [float(share) for share in np.mean(shares, axis=0)]
