"""Scores of lines, 0 to 1: a small network over their features, one with a question and one without."""

from __future__ import annotations

from weakref import WeakKeyDictionary

import numpy as np

from tamis.core import Bools, Floats, Ints
from tamis.models.lines import load_lines
from tamis.prompt.forms.code.parts import CodeUnits
from tamis.prompt.forms.data.frame import Framed
from tamis.prompt.forms.log import LogUnits
from tamis.prompt.methods.auto.lines.asking import window_mean
from tamis.prompt.methods.auto.lines.features import FEATURES, features
from tamis.prompt.methods.auto.lines.odd import odd
from tamis.prompt.methods.auto.salience import squashed
from tamis.prompt.request import Request
from tamis.text.joined import JoinedUnits
from tamis.text.units import Units

LENGTH = 0.3  # malus for each doubling of a line's characters beyond `SHORT`: the budget is in tokens
SHORT = 40
SELDOM = 3.0  # logits: how much seldomer a needed line is than the weights, fitted to as many of either, take it for
# What any reader of data looks for, by hand: what is fitted to tasks does not know which are odd, and lost them.
DATA = {
    "trouble": 2.0, "warning": 0.6, "summary": 1.2, "definition": 1.0, "import": -0.6, "comment": -0.2, "changed": 1.0,
    "where": 0.5, "noise": -1.5, "sign": -1.2, "rare": 1.2, "again": -0.5, "first": 1.0, "last": 1.0,
    "depth": -0.3, "values": -0.5,
}  # fmt: skip
ODD = 3.0
NEAR, REACH, ENDS = 0.8, 20, 3.0  # of code without a question; chosen on development repositories
ALARM, FEW = 8.0, 0.1  # of a log: what trouble is worth, where no more than this share of its lines is trouble
MIDDLE = 1.4  # what a line of data is worth that is as likely to stay as not


_SCORES: WeakKeyDictionary[Request, tuple[Ints, Floats]] = WeakKeyDictionary()


def line_scores(request: Request, index: Ints) -> Floats:
    """(m,) how much each of the lines is worth, 0 to 1.

    index -- (m,) numbers of the units that are lines
    """
    units = request.units
    bonds = None if units.bonds is None else units.bonds[index]
    scores = _scores(request, units.starts[index], units.ends[index], bonds, index)
    _SCORES[request] = (index, scores)
    return scores


def all_line_scores(request: Request) -> tuple[Ints, Floats]:
    """The numbers of all lines of a request and their scores; those that were computed for its selection."""
    if request not in _SCORES:
        line_scores(request, np.flatnonzero(request.units.of_kind("line")))
    return _SCORES[request]


def text_scores(request: Request, starts: Ints, ends: Ints) -> Floats:
    """(m,) how much each stretch of a text is worth as a line, 0 to 1, among the others, in order.

    starts, ends -- (m,) half-open characters of each
    """
    units = request.units
    unit = np.clip(np.searchsorted(units.starts, starts, side="right") - 1, 0, None)
    return _scores(request, starts, ends, None, unit)


def of_form(units: Units, form: type[Units]) -> Bools:
    """(n,) whether each unit is one of a form's: `Framed` of data, `CodeUnits` of code."""
    pieces = units.pieces if isinstance(units, JoinedUnits) else (units,)
    parts = [np.full(len(piece), isinstance(piece, form)) for piece in pieces]
    return np.concatenate(parts) if parts else np.zeros(0, np.bool_)


def _scores(request: Request, starts: Ints, ends: Ints, bonds: Ints | None, unit: Ints) -> Floats:
    """(m,) scores of stretches of the text.

    unit -- (m,) the unit that each is, or is of
    """
    lines, indents = _cut(request.units.text, starts, ends)
    rows = features(lines, indents, request.question)
    raw = load_lines()["asked" if request.question else "blind"].logits(rows)
    if not request.question:
        data, code = of_form(request.units, Framed)[unit], of_form(request.units, CodeUnits)[unit]
        raw = np.where(data, _records(lines, rows), raw) if data.any() else raw
        raw[code] = _stretches(raw[code])
    raw += ALARM * _alarms(rows, of_form(request.units, LogUnits)[unit])
    size = np.array([len(line) for line in lines], np.float64)
    if bonds is not None:
        raw = _together(raw, size, bonds)
    return squashed(raw - LENGTH * np.log2(np.maximum(size / SHORT, 1)))


def _stretches(raw: Floats) -> Floats:
    """(m,) logits of lines of code where nobody asks: single good lines cost the blocks and the notes around them.

    So stretches stay, and rather those at both ends, where people look and add.
    """
    ends = np.abs(np.linspace(-1, 1, raw.size))
    return (1 - NEAR) * raw + NEAR * window_mean(raw, REACH) + ENDS * ends


def _alarms(rows: Floats, log: Bools) -> Floats:
    """(m,) 1 for the lines of a log that nobody may miss: trouble where trouble is rare, or the first of each kind.

    What is fitted to failing tests does not know a service's log, in which one line of a thousand says what happened.
    """
    trouble = log & (rows[:, FEATURES.index("trouble")] > 0)
    for lines in (trouble, trouble & (rows[:, FEATURES.index("new")] > 0)):
        if lines.sum() <= max(FEW * log.sum(), 1):
            return lines.astype(np.float64)
    return np.zeros(len(rows))


def _records(lines: list[str], rows: Floats) -> Floats:
    """(m,) logits of lines of data where nobody asks: trouble, what is rare, what is odd."""
    known: Floats = rows @ np.array([DATA.get(name, 0.0) for name in FEATURES])
    return known + ODD * odd(lines) - MIDDLE


def _together(raw: Floats, size: Floats, bonds: Ints) -> Floats:
    """(m,) logits of lines that go or stay together: that of the mean of their chances: a few good ones tell."""
    _, group, count = np.unique(bonds, return_inverse=True, return_counts=True)
    chances = squashed(raw - SELDOM)
    mean = np.bincount(group, chances * size) / np.maximum(np.bincount(group, size), 1e-9)
    pooled = np.log(mean / np.maximum(1 - mean, 1e-9)) + SELDOM
    return np.where(count[group] > 1, pooled[group], raw)


def lines_of(units: Units) -> tuple[list[str], Ints]:
    """The lines of a text, and how deep each is indented."""
    return _cut(units.text, units.starts, units.ends)


def _cut(text: str, starts: Ints, ends: Ints) -> tuple[list[str], Ints]:
    lines = [text[a:b] for a, b in zip(starts.tolist(), ends.tolist(), strict=True)]
    return lines, np.array([_indent(text, start) for start in starts.tolist()], np.int64)


def _indent(text: str, start: int) -> int:
    """Blanks between the line end before a line and the line."""
    at = start
    while at and text[at - 1] in " \t":
        at -= 1
    return start - at
