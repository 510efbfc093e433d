"""What icons are called, as training reads it: texts by number, which concepts each fits, and how it may be put."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from tamis.models.encoder import MINI, Mini, load_mini
from training.screen.icons.concepts import Concept

Rng: TypeAlias = np.random.Generator
Matrix: TypeAlias = NDArray[np.float32]
WORDINGS = (
    "the {} icon", "{} icon", "the {} button", "{} button", "click {}", "click the {} button", "open {}", "press {}",
    "click on the {} icon", "the icon for {}", "tap {}", "select the {} icon",
)  # fmt: skip
_KINDS = (0.5, 0.3, 0.2)  # how often a text is what people say, a name, a tag; where there are such


@dataclass(frozen=True, eq=False)
class Texts:
    """All that concepts are called.

    Attributes:
        plain: the texts.
        spoken: each in one wording.
        names, said, tags: numbers of the texts of each concept.
        of: numbers of all texts of each concept.
    """

    plain: tuple[str, ...]
    spoken: tuple[str, ...]
    names: tuple[NDArray[np.int64], ...]
    said: tuple[NDArray[np.int64], ...]
    tags: tuple[NDArray[np.int64], ...]
    of: tuple[frozenset[int], ...]

    def draw(self, concept: int, rng: Rng) -> int:
        """A text of a concept: what people say and names oftener than tags."""
        kinds = (self.said[concept], self.names[concept], self.tags[concept])
        weights = [weight if len(numbers) else 0.0 for numbers, weight in zip(kinds, _KINDS, strict=True)]
        level = rng.random() * sum(weights)
        for numbers, weight in zip(kinds, weights, strict=True):
            if level < weight:
                return int(numbers[int(rng.random() * len(numbers))])
            level -= weight
        return int(self.names[concept][0])

    def fits(self, texts: Sequence[int], concepts: Sequence[int]) -> NDArray[np.bool_]:
        """(concepts, texts) where a text fits a concept: it is a name of it, is said of it, or a tag."""
        columns: dict[int, list[int]] = {}
        for column, text in enumerate(texts):
            columns.setdefault(text, []).append(column)
        result = np.zeros((len(concepts), len(texts)), bool)
        for row, concept in enumerate(concepts):
            for text in self.of[concept] & columns.keys():
                result[row, columns[text]] = True
        return result


def texts_of(concepts: Sequence[Concept], rng: Rng) -> Texts:
    """The texts of concepts."""
    number: dict[str, int] = {}

    def numbers(texts: Sequence[str]) -> NDArray[np.int64]:
        return np.array([number.setdefault(text, len(number)) for text in texts], np.int64)

    lists = [(numbers(concept.names), numbers(concept.said), numbers(concept.tags)) for concept in concepts]
    spoken = tuple(WORDINGS[rng.integers(len(WORDINGS))].format(text) for text in number)
    names, said, tags = zip(*lists, strict=True)
    of = tuple(frozenset(np.concatenate(some).tolist()) for some in lists)
    return Texts(tuple(number), spoken, names, said, tags, of)


def sentences_of(texts: Texts, path: Path) -> Mapping[str, Matrix]:
    """Sentence vectors of all texts, plain and spoken, by `mini`; kept in a file."""
    if not path.is_file():
        mini = load_mini(MINI, threads=1)
        np.savez(path, plain=_vectors(mini, texts.plain), spoken=_vectors(mini, texts.spoken))
    with np.load(path) as arrays:
        return {kind: arrays[kind].astype(np.float32) for kind in ("plain", "spoken")}


def _vectors(mini: Mini, texts: Sequence[str]) -> NDArray[np.float16]:
    parts = [mini.vectors(texts[start : start + 256]) for start in range(0, len(texts), 256)]
    return np.concatenate(parts).astype(np.float16)
