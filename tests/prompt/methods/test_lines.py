"""What is known of lines: the words that they share with a question, what is odd in records, and what becomes of it."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tamis
from tamis.prompt.methods.auto import kinds
from tamis.prompt.methods.auto.lines.asking import ASKING, WISHES, asking, wishes
from tamis.prompt.methods.auto.lines.features import FEATURES, features
from tamis.prompt.methods.auto.lines.odd import odd
from tamis.prompt.methods.auto.lines.places import content, headed, outer

CODE = ["def parse_header(text):", "key = text.split()", "return key", "def load(path):", "return open(path)"]
INDENTS = np.array([0, 4, 4, 0, 4])
STARTS = np.array([True, False, False, True, False])


def column(name, lines, question, indents=None, starts=None):
    n = len(lines)
    flat = np.zeros(n, np.int64) if indents is None else indents
    rows = asking(lines, flat, question, np.zeros(n, bool) if starts is None else starts)
    return rows[:, ASKING.index(name)]


def test_words_and_their_parts_are_what_a_question_asks_for():
    words = column("words", CODE, "The header is parsed wrongly")
    assert words.argmax() == 0
    assert words[0] == 1.0
    assert not words[3:].any()
    assert column("alike", ["authentication failed", "other"], "auth")[0] > 0


def test_blocks_tell_what_a_line_belongs_to():
    block = column("block", CODE, "parse_header", INDENTS, STARTS)
    assert (block[:3] > 0).all()
    assert not block[3:].any()
    assert (column("scope", CODE, "parse_header", INDENTS)[1:3] > 0).all()


def test_paths_of_search_results_are_told_from_what_they_show():
    lines = ["src/oven.py:3: x = 1", "src/lamp.py:4: oven = 2"]
    assert column("path", lines, "oven")[0] > 0 == column("path", lines, "oven")[1]
    assert column("own", lines, "oven")[1] > 0 == column("own", lines, "oven")[0]
    assert content("src/oven.py") == "oven.py"


def test_kin_are_lines_that_speak_of_what_the_best_ones_speak_of():
    lines = ["oven calls ignite_gas", "ignite_gas opens valve", "paint walls", "paint doors"]
    kin = column("kin", lines, "oven")
    assert kin[1] > max(kin[2], kin[3])


def test_wishes_of_the_first_line_count_most():
    assert wishes(None).tolist() == [0.0] * len(WISHES)
    told = wishes("Fix a typo\n\nand add a test")
    assert told.tolist() == [0.5, 1.0, 0.0, 0.5, 1.0, 0.0, 0.0, 0.0]


def test_outer_and_headed_look_upwards():
    assert outer(np.array([0.5, 0.0, 0.0]), np.array([0, 4, 8])).tolist() == [0.0, 0.5, 0.5]
    assert headed(np.array([0.9, 0.0, 0.0]), ["diff --git a/x b/x", "@@ -1 +1 @@", "+ a"]).tolist() == [0.0, 0.9, 0.9]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=30), max_size=12), st.one_of(st.none(), st.text(max_size=40)))
def test_features_of_any_lines_are_finite_and_one_row_each(lines, question):
    rows = features(lines, np.zeros(len(lines), np.int64), question)
    assert rows.shape == (len(lines), len(FEATURES))
    assert np.isfinite(rows).all()
    if not question:
        assert not rows[:, : len(ASKING)].any()


def test_a_figure_and_a_word_that_no_other_record_has_are_odd():
    lines = ["name,ms,state", *(f"lamp {i},{40 + i % 7},{'on' if i % 2 else 'off'}" for i in range(40))]
    assert not odd(lines)[1:].any()
    lines[9], lines[30] = "lamp 8,9000,on", "lamp 29,41,gone"
    assert np.flatnonzero(odd(lines)[1:]).tolist() == [8, 29]
    assert not odd(lines[:5]).any()


@pytest.mark.parametrize("kind", ["json", "jsonl", "csv"])
@pytest.mark.parametrize(("field", "value"), [("ms", 9120), ("state", "gone"), ("state", "failed: no gas")])
def test_odd_records_stay_without_a_question(kind, field, value):
    rows = [{"id": i, "state": ["ok", "idle"][i % 3 == 0], "ms": 20 + 7 * i % 50} for i in range(60)]
    rows[37][field] = value
    if kind == "csv":
        text = "\n".join([",".join(rows[0]), *(",".join(map(str, row.values())) for row in rows)]) + "\n"
    else:
        text = json.dumps(rows) if kind == "json" else "\n".join(map(json.dumps, rows)) + "\n"
    result = tamis.compress(text, rate=0.15, options=tamis.Options(form=kind))
    assert str(value) in result.text


def test_of_many_long_texts_the_most_promising_are_read(monkeypatch):
    read = []
    asked = kinds.joined
    monkeypatch.setattr(kinds, "joined", lambda blocks: read.append(len(blocks)) or asked(blocks))
    talk = "People stood in the yard and spoke of this and that, as people do when it is warm. " * 8
    rows = [{"id": i, "body": talk + ("The oven has no gas." if i == 6 else "")} for i in range(9)]
    result = tamis.compress(
        json.dumps(rows), rate=0.2, question="Which oven has no gas?", options=tamis.Options(form="json")
    )
    assert 0 < read[0] < 9
    assert "The oven has no gas." in result.text
    assert json.loads(result.text)
