"""LLMLingua and LongLLMLingua: words by how little a causal language model expected them.

Iterative, as in LLMLingua (arXiv 2310.05736) section 3.2: each segment is read behind what was *kept* of the text
before it (eq. 5), and its threshold is the quantile of its own surprisals (eq. 6). Token i is judged by the surprisal
of token i; every segment is treated alike, the last one too; and there is no shortest text.

With a question (LongLLMLingua, arXiv 2310.06839, eq. 3) a token scores how much its surprisal falls when the question
is known. What comes out is a rank within the segment, shifted by the share that the segment may keep, so that one
threshold over the whole text keeps of each segment what its share says, and `core` can make the budget exact.

Where the text outgrows the model's window, the question stays in view: both readings then begin anew, behind the same
last stretch of what was kept. A question takes at most half of the window: of a longer one the first and the last part
are read, as the ranking does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tamis.core import Bools, Floats, Ints
from tamis.errors import ModelError
from tamis.models.chunks import ends
from tamis.prompt.documents.controller import shares
from tamis.prompt.documents.rankers.perplexity import Perplexity
from tamis.prompt.documents.rankers.table import ranker
from tamis.prompt.documents.ranking import Ranker
from tamis.prompt.methods.protocol import Method
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
    model = load(request.model, request.options.threads)
    question = request.question if contrast else None
    if request.shares is None:
        return expected(request, model, question)
    return Iterative(request, model, question).scores()


def load(model: str, threads: int | None) -> CausalLM:
    """Open the language model."""
    from tamis.models.causal import load_causal  # (onnxruntime or torch: only who scores by a model loads it)

    return load_causal(model, threads=threads)


def expected(request: Request, model: CausalLM, question: str | None = None) -> Floats:
    """(n,) 0 to 1: the chance that the model expected something else; with a question, how much it helps.

    Without a rate there are no segments to compress on the way: the text is read as it is.
    """
    if question is None:
        return 1 - np.exp(-word_surprisals(request, model))
    (pieces,) = model.cut([request.text])
    reading = KeptContext(model, question)
    size = reading.longest(request.options.surprisal.segment)
    surprisals = [np.zeros(0)]
    for start in range(0, len(pieces), size):
        ids = pieces.ids[start : start + size]
        surprisals.append(reading.judge(ids))
        reading.keep(ids, np.ones(len(ids), np.bool_))
    return 1 / (1 + np.exp(-np.clip(_pooled(request, pieces.offsets, np.concatenate(surprisals)), -30, 30)))


def word_surprisals(request: Request, model: CausalLM) -> Floats:
    """(n,) surprisal of each word in nats, pooled from its tokens; what no token covers was expected."""
    (tokens,) = model.surprisals([request.text])
    return _pooled(request, tokens.offsets, finite(tokens.values["surprisal"], model.name))


def _pooled(request: Request, offsets: Ints, values: Floats) -> Floats:
    return pool_tokens(offsets, values, request.units.starts, request.units.ends, how=request.options.pool)


def finite(values: Floats, name: str) -> Floats:
    """The surprisals themselves; `ModelError` if one of them is no number."""
    if not np.isfinite(values).all():
        hint = "Try it in float32, or install its files anew."
        raise ModelError(f"{name!r} gives surprisals that are no numbers.", hint=hint)
    return values


class KeptContext:
    """A model at work behind what was kept so far: after nothing else, and with a question after that too."""

    def __init__(self, model: CausalLM, question: str | None = None) -> None:
        self.model = model
        self.begun: list[Context] = [model.start()]
        if question is not None:
            (pieces,) = model.cut([question])
            excerpt = ends(question, pieces.offsets, max(2, model.window // 2 - self.begun[0].length))
            (question_pieces,) = model.cut([excerpt + "\n\n"])
            self.begun.append(model.extend(self.begun[0], question_pieces.ids))
        self.contexts = list(self.begun)
        self.behind: list[Context] = []
        self.view = np.zeros(0, np.int64)  # what was kept, as far as it may still be in view

    @property
    def room(self) -> int:
        """Tokens that the window holds behind the question, at least 2."""
        return max(2, self.model.window - self.begun[-1].length)

    def longest(self, segment: int) -> int:
        """Tokens of a segment: with a question no more than half of what it leaves of the window."""
        return segment if len(self.begun) == 1 else min(segment, self.room // 2)

    def judge(self, ids: Ints) -> Floats:
        """(m,) the surprisal of each token; with a question, how much it falls when the question is known."""
        if len(self.begun) > 1 and len(self.view) + len(ids) > self.room and len(self.view):
            self._begin_anew(max(1, self.room - len(ids)))
        read = [self.model.read(context, ids) for context in self.contexts]
        self.behind = [context for _, context in read]
        plain, *conditional = [finite(values, self.model.name) for values, _ in read]
        return plain - conditional[0] if conditional else plain

    def keep(self, ids: Ints, kept: Bools) -> None:
        """Go on behind those tokens that are kept of what was just judged; of all of it, it has just been read."""
        if kept.all():
            self.contexts = self.behind
        elif kept.any():
            self.contexts = [self.model.extend(context, ids[kept]) for context in self.contexts]
        self.view = np.concatenate([self.view, ids[kept]])[-self.model.window :]

    def _begin_anew(self, left: int) -> None:
        """Behind the last of what was kept: half of what the window holds, or less if only `left` fit."""
        self.view = self.view[-min(self.room // 2, left) :]
        self.contexts = [self.model.extend(context, self.view) for context in self.begun]


@dataclass(frozen=True, slots=True)
class TokenSegment:
    """Tokens `first..last` of the text, whole words, of which `share` is to stay."""

    first: int
    last: int
    share: float


class Iterative:
    """The reading of one text, segment by segment. `scores` runs it."""

    def __init__(self, request: Request, model: CausalLM, question: str | None) -> None:
        assert request.shares is not None
        self.request, self.shares = request, request.shares
        (self.pieces,) = model.cut([request.text])
        self.word_of = _word_of(self.pieces, request)
        self.reading = KeptContext(model, question)
        self.pinned = request.fixed

    def scores(self) -> Floats:
        """(n,) of the words; those in segments without a share are not read, and come last, from the end."""
        n = len(self.shares)
        scores = GIVEN_UP - np.arange(n) / max(n, 1)
        for segment in self.segments():
            words = self._words(segment)
            # The rank passes 1 - share exactly if the word is among the best `share` of its segment's tokens.
            scores[words] = (self._judged(segment, words) + segment.share) / 2
        return scores

    def segments(self) -> Iterator[TokenSegment]:
        """Cut at words, after `segment` tokens or where the share or the document changes."""
        size, words = self.reading.longest(self.request.options.surprisal.segment), self.word_of
        if not words.size:
            return
        kind = np.stack([self.shares[words], self.request.document_of[words].astype(np.float64)])
        starts = np.flatnonzero(np.concatenate(([True], words[1:] != words[:-1])))
        first = 0
        for start in [*starts[1:].tolist(), len(words)]:
            last = start == len(words)
            if last or start - first >= size or (kind[:, start] != kind[:, first]).any():
                if self.shares[words[first]] > 0:
                    yield TokenSegment(first, start, float(self.shares[words[first]]))
                first = start

    def _words(self, segment: TokenSegment) -> Ints:
        """The words of a segment: with those before its first token that share a token with it, such as ")" in ");"."""
        low = int(self.word_of[segment.first - 1]) + 1 if segment.first else 0
        last = segment.last == len(self.word_of)
        return np.arange(low, len(self.shares) if last else int(self.word_of[segment.last - 1]) + 1)

    def _judged(self, segment: TokenSegment, words: Ints) -> Floats:
        """(w,) the rank 0..1 of each word of a segment, the most telling one near 1; the reading goes on behind it.

        What is pinned stays anyway: it is read, but spends nothing of the segment's share.
        """
        part = slice(segment.first, segment.last)
        ids, owner = self.pieces.ids[part], self.word_of[part]
        starts, stops = self.request.units.starts[words], self.request.units.ends[words]
        how = self.request.options.pool
        scores = pool_tokens(self.pieces.offsets[part], self.reading.judge(ids), starts, stops, how=how)
        sizes = np.bincount(owner - words[0], minlength=len(words))
        ranked = ranks(scores, np.where(self.pinned[words], 0, sizes))
        kept = (ranked > 1 - segment.share) | self.pinned[words]
        self.reading.keep(ids, np.isin(owner, words[kept]))
        return ranked


def ranks(scores: Floats, sizes: Ints) -> Floats:
    """The rank of each word by tokens: 1 less the tokens of better words and half of its own, as a share of all.

    scores, sizes -- (w,) of the words, and how many tokens each has; equals keep their order

    Example: scores 3, 9, 5 with 1, 1, 2 tokens -> 1 - 3.5/4, 1 - 0.5/4, 1 - 2/4
    """
    order = np.argsort(-scores, kind="stable")
    before = np.cumsum(sizes[order]) - sizes[order] / 2
    ranked = np.empty(len(scores))
    ranked[order] = 1 - before / max(int(sizes.sum()), 1)
    return ranked


def _word_of(pieces: Pieces, request: Request) -> Ints:
    """(m,) the word of each token: the one that holds its last character, or the next one (white space)."""
    if not len(request.units):
        return np.zeros(0, np.int64)
    words = np.searchsorted(request.units.ends, pieces.offsets[:, 1] - 1, side="right")
    inside: Ints = np.minimum(words, len(request.units) - 1)
    return np.maximum.accumulate(inside) if inside.size else inside


def rank_blindly(model: str | None, threads: int | None) -> Ranker:
    """LLMLingua's ranker: documents by their surprisal alone, whatever is asked."""
    return ranker(Perplexity(model or "mini-lm", "none", threads=threads))


def rank_by_question(model: str | None, threads: int | None) -> Ranker:
    """LongLLMLingua's ranker: documents by how little the question surprises after them (eq. 2)."""
    return ranker(Perplexity(model or "mini-lm", threads=threads))


def share_blindly(request: Request, limit: int) -> Floats:
    """LLMLingua's controller: sentences too are ranked by surprisal alone, unless the caller chose a ranker."""
    question = None if request.options.ranker is None else request.question
    return shares(request, limit, question=question)


def share_by_question(request: Request, limit: int) -> Floats:
    """LongLLMLingua's controller: the best document keeps 0.6 more than the worst (eq. 5)."""
    return shares(request, limit, question=request.question, dynamic=0.6)


LLMLINGUA = Method(
    "llmlingua",
    llmlingua,
    "the paper's: words that a language model did not expect stay",
    rank=rank_blindly,
    share=share_blindly,
    model="mini-lm",
    load=load,
)
LONGLLMLINGUA = Method(
    "longllmlingua",
    longllmlingua,
    "the paper's: words that the question makes a language model expect stay",
    rank=rank_by_question,
    share=share_by_question,
    needs_question=True,
    model="mini-lm",
    load=load,
)
