"""The benchmark of meetings, on figures that can be worked out by hand."""

import pytest


def test_words_of_the_answer_are_looked_for_in_what_is_left(meetings):
    talk = meetings.Talk("The budget rose. Nobody objected, though.", frozenset({"budget", "rose", "objected"}))
    shares = meetings.measure([talk], ["truncate"], [], [1.0, 0.4])
    assert shares == {"truncate": {1.0: [1.0], 0.4: [pytest.approx(2 / 3)]}}


def test_the_table_compares_with_the_first(meetings):
    table = meetings.table({"a": {0.5: [1.0, 0.5]}, "b": {0.5: [0.5, 0.0]}})
    assert "| a | 75.0 (50.0 to 100.0) |" in table
    assert "| a minus b, points | 50.0 (50.0 to 50.0) |" in table
