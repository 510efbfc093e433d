"""Names from lists of your own, found in texts: which entry, and how near it is.

All entries are looked for at once by the automaton of Aho and Corasick (1975), over words without case and accents, so
the time does not grow with the lists. What is written otherwise than its entry is found, too, and graded: case,
accents, a plural ending, and for long words one letter more, less or other.
"""

from __future__ import annotations

import re
import unicodedata
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tamis.entities.numeric.places import apart
from tamis.errors import InvalidInput

_WORD = re.compile(r"\w+|[^\w\s]")
_LONG = 6  # letters of a word that may differ by one
EXACT, CASE, ACCENTS, ENDING, LETTER = 1.0, 0.9, 0.85, 0.75, 0.6


@dataclass(frozen=True, slots=True)
class ListedName:
    """An entry of a list in a text.

    Attributes:
        start: its first character.
        end: the character behind its last one.
        text: what stands there.
        kind: the list.
        entry: the entry as it is in the list.
        nearness: 1 as it is, .9 but for case, .85 for accents, .75 for an ending, .6 for a letter; of words the least.
    """

    start: int
    end: int
    text: str
    kind: str
    entry: str
    nearness: float


@dataclass
class _Node:
    steps: dict[str, int] = field(default_factory=dict)
    fail: int = 0
    ends: list[int] = field(default_factory=list)


class Gazetteer:
    """Lists of names by kind. Thread-safe; a pure function of text and lists."""

    def __init__(self, lists: Mapping[str, Iterable[str]]) -> None:
        """Read the lists.

        lists -- entries by kind; the same entry may be in several

        Raises:
            InvalidInput: an entry holds no letter or figure, or a list is a str.
        """
        self._entries: list[tuple[str, str, int]] = []
        self._nodes = [_Node()]
        self._near: dict[str, str] = {}
        for kind, entries in lists.items():
            if isinstance(entries, str):
                raise InvalidInput(f"The list {kind!r} is a str: {entries[:40]!r}.", hint="Give a list of names.")
            for entry in dict.fromkeys(entries):
                self._add(kind, entry)
        self._link()

    def __call__(self, text: str, *, least: float = LETTER) -> tuple[ListedName, ...]:
        """The entries in a text, in order, none over another: the longest first, then the nearest.

        least -- the nearness that an entry must have
        """
        found = (one for one in self._all(text) if one.nearness >= least)
        return tuple(apart(sorted(found, key=lambda one: (one.start - one.end, -one.nearness, one.start))))

    def _add(self, kind: str, entry: str) -> None:
        words = [_plain(word) for word in _WORD.findall(entry)]
        if not any(word.isalnum() for word in words):
            raise InvalidInput(f"{entry!r} in the list {kind!r} is no name.")
        node = 0
        for word in words:
            if word not in self._nodes[node].steps:
                self._nodes.append(_Node())
                self._nodes[node].steps[word] = len(self._nodes) - 1
            node = self._nodes[node].steps[word]
            for variant in _without_a_letter(word):
                self._near.setdefault(variant, word)
            self._near[word] = word
        self._nodes[node].ends.append(len(self._entries))
        self._entries.append((kind, entry, len(words)))

    def _link(self) -> None:
        """For each state, the longest other one that its words end with."""
        queue = deque(self._nodes[0].steps.values())
        while queue:
            here = queue.popleft()
            for word, there in self._nodes[here].steps.items():
                fail = self._nodes[here].fail
                while fail and word not in self._nodes[fail].steps:
                    fail = self._nodes[fail].fail
                step = self._nodes[fail].steps.get(word, 0)
                self._nodes[there].fail = step if step != there else 0
                self._nodes[there].ends += self._nodes[self._nodes[there].fail].ends
                queue.append(there)

    def _all(self, text: str) -> Iterator[ListedName]:
        places = [match.span() for match in _WORD.finditer(text)]
        node = 0
        for number, (low, high) in enumerate(places):
            word = self._known(_plain(text[low:high]))
            while node and word not in self._nodes[node].steps:
                node = self._nodes[node].fail
            node = self._nodes[node].steps.get(word, 0)
            for end in self._nodes[node].ends:
                kind, entry, count = self._entries[end]
                start = places[number - count + 1][0]
                near = _nearness([text[a:b] for a, b in places[number - count + 1 : number + 1]], _WORD.findall(entry))
                yield ListedName(start, high, text[start:high], kind, entry, near)

    def _known(self, word: str) -> str:
        """The word of an entry that is meant: itself, without its ending, or with another letter."""
        if word in self._near:
            return self._near[word]
        for ending in ("s", "es"):
            stem = word.removesuffix(ending)
            if stem != word and len(stem) > 2 and self._near.get(stem) == stem:
                return stem
        return next((self._near[one] for one in _without_a_letter(word) if one in self._near), word)


def _plain(word: str) -> str:
    """Without case and accents."""
    if word.isascii():
        return word.lower()
    parts = unicodedata.normalize("NFKD", word.casefold())
    return "".join(char for char in parts if not unicodedata.combining(char)) or word


def _without_a_letter(word: str) -> Iterator[str]:
    """A long word with any one letter left out: two that differ by a letter have one of these in common."""
    if len(word) >= _LONG and word.isalpha():
        yield from (word[:n] + word[n + 1 :] for n in range(len(word)))


def _nearness(words: Sequence[str], entry: Sequence[str]) -> float:
    return min(_word_nearness(word, other) for word, other in zip(words, entry, strict=True))


def _word_nearness(word: str, other: str) -> float:
    if word == other:
        return EXACT
    if word.lower() == other.lower():
        return CASE
    plain, wanted = _plain(word), _plain(other)
    if plain == wanted:
        return ACCENTS
    if plain in (f"{wanted}s", f"{wanted}es"):
        return ENDING
    return LETTER if _one_apart(plain, wanted) else 0.0


def _one_apart(a: str, b: str) -> bool:
    """Whether one letter more, less or other makes two words the same."""
    if abs(len(a) - len(b)) > 1:
        return False
    head = next((n for n, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    longer, shorter = (a, b) if len(a) >= len(b) else (b, a)
    return longer[head + 1 :] == shorter[head + (len(a) == len(b)) :]
