"""What a scope has heard already, and what it has told: exact copies, near copies, recalled text.

Near copies: word triples hashed by `HASHES` functions, equal in a band of `ROWS` (Broder 1997; bands after Leskovec,
Rajaraman, Ullman, Mining of Massive Datasets, 3.4), then compared exactly by Jaccard.
"""

from __future__ import annotations

import re
from collections import OrderedDict, deque
from hashlib import blake2b

import numpy as np

from tamis.memory.types import Turn
from tamis.text.sentences import sentences

HASHES, ROWS = 32, 4  # 8 bands: two texts of Jaccard .8 share one with probability .99
ALIKE = 0.8  # Jaccard of word triples from which two turns are nearly the same
FEWEST = 8  # words: shorter turns are said again and again, and mean something each time
RECENT = 2000  # turns that a new one is compared with
REMEMBERED = 4000  # recalled sentences that are remembered
LATELY = 100  # recalled texts between two turns that are added
MOST = 0.6  # share of a turn's words that must have been recalled
LONGEST = 20_000  # characters that are looked at

_WORD = re.compile(r"\w+")
_PRIME = (1 << 31) - 1
_DRAWN = np.random.default_rng(20261126)
_A, _B = _DRAWN.integers(1, _PRIME, (2, HASHES), dtype=np.int64)


def _words(text: str) -> list[str]:
    return _WORD.findall(text[:LONGEST].casefold())


def _digest(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).digest()


class Seen:
    """The turns of one scope, as far as copies of them are looked for."""

    def __init__(self) -> None:
        self._copies: dict[bytes, str] = {}
        self._recent: OrderedDict[str, frozenset[int]] = OrderedDict()
        self._bands: dict[tuple[int, bytes], str] = {}

    def note(self, turn: Turn, *, recent: bool = True) -> None:
        """Remember a stored turn; recent -- also compare with what is nearly the same."""
        self._copies[_identity(turn)] = turn.id
        triples = _triples(turn.text) if recent else frozenset()
        if not triples:
            return
        self._recent[turn.id] = triples
        for band in _bands(triples):
            self._bands[band] = turn.id
        if len(self._recent) > RECENT:
            self._recent.popitem(last=False)
            if len(self._bands) > 4 * RECENT * (HASHES // ROWS):
                self._bands = {band: ident for band, ident in self._bands.items() if ident in self._recent}

    def forget(self, ids: frozenset[str]) -> None:
        """These turns are gone: the next copy is news."""
        if not ids:
            return
        self._copies = {key: ident for key, ident in self._copies.items() if ident not in ids}
        for ident in ids & self._recent.keys():
            del self._recent[ident]

    def copy_of(self, turn: Turn) -> str:
        """The turn that says the same by the same speaker, at the same time if it has one; "" for none.

        Without a time, a turn of few words is never a copy: "Yes." is said again and means something.
        """
        if turn.time is None and len(_words(turn.text)) < FEWEST:
            return ""
        return self._copies.get(_identity(turn), "")

    def near(self, turn: Turn) -> str:
        """A recent turn that says nearly the same; "" for none."""
        triples = _triples(turn.text)
        for band in _bands(triples):
            ident = self._bands.get(band, "")
            other = self._recent.get(ident)
            if other and len(triples & other) >= ALIKE * len(triples | other):
                return ident
        return ""


def _identity(turn: Turn) -> bytes:
    time = "" if turn.time is None else turn.time.isoformat()
    return _digest("\0".join((turn.session if turn.time is None else "", turn.speaker, time, turn.text.strip())))


def _triples(text: str) -> frozenset[int]:
    """Hashes of all runs of three words; none for a short text."""
    words = _words(text)
    if len(words) < FEWEST:
        return frozenset()
    runs = zip(words, words[1:], words[2:], strict=False)
    return frozenset(int.from_bytes(_digest(" ".join(run))[:4], "little") % _PRIME for run in runs)


def _bands(triples: frozenset[int]) -> list[tuple[int, bytes]]:
    if not triples:
        return []
    values = np.fromiter(triples, np.int64, len(triples))
    least = ((values[:, None] * _A + _B) % _PRIME).min(axis=0).reshape(-1, ROWS)
    return [(number, row.tobytes()) for number, row in enumerate(least)]


class Delivered:
    """Sentences that were recalled lately; what consists of them is no news."""

    def __init__(self) -> None:
        self._recalled: OrderedDict[bytes, None] = OrderedDict()
        self._unread: deque[str] = deque(maxlen=LATELY)

    def note(self, text: str) -> None:
        """Remember what was recalled; it is taken apart when something is added, so recalling does not wait for it."""
        self._unread.append(text)

    def says(self, text: str) -> bool:
        """Whether most words of the text are in sentences that were recalled."""
        self._read()
        if not self._recalled:
            return False
        recalled = sum(words for digest, words in _sentences(text) if digest in self._recalled)
        return recalled > 0 and recalled >= MOST * len(_words(text))

    def _read(self) -> None:
        while self._unread:
            for digest, _ in _sentences(self._unread.popleft()):
                self._recalled[digest] = None
                self._recalled.move_to_end(digest)
        while len(self._recalled) > REMEMBERED:
            self._recalled.popitem(last=False)


def _sentences(text: str) -> list[tuple[bytes, int]]:
    """Digest and number of words of every sentence, line by line, without the speaker's name."""
    return [part for line in text.splitlines() for part in _digests(re.sub(r"^[^:\n]{1,40}: ", "", line))]


def _digests(text: str) -> list[tuple[bytes, int]]:
    """Digest and number of words of every sentence that is long enough to be known again."""
    phrases = [_words(text[span.start : span.end]) for span in sentences(text)]
    return [(_digest(" ".join(words)), len(words)) for words in phrases if len(words) >= FEWEST // 2]
