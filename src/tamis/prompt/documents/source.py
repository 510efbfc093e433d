"""What is to be compressed: one text, or documents that become one text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from tamis.core import Span
from tamis.errors import InvalidInput
from tamis.prompt.documents.ranking import Ranking
from tamis.prompt.documents.sections import CONTEXT, INSTRUCTION, QUESTION, Prompt, Rule, Section
from tamis.text.protect import Detection, keep_tags

SEPARATOR = "\n\n"


@dataclass(frozen=True, slots=True)
class Document:
    """A retrieved document: its text, and a title that is shown as its first line."""

    text: str
    title: str | None = None


Input: TypeAlias = "str | Document | Prompt | Sequence[str | Document]"


@dataclass(frozen=True, slots=True)
class Source:
    """One text made of documents, and what is said of stretches of it.

    Attributes:
        text: the documents, joined by blank lines, without `<keep>` tags.
        documents: where each document lies, its title line included.
        pinned: what the caller pinned.
        roles: of each document; only documents of the role "context" are ranked, moved and dropped.
        rules: sections with a rate of their own, in order and disjoint.
        question: what the prompt itself asks; once a call has begun, what it asks.
        preferred: what detectors found.
        ranking: of the context documents, numbered among themselves as they were given; None where nothing ranked.
        order: `order[i]` is the number that document i had as it was given; () where all are as given.
    """

    text: str
    documents: tuple[Span, ...]
    pinned: tuple[Detection, ...] = ()
    roles: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()
    question: str | None = None
    preferred: tuple[Detection, ...] = ()
    ranking: Ranking | None = None
    order: tuple[int, ...] = ()

    def role(self, number: int) -> str:
        """The role of a document."""
        return self.roles[number] if self.roles else CONTEXT

    @property
    def contexts(self) -> tuple[int, ...]:
        """Numbers of the documents that may be ranked, moved and dropped."""
        return tuple(number for number in range(len(self.documents)) if self.role(number) == CONTEXT)

    @property
    def numbers(self) -> tuple[int, ...]:
        """The number that each document had as it was given."""
        return self.order or tuple(range(len(self.documents)))

    @property
    def best_first(self) -> tuple[int, ...]:
        """Numbers of the context documents, best first; where nothing ranked, in order."""
        if self.ranking is None:
            return self.contexts
        place = {number: i for i, number in enumerate(self.numbers)}
        return tuple(place[self.contexts[i]] for i in self.ranking.order)


def source_of(prompt: Input) -> Source:
    """Join what the caller gave into one source.

    Raises:
        InvalidInput: neither a text nor a sequence of texts and documents.
    """
    if isinstance(prompt, Prompt):
        return _prompted(prompt)
    if isinstance(prompt, (str, Document)):
        return _joined([prompt])
    if isinstance(prompt, (bytes, bytearray)) or not isinstance(prompt, Sequence):
        hint = "Decode bytes to str first." if isinstance(prompt, (bytes, bytearray)) else ""
        raise InvalidInput(f"Expected a text or a list of documents, got {type(prompt).__name__}.", hint=hint)
    return _joined(list(prompt))


@dataclass
class _Builder:
    """A source under construction."""

    parts: list[str] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    roles: list[str] = field(default_factory=list)
    pinned: list[Detection] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    at: int = 0

    def add(self, sections: Sequence[Section], role: str = CONTEXT) -> str:
        """Append a document made of sections; return its text."""
        start, first = self.at, len(self.parts)
        for section in sections:
            self._add_section(section)
        self.spans.append(Span(start, self.at))
        self.roles.append(role)
        text = "".join(self.parts[first:])
        self.parts[first:] = [text]
        self.at += len(SEPARATOR)
        return text

    def _add_section(self, section: Section) -> None:
        text, kept = keep_tags(section.text)
        span = Span(self.at, self.at + len(text))
        spans = [Span(self.at + s.start, self.at + s.end) for s in kept if s.of(text).strip()]
        self.pinned += [Detection(s, "keep tag") for s in spans]
        if not section.compress:
            self.rules.append(Rule(span, 1.0, whole=True))
        elif section.rate is not None:
            self.rules.append(Rule(span, float(section.rate)))
        self.parts.append(text)
        self.at += len(text)

    def done(self, question: str | None = None) -> Source:
        """The source."""
        text = SEPARATOR.join(self.parts)
        pinned = tuple(self.pinned)
        return Source(text, tuple(self.spans), pinned, tuple(self.roles), tuple(self.rules), question)


def _joined(documents: Sequence[str | Document]) -> Source:
    builder = _Builder()
    for document in documents:
        builder.add([Section(text_of(document))])
    return builder.done()


def _prompted(prompt: Prompt) -> Source:
    builder = _Builder()
    if _part_text(prompt.instruction, "instruction"):
        builder.add([_section(prompt.instruction)], INSTRUCTION)
    for part in _parts(prompt.context, "context of a prompt"):
        builder.add([_section(p) for p in _parts(part, "document of a prompt")])
    question = _part_text(prompt.question, "question")
    if question:
        builder.add([_section(prompt.question)], QUESTION)
    return builder.done(question or None)


def _parts(value: object, what: str) -> Sequence[object]:
    """A list as it is, and what stands for a list of one."""
    if isinstance(value, (str, Section)):
        return [value]
    if isinstance(value, (bytes, bytearray)) or not isinstance(value, Sequence):
        raise InvalidInput(f"A {what} must be a text, a tamis.Section or a list, got {type(value).__name__}.")
    return value


def _section(part: object) -> Section:
    if isinstance(part, Section):
        return part
    if not isinstance(part, str):
        raise InvalidInput(f"A part of a prompt must be a text or a tamis.Section, got {type(part).__name__}.")
    return Section(part)


def _part_text(part: object, name: str) -> str:
    if not isinstance(part, (str, Section)):
        raise InvalidInput(f"The {name} of a prompt must be a text or a tamis.Section, got {type(part).__name__}.")
    return keep_tags(part.text if isinstance(part, Section) else part)[0].strip()


def text_of(document: object) -> str:
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

    A pin or a rule that reaches over several documents stays on the part that lies in each.
    """
    spans: list[Span] = []
    pinned: list[Detection] = []
    rules: list[Rule] = []
    at = 0
    for number in order:
        old = source.documents[number]
        spans.append(Span(at, at + len(old)))
        pinned += [Detection(_moved(p.span, old, at), p.rule) for p in source.pinned if _meet(p.span, old)]
        rules += [Rule(_moved(r.span, old, at), r.rate, r.whole) for r in source.rules if _meet(r.span, old)]
        at += len(old) + len(SEPARATOR)
    return replace(
        source,
        text=SEPARATOR.join(source.documents[number].of(source.text) for number in order),
        documents=tuple(spans),
        pinned=tuple(pinned),
        roles=tuple(source.role(number) for number in order) if source.roles else (),
        rules=tuple(rules),
        order=tuple(source.numbers[number] for number in order),
    )


def _meet(a: Span, b: Span) -> bool:
    return a.start < b.end and b.start < a.end


def _moved(span: Span, document: Span, at: int) -> Span:
    """The part of a span that lies in a document, where that document now begins at `at`."""
    start, end = max(span.start, document.start), min(span.end, document.end)
    return Span(start + at - document.start, end + at - document.start)
