"""Rules that a caller gives by paths, as rules for stretches of the source. Does not read paths: forms do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tamis.core import Span
from tamis.errors import InvalidInput
from tamis.prompt.documents.sections import Rule
from tamis.prompt.documents.source import Source
from tamis.prompt.forms.data.frame import Framed
from tamis.prompt.forms.data.paths import DROP, KEEP, PathRule
from tamis.prompt.forms.mixed import Mixed
from tamis.prompt.forms.protocol import Form
from tamis.text.joined import JoinedUnits
from tamis.text.units import Units


def with_paths(source: Source, form: Form) -> Source:
    """The source with a rule for each value that a path of the options leads to.

    Where one of them stands in another, the inner one counts for its own part.

    Raises:
        InvalidInput: nothing in the text has paths: it is no JSON, YAML or XML. (Where the form is looked up in the
            text, that is no error: see `pathless`.)
    """
    pieces = [(piece, offset) for piece, offset in _pieces(form.parse(source.text)) if isinstance(piece, Framed)]
    if all(piece.rules is None for piece, _ in pieces) and not isinstance(form, Mixed):
        hint = "Options(form=...) can be json, jsonl, yaml, xml, or auto where the text is one of these."
        raise InvalidInput("paths go with JSON, YAML and XML; the text is nothing of that.", hint=hint)
    ruled = [(offset + start, offset + end, rule) for piece, offset in pieces for start, end, rule in piece.rules or ()]
    return replace(source, rules=(*source.rules, *_disjoint(ruled)))


def pathless(units: Units) -> bool:
    """Whether nothing in a text has paths."""
    return all(not isinstance(piece, Framed) or piece.rules is None for piece, _ in _pieces(units))


def _pieces(units: Units) -> Iterator[tuple[Units, int]]:
    """The pieces of units, and where each begins in the text."""
    if isinstance(units, JoinedUnits):
        yield from zip(units.pieces, units.offsets, strict=False)
    else:
        yield units, 0


def _disjoint(ruled: list[tuple[int, int, PathRule]]) -> Iterator[Rule]:
    """Nested stretches as disjoint ones, each with the rule of the innermost."""
    around: list[tuple[int, PathRule]] = []  # (end, rule) of those that are open
    at = 0
    for start, end, rule in [*sorted(ruled, key=lambda one: (one[0], -one[1])), (1 << 62, 1 << 62, 0.0)]:
        while around and around[-1][0] <= start:
            last, outer = around.pop()
            yield from _rule(at, last, outer)
            at = max(at, last)
        if around:
            yield from _rule(at, start, around[-1][1])
        at = start
        around.append((end, rule))


def _rule(start: int, end: int, rule: PathRule) -> Iterator[Rule]:
    if start >= end:
        return
    if rule == KEEP:
        yield Rule(Span(start, end), 1.0, whole=True)
    else:
        yield Rule(Span(start, end), 0.0 if rule == DROP else float(rule))
