"""The boundary head: data, fitting, calibration, on talks that can be worked out."""

from __future__ import annotations

import json

import numpy as np
import pytest

from tamis.memory.segment import learned
from tamis.memory.segment.features import CAUSAL, WIDE
from tamis.memory.segment.learned import Learned
from tamis.memory.types import Turn
from training.boundaries import head as heads
from training.boundaries.talks import glued, tiage

RNG = np.random.default_rng(3)
CENTRES = RNG.standard_normal((6, 12))


def encode(texts):
    """Vectors around a direction for each topic, which the text's first word names."""
    made = np.stack([CENTRES[int(text.split()[0][1:]) % 6] for text in texts])
    made = made + 0.05 * np.random.default_rng(0).standard_normal(made.shape)
    return (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32)


def dialogue(topic, count=12):
    return [Turn(f"t{topic} says {n} things", "AB"[n % 2]) for n in range(count)]


def test_glue_marks_the_joints():
    talks = glued([dialogue(n) for n in range(20)], 30)
    assert len(talks) == 30
    for talk in talks:
        topics = [turn.text.split()[0] for turn in talk.turns]
        changes = [n == 0 or topics[n] != topics[n - 1] for n in range(len(topics))]
        assert talk.truth.tolist() == changes
    again = glued([dialogue(n) for n in range(20)], 30)
    assert [t.turns for t in again] == [t.turns for t in talks]


@pytest.mark.parametrize(("which", "fine"), [("causal", None), ("wide", None), ("causal", 100.0)])
def test_a_head_finds_what_can_be_seen(which, fine):
    talks = heads.seen(glued([dialogue(n) for n in range(20)], 60), encode)
    head = heads.calibrated(talks[:40], heads.Recipe(which, fine))
    assert heads.cut(head, talks[40:]).f1 > 0.9
    assert head.score > 0.9


def test_the_fit_is_a_minimum():
    rows = np.column_stack([np.ones(200), RNG.standard_normal((200, 3))])
    truth = (rows @ [0.2, 1.0, -2.0, 0.0] + RNG.standard_normal(200) > 0).astype(float)
    penalty = np.array([0.0, 3.0, 3.0, 3.0])
    heavy = RNG.uniform(0.1, 1, 200)

    def loss(weights):
        logit = rows @ weights
        return heavy @ (np.logaddexp(0, logit) - truth * logit) + 0.5 * penalty @ weights**2

    found = heads._newton(rows, truth, heavy, penalty)
    for step in np.vstack([np.eye(4), -np.eye(4)]) * 1e-3:
        assert loss(found) < loss(found + step)


def test_what_is_written_is_what_was_fitted(tmp_path, monkeypatch):
    talks = glued([dialogue(n) for n in range(20)], 40)
    seen = heads.seen(talks, encode)
    made = {}
    for which in ("causal", "wide"):
        head = heads.calibrated(seen, heads.Recipe(which, 100.0))
        made[which] = heads.written(head, seen)
        assert len(made[which]["weights"]) == len(CAUSAL if which == "causal" else WIDE)
        monkeypatch.setattr(learned, "_heads", lambda: {"chat": json.loads(json.dumps(made))})
        segmenter = Learned(wide=which == "wide")
        vectors = encode([turn.text for turn in talks[0].turns])
        alone = heads.seen(talks[:1], encode)[0]
        np.testing.assert_allclose(segmenter.chances(talks[0].turns, vectors), head.chances(alone), atol=1e-3)
        shares, bars = zip(*made[which]["curve"], strict=True)
        assert list(bars) == sorted(bars, reverse=True)
        assert list(shares) == sorted(shares)


def test_tiage_as_it_is_stored(tmp_path):
    path = tmp_path / "t.jsonl"
    rows = [{"utterances": ["a", "b", "c"], "segments": [2, 1], "set": s} for s in ("train", "dev")]
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    train, dev = tiage(path)
    assert train[0].truth.tolist() == dev[0].truth.tolist() == [True, False, True]
