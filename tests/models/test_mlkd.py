"""MLKD on tiny models: its losses by hand, what padding may not do, and a student that knows what it learnt."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from tamis.errors import InvalidInput, UnreadableInput  # noqa: E402
from tamis.models.causal.mlkd import (  # noqa: E402
    MlkdSettings,
    Student,
    distil,
    hidden_loss,
    padded,
    prediction_loss,
    token_losses,
    tune,
)


def tiny(seed=0, layers=3):
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(seed)
    shape = LlamaConfig(
        vocab_size=32,
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=layers,
        num_attention_heads=2,
        num_key_value_heads=2,
        max_position_embeddings=64,
        tie_word_embeddings=True,
        bos_token_id=0,
        eos_token_id=0,
    )
    return LlamaForCausalLM(shape)


CODES = [[0, *([a, a + 1, a + 2] * 3)] for a in range(1, 11)] * 4


def test_equal_predictions_cost_nothing_and_the_divergence_is_that_of_the_definition():
    theirs, ours = torch.tensor([[2.0, 0.0, 1.0]]), torch.tensor([[0.0, 1.0, 0.0]])
    assert prediction_loss(theirs, theirs, 1.0).item() == pytest.approx(0, abs=1e-6)
    p, q = (logits[0].div(0.5).softmax(0).numpy() for logits in (theirs, ours))
    assert prediction_loss(theirs, ours, 0.5).item() == pytest.approx(float((p * np.log(p / q)).sum()), abs=1e-5)


def test_a_layer_follows_the_two_most_similar_of_the_teacher():
    # one token, width 1. Teacher layers 0, 3, 5 (behind the embedding 9); student layer 3 says 4: errors 16, 1, 1
    theirs = [torch.full((1, 1, 1), value) for value in (9.0, 0.0, 3.0, 5.0)]
    ours = [torch.full((1, 1, 1), value) for value in (7.0, 7.0, 7.0, 4.0)]
    mask = torch.ones(1, 1, dtype=torch.bool)
    settings = MlkdSettings(first=3, last=9)
    assert hidden_loss(theirs, ours, torch.nn.Identity(), mask, settings).item() == 2.0
    assert hidden_loss(theirs, ours, torch.nn.Identity(), mask, MlkdSettings(similar=3)).item() == 18.0


def test_padding_takes_no_part():
    theirs, ours = ([torch.randn(1, 3, 4) for _ in range(4)] for _ in range(2))
    mask = torch.tensor([[True, True, False]])
    loss = hidden_loss(theirs, ours, torch.nn.Identity(), mask, MlkdSettings())
    for state in (*theirs, *ours):
        state[0, 2] = 99.0
    assert hidden_loss(theirs, ours, torch.nn.Identity(), mask, MlkdSettings()).item() == pytest.approx(loss.item())
    assert padded([[1], [2, 3]])[1].tolist() == [[1, 0], [1, 1]]


def test_losses_are_those_of_the_next_token():
    logits = torch.zeros(1, 2, 4)
    logits[0, 0, 3] = 1.0
    losses = token_losses(logits, torch.tensor([[0, 3]]))
    assert losses[0].tolist() == pytest.approx([float(np.log(3 + np.e) - 1)])


def test_a_student_learns_what_the_teacher_was_tuned_on():
    losses = []
    settings = MlkdSettings(teacher_epochs=8, student_epochs=8, learning_rate=5e-3)
    teacher = tiny()
    tune(teacher, CODES, settings, lambda *row: losses.append(row))
    model = distil(teacher, CODES, settings, lambda *row: losses.append(row))
    student = Student(model, lambda text: [int(part) for part in text.split()], 0, settings)
    usual, strange = student.scores(["4 5 6 4 5 6", "29 3 17 30 8 25"])
    assert strange > usual + 1
    for who in ("teacher", "student"):
        row = [loss for name, _, loss in losses if name == who]
        assert row[-1] < row[0]


def test_a_text_scores_alike_alone_and_among_longer_ones():
    student = Student(tiny(), lambda text: [int(part) for part in text.split()], 0, MlkdSettings())
    alone, among = student.scores(["4 5 6"])[0], student.scores(["1 2 3 4 5 6 7 8", "4 5 6", "9"])[1]
    assert alone == pytest.approx(among, abs=1e-5)
    assert student.scores([]).shape == (0,)


def test_nothing_to_learn():
    with pytest.raises(InvalidInput, match="no texts to learn"):
        Student.fit([" "], teacher="mini-lm")
    with pytest.raises(InvalidInput, match="one text"):
        Student.fit("a text", teacher="mini-lm")


def test_a_file_gives_the_same_student(tmp_path, monkeypatch):
    from tamis.models.causal import mlkd

    def encode(text):
        return [1 + ord(letter) % 30 for letter in text]

    monkeypatch.setattr(mlkd, "opened", lambda name: (tiny(7), encode, 0))  # (only its shape and tokens count)
    student, texts = Student(tiny(3), encode, 0, MlkdSettings(longest=9), "tiny"), ["abc", "a longer text"]
    student.save(tmp_path / "one")
    again = Student.load(tmp_path / "one")
    assert np.array_equal(student.scores(texts), again.scores(texts))
    assert (again.settings, again.teacher) == (student.settings, "tiny")
    data = (tmp_path / "one").read_bytes()
    for damage in (b"", data[:50], data[:-200], b"x" * 80):
        (tmp_path / "two").write_bytes(damage)
        with pytest.raises(UnreadableInput):
            Student.load(tmp_path / "two")
    with pytest.raises(InvalidInput, match="no teacher"):
        Student(tiny(3), encode, 0, MlkdSettings()).save(tmp_path / "three")
