"""Which concepts a name could mean, and what speaks for each of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tamis.entities.linking.knowledge import Concept, KnowledgeBase
from tamis.entities.linking.names import NameIndex, Vector, WordIndex, bag, plain
from tamis.models.encoder import load_mini

EVIDENCE = (
    "exact", "words", "letters", "meaning", "overlap", "inside", "share", "count", "context", "kind", "document",
    "links", "bias",
)  # fmt: skip
"""What speaks for a candidate, each about 0 to 1.

exact, words: the name is one of its names, but for case and signs; but for the order and endings of words.
letters, meaning: cosine of trigrams, cosine of sentence vectors; of its best name.
overlap, inside: the common words of both names, as a share of all their words, of the concept's; rare words weigh more.
share: how often this name means it and no other concept of that name; count: how often it is meant at all.
context: cosine of the sentence and the description; kind: 1 the same type, -1 another, 0 unknown.
document, links: how probable it is that another name of the text means it, or what it is linked with.
"""
COLUMN = {name: number for number, name in enumerate(EVIDENCE)}
_BY_LETTERS, _BY_MEANING = 20, 10
Table = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class NameQuery:
    """What is looked up: a name's forms, the surest first, its type ("" = unknown), a vector of its sentence."""

    names: tuple[str, ...]
    kind: str
    context: Vector | None


@dataclass(frozen=True, eq=False)
class Candidates:
    """Numbers of concepts, and their evidence (n, len(EVIDENCE))."""

    numbers: list[int]
    evidence: Table


class CandidateSearch:
    """The concepts of a knowledge base by their names; of one moment, it does not follow changes."""

    def __init__(self, base: KnowledgeBase, *, meaning: bool) -> None:
        """Index all names.

        base -- the concepts
        meaning -- whether names are compared by sentence vectors, too (about a millisecond a name)
        """
        self.concepts: list[Concept] = list(base)
        self.meaning = meaning
        pairs = [(name, number) for number, one in enumerate(self.concepts) for name in one.names]
        self._owners = np.array([number for _, number in pairs], np.int64)
        self._index = NameIndex.of([name for name, _ in pairs])
        self._plain = _groups((plain(name), number) for name, number in pairs)
        self._bags = _groups((bag(name), number) for name, number in pairs)
        self._words = WordIndex.of([bag(name) for name, _ in pairs])
        self._vectors = _vectors([name for name, _ in pairs]) if meaning else None
        described = [one.description for one in self.concepts]
        self._descriptions = _vectors(described) if any(described) else None
        self._most = float(np.log1p(max((one.count for one in self.concepts), default=0.0))) or 1.0

    def __call__(self, query: NameQuery) -> Candidates:
        """The nearest concepts, those that bear the name first of all."""
        columns = {name: np.zeros(len(self._owners)) for name in ("letters", "meaning", "overlap", "inside")}
        same: dict[str, set[int]] = {"exact": set(), "words": set()}
        for name in query.names:
            alike = {"letters": self._index.cosines(name)} | dict(
                zip(("overlap", "inside"), self._words(bag(name)), strict=True)
            )
            if self._vectors is not None:
                alike["meaning"] = self._vectors @ _vectors([name])[0]
            columns |= {key: np.maximum(columns[key], values) for key, values in alike.items()}
            same["exact"] = same["exact"] or self._plain.get(plain(name), set())
            same["words"] = same["words"] or self._bags.get(bag(name), set())
        rows = _best(columns["letters"], _BY_LETTERS) | _best(columns["meaning"], _BY_MEANING)
        numbers = sorted({int(self._owners[row]) for row in rows} | same["exact"] | same["words"])
        evidence = np.zeros((len(numbers), len(EVIDENCE)))
        for key, values in columns.items():
            best = np.zeros(len(self.concepts))
            np.maximum.at(best, self._owners, values)
            evidence[:, COLUMN[key]] = best[numbers]
        return Candidates(numbers, self._complete(evidence, numbers, same, query))

    def _complete(self, evidence: Table, numbers: Sequence[int], same: dict[str, set[int]], query: NameQuery) -> Table:
        bearers = same["exact"] or same["words"]
        total = sum(1 + self.concepts[n].count for n in bearers)
        for row, number in enumerate(numbers):
            concept = self.concepts[number]
            evidence[row, COLUMN["exact"]] = number in same["exact"]
            evidence[row, COLUMN["words"]] = number in same["words"]
            evidence[row, COLUMN["share"]] = (1 + concept.count) / total if number in bearers else 0.0
            evidence[row, COLUMN["count"]] = np.log1p(concept.count) / self._most
            evidence[row, COLUMN["kind"]] = _agreement(query.kind, concept.kind)
            if self._descriptions is not None and query.context is not None and concept.description:
                evidence[row, COLUMN["context"]] = self._descriptions[number] @ query.context
        evidence[:, COLUMN["bias"]] = 1.0
        return evidence


def _groups(pairs: Iterable[tuple[object, int]]) -> dict[object, set[int]]:
    groups: dict[object, set[int]] = defaultdict(set)
    for key, number in pairs:
        if key:
            groups[key].add(number)
    return dict(groups)


def _vectors(texts: Sequence[str]) -> Vector:
    return load_mini().vectors(texts)


def _best(scores: NDArray[np.floating], count: int) -> set[int]:
    """The places of the best scores above zero."""
    order = np.argsort(-scores, kind="stable")[:count]
    return {int(row) for row in order if scores[row] > 0}


def _agreement(kind: str, other: str) -> float:
    if not kind or not other:
        return 0.0
    return 1.0 if kind == other else -1.0
