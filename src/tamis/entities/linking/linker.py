"""Names of a text to concepts of a knowledge base: candidates, evidence, the company of other names, or none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from tamis.entities.linking.candidates import COLUMN, EVIDENCE, Candidates, CandidateSearch, NameQuery, Table
from tamis.entities.linking.knowledge import KnowledgeBase, LinkedText
from tamis.entities.linking.names import Vector, long_forms, plain
from tamis.entities.linking.weights import LinkWeights, fitted
from tamis.errors import InvalidInput
from tamis.models.encoder import load_mini
from tamis.text.sentences import sentences

Probabilities = list[np.ndarray[Any, np.dtype[np.float64]]]
MOST = 5  # candidates that a link names
DEFAULT = LinkWeights(  # of `python -m benchmarks.entities linking`: names of diseases; context, kind, links by hand
    alone=(1.4145, 0.2352, 5.1513, 4.0614, 0.3741, 1.0252, 1.0266, 0.2667, 2.0, 1.5, 0.0, 0.0, -7.7052),
    together=(1.3912, 0.3586, 4.924, 3.772, 0.2615, 0.6437, 0.9647, -0.3296, 2.0, 1.5, 1.6691, 1.5, -7.3864),
)


class NamedSpan(Protocol):
    """A name with its type, as a recogniser gives it."""

    @property
    def start(self) -> int:
        """Its first character."""

    @property
    def end(self) -> int:
        """The character behind its last one."""

    @property
    def kind(self) -> str:
        """Its type."""


@dataclass(frozen=True, slots=True)
class LinkCandidate:
    """A concept that a name could mean: how probable it is, and what speaks for it, by name of the evidence."""

    id: str
    name: str
    probability: float
    evidence: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Link:
    """What a name means.

    Attributes:
        start: its first character.
        end: the character behind its last one.
        text: what stands there.
        id: of the concept, None for none of them.
        confidence: how probable this answer is, 0 to 1; also that it is none.
        candidates: the most probable concepts, best first.
    """

    start: int
    end: int
    text: str
    id: str | None
    confidence: float
    candidates: tuple[LinkCandidate, ...]

    def to_dict(self) -> dict[str, Any]:
        """The link as JSON."""
        rows = [
            {"id": one.id, "name": one.name, "probability": round(one.probability, 4),
             "evidence": {key: round(value, 4) for key, value in one.evidence.items()}}
            for one in self.candidates
        ]  # fmt: skip
        return {"start": self.start, "end": self.end, "text": self.text, "id": self.id,
                "confidence": round(self.confidence, 4), "candidates": rows}  # fmt: skip


class Linker:
    """Says what names mean, by a knowledge base of one's own; follows its changes."""

    def __init__(self, base: KnowledgeBase, weights: LinkWeights = DEFAULT, *, meaning: bool = True) -> None:
        """Take a knowledge base; its names are indexed at the first call, and anew after a change.

        base -- the concepts
        weights -- of the evidence; see `fit`
        meaning -- whether names are also compared by sentence vectors (about a millisecond a name, once)
        """
        self.base, self.weights, self._meaning = base, weights, meaning
        self._search: tuple[int, CandidateSearch] | None = None

    def __call__(self, text: str, mentions: Iterable[tuple[int, int] | NamedSpan]) -> tuple[Link, ...]:
        """What each name of a text means.

        text -- as it is
        mentions -- places (start, end), or what a `Recognizer` has read

        Raises:
            InvalidInput: a place is not in the text.
        """
        spans = [_span(text, one) for one in mentions]
        candidates = self._candidates(text, spans)
        shares = self._together(text, spans, candidates)
        return tuple(
            self._link(text, span, one, share) for span, one, share in zip(spans, candidates, shares, strict=True)
        )

    def lookup(self, name: str, *, kind: str = "") -> tuple[LinkCandidate, ...]:
        """The concepts that a name could mean by itself, without a text, best first; what is missing to 1 is none.

        Raises:
            InvalidInput: the name is no str.
        """
        if not isinstance(name, str):
            raise InvalidInput(f"A name must be a str, got {type(name).__name__}.")
        if not name.strip() or not len(self.base):
            return ()
        candidates = self._index(NameQuery((name,), kind, None))
        shares = self.weights.probabilities(candidates.evidence, together=False)
        order = np.argsort(-shares[:-1], kind="stable")
        return tuple(self._candidate(candidates, int(row), float(shares[row])) for row in order)

    @staticmethod
    def fit(linkers: Sequence[tuple[Linker, Sequence[LinkedText]]]) -> LinkWeights:
        """Weights from texts whose names are labelled.

        Give texts that the knowledge base was not made of, or every name is in it and none is learned to be missing;
        several pairs where it was made of them part by part. An id that is not in the base counts as none.

        linkers -- knowledge bases, each with its texts
        """
        alone: list[tuple[Table, int]] = []
        rows = []
        for linker, texts in linkers:
            for one in texts:
                spans = [(start, end, "") for start, end, _ in one.mentions]
                candidates = linker._candidates(one.text, spans)
                gold = [linker._gold(c, m[2]) for c, m in zip(candidates, one.mentions, strict=True)]
                rows.append((linker, one.text, spans, candidates, gold))
                alone += [(c.evidence.copy(), g) for c, g in zip(candidates, gold, strict=True)]
        if not alone:
            raise InvalidInput("There is no labelled name to learn from.")
        weights = LinkWeights(first := fitted(alone, together=False), first)
        together = []
        for linker, text, spans, candidates, gold in rows:
            Linker(linker.base, weights)._accompany(text, spans, candidates, linker._index)
            together += [(c.evidence, g) for c, g in zip(candidates, gold, strict=True)]
        return LinkWeights(first, fitted(together, together=True))

    @property
    def _index(self) -> CandidateSearch:
        if self._search is None or self._search[0] != self.base.version:
            self._search = self.base.version, CandidateSearch(self.base, meaning=self._meaning)
        return self._search[1]

    def _gold(self, candidates: Candidates, name: str | None) -> int:
        """The place of the right concept among the candidates; behind the last one if it is none."""
        concept = self.base.resolve(name) if name is not None else None
        ids = [self._index.concepts[number].id for number in candidates.numbers]
        return ids.index(concept.id) if concept is not None and concept.id in ids else len(ids)

    def _candidates(self, text: str, spans: Sequence[tuple[int, int, str]]) -> list[Candidates]:
        search, forms = self._index, long_forms(text)
        contexts = _contexts(text, spans) if any(one.description for one in search.concepts) else {}
        return [
            search(NameQuery(_names(text[start:end], forms), kind, contexts.get(start))) for start, end, kind in spans
        ]

    def _together(
        self, text: str, spans: Sequence[tuple[int, int, str]], candidates: Sequence[Candidates]
    ) -> Probabilities:
        self._accompany(text, spans, candidates, self._index)
        return [self.weights.probabilities(one.evidence, together=True) for one in candidates]

    def _accompany(
        self,
        text: str,
        spans: Sequence[tuple[int, int, str]],
        candidates: Sequence[Candidates],
        search: CandidateSearch,
    ) -> None:
        """Write into the evidence what the other names of the text say (iterative classification, one round)."""
        shares = [self.weights.probabilities(one.evidence, together=False) for one in candidates]
        names = [plain(text[start:end]) for start, end, _ in spans]
        for here, one in enumerate(candidates):
            meant: dict[int, float] = {}
            for there, other in enumerate(candidates):
                if names[there] != names[here]:  # (the same name again is no second witness)
                    for number, share in zip(other.numbers, shares[there], strict=False):
                        meant[number] = max(meant.get(number, 0.0), float(share))
            ids = {search.concepts[number].id: share for number, share in meant.items()}
            for row, number in enumerate(one.numbers):
                neighbours = {value for values in search.concepts[number].links.values() for value in values}
                one.evidence[row, COLUMN["document"]] = meant.get(number, 0.0)
                one.evidence[row, COLUMN["links"]] = max((ids[key] for key in neighbours if key in ids), default=0.0)

    def _link(
        self, text: str, span: tuple[int, int, str], candidates: Candidates, shares: np.ndarray[Any, Any]
    ) -> Link:
        start, end, _ = span
        order = np.argsort(-shares[:-1], kind="stable")[:MOST]
        rows = tuple(self._candidate(candidates, int(row), float(shares[row])) for row in order)
        none = shares.argmax() == len(candidates.numbers)
        return Link(start, end, text[start:end], None if none else rows[0].id, float(shares.max()), rows)

    def _candidate(self, candidates: Candidates, row: int, share: float) -> LinkCandidate:
        concept = self._index.concepts[candidates.numbers[row]]
        evidence = {
            name: float(candidates.evidence[row, number])
            for name, number in COLUMN.items()
            if name != "bias" and candidates.evidence[row, number]
        }
        return LinkCandidate(concept.id, concept.name, share, evidence)


def _span(text: str, one: tuple[int, int] | NamedSpan) -> tuple[int, int, str]:
    start, end, kind = (*one, "") if isinstance(one, tuple) else (one.start, one.end, one.kind)
    if not 0 <= start < end <= len(text):
        raise InvalidInput(f"Name {start}-{end} is not in the text ({len(text)} characters).")
    return start, end, kind


def _names(name: str, forms: Mapping[str, str]) -> tuple[str, ...]:
    """The name; in front of it its long form in the text, where it is an abbreviation."""
    return (forms[name], name) if name in forms else (name,)


def _contexts(text: str, spans: Sequence[tuple[int, int, str]]) -> dict[int, Vector]:
    """A vector of the sentence of each name, by the name's start."""
    if not spans:
        return {}
    pieces = list(sentences(text))
    homes = {start: next((n for n, s in enumerate(pieces) if start < s.end), len(pieces) - 1) for start, *_ in spans}
    used = sorted(set(homes.values()))
    vectors = load_mini().vectors([text[pieces[n].start : pieces[n].end] for n in used])
    rows = dict(zip(used, vectors, strict=True))
    return {start: rows[home] for start, home in homes.items()}


__all__ = ["DEFAULT", "EVIDENCE", "Link", "LinkCandidate", "Linker"]
