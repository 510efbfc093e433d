"""The settings of one call, checked. Holds no text: that is a `Source`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from numbers import Integral, Real
from typing import TypeAlias, TypedDict

from tamis.core import AtLeast, Budget, Ratio, Span, Total
from tamis.errors import InvalidBudget, InvalidInput, unknown
from tamis.prompt.documents.rankers import ranker
from tamis.prompt.forms.protocol import Form
from tamis.prompt.forms.table import form_of
from tamis.prompt.methods.protocol import Method, Scorer
from tamis.prompt.methods.table import method_of
from tamis.prompt.options import ON_RISK, ORDERS, POOLS, STYLES, Options, Style
from tamis.text.counting import NamedCounter, TokenCounter, counter
from tamis.text.protect import DETECTORS

Keep: TypeAlias = "str | re.Pattern[str] | Span | tuple[int, int]"
DEFAULT_RATE = 0.5


class Settings(TypedDict, total=False):
    """The arguments of `compress`, for functions that pass them on."""

    rate: float | None
    tokens: int | None
    threshold: float | None
    question: str | None
    min_relevance: float | None
    keep: Sequence[Keep]
    tokenizer: str | TokenCounter
    method: str | Method | Scorer
    model: str | None
    options: Options | None
    style: str | None
    ellipsis: str


@dataclass(frozen=True, slots=True)
class Task:
    """The settings of one call, checked.

    Attributes:
        budget: how much may stay.
        question: what the caller asks; a prompt may bring a question of its own.
        min_relevance: documents that answer with less of a chance go altogether; None = none do.
        keep: what the caller pins.
        count: counts tokens.
        method: what scores.
        model: the name of the model that it is to use.
        options: the knobs.
        form: what kind of text it is.
        style: what the compressed text is made of.
    """

    budget: Budget
    question: str | None
    min_relevance: float | None
    keep: tuple[Keep, ...]
    count: NamedCounter
    method: Method
    model: str
    options: Options
    form: Form
    style: Style = field(default_factory=Style)


def task_of(  # noqa: PLR0913  (the arguments of `compress`)
    *,
    rate: float | None = None,
    tokens: int | None = None,
    threshold: float | None = None,
    question: str | None = None,
    min_relevance: float | None = None,
    keep: Sequence[Keep] = (),
    tokenizer: str | TokenCounter = "o200k_base",
    method: str | Method | Scorer = "auto",
    model: str | None = None,
    options: Options | None = None,
    style: str | None = None,
    ellipsis: str = "",
) -> Task:
    """Check the arguments of `compress`.

    Raises:
        InvalidInput: one that cannot be used (`InvalidBudget`, `UnknownName` are kinds of it).
    """
    budget, options = _budget(rate, tokens, threshold), options or Options()
    scorer = method_of(method)
    if model is not None and not isinstance(method, (str, Method)):
        raise InvalidInput(f"A callable has its own model, got model={model!r}.", hint="Leave model out.")
    _check_options(options)
    pins = (keep,) if isinstance(keep, (str, re.Pattern, Span)) else tuple(keep or ())
    shape = _style(style or scorer.style, ellipsis)
    task = Task(
        budget,
        _question(question),
        _chance(min_relevance),
        pins,
        counter(tokenizer),
        scorer,
        model or scorer.model or "mini",
        options,
        form_of(options, shape),
        shape,
    )
    if isinstance(budget, AtLeast) and options.dynamic:
        hint = "dynamic shares a rate or a number of tokens out; give one of these."
        raise InvalidInput("dynamic and a threshold exclude each other.", hint=hint)
    return task


def _style(name: str, ellipsis: str) -> Style:
    if name not in STYLES:
        raise unknown("style", name, STYLES)
    if not isinstance(ellipsis, str):
        raise InvalidInput(f"An ellipsis must be a text, got {ellipsis!r:.80}.", hint='For example "…".')
    return Style(name, ellipsis)


def _question(question: object) -> str | None:
    if question is not None and not isinstance(question, str):
        raise InvalidInput(f"A question must be a text, got {question!r:.80}.")
    return (question.strip() if question else "") or None


def _chance(min_relevance: object) -> float | None:
    if min_relevance is None:
        return None
    if not (isinstance(min_relevance, Real) and 0 <= float(min_relevance) <= 1):
        raise InvalidInput(f"min_relevance is a chance, 0 to 1, got {min_relevance!r}.")
    return float(min_relevance)


def _budget(rate: float | None, tokens: int | None, threshold: float | None) -> Budget:
    amounts = {k: v for k, v in (("rate", rate), ("tokens", tokens), ("threshold", threshold)) if v is not None}
    if len(amounts) > 1:
        raise InvalidBudget(f"Give one of rate, tokens and threshold, not {' and '.join(amounts)}.")
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


def _check_options(options: Options) -> None:
    for kind, value, names in (("order", options.order, ORDERS), ("pool", options.pool, POOLS)):
        if value not in names:
            raise unknown(kind, value, names)
    if options.on_risk is not None and options.on_risk not in ON_RISK:
        raise unknown("on_risk", options.on_risk, ON_RISK)
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


def budget_in_words(budget: Budget) -> str:
    """What was asked for, as results say it.

    Example: Ratio(0.33) -> "rate 0.33"
    """
    if isinstance(budget, Ratio):
        return f"rate {budget.share:g}"
    return f"{budget.cost} tokens" if isinstance(budget, Total) else f"threshold {budget.score:g}"
