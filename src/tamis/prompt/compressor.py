"""Compress a prompt: split, score, protect, select, put back together.

    source -> words -> scores and priorities -> snug(budget, cost = tokens of the rendered text) -> spans of the source

The budget is exact: what is counted, in the target tokenizer, is the very text that is returned.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from numbers import Integral, Real
from typing import TYPE_CHECKING, TypeAlias, TypedDict

import numpy as np

from tamis.core import FREE, PINNED, PREFERRED, AtLeast, Budget, Floats, Ratio, Span, Total
from tamis.errors import InvalidBudget, InvalidInput, unknown
from tamis.prompt.documents.controller import Ranked, arranged, contexts, rank_by
from tamis.prompt.documents.order import dynamic, merits
from tamis.prompt.documents.rankers import ranker
from tamis.prompt.documents.rankers.protocol import name_of
from tamis.prompt.documents.ranking import Ranker, Ranking
from tamis.prompt.documents.sections import CONTEXT, Rule
from tamis.prompt.documents.source import Input, Source, source_of
from tamis.prompt.fit import Prepared, fit, relaxed
from tamis.prompt.methods.protocol import Method, Scorer
from tamis.prompt.methods.table import method_of
from tamis.prompt.pins import fate, first_mentions, touched
from tamis.prompt.request import ORDERS, POOLS, Options, Request
from tamis.prompt.result import Compression
from tamis.text.counting import NamedCounter, TokenCounter, counter
from tamis.text.protect import DETECTORS, Found, detect, keep_spans
from tamis.text.render import join
from tamis.text.words import words

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
    method: str | Method | Scorer = "auto",
    model: str | None = None,
    options: Options | None = None,
) -> Compression:
    """Shorten a text, or documents, by deleting what matters least.

    Give one of `rate`, `tokens` and `threshold`; without any, half is kept.

    Args:
        source: a text, a `Document`, a list of them (joined by blank lines), or a `Prompt` with parts of their own
            rates. `<keep>...</keep>` pins what it wraps.
        rate: the share of the tokens to keep at most, 0 to 1.
        tokens: how many tokens to keep at most.
        threshold: keep every word that scores at least this, 0 to 1, whatever it costs.
        question: what the reader will want to know: documents, sentences and words are then ranked by it.
        keep: what must stay: terms, compiled regular expressions, `Span`s or (start, end) offsets into the source.
        tokenizer: the target model's: "o200k_base", "cl100k_base", "gpt-4o", a tokenizer.json, a folder, or a callable.
        method: "auto", one of `tamis.METHODS`, or a callable: it gets a list of `Request`s and returns an array of
            scores for each, one a word, higher = keep.
        model: None for the method's own ("mini", "mini-lm"); for "llmlingua2" the path or hub name of any token
            classifier, for "llmlingua" and "longllmlingua" those of any causal language model, or a server's address.
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
    method: str | Method | Scorer
    model: str | None
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
        settings.get("model"),
        settings.get("options") or Options(),
    )
    return _compress_all(list(sources), budget, job)


@dataclass(frozen=True, slots=True)
class _Job:
    """The settings of one call, checked."""

    question: str | None
    keep: tuple[Keep, ...]
    count: NamedCounter
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
    question: str | None,
    keep: Sequence[Keep],
    tokenizer: str | TokenCounter,
    method: str | Method | Scorer,
    model: str | None,
    options: Options,
) -> _Job:
    chosen = method_of(method)
    if model is not None and not isinstance(method, (str, Method)):
        raise InvalidInput(f"A callable has its own model, got model={model!r}.", hint="Leave model out.")
    if isinstance(keep, (str, re.Pattern, Span)):
        keep = (keep,)
    _check(options)
    if question is not None and not isinstance(question, str):
        raise InvalidInput(f"A question must be a text, got {question!r:.80}.")
    asked = question.strip() if question else ""
    model = model or chosen.model or "mini"
    return _Job(asked or None, tuple(keep or ()), counter(tokenizer), chosen, model, options)


def _check(options: Options) -> None:
    for kind, value, known in (("order", options.order, ORDERS), ("pool", options.pool, POOLS)):
        if value not in known:
            raise unknown(kind, value, known)
    for name in options.detectors:
        if name not in DETECTORS:
            raise unknown("detector", name, DETECTORS)
    if options.dynamic is not None and not 0 <= options.dynamic <= 1:
        raise InvalidInput(f"dynamic must lie between 0 and 1, got {options.dynamic!r}.")
    if options.seed < 0:
        raise InvalidInput(f"seed must be at least 0, got {options.seed!r}.")
    if options.ranker is not None:
        ranker(options.ranker)
    _check_surprisal(options)


def _check_surprisal(options: Options) -> None:
    knobs = options.surprisal
    if knobs.segment < 1:
        raise InvalidInput(f"A segment has at least 1 token, got {knobs.segment!r}.")
    for name in ("instruction", "question"):
        if not 0 <= getattr(knobs, name) <= 1:
            raise InvalidInput(f"surprisal.{name} is a share, 0 to 1, got {getattr(knobs, name)!r}.")
    for name in ("coarse", "sentences"):
        if not getattr(knobs, name) >= 0:
            raise InvalidInput(f"surprisal.{name} must be at least 0, got {getattr(knobs, name)!r}.")


def _compress_all(given: list[Input], budget: Budget, job: _Job) -> list[Compression]:
    """Score all sources together (the model batches), then select in each."""
    if isinstance(budget, AtLeast) and job.options.dynamic:
        hint = "dynamic shares a rate or a number of tokens out; give one of these."
        raise InvalidInput("dynamic and a threshold exclude each other.", hint=hint)
    begun = [_begin(source_of(g), budget, job) for g in given]
    scores = job.method.score([prepared.request for prepared, _ in begun])
    return [_select(p, r, s, budget, job) for (p, r), s in zip(begun, scores, strict=True)]


def _begin(source: Source, budget: Budget, job: _Job) -> tuple[Prepared, Ranked | None]:
    """Pin, rank the documents if that comes first, and make ready for scoring."""
    job = _asking(source, job)
    share = None if isinstance(budget, AtLeast) else job.method.share
    pinned = _pinned(source, job, controls=share is not None)
    ranked = _ranked(pinned, job)
    prepared = _prepare(ranked.source if ranked else pinned, job)
    if ranked is None or share is None:
        return prepared, ranked
    shares = share(prepared.request, ranked, prepared.costs, prepared.limit(budget))
    return replace(prepared, request=replace(prepared.request, shares=shares)), ranked


def _ranked(source: Source, job: _Job) -> Ranked | None:
    """The documents as a ranker sees them; None where the scores of words are to rank them, afterwards."""
    rank, name = _ranker(job)
    if rank is None or not (job.question or job.method.share):
        return None
    return rank_by(source, rank, name, question=job.question, how=job.options.order)


def _ranker(job: _Job) -> tuple[Ranker | None, str]:
    """The caller's ranker or the method's own, and its name; the method's, named by the caller, keeps its model."""
    name, threads = job.options.ranker, job.options.threads
    own = job.method.rank(job.model, threads) if job.method.rank else None
    if name is None:
        return own, name_of(own or "")
    model = job.model if own is not None and name == name_of(own) else None
    return ranker(name, model=model, threads=threads), name_of(name)


def _asking(source: Source, job: _Job) -> _Job:
    """The job with the question of the prompt, where the caller asks none."""
    asked = job.question or source.question
    if job.method.needs_question and not asked:
        hint = "Pass question=..., or use method='auto'."
        raise InvalidInput(f"The method {job.method.name!r} needs a question.", hint=hint)
    return replace(job, question=asked)


def _pinned(source: Source, job: _Job, *, controls: bool) -> Source:
    """The source with what the caller keeps, what its sections keep whole, and what only a controller shortens."""
    rules = source.rules if controls else (*source.rules, *_untouched(source))
    whole = [Found(rule.span, "section") for rule in rules if rule.whole]
    kept = keep_spans(source.text, job.keep)
    return replace(source, pinned=(*source.pinned, *whole, *kept), rules=tuple(sorted(rules, key=lambda r: r.span)))


def _untouched(source: Source) -> list[Rule]:
    """Instruction and question, unless they have a rate of their own."""
    ruled = {rule.span for rule in source.rules}
    spans = [span for i, span in enumerate(source.documents) if source.role(i) != CONTEXT]
    return [Rule(span, 1.0, whole=True) for span in spans if span not in ruled]


def _prepare(source: Source, job: _Job) -> Prepared:
    units = words(source.text)
    preferred = first_mentions(source.text, detect(source.text, job.options.detectors)) if job.method.prefers else ()
    liked = touched(units, [f.span for f in preferred])
    priority = np.where(liked, PREFERRED, FREE).astype(np.int8)
    pinned = touched(units, [f.span for f in source.pinned])
    priority[pinned] = PINNED
    request = Request(units, source.documents, liked, job.question, job.model, job.options, pinned=pinned)
    return Prepared(source, request, priority, preferred, job.count)


def _select(prepared: Prepared, ranked: Ranked | None, scores: Floats, budget: Budget, job: _Job) -> Compression:
    """Rank the documents if that is still to do, then keep what fits."""
    question = prepared.request.question
    if question and job.method.share is None:
        prepared, ranked, scores = _arranged(prepared, ranked, scores, replace(job, question=question))
    prepared = relaxed(prepared) if question else prepared
    return _result(prepared, ranked, scores, budget, job)


def _arranged(
    prepared: Prepared, ranked: Ranked | None, scores: Floats, job: _Job
) -> tuple[Prepared, Ranked | None, Floats]:
    """Put documents in order by the scores of their words, unless a ranker did; give the better ones more."""
    numbers = contexts(prepared.source)
    if len(numbers) < 2:
        return prepared, ranked, scores
    if ranked is None:
        ranking = Ranking.of(job.method.name, merits(prepared.request, scores, numbers))
        ranked = arranged(prepared.source, ranking, job.options.order)
        if ranked.source is not prepared.source:
            blocks = [np.flatnonzero(prepared.request.document_of == number) for number in ranked.order]
            prepared, scores = _prepare(ranked.source, job), scores[np.concatenate(blocks)]
    if spread := job.options.dynamic:
        scores = dynamic(scores, prepared.request.document_of, ranked.best_first, spread)
    return prepared, ranked, scores


def _result(prepared: Prepared, ranked: Ranked | None, scores: Floats, budget: Budget, job: _Job) -> Compression:
    selection = fit(prepared, scores, budget)
    source = prepared.source.text
    text = join(source, selection.starts, selection.ends)
    found = (*prepared.source.pinned, *prepared.preferred)
    still, gone = fate(found, selection.words, selection.mask)
    return Compression(
        text=text,
        tokens=job.count(text),
        original_tokens=job.count(source),
        tokenizer=job.count.name,
        method=job.method.name,
        model=job.model if job.method.model else None,
        budget=_words_for(budget),
        question=prepared.request.question,
        protected=still,
        sacrificed=gone,
        selection=selection,
        documents=(ranked or Ranked.unranked(prepared.source)).shown(),
        ranker=ranked.ranking.ranker if ranked and ranked.ranking else None,
    )


def _words_for(budget: Budget) -> str:
    if isinstance(budget, Ratio):
        return f"rate {budget.share:g}"
    return f"{budget.cost} tokens" if isinstance(budget, Total) else f"threshold {budget.score:g}"
