"""What can be seen at a gap between two turns: whether the new one goes on or begins something else.

Causal features look back only, at most `CONTEXT` turns, and so give the same turn by turn and at once. Wide ones also
look ahead, for sessions that are over. Vectors are of unit length, so products are cosines.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from tamis.core import Floats
from tamis.memory.recall.terms import terms
from tamis.memory.types import Turn

CONTEXT = 8
BEHIND = (2, 3, 5, 8)  # turns whose mean the new one is compared with
BLOCKS = (2, 3, 5)  # turns on each side
NEAR = 3  # turns before whose mean is compared by coordinate
CAUSAL = (
    "last", *(f"last {n}" for n in BEHIND), "best of 5", "second", "before", "change", "shared", "new words",
    "length", "length before", "question", "question before", "opener", "closer before", "refers", "agrees",
    "same speaker", "short", "short before", "greeting", "link before", "pause",
)  # fmt: skip
WIDE = (*CAUSAL, *(f"block {n}" for n in BLOCKS), "depth", "below mean", "next", "next over")

_OPENER = re.compile(
    r"^\W*(?:so\b|anyways?|by the way|btw|speaking of|also\b|next\b|now\b|moving on|let'?s\b|well\b|okay,? so|alright"
    r"|what about|how about|do you|did you|have you|are you|what(?:'s| is| are| do| did)|where|which|can you|could you"
    r"|i (?:need|want|would like|'?d like|am looking|was wondering)|tell me|another (?:thing|question)|one more)\b",
    re.I,
)
_CLOSER = re.compile(
    r"\b(?:thanks?|thank you|bye|goodbye|see you|take care|great|awesome|cool|nice|perfect|got it|i see|sounds good"
    r"|no problem|you'?re welcome|have a (?:good|great|nice)|lol|haha+|that'?s all|will do|enjoy)\b",
    re.I,
)
_REFERS = re.compile(
    r"\b(?:it|its|that|this|these|those|they|them|their|he|she|him|her|there|then|one|ones|same|too)\b", re.I
)
_AGREES = re.compile(
    r"^\W*(?:yes|yeah|yep|yup|no|nope|nah|oh|ah|wow|right|true|exactly|sure|okay|ok|i see|me too|same here|really"
    r"|of course|definitely|absolutely|i agree|indeed|hm+|lol|haha+|thanks?|thank you)\b",
    re.I,
)
_GREETS = re.compile(r"^\W*(?:hi|hello|hey|good (?:morning|afternoon|evening)|greetings)\b", re.I)


def seen_by(turns: Sequence[Turn], vectors: Floats, *, wide: bool) -> Floats:
    """(n, k) what a head sees: `CAUSAL`, or `WIDE` as well."""
    return ahead(turns, vectors) if wide else causal(turns, vectors)


def products(vectors: Floats) -> Floats:
    """(n, 2 d) by coordinate: each turn times the mean of the three before it, and its distance to the last.

    Some directions of the encoder tell topics apart better than others. 0 for the first turn.
    """
    rows = np.zeros((len(vectors), 2 * vectors.shape[1]))
    for gap in range(1, len(vectors)):
        near = _unit(vectors[max(0, gap - NEAR) : gap].sum(0))
        rows[gap] = np.concatenate([vectors[gap] * near, np.abs(vectors[gap] - vectors[gap - 1])])
    return rows


def causal(turns: Sequence[Turn], vectors: Floats) -> Floats:
    """(n, len(CAUSAL)) of each turn against those before it; the first row is 0."""
    words = [frozenset(terms(turn.text)) for turn in turns]
    rows = np.zeros((len(turns), len(CAUSAL)))
    for gap in range(1, len(turns)):
        rows[gap] = [*_cosines(vectors, gap), *_shared(words, gap), *_wording(turns[gap - 1], turns[gap])]
    return rows


def ahead(turns: Sequence[Turn], vectors: Floats) -> Floats:
    """(n, len(WIDE)) with what comes after; the first row is 0."""
    rows = np.zeros((len(turns), len(WIDE)))
    rows[:, : len(CAUSAL)] = causal(turns, vectors)
    last = rows[:, 0]
    blocks = np.array([[block(vectors, gap, size) for size in BLOCKS] for gap in range(len(turns))])
    blocks = blocks.reshape(-1, len(BLOCKS))
    mean = last[1:].mean() if len(turns) > 1 else 0.0
    for gap in range(1, len(turns)):
        next_ = float(vectors[gap] @ vectors[gap + 1]) if gap + 1 < len(turns) else float(last[gap])
        over = float(vectors[gap - 1] @ vectors[gap + 1]) if gap + 1 < len(turns) else float(last[gap])
        rows[gap, len(CAUSAL) :] = [*blocks[gap], depth(blocks[:, 1], gap), mean - last[gap], next_, over]
    return rows


def _cosines(vectors: Floats, gap: int) -> list[float]:
    new, back = vectors[gap], vectors[max(0, gap - CONTEXT) : gap]
    each = back @ new
    means = [_unit(back[-count:].sum(0)) @ new for count in BEHIND]
    second = each[-2] if gap > 1 else each[-1]
    before = float(vectors[gap - 1] @ vectors[gap - 2]) if gap > 1 else 0.5
    return [float(x) for x in (each[-1], *means, each[-5:].max(), second, before, each[-1] - before)]


def _shared(words: Sequence[frozenset[str]], gap: int) -> list[float]:
    """Shares of the new turn's words that the last three turns have, and that none of the last eight has."""
    new = words[gap]
    near = frozenset().union(*words[max(0, gap - 3) : gap])
    far = frozenset().union(*words[max(0, gap - CONTEXT) : gap])
    return [len(new & near) / max(len(new), 1), len(new - far) / max(len(new), 1)]


def _wording(before: Turn, new: Turn) -> list[float]:
    length, earlier = len(new.text.split()), len(before.text.split())
    flags = (
        "?" in new.text,
        "?" in before.text,
        _OPENER.search(new.text),
        _CLOSER.search(before.text),
        _REFERS.search(new.text[:120]),
        _AGREES.search(new.text),
        new.speaker == before.speaker and bool(new.speaker),
        length <= 4,
        earlier <= 4,
        _GREETS.search(new.text),
        "http" in before.text,
    )
    return [np.log1p(length), np.log1p(earlier), *(float(bool(flag)) for flag in flags), _pause(before, new)]


def _pause(before: Turn, new: Turn) -> float:
    """Hours between two turns, on a scale of logarithms; 0 where a time is unknown."""
    if before.time is None or new.time is None:
        return 0.0
    return float(np.log1p(max(0.0, (new.time - before.time).total_seconds()) / 3_600))


def block(vectors: Floats, gap: int, size: int) -> float:
    """The cosine of the turns on both sides of a gap, up to `size` of each; 1 at the ends."""
    if not 0 < gap < len(vectors):
        return 1.0
    left, right = vectors[max(0, gap - size) : gap].sum(0), vectors[gap : gap + size].sum(0)
    return float(_unit(left) @ _unit(right))


def depth(similar: Floats, gap: int) -> float:
    """How far the similarity rises on both sides of a gap (TextTiling, Hearst 1997), up to the nearest peaks."""
    left = right = float(similar[gap])
    for value in similar[gap - 1 : 0 : -1]:
        if value < left:
            break
        left = float(value)
    for value in similar[gap + 1 :]:
        if value < right:
            break
        right = float(value)
    return left + right - 2 * float(similar[gap])


def _unit(vector: Floats) -> Floats:
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-9))
