"""Texts as detectors read them: normal spelling, words, and sentence vectors where there is an encoder."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tamis.errors import InvalidInput
from tamis.models.protocols import Encoder

Vectors = NDArray[np.float32]
_WORD = re.compile(r"\w+")
_MARK = re.compile(r"\w+|[^\w\s]")


@dataclass(frozen=True, eq=False)
class Inputs:
    """Texts and what is computed of them once, for all components.

    Attributes:
        texts: (n,) as given.
        vectors: (n, d) of unit length; None without an encoder.
    """

    texts: tuple[str, ...]
    vectors: Vectors | None = None

    @staticmethod
    def of(texts: Sequence[str], encoder: Encoder | None, *, read: int | None = None) -> Inputs:
        """The texts, encoded if there is an encoder; vectors as half-precision numbers, as files keep them.

        read -- characters of a text that the encoder sees at most, in three runs; None for all
        """
        if encoder is None or not texts:
            return Inputs(tuple(texts))
        rows = [excerpt(text, read) for text in texts]
        batches = [encoder.vectors(rows[start : start + 256]) for start in range(0, len(rows), 256)]
        vectors = np.concatenate(batches).astype(np.float16).astype(np.float32)
        return Inputs(tuple(texts), vectors)

    def __len__(self) -> int:
        """How many texts."""
        return len(self.texts)

    def pick(self, rows: Sequence[int] | NDArray[np.int64]) -> Inputs:
        """Those of some rows, in that order."""
        chosen = np.asarray(rows, np.int64)
        return Inputs(tuple(self.texts[row] for row in chosen), None if self.vectors is None else self.vectors[chosen])


def excerpt(text: str, size: int | None) -> str:
    """The beginning, middle and end of a text that is longer than `size` characters, each a line of whole words.

    Example: excerpt("aa bb cc dd ee ff gg hh ii", 15) -> "aa bb", "ee" and "hh ii" in lines
    """
    if size is None or len(text) <= size:
        return text
    part = max(1, size // 3)
    middle = (len(text) - part) // 2
    starts = (0, middle, len(text) - part)
    return "\n".join(_whole_words(text, start, start + part) for start in starts)


def _whole_words(text: str, start: int, end: int) -> str:
    """A run of a text without the parts of words at its ends, unless there is nothing else in it."""
    run = text[start:end]
    if start > 0 and not text[start - 1].isspace():
        run = run.partition(" ")[2] or run
    if end < len(text) and not text[end].isspace():
        run = run.rpartition(" ")[0] or run
    return run.strip()


def plain(text: str) -> str:
    """A text in lower case, white space as one blank, every digit a 0: how it is spelled, not what it counts.

    Example: "Room  12" -> "room 00"
    """
    return re.sub(r"\d", "0", " ".join(text.lower().split()))


def words(text: str) -> list[str]:
    """The words of a text in lower case, without punctuation."""
    return _WORD.findall(plain(text))


def marks(text: str) -> list[str]:
    """The words and punctuation marks of a text, in lower case."""
    return _MARK.findall(plain(text))


def checked_texts(texts: Sequence[str], name: str = "texts") -> tuple[str, ...]:
    """The texts as a tuple.

    Raises:
        InvalidInput: a single string, or something that is no text among them.
    """
    if isinstance(texts, str):
        raise InvalidInput(f"{name} is one text, {texts[:40]!r}.", hint="Give a list of texts.")
    rows = tuple(texts)
    for place, text in enumerate(rows):
        if not isinstance(text, str):
            raise InvalidInput(f"{name}[{place}] is no text: {text!r}.", hint="Give strings.")
    return rows
