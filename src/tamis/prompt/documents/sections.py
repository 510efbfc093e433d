"""Structured prompts: parts with roles, and parts with a rate of their own.

    Prompt(instruction="Answer briefly.", context=[report, Section(log, rate=0.2)], question="Who signed?")
    Prompt.tagged("<llmlingua, compress=False>Answer briefly.</llmlingua> <llmlingua, rate=0.2>...</llmlingua>")

The tags are those of LLMLingua (structured compression). Unlike there, text may contain "<", text between tags stays
(under the rate of the call), and rate=0 deletes. Works with every method. Does not score or select.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from tamis.core import Span
from tamis.errors import InvalidBudget, InvalidInput, unknown

INSTRUCTION, CONTEXT, QUESTION = "instruction", "context", "question"

_TAG = re.compile(r"<llmlingua(?![\w-])([^<>]*)>(.*?)</llmlingua\s*>", re.DOTALL)
_STRAY = re.compile(r"</?llmlingua(?![\w-])[^<>]*>")
_SETTING = re.compile(r"\s*,?\s*(\w+)\s*=\s*([^\s,]+)\s*")
_TRUTH = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of a prompt that is compressed at a rate of its own.

    Sections meet between words: a word over which a border runs belongs to both, and stays only if both let it.

    Attributes:
        text: what it says.
        rate: the share of its tokens to keep at most, 0 to 1; None = as the call says.
        compress: False keeps it whole, to the last byte.
    """

    text: str
    rate: float | None = None
    compress: bool = True

    def __post_init__(self) -> None:
        if not isinstance(self.text, str):
            raise InvalidInput(f"The text of a section must be a str, got {type(self.text).__name__}.")
        if self.rate is not None and not (isinstance(self.rate, (int, float)) and 0 <= self.rate <= 1):
            raise InvalidBudget(f"The rate of a section must lie between 0 and 1, got {self.rate!r}.")


@dataclass(frozen=True, slots=True)
class Rule:
    """Where a section lies in the source, and its rate: None = as the call says, 1 with `whole` = untouched."""

    span: Span
    rate: float | None
    whole: bool = False


Part: TypeAlias = "str | Section | Sequence[str | Section]"


@dataclass(frozen=True)
class Prompt:
    """An instruction, a context of one or more documents or demonstrations, and a question, in this order.

    Instruction and question stay whole unless they are given as a `Section` with a rate (methods "llmlingua" and
    "longllmlingua" have rates for them, see `Surprisal`, unless words are kept by a threshold). A document may itself
    be a list of sections: their texts follow each other without anything between.

    Attributes:
        context: documents or demonstrations.
        instruction, question: "" for none. The question also ranks the context.
    """

    context: Sequence[Part] = ()
    instruction: str | Section = ""
    question: str | Section = ""

    @staticmethod
    def tagged(text: str | Sequence[str], *, instruction: str = "", question: str = "") -> Prompt:
        """Read documents with LLMLingua's tags.

        Raises:
            InvalidInput: a tag without its partner, or a setting that is neither `rate` nor `compress`.
        """
        documents = [text] if isinstance(text, str) else list(text)
        return Prompt([tagged_sections(d) for d in documents], instruction, question)


def tagged_sections(text: str) -> tuple[Section, ...]:
    """The sections of a text with tags; what stands outside of tags is a section without a rate.

    Example: 'a <llmlingua, rate=0.3>b < c</llmlingua>' -> Section("a "), Section("b < c", rate=0.3)
    """
    if not isinstance(text, str):
        raise InvalidInput(f"Tagged text must be a str, got {type(text).__name__}.")
    sections: list[Section] = []
    at = 0
    for tag in _TAG.finditer(text):
        sections += _plain(text[at : tag.start()])
        sections += _tagged(tag)
        at = tag.end()
    return (*sections, *_plain(text[at:]))


def _plain(text: str) -> list[Section]:
    if stray := _STRAY.search(text):
        hint = "Tags open with <llmlingua, rate=0.5>, close with </llmlingua> and do not nest."
        raise InvalidInput(f"The tag {stray.group()!r} has no partner.", hint=hint)
    return [Section(text)] if text else []


def _tagged(tag: re.Match[str]) -> list[Section]:
    if stray := _STRAY.search(tag.group(2)):
        hint = "Close the outer tag first: they do not nest."
        raise InvalidInput(f"The tag {stray.group()!r} stands inside of another.", hint=hint)
    settings = _settings(tag.group(1), tag.group(0))
    return [Section(tag.group(2), settings.get("rate"), bool(settings.get("compress", True)))] if tag.group(2) else []


def _settings(text: str, tag: str) -> dict[str, float]:
    readers = {"rate": _rate, "compress": _compress}
    settings: dict[str, float] = {}
    at = 0
    while at < len(text.rstrip()):
        setting = _SETTING.match(text, at)
        if setting is None:
            hint = "Write <llmlingua, rate=0.5> or <llmlingua, compress=False>."
            raise InvalidInput(f"The tag {tag[:60]!r} cannot be read at {text[at:]!r:.40}.", hint=hint)
        if setting.group(1) not in readers:
            raise unknown("setting of a tag", setting.group(1), readers)
        settings[setting.group(1)] = readers[setting.group(1)](setting.group(2), tag)
        at = setting.end()
    return settings


def _rate(value: str, tag: str) -> float:
    try:
        return float(value)
    except ValueError:
        raise InvalidBudget(f"The rate {value!r} of the tag {tag[:60]!r} is not a number.") from None


def _compress(value: str, tag: str) -> float:
    if value.lower() not in _TRUTH:
        raise InvalidInput(f"compress={value} in the tag {tag[:60]!r} must be True or False.")
    return _TRUTH[value.lower()]
