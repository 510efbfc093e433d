"""The sentences in which things are asked for, of one split: nothing of it is in the other one.

A sentence is drawn: one of its kind, then for each <part> in it one of `parts`, and so on. Half of all sentences and
phrases can be left out, so that it can be measured, on develop alone, how sentences fare that nobody was trained on.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

from training.config import read_toml

TABLE = Path(__file__).with_name("wordings.toml")
HELD_OUT = Path(__file__).with_name("wordings_held_out.toml")
T = TypeVar("T")
Lists = Mapping[str, Sequence[str]]
_PART = re.compile(r"<(\w+)>")
_SLOT = re.compile(r"\{(\w+)(?:=([^}]*))?\}")
_DRAWS = 100  # of a sentence, until the held-out part does not have it


@dataclass(frozen=True, slots=True)
class Wordings:
    """The sentences of a split, and the words for roles, relations, states and areas.

    Attributes:
        split: of `SPLITS`; other splits (a desktop) are asked as the held-out one.
        half: which half of the sentences and phrases is said, 0 or 1; None for all.
        frames: kind of sentence -> sentences with <parts>, and {slots} for words.
        parts: what stands for a part.
        relations: "below" ... -> how it is said.
        ordinals, sides, places: "second", "left", "top left corner" ... -> how it is said; as it is where nothing is.
        barred: sentences that are not said.
    """

    split: str
    half: int | None
    frames: Lists
    parts: Lists
    relations: Lists
    ordinals: Lists
    sides: Lists
    places: Lists
    roles: Lists
    states: Lists
    areas: Lists
    barred: frozenset[str]

    @property
    def part(self) -> int:
        """The place of the split in what a meaning is called, looks like and does."""
        return int(self.split != "develop")

    def role(self, role: str, *key: str) -> str:
        """A word for a role: the first as often as all others."""
        words = self.roles.get(role, (role,))
        return words[0] if digest(*key, "role") % 2 else pick(words, *key, role)

    def sentence(self, kind: str, *key: str) -> str:
        """A sentence of a kind with slots for words, the same one for the same key."""
        for draw in count():
            again = (str(draw),) if draw else ()
            sentence = self._expanded(pick(self.frames[kind], *key, *again), *key, *again)
            if _bare(sentence) not in self.barred:
                return sentence
            if draw == _DRAWS:
                raise ValueError(f"{TABLE}: the held-out part has all sentences of the kind {kind!r}")
        raise AssertionError

    def some(self, phrases: Sequence[str]) -> Sequence[str]:
        """The phrases of this half."""
        return _half(phrases, self.half)

    def _expanded(self, sentence: str, *key: str) -> str:
        while match := _PART.search(sentence):
            part = pick(self.parts[match[1]], *key, match[1], sentence)
            sentence = sentence[: match.start()] + part + sentence[match.end() :]
        return sentence


@cache
def wordings(split: str, half: int | None = None) -> Wordings:
    """The sentences of a split; of one half, if it is said which."""
    held_out: Mapping[str, Any] = read_toml(HELD_OUT)
    if split != "develop":
        return _wordings("held-out", None, held_out, frozenset())
    return _wordings(split, half, _without(read_toml(TABLE), held_out), _said(held_out["frames"]))


def filled(sentence: str, words: Mapping[str, str]) -> tuple[str, list[tuple[str, int, int]]]:
    """A sentence with words in its slots, and where they stand: (slot, start, end)."""
    text, spans, end = "", [], 0
    for match in _SLOT.finditer(sentence):
        text += sentence[end : match.start()]
        said = words[match[1]] if match[2] is None else match[2]
        spans.append((match[1], len(text), len(text) + len(said)))
        text, end = text + said, match.end()
    return text + sentence[end:], spans


def _wordings(split: str, half: int | None, table: Mapping[str, Any], barred: frozenset[str]) -> Wordings:
    def lists(name: str, *, shared: bool = False) -> Lists:
        part = None if shared else half
        return {key: _half(words, None if key.isupper() else part) for key, words in table.get(name, {}).items()}

    return Wordings(
        split, half, lists("frames"), lists("parts"), lists("relations"), lists("ordinals"), lists("sides"),
        lists("places"), lists("roles", shared=True), lists("states", shared=True), lists("areas", shared=True), barred,
    )  # fmt: skip


def _half(words: Sequence[str], half: int | None) -> Sequence[str]:
    """Those of a half, and what says nothing; all where the half has none."""
    mine = [word for word in words if half is None or not word.strip(" .!") or digest(word, "half") % 2 == half]
    return mine if any(word.strip(" .!") for word in mine) else words


def _without(table: Mapping[str, Any], held_out: Mapping[str, Any]) -> dict[str, Any]:
    """The table without words for relations that the held-out part has."""
    relations = {
        name: [word for word in words if word not in held_out["relations"].get(name, ())]
        for name, words in table["relations"].items()
    }
    return {**table, "relations": relations}


def _said(frames: Lists) -> frozenset[str]:
    return frozenset(_bare(sentence) for sentences in frames.values() for sentence in sentences)


def _bare(sentence: str) -> str:
    return sentence.strip(" .!").casefold()


def digest(*parts: str) -> int:
    """A number that only depends on the parts."""
    return int.from_bytes(hashlib.sha256("\0".join(parts).encode()).digest()[:4], "big")


def pick(choices: Sequence[T], *key: str) -> T:
    """One of the choices, the same one for the same key."""
    return choices[digest(*key) % len(choices)]


def noisy(text: str, *key: str) -> tuple[str, str]:
    """The text as somebody in a hurry types it, and what was done: in lower case (a quarter), with a slip (1 of 14)."""
    roll = digest(*key, text, "noise") % 28
    if roll < 7:
        return text.lower(), "lower"
    letters = [index for index in range(1, len(text) - 2) if text[index : index + 2].isalpha()]
    if roll < 9 and len(letters) > 6:
        at = pick(letters, *key, text, "slip")
        swap = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
        return (swap, "swap") if roll == 7 else (text[:at] + text[at + 1 :], "gap")
    return (text.upper(), "upper") if roll == 9 and digest(text) % 3 == 0 else (text, "")
