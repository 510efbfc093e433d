"""The arguments of the `llmlingua` package's calls, checked. Does not compress."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from numbers import Integral, Real
from typing import Any, TypeAlias

from tamis.errors import InvalidBudget, InvalidInput, unknown
from tamis.prompt.documents.sections import Section, tagged_sections
from tamis.prompt.options import ORDERS, POOLS

TOKENIZER = "cl100k_base"  # of gpt-3.5-turbo, which the package reports by; here it is also what budgets are held by
CONDITIONS = ("none", "before", "after")
_SUFFIX = "_condition"
_BUDGET = re.compile(r"\s*([-+*/])\s*(\d+(?:\.\d+)?)\s*", re.ASCII)
Document: TypeAlias = "tuple[Section, ...]"


class IgnoredOption(UserWarning):
    """An option of the package that changes nothing here; the message says why."""


# What only one of the two families of methods knows: elsewhere the package ignores it in silence, we say so.
PERPLEXITY_ONLY = (
    "iterative_size",
    "use_sentence_level_filter",
    "keep_sentence_number",
    "context_budget",
    "token_budget_ratio",
    "condition_in_question",
    "dynamic_context_compression_ratio",
    "condition_compare",
    "add_instruction",
)
CLASSIFIER_ONLY = ("target_context", "context_level_rate", "context_level_target_token")

BUDGETS = ("rate", "target_token")
NUMBERS = (*BUDGETS, "token_budget_ratio", "dynamic_context_compression_ratio", "context_level_rate")
COUNTS = (  # whole numbers from 0
    "iterative_size",
    "keep_first_sentence",
    "keep_last_sentence",
    "keep_sentence_number",
    "force_context_number",
)


@dataclass(frozen=True)
class LinguaCall:
    """The arguments of `compress_prompt` and its like, under the package's names and with its defaults.

    Attributes:
        tagged: whether `<llmlingua ...>` tags in the context are tags.
    """

    context: str | Sequence[str]
    instruction: str = ""
    question: str = ""
    rate: float = 0.5
    target_token: float = -1
    iterative_size: int = 200
    force_context_ids: Sequence[int] | None = None
    force_context_number: int | None = None
    use_sentence_level_filter: bool = False
    use_context_level_filter: bool = True
    use_token_level_filter: bool = True
    keep_split: bool = False
    keep_first_sentence: int = 0
    keep_last_sentence: int = 0
    keep_sentence_number: int = 0
    high_priority_bonus: int = 100
    context_budget: str = "+100"
    token_budget_ratio: float = 1.4
    condition_in_question: str = "none"
    reorder_context: str = "original"
    dynamic_context_compression_ratio: float = 0.0
    condition_compare: bool = False
    add_instruction: bool = False
    rank_method: str = "llmlingua"
    concate_question: bool = True
    context_segs: Sequence[Sequence[str]] | None = None
    context_segs_rate: Sequence[Sequence[float]] | None = None
    context_segs_compress: Sequence[Sequence[bool]] | None = None
    target_context: int = -1
    context_level_rate: float = 1.0
    context_level_target_token: int = -1
    return_word_label: bool = False
    word_sep: str = "\t\t|\t\t"
    label_sep: str = " "
    token_to_word: str = "mean"
    force_tokens: Sequence[str] = ()
    force_reserve_digit: bool = False
    drop_consecutive: bool = False
    chunk_end_tokens: Sequence[str] = (".", "\n")
    strict_preserve_uncompressed: bool = True
    tagged: bool = False

    @staticmethod
    def of(arguments: Mapping[str, Any], **more: Any) -> LinguaCall:
        """The call with these arguments, checked.

        Raises:
            InvalidInput: an argument that cannot be used (`InvalidBudget`, `UnknownName` are kinds of it).
        """
        names = {field.name for field in fields(LinguaCall)}
        call = LinguaCall(**{name: value for name, value in {**arguments, **more}.items() if name in names})
        _check(call)
        return call

    @property
    def documents(self) -> list[Document]:
        """The context as sections.

        Raises:
            InvalidInput: a context that is no text or list of texts, tags or segments that do not fit it.
        """
        texts = [self.context] if isinstance(self.context, str) else list(self.context)
        if self.context_segs is not None:
            return _segmented(texts, self)
        return [tagged_sections(text) if self.tagged else (Section(text),) for text in texts]

    @property
    def condition(self) -> str:
        """How documents are ranked by the question: "none", "before", "after"; LongLLMLingua's ranking needs one."""
        place = self.condition_in_question.removesuffix(_SUFFIX)
        if self.rank_method == "llmlingua":
            return "none"
        return "after" if place == "none" and self.rank_method == "longllmlingua" else place

    @property
    def behind_question(self) -> bool:
        """Whether words are judged with the question in view."""
        return self.condition_compare or self.condition_in_question.endswith(_SUFFIX)

    @property
    def changed(self) -> frozenset[str]:
        """The names of the arguments that are not at their default."""
        return frozenset(f.name for f in fields(self) if f.name != "context" and _differs(getattr(self, f.name), f))


def _differs(value: object, field: Any) -> bool:
    plain = tuple(value) if isinstance(value, list) else value
    return bool(plain != field.default)


def _check(call: LinguaCall) -> None:
    texts = [call.context] if isinstance(call.context, str) else call.context
    if isinstance(texts, (bytes, Mapping)) or not isinstance(texts, Sequence):
        raise InvalidInput(f"The context must be a text or a list of texts, got {type(texts).__name__}.")
    for number, text in enumerate(texts):
        if not isinstance(text, str):
            raise InvalidInput(f"Context {number} must be a text, got {type(text).__name__}.")
    for name in ("instruction", "question"):
        if not isinstance(getattr(call, name), str):
            raise InvalidInput(f"{name} must be a text, got {getattr(call, name)!r:.60}.", hint='"" is none.')
    _check_numbers(call)
    _check_budget(call)
    _check_names(call)
    for number in call.force_context_ids or ():
        if not 0 <= number < len(texts):
            raise InvalidInput(f"force_context_ids names context {number!r} of {len(texts)}.", hint="Count from 0.")


def _check_numbers(call: LinguaCall) -> None:
    """Numbers in the place of texts and flags, whole ones where things are counted, none below 0."""
    for name in NUMBERS:
        _check_number(name, getattr(call, name), Real)
    for name in COUNTS:
        value = getattr(call, name)
        _check_number(name, 0 if value is None and name == "force_context_number" else value, Integral)
    for number in call.force_context_ids or ():
        _check_number("force_context_ids", number, Integral)
    for name in (*COUNTS, "dynamic_context_compression_ratio"):
        if (getattr(call, name) or 0) < 0:
            raise InvalidInput(f"{name} must be at least 0, got {getattr(call, name)!r}.")


def _check_number(name: str, value: object, kind: type) -> None:
    if isinstance(value, bool) or not isinstance(value, kind):
        message = f"{name} must be a {'whole ' if kind is Integral else ''}number, got {value!r:.60}."
        raise (InvalidBudget if name in BUDGETS else InvalidInput)(message)


def _check_budget(call: LinguaCall) -> None:
    if not 0 <= call.rate <= 1:
        hint = "It is the share to keep: for a compression of 4x say rate=0.25."
        raise InvalidBudget(f"rate must lie between 0 and 1, got {call.rate!r}.", hint=hint)
    if not (0 <= call.target_token < float("inf") or call.target_token == -1):
        raise InvalidBudget(f"target_token must be at least 0, or -1 for none, got {call.target_token!r}.")
    parse_budget(call.context_budget)


def _check_names(call: LinguaCall) -> None:
    if call.reorder_context not in ORDERS:
        raise unknown("reorder_context", call.reorder_context, ORDERS)
    if call.token_to_word not in POOLS:
        raise unknown("token_to_word", call.token_to_word, POOLS)
    if call.condition_in_question.removesuffix(_SUFFIX) not in CONDITIONS:
        raise unknown("condition_in_question", call.condition_in_question, CONDITIONS)
    needs = "rank_method='longllmlingua'" if call.rank_method == "longllmlingua" else ""
    needs = "condition_compare" if call.condition_compare else needs
    if needs and not call.question.strip():
        raise InvalidInput(f"{needs} needs a question, got {call.question!r}.", hint="Pass question=...")


def _segmented(texts: Sequence[str], call: LinguaCall) -> list[Document]:
    """Documents cut by the caller, as `segment_structured_context` does it."""
    segs, rates, flags = call.context_segs or (), call.context_segs_rate, call.context_segs_compress
    rates = [[call.rate] * len(parts) for parts in segs] if rates is None else rates
    flags = [[True] * len(parts) for parts in segs] if flags is None else flags
    part_sizes = [[*map(len, (p, r, f))] for p, r, f in zip(segs, rates, flags, strict=False)]
    whole = ["".join(parts) for parts in segs] == list(texts) and len(part_sizes) == len(rates) == len(flags) == len(
        texts
    )
    if not whole or any(len(set(sizes)) > 1 for sizes in part_sizes):
        hint = "Use structured_compress_prompt with tags."
        raise InvalidInput("context_segs, _rate and _compress do not add up to the context.", hint=hint)
    return [
        tuple(Section(*one) for one in zip(p, r, f, strict=True)) for p, r, f in zip(segs, rates, flags, strict=True)
    ]


def parse_budget(text: str) -> tuple[str, float]:
    """The sign and the number of a `context_budget`.

    Example: "+100" -> ("+", 100.0); "*1.3" -> ("*", 1.3)

    Raises:
        InvalidInput: anything else. (The package runs the text as Python.)
    """
    match = _BUDGET.fullmatch(text) if isinstance(text, str) else None
    if match is None or (match[1] == "/" and float(match[2]) == 0):
        hint = 'Write one of + - * / and a number, as in "+100" or "*1.3".'
        raise InvalidInput(f"context_budget={text!r:.60} cannot be read.", hint=hint)
    return match[1], float(match[2])


def widened(target: float, budget: str) -> float:
    """What whole documents may hold: the target, made wider by a `context_budget`; never below 0."""
    sign, number = parse_budget(budget)
    outcomes = {"+": target + number, "-": target - number, "*": target * number, "/": target / (number or 1.0)}
    return max(0.0, outcomes[sign])


def say_ignored(names: Iterable[str], why: str) -> None:
    """Warn of options that change nothing."""
    ignored = sorted(names)
    if ignored:
        warnings.warn(f"{', '.join(ignored)}: {why}", IgnoredOption, stacklevel=4)
