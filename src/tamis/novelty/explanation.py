"""Why a text looks new: words that no known text has, and the known text that is nearest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tamis.novelty.components.protocol import Look
from tamis.novelty.inputs import words


@dataclass(frozen=True, slots=True)
class NearestText:
    """A known text beside the one that was checked.

    Attributes:
        text: itself; empty where the detector keeps none.
        number: its place among the texts that the detector was fitted on.
        similarity: cosine, of vectors or of spelling.
    """

    text: str
    number: int
    similarity: float


@dataclass(frozen=True, eq=False)
class KnownTexts:
    """What explanations are made of.

    Attributes:
        vocabulary: words of all known texts.
        texts: the indexed ones, or none.
        numbers: the place of each in what was given to `fit`.
    """

    vocabulary: frozenset[str]
    texts: tuple[str, ...]
    numbers: tuple[int, ...]

    def unseen(self, text: str) -> tuple[str, ...]:
        """Words of a text that no known text has, in order, each once."""
        return tuple(dict.fromkeys(word for word in words(text) if word not in self.vocabulary))

    def nearest(self, looks: Mapping[str, Look], count: int) -> list[NearestText | None]:
        """The nearest known text of each of n texts, by the first component that knows one."""
        look = next((look for look in looks.values() if look.nearest is not None), None)
        if look is None or look.nearest is None or look.cosines is None:
            return [None] * count
        return [self._text(int(row), float(cosine)) for row, cosine in zip(look.nearest, look.cosines, strict=True)]

    def _text(self, row: int, cosine: float) -> NearestText:
        return NearestText(self.texts[row] if self.texts else "", self.numbers[row], cosine)
