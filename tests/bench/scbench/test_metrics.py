"""Scores by hand."""

from __future__ import annotations

import pytest

from tamis.bench.scbench import METRICS


@pytest.mark.parametrize(
    ("metric", "answer", "gold", "score"),
    [
        ("contains", "It is ABC-1.", ("abc-1",), 1),
        ("contains", "It is ABC", ("abc-1",), 0),
        ("share", "kato, lemi and more", ("kato", "lemi", "rono"), 2 / 3),
        ("share", "katolemi", ("kato", "lemi"), 0),
        ("number", "The answer is 12, not 13", ("12",), 1),
        ("number", "13, or 12", ("12",), 0),
        ("number", "none", ("12",), 0),
        ("number", "012", ("12",), 1),
        ("letter", "A man, so B", ("B",), 0),
        ("letter", "(B)", ("B",), 1),
        ("letter", "Because", ("B",), 0),
        ("code", "def f(x):\n    return x + 1", ("def f(x): return x+1",), 1),
        ("code", "def g(y, z): pass", ("def f(x): return x+1",), 0),
        ("characters", "住处 是", ("住处是",), 1),
        ("characters", "住处", ("住处是", "食物"), 0.8),
        ("rouge", "the cat sat", ("the cat sat on the mat",), 2 * 3 / 9),
        ("rouge", "mat the on", ("the cat sat on the mat",), 2 * 2 / 9),
        ("rouge", "", ("anything",), 0),
    ],
)
def test_scores(metric, answer, gold, score):
    assert METRICS[metric](answer, gold) == pytest.approx(score)
