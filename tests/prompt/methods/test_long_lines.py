"""What is known of lines, where a line is very long: patterns must not take the square of its length."""

from __future__ import annotations

import numpy as np

from tamis.prompt.methods.auto.lines.features import FEATURES, features

NUMBERS = ",".join(f"{n % 97}.{n}" for n in range(60_000))  # half a million characters without a blank: took hours


def test_a_line_of_numbers_ends():
    lines = [NUMBERS, NUMBERS.replace(",", "-"), "/".join(["part"] * 50_000), "src/app.py:12: found"]
    rows = features(lines, np.zeros(4, np.int64), "Where is 7.77?")
    assert rows.shape == (4, len(FEATURES))
    assert np.isfinite(rows).all()


def test_short_lines_are_as_they_were():
    lines = ["src/app.py:12:    def run():", "src/app.py", "12: value", "no path here"]
    rows = features(lines, np.zeros(4, np.int64), None)
    shares = [set(rows[:, FEATURES.index(name)]) for name in ("hunks", "paths", "found")]
    assert shares == [{0.0}, {0.25}, {0.5}]
