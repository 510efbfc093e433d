"""How alike two short texts are, as OCR and people write them: by their runs of three characters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from tamis.core import Bools, Floats

LITERAL = 0.75  # the share of runs in common from which on two texts differ by a misreading only
_DULL = re.compile(r"[^\w]+")
_ALIKE = str.maketrans({"0": "o", "1": "l", "i": "l", "|": "l", "5": "s"})  # what OCR takes for one another
_LATIN = re.compile(r"[a-z]")


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """Lower case, without accents, punctuation and double spaces."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return _DULL.sub(" ", bare.replace("_", " ")).strip()


def latin(text: str) -> bool:
    """Whether a plain text has a Latin letter."""
    return bool(_LATIN.search(text))


class Names:
    """Texts that names are compared with, prepared once.

    Attributes:
        plain: each text as it is compared.
        sizes: (n,) how many different runs each has.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self.plain = tuple(plain(text) for text in texts)
        runs = [runs_of(text) for text in self.plain]
        self.sizes: Floats = np.array([len(some) for some in runs], dtype=float)
        self._columns = {run: column for column, run in enumerate(sorted(set().union(*runs)))}
        self._present = np.zeros((len(self._columns), len(runs)), dtype=np.float32)
        for row, some in enumerate(runs):
            self._present[[self._columns[run] for run in some], row] = 1

    def common(self, text: str) -> tuple[Floats, int]:
        """(n,) how many runs each text has in common with a plain one, and how many that one has."""
        runs = runs_of(text)
        columns = [self._columns[run] for run in runs if run in self._columns]
        counts: Floats = self._present[columns].sum(0, dtype=float)
        return counts, len(runs)

    def equal(self, text: str) -> Bools:
        """(n,) whether each is the plain text."""
        return np.array([other == text for other in self.plain], dtype=bool)

    def parts(self, text: str) -> Bools:
        """(n,) whether the plain text stands in each, in whole words."""
        part = f" {text} "
        return np.array([part in f" {other} " for other in self.plain], dtype=bool)

    def scores(self, name: str) -> Floats:
        """(n,) how alike each text and the name are: 1 for the same, about a half for a part of a longer text, 0."""
        wanted = plain(name)
        common, size = self.common(wanted)
        if not size:
            return np.zeros(len(self.plain))
        dice, share = 2 * common / (size + self.sizes), common / size
        loose = np.where(share < 0.99, 0.8 * dice + 0.15 * share, 0.7 * dice + 0.25)
        scores = np.where(self.parts(wanted), np.maximum(0.55 + 0.4 * dice, dice), loose)
        scores = np.where(common > 0, scores, 0.0)
        return np.where(self.equal(wanted), 1.0, scores)

    def literal(self, name: str) -> Bools:
        """(n,) whether each text reads as a quoted name does, or holds it, but for what OCR misreads: digits count."""
        wanted = plain(name)
        common, size = self.common(wanted)
        result = self.parts(wanted)
        joined = wanted.replace(" ", "")
        for index in np.flatnonzero((common >= LITERAL / 2 * max(1, size)) & ~result).tolist():
            text = self.plain[index]
            result[index] = text.replace(" ", "") == joined or _reads(text, wanted)
        return result


def runs_of(text: str) -> frozenset[str]:
    """The runs of three characters of a plain text, of two where it has no Latin letter."""
    alike = text.translate(_ALIKE)
    padded = f" {alike} "
    short = not latin(alike)  # scripts whose words are one or two characters long
    size = 2 if short else 3
    return frozenset(padded[i : i + size] for i in range(max(0, len(padded) - size + 1))) if alike else frozenset()


def _reads(text: str, wanted: str) -> bool:
    """Whether as many words of a text as a name has read as the name does: alike in runs, the same in digits."""
    words, count = text.split(), len(wanted.split())
    runs = runs_of(wanted)
    for start in range(max(1, len(words) - count + 1)):
        part = " ".join(words[start : start + count])
        other = runs_of(part)
        if _digits(part) == _digits(wanted) and 2 * len(runs & other) >= LITERAL * (len(runs) + len(other)):
            return True
    return False


def _digits(text: str) -> str:
    return "".join(letter for letter in text.translate(_ALIKE) if letter.isdigit())
