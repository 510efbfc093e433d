"""What is to be compressed: one text, or documents that become one text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from tamis.core import Span
from tamis.errors import InvalidInput
from tamis.text.protect import keep_tags

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
        pinned: what `<keep>` tags marked.
    """

    text: str
    documents: tuple[Span, ...]
    pinned: tuple[Span, ...] = ()


def source_of(given: Input) -> Source:
    """Join what the caller gave into one source.

    Raises:
        InvalidInput: neither a text nor a sequence of texts and documents.
    """
    if isinstance(given, (str, Document)):
        return _joined([given])
    if isinstance(given, (bytes, bytearray)) or not isinstance(given, Sequence):
        raise InvalidInput(
            f"Expected a text or a list of documents, got {type(given).__name__}.", hint="Decode bytes to str first."
        )
    return _joined(list(given))


def _joined(documents: Sequence[str | Document]) -> Source:
    parts: list[str] = []
    spans: list[Span] = []
    pinned: list[Span] = []
    at = 0
    for document in documents:
        text, kept = keep_tags(_shown(document))
        spans.append(Span(at, at + len(text)))
        pinned += [Span(at + s.start, at + s.end) for s in kept]
        parts.append(text)
        at += len(text) + len(SEPARATOR)
    return Source(SEPARATOR.join(parts), tuple(spans), tuple(pinned))


def _shown(document: object) -> str:
    if isinstance(document, Document):
        return f"{document.title}\n{document.text}" if document.title else document.text
    if not isinstance(document, str):
        raise InvalidInput(f"A document must be a text or a tamis.Document, got {type(document).__name__}.")
    return document


def reordered(source: Source, order: Sequence[int]) -> Source:
    """Return the source with its documents in another order; `order[i]` is the old number of the new i-th document."""
    shift: list[Span] = []
    pinned: list[Span] = []
    at = 0
    for number in order:
        old = source.documents[number]
        shift.append(Span(at, at + len(old)))
        inside = (s for s in source.pinned if old.start <= s.start and s.end <= old.end)
        pinned += [Span(s.start - old.start + at, s.end - old.start + at) for s in inside]
        at += len(old) + len(SEPARATOR)
    text = SEPARATOR.join(source.documents[number].of(source.text) for number in order)
    return Source(text, tuple(shift), tuple(sorted(pinned)))
