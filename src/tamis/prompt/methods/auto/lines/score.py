"""Scores of lines, 0 to 1: a logistic blend of their features, one with a question and one without."""

from __future__ import annotations

import numpy as np

from tamis.core import Floats, Ints
from tamis.prompt.methods.auto.lines.features import FEATURES, features
from tamis.prompt.methods.auto.salience import squashed
from tamis.prompt.request import Request

# By hand; one line a group of features, in the order of `FEATURES`.
ASKED = {
    "words": 2.5, "share": 2.0, "near": 1.0, "around": 1.5, "name": 1.5,
    "trouble": 0.8, "warning": 0.2, "summary": 0.5, "definition": 0.5, "import": -0.6, "comment": -0.1, "changed": 0.6,
    "place": 0.3, "noise": -1.0, "sign": -1.2, "rare": 0.5, "again": -0.3, "first": 0.5, "last": 0.5,
    "depth": -0.1, "length": 0.0, "values": -0.3,
}  # fmt: skip
BLIND = {
    "trouble": 2.0, "warning": 0.6, "summary": 1.2, "definition": 1.0, "import": -0.6, "comment": -0.2, "changed": 1.0,
    "place": 0.5, "noise": -1.5, "sign": -1.2, "rare": 1.2, "again": -0.5, "first": 1.0, "last": 1.0,
    "depth": -0.3, "length": 0.0, "values": -0.5,
}  # fmt: skip
MIDDLE = {True: 2.2, False: 1.4}  # what a line is worth that is as likely to stay as not


def line_scores(request: Request, index: Ints) -> Floats:
    """(m,) how much each of the lines is worth, 0 to 1.

    index -- (m,) numbers of the units that are lines
    """
    return text_scores(request, request.units.starts[index], request.units.ends[index])


def text_scores(request: Request, starts: Ints, ends: Ints) -> Floats:
    """(m,) how much each stretch of a text is worth as a line, 0 to 1, among the others, in order.

    starts, ends -- (m,) half-open characters of each
    """
    text = request.units.text
    lines = [text[a:b] for a, b in zip(starts.tolist(), ends.tolist(), strict=True)]
    indents = np.array([_indent(text, start) for start in starts.tolist()], np.int64)
    rows = features(lines, indents, request.question)
    weights = ASKED if request.question else BLIND
    raw = rows @ np.array([weights.get(name, 0.0) for name in FEATURES])
    return squashed(raw - MIDDLE[request.question is not None])


def _indent(text: str, start: int) -> int:
    """Blanks between the line end before a line and the line."""
    at = start
    while at and text[at - 1] in " \t":
        at -= 1
    return start - at
