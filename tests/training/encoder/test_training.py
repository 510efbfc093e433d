"""The loop, the losses and the export on a two-layer random encoder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from tamis.distill.auc import auc
from tamis.distill.schedule import Phase, rate
from training.encoder.batches import GroupBatch, Stream, WindowBatch, collate, schedule
from training.encoder.blend import Blend
from training.encoder.card import card
from training.encoder.config import Batch, load_config
from training.encoder.export import write
from training.encoder.kinds import Item
from training.encoder.labels import Ids, Pair, Window, framed
from training.encoder.loop import Plan, Trainer
from training.encoder.losses import group_loss, listwise, masked_bce, pooled
from training.encoder.metrics import all_kept, first_right, greedy, kept_words, word_means
from training.encoder.model import MiniEncoder, Shape, Tokens, renamed
from training.encoder.onnx_graph import build
from training.encoder.questions import Group
from training.encoder.scorers import OnnxScorer, TorchScorer
from training.graph import quantise

CONFIG = load_config()
SHAPE = Shape(vocabulary=60, positions=32, width=32, layers=2, heads=2, inner=64, keep_layer=1, head_width=16)
NAN = float("nan")


def tiny(seed: int = 0) -> MiniEncoder:
    torch.manual_seed(seed)
    return MiniEncoder(SHAPE).eval()


def windows() -> list[Window]:
    rng = np.random.default_rng(1)
    sizes = (3, 5, 9, 4, 7, 6)
    return [
        framed(
            [int(i) % 60 for i in rng.integers(1, 60, n)],
            (rng.random((n, 4)) > 0.5).astype(np.float32),
            np.ones(n, np.float32),
        )
        for n in sizes
    ]


def small(ids: Ids) -> Ids:
    """Ids within the tiny vocabulary (the frame's [CLS] and [SEP] are 101 and 102)."""
    return (ids % 60).astype(np.uint16)


def a_pair(evidence: list[float], unit: list[int]) -> Pair:
    n = len(evidence)
    labels = np.array(evidence, np.float32)
    return Pair(np.arange(1, n + 1, dtype=np.uint16), 2, labels, labels, np.array(unit, np.int16))


def groups() -> list[Group]:
    right, wrong = a_pair([NAN, NAN, 0, 0, 1, 1], [-1, -1, 0, 0, 1, 1]), a_pair([NAN, NAN, 0, 0], [-1, -1, 0, 0])
    return [(right, wrong), (wrong,), (right,)]


def streams() -> dict[str, Stream]:
    made = [Window(small(w.ids), w.tiers, w.salience) for w in windows()]
    kinds: dict[str, list[Item]] = {"gold": list(made), "squad": list(groups()), "text": list(made)}
    return {kind: Stream(items, 32, [3, number]) for number, (kind, items) in enumerate(kinds.items())}


def trainer() -> Trainer:
    phase = Phase(steps=6, accumulate=2, lr=1e-2, warmup=0.2, cooldown=0.5, pattern=("gold", "squad", "text"))
    plan = Plan(phase, Batch(32, checkpoint_every=3, log_every=2), CONFIG.loss, tap=1, name="main", bf16=False)
    return Trainer(tiny(), tiny(), streams(), plan)


def test_resumed_run_equals_an_uninterrupted_one(tmp_path: Path) -> None:
    whole, first, second = trainer(), trainer(), trainer()
    whole.run(tmp_path / "whole")
    first.run(tmp_path / "cut", stop=3)
    second.resume(tmp_path / "cut" / "main.pt")
    assert second.step == 3
    second.run(tmp_path / "cut")
    states = whole.model.state_dict(), second.model.state_dict()
    assert all(torch.equal(states[0][name], states[1][name]) for name in states[0])
    assert not torch.equal(states[0]["layers.0.up.weight"], tiny().state_dict()["layers.0.up.weight"])


def test_word_vectors_stay_and_the_rest_moves(tmp_path: Path) -> None:
    run = trainer()
    run.run(tmp_path)
    assert torch.equal(run.model.words.weight, tiny().words.weight)
    assert not torch.equal(run.model.state_dict()["answer_head.0.weight"], tiny().state_dict()["answer_head.0.weight"])
    assert not list(tmp_path.glob("*.part"))


def test_schedule_numbers_each_kind() -> None:
    pattern = ("a", "b", "a")
    assert [schedule(pattern, i) for i in range(6)] == [("a", 0), ("b", 0), ("a", 1), ("a", 2), ("b", 1), ("a", 3)]


def test_an_epoch_holds_every_example_once_within_the_budget() -> None:
    stream = Stream(list(windows()), 20, [7])
    seen: list[int] = []
    ordinal = 0
    while len(seen) < 6:
        part = stream.indices(ordinal)
        longest = max(len(stream.items[int(i)].ids) for i in part)  # type: ignore[union-attr]
        assert len(part) == 1 or len(part) * longest <= 20
        seen += [int(i) for i in part]
        ordinal += 1
    assert sorted(seen) == list(range(6))
    assert [list(stream.indices(i)) for i in range(8)] == [
        list(Stream(list(windows()), 20, [7]).indices(i)) for i in range(8)
    ]


def test_empty_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="empty"):
        Stream([], 10, [0])


def test_rate_warms_holds_and_cools() -> None:
    phase = Phase(steps=10, accumulate=1, lr=1, warmup=0.2, cooldown=0.5, pattern=("a",))
    assert [round(rate(step, phase), 2) for step in (0, 1, 4, 6, 9)] == [0.5, 1.0, 1.0, 0.8, 0.2]


def test_unknown_labels_take_no_part() -> None:
    logits = torch.tensor([0.0, 5.0])
    assert masked_bce(logits, torch.tensor([1.0, NAN])).item() == pytest.approx(np.log(2))
    assert masked_bce(logits, torch.tensor([NAN, NAN])).item() == 0


def test_sentence_scores_are_pooled_within_their_group() -> None:
    batch = collate(groups())
    assert isinstance(batch, GroupBatch)
    logits = torch.zeros(batch.unit.shape)
    logits[0, 4:6] = torch.tensor([1.0, 3.0])  # the right sentence of the first group: mean 2
    score, target, owner = pooled(logits, batch)
    assert score.tolist() == [0, 2, 0, 0, 0, 0]
    assert target.tolist() == [0, 1, 0, 0, 0, 1]
    assert owner.tolist() == [0, 0, 0, 1, 2, 2]
    # group 0: -log(e^2 / (1 + e^2 + 1)); group 1 has no target; group 2: -log(1/2)
    expected = (np.log(2 + np.exp(2)) - 2 + np.log(2)) / 2
    assert listwise(score, target, owner).item() == pytest.approx(expected, abs=1e-5)


def test_group_without_answer_still_teaches() -> None:
    batch = collate(groups()[1:2])
    assert isinstance(batch, GroupBatch)
    model = tiny()
    loss = group_loss(model.answer(model.body(batch.tokens, 2)), batch, CONFIG.loss)
    assert loss.item() > 0


def test_padding_does_not_change_hidden_states() -> None:
    model = tiny()
    batch = collate([Window(small(w.ids), w.tiers, w.salience) for w in windows()])
    assert isinstance(batch, WindowBatch)
    alone = collate([Window(small(windows()[0].ids), windows()[0].tiers, windows()[0].salience)])
    length = len(windows()[0].ids)
    assert torch.allclose(model.body(batch.tokens, 2)[0, :length], model.body(alone.tokens, 2)[0], atol=1e-5)


def test_body_equals_the_reference_bert() -> None:
    transformers = pytest.importorskip("transformers")
    shape = replace(SHAPE, width=24, heads=3, inner=48)
    settings = transformers.BertConfig(
        vocab_size=60, hidden_size=24, num_hidden_layers=2, num_attention_heads=3, intermediate_size=48,
        max_position_embeddings=32,
    )  # fmt: skip
    torch.manual_seed(0)
    reference = transformers.BertModel(settings, add_pooling_layer=False).eval()
    ours = MiniEncoder(shape).eval()
    ours.load_state_dict(renamed(reference.state_dict(), 2), strict=False)
    ids, mask = torch.tensor([[1, 5, 9, 2], [1, 7, 2, 0]]), torch.tensor([[1, 1, 1, 1], [1, 1, 1, 0]])
    theirs = reference(input_ids=ids, attention_mask=mask).last_hidden_state
    mine = ours.body(Tokens(ids, mask.bool(), torch.zeros_like(ids)), 2)
    assert torch.allclose(mine[mask.bool()], theirs[mask.bool()], atol=1e-5)


def test_export_equals_torch(tmp_path: Path) -> None:
    model = tiny()
    write(tmp_path / "model.onnx", build(model).SerializeToString())
    onnx, ours = OnnxScorer(tmp_path / "model.onnx", threads=1), TorchScorer(model, 1)
    rows = [small(w.ids) for w in windows()]
    for a, b in zip(onnx.keep(rows), ours.keep(rows), strict=True):
        assert np.abs(a - b).max() < 0.02  # int8 activations
    for a, b in zip(onnx.answer(rows, [2] * 6), ours.answer(rows, [2] * 6), strict=True):
        assert np.abs(a - b).max() < 0.05
    assert (onnx.vector(rows) * ours.vector(rows)).sum(1).min() > 0.99


def test_shallow_run_leaves_deep_outputs_empty(tmp_path: Path) -> None:
    import onnxruntime as ort

    write(tmp_path / "model.onnx", build(tiny()).SerializeToString())
    session = ort.InferenceSession(str(tmp_path / "model.onnx"), providers=["CPUExecutionProvider"])
    ids = np.array([[1, 2, 3]], np.int64)
    feed = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
    shallow = dict(
        zip((o.name for o in session.get_outputs()), session.run(None, {**feed, "deep": np.array(False)}), strict=True)
    )
    deep = dict(zip(shallow, session.run(None, {**feed, "deep": np.array(True)}), strict=True))
    assert shallow["vector"].size == shallow["answer"].size == 0
    assert deep["vector"].shape == (1, 32)
    assert np.array_equal(shallow["tiers"], deep["tiers"])


def test_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "model.onnx"
    write(path, b"old")

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("tamis.io.files.os.replace", fail)
    with pytest.raises(OSError, match="disk full"):
        write(path, b"new")
    assert path.read_bytes() == b"old"


def test_quantise_is_symmetric_by_row() -> None:
    codes, scale = quantise(np.array([[1.0, -0.5], [0.1, 0.2]], np.float32), 127)
    assert codes.tolist() == [[127, -64], [64, 127]]
    assert scale.tolist() == pytest.approx([1 / 127, 0.2 / 127])


def test_metrics_by_hand() -> None:
    labels = np.array([True, False, True])
    assert auc(np.array([3, 1, 2], np.float32), labels) == 1
    assert auc(np.array([1, 1, 1], np.float32), labels) == 0.5
    assert word_means(np.array([1, 3, 5], np.float32), np.array([0, 0, 1]), 2).tolist() == [2, 5]
    # half of 6 wordpieces: the best word (2), then the next best (1) fits exactly
    kept = kept_words(np.array([0.9, 0.1, 0.5], np.float32), np.array([2, 3, 1]), 0.5)
    assert kept.tolist() == [True, False, True]
    assert all_kept(kept, [(0, 3), (4, 6), (7, 9)], [(4, 9), (7, 8)])
    assert not all_kept(kept, [(0, 3), (4, 6), (7, 9)], [(0, 5)])
    assert first_right(np.array([1, 3, 2], np.float32), labels) == 2
    assert greedy(np.array([3, 2, 1], np.float32), np.array([2, 5, 2]), 4).tolist() == [True, False, True]


def test_blend_weighs_tiers_and_salience() -> None:
    words = np.array([[0.2, 0.4, 0.6, 0.8, 1.0]], np.float32)
    assert Blend((0, 1, 0, 0), 0.5)(words).tolist() == pytest.approx([0.7])


def test_card_lists_figures_and_held_out_articles() -> None:
    text = card(CONFIG, {"int8": {"keep-AUC all": 0.9512}})
    assert "| keep-AUC all | 0.9512 |" in text
    assert "Immune system" in text
