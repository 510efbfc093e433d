"""LLMLingua and LongLLMLingua: words by how little a causal language model expected them.

Iterative, as in LLMLingua (arXiv 2310.05736) section 3.2: each segment is read behind what was *kept* of the text
before it (eq. 5), and its threshold is the quantile of its own surprisals (eq. 6). Token i is judged by the surprisal
of token i; every segment is treated alike, the last one too; and there is no shortest text.

With a question (LongLLMLingua, arXiv 2310.06839, eq. 3) a token scores how much its surprisal falls when the question
is known. What comes out is a rank within the segment, shifted by the share that the segment may keep, so that one
threshold over the whole text keeps of each segment what its share says, and `core` can make the budget exact.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tamis.core import Bools, Floats, Ints
from tamis.errors import ModelError
from tamis.prompt.request import Request
from tamis.text.align import pool_tokens

if TYPE_CHECKING:
    from tamis.models.causal import CausalLM, Context
    from tamis.models.pieces import Pieces

GIVEN_UP = -1.0  # added to the score of a word that the plan gives up: below all others, and still in order


def llmlingua(requests: Sequence[Request]) -> list[Floats]:
    """Score words by their surprisal, each segment on what was kept before it."""
    return [_scored(r, contrast=bool(r.options.surprisal.contrast)) for r in requests]


def longllmlingua(requests: Sequence[Request]) -> list[Floats]:
    """Score words by how much the question lowers their surprisal."""
    return [_scored(r, contrast=r.options.surprisal.contrast is not False) for r in requests]


def _scored(request: Request, *, contrast: bool) -> Floats:
    from tamis.models.causal import load_causal  # (onnxruntime or torch: only who scores by a model loads it)

    model = load_causal(request.model, threads=request.options.threads)
    question = request.question if contrast else None
    if request.shares is None:
        return expected(request, model, question)
    return Iterative(request, model, question).scores()


def expected(request: Request, model: CausalLM, question: str | None = None) -> Floats:
    """(n,) 0 to 1: the chance that the model expected something else; with a question, how much it helps.

    Without a rate there are no segments to compress on the way: the text is read as it is.
    """
    said = word_surprisals(request, model)
    if question is None:
        return 1 - np.exp(-said)
    return 1 / (1 + np.exp(-np.clip(said - word_surprisals(request, model, question), -30, 30)))


def word_surprisals(request: Request, model: CausalLM, given: str | None = None) -> Floats:
    """(n,) surprisal of each word in nats, pooled from its tokens; what no token covers was expected.

    given -- a text that is read first
    """
    (said,) = model.surprisals([request.text], given=None if given is None else [given + "\n\n"])
    return _pooled(request, said.offsets, said.values["surprisal"])


def _pooled(request: Request, offsets: Ints, values: Floats) -> Floats:
    return pool_tokens(offsets, values, request.words.starts, request.words.ends, how=request.options.pool)


@dataclass(frozen=True, slots=True)
class Segment:
    """Tokens `first..last` of the text, whole words, of which `share` is to stay."""

    first: int
    last: int
    share: float


class Iterative:
    """The reading of one text. `scores` runs it."""

    def __init__(self, request: Request, model: CausalLM, question: str | None) -> None:
        assert request.shares is not None
        self.request, self.model = request, model
        (self.pieces,) = model.cut([request.text])
        self.word_of = _word_of(self.pieces, request)
        self.shares = request.shares
        self.contexts = [model.start()]
        if question is not None:
            (asked,) = model.cut([question + "\n\n"])
            self.contexts.append(model.read(self.contexts[0], asked.ids)[1])

    def scores(self) -> Floats:
        """(n,) of the words; those in segments without a share are not read, and come last, from the end."""
        n = len(self.shares)
        scores = GIVEN_UP - np.arange(n) / max(n, 1)
        for segment in self._segments():
            words = self._words(segment)
            ranked = self._judged(segment, words)
            # The rank passes 1 - share exactly if the word is among the best `share` of its segment's tokens.
            scores[words] = (ranked + segment.share) / 2
        return scores

    def _segments(self) -> Iterator[Segment]:
        """Cut at words, after `segment` tokens or where the share or the document changes."""
        size, words = self.request.options.surprisal.segment, self.word_of
        if not words.size:
            return
        kind = np.stack([self.shares[words], self.request.document_of[words].astype(np.float64)])
        starts = np.flatnonzero(np.concatenate(([True], words[1:] != words[:-1])))
        first = 0
        for start in [*starts[1:].tolist(), len(words)]:
            ends = start == len(words)
            if ends or start - first >= size or (kind[:, start] != kind[:, first]).any():
                if self.shares[words[first]] > 0:
                    yield Segment(first, start, float(self.shares[words[first]]))
                first = start

    def _words(self, segment: Segment) -> Ints:
        """The words of a segment: with those before its first token that share a token with it, such as ")" in ");"."""
        low = int(self.word_of[segment.first - 1]) + 1 if segment.first else 0
        ends = segment.last == len(self.word_of)
        return np.arange(low, len(self.shares) if ends else int(self.word_of[segment.last - 1]) + 1)

    def _judged(self, segment: Segment, words: Ints) -> Floats:
        """(w,) the rank 0..1 of each word of a segment, the most telling one near 1; moves the contexts on."""
        ids = self.pieces.ids[segment.first : segment.last]
        read = [self.model.read(context, ids) for context in self.contexts]
        found = self._finite(read[0][0] - read[1][0] if len(read) > 1 else read[0][0])
        offsets = self.pieces.offsets[segment.first : segment.last]
        starts, ends = self.request.words.starts[words], self.request.words.ends[words]
        scores = pool_tokens(offsets, found, starts, ends, how=self.request.options.pool)
        mine = self.word_of[segment.first : segment.last]
        sizes = np.bincount(mine - words[0], minlength=len(words))
        ranked = ranks(scores, sizes)
        kept = np.isin(mine, words[ranked > 1 - segment.share])
        self.contexts = self._moved([context for _, context in read], ids, kept)
        return ranked

    def _finite(self, values: Floats) -> Floats:
        if not np.isfinite(values).all():
            hint = "Try it in float32, or install its files anew."
            raise ModelError(f"{self.model.name!r} gives surprisals that are no numbers.", hint=hint)
        return values

    def _moved(self, read: list[Context], ids: Ints, kept: Bools) -> list[Context]:
        """The contexts behind the kept tokens; a segment that is kept whole has just been read."""
        if kept.all():
            return read
        if not kept.any():
            return self.contexts
        return [self.model.read(context, ids[kept])[1] for context in self.contexts]


def ranks(scores: Floats, sizes: Ints) -> Floats:
    """The rank of each word by tokens: 1 less the tokens of better words and half of its own, as a share of all.

    scores, sizes -- (w,) of the words, and how many tokens each has; equals keep their order

    Example: scores 3, 9, 5 with 1, 1, 2 tokens -> 1 - 3.5/4, 1 - 0.5/4, 1 - 2/4
    """
    order = np.argsort(-scores, kind="stable")
    before = np.cumsum(sizes[order]) - sizes[order] / 2
    found = np.empty(len(scores))
    found[order] = 1 - before / max(int(sizes.sum()), 1)
    return found


def _word_of(pieces: Pieces, request: Request) -> Ints:
    """(m,) the word of each token: the one that holds its last character, or the next one (white space)."""
    if not len(request.words):
        return np.zeros(0, np.int64)
    found = np.searchsorted(request.words.ends, pieces.offsets[:, 1] - 1, side="right")
    made: Ints = np.minimum(found, len(request.words) - 1)
    return np.maximum.accumulate(made) if made.size else made
