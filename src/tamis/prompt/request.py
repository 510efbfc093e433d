"""What a scorer may look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from tamis.core import Bools, Floats, Ints, Span
from tamis.prompt.documents.source import Source
from tamis.prompt.options import Options
from tamis.text.protect import Detection
from tamis.text.sentences import sentences
from tamis.text.units import Units
from tamis.text.viewed import AsRead, as_read


@dataclass(frozen=True, eq=False)
class Request:
    """One text to be scored.

    Attributes:
        units: its units: words, if it is prose.
        source: the text, its documents and what is pinned in it.
        preferred: (n,) units that a detector found worth protecting.
        question: what the reader will want to know, if that is known.
        model: name or path of the model to use.
        shares: (n,) the share of what stands around each unit (its section or document) that is to stay; 0 where the
            plan gives it up. None where nobody knows: under a threshold.
        pinned: (n,) units that stay whatever they score; None for none.
        excluded: (n,) units of documents that are not relevant enough: only pins of these stay; None for none.
        style: what the text is to be made of: "clauses", "sentences" or "words".
        costs: (n,) tokens of each unit, up to what changes where units join; None where nobody counted.
    """

    units: Units
    source: Source
    preferred: Bools
    question: str | None = None
    model: str = "mini"
    options: Options = field(default_factory=Options)
    shares: Floats | None = None
    pinned: Bools | None = None
    excluded: Bools | None = None
    costs: Ints | None = None
    style: str = "words"

    @property
    def documents(self) -> tuple[Span, ...]:
        """Where its documents lie."""
        return self.source.documents

    @property
    def fixed(self) -> Bools:
        """(n,) the pinned units as a mask, with all that these need."""
        return np.zeros(len(self.units), np.bool_) if self.pinned is None else self.units.closed(self.pinned)

    @property
    def text(self) -> str:
        """The source text."""
        return self.units.text

    @cached_property
    def as_read(self) -> Request:
        """The same units as those of what is read: of a page without its tags; mostly the request itself."""
        read = as_read(self.units)
        return self if read is None else replace(self, units=read.units, source=_as_read(self.source, read))

    @cached_property
    def sentences(self) -> tuple[Span, ...]:
        """The sentences of the text, document by document."""
        return tuple(
            Span(d.start + s.start, d.start + s.end) for d in self.documents for s in sentences(d.of(self.text))
        )

    @cached_property
    def sentence_of(self) -> Ints:
        """(n,) number of the sentence in which each unit starts."""
        return _containing(self.sentences, self.units.starts)

    @cached_property
    def document_of(self) -> Ints:
        """(n,) number of the document in which each unit starts."""
        return _containing(self.documents, self.units.starts)


def _as_read(source: Source, read: AsRead) -> Source:
    """A source whose text is what is read of it."""

    def moved(found: tuple[Detection, ...]) -> tuple[Detection, ...]:
        return tuple(Detection(read.span(one.span), one.rule) for one in found)

    return replace(
        source,
        text=read.units.text,
        documents=tuple(map(read.span, source.documents)),
        pinned=moved(source.pinned),
        preferred=moved(source.preferred),
        rules=tuple(replace(rule, span=read.span(rule.span)) for rule in source.rules),
    )


def _containing(spans: Sequence[Span], points: Ints) -> Ints:
    starts = np.array([s.start for s in spans], np.int64)
    # side="right" twice over: of several spans that start together (empty documents) the last one holds the point.
    numbers: Ints = np.maximum(np.searchsorted(starts, points, side="right") - 1, 0)
    return numbers
