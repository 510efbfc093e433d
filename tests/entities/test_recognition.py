"""Recognisers: formats, training, files, the embedded one."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tamis
from tamis.edge.cli import main
from tamis.entities import Example, FitSettings, Recognizer, from_tags, read_conll
from tamis.entities.recognition.calibration import SpanCalibration, calibrate
from tamis.entities.recognition.tags import TagSet
from tamis.entities.recognition.words import BUCKETS, FEATURES, features, words
from tamis.entities.views import entities_page
from tamis.errors import InvalidInput, ModelCorrupt, ModelNotFound
from tamis.models.encoder import MINI
from tamis.models.hidden import LAYERS, WIDTH, load_hidden
from tamis.models.tensors import read_tensors, write_tensors

NAMES = ["Ann", "Bob Lee", "Carl", "Dora Smith", "Eve"]
TOWNS = ["Rome", "New York", "Oslo", "Bonn", "Kyiv", "Lima", "Accra", "Paris", "Bern"]
EXAMPLES = [
    Example(f"{a} lives in {b}.", [(0, len(a), "who"), (len(a) + 10, len(a) + 10 + len(b), "where")])
    for a in NAMES
    for b in TOWNS
]
QUICK = FitSettings(least=60)


@pytest.fixture(scope="module")
def small() -> Recognizer:
    return Recognizer.fit(EXAMPLES, QUICK)


@pytest.mark.parametrize(
    "tags",
    [
        ["B-A", "I-A", "O", "B-B", "B-B"],
        ["B-A", "E-A", "O", "S-B", "S-B"],
        ["B-A", "L-A", "O", "U-B", "U-B"],
        ["I-A", "I-A", "O", "I-B", "B-B"],  # IOB1
    ],
)
def test_formats(tags: list[str]) -> None:
    example = from_tags(["Ann", "Lee", "met", "Bo", "Cy"], tags)
    assert example == Example("Ann Lee met Bo Cy", [(0, 7, "A"), (12, 14, "B"), (15, 17, "B")])


def test_columns() -> None:
    lines = ["-DOCSTART- O\n", "\n", "Ann X B-A\n", "left X O\n", "\n", "Bo\tX\tB-A\n"]
    assert [one.text for one in read_conll(lines)] == ["Ann left", "Bo"]
    with pytest.raises(InvalidInput, match="column"):
        read_conll(["Ann B-A"], tag=5)


@settings(deadline=None)
@given(st.lists(st.integers(0, 4), min_size=1, max_size=12))
def test_tags_and_spans_are_one(kinds: list[int]) -> None:
    """Runs of 1 to 4 words, each a type or none."""
    tags = TagSet(("a", "b"))
    places, spans, place = [], [], 0
    for kind in kinds:
        start = place
        for _ in range(1 + kind):
            places.append((place, place + 2))
            place += 3
        if kind % 3:
            spans.append((start, place - 1, tags.types[kind % 3 - 1]))
    row = tags.encode(places, spans)
    assert [(places[a][0], places[b - 1][1], kind) for a, b, kind in tags.decode(row)] == spans
    allowed = set(tags.allowed())
    assert all(pair in allowed for pair in pairwise(row))


def test_features_tell_words_apart_and_depend_on_neighbours() -> None:
    rows = features(["Ann", "met", "Ann"])
    assert rows.shape == (3, FEATURES)
    assert rows.max() < BUCKETS
    assert (rows[0, :14] == rows[2, :14]).all()
    assert (rows[0] != rows[2]).any()
    assert words("Ann's x_1, é!") == [(0, 3), (3, 4), (4, 5), (6, 9), (9, 10), (11, 12), (12, 13)]


def test_hidden_states_come_out_and_the_file_stays() -> None:
    before = (MINI / "model.onnx").stat().st_mtime
    text = "A short text. " * 60
    one, empty = load_hidden()([text, ""])
    assert one.states.shape == (len(one.offsets), len(LAYERS) * WIDTH)
    assert len(empty.states) == 0
    assert np.isfinite(one.states).all()
    assert np.abs(load_hidden()([text])[0].states - one.states).max() == 0
    assert (MINI / "model.onnx").stat().st_mtime == before


def test_tensors_come_back(tmp_path: Path) -> None:
    tensors = {"a": np.arange(6, dtype=np.float16).reshape(2, 3), "b": np.zeros((0, 4), np.int64)}
    write_tensors(tmp_path / "x.safetensors", tensors)
    again = read_tensors(tmp_path / "x.safetensors")
    assert all(
        np.array_equal(again[name], value) and again[name].dtype == value.dtype for name, value in tensors.items()
    )


def test_own_types_are_learned(small: Recognizer) -> None:
    text = "Bob Lee lives in Oslo."
    assert [(e.text, e.kind) for e in small(text)] == [("Bob Lee", "who"), ("Oslo", "where")]
    assert small(text, least=1.0) == ()
    assert small("") == ()
    assert small.many([text, "", text])[2] == small(text)


def test_training_is_reproducible(small: Recognizer) -> None:
    again = Recognizer.fit(EXAMPLES, QUICK)
    assert again("Dora Smith lives in Lima.") == small("Dora Smith lives in Lima.")


def test_a_recogniser_comes_back_from_its_folder(small: Recognizer, tmp_path: Path) -> None:
    small.save(tmp_path / "own")
    again = Recognizer.load(tmp_path / "own")
    text = "Carl lives in New York. Eve lives in Bern."
    assert [(e.start, e.end, e.kind) for e in again(text)] == [(e.start, e.end, e.kind) for e in small(text)]
    (tmp_path / "own" / "recognizer.json").write_text('{"format": 1, "types": ["x"], "calibration": {}}')
    with pytest.raises(ModelCorrupt, match="other types"):
        Recognizer.load(tmp_path / "own")
    with pytest.raises(ModelNotFound):
        Recognizer.load(tmp_path / "none")


@pytest.mark.parametrize(
    "spans",
    [[(3, 3, "a")], [(2, 1, "a")], [(0, 99, "a")], [(-1, 2, "a")], [(0, 3, "a"), (2, 5, "a")], [(0, 3, "")], []],
)
def test_examples_that_cannot_be_learned_from(spans: list[tuple[int, int, str]]) -> None:
    with pytest.raises(InvalidInput):
        Recognizer.fit([Example("Ann left.", spans)])


def test_more_types_than_can_be_told_apart() -> None:
    with pytest.raises(InvalidInput, match="201 types"):
        Recognizer.fit([Example("Ann", [(0, 3, f"t{n}")]) for n in range(201)])


@pytest.mark.parametrize("tags", [["B"], ["X-A"], ["B-"], ["O", "O"]])
def test_tags_that_are_none(tags: list[str]) -> None:
    with pytest.raises(InvalidInput):
        from_tags(["Ann"], tags)


def test_confidence_is_fitted_to_how_often_spans_are_right() -> None:
    rng = np.random.default_rng(0)
    rows, gold = [], []
    for _ in range(400):
        right = bool(rng.random() < 0.6)
        rows.append([(0, 1, "a", 0.99)])  # always as sure
        gold.append({(0, 1, "a")} if right else set())
    calibration = calibrate(lambda _: rows, gold)
    assert calibration.confidence(0.99) == pytest.approx(0.6, abs=0.06)
    assert SpanCalibration().confidence(0.8) == pytest.approx(0.8)


def test_the_embedded_recogniser() -> None:
    text = "Angela Merkel met Barack Obama in Berlin. Later she spoke with Microsoft."
    entities = Recognizer.pretrained()(text)
    assert {("Angela Merkel", "person"), ("Barack Obama", "person"), ("Berlin", "place")} <= {
        (e.text, e.kind) for e in entities
    }
    safe = tamis.redact(text, find=Recognizer.pretrained())
    assert "Merkel" not in safe.text
    assert tamis.restore(safe.text, safe.table) == text


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=300))
def test_names_lie_in_the_text_apart(text: str) -> None:
    entities = Recognizer.pretrained()(text)
    assert all(text[e.start : e.end] == e.text and e.text.strip() and 0 <= e.confidence <= 1 for e in entities)
    assert all(a.end <= b.start for a, b in pairwise(entities))


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    letter, page = tmp_path / "letter.txt", tmp_path / "page.html"
    letter.write_text("Barack Obama paid $5 <b>.", encoding="utf-8")
    assert main(["entities", str(letter), "--quiet"]) == 0
    assert capsys.readouterr().out == "[Barack Obama|person] paid [$5|money] <b>.\n"
    assert main(["entities", str(letter), "--json", "--kinds", "money", "--quiet"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["text"], row["value"], row["unit"]) == ("$5", 5, "Dollar")
    assert main(["entities", str(letter), "--html", str(page), "--quiet"]) == 0
    assert capsys.readouterr().out == ""
    assert main(["entities", str(letter), "--html", str(page)]) == 0
    assert capsys.readouterr().out == f"{page}\n"
    assert "Barack Obama<i>person</i>" in page.read_text(encoding="utf-8")
    assert main(["entities", str(letter), "--kinds", "persn"]) == 2
    assert main(["entities", str(letter), "--now", "noon"]) == 2
    assert main(["entities", str(letter), "--min-confidence", "2"]) == 2
    capsys.readouterr()


def test_the_command_links_names(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    letter, base, page = tmp_path / "letter.txt", tmp_path / "base.jsonl", tmp_path / "page.html"
    letter.write_text("Barack Obama met Angela Merkel.", encoding="utf-8")
    base.write_text('{"id": "<Q76>", "name": "Obama", "aliases": ["Barack Obama"]}\n', encoding="utf-8")
    asked = ["entities", str(letter), "--base", str(base), "--quiet"]
    assert main(asked) == 0
    assert capsys.readouterr().out == "[Barack Obama|person <Q76>] met [Angela Merkel|person].\n"
    assert main([*asked, "--json"]) == 0
    first, second = json.loads(capsys.readouterr().out)
    assert (first["link"]["id"], second["link"]["id"]) == ("<Q76>", None)
    assert main([*asked, "--html", str(page)]) == 0
    assert "person &lt;Q76&gt;" in page.read_text(encoding="utf-8")
    base.write_text("nothing\n", encoding="utf-8")
    assert main(asked) == 2
    assert "Line 1" in capsys.readouterr().err


def test_a_page_escapes_the_text() -> None:
    assert "<b>" not in entities_page("<b> 5", (), title="<i>").partition("<main>")[2]
