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
        sure: the concepts of each text, of which it is a name or is said.
        tagged: the concepts of each text, of which it is a tag.
    """

    plain: tuple[str, ...]
    spoken: tuple[str, ...]
    names: tuple[NDArray[np.int64], ...]
    said: tuple[NDArray[np.int64], ...]
    tags: tuple[NDArray[np.int64], ...]
    sure: tuple[frozenset[int], ...]
    tagged: tuple[frozenset[int], ...]

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

    def fits(self, texts: Sequence[int], concepts: Sequence[int]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """(concepts, texts) where a text surely fits a concept, and where it may (it is a tag)."""
        rows: dict[int, list[int]] = {}
        for row, concept in enumerate(concepts):
            rows.setdefault(concept, []).append(row)
        sure, maybe = np.zeros((2, len(concepts), len(texts)), bool)
        for column, text in enumerate(texts):
            for fits, groups in ((sure, self.sure[text]), (maybe, self.tagged[text])):
                for concept in groups & rows.keys():
                    fits[rows[concept], column] = True
        return sure, maybe


def texts_of(concepts: Sequence[Concept], rng: Rng) -> Texts:
    """The texts of concepts."""
    number: dict[str, int] = {}
    sure: list[set[int]] = []
    tagged: list[set[int]] = []

    def numbers(texts: Sequence[str], concept: int, fits: list[set[int]]) -> NDArray[np.int64]:
        for text in texts:
            if text not in number:
                number[text] = len(number)
                sure.append(set())
                tagged.append(set())
            fits[number[text]].add(concept)
        return np.array([number[text] for text in texts], np.int64)

    lists = [
        (numbers(c.names, i, sure), numbers(c.said, i, sure), numbers(c.tags, i, tagged))
        for i, c in enumerate(concepts)
    ]
    spoken = tuple(WORDINGS[rng.integers(len(WORDINGS))].format(text) for text in number)
    names, said, tags = zip(*lists, strict=True)
    return Texts(tuple(number), spoken, names, said, tags, tuple(map(frozenset, sure)), tuple(map(frozenset, tagged)))


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
