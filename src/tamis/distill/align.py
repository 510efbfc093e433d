"""Which words of a text survive in a teacher's answer, by character offsets.

The paper's annotation (LLMLingua-2, arXiv 2403.12968, algorithm 1) walks both texts at once, looks for each word of the
answer in a window around the last find, in both directions and with some tolerance. Greedy walking can take a word for
an equal one elsewhere and lose its way; here the words that keep their order are aligned first, all at once (a longest
common subsequence, weighted by how well the words fit), and only what is then left of the answer, which the teacher
must have moved, is looked for in the window. An answer that only deletes is therefore labelled without any error but
the choice between equal words. Of a phrase in a script without spaces the characters are aligned; it survives if half
of them do.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tamis.core import Bools, Ints
from tamis.text.shapes import RUN
from tamis.text.units import Units
from tamis.text.words import words

WINDOW = 150  # words on both sides; the reference's default
STEM = 3  # letters that inflected forms share at least
ENDING = 3  # letters that an inflection adds or replaces at most
# Weights: one more word always beats any better fit of others, as long as a text has fewer than 10,000 words.
SAME, FOLDED, INFLECTED, MARK = 1_000_000, 999_990, 999_900, 1


@dataclass(frozen=True, eq=False)
class Annotation:
    """A text with a label for each of its words.

    Attributes:
        words: of the source (`tamis.text.words`), punctuation included.
        keep: (n,) True where the word survives in the answer.
        size: words of the source; here and below without punctuation, and of phrases without spaces the characters.
        found: how many words of the answer are in the source at all.
        unknown: how many are not.
        matched: how many words of the source survive in the answer.
    """

    words: Units
    keep: Bools
    size: int
    found: int
    unknown: int
    matched: int


def annotate(source: str, answer: str, *, window: int = WINDOW) -> Annotation:
    """Label the words of `source` that survive in `answer`.

    Example: "The mill, which was old, burned down." and "mill burned down" -> mill, burned, down
    """
    units = words(source)
    ours, theirs = _atoms(units), _atoms(words(answer))
    fits = _fits(ours.bodies, theirs.bodies, ours.marks, theirs.marks)
    place = _in_order(fits, len(ours.bodies))
    survives = np.zeros(len(ours.bodies), np.bool_)
    survives[place[place >= 0]] = True
    lost = [at for at in np.flatnonzero(place < 0).tolist() if fits[at] and not theirs.marks[at]]
    for at in lost:
        near = _nearest(_around(place, at), fits[at], survives, window)
        if near >= 0:
            survives[near], place[at] = True, near
    spoken = ~theirs.marks
    matchable = sum(bool(fits[at]) for at in np.flatnonzero(spoken).tolist())
    keep = np.bincount(ours.owner, survives, len(units)) >= np.bincount(ours.owner, minlength=len(units)) / 2
    unknown, matched = int(spoken.sum()) - matchable, int((survives & ~ours.marks).sum())
    return Annotation(units, keep, int((~ours.marks).sum()), matchable, unknown, matched)


@dataclass(frozen=True, eq=False, slots=True)
class _Atoms:
    """What is aligned: words, and of phrases without spaces their characters, since a teacher drops words inside them.

    Attributes:
        bodies: (m,) the text of each.
        marks: (m,) True for punctuation.
        owner: (m,) the unit of each.
    """

    bodies: list[str]
    marks: Bools
    owner: Ints


def _atoms(units: Units) -> _Atoms:
    atoms = [list(body) if RUN.fullmatch(body) else [body] for body in map(str.strip, units.bodies())]
    owner = np.repeat(np.arange(len(units)), [len(each) for each in atoms])
    return _Atoms([atom for each in atoms for atom in each], units.punct[owner], owner)


Fits = list[dict[int, int]]
"""For each word of the answer: where in the source it may stand, and how well it fits there."""


def _fits(ours: Sequence[str], theirs: Sequence[str], our_marks: Bools, their_marks: Bools) -> Fits:
    """All places of equal words; of inflected forms where a word is not in the source as it is."""
    exact, folded, stems = defaultdict(list), defaultdict(list), defaultdict(list)
    for place, word in enumerate(ours):
        exact[word].append(place)
        folded[word.casefold()].append(place)
        if not our_marks[place] and len(word) >= STEM:
            stems[word.casefold()[:STEM]].append(place)
    fits: Fits = []
    for word, mark in zip(theirs, their_marks.tolist(), strict=True):
        if mark:
            fits.append(dict.fromkeys((place for place in exact[word] if our_marks[place]), MARK))
            continue
        places = dict.fromkeys(folded[word.casefold()], FOLDED) | dict.fromkeys(exact[word], SAME)
        if not places and len(word) >= STEM:
            near = stems[word.casefold()[:STEM]]
            places = {place: INFLECTED for place in near if inflected(word.casefold(), ours[place].casefold())}
        fits.append(places)
    return fits


def inflected(one: str, other: str) -> bool:
    """Whether two words look like forms of one: a shared beginning, and short endings.

    Errs on the side of yes ("university", "universe"): where it is asked, the word has no other place to come from.

    Example: "studies", "study" -> True; "discussed", "discuss" -> True; "1990", "1991" -> False
    """
    if not (one.isalpha() and other.isalpha()):
        return False
    shared = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    short, long = sorted((len(one) - shared, len(other) - shared))
    half = (max(len(one), len(other)) + 1) // 2
    return shared >= max(STEM, half) and short <= 1 and long <= ENDING


def _in_order(fits: Fits, size: int) -> Ints:
    """(m,) the place of each word of the answer in the heaviest alignment that keeps the order, -1 for none.

    Of equally heavy ones that with the latest places: a function word goes with what follows it.
    """
    best = np.zeros((len(fits) + 1, size + 1), np.int64)  # [i, j]: of the first i and j words
    for i, places in enumerate(fits):
        row = best[i].copy()
        at = np.fromiter(places, np.int64, len(places))
        row[at + 1] = np.maximum(row[at + 1], best[i, at] + np.fromiter(places.values(), np.int64, len(places)))
        np.maximum.accumulate(row, out=best[i + 1])
    place, j = np.full(len(fits), -1, np.int64), size
    for i in range(len(fits), 0, -1):
        if best[i, j] == best[i - 1, j]:  # as good without this word: leave it to the words before
            continue
        reach = [at for at, w in fits[i - 1].items() if at < j and best[i - 1, at] + w == best[i, j]]
        place[i - 1] = j = max(reach)
    return place


def _around(place: Ints, at: int) -> int:
    """Where the source is when the answer is at word `at`: behind the place of the nearest placed word before it."""
    before = place[:at][place[:at] >= 0]
    if before.size:
        return int(before[-1]) + 1
    after = place[at:][place[at:] >= 0]
    return int(after[0]) if after.size else 0


def _nearest(centre: int, places: dict[int, int], occupied: Bools, window: int) -> int:
    """The free place nearest to `centre`, forward before backward, at most `window` words away; -1 if there is none."""
    free = [at for at in places if not occupied[at] and abs(at - centre) <= window]
    return min(free, key=lambda at: (abs(at - centre), at < centre), default=-1)
