"""Texts of any kind, and of several: each part by the form of its kind, all of them under one budget.

A text that is prose as a whole is cut and put together exactly as by the form of prose. Forms get in here by a table,
which is an argument: this file knows none of them but prose and lines.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol, runtime_checkable

import numpy as np

from tamis.core import Bools, Span
from tamis.errors import MissingExtra, TamisError
from tamis.prompt.forms.code.languages import LANGUAGES
from tamis.prompt.forms.heads import HeadLine, headed, heads, with_heads
from tamis.prompt.forms.prose import Prose
from tamis.prompt.forms.protocol import Form
from tamis.prompt.kinds.blocks import TextLines
from tamis.prompt.kinds.detection import parts, pieces
from tamis.prompt.kinds.kind import ASKED_FOR, Kind, Part
from tamis.prompt.kinds.markdown import prose_kind
from tamis.text.edits import Edits
from tamis.text.joined import JoinedUnits, chained, joined
from tamis.text.units import Company, Units

LINED = (
    "code",
    "diff",
    "search",
    "log",
    "lines",
    "yaml",
    "config",
)  # kinds that are taken by lines where their form fails
TAG = re.compile(r"<!--.*?-->|<[^<>]*>", re.DOTALL)
RUNNING = ("prose", "markdown")  # kinds of running text, which the form of prose takes


@runtime_checkable
class Lingual(Protocol):
    """A form that depends on the language, of code."""

    def speaking(self, language: str) -> Form:
        """The form for a language."""
        ...


@dataclass(frozen=True, eq=False)
class MixedUnits(JoinedUnits):
    """The units of a text, part by part.

    Attributes:
        forms: the form of each piece.
        parts: the parts and their kinds; a fence's own lines are pieces of their own, in the part of what they hold.
        fences: numbers of the pieces in fences: the line before each and the one behind it are its fence.
        heads: lines that stay just where something stays under them, in another piece.
    """

    forms: tuple[Form, ...] = ()
    parts: tuple[Part, ...] = ()
    fences: tuple[int, ...] = ()
    heads: tuple[HeadLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Mixed:
    """The form of any text: what kind it is, or which kinds its parts are, is looked up in the text itself.

    Attributes:
        forms: of each kind, by its name; "prose", "lines" and "brackets" must be there.
        markdown: the text is Markdown, with blocks of other kinds; it is not asked whether it is one of these itself.
    """

    forms: Mapping[str, Form]
    markdown: bool = False

    def parse(self, text: str) -> Units:
        """Cut a text into its parts, and these by their own forms."""
        found = _merged(text, pieces(TextLines(text)) if self.markdown else parts(text))
        if all(part.name in RUNNING for part in found):
            return self.forms["prose"].parse(text)
        cuts = [self._cut(part.span.of(text), part) for part in found]
        cut_pieces = [piece for cut in cuts for piece in cut.pieces]
        at, fences = 0, []
        for cut in cuts:
            fences += [at + 1] if len(cut.pieces) == 3 else []
            at += len(cut.pieces)
        whole = joined([units for units, _ in cut_pieces])
        over = heads(whole, [isinstance(form, Prose) for _, form in cut_pieces])
        fields: dict[str, Any] = {name: getattr(whole, name) for name in JoinedUnits.__dataclass_fields__}
        return MixedUnits(
            **{**fields, "company": with_heads(whole.company, over)},
            forms=tuple(form for _, form in cut_pieces),
            parts=tuple(cut.part for cut in cuts),
            fences=tuple(fences),
            heads=over,
        )

    def render(self, units: Units, mask: Bools, fixed: Bools | None = None) -> Edits:
        """Each part by its own form; what stays of one begins on a line of its own."""
        if not isinstance(units, MixedUnits):
            return self.forms["prose"].render(units, mask, fixed)
        if mask.all():
            return Edits(mask, np.zeros(1, np.int64), np.array([len(units.text)], np.int64))
        if units.heads and units.company is not None:
            mask, fixed = headed(units.company, units.heads, mask, fixed)
        edits = [self._piece(units, number, mask, fixed) for number in range(len(units.pieces))]
        for number in units.fences:
            if edits[number].starts.size or any(edits[i].starts.size for i in (number - 1, number + 1)):
                for fence in (number - 1, number + 1):
                    piece = units.pieces[fence]
                    edits[fence] = units.forms[fence].render(piece, np.ones(len(piece), np.bool_))
        return chained(units, edits)

    def check(self, text: str) -> bool:
        """Always: what must be well-formed are the parts, and each form sees to that."""
        return True

    def _piece(self, units: MixedUnits, number: int, mask: Bools, fixed: Bools | None) -> Edits:
        at = slice(units.firsts[number], units.firsts[number + 1])
        piece, form = units.pieces[number], units.forms[number]
        return form.render(piece, mask[at], None if fixed is None else fixed[at])

    def _cut(self, text: str, part: Part) -> _Cut:
        """One part by the form of its kind; by that of lines, or of prose, where it cannot be."""
        inside = part.inside
        if inside is None:
            if part.name == "page" and not TAG.sub("", text).strip():
                return _Cut(((_accompanying(self.forms["lines"].parse(text)), self.forms["lines"]),), part)
            units, form, kind = self._by_kind(text, part.kind)
            return _Cut(((units, form),), replace(part, kind=kind))
        low, high = inside.start - part.span.start, inside.end - part.span.start
        units, form, kind = self._by_kind(text[low:high], part.kind)
        lines = self.forms["lines"]
        fences = [(_accompanying(lines.parse(line)), lines) for line in (text[:low], text[high:])]
        return _Cut((fences[0], (units, form), fences[1]), replace(part, kind=kind))

    def _by_kind(self, text: str, kind: Kind) -> tuple[Units, Form, Kind]:
        if kind.name in RUNNING:
            return self.forms["prose"].parse(text), self.forms["prose"], kind
        form, why, wild = self.forms.get(kind.name), "there is no form for it", False
        if form is not None:
            form = form.speaking(kind.language) if kind.language and isinstance(form, Lingual) else form
            try:
                # (Code with errors is cut around them.)
                if (kind.name == "code" or form.check(text)) and len(units := form.parse(text)):
                    return units, form, kind
                why = "it is not well-formed"
            except (TamisError, ValueError, RecursionError) as error:
                why, wild = str(error) or type(error).__name__, isinstance(error, MissingExtra)
        name = "lines" if kind.name in LINED or text.count("\n") > 20 else "prose"
        if kind.name == "code" and (wild or kind.language not in LANGUAGES):
            name = "brackets"
        other, instead = self.forms[name], Kind(name, f"{kind.reason} ({kind.name}), but {why}")
        other = other.speaking(kind.language) if isinstance(other, Lingual) else other
        return other.parse(text), other, instead


@dataclass(frozen=True, slots=True)
class _Cut:
    """What became of a part: its pieces (three if it stands in a fence), and the kind that it was taken for."""

    pieces: tuple[tuple[Units, Form], ...]
    part: Part


def has_prose(form: Form, units: Units) -> bool:
    """Whether units are those of prose, as a whole or in part: of words, in clauses and sentences."""
    if isinstance(units, MixedUnits):
        return any(isinstance(one, Prose) for one in units.forms)
    return isinstance(form, (Prose, Mixed))


def kinds_of(form: Form, name: object, units: Units) -> tuple[Part, ...]:
    """The parts of a text and their kinds, as its units were cut; of a form that was asked for, what was asked for."""
    if isinstance(units, MixedUnits):
        return units.parts
    whole = Span(0, len(units.text))
    if isinstance(form, Mixed):
        return (Part(whole, prose_kind(units.text)),)
    return (Part(whole, Kind(name if isinstance(name, str) else type(form).__name__, ASKED_FOR)),)


def _merged(text: str, found: Sequence[Part]) -> list[Part]:
    """The parts, and white space with the part before it: nothing is to be said about it."""
    merged: list[Part] = []
    start = 0
    for part in found:
        if part.span.of(text).strip():
            merged.append(replace(part, span=Span(start, part.span.end)))
        elif merged:
            merged[-1] = replace(merged[-1], span=Span(merged[-1].span.start, part.span.end))
        start = merged[-1].span.end if merged else 0
    return merged or list(found[:1])


def _accompanying(units: Units) -> Units:
    """The same units, which nobody chooses for their own sake."""
    core, none = np.zeros(len(units), np.bool_), np.zeros((2, len(units)), np.int64)
    return replace(units, company=Company(core, ~core, none, none))
