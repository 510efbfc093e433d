"""From texts to spans: the most probable row of tags of each sentence, and how probable each of its names is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from tamis.entities.recognition.calibration import Spans
from tamis.entities.recognition.crf import Array, Chain, Ints, span_probability
from tamis.entities.recognition.network import Network, Sentence
from tamis.entities.recognition.tags import TagSet
from tamis.text.sentences import sentences as sentences_of

BATCH = 64
_WORDS = 96  # of one row of the field; longer sentences are cut


@dataclass(frozen=True, slots=True)
class Entity:
    """A name in a text.

    Attributes:
        start: its first character.
        end: the character behind its last one.
        text: what stands there.
        kind: its type.
        confidence: how probable it is that place and type are right, 0 to 1.
    """

    start: int
    end: int
    text: str
    kind: str
    confidence: float

    def to_dict(self) -> dict[str, Any]:
        """The entity as JSON."""
        confidence = round(self.confidence, 4)
        return {"start": self.start, "end": self.end, "text": self.text, "kind": self.kind, "confidence": confidence}


def parts(text: str, sentence: Sentence) -> Iterator[Sentence]:
    """A text's words by its sentences."""
    if len(sentence.places) <= 1:
        yield from [sentence] * len(sentence.places)
        return
    ends = [span.end for span in sentences_of(text)]
    starts = np.array([start for start, _ in sentence.places])
    cuts = [0, *(int(np.searchsorted(starts, end)) for end in ends), len(starts)]
    for low, high in pairwise(cuts):
        for first in range(low, high, _WORDS):
            last = min(first + _WORDS, high)
            yield Sentence(sentence.places[first:last], sentence.states[first:last], sentence.features[first:last])


def scores_of(network: Network, tags: TagSet, group: Sequence[Sentence]) -> tuple[Array, Ints]:
    """Scores (b, t, tags) of some sentences, and their lengths, at least 1."""
    lengths = np.array([max(1, len(one.places)) for one in group])
    scores = np.zeros((len(group), int(lengths.max()), tags.size))
    for row, one in enumerate(group):
        scores[row, : len(one.places)] = network.scores(one)
    return scores, lengths


def spans(network: Network, chain: Chain, bias: float, tags: TagSet, group: Sequence[Sentence]) -> list[Spans]:
    """The best spans of each sentence, with the probability of each: (start, end, type, probability)."""
    scores, lengths = scores_of(network, tags, group)
    scores[..., 0] -= bias
    rows = chain.best(scores, lengths)
    live = [n for n, row in enumerate(rows) if any(row)]
    results: list[Spans] = [[] for _ in group]
    if not live:
        return results
    alphas, totals = chain.forward(scores[live], lengths[live])
    betas = chain.backward(scores[live], lengths[live])
    for place, n in enumerate(live):
        around = alphas[place], betas[place], float(totals[place])
        for first, last, kind in tags.decode(rows[n]):
            probability = span_probability(chain, scores[n], around, rows[n][first:last], first)
            places = group[n].places
            results[n].append((places[first][0], places[last - 1][1], kind, probability))
    return results


def word_shares(network: Network, chain: Chain, tags: TagSet, group: Sequence[Sentence]) -> list[Array]:
    """(n, 1 + types) of each text: how probable none and each type are at each word."""
    scores, lengths = scores_of(network, tags, group)
    shares = chain.shares(scores, lengths)
    types = shares[..., 1:].reshape(*shares.shape[:2], len(tags.types), 4).sum(3)
    whole = np.concatenate([shares[..., :1], types], axis=2)
    return [whole[row, :length] for row, length in enumerate(lengths)]
