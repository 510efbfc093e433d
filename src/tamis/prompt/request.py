"""What a scorer may look at, and the shape of a scorer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

import numpy as np

from tamis.core import Bools, Floats, Ints, Span
from tamis.text.protect import DEFAULT_DETECTORS
from tamis.text.sentences import sentences
from tamis.text.words import Words

ORDERS = ("original", "sort", "two_stage")
POOLS = ("mean", "first", "max")


@dataclass(frozen=True, slots=True)
class Options:
    """The knobs that few need.

    Attributes:
        detectors: which detectors protect by preference; () for none.
        clean: drop punctuation whose words are all gone.
        order: of documents in the result: "original", "sort" (best first), "two_stage" (best at both ends).
        min_words: a document of which fewer words than this survive goes altogether; its budget goes to the others.
        dynamic: how much more the best document keeps than the worst, 0 to 1 (LongLLMLingua, eq. 5: delta tau).
        pool: how the scores of the tokens of a word become the word's: "mean", "first", "max".
        seed: of the `random` method.
        threads: that the model may use; None = all cores.
    """

    detectors: tuple[str, ...] = DEFAULT_DETECTORS
    clean: bool = True
    order: str = "original"
    min_words: int = 0
    dynamic: float = 0.0
    pool: str = "mean"
    seed: int = 0
    threads: int | None = None


@dataclass(frozen=True, eq=False)
class Request:
    """One text to be scored.

    Attributes:
        words: its word units.
        documents: where its documents lie.
        question: what the reader will want to know, if that is known.
        preferred: (n,) words that a detector found worth protecting.
        model: name or path of the model to use.
    """

    words: Words
    documents: tuple[Span, ...]
    preferred: Bools
    question: str | None = None
    model: str = "mini"
    options: Options = field(default_factory=Options)

    @property
    def text(self) -> str:
        """The source text."""
        return self.words.text

    @cached_property
    def sentences(self) -> tuple[Span, ...]:
        """The sentences of the text, document by document."""
        return tuple(
            Span(d.start + s.start, d.start + s.end) for d in self.documents for s in sentences(d.of(self.text))
        )

    @cached_property
    def sentence_of(self) -> Ints:
        """(n,) number of the sentence in which each word starts."""
        return _containing(self.sentences, self.words.starts)

    @cached_property
    def document_of(self) -> Ints:
        """(n,) number of the document in which each word starts."""
        return _containing(self.documents, self.words.starts)


def _containing(spans: Sequence[Span], points: Ints) -> Ints:
    starts = np.array([s.start for s in spans], np.int64)
    # side="right" twice over: of several spans that start together (empty documents) the last one holds the point.
    found: Ints = np.maximum(np.searchsorted(starts, points, side="right") - 1, 0)
    return found


Scorer: TypeAlias = Callable[[Sequence[Request]], list[Floats]]
"""Give every word of every request a score, higher = keep. Takes many requests so that models can batch."""
