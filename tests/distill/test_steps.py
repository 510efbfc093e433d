"""From answers to a model folder: what is written, that it works with torch and without, and what is said when not."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

import tamis
from tamis.distill.ask import Limits, ask
from tamis.distill.course import Course, begin
from tamis.distill.export import ModelForm, cool, export
from tamis.distill.journal import open_journal
from tamis.distill.label import load_labels
from tamis.distill.measure import Filters
from tamis.distill.status import status
from tamis.distill.steps import AskSettings, Work, export_step, label_step, prepare, train_step, trainer
from tamis.distill.wording import TeacherPrompt
from tamis.errors import InvalidInput, ModelCorrupt, ModelError
from tamis.io.files import digest
from tamis.models import load, unload
from tamis.models.classifier import TokenClassifier, load_classifier
from tamis.models.classifier_onnx import OnnxClassifier, load_onnx_classifier
from tests.distill.conftest import MEETING, asking, documents, teacher_server

WITHOUT_TORCH = """
import sys
sys.modules["torch"] = sys.modules["transformers"] = None  # any import of them fails
import tamis
text = open(sys.argv[2], encoding="utf-8").read()
sys.stdout.write(tamis.compress(text, rate=0.5, method="llmlingua2", model=sys.argv[1]).text)
"""


@pytest.fixture(scope="module")
def course(encoder: Path) -> Course:
    return Course(str(encoder), epochs=10, lr=6e-3, tokens=512, length=100, device="cpu")


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory, course: Course) -> Work:
    """A work folder with every step done."""
    made = Work(tmp_path_factory.mktemp("work"))
    with teacher_server.served(teacher_server.Rule(slips=0.2)) as address:
        teacher = asking(address)
        asked = AskSettings(teacher.meter.wording, teacher.url, limit=64)
        chunks = prepare(made, documents(12), asked)
        with open_journal(made / "answers.jsonl") as journal:
            assert ask(chunks, teacher, journal=journal, limits=Limits()).open == 0
    label_step(made)
    train_step(made, course)
    export_step(made, licence="CC-BY-4.0, by nobody")
    return made


@pytest.fixture(scope="module")
def model(work: Work) -> Path:
    return work / "model"


def test_labels_are_a_data_set_by_themselves(work):
    marked = load_labels(work / "labels.jsonl")
    figures = json.loads((work / "label.json").read_text())["figures"]
    assert figures["labelled"] == len(marked) == figures["chunks"] - figures["filtered"]
    assert figures["variation rate, labelled"] < figures["variation rate, all"]  # the slips are what was filtered
    clean = [one for one in marked if teacher_server.shorten(one.text) == teacher_server.shorten(one.text, slips=0.2)]
    assert len(clean) > 0.7 * len(marked)
    for one in clean:
        said = "".join(teacher_server.shorten(one.text).split())
        assert "".join(one.text[start:end] for start, end in one.keep).replace(" ", "") == said


def test_both_forms_say_the_same(model, course):
    with_torch, without = load_classifier(model), load_onnx_classifier(model)
    assert with_torch.limit == without.reader.limit == course.length
    texts = [MEETING[:3000], "", "One word.", " \n", "naïve 東京 😀 \ud800"]
    for one, other in zip(with_torch.keep(texts), without.keep(texts), strict=True):
        assert (one.offsets == other.offsets).all()
        np.testing.assert_allclose(one.values["keep"], other.values["keep"], atol=1e-4)
    assert without.keep(texts[:1])[0].values["keep"].std() > 0.05  # or the comparison would say nothing


def test_compress_takes_the_folder_with_torch_and_without(model, tmp_path):
    (tmp_path / "text.txt").write_text(MEETING[:4000], encoding="utf-8")
    argv = [sys.executable, "-c", WITHOUT_TORCH, str(model), str(tmp_path / "text.txt")]
    done = subprocess.run(argv, capture_output=True, check=True)
    assert isinstance(load(model), OnnxClassifier)
    here = tamis.compress(MEETING[:4000], rate=0.5, method="llmlingua2", model=str(model))
    assert done.stdout.decode() == here.text
    assert 0 < here.tokens <= 0.5 * here.original_tokens


def test_the_folder_decides_and_the_caller_may_insist(model, tmp_path):
    assert isinstance(load(model, device="cpu"), TokenClassifier)
    assert isinstance(load(model, dtype="bfloat16"), TokenClassifier)
    assert load(model) is load(model)
    held = load(model)
    unload()
    assert load(model) is not held
    shutil.copytree(model, tmp_path / "plain")
    described = json.loads((tmp_path / "plain" / "config.json").read_text())
    del described["tamis"]
    (tmp_path / "plain" / "config.json").write_text(json.dumps(described))
    assert isinstance(load(tmp_path / "plain"), TokenClassifier)  # a graph that the config does not speak of


@pytest.mark.parametrize(
    ("section", "said"),
    [
        ({"kind": "keep-classifier"}, "says nothing usable"),
        ({"kind": "keep-classifier", "format": 99, "limit": 1, "keep_label": 1, "onnx": "model.onnx"}, "format 99"),
        ({"kind": "keep-classifier", "format": 1, "limit": 64, "keep_label": 1, "onnx": "gone.onnx"}, "no file"),
    ],
)
def test_a_damaged_folder_is_said(section, said, model, tmp_path):
    shutil.copytree(model, tmp_path / "m")
    described = json.loads((model / "config.json").read_text())
    (tmp_path / "m" / "config.json").write_text(json.dumps({**described, "tamis": section}))
    with pytest.raises(ModelCorrupt, match=said):
        load(tmp_path / "m")


def test_a_graph_that_is_cut_short_is_said(model, tmp_path):
    shutil.copytree(model, tmp_path / "m")
    graph = tmp_path / "m" / "model.onnx"
    graph.write_bytes(graph.read_bytes()[:5000])
    with pytest.raises(ModelCorrupt, match=r"model\.onnx"):
        load(tmp_path / "m")


def test_the_card_tells_what_it_was_made_of(work, model):
    card = (model / "README.md").read_text(encoding="utf-8")
    for said in (
        "CC-BY-4.0, by nobody",
        "variation rate, labelled",
        "best epoch",
        "temperature",
        "safetensors (torch)",
    ):
        assert said in card
    for name in ("model.safetensors", "model.onnx", "tokenizer.json"):
        assert digest(model / name) in card
    assert str(work.folder) not in card  # no path of the machine that made it


def test_no_pickle_and_no_half_written_file_is_left(work):
    names = {path.name for path in work.folder.rglob("*") if path.is_file()}
    assert {name for name in names if name.endswith((".bin", ".pt", ".pkl", ".part", ".tmp"))} == set()
    assert {path.name for path in (work / "model").iterdir()} == {
        "README.md", "config.json", "model.onnx", "model.safetensors", "tokenizer.json", "tokenizer_config.json"
    }  # fmt: skip


def test_the_figures_are_those_of_the_files_on_texts_that_were_held_out(work, course):
    from tamis.distill.evaluate import figures

    _, _, parts = trainer(work, course)
    held = {one.document for one in parts.test}
    assert not held & {one.document for one in (*parts.train, *parts.dev)}
    measured = figures(load_onnx_classifier(work / "model"), parts.test)
    assert f"| AUC | {measured['AUC']:g} |" in (work / "model" / "README.md").read_text()
    assert measured["AUC"] > 0.8
    assert abs(measured["rate, teacher"] - measured["rate, model"]) < 0.2


def test_exporting_again_writes_the_same_bytes(work, model):
    before = {path.name: digest(path) for path in model.iterdir()}
    export_step(work, licence="CC-BY-4.0, by nobody")
    assert {path.name: digest(path) for path in model.iterdir()} == before


def test_int8_is_smaller_and_close(work, course, tmp_path):
    other = Work(tmp_path / "work")
    shutil.copytree(work.folder, other.folder)
    measured = export_step(other, int8=True)
    small, whole = other / "model" / "model.onnx", work / "model" / "model.onnx"
    assert small.stat().st_size < 0.7 * whole.stat().st_size
    assert abs(measured["int8 (onnxruntime)"]["AUC"] - measured["safetensors (torch)"]["AUC"]) < 0.02
    texts = [MEETING[:2000]]
    exact = load_onnx_classifier(work / "model").keep(texts)[0].values["keep"]
    rounded = load_onnx_classifier(other / "model").keep(texts)[0].values["keep"]
    assert abs(rounded - exact).mean() < 0.03  # a word here and there moves more: 0.11 was seen
    np.testing.assert_allclose(rounded, exact, atol=0.25)
    export_step(other, onnx=False)
    assert not small.exists()
    assert isinstance(load(other / "model"), TokenClassifier)


def test_a_temperature_is_built_into_the_weights(course):
    model, _ = begin(course)
    model.eval()
    ids = torch.arange(5, 25)[None]
    with torch.inference_mode():
        before = model(input_ids=ids).logits
    cool(model, 2.5)
    with torch.inference_mode():
        after = model(input_ids=ids).logits
    torch.testing.assert_close(after, before / 2.5)
    with pytest.raises(ModelError, match="linear layer"):
        cool(_Headless(), 2.0)


class _Headless(torch.nn.Module):
    """A model that ends in something else."""

    def __init__(self) -> None:
        super().__init__()
        self.body = torch.nn.LayerNorm(3)


def test_a_graph_that_says_something_else_is_refused(work, course, tmp_path, monkeypatch):
    run, tokenizer, parts = trainer(work, course)
    monkeypatch.setattr("tamis.distill.graph.CLOSE", -1.0)  # nothing is that close
    with pytest.raises(ModelError, match="differs from the model"):
        export(run.model, tokenizer, tmp_path / "m", test=parts.test, form=ModelForm())
    assert not (tmp_path / "m" / "config.json").exists()  # so the folder is no model
    assert not [path for path in (tmp_path / "m").iterdir() if path.is_dir()]


def test_steps_that_are_out_of_turn_say_which_is_first(tmp_path, course):
    work = Work(tmp_path)
    with pytest.raises(InvalidInput, match=r"chunks\.jsonl"):
        label_step(work)
    with pytest.raises(InvalidInput, match=r"labels\.jsonl"):
        train_step(work, course)
    with pytest.raises(InvalidInput, match=r"train\.json") as caught:
        export_step(work)
    assert "tamis distill train" in caught.value.hint


def test_labels_that_changed_after_training_are_noticed(work, course, tmp_path):
    other = Work(tmp_path / "work")
    shutil.copytree(work.folder, other.folder)
    label_step(other, filters=Filters(0.3, 0.3))
    with pytest.raises(InvalidInput, match="labels have changed"):
        export_step(other)


def test_another_wording_is_another_set_of_answers(work, tmp_path):
    other = Work(tmp_path / "work")
    shutil.copytree(work.folder, other.folder)
    asked = AskSettings.of(other)
    prepare(other, documents(12), replace(asked, wording=TeacherPrompt("someone else")))
    made = label_step(other)
    assert (made.figures["answered"], len(made.marked)) == (0, 0)
    prepare(other, documents(12), asked)
    assert label_step(other).figures["labelled"] == len(load_labels(work / "labels.jsonl"))


def test_status_tells_how_far_it_is(work, tmp_path):
    found = status(work)
    assert found["answers"]["open"] == 0
    assert found["labels"]["labelled"] > 0
    assert found["training"]["best epoch"] >= 1
    assert found["model"]["folder"].endswith("model")
    with pytest.raises(InvalidInput, match="no work folder"):
        status(Work(tmp_path / "none"))


def test_texts_without_text_are_refused(tmp_path):
    from tamis.distill.chunk import NamedText

    with pytest.raises(InvalidInput, match="nothing to ask about"):
        prepare(Work(tmp_path), [NamedText("a", " \n ")], AskSettings(TeacherPrompt("m"), "http://127.0.0.1/v1"))
