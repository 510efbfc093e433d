"""Before words are judged: which documents and sentences of a call of the `llmlingua` package stay, in which order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tamis.compat.options import TOKENIZER, Document, LinguaCall, widened
from tamis.core import PINNED, Bools, Floats, Priorities, Scored, Span, Total, ranking, snug
from tamis.errors import BudgetTooSmall
from tamis.prompt.compressor import compress_many
from tamis.prompt.documents.order import two_stage
from tamis.prompt.documents.rankers import Perplexity, Ranker, reference_ranker
from tamis.prompt.documents.rankers.protocol import Checked
from tamis.prompt.documents.source import SEPARATOR, Source
from tamis.text.counting import counter
from tamis.text.sentences import sentences

PERPLEXITIES = ("llmlingua", "longllmlingua")


@dataclass(frozen=True)
class LinguaEngine:
    """What does the work.

    Attributes:
        model: name of the causal model, or of the classifier.
        classifier: whether words are judged by a token classifier (LLMLingua-2).
        threshold: keep what scores at least this, whatever the rate (SecurityLingua); None = the budget decides.
    """

    model: str
    classifier: bool = False
    threshold: float | None = None

    @property
    def method(self) -> str:
        """The method of `tamis.compress`."""
        return "llmlingua2" if self.classifier else "llmlingua"


@dataclass(frozen=True, eq=False)
class ChosenDocuments:
    """The documents that stay.

    Attributes:
        order: their numbers, as they are to be shown.
        scores: (k,) of these, higher = more relevant; zeros where nothing ranked.
    """

    order: tuple[int, ...]
    scores: Floats


def ranker_of(engine: LinguaEngine, method: str, condition: str) -> Ranker:
    """The ranker of a `rank_method`; the perplexity ones use the call's own causal model.

    Raises:
        UnknownName: the package has no such method.
    """
    if method not in PERPLEXITIES:
        return reference_ranker(method)
    model = "mini-lm" if engine.classifier else engine.model
    return Checked(method, Perplexity(model, condition if method == "longllmlingua" else "none"))


def choose(engine: LinguaEngine, call: LinguaCall, documents: Sequence[Document], *, room: float) -> ChosenDocuments:
    """Rank the documents, take the best of them, and put these in order.

    room -- tokens that the context may keep
    """
    count = len(documents)
    if count < 2 or not call.use_context_level_filter or engine.threshold is not None:
        return ChosenDocuments(tuple(range(count)), np.zeros(count))
    texts = ["".join(section.text for section in document) for document in documents]
    scores = _scores(engine, call, texts)
    forced = _forced(call, documents)
    numbers = _Taker(engine, call, texts, room).numbers(scores, forced)
    best_first = [n for n in _best_first(scores) if n in numbers]
    order = {"original": sorted(best_first), "sort": best_first, "two_stage": two_stage(best_first)}
    final = order[call.reorder_context]
    return ChosenDocuments(tuple(final), scores[final])


def _best_first(scores: Floats) -> list[int]:
    spans: list[int] = ranking(Scored(tuple(range(len(scores))), scores)).tolist()
    return spans


def _scores(engine: LinguaEngine, call: LinguaCall, texts: Sequence[str]) -> Floats:
    """(d,) by the ranker; LLMLingua-2 has one of its own, the mean probability of a document's words to be kept."""
    if engine.classifier and "rank_method" not in call.changed:
        spans = compress_many(list(texts), rate=1.0, method=engine.method, model=engine.model)
        return np.array([float(f.selection.scores.mean()) if len(f.selection.scores) else 0.0 for f in spans])
    return ranker_of(engine, call.rank_method, call.condition)(call.question or None, texts)


def _forced(call: LinguaCall, documents: Sequence[Document]) -> list[int]:
    """Documents that stay whatever their score: a new list, as the caller's is his."""
    whole = [number for number, document in enumerate(documents) if not all(s.compress for s in document)]
    return list(dict.fromkeys([*(call.force_context_ids or ()), *(whole if call.strict_preserve_uncompressed else ())]))


@dataclass(frozen=True)
class _Taker:
    """Takes documents, best first."""

    engine: LinguaEngine
    call: LinguaCall
    texts: Sequence[str]
    room: float

    def numbers(self, scores: Floats, forced: Sequence[int]) -> frozenset[int]:
        """The numbers of those that stay; forced ones are charged too."""
        count = counter(TOKENIZER)
        sizes = [count(text) for text in self.texts]
        if self.call.force_context_number is None and not self._thinned():
            return self._fitting(scores, forced)
        tokens, number = self._limits(sizes)
        chosen = list(forced)
        cost = sum(sizes[n] for n in chosen)
        for n in _best_first(scores):
            if len(chosen) >= number or (chosen and cost >= tokens):
                break
            if n not in chosen:  # the one that passes the limit stays too: words will go until all fits
                chosen.append(n)
                cost += sizes[n]
        return frozenset(chosen)

    def _thinned(self) -> bool:
        """Whether something within the documents goes afterwards."""
        sentences_go = self.call.use_sentence_level_filter and not self.engine.classifier
        return self.call.use_token_level_filter or sentences_go

    def _fitting(self, scores: Floats, forced: Sequence[int]) -> frozenset[int]:
        """Whole documents as they fit."""
        count = counter(TOKENIZER)
        costs = np.array([count(text + SEPARATOR) for text in self.texts], np.int64)
        priority: Priorities = np.zeros(len(costs), np.int8)
        priority[list(forced)] = PINNED
        scored = Scored(tuple(range(len(costs))), scores, costs, priority)

        def cost(mask: Bools) -> int:
            return count(SEPARATOR.join([text for text, kept in zip(self.texts, mask.tolist(), strict=True) if kept]))

        return frozenset(np.flatnonzero(snug(scored, Total(max(0, int(self.room))), cost=cost)).tolist())

    def _limits(self, sizes: Sequence[int]) -> tuple[float, int]:
        """How many tokens, and how many documents may stay."""
        call, every, most = self.call, len(sizes), float("inf")
        if call.force_context_number is not None:
            return most, call.force_context_number
        if not self.engine.classifier:
            return widened(max(self.room, 0.0), call.context_budget), every
        if call.target_context >= 0:
            return most, call.target_context
        if call.context_level_target_token >= 0:
            return float(call.context_level_target_token), every
        if call.context_level_rate >= 1 and call.target_token >= 0:  # nothing said: the package's own rules
            return 2 * self.room, every
        share = call.context_level_rate if call.context_level_rate < 1 else (call.rate + 1) / 2
        return most, max(1, int(np.ceil(share * every - 1e-9)))


def pinned_sentences(source: Source, engine: LinguaEngine, call: LinguaCall) -> list[Span]:
    """The first, the last and the best sentences of each document of the context, as many as the call says."""
    pinned: list[Span] = []
    for spans in _sentences(source):
        best: list[int] = []
        if call.keep_sentence_number and not engine.classifier:
            best = _best_first(_judged(source, spans, engine, call))[: call.keep_sentence_number]
        last = spans[max(0, len(spans) - call.keep_last_sentence) :]
        pinned += [*spans[: call.keep_first_sentence], *last, *(spans[i] for i in sorted(best))]
    return sorted(set(pinned))


def _sentences(source: Source) -> list[list[Span]]:
    """Of each document of the context."""
    contexts = [span for number, span in enumerate(source.documents) if source.role(number) == "context"]
    return [[Span(d.start + s.start, d.start + s.end) for s in sentences(d.of(source.text))] for d in contexts]


def _judged(source: Source, spans: Sequence[Span], engine: LinguaEngine, call: LinguaCall) -> Floats:
    """(s,) how much each sentence matters: by the question, or else by how much it tells."""
    method = "longllmlingua" if call.question and call.condition != "none" else "llmlingua"
    return ranker_of(engine, method, call.condition)(call.question or None, [s.of(source.text) for s in spans])


def whole_sentences(source: Source, engine: LinguaEngine, call: LinguaCall, *, limit: int) -> list[str]:
    """The documents of the source (instruction and question too, whole) with the best of their sentences.

    Raises:
        BudgetTooSmall: the sentences that must stay do not fit into the limit.
    """
    count, groups = counter(TOKENIZER), _sentences(source)
    spans = [span for group in groups for span in group]
    pins = {*pinned_sentences(source, engine, call), *(s for s in spans if _touches_whole(source, s))}
    priority = np.array([PINNED if span in pins else 0 for span in spans], np.int8)
    costs = np.array([count(span.of(source.text)) for span in spans], np.int64)
    scored = Scored(tuple(spans), _judged(source, spans, engine, call), costs, priority)

    def rendered(mask: Bools) -> list[str]:
        kept = {span for span, stays in zip(spans, mask.tolist(), strict=True) if stays}
        texts, at = [], iter(groups)
        for number, document in enumerate(source.documents):
            mine = next(at) if source.role(number) == "context" else [document]
            texts.append("".join(s.of(source.text) for s in mine if s in kept or s is document).strip("\n"))
        return texts

    try:
        mask = snug(scored, Total(limit), cost=lambda mask: count(SEPARATOR.join(filter(None, rendered(mask)))))
    except BudgetTooSmall as error:
        message = f"The sentences that must stay need {error.needed} tokens, the budget is {limit}."
        hint = "Raise the budget or keep fewer sentences."
        raise BudgetTooSmall(message, limit=limit, needed=error.needed, hint=hint) from None
    return rendered(mask)


def _touches_whole(source: Source, span: Span) -> bool:
    return any(rule.whole and rule.span.start < span.end and span.start < rule.span.end for rule in source.rules)
