"""Subsequence recovery (LongLLMLingua, arXiv 2310.06839, section 4.4): say in full what an answer quotes shortened.

A model that reads a compressed prompt quotes it as it stands: "captain cancel crossing". Here the runs of words that an
answer shares with the compressed prompt are found, the longest first; each is given the shortest stretch of the source
that covers it, and where words had been dropped there, that stretch takes the run's place.

Works on words with offsets, whatever the tokenizer. Words that carry grammar only say nothing about where they come
from: a run of these is left alone. Does not ask a model.
"""

from __future__ import annotations

import heapq
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np

from tamis.core import Bools, Ints
from tamis.errors import InvalidInput
from tamis.prompt.result import Compression
from tamis.prompt.selection import covered
from tamis.text.function_words import FUNCTION_WORDS
from tamis.text.units import KINDS, Units
from tamis.text.words import words

CONFIDENCE = 0.5  # that of one telling word with a single place in the source
_STOPS = frozenset(".!?;:…。！？；：")
_BLANK = 3  # the gap of a blank line, see `Words.gap`
_Window: TypeAlias = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Recovered:
    """A run of words of an answer, and where it comes from.

    Attributes:
        start, end: half-open characters of the answer as it was given.
        source_start, source_end: half-open characters of the source: the shortest stretch that covers the run.
        confidence: 0 to 1: higher with every telling word, lower where the stretch is sparser than the compressed
            prompt as a whole, or where equally good stretches say other things.
        replaced: whether the stretch stands in the recovered text in place of the run.
    """

    start: int
    end: int
    source_start: int
    source_end: int
    confidence: float
    replaced: bool


@dataclass(frozen=True, slots=True)
class Recovery:
    """An answer in the source's words.

    Attributes:
        text: the answer; outside of the replaced spans it is the answer as given, byte for byte.
        spans: what could be traced, in order and disjoint, replaced or not.
    """

    text: str
    spans: tuple[Recovered, ...]

    def __str__(self) -> str:
        return self.text


def recover(
    original: str | Compression, compressed: str | None, response: str, *, confidence: float = CONFIDENCE
) -> Recovery:
    """Put back the dropped words of what an answer quotes from a compressed prompt.

    Args:
        original: the source, or better the `Compression`: it knows where each kept word stood.
        compressed: what the model read; None for the text of the `Compression`.
        response: what the model said.
        confidence: replace only what is at least as sure, 0 to 1.

    Example: recover("The captain may cancel the crossing.", "captain cancel crossing", "Captain cancel crossing!")
        -> "Captain may cancel the crossing!"

    Raises:
        InvalidInput: no texts, a compressed text that is not the `Compression`'s own, or a confidence out of range.
    """
    _check(original, compressed, response, confidence)
    answer = _read(words(response))
    if isinstance(original, Compression):
        units, mask = _kept_words(original)
        finder = _Finder(_read(units), _read(units, mask), exact=True)
    else:
        finder = _Finder(_read(words(original)), _read(words(compressed or "")), exact=False)
    spans = [
        one for first, last in _runs(answer, finder.prompt) if (one := finder.traced(answer, first, last, confidence))
    ]
    return Recovery(_rewritten(answer, finder.source, spans), tuple(spans))


def _kept_words(compression: Compression) -> tuple[Units, Bools]:
    """The words of its source, and which of them are kept, whatever its form cuts texts into."""
    chosen = compression.selection
    if chosen.units.names == KINDS:
        return chosen.units, chosen.mask
    units = words(compression.source)
    return units, covered(units.starts, chosen.starts, chosen.ends)


def _check(original: object, compressed: object, response: object, confidence: float) -> None:
    for name, value in (("response", response), ("compressed prompt", compressed), ("original", original)):
        missing = name == "compressed prompt" and value is None and isinstance(original, Compression)
        if not (isinstance(value, str) or missing or (name == "original" and isinstance(value, Compression))):
            raise InvalidInput(f"The {name} must be a text, got {type(value).__name__}.")
    if isinstance(original, Compression) and compressed not in (None, original.text):
        hint = "Pass None for it, or the source as a text in place of the Compression."
        raise InvalidInput(f"{compressed!r:.60} is not the text of this Compression.", hint=hint)
    if not 0 <= confidence <= 1:
        raise InvalidInput(f"confidence must lie between 0 and 1, got {confidence!r}.")


@dataclass(frozen=True, eq=False)
class _Spelled:
    """The words of a text, without punctuation.

    Attributes:
        units: what they are among.
        index: (n,) their numbers there.
        keys: (n,) what they are compared by.
        breaks: (n,) True for a word before which a sentence or a paragraph ended.
        blanks: (n,) blank lines before each.
    """

    units: Units
    index: Ints
    keys: list[str]
    breaks: Bools
    blanks: Ints

    @property
    def starts(self) -> Ints:
        """(n,) first character of each word."""
        return self.units.starts[self.index]

    @property
    def ends(self) -> Ints:
        """(n,) the character behind each word."""
        return self.units.ends[self.index]

    @cached_property
    def places(self) -> dict[str, list[int]]:
        """Where each word occurs, in order."""
        index: dict[str, list[int]] = defaultdict(list)
        for place, key in enumerate(self.keys):
            index[key].append(place)
        return index


def _read(units: Units, mask: Bools | None = None) -> _Spelled:
    """The words of a text, or those of its words that are kept."""
    kept = np.ones(len(units), np.bool_) if mask is None else mask
    bodies = units.bodies()
    stops = np.array([not _STOPS.isdisjoint(body) for body in bodies], np.bool_) & units.punct & kept
    blanks = np.concatenate(([0], np.cumsum(units.gap >= _BLANK)))[: len(units)].astype(np.int64)
    ended = blanks + np.cumsum(stops)
    index = np.flatnonzero(kept & ~units.punct)
    keys = [bodies[i].casefold().replace("’", "'") for i in index.tolist()]
    return _Spelled(units, index, keys, np.diff(ended[index], prepend=-1) > 0, blanks[index])


def _runs(answer: _Spelled, prompt: _Spelled) -> list[_Window]:
    """Runs of the answer that the compressed prompt shows in one piece: disjoint, in order, the longest taken first."""
    longest = _longest(answer, prompt)
    waiting = [(-length, first) for first, length in enumerate(longest) if length]
    heapq.heapify(waiting)
    covered_words = np.zeros(len(longest) + 1, np.bool_)
    runs: list[_Window] = []
    while waiting:
        length, first = heapq.heappop(waiting)
        inside = np.flatnonzero(covered_words[first : first - length])
        if not inside.size:
            covered_words[first : first - length] = True
            runs.append((first, first - length))
        elif inside[0] > 0:  # what is left of it before a longer run
            heapq.heappush(waiting, (-int(inside[0]), first))
    return sorted(runs)


def _longest(answer: _Spelled, prompt: _Spelled) -> list[int]:
    """(n,) how many words from each one on stand in the compressed prompt in one piece and in one sentence."""
    longest = [0] * len(answer.keys)
    behind: dict[int, int] = {}
    for at in range(len(answer.keys) - 1, -1, -1):
        ends = at + 1 == len(answer.keys) or bool(answer.breaks[at + 1])
        row: dict[int, int] = {}
        for place in prompt.places.get(answer.keys[at], ()):
            more = 0 if ends or place + 1 == len(prompt.keys) or prompt.breaks[place + 1] else behind.get(place + 1, 0)
            row[place] = 1 + more
        longest[at] = max(row.values(), default=0)
        behind = row
    return longest


@dataclass(frozen=True, eq=False)
class _Finder:
    """Finds where in the source a run comes from.

    Attributes:
        source, prompt: the words of the source and of the compressed prompt.
        exact: `prompt` are words of `source`, so their places are known.
    """

    source: _Spelled
    prompt: _Spelled
    exact: bool

    def traced(self, answer: _Spelled, first: int, last: int, confidence: float) -> Recovered | None:
        """Where the words `first..last` of an answer come from; None if they say too little to tell."""
        keys = answer.keys[first:last]
        telling = len({key for key in keys if key not in FUNCTION_WORDS})
        windows = list(self._windows(keys)) if telling else []
        if not windows:
            return None
        start, end = min(windows, key=self._size)
        sure = (1 - 0.5**telling) * self._tightness(len(keys), end - start) / self._rivals(windows, end - start)
        return Recovered(
            int(answer.starts[first]),
            int(answer.ends[last - 1]),
            int(self.source.starts[start]),
            int(self.source.ends[end - 1]),
            round(sure, 4),
            sure >= confidence and end - start > len(keys),
        )

    def _size(self, window: _Window) -> tuple[int, int]:
        start, end = window
        return int(self.source.ends[end - 1] - self.source.starts[start]), start

    def _windows(self, keys: Sequence[str]) -> Iterator[_Window]:
        """Stretches of the source, in words, that cover the run and no blank line."""
        for start, end in self._seeded_windows(keys) if self.exact else self._guessed(keys):
            if self.source.blanks[start] == self.source.blanks[end - 1]:
                yield start, end

    def _seeded_windows(self, keys: Sequence[str]) -> Iterator[_Window]:
        place = np.searchsorted(self.source.index, self.prompt.index)
        for at in self.prompt.places[keys[0]]:
            last = at + len(keys)
            if self.prompt.keys[at:last] == keys and not self.prompt.breaks[at + 1 : last].any():
                yield int(place[at]), int(place[last - 1]) + 1

    def _guessed(self, keys: Sequence[str]) -> Iterator[_Window]:
        """From each place of the first word on, the nearest places of the others."""
        for start in self.source.places.get(keys[0], ()):
            at = start
            for key in keys[1:]:
                places = self.source.places.get(key, [])
                nearest = bisect_right(places, at)
                if nearest == len(places):
                    return
                at = places[nearest]
            yield start, at + 1

    def _tightness(self, size: int, width: int) -> float:
        """1 where the stretch holds as many of its words as the compressed prompt does of all, less where fewer."""
        rate = len(self.prompt.keys) / max(len(self.source.keys), 1)
        return 1.0 if self.exact else min(1.0, size / width / rate)

    def _rivals(self, windows: Sequence[_Window], width: int) -> int:
        """How many different things the stretches of this many words say."""
        return len({tuple(self.source.keys[a:b]) for a, b in windows if b - a == width})


def _rewritten(answer: _Spelled, source: _Spelled, spans: Sequence[Recovered]) -> str:
    """The answer with the replaced spans said in full; the first word stays as the answer spells it."""
    text, parts, at = answer.units.text, [], 0
    for span in spans:
        if span.replaced:
            first_ends = int(answer.ends[np.searchsorted(answer.starts, span.start)])
            rest = int(source.ends[np.searchsorted(source.starts, span.source_start)])
            parts += [text[at:first_ends], source.units.text[rest : span.source_end]]
            at = span.end
    return "".join([*parts, text[at:]])
