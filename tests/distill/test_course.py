"""Training: same seed same model, exact resume, padding in no loss, clipping where there are gradients, no pickle."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file
from torch import nn

from tamis.distill.chunk import cut
from tamis.distill.course import Course, Trainer, begin, collate
from tamis.distill.journal import TeacherAnswer
from tamis.distill.label import Marked, label
from tamis.distill.lessons import NOBODY_KNOWS, Lesson, lessons
from tamis.distill.wording import TeacherPrompt
from tamis.errors import ModelNotFound
from tamis.models.sequences import SequenceReader
from tamis.models.transformers.hub import bare
from tamis.text.counting import counter
from tests.distill.conftest import documents, teacher_server
from tests.models.conftest import bert, xlmr  # noqa: F401 (fixtures)


@pytest.fixture(scope="module")
def texts() -> tuple[Marked, ...]:
    chunks = cut(documents(12), counter("o200k_base"), 64)
    wording = TeacherPrompt("rule")
    answers = {
        wording.key(c): TeacherAnswer(wording.key(c), c.id, teacher_server.shorten(c.text), "stop", 1, 1)
        for c in chunks
    }
    return label(chunks, answers, wording=wording).marked


@pytest.fixture
def course(encoder: Path) -> Course:
    return Course(str(encoder), epochs=2, lr=3e-3, tokens=512, length=128, checkpoint_every=3, device="cpu")


def fresh(course: Course, texts: tuple[Marked, ...], mark: str = "m") -> Trainer:
    model, tokenizer = begin(course)
    reader = SequenceReader(bare(tokenizer), tokenizer.model_max_length)
    taught = lessons(texts, reader, policy=course.policy)
    return Trainer(model, taught[8:], taught[:8], course, mark)


def state(run: Trainer) -> dict[str, torch.Tensor]:
    return {name: value.clone() for name, value in run.model.state_dict().items()}


def same(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def test_a_run_that_is_stopped_anywhere_ends_as_one_that_is_not(course, texts, tmp_path):
    whole = fresh(course, texts)
    whole.run(tmp_path / "whole")
    assert whole.steps > 8
    broken = fresh(course, texts)
    broken.run(tmp_path / "broken", stop=2)  # before any checkpoint: all of it is lost
    for stop in (5, whole.steps // 2 + 2, None):
        again = fresh(course, texts)
        resumed = again.resume(tmp_path / "broken" / "checkpoint.safetensors")
        assert resumed == (stop != 5)
        again.run(tmp_path / "broken", stop=stop)
    assert same(state(whole), state(again))
    assert (whole.best, whole.best_epoch, whole.history) == (again.best, again.best_epoch, again.history)
    finished = fresh(course, texts)
    assert finished.resume(tmp_path / "broken" / "checkpoint.safetensors")
    finished.run(tmp_path / "broken")  # nothing is left to do
    assert same(state(whole), state(finished))


def test_the_seed_decides(course, texts, tmp_path):
    runs = []
    for number, seed in enumerate((0, 0, 1)):
        torch.manual_seed(number)  # what the caller did with the global generator does not matter
        before = torch.random.get_rng_state()
        run = fresh(replace(course, seed=seed, epochs=1), texts)
        run.run(tmp_path / str(number))
        assert torch.equal(before, torch.random.get_rng_state())  # and it is left alone
        runs.append(state(run))
    assert same(runs[0], runs[1])
    assert not same(runs[0], runs[2])


def test_it_learns_the_rule(course, texts, tmp_path):
    run = fresh(replace(course, epochs=6), texts)
    margins, wanted = run.margins(run.dev)
    before = ((margins > 0) == (wanted > 0.5)).mean()
    run.run(tmp_path)
    margins, wanted = run.margins(run.dev)
    after = ((margins > 0) == (wanted > 0.5)).mean()
    assert after > max(0.85, before)
    assert after == pytest.approx(run.best, abs=1e-9)  # the best epoch's weights are the ones that are taken


def test_padding_is_in_no_loss(course, texts):
    """The reference labels padding 0 and trains on it."""
    run = fresh(course, texts)
    run.model.eval()
    short, long = sorted(run.lessons[:20], key=lambda one: len(one.ids))[:: len(run.lessons[:20]) - 1]
    assert len(short.ids) < len(long.ids)
    batch = collate([short, long], 0)
    padding = batch.feeds["attention_mask"] == 0
    assert padding.any()
    assert (batch.labels[padding] == NOBODY_KNOWS).all()
    with torch.inference_mode():
        together = run.loss(batch).item()
        sums = [(run.loss(collate([one], 0)).item(), (one.labels != NOBODY_KNOWS).sum()) for one in (short, long)]
    assert together == pytest.approx(sum(x * n for x, n in sums) / sum(n for _, n in sums), abs=1e-5)


def test_gradients_are_clipped_where_there_are_some(course, texts, monkeypatch):
    """The reference clips before `backward`, when there is nothing to clip."""
    seen = []
    real = nn.utils.clip_grad_norm_

    def watched(parameters, limit):
        parameters = list(parameters)
        norm = real(parameters, limit)
        left = torch.linalg.vector_norm(torch.stack([p.grad.norm() for p in parameters if p.grad is not None]))
        seen.append((float(norm), float(left)))
        return norm

    monkeypatch.setattr(nn.utils, "clip_grad_norm_", watched)
    run = fresh(replace(course, clip=0.05), texts)
    for _ in range(3):
        run.advance()
    assert len(seen) == 3
    for norm, left in seen:
        assert norm > 0.05
        assert left == pytest.approx(0.05, rel=1e-3)


def test_sequences_without_a_label_do_no_harm(course, texts):
    run = fresh(course, texts)
    blank = Lesson(np.array([2, 9, 3]), np.zeros(3, np.int64), np.full(3, NOBODY_KNOWS))
    assert run.loss(collate([blank], 0)).item() == 0
    margins, wanted = run.margins([blank])
    assert len(margins) == len(wanted) == 0


def test_a_checkpoint_of_another_run_or_a_broken_one_is_not_used(course, texts, tmp_path):
    run = fresh(course, texts)
    run.run(tmp_path, stop=3)
    path = tmp_path / "checkpoint.safetensors"
    assert not fresh(course, texts, mark="other").resume(path)
    assert not fresh(course, texts).resume(tmp_path / "none")
    path.write_bytes(path.read_bytes()[:-100])
    again = fresh(course, texts)
    assert not again.resume(path)
    assert again.step == 0


def test_nothing_is_pickled(course, texts, tmp_path):
    """The reference saves with `torch.save`, and cannot load its own data with torch 2.6."""
    fresh(course, texts).run(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["best.safetensors", "checkpoint.safetensors"]
    for path in tmp_path.iterdir():
        with safe_open(path, "pt") as file:
            assert file.metadata()["mark"] == "m"
    assert load_file(tmp_path / "best.safetensors")


def test_the_rate_rises_and_falls(course, texts):
    run = fresh(replace(course, warmup=0.25), texts)
    rates = []
    for _ in range(run.steps):
        run.advance()
        rates.append(run._optimiser.param_groups[0]["lr"])
    top = int(np.argmax(rates))
    assert 0 < top < run.steps / 2
    assert rates[top] <= course.lr
    assert (np.diff(rates[: top + 1]) > 0).all()
    assert (np.diff(rates[top:]) <= 0).all()


def test_an_encoder_that_is_not_there_is_said(course, tmp_path):
    with pytest.raises(ModelNotFound):
        begin(replace(course, encoder=str(tmp_path / "nothing")))


@pytest.mark.parametrize("made", ["bert", "xlmr"])
def test_a_model_that_already_has_labels_can_be_taught_anew(made, request, course):
    folder = request.getfixturevalue(made)
    model, tokenizer = begin(replace(course, encoder=str(folder)))
    assert model.config.id2label == {0: "drop", 1: "keep"}
    assert tokenizer.model_max_length == 64
