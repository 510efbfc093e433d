"""Scores of lines, 0 to 1: a logistic blend of their features, one with a question and one without."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from tamis.core import Floats, Ints
from tamis.prompt.methods.auto.lines.features import FEATURES, features, profile
from tamis.prompt.methods.auto.lines.weights import ASKED, BLIND
from tamis.prompt.methods.auto.salience import squashed
from tamis.prompt.request import Request
from tamis.text.units import Units

LENGTH = 0.3  # malus for each doubling of a line's characters beyond `SHORT`: the budget is in tokens
SHORT = 40
SELDOM = 3.0  # logits: how much seldomer a needed line is than the weights, fitted to as many of either, take it for


def line_scores(request: Request, index: Ints) -> Floats:
    """(m,) how much each of the lines is worth, 0 to 1.

    index -- (m,) numbers of the units that are lines
    """
    units = request.units
    bonds = None if units.bonds is None else units.bonds[index]
    return _scores(request, *_cut(units.text, units.starts[index], units.ends[index]), bonds)


def text_scores(request: Request, starts: Ints, ends: Ints) -> Floats:
    """(m,) how much each stretch of a text is worth as a line, 0 to 1, among the others, in order.

    starts, ends -- (m,) half-open characters of each
    """
    return _scores(request, *_cut(request.units.text, starts, ends), None)


def _scores(request: Request, lines: list[str], indents: Ints, bonds: Ints | None) -> Floats:
    weights = vector(ASKED if request.question else BLIND)
    raw = rows_of(lines, indents, request.question) @ weights[:-1] + weights[-1]
    size = np.array([len(line) for line in lines], np.float64)
    if bonds is not None:
        raw = _together(raw, size, bonds)
    return squashed(raw - LENGTH * np.log2(np.maximum(size / SHORT, 1)))


def _together(raw: Floats, size: Floats, bonds: Ints) -> Floats:
    """(m,) logits of lines that go or stay together: that of the mean of their chances: a few good ones tell."""
    _, group, count = np.unique(bonds, return_inverse=True, return_counts=True)
    chances = squashed(raw - SELDOM)
    mean = np.bincount(group, chances * size) / np.maximum(np.bincount(group, size), 1e-9)
    pooled = np.log(mean / np.maximum(1 - mean, 1e-9)) + SELDOM
    return np.where(count[group] > 1, pooled[group], raw)


def vector(weights: Mapping[str, Sequence[float]]) -> Floats:
    """(k + 1,) the weights in the order of `rows_of`, and the bias."""
    table = np.array([weights[name] for name in FEATURES])
    return np.concatenate([table.T.ravel(), weights[""][1:], weights[""][:1]])


def lines_of(units: Units) -> tuple[list[str], Ints]:
    """The lines of a text, and how deep each is indented."""
    return _cut(units.text, units.starts, units.ends)


def _cut(text: str, starts: Ints, ends: Ints) -> tuple[list[str], Ints]:
    lines = [text[a:b] for a, b in zip(starts.tolist(), ends.tolist(), strict=True)]
    return lines, np.array([_indent(text, start) for start in starts.tolist()], np.int64)


def rows_of(lines: Sequence[str], indents: Ints, question: str | None) -> Floats:
    """(n, k) the features of lines, and these times each share of the kind of text that they make up."""
    rows = features(lines, indents, question)
    shares = profile(lines, rows)
    return np.concatenate([rows, *(rows * share for share in shares), np.tile(shares, (len(rows), 1))], axis=1)


def _indent(text: str, start: int) -> int:
    """Blanks between the line end before a line and the line."""
    at = start
    while at and text[at - 1] in " \t":
        at -= 1
    return start - at
