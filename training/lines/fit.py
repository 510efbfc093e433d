"""Fit the weights of lines: logistic regression over their features, and these times the kind of text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from tamis.core import Floats
from tamis.prompt.forms.table import FORMS
from tamis.prompt.methods.auto.lines.features import FEATURES, PROFILE
from tamis.prompt.methods.auto.lines.score import lines_of, rows_of
from tamis.prompt.options import Options, Style
from training.lines.examples import LineExample

HEAD = '''"""The weights of lines, as `python -m training lines fit` writes them.

Of each feature: by itself, and times each share of `PROFILE` (how much of a diff, a listing, a search, a log, code the
text is). The last row: of these shares by themselves, and of nothing.
"""

from __future__ import annotations

# fmt: off
'''


def matrix(rows: Sequence[LineExample], *, asked: bool) -> tuple[Floats, Floats, Floats]:
    """Features, labels and weights of the lines of all examples; examples and their classes weigh the same."""
    features, labels, weights = [], [], []
    form = FORMS["lines"](Options(), Style())
    for row in rows:
        units = form.parse(row.text)
        lines, indents = lines_of(units)
        ends = [at for at, sign in enumerate(row.text) if sign == "\n"]
        number = np.searchsorted(ends, units.starts)
        label = np.isin(number, np.array(row.relevant))
        if not 0 < label.sum() < label.size:
            continue
        features.append(rows_of(lines, indents, row.task if asked else None))
        labels.append(label.astype(np.float64))
        weights.append(np.where(label, 0.5 / label.sum(), 0.5 / (~label).sum()))
    return np.concatenate(features), np.concatenate(labels), np.concatenate(weights)


def fitted(x: Floats, y: Floats, weight: Floats, penalty: float = 0.02, rounds: int = 30) -> Floats:
    """(k + 1,) weights and the bias of a logistic regression, by Newton's method."""
    x = np.column_stack([x, np.ones(len(x))])
    w = np.zeros(x.shape[1])
    ridge = np.full(x.shape[1], penalty * weight.sum() / 100)
    ridge[-1] = 0
    for _ in range(rounds):
        p = 1 / (1 + np.exp(-np.clip(x @ w, -30, 30)))
        gradient = x.T @ (weight * (p - y)) + ridge * w
        curve = (x * (weight * p * (1 - p))[:, None]).T @ x + np.diag(ridge + 1e-9)
        step = np.linalg.solve(curve, gradient)
        w = w - step
        if np.abs(step).max() < 1e-5:
            break
    return w


def module(weights: Mapping[str, Floats]) -> str:
    """The source of `tamis.prompt.methods.auto.lines.weights`.

    weights -- by name ("asked", "blind"), as `fitted` returns them
    """
    parts = [HEAD]
    k, shares = len(FEATURES), len(PROFILE)
    for name, values in weights.items():
        table = values[: k * (shares + 1)].reshape(shares + 1, k).T
        tail = np.concatenate([values[-1:], values[k * (shares + 1) : -1]])
        rows = [*zip(FEATURES, table, strict=True), ("", tail)]
        lines = [f'    "{feature}": ({", ".join(f"{value:.3f}" for value in row)}),\n' for feature, row in rows]
        parts.append(f"{name.upper()} = {{\n{''.join(lines)}}}\n")
    return "".join([*parts, "# fmt: on\n"])
