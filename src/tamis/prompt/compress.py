"""Compress a prompt: split, score, protect, select, put back together.

    source -> words -> scores and priorities -> snug(budget, cost = tokens of the rendered text) -> spans of the source

The budget is exact: what is counted, in the target tokenizer, is the very text that is returned.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from numbers import Integral, Real
from typing import TYPE_CHECKING, TypeAlias, TypedDict

import numpy as np

from tamis.core import (
    FREE,
    PINNED,
    PREFERRED,
    AtLeast,
    Bools,
    Budget,
    Floats,
    Ints,
    Priorities,
    Ratio,
    Scored,
    Span,
    Total,
    limit_of,
    snug,
)
from tamis.errors import BudgetTooSmall, InvalidBudget, InvalidInput, unknown
from tamis.prompt.documents import arrange, without_scraps
from tamis.prompt.methods import METHODS, Method
from tamis.prompt.pins import fate, first_mentions, name_pins, touched
from tamis.prompt.request import ORDERS, POOLS, Options, Request
from tamis.prompt.result import Compression, Selection
from tamis.prompt.source import Input, Source, source_of
from tamis.text.counting import NamedCounter, TokenCounter, counter
from tamis.text.protect import DETECTORS, Found, detect, keep_spans
from tamis.text.render import join, pieces, tidy
from tamis.text.words import Words, words

if TYPE_CHECKING:
    from typing_extensions import Unpack

Keep: TypeAlias = "str | re.Pattern[str] | Span | tuple[int, int]"
DEFAULT_RATE = 0.5


def compress(  # noqa: PLR0913  (the public face: each is a thing that users set)
    source: Input,
    *,
    rate: float | None = None,
    tokens: int | None = None,
    threshold: float | None = None,
    question: str | None = None,
    keep: Sequence[Keep] = (),
    tokenizer: str | TokenCounter = "o200k_base",
    method: str = "auto",
    model: str = "mini",
    options: Options | None = None,
) -> Compression:
    """Shorten a text, or documents, by deleting what matters least.

    Give one of `rate`, `tokens` and `threshold`; without any, half is kept.

    Args:
        source: a text, a `Document`, or a list of them (joined by blank lines). `<keep>...</keep>` pins what it wraps.
        rate: the share of the tokens to keep at most, 0 to 1.
        tokens: how many tokens to keep at most.
        threshold: keep every word that scores at least this, 0 to 1, whatever it costs.
        question: what the reader will want to know: documents, sentences and words are then ranked by it.
        keep: what must stay: terms, compiled regular expressions, `Span`s or (start, end) offsets into the source.
        tokenizer: the target model's: "o200k_base", "cl100k_base", "gpt-4o", a tokenizer.json, a folder, or a callable.
        method: "auto", or one of `tamis.METHODS`.
        model: "mini", or for "llmlingua2" the path or hub name of any token classifier.
        options: the knobs that few need.

    Raises:
        InvalidInput: an argument that cannot be used (`InvalidBudget`, `InvalidKeep`, `UnknownName` are kinds of it).
        BudgetTooSmall: what is pinned does not fit; names it.
        ModelError, MissingExtra: the model cannot be loaded.

    Example: compress(report, rate=0.33).text
    """
    budget = _budget(rate, tokens, threshold)
    job = _job(question, keep, tokenizer, method, model, options or Options())
    return _compress_all([source], budget, job)[0]


class Settings(TypedDict, total=False):
    """The arguments of `compress`, for functions that pass them on."""

    rate: float | None
    tokens: int | None
    threshold: float | None
    question: str | None
    keep: Sequence[Keep]
    tokenizer: str | TokenCounter
    method: str
    model: str
    options: Options | None


def compress_many(sources: Sequence[Input], **settings: Unpack[Settings]) -> list[Compression]:
    """Compress many texts with the same settings: as `compress` on each, faster, because the model sees batches."""
    if stray := sorted(settings.keys() - Settings.__annotations__.keys()):
        raise TypeError(f"compress_many() got an unexpected keyword argument {stray[0]!r}")
    if isinstance(sources, str):  # a sequence of texts too, one for each character
        raise InvalidInput("compress_many takes a list of texts, got one text.", hint="For one text there is compress.")
    budget = _budget(settings.get("rate"), settings.get("tokens"), settings.get("threshold"))
    job = _job(
        settings.get("question"),
        settings.get("keep", ()),
        settings.get("tokenizer", "o200k_base"),
        settings.get("method", "auto"),
        settings.get("model", "mini"),
        settings.get("options") or Options(),
    )
    return _compress_all(list(sources), budget, job)


@dataclass(frozen=True, slots=True)
class _Job:
    """The settings of one call, checked."""

    question: str | None
    keep: tuple[Keep, ...]
    count: NamedCounter
    name: str
    method: Method
    model: str
    options: Options


def _budget(rate: float | None, tokens: int | None, threshold: float | None) -> Budget:
    given = {k: v for k, v in (("rate", rate), ("tokens", tokens), ("threshold", threshold)) if v is not None}
    if len(given) > 1:
        raise InvalidBudget(f"Give one of rate, tokens and threshold, not {' and '.join(given)}.")
    if tokens is not None:
        return Total(_whole(tokens))
    if threshold is not None:
        if not (isinstance(threshold, Real) and 0 <= threshold <= 1):
            raise InvalidBudget(f"A threshold must lie between 0 and 1, as scores do, got {threshold!r}.")
        return AtLeast(float(threshold))
    share = DEFAULT_RATE if rate is None else rate
    return Ratio(float(share) if isinstance(share, Real) else share)


def _whole(tokens: object) -> int:
    """The number as an int, NumPy's own included; anything else is refused by name."""
    if isinstance(tokens, Integral) and not isinstance(tokens, bool) and int(tokens) >= 0:
        return int(tokens)
    raise InvalidBudget(f"tokens must be a whole number of at least 0, got {tokens!r}.")


def _job(
    question: str | None, keep: Sequence[Keep], tokenizer: str | TokenCounter, method: str, model: str, options: Options
) -> _Job:
    if method not in METHODS:
        raise unknown("method", method, METHODS)
    if isinstance(keep, (str, re.Pattern, Span)):
        keep = (keep,)
    _check(options)
    if question is not None and not isinstance(question, str):
        raise InvalidInput(f"A question must be a text, got {question!r:.80}.")
    asked = question.strip() if question else ""
    chosen = METHODS[method]
    if chosen.needs_question and not asked:
        raise InvalidInput(f"The method {method!r} needs a question.", hint="Pass question=..., or use method='auto'.")
    return _Job(asked or None, tuple(keep or ()), counter(tokenizer), method, chosen, model, options)


def _check(options: Options) -> None:
    for kind, value, known in (("order", options.order, ORDERS), ("pool", options.pool, POOLS)):
        if value not in known:
            raise unknown(kind, value, known)
    for name in options.detectors:
        if name not in DETECTORS:
            raise unknown("detector", name, DETECTORS)
    if not 0 <= options.dynamic <= 1:
        raise InvalidInput(f"dynamic must lie between 0 and 1, got {options.dynamic!r}.")
    if options.seed < 0:
        raise InvalidInput(f"seed must be at least 0, got {options.seed!r}.")


def _compress_all(given: list[Input], budget: Budget, job: _Job) -> list[Compression]:
    """Score all sources together (the model batches), then select in each."""
    if isinstance(budget, AtLeast) and job.options.dynamic:
        hint = "dynamic shares a rate or a number of tokens out; give one of these."
        raise InvalidInput("dynamic and a threshold exclude each other.", hint=hint)
    prepared = [_prepare(_pinned(source_of(g), job), job) for g in given]
    scores = job.method.scorer([p.request for p in prepared])
    return [_select(p, s, budget, job) for p, s in zip(prepared, scores, strict=True)]


@dataclass(frozen=True, eq=False)
class _Prepared:
    """A source that is ready to be scored: its words, and what protects them."""

    source: Source
    request: Request
    priority: Priorities
    preferred: tuple[Found, ...]


def _pinned(source: Source, job: _Job) -> Source:
    return replace(source, pinned=(*source.pinned, *keep_spans(source.text, job.keep)))


def _prepare(source: Source, job: _Job) -> _Prepared:
    units = words(source.text)
    preferred = first_mentions(source.text, detect(source.text, job.options.detectors)) if job.method.prefers else ()
    liked = touched(units, [f.span for f in preferred])
    priority = np.where(liked, PREFERRED, FREE).astype(np.int8)
    priority[touched(units, [f.span for f in source.pinned])] = PINNED
    request = Request(units, source.documents, liked, job.question, job.model, job.options)
    return _Prepared(source, request, priority, preferred)


def _select(prepared: _Prepared, scores: Floats, budget: Budget, job: _Job) -> Compression:
    """Rank the documents if asked to, then keep what fits."""
    if job.question and len(prepared.source.documents) > 1:
        source, scores = arrange(prepared.request, prepared.source, scores)
        if source is not prepared.source:
            prepared = _prepare(source, job)
    # With a question, relevance decides first; a detector's preference is then part of the score, not above it.
    priority = (
        np.where(prepared.priority == PINNED, PINNED, FREE).astype(np.int8) if job.question else prepared.priority
    )
    return _fit(replace(prepared, priority=priority), scores, budget, job)


def _fit(prepared: _Prepared, scores: Floats, budget: Budget, job: _Job) -> Compression:
    """Choose the words within the budget, and build the result."""
    units, fixed = prepared.request.words, prepared.priority == PINNED

    def spans_of(mask: Bools) -> tuple[Ints, Ints]:
        return pieces(units, tidy(units, mask, fixed) if job.options.clean else mask)

    def cost(mask: Bools) -> int:
        return job.count(join(units.text, *spans_of(mask)))

    scored = Scored(tuple(range(len(units))), scores, _unit_costs(units, job.count), prepared.priority)
    try:
        chosen = _chosen(scored, prepared.request, budget, cost)
    except BudgetTooSmall as error:
        raise name_pins(error, prepared.source.pinned, units.text, job.count.name) from None
    mask = tidy(units, chosen, fixed) if job.options.clean else chosen
    selection = Selection(units, scores, prepared.priority, chosen, mask, *spans_of(chosen), scored.costs)
    return _result(prepared, selection, budget, job)


def _chosen(scored: Scored[int], request: Request, budget: Budget, cost: Callable[[Bools], int]) -> Bools:
    """Select; if documents are left with too few words to be of use, select again without the worst of them."""
    present = np.ones(len(scored), np.bool_)
    while True:
        mask = _among(present, scored, budget, cost)
        scraps = without_scraps(request, scored, mask)
        if not scraps.any():
            return mask
        present &= ~scraps


def _among(present: Bools, scored: Scored[int], budget: Budget, cost: Callable[[Bools], int]) -> Bools:
    """Select among some of the units; a rate is a share of what all of them cost."""
    if present.all():
        return np.asarray(snug(scored, budget, cost=cost))
    index = np.flatnonzero(present)
    total = budget if isinstance(budget, AtLeast) else Total(limit_of(scored, budget, cost))
    some = Scored(tuple(index.tolist()), scored.scores[index], scored.costs[index], scored.priority[index])

    def whole(mask: Bools) -> Bools:
        full = np.zeros(present.size, np.bool_)
        full[index[mask]] = True
        return full

    return whole(snug(some, total, cost=lambda mask: cost(whole(mask))))


def _unit_costs(units: Words, count: TokenCounter) -> Ints:
    """(n,) tokens of each word, with a blank before it if there was one: what it costs, up to what changes at joins."""
    known: dict[str, int] = {}
    costs = np.empty(len(units), np.int64)
    spaced = np.concatenate(([False], units.gap[:-1] > 0)).tolist()
    for i, (body, after_gap) in enumerate(zip(units.bodies(), spaced, strict=False)):
        piece = " " + body if after_gap else body
        if piece not in known:
            known[piece] = count(piece)
        costs[i] = known[piece]
    return costs


def _result(prepared: _Prepared, selection: Selection, budget: Budget, job: _Job) -> Compression:
    source = prepared.source.text
    text = join(source, selection.starts, selection.ends)
    found = (*prepared.source.pinned, *prepared.preferred)
    still, gone = fate(found, selection.words, selection.mask)
    return Compression(
        text=text,
        tokens=job.count(text),
        original_tokens=job.count(source),
        tokenizer=job.count.name,
        method=job.name,
        model=job.model if job.method.uses_model else None,
        budget=_words_for(budget),
        question=job.question,
        protected=still,
        sacrificed=gone,
        selection=selection,
    )


def _words_for(budget: Budget) -> str:
    if isinstance(budget, Ratio):
        return f"rate {budget.share:g}"
    return f"{budget.cost} tokens" if isinstance(budget, Total) else f"threshold {budget.score:g}"
