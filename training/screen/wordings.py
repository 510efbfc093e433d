"""The sentences in which things are asked for, of one split: nothing of it is in the other one."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from training.config import read_toml

TABLE = Path(__file__).with_name("wordings.toml")
HELD_OUT = Path(__file__).with_name("wordings_held_out.toml")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Wordings:
    """The sentences of a split, and the words for roles, relations, states and areas.

    Attributes:
        split: of `SPLITS`; other splits (a desktop) are asked as the held-out one.
        frames: kind of sentence -> sentences with places for words.
        relations: "below" ... -> how it is said.
    """

    split: str
    frames: Mapping[str, Sequence[str]]
    relations: Mapping[str, Sequence[str]]
    roles: Mapping[str, Sequence[str]]
    states: Mapping[str, Sequence[str]]
    areas: Mapping[str, Sequence[str]]

    @property
    def part(self) -> int:
        """The place of the split in what a meaning is called, looks like and does."""
        return int(self.split != "develop")

    def role(self, role: str, *key: str) -> str:
        """A word for a role: the first as often as all others."""
        words = self.roles.get(role, (role,))
        return words[0] if digest(*key, "role") % 2 else pick(words, *key, role)


@cache
def wordings(split: str) -> Wordings:
    """The sentences of a split."""
    split = "develop" if split == "develop" else "held-out"
    table: Mapping[str, Any] = read_toml(TABLE)
    said = table if split == "develop" else read_toml(HELD_OUT)
    return Wordings(split, said["frames"], said["relations"], table["roles"], table["states"], table["areas"])


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
