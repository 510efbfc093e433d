"""A kind of text and why it is taken for one; a part of a text that is of one kind. `detection` detects."""

from __future__ import annotations

from dataclasses import dataclass

from tamis.core import Span

KINDS = (
    "prose",
    "markdown",
    "json",
    "jsonl",
    "csv",
    "tsv",
    "yaml",
    "xml",
    "code",
    "diff",
    "search",
    "log",
    "config",
    "page",
    "lines",
)


@dataclass(frozen=True, slots=True)
class Kind:
    """What kind of text something is.

    Attributes:
        name: one of `KINDS`; the form of the same name knows how to shorten it.
        reason: what it was recognised by, for people: "8 of 9 lines begin with a time".
        language: of code, in lower case, where that is known: "python".
    """

    name: str
    reason: str
    language: str = ""


PROSE = Kind("prose", "nothing speaks for another kind")
ASKED_FOR = "the form that was asked for"
"""The reason where the caller named the kind."""


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a text that is of one kind.

    Attributes:
        span: half-open characters; the parts of a text tile it, and begin and end at line ends.
        kind: what kind it is.
        inside: of a fence, what stands between its own two lines; None where there is no fence.
    """

    span: Span
    kind: Kind
    inside: Span | None = None

    @property
    def name(self) -> str:
        """The name of its kind."""
        return self.kind.name

    @property
    def reason(self) -> str:
        """What it was recognised by."""
        return self.kind.reason

    def to_dict(self) -> dict[str, object]:
        """Return what `--json` prints."""
        return {"start": self.span.start, "end": self.span.end, "kind": self.name, "reason": self.reason}
