"""What icons are called: names of many packs merged into concepts, each with the words that people use for it.

Two names are of one concept if they have the same words in any order ("circle-plus", "plus-circle"), after words that
packs use for one thing are made one ("account" is "user"), or if a line of `said.txt` lists both.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from training.screen.icons.packs import Icon, words_of

SAID = Path(__file__).with_name("said.txt")
_NEW = 0.12  # share of the concepts outside of `said.txt` whose pictures are never trained on
_DRAWN = (" outline", " alt", " filled", " sharp")  # tags that are names of drawings again
_SAME = {
    "account": "user", "person": "user", "envelope": "mail", "email": "mail", "magnify": "search", "cog": "gear",
    "settings": "gear", "xmark": "x", "times": "x", "close": "x", "dismiss": "x", "cross": "x", "add": "plus",
    "house": "home", "photo": "image", "picture": "image", "photos": "images", "pictures": "images", "pen": "pencil",
    "tick": "check", "checkmark": "check", "document": "file", "comment": "chat", "message": "chat", "bubble": "chat",
    "notification": "bell", "notifications": "bell", "trashcan": "trash", "delete": "trash", "bin": "trash",
    "time": "clock", "visibility": "eye", "slash": "off", "angle": "chevron", "favorite": "heart", "people": "users",
    "mic": "microphone", "minimise": "minimize", "maximise": "maximize", "earmark": "", "one": "", "two": "",
    "three": "", "01": "", "02": "", "03": "", "04": "", "05": "", "bxl": "brand", "bxs": "", "subtract": "minus",
    "logo": "brand",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Concept:
    """A picture that packs have a name for.

    Attributes:
        key: its words, sorted.
        name: the commonest name.
        names: what packs call it.
        said: what `said.txt` calls it; none where it is not listed.
        tags: words that projects give it.
        packs: which have it.
        new: no picture of it is trained on.
    """

    key: str
    name: str
    names: tuple[str, ...]
    said: tuple[str, ...]
    tags: tuple[str, ...]
    packs: frozenset[str]
    new: bool

    @property
    def texts(self) -> frozenset[str]:
        """All that it may be called."""
        return frozenset([*self.names, *self.said, *self.tags])


class Keys:
    """Which concept the words of a name are of."""

    def __init__(self, lines: Sequence[tuple[Sequence[str], Sequence[str]]]) -> None:
        self._listed: dict[str, str] = {}
        self.said: dict[str, tuple[str, ...]] = {}
        self.own: dict[str, str] = {}
        for names, said in lines:
            own = _key(names[0].split())
            self.own.setdefault(own, names[0])
            self.said[own] = tuple(dict.fromkeys([*self.said.get(own, ()), *said]))
            for name in names:
                self._listed.setdefault(_key(name.split()), own)

    def __call__(self, words: Iterable[str]) -> str:
        """The key of a name."""
        key = _key(words)
        return self._listed.get(key, key)


def _key(words: Iterable[str]) -> str:
    same = {_SAME.get(word, word) for word in words} - {""}
    if "brand" in same and same - {"brand", "x"}:  # (what is left of X's logo is a cross)
        same -= {"brand"}
    return " ".join(sorted(same)) or " ".join(words)


def read_said(path: Path = SAID) -> list[tuple[list[str], list[str]]]:
    """The lines of the table: names of packs, what people say.

    Raises:
        ValueError: a line has no bar.
    """
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    if wrong := [line for line in lines if line.count("|") != 1]:
        raise ValueError(f"{path}: not NAMES | WORDS: {wrong[0]!r}")
    halves = ([[part.strip() for part in half.split(",")] for half in line.split("|")] for line in lines)
    return [(names, said) for names, said in halves]


def concepts_of(
    icons: Iterable[Icon], tags: Iterable[tuple[str, tuple[str, ...]]], keys: Keys
) -> Mapping[str, Concept]:
    """The concepts of icons, by their keys."""
    names: dict[str, Counter[str]] = defaultdict(Counter)
    packs: dict[str, set[str]] = defaultdict(set)
    for icon in icons:
        key = keys(icon.words)
        names[key][" ".join(icon.words)] += 1
        packs[key].add(icon.pack)
    words: dict[str, dict[str, None]] = defaultdict(dict)
    for name, tagged in tags:
        words[keys(words_of(name))].update(dict.fromkeys(tag for tag in tagged if not tag.endswith(_DRAWN)))
    return {
        key: Concept(
            key,
            keys.own.get(key, counts.most_common(1)[0][0]),
            tuple(counts),
            keys.said.get(key, ()),
            tuple(words.get(key, ())),
            frozenset(packs[key]),
            key not in keys.said and _share(key) < _NEW,
        )
        for key, counts in names.items()
    }


def _share(key: str) -> float:
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:4], "big") / 2**32
