"""Plans within a bound of quality, measured on tiny models; and the speed of a machine, measured once."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import torch

from tamis.attention import ReadingPlan, machine, sparse, within
from tamis.attention.faithful import SHARES, losses
from tamis.errors import InvalidInput, InvalidPlan
from tests.tiny import made as tiny
from tests.tiny import plain_ids

MODEL = tiny(max_position_embeddings=2048)
TEXTS = plain_ids(1_300, 2).tolist()


def test_losses_are_those_of_the_models_own_predictions():
    ids = torch.tensor(TEXTS[:1])[:, :257]
    with torch.inference_mode():
        expected = torch.nn.functional.cross_entropy(MODEL(ids).logits[0, :-1], ids[0, 1:], reduction="none")
        assert losses(MODEL, ids) == pytest.approx(expected.view(2, 128).mean(1).tolist(), abs=1e-5)


def test_a_wide_bound_gives_the_sparsest_plan_and_a_bound_of_nothing_one_that_loses_nothing(tmp_path):
    state = tmp_path / "state.jsonl"
    wide = within(MODEL, TEXTS, bound=10.0, state=state, progress=False)
    assert wide.share == SHARES[0]
    assert wide.high <= wide.bound
    assert wide.density < 1
    lines = state.read_text().count("\n")
    assert within(MODEL, TEXTS, bound=10.0, state=state, progress=False) == wide
    assert state.read_text().count("\n") == lines  # nothing was read again
    narrow = within(MODEL, TEXTS, bound=0.0, state=state, progress=False)
    assert narrow.high <= 0.0
    assert narrow.share is None or narrow.share > wide.share


def test_a_model_reads_by_its_plan_and_no_other_models(tmp_path):
    plan = within(MODEL, TEXTS[:1], bound=10.0, progress=False)
    plan.save(tmp_path / "plan.json")
    assert ReadingPlan.load(tmp_path / "plan.json") == plan
    with torch.no_grad(), sparse(MODEL, plan=tmp_path / "plan.json", mode="always") as report:
        MODEL(torch.tensor(TEXTS[:1]))
    assert report.density == pytest.approx(plan.density)
    with pytest.raises(InvalidPlan, match="another model"), sparse(tiny(seed=1), plan=plan):
        pass


def test_a_plan_that_nothing_was_good_enough_for_reads_densely():
    plan = ReadingPlan(None, 0.0, 0.0, 0.0, 1.0, 1300, within(MODEL, TEXTS[:1], bound=9.0, progress=False).model)
    assert "densely" in str(plan)
    with torch.no_grad(), sparse(MODEL, plan=plan) as report:
        out = MODEL(torch.tensor(TEXTS[:1])).logits
        assert torch.equal(out, MODEL(torch.tensor(TEXTS[:1])).logits)
    assert report.density == 1.0
    assert report.fallbacks


@pytest.mark.parametrize("text", ["", "{}", '{"schema": "tamis.attention.reading", "version": 1}', "[1]"])
def test_what_is_no_plan_is_refused(text):
    with pytest.raises(InvalidPlan):
        ReadingPlan.from_json(text)


def test_bounds_and_texts_that_say_nothing_are_refused():
    with pytest.raises(InvalidInput, match="bound"):
        within(MODEL, TEXTS, bound=-1.0)
    with pytest.raises(InvalidInput, match="400 tokens"):
        within(MODEL, [TEXTS[0][:400]])
    plan = ReadingPlan(0.9, 0.1, 0.0, 0.0, 1.0, 1300, "")
    with pytest.raises(InvalidPlan):
        replace(plan, share=2.0)


def test_the_speed_of_a_machine_is_measured_once_and_kept(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(machine, "_KNOWN", {})
    speed = machine.speed_of(4, 2, 16, torch.float32, lengths=(256, 512))
    stored = json.loads(machine.place().read_text())
    assert [rule["efficiency"] for rule in stored.values()] == [speed.efficiency]
    monkeypatch.setattr(machine, "_KNOWN", {})
    assert machine.speed_of(4, 2, 16, torch.float32, lengths=(256, 512)) == speed
    machine.place().write_text("no JSON")
    monkeypatch.setattr(machine, "_KNOWN", {})
    machine.speed_of(4, 2, 16, torch.float32, lengths=(256, 512))
    assert json.loads(machine.place().read_text())
