"""Whole lines: a partition, byte-identical, with notes where lines went."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tamis.text.source_lines import line_edges, line_edits, line_units

TEXTS = st.text(st.sampled_from("ab \t\r\n\x0b\x0c\x85\u2028é字"), max_size=60)


def kept(text: str, *numbers: int, note=None) -> str:
    units = line_units(text)
    mask = np.isin(np.arange(len(units)), numbers)
    return line_edits(units, mask, note).of(text)


@given(TEXTS)
def test_all_lines_are_the_text_and_each_begins_where_its_line_does(text):
    units = line_units(text)
    if text and not text.strip():
        assert units.bodies() == [text]  # nothing but white space is one unit: something that can stay
    else:
        assert [body for body in units.bodies() if body != body.strip() or not body] == []
    if len(units):
        assert line_edits(units, np.ones(len(units), np.bool_), "{}".format).of(text) == text
        assert [text[a:b] for a, b in zip(line_edges(units), line_edges(units)[1:], strict=False)] == [
            kept(text, i) for i in range(len(units))
        ]


@given(TEXTS, st.data())
def test_what_stays_are_whole_lines_in_order(text, data):
    units = line_units(text)
    mask = np.array(data.draw(st.lists(st.booleans(), min_size=len(units), max_size=len(units))), np.bool_)
    out = line_edits(units, mask).of(text)
    assert [line.strip() for line in out.splitlines() if line.strip()] == [
        body for body, stays in zip(units.bodies(), mask, strict=True) if stays and body.strip()
    ]
    assert out or not mask.any()


def test_by_hand():
    text = "def f():\n    a = 1\n\n    b = 2\n    return b\n"
    assert kept(text, 0, 3) == "def f():\n    return b\n"
    assert kept(text, 0, 1) == "def f():\n    a = 1\n\n"
    note = "… {} lines …".format
    assert kept(text, 0, 3, note=note) == "def f():\n    … 2 lines …\n    return b\n"
    assert kept(text, 0, note=note) == "def f():\n    … 3 lines …"
    assert kept("a\r\nb\r\nc", 0, 2, note=note) == "a\r\n… 1 lines …\nc"
