"""The two stages of training: what they learn, what they leave alone, labels, resume, and what they write."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("torch")
pytest.importorskip("PIL")

import torch
from PIL import Image

from tamis.errors import InvalidInput
from tamis.image import Box
from tamis.models.gui_actor.actor import open_actor
from tamis.models.gui_actor.prompts import ADDED, END, PAD, START
from tamis.screen import ActorGrounder, look
from tests.models import tiny_actors
from training.__main__ import main
from training.screen.tune.data import TuneSample, cells_of, read_samples
from training.screen.tune.loop import TunePlan, Tuner
from training.screen.tune.stage import STAGES, TuneStage, length, sample_loss, trainable
from training.screen.tune.start import open_learner, save_learner

WARM, FULL = STAGES["warm-up"], STAGES["full"]
ROWS = [
    {"shot": "one", "text": "the Save button", "boxes": [[5, 5, 60, 40]]},
    {"shot": "one", "text": "the gear", "boxes": [[180, 100, 215, 130]]},
    {"shot": "two.png", "text": "the Save button", "boxes": [[120, 10, 200, 30]]},
    {"shot": "two.png", "text": "drag it down", "pointers": [[[0, 0, 30, 30]], [[0, 110, 30, 140]]],
     "answer": "pyautogui.dragTo({}, {})"},
    {"shot": "two.png", "text": "the moon", "boxes": []},
]  # fmt: skip


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    random = np.random.default_rng(0)
    for name in ("one", "two"):
        Image.fromarray(random.integers(0, 256, (140, 224, 3), dtype=np.uint8)).save(folder / f"{name}.png")
    (folder / "instructions.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    return folder


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """A backbone without the head and the tokens."""
    words = tiny_actors.tokenizer(special=tiny_actors.QWEN)
    return str(tiny_actors.saved(tmp_path_factory.mktemp("plain"), "qwen2_5_vl", head=False, words=words))


def learner_of(plain):
    return open_learner(plain, device="cpu")


def test_new_rows_are_the_mean_of_the_old_ones(plain):
    learner = learner_of(plain)
    for table in (learner.vision.model.get_input_embeddings().weight, learner.vision.model.lm_head.weight):
        for row in learner.fresh:
            assert torch.allclose(table[row], table[: min(learner.fresh)].mean(0))
    assert len(set(learner.fresh)) == len(ADDED)


def test_the_first_stage_changes_the_head_and_the_new_rows_alone(plain, data):
    learner = learner_of(plain)
    before = {name: tensor.clone() for name, tensor in learner.vision.model.state_dict().items()}
    head = {name: tensor.clone() for name, tensor in learner.head.state_dict().items()}
    Tuner(learner, read_samples(data), WARM, TunePlan(3, lr=1e-2)).run(data / "stage")
    fresh = list(learner.fresh)
    for name, tensor in learner.vision.model.state_dict().items():
        if name.endswith("embed_tokens.weight"):
            old = [row for row in range(len(tensor)) if row not in fresh]
            assert torch.equal(tensor[old], before[name][old])
            pads = [learner.vision.token(token) for token in (START, PAD)]
            assert not torch.isclose(tensor[pads], before[name][pads]).all(1).any()
        else:
            assert torch.equal(tensor, before[name]), name
    assert all(not torch.equal(tensor, head[name]) for name, tensor in learner.head.state_dict().items())


def test_the_second_stage_changes_everything(plain, data):
    learner = learner_of(plain)
    before = {name: tensor.clone() for name, tensor in learner.vision.model.named_parameters()}
    Tuner(learner, read_samples(data), FULL, TunePlan(2, lr=1e-3)).run(data / "whole")
    same = [name for name, tensor in learner.vision.model.named_parameters() if torch.equal(tensor, before[name])]
    assert same == []


@pytest.mark.slow
def test_four_examples_are_learnt_by_heart(plain, data, tmp_path):
    learner, samples = learner_of(plain), read_samples(data)
    losses = Tuner(learner, samples, WARM, TunePlan(60, lr=3e-3)).run(tmp_path)
    stage = TuneStage("full", 0.0, 1.0, whole=True)
    more = Tuner(learner, samples, stage, TunePlan(120, lr=3e-3)).run(tmp_path)
    assert losses[-1] < losses[0]
    assert more[-1] < 0.15 * more[0]
    save_learner(learner, tmp_path / "actor")
    grounder = ActorGrounder(str(tmp_path / "actor"), device="cpu", dtype="float32")
    for row in ROWS[:3]:
        picture = data / row["shot"].replace(".png", "")
        point = look(f"{picture}.png", elements=(), grounder=grounder).ground(row["text"]).point
        left, top, right, bottom = row["boxes"][0]
        assert left - 14 < point.x < right + 14
        assert top - 14 < point.y < bottom + 14
    answer = grounder.act(look(data / "two.png", elements=(), grounder=grounder).shot, "drag it down")
    assert answer.text == f"pyautogui.dragTo({START}{PAD}{END}, {START}{PAD}{END})"
    first, second = answer.groundings
    assert first.point.y < 40
    assert second.point.y > 100


def test_a_run_that_was_stopped_ends_where_the_other_one_does(plain, data, tmp_path):
    samples, plan = read_samples(data), TunePlan(5, batch=3, lr=1e-3)
    through, first, second = (learner_of(plain) for _ in range(3))
    Tuner(through, samples, WARM, plan).run(tmp_path / "a")
    Tuner(first, samples, WARM, plan).run(tmp_path / "b", stop=2)
    again = Tuner(second, samples, WARM, plan)
    again.resume(tmp_path / "b" / "warm-up.pt")
    assert again.step == 2
    again.run(tmp_path / "b")
    for name, tensor in through.head.state_dict().items():
        assert torch.allclose(tensor, second.head.state_dict()[name], atol=1e-7), name
    with pytest.raises(ValueError, match="another model"):
        Tuner(learner_of(plain), samples, FULL, plan).resume(tmp_path / "b" / "warm-up.pt")


def test_the_loss_is_the_sum_of_both_by_hand(plain, data):
    learner, samples = learner_of(plain), read_samples(data)
    learner.head.eval()
    sample = samples[3]
    with torch.no_grad():
        both = sample_loss(learner, sample, TuneStage("x", 0, 1.0, 1.0, whole=True))
        words = sample_loss(learner, sample, TuneStage("x", 0, 1.0, 0.0, whole=True))
        pointers = sample_loss(learner, sample, TuneStage("x", 0, 0.0, 1.0, whole=True))
    assert float(both) == pytest.approx(float(words + pointers), abs=1e-5)
    vision = learner.vision
    with torch.no_grad():  # the words: each token of the answer but the forced ones, from the state before it
        tokens, grid = vision.look(np.asarray(Image.open(sample.picture).convert("RGB")))
        asked = vision.ids("<|vision_end|>drag it down<|im_end|>\n")
        answer = vision.ids(f"<|im_start|>assistant<|recipient|>os\n{sample.answer}<|diff_marker|>\n")
        states = vision.whole(tokens, grid, vision.before(learner.prompt.before), [*asked, *answer])
        logs = vision.model.lm_head(states).log_softmax(-1)
        start = len(states) - len(answer)
        terms = [-logs[start + i - 1, t] for i, t in enumerate(answer) if t != vision.token(END)]
    assert float(words) == pytest.approx(float(sum(terms) / len(terms)), abs=1e-5)
    assert length(learner, sample) == len(states)


def test_gradients_are_masked_only_meanwhile(plain):
    learner = learner_of(plain)
    table = learner.vision.model.get_input_embeddings().weight
    with trainable(learner, WARM):
        table.sum().backward()
        assert table.grad.abs().sum(1).nonzero().flatten().tolist() == sorted(learner.fresh)
    table.grad = None
    table.sum().backward()
    assert table.grad.abs().sum(1).all()


BOXES = st.tuples(st.floats(0, 300), st.floats(0, 200), st.floats(0, 90), st.floats(0, 90))


@given(BOXES, st.integers(1, 6), st.integers(1, 8))
def test_cells_are_those_that_a_box_overlaps(box, rows, columns):
    left, top, wide, high = box
    cells = cells_of([Box.of_size(left, top, wide, high)], (300, 200), (rows, columns)).reshape(rows, columns)
    assert cells.any()
    for y in range(rows):
        for x in range(columns):
            across = min((x + 1) * 300 / columns, left + wide) - max(x * 300 / columns, left)
            down = min((y + 1) * 200 / rows, top + high) - max(y * 200 / rows, top)
            if across > 1e-6 and down > 1e-6:
                assert cells[y, x]
            if cells[y, x] and wide > 1 and high > 1 and left < 290 and top < 190:
                assert across > -1e-6
                assert down > -1e-6


def test_several_boxes_of_a_pointer_share_the_label():
    cells = cells_of([Box(0, 0, 10, 10), Box(90, 90, 100, 100)], (100, 100), (4, 4))
    assert np.flatnonzero(cells).tolist() == [0, 15]


def test_rows_are_read(data):
    samples = read_samples(data)
    assert [len(one.targets) for one in samples] == [1, 1, 1, 2]
    assert samples[0] == TuneSample(
        data / "one.png", "the Save button", f"pyautogui.click({START}{PAD}{END})", ((Box(5, 5, 60, 40),),)
    )
    assert samples[3].answer.count(PAD) == 2


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({**ROWS[0], "answer": "pyautogui.dragTo({}, {})"}, "no place for each of 1 pointers"),
        ({"shot": "one", "boxes": [[1, 2, 3, 4]]}, "no instruction"),
        (ROWS[4], "nothing to learn"),
    ],
)
def test_rows_that_cannot_be_learnt_are_refused(data, tmp_path, row, message):
    (tmp_path / "instructions.jsonl").write_text(json.dumps(row))
    with pytest.raises(InvalidInput, match=message):
        read_samples(tmp_path, images=data)


def test_each_sample_comes_once_an_epoch(plain, data):
    tuner = Tuner(learner_of(plain), read_samples(data), WARM, TunePlan(8, batch=3))
    order = [index for step in range(4) for index in tuner.order(step)]
    assert [sorted(order[start : start + 4]) for start in (0, 4, 8)] == [[0, 1, 2, 3]] * 3


def test_the_rate_rises_and_falls():
    rates = [TunePlan(100, lr=1.0).rate(step) for step in range(100)]
    assert rates[:3] == [pytest.approx(1 / 3), pytest.approx(2 / 3), 1.0]
    assert rates[-1] < 0.001
    assert rates[3:] == sorted(rates[3:], reverse=True)


def test_the_command_trains_both_stages_and_goes_on(plain, data, tmp_path, caplog):
    command = [
        "screen",
        "tune",
        plain,
        "--data",
        str(data),
        "--out",
        str(tmp_path),
        "--epochs",
        "0.5",
        "--device",
        "cpu",
    ]
    assert main(command) == 0
    actor = open_actor(str(tmp_path / "full"), device="cpu", dtype="float32")
    assert actor.vision.patching.most == 28 * 28 * 40
    assert json.loads((tmp_path / "full" / "config.json").read_text())["pointer_pad_token_id"] == actor.vision.token(
        PAD
    )
    stamp = (tmp_path / "full" / "model.safetensors").stat().st_mtime_ns
    assert main(command) == 0  # nothing is left to do
    assert (tmp_path / "full" / "model.safetensors").stat().st_mtime_ns == stamp
    assert main(["screen", "tune", plain, "--data", str(tmp_path), "--out", str(tmp_path / "no")]) == 1
