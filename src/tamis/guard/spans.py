"""Where in a reading the attack is, and what of it says what is wanted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

import numpy as np
from numpy.typing import NDArray

from tamis.core import Floats, Ints
from tamis.guard.network import ATTACK, INTENT
from tamis.guard.reading import TextReading
from tamis.guard.verdict import AttackSpan
from tamis.guard.words import WINDOW, WordTable

GAP = 8  # words between two stretches that are one
WEAK = 0.4  # of the chance of the likeliest word, from which a word is part of the attack
SMOOTH = 5  # words over which scores are averaged
FEWEST, SHORT = 3, 16  # words of a stretch; words that are named where none stand out


@dataclass(frozen=True, eq=False)
class ScoredReading:
    """A reading with its scores.

    Attributes:
        table: its words.
        words: (n, COLUMNS) scores of words.
        windows: (w, HEADS) logits of windows.
        firsts: (w,) the first words of these.
    """

    reading: TextReading
    table: WordTable
    words: Floats
    windows: Floats
    firsts: Ints

    def logit(self, head: int) -> float:
        """Of the most suspect window."""
        return float(self.windows[:, head].max())


def attack_spans(scored: ScoredReading, threshold: float, head: int) -> list[AttackSpan]:
    """The stretches of the reading, in its own characters, by kind; at least one.

    Words of windows over the threshold whose chance is not far below that of the likeliest one; where such words stand
    alone, all of these windows.
    """
    suspect = np.zeros(len(scored.words), bool)
    for first in scored.firsts[scored.windows[:, head] > threshold]:
        suspect[first : first + WINDOW] = True
    chances = _sigmoid(smoothed(scored.words[:, ATTACK], SMOOTH))
    inside = _closed(suspect & (chances > WEAK * chances[suspect].max()))
    if not inside.any():
        inside = suspect
    wanted = _sigmoid(smoothed(scored.words[:, INTENT], SMOOTH)) > 0.5
    if not (wanted & inside).any():
        wanted = _most_wanted(scored.words[:, INTENT], inside)
    kinds = np.where(inside, np.where(wanted, 2, 1), 0)
    return list(_stretches(scored, _settled(kinds), _sigmoid(scored.words[:, ATTACK])))


def intent_of(text: str, spans: Sequence[AttackSpan]) -> str:
    """What is wanted: the text with everything else deleted, a blank where words are missing between."""
    return " ".join(text[span.start : span.end].strip() for span in spans if span.kind == "intent")


def smoothed(values: Floats, size: int) -> Floats:
    """The mean of each value and its neighbours, `size` in all; fewer at the ends."""
    sums = np.concatenate([[0.0], np.cumsum(values)])
    places = np.arange(len(values))
    low, high = np.maximum(places - size // 2, 0), np.minimum(places + size // 2 + 1, len(values))
    return np.asarray((sums[high] - sums[low]) / (high - low))


def _closed(inside: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Gaps of a few words filled, then stretches of very few words dropped."""
    whole: NDArray[np.bool_] = inside.copy()
    places = np.flatnonzero(inside)
    for left, right in pairwise(places):
        if right - left <= GAP:
            whole[left:right] = True
    for value, group in groupby(range(len(whole)), key=whole.__getitem__):
        stretch = list(group)
        if value and len(stretch) < min(FEWEST, len(whole)):
            whole[stretch] = False
    return whole


def _most_wanted(scores: Floats, inside: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The run of words of the attack that most says what is wanted."""
    means = np.where(inside, smoothed(scores, SHORT), -np.inf)
    middle = int(means.argmax())
    wanted = np.zeros(len(scores), bool)
    wanted[max(0, middle - SHORT // 2) : middle + SHORT // 2] = True
    return wanted & inside


def _settled(kinds: NDArray[np.int64]) -> NDArray[np.int64]:
    """Runs of a single word of one kind within an attack take the kind before them."""
    kinds = kinds.copy()
    for place in range(1, len(kinds) - 1):
        if kinds[place] and kinds[place - 1] and kinds[place] != kinds[place - 1] == kinds[place + 1]:
            kinds[place] = kinds[place - 1]
    return kinds


def _stretches(scored: ScoredReading, kinds: NDArray[np.int64], chances: Floats) -> Iterator[AttackSpan]:
    text, places = scored.reading.text, scored.table.places
    for kind, group in groupby(range(len(kinds)), key=kinds.__getitem__):
        words = _without_signs(text, [places[n] for n in group]) if kind else []
        if words:
            start, end = words[0][0], words[-1][1]
            mean = float(chances[[n for n, place in enumerate(places) if start <= place[0] < end]].mean())
            yield AttackSpan(start, end, text[start:end], "intent" if kind == 2 else "wrapper", mean)


def _without_signs(text: str, words: Sequence[tuple[int, int]]) -> Sequence[tuple[int, int]]:
    """Words from the first one that is no sign on; none where all are signs."""
    solid = [n for n, (low, high) in enumerate(words) if text[low:high].isalnum()]
    return words[solid[0] :] if solid else []


def _sigmoid(values: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(values, -30, 30))))
