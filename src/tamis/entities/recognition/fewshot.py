"""From a detector of names of any type to names of a few types of one's own (Ma et al. 2022, decomposed meta-learning).

The detector is trained once, on sets with types of all sorts; here it takes some steps on the few sentences, then each
of their names helps to make a prototype. Inner steps of meta-learning are these steps; there is no outer loop.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from tamis.entities.recognition.crf import Chain
from tamis.entities.recognition.decoding import spans
from tamis.entities.recognition.network import Network, Sentence, sentences
from tamis.entities.recognition.prototypes import Matrix, SpanTyping, Whitening, span_vectors
from tamis.entities.recognition.tags import Example, TagSet
from tamis.entities.recognition.training import FitSettings, train

NAME = "name"  # the one type of a detector
ADAPTATION = FitSettings(epochs=1, least=60, batch=8, table_rate=0.05)


def adapted(
    detector: tuple[Network, Chain],
    space: Whitening,
    examples: Sequence[Example],
    names: Mapping[str, str],
    settings: FitSettings = ADAPTATION,
) -> tuple[Network, Chain, SpanTyping]:
    """The detector after some steps, and types by prototypes.

    detector -- of names of any type
    space -- of the spans of prototypes
    examples -- with their names
    names -- what each type is called, in words
    settings -- of the steps
    """
    inputs = sentences([one.text for one in examples])
    others = _others(detector, space, examples, inputs)
    typing = SpanTyping.fit(space, _mentions(space, examples, inputs), names, others)
    untyped = [Example(one.text, [(start, end, NAME) for start, end, _ in one.spans]) for one in examples]
    network, chain = train(untyped, inputs, TagSet((NAME,)), settings, detector)
    return network, chain, typing


def _mentions(space: Whitening, examples: Sequence[Example], inputs: Sequence[Sentence]) -> dict[str, Matrix]:
    """The spans of each type, in the order of the types."""
    rows: dict[str, list[Matrix]] = {kind: [] for kind in sorted({kind for one in examples for *_, kind in one.spans})}
    for example, sentence in zip(examples, inputs, strict=True):
        for start, end, kind in example.spans:
            rows[kind].append(span_vectors(sentence, [(start, end)])[0])
    return {kind: space(np.stack(vectors)) for kind, vectors in rows.items()}


def _others(
    detector: tuple[Network, Chain], space: Whitening, examples: Sequence[Example], inputs: Sequence[Sentence]
) -> Matrix:
    """Spans that the detector takes for names, and that are marked with no type."""
    rows: list[Matrix] = []
    for example, sentence in zip(examples, inputs, strict=True):
        if not sentence.places:
            continue
        (names,) = spans(*detector, 0.0, TagSet((NAME,)), [sentence])
        apart = [
            (start, end)
            for start, end, *_ in names
            if all(end <= low or start >= high for low, high, _ in example.spans)
        ]
        rows += list(span_vectors(sentence, apart)) if apart else []
    return space(np.stack(rows)) if rows else np.zeros((0, space.axes.shape[1]), np.float32)
