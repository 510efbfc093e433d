"""Recall: a question, an index and a budget make a text with its sources."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone

import numpy as np

from tamis.core import Floats, Total
from tamis.errors import InvalidInput
from tamis.memory.recall.deliver import Passage, Recall, fit, line, render
from tamis.memory.recall.index import NONE, Index
from tamis.memory.recall.score import Query, TurnScores, Weights, score_turns
from tamis.memory.recall.terms import terms
from tamis.memory.recall.times import periods
from tamis.memory.recall.wide import best
from tamis.models.protocols import Encoder
from tamis.text.counting import TokenCounter

RERANKED = 50  # turns that a reranker sees


@dataclass(frozen=True, slots=True)
class RecallOptions:
    """How to recall.

    Attributes:
        count: the target model's counter of tokens.
        weights: of the parts of a score.
        headers: put date and session above the passages of each session.
        explain: say of each passage why it was chosen.
        rerank: scores texts for a question anew, higher = better; decides among the best turns.
        compress: makes a passage shorter, given its text and the question; more passages then fit.
        relevant: says of passages, given the question and their texts, which are worth delivering; the others go.
    """

    count: TokenCounter
    weights: Weights = field(default_factory=Weights)
    headers: bool = True
    explain: bool = False
    rerank: Callable[[str, Sequence[str]], Floats] | None = None
    compress: Callable[[str, str], str] | None = None
    relevant: Callable[[str, Sequence[str]], Sequence[bool]] | None = None


def recall(
    index: Index,
    question: str,
    budget: Total,
    options: RecallOptions,
    *,
    encoder: Encoder | None,
    now: datetime | None = None,
) -> Recall:
    """What of a scope answers the question, within the budget of tokens.

    encoder -- None to go by words alone
    now -- what "last week" is counted from, and what has expired; the present by default
    """
    now = now or datetime.now(timezone.utc)
    query = ask(index, question, encoder=encoder, now=now)
    turn_scores = score_turns(index, query, now.timestamp(), options.weights)
    if options.rerank is not None:
        turn_scores = _rerank(index, turn_scores, question, options.rerank)
    text, passages, tokens = _deliver(index, turn_scores, budget, question, options)
    if options.relevant is not None and passages:
        text, passages, tokens = _filtered(passages, options.relevant(question, [p.text for p in passages]), options)
    if options.explain:
        passages = tuple(_explain(index, turn_scores, query, passage) for passage in passages)
    return Recall(text, passages, tokens, _relevance(index, turn_scores, query))


def ask(index: Index, question: str, *, encoder: Encoder | None, now: datetime) -> Query:
    """The question as it is scored."""
    speakers = [number for name, number in index.speakers.items() if name and _names(question, name)]
    vector = None
    if encoder is not None and len(index):
        vector = encoder.vectors([without_names(question, list(index.speakers))])[0]
        if index.vectors is None or vector.size != index.vectors.rows.shape[1]:
            vector = None  # the vectors of another encoder: words alone, until they are made anew
    spans = tuple((start.timestamp(), end.timestamp()) for start, end in periods(question, now))
    return Query(terms(question, index.language), vector, speakers[0] if len(speakers) == 1 else NONE, spans)


def without_names(text: str, names: Sequence[str]) -> str:
    """The text without the speakers' names: similarity of names would drown that of content (specification, 3.2)."""
    patterns = [re.escape(name) for name in names if name.strip()]
    if not patterns:
        return text
    short = re.sub(
        rf"(?<!\w)(?:{'|'.join(sorted(patterns, key=len, reverse=True))})(?:['’]s)?(?!\w)", " ", text, flags=re.I
    )
    return short if short.strip() else text


def _names(text: str, name: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE) is not None


def _rerank(
    index: Index, turn_scores: TurnScores, question: str, rerank: Callable[[str, Sequence[str]], Floats]
) -> TurnScores:
    """The best turns in the order that the reranker gives them, above all others."""
    first = best(turn_scores.scores, RERANKED)
    if not len(first):
        return turn_scores
    ratings = np.asarray(rerank(question, [line(index, n) for n in turn_scores.turns[first].tolist()]), np.float64)
    if ratings.shape != first.shape or not np.isfinite(ratings).all():
        raise InvalidInput(
            f"The reranker gave {ratings.shape} scores for {len(first)} texts, or some that are no numbers."
        )
    scores = turn_scores.scores.copy()
    scores[first[np.argsort(-ratings, kind="stable")]] = scores[first]
    return replace(turn_scores, scores=scores)


def _deliver(
    index: Index, turn_scores: TurnScores, budget: Total, question: str, options: RecallOptions
) -> tuple[str, tuple[Passage, ...], int]:
    whole = fit(index, turn_scores, budget.cost, options.count, headers=options.headers)
    if options.compress is None:
        return whole
    kept, wide, passages = None, budget.cost, whole[1]
    for _ in range(4):  # more and more, as long as the shortened text fits
        short = [replace(p, text=options.compress(p.text, question)) for p in passages]
        text, placed = render([p for p in short if p.text.strip()], headers=options.headers)
        cost = options.count(text)
        if cost > budget.cost:
            break
        kept, wide = (text, placed, cost), wide * 3 // 2
        passages = fit(index, turn_scores, wide, options.count, headers=options.headers)[1]
    return whole if kept is None else kept


def _filtered(
    passages: Sequence[Passage], relevant: Sequence[bool], options: RecallOptions
) -> tuple[str, tuple[Passage, ...], int]:
    """The relevant ones of the passages; what the others cost is saved."""
    text, placed = render([p for p, keep in zip(passages, relevant, strict=True) if keep], headers=options.headers)
    return text, placed, options.count(text)


def _relevance(index: Index, turn_scores: TurnScores, query: Query) -> float:
    if query.vector is None or index.vectors is None or not len(turn_scores.turns):
        return 0.0
    first = turn_scores.turns[best(turn_scores.scores, 20)]
    return float(np.clip((index.vectors.rows[first] @ query.vector).max(), 0.0, 1.0))


def _explain(index: Index, ranking: TurnScores, query: Query, passage: Passage) -> Passage:
    """Why: the words in common, and what the score of the passage's best turn is made of."""
    places = {int(number): place for place, number in enumerate(ranking.turns)}
    numbers = [index.number[ident] for ident in passage.turn_ids]
    top = max(numbers, key=lambda number: ranking.scores[places[number]])
    stems = {term for number in numbers for term in terms(index.entries[number].key, index.language)}
    common = [term for term in dict.fromkeys(query.terms) if term in stems]
    parts = [f"{name} {values[places[top]]:.2f}" for name, values in ranking.parts.items() if values[places[top]] > 0]
    why = ", ".join(parts) or "nothing in common"
    return replace(passage, why=why + (f"; words: {', '.join(common)}" if common else ""))
