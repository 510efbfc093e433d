"""What is to be compressed: one text, or documents that become one text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from tamis.core import Span
from tamis.errors import InvalidInput
from tamis.text.protect import Found, keep_tags

SEPARATOR = "\n\n"


@dataclass(frozen=True, slots=True)
class Document:
    """A retrieved document: its text, and a title that is shown as its first line."""

    text: str
    title: str | None = None


Input: TypeAlias = str | Document | Sequence["str | Document"]


@dataclass(frozen=True, slots=True)
class Source:
    """One text made of documents.

    Attributes:
        text: the documents, joined by blank lines, without `<keep>` tags.
        documents: where each document lies, its title line included.
        pinned: what the caller pinned.
    """

    text: str
    documents: tuple[Span, ...]
    pinned: tuple[Found, ...] = ()


def source_of(given: Input) -> Source:
    """Join what the caller gave into one source.

    Raises:
        InvalidInput: neither a text nor a sequence of texts and documents.
    """
    if isinstance(given, (str, Document)):
        return _joined([given])
    if isinstance(given, (bytes, bytearray)) or not isinstance(given, Sequence):
        hint = "Decode bytes to str first." if isinstance(given, (bytes, bytearray)) else ""
        raise InvalidInput(f"Expected a text or a list of documents, got {type(given).__name__}.", hint=hint)
    return _joined(list(given))


def _joined(documents: Sequence[str | Document]) -> Source:
    parts: list[str] = []
    spans: list[Span] = []
    pinned: list[Found] = []
    at = 0
    for document in documents:
        text, kept = keep_tags(shown(document))
        spans.append(Span(at, at + len(text)))
        pinned += [Found(Span(at + s.start, at + s.end), "keep tag") for s in kept]
        parts.append(text)
        at += len(text) + len(SEPARATOR)
    return Source(SEPARATOR.join(parts), tuple(spans), tuple(pinned))


def shown(document: object) -> str:
    """Return a document as a reader sees it: its title, if it has one, is the first line."""
    if isinstance(document, Document):
        if not isinstance(document.text, str):
            raise InvalidInput(f"The text of a document must be a str, got {type(document.text).__name__}.")
        return f"{document.title}\n{document.text}" if document.title else document.text
    if not isinstance(document, str):
        raise InvalidInput(f"A document must be a text or a tamis.Document, got {type(document).__name__}.")
    return document


def reordered(source: Source, order: Sequence[int]) -> Source:
    """Return the source with its documents in another order; `order[i]` is the old number of the new i-th document.

    A pin that reaches over several documents stays on the part that lies in each.
    """
    spans: list[Span] = []
    pinned: list[Found] = []
    at = 0
    for number in order:
        old = source.documents[number]
        spans.append(Span(at, at + len(old)))
        pinned += [_moved(pin, old, at - old.start) for pin in source.pinned if _meet(pin.span, old)]
        at += len(old) + len(SEPARATOR)
    text = SEPARATOR.join(source.documents[number].of(source.text) for number in order)
    return Source(text, tuple(spans), tuple(pinned))


def _meet(a: Span, b: Span) -> bool:
    return a.start < b.end and b.start < a.end


def _moved(pin: Found, document: Span, shift: int) -> Found:
    start, end = max(pin.span.start, document.start), min(pin.span.end, document.end)
    return Found(Span(start + shift, end + shift), pin.rule)
