"""A compression as a page that stands by itself: kept and dropped, a heat map of the scores, a slider for the rate.

The page carries the source, and of each word its score, cost and priority, as JSON; it loads nothing. At the rate that
was computed it shows the exact result; elsewhere it selects by the same ranking, with costs that are added up.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tamis.core import PINNED, Ints
from tamis.io import page as frame
from tamis.io.page import Markup, fill
from tamis.prompt.selection import Selection
from tamis.prompt.views.protocol import Viewed
from tamis.text.protect import Detection
from tamis.text.render import tidy
from tamis.text.units import Units

KEPT_BIT, CHOSEN_BIT, PUNCT_BIT, PREFERRED_BIT, PINNED_BIT = 1, 2, 4, 8, 16  # as in page.js


def page(compression: Viewed, *, title: str | None = None) -> str:
    """Return a self-contained HTML page.

    title -- what was compressed, for the heading; a file name, say.
    """
    fields = {
        "heading": title or "Compressed text",
        "original": f"{compression.original_tokens:,}",
        "tokens": f"{compression.tokens:,}",
        "percent": f"{100 * compression.rate:.1f} %",
        "width": f"{100 * min(compression.rate, 1):.2f}",
        "note": _note(compression),
        "result": compression.text,
    }
    name = f"{title} (compressed)" if title else "Compressed text"
    return frame.page("tamis.prompt.views:page", title=name, fields=fields, data=_data(compression))


def _note(compression: Viewed) -> Markup:
    """Return the line that says what decided."""
    model = f"model {compression.model}" if compression.model else ""
    parts = [compression.method, model, f"budget: {compression.budget}", f"counted by {compression.tokenizer}"]
    line = ", ".join(part for part in parts if part)
    template = "{{line}}, asked: <q>{{question}}</q>{{relevance}}" if compression.question else "{{line}}"
    told = "" if compression.relevance is None else f", relevance {compression.relevance:.2f}"
    more = "".join(f". {warning}" for warning in compression.warnings)
    return fill(template, {"line": line, "question": compression.question, "relevance": told + more})


def _data(compression: Viewed) -> dict[str, Any]:
    """Return what the page needs; offsets count UTF-16 units, as JavaScript does."""
    chosen = compression.selection
    units, at = chosen.units, _utf16(compression.source)
    starts, ends = at[units.starts], at[units.ends]
    matches = (*compression.protected, *compression.sacrificed)
    rules = sorted({one.rule for one in matches})
    fixed = chosen.priority == PINNED
    return {
        "text": compression.source,
        "tokens": compression.tokens,
        "original": compression.original_tokens,
        "rate": compression.rate,
        "skips": (starts - np.append(0, ends[:-1])[: starts.size]).tolist(),
        "lengths": (ends - starts).tolist(),
        "scores": [round(x, 4) if np.isfinite(x) else None for x in chosen.scores.tolist()],
        "costs": chosen.costs.tolist(),
        "flags": _flags(chosen),
        "gaps": units.gap.tolist(),
        "anchors": _anchors(chosen),
        "relations": _relations(units),
        "clean": bool(np.array_equal(chosen.mask, tidy(units, chosen.chosen, fixed))),
        "spans": _steps(at[chosen.starts], at[chosen.ends]),
        "rules": rules,
        "matches": _matches(chosen, matches, rules),
        "sacrificed": [[*_extent(one, at), rules.index(one.rule)] for one in compression.sacrificed],
    }


def _utf16(text: str) -> Ints:
    """(len + 1,) where each character lies in UTF-16."""
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.dtype("<u4"))
    return np.concatenate(([0], np.cumsum(1 + (points > 0xFFFF), dtype=np.int64)))


def _flags(chosen: Selection) -> list[int]:
    flags: list[int] = (
        chosen.mask * KEPT_BIT
        + chosen.chosen * CHOSEN_BIT
        + chosen.units.punct * PUNCT_BIT
        + (False if chosen.preferred is None else chosen.preferred) * PREFERRED_BIT
        + (chosen.priority == PINNED) * PINNED_BIT
    ).tolist()
    return flags


def _anchors(chosen: Selection) -> list[list[int]]:
    """For each unit of punctuation: its number, the words it belongs to, its partner."""
    where = np.flatnonzero(chosen.units.punct)
    columns: list[list[int]] = np.stack([where, *(a[where] for a in chosen.units.anchors)], axis=1).tolist()
    return columns


def _relations(units: Units) -> dict[str, list[Any]] | None:
    """What units need of each other: bonds, (unit, parent), and (unit, forced, two ranges) of those kept by others."""
    company = units.company
    if company is None or units.bonds is None:
        return None
    parents = np.atleast_2d(np.full(len(units), -1) if units.parents is None else units.parents)
    others = np.flatnonzero(~company.core)
    ranges = (company.forced[others], *company.left[:, others], *company.right[:, others])
    return {
        "bonds": units.bonds.tolist(),
        "needs": [[i, int(p)] for row in parents for i, p in enumerate(row.tolist()) if p >= 0],
        "company": np.stack([others, *ranges], axis=1).astype(np.int64).tolist(),
    }


def _steps(starts: Ints, ends: Ints) -> list[int]:
    """Spans as skip, length, skip, length, ...: short numbers."""
    edges = np.stack([starts, ends], axis=1).ravel()
    steps: list[int] = np.diff(edges, prepend=0).tolist()
    return steps


def _matches(chosen: Selection, matches: tuple[Detection, ...], rules: list[str]) -> list[list[int]]:
    """For each match of a detector: the numbers of its first word and of the one behind its last, and of its rule."""
    first = np.searchsorted(chosen.units.ends, [one.span.start for one in matches], side="right").tolist()
    past = np.searchsorted(chosen.units.starts, [one.span.end for one in matches], side="left").tolist()
    return [[a, b, rules.index(one.rule)] for a, b, one in zip(first, past, matches, strict=True)]


def _extent(match: Detection, at: Ints) -> tuple[int, int]:
    start = int(at[match.span.start])
    return start, int(at[match.span.end]) - start
