"""What is protected: which words it covers, what became of it, and what to say when it does not fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from tamis.core import Bools, Span
from tamis.errors import BudgetTooSmall
from tamis.prompt.documents.sections import CONTEXT, Rule
from tamis.prompt.documents.source import Source
from tamis.text.joined import JoinedUnits
from tamis.text.protect import Detection, Keep, detect, keep_spans
from tamis.text.units import Units
from tamis.text.viewed import ViewedUnits, pages

SHOWN = 5  # pinned spans that an error message names


def with_pins(source: Source, keep: Sequence[Keep], *, controlled: bool) -> Source:
    """The source with what the caller keeps, what its sections keep whole, and what only a controller shortens."""
    rules = source.rules if controlled else (*source.rules, *_untouched(source))
    whole = [Detection(rule.span, "section") for rule in rules if rule.whole]
    pinned = (*source.pinned, *whole, *keep_spans(source.text, keep))
    return replace(source, pinned=pinned, rules=tuple(sorted(rules, key=lambda r: r.span)))


def _untouched(source: Source) -> list[Rule]:
    """Instruction and question, unless they have a rate of their own."""
    ruled = {rule.span for rule in source.rules}
    spans = [span for i, span in enumerate(source.documents) if source.role(i) != CONTEXT]
    return [Rule(span, 1.0, whole=True) for span in spans if span not in ruled]


def touched(units: Units, spans: Sequence[Span]) -> Bools:
    """(n,) whether a word's body shares a character with a span; white space around a span does not count."""
    delta = np.zeros(len(units) + 1, np.int64)
    if spans and len(units):
        starts = np.array([s.start for s in spans], np.int64)
        ends = np.array([s.end for s in spans], np.int64)
        first = np.searchsorted(units.ends, starts, side="right")
        last = np.searchsorted(units.starts, ends, side="left")
        real = (last > first) & (ends > starts)
        np.add.at(delta, first[real], 1)
        np.add.at(delta, last[real], -1)
    return np.asarray(np.cumsum(delta)[:-1] > 0)


def preferences(units: Units, detectors: Sequence[str]) -> tuple[Detection, ...]:
    """What detectors find in the words of a text; lines go or stay whole, whatever they hold."""
    pieces = units.pieces if isinstance(units, JoinedUnits) else (units,)
    found: list[Detection] = []
    at = 0
    for piece in pieces:
        if isinstance(piece, ViewedUnits):
            seen = preferences(piece.seen, detectors)
            places = [(int(piece.view.place(d.span.start)), int(piece.view.past(d.span.end))) for d in seen]
            pairs = zip(seen, places, strict=True)
            found += [Detection(Span(at + a, at + b), d.rule) for d, (a, b) in pairs if a < b]
        elif not len(piece) or piece.of_kind("word").any() or piece.of_kind("mark").any():
            own = first_mentions(piece.text, detect(piece.text, detectors))
            found += [Detection(Span(d.span.start + at, d.span.end + at), d.rule) for d in own]
        at += len(piece.text)
    return tuple(found)


def strays(units: Units, spans: Sequence[Span]) -> bool:
    """Whether something of these spans stands in the tags of a page, which are no units."""
    for page in pages(units):
        inside = [Span(max(s.start, page.start), min(s.end, page.end)) for s in spans]
        own = [span for span in inside if span.start < span.end and span.of(units.text).strip()]
        if any(set("<>&") & set(s.of(units.text)) or not touched(units, [s]).any() for s in own):
            return True
    return False


def first_mentions(text: str, matches: Sequence[Detection]) -> tuple[Detection, ...]:
    """Return what was found without names whose words all stood in an earlier name of the same line.

    In a paragraph a name is worth protecting once: protecting each mention costs 1 to 2 points of the answers at 2x and
    4 to 6 at 3x (docs/lab-log.md). On a new line it may say who speaks or acts, and counts afresh.

    Example: "Ada Lovelace met Babbage. Lovelace wrote." -> "Ada Lovelace", "Babbage"
    """
    names: set[str] = set()
    first: list[Detection] = []
    at = 0
    for match in matches:
        if match.rule != "names":
            first.append(match)
            continue
        if "\n" in text[at : match.span.start]:
            names.clear()
        at, parts = match.span.end, set(match.span.of(text).lower().split())
        if not parts <= names:
            first.append(match)
        names |= parts
    return tuple(first)


def fate(
    matches: Sequence[Detection], units: Units, mask: Bools
) -> tuple[tuple[Detection, ...], tuple[Detection, ...]]:
    """Split what was found worth protecting into what is still whole and what is not."""
    lost = np.concatenate(([0], np.cumsum(~mask)))
    whole: list[Detection] = []
    broken: list[Detection] = []
    for match in matches:
        first = int(np.searchsorted(units.ends, match.span.start, side="right"))
        last = int(np.searchsorted(units.starts, match.span.end, side="left"))
        (broken if lost[max(first, last)] > lost[first] else whole).append(match)
    return tuple(whole), tuple(broken)


def name_pins(error: BudgetTooSmall, pinned: Sequence[Detection], text: str, tokenizer: str) -> BudgetTooSmall:
    """Return the error with the pinned texts in it."""
    if not pinned:  # a counter that charges for nothing, such as one that adds a special token
        return BudgetTooSmall(
            f"An empty text already costs {error.needed} tokens ({tokenizer}), the budget is {error.limit}.",
            limit=error.limit,
            needed=error.needed,
            hint="Raise the budget.",
        )
    examples = [f"{f.span.of(text)[:60]!r} ({f.rule})" for f in pinned[:SHOWN]]
    more = f" and {len(pinned) - SHOWN} more" if len(pinned) > SHOWN else ""
    return BudgetTooSmall(
        f"What is pinned needs {error.needed} tokens ({tokenizer}), the budget is {error.limit}: "
        f"{', '.join(examples)}{more}.",
        limit=error.limit,
        needed=error.needed,
        hint="Raise the budget or pin less.",
    )
