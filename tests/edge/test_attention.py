"""`tamis attention search`, from the command line to a file that `sparse` reads by."""

from __future__ import annotations

import pytest

pytest.importorskip("torch")

from tamis.attention import ReadingPlan, sparse
from tamis.models.causal.plain import open_plain


def test_a_plan_is_searched_and_read_by(tamis, tmp_path):
    text, out = tmp_path / "text.txt", tmp_path / "plan.json"
    text.write_text("dora = kilo\nmeda = tina\nkilo = robi\ntina = nora\n" * 120)
    answer = tamis("attention", "search", "--model", "micro", str(text), "-o", str(out), "--bound", "5")
    assert answer.code == 0
    assert "of the attention" in answer.err
    plan = ReadingPlan.load(out)
    assert plan.bound == 5
    model, _ = open_plain("micro")
    with sparse(model, plan=out):
        pass


def test_a_text_that_is_too_short_is_refused(tamis, tmp_path):
    text = tmp_path / "text.txt"
    text.write_text("dora = kilo\n")
    answer = tamis("attention", "search", "--model", "micro", str(text), "-o", str(tmp_path / "plan.json"))
    assert answer.code == 2
    assert "tokens" in answer.err
