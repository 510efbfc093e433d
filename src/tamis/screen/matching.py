"""How alike two short texts are, as OCR and people write them: by their runs of three characters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

import numpy as np

from tamis.core import Floats

_DULL = re.compile(r"[^\w]+")
_ALIKE = str.maketrans({"0": "o", "1": "l", "i": "l", "|": "l", "5": "s"})  # what OCR takes for one another
_LATIN = re.compile(r"[a-z]")


def plain(text: str) -> str:
    """Lower case, without accents, punctuation and double spaces."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return _DULL.sub(" ", bare.replace("_", " ")).strip()


class Names:
    """Texts that names are compared with, prepared once."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._plain = [plain(text) for text in texts]
        self._runs = [_runs(text) for text in self._plain]

    def scores(self, name: str) -> Floats:
        """How alike each text and the name are, 0 to 1: 1 for the same, about a half for a part of a longer text."""
        wanted = plain(name)
        runs = _runs(wanted)
        if not runs:
            return np.zeros(len(self._runs))
        return np.array([self._score(wanted, runs, index) for index in range(len(self._runs))], dtype=float)

    def _score(self, wanted: str, runs: frozenset[str], index: int) -> float:
        other, text = self._runs[index], self._plain[index]
        if text == wanted:
            return 1.0
        common = len(runs & other)
        if not common:
            return 0.0
        dice = 2 * common / (len(runs) + len(other))
        share = common / len(runs)
        if f" {wanted} " in f" {text} ":  # a part of it, in whole words
            return max(0.55 + 0.4 * dice, dice)
        return 0.8 * dice + 0.15 * share if share < 0.99 else 0.7 * dice + 0.25


def _runs(text: str) -> frozenset[str]:
    alike = text.translate(_ALIKE)
    padded = f" {alike} "
    short = not _LATIN.search(alike)  # scripts whose words are one or two characters long
    size = 2 if short else 3
    return frozenset(padded[i : i + size] for i in range(max(0, len(padded) - size + 1))) if alike else frozenset()
