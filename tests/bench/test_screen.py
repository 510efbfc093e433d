"""`tamis bench screen`: what is read, figures by hand, floors, the page, and what is refused."""

from __future__ import annotations

import json

import numpy as np
import pytest

pytest.importorskip("PIL")

from PIL import Image

from tamis.bench.screen.methods import CONSTANT, METHODS, RANDOM, by_grounder, constant, judged
from tamis.bench.screen.page import _spread, page
from tamis.bench.screen.run import ScreenPlan, measure_screens
from tamis.bench.screen.summary import ALL, cells, size_of, summarise
from tamis.bench.screen.tasks import ScreenTask, read_screen_tasks
from tamis.edge.cli import main
from tamis.errors import InvalidInput, UnknownName, UnreadableInput
from tamis.image import Box, Point, Screenshot
from tamis.io.files import digest
from tamis.screen import Element, Grounding, RankedElement

ROWS = [
    {"shot": "a", "text": "Save", "boxes": [[0, 0, 50, 40], [100, 0, 150, 40]], "kind": "text"},
    {"shot": "a", "text": "the gear", "boxes": [[160, 60, 200, 100]], "kind": "icon"},
    {"shot": "a", "text": "the moon", "boxes": []},
    {"shot": "b.png", "text": "Help", "boxes": [[80, 40, 120, 60]], "kind": "text", "source": "desk"},
]
ELEMENTS = (Element(Box(0, 0, 50, 40), "Save"), Element(Box(160, 60, 200, 100), "", "icon"))


@pytest.fixture
def data(tmp_path):
    for name in ("a", "b"):
        Image.fromarray(np.full((100, 200, 3), 200, np.uint8)).save(tmp_path / f"{name}.png")
    write(tmp_path / "instructions.jsonl", ROWS)
    shots = [{"name": "a", "source": "wiki", "ratio": 2, "split": "held-out"}, {"name": "b", "split": "develop"}]
    write(tmp_path / "shots.jsonl", shots)
    return tmp_path


def write(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def test_our_own_layout_with_what_is_known_of_the_shots(data):
    first, _, absent, last = read_screen_tasks(data)
    assert first.boxes == (Box(0, 0, 50, 40), Box(100, 0, 150, 40))
    assert (first.source, first.ratio, first.kind, first.picture) == ("wiki", 2.0, "text", data / "a.png")
    assert (absent.kind, absent.boxes, last.source) == ("absent", (), "desk")
    assert [task.text for task in read_screen_tasks(data, split="develop")] == ["Help"]


@pytest.mark.parametrize(
    ("row", "box", "kind", "source"),
    [
        (  # ScreenSpot, ScreenSpot-v2: left, top, width, height
            {"img_filename": "a.png", "bbox": [150, 20, 40, 30], "instruction": "x", "data_type": "icon",
             "data_source": "ios"},
            (150, 20, 190, 50), "icon", "ios",
        ),
        (  # ScreenSpot-Pro: corners
            {"img_filename": "a.png", "bbox": [150, 20, 190, 50], "instruction": "x", "ui_type": "text",
             "application": "cad", "img_size": [200, 100]},
            (150, 20, 190, 50), "text", "cad",
        ),
        (  # ScreenSpot as shares
            {"file_name": "a.png", "bbox": [0.5, 0.25, 1.0, 0.5], "instruction": "x", "data_type": "text"},
            (100, 25, 200, 50), "text", "wiki",
        ),
        (  # OSWorld-G
            {"image_path": "a.png", "box_type": "bbox", "box_coordinates": [10, 20, 30, 40], "instruction": "x"},
            (10, 20, 40, 60), "other", "wiki",
        ),
        (
            {"image_path": "a.png", "box_type": "polygon", "box_coordinates": [10, 20, 40, 20, 25, 60],
             "instruction": "x"},
            (10, 20, 40, 60), "other", "wiki",
        ),
    ],
)  # fmt: skip
def test_annotation_files_of_others(data, tmp_path, row, box, kind, source):
    (tmp_path / "notes.json").write_text(json.dumps([row]))
    (task,) = read_screen_tasks(tmp_path / "notes.json")
    assert task.boxes[0].edges == pytest.approx(box)
    assert (task.kind, task.source) == (kind, source)


def test_negative_rows_are_absent_and_pictures_are_looked_for_in_folders(data, tmp_path):
    folder = tmp_path / "set" / "annotations"
    folder.mkdir(parents=True)
    (folder.parent / "images").mkdir()
    (data / "a.png").rename(folder.parent / "images" / "a.png")
    row = {"img_filename": "a.png", "instruction": "x", "gt_type": "negative", "bbox": [0, 0, 1, 1]}
    (folder / "one.json").write_text(json.dumps([row]))
    (task,) = read_screen_tasks(folder.parent)
    assert (task.kind, task.boxes) == ("absent", ())


@pytest.mark.parametrize(
    ("rows", "error", "message"),
    [
        ([{"shot": "a", "bbox": [1, 2, 3, 4], "text": "x"}], InvalidInput, "cannot be told"),
        ([{"shot": "z", "boxes": [], "text": "x"}], UnreadableInput, "no picture 'z'"),
        ([{"boxes": [], "text": "x"}], InvalidInput, "names no picture"),
        ([{"shot": "a", "boxes": [], "text": " "}], InvalidInput, "no instruction"),
        ([{"shot": "a", "boxes": [[1, 2, 3]], "text": "x"}], InvalidInput, "no corners of a box"),
        ([{"shot": "a", "boxes": [[5, 2, 3, 4]], "text": "x"}], InvalidInput, "no corners of a box"),
        ([], InvalidInput, "no instructions"),
        ([3], InvalidInput, "no list of objects"),
    ],
)
def test_what_cannot_be_read_is_refused(data, rows, error, message):
    write(data / "instructions.jsonl", rows)
    with pytest.raises(error, match=message):
        read_screen_tasks(data)


def test_no_file_no_json_and_no_layout(data):
    with pytest.raises(UnreadableInput, match="no"):
        read_screen_tasks(data / "missing")
    (data / "instructions.jsonl").write_text("{")
    with pytest.raises(UnreadableInput, match="as JSON"):
        read_screen_tasks(data)
    with pytest.raises(UnknownName, match="layout"):
        read_screen_tasks(data, boxes="polar")


class Seeing:
    """Elements from nowhere; counts its looks."""

    def __init__(self) -> None:
        self.looks = 0

    def __call__(self, shot, /):
        self.looks += 1
        return ELEMENTS


def pointing(shot, elements, instructions, /):
    """Clicks the first element for "Save", ranks the second one for the gear, refuses the rest."""
    answers = {
        "Save": Grounding("Save", Point(10, 10), elements[0].box, 0.9, (RankedElement(elements[0], 0.9),)),
        "the gear": Grounding(
            "the gear", Point(10, 10), elements[0].box, 0.6, tuple(RankedElement(one, 0.5) for one in elements)
        ),
    }
    return [answers.get(text) or Grounding(text, None, None, 0.2, (), "no") for text in instructions]


def measured(data, *methods, seeing=None):
    plan = ScreenPlan(("mine", *methods), {"mine": by_grounder(pointing)}, seeing or Seeing())
    return measure_screens(plan, read_screen_tasks(data), data / "out")


def test_hits_by_hand(data):
    rows = measured(data)
    assert [(row["text"], row["hit"], row["among"]) for row in rows] == [
        ("Save", 1, 1), ("the gear", 0, 1), ("the moon", 1, 1), ("Help", 0, 0),
    ]  # fmt: skip
    line = summarise(rows, "mine")[0]
    assert (line.by, line.tasks, line.hit.mean, line.among) == (ALL, 3, pytest.approx(1 / 3), pytest.approx(2 / 3))
    assert line.hit.low <= line.hit.mean <= line.hit.high
    assert line.auroc == pytest.approx(2.5 / 3)  # 1.9 and 1.6 above .2, .2 beside .2
    assert line.false_clicks == 1.0  # to click 3 of 3, the one of .2 has to be clicked, and so has the absent one


def test_groups_and_floors(data):
    lines = summarise(measured(data, RANDOM, "centre", CONSTANT), "mine")
    figures = {(line.by, line.group, line.method): line for line in lines}
    assert figures["kind", "absent", "mine"].hit.mean == 1
    assert figures["kind", "absent", "mine"].among is None
    assert figures["source", "desk", "centre"].hit.mean == 1  # (100, 50) is in the box of Help
    assert figures["all", "all", RANDOM].hit.mean == pytest.approx((0.5 + 0.5 + 0) / 3)
    assert figures["kind", "text", RANDOM].among == pytest.approx(0.5)  # of two elements both are drawn
    assert figures["all", "all", CONSTANT].hit.mean == pytest.approx(1 / 3)
    assert figures["all", "all", "centre"].gain.mean == pytest.approx(0)
    assert figures["all", "all", "mine"].gain is None
    assert figures["all", "all", "centre"].auroc is None
    assert cells(figures["all", "all", "centre"])[-3:-1] == ("-", "-")
    assert "to" in cells(figures["all", "all", "centre"])[3]
    assert cells(figures["source", "desk", "centre"])[3:5] == ("100.0", "+100.0")  # of one picture no interval


def test_the_constant_is_the_best_of_all_on_these_tasks():
    boxes = [Box(0, 0, 20, 20), Box(10, 10, 30, 30), Box(80, 80, 90, 90)]
    tasks = [(ScreenTask(str(i), None, "x", (box,)), (100, 100)) for i, box in enumerate(boxes)]
    assert [one.hit for one in constant(tasks)] == [1, 1, 0]


def test_nothing_is_measured_twice_and_pictures_are_looked_at_once(data):
    seeing = Seeing()
    first = measured(data, RANDOM, seeing=seeing)
    assert seeing.looks == 2
    assert measured(data, RANDOM, seeing=seeing) == first
    assert seeing.looks == 2


def test_a_picture_that_was_replaced_is_measured_again(data):
    plan, tasks = ScreenPlan(("centre",)), read_screen_tasks(data)[:2]
    assert measure_screens(plan, tasks, data / "out")[0]["size"] == [200, 100]
    Image.fromarray(np.full((60, 80, 3), 9, np.uint8)).save(data / "a.png")
    assert measure_screens(plan, tasks, data / "out")[0]["size"] == [80, 60]


@pytest.mark.parametrize("most", ["0", "-1"])
def test_the_command_refuses_to_measure_nothing(data, capsys, most):
    assert main(["bench", "screen", str(data), "--most", most, "--out", str(data / "out")]) == 2
    assert "--most must be at least 1" in capsys.readouterr().err
    assert not (data / "out").exists()


def test_elements_that_are_kept_beside_the_pictures_are_used(data, monkeypatch):
    rows = [
        {"name": name, "digest": digest(data / f"{name}.png"), "elements": [one.to_dict() for one in ELEMENTS]}
        for name in ("a", "b")
    ]
    write(data / "elements.jsonl", rows)
    plan = ScreenPlan(("mine", "ocr match"), {"mine": by_grounder(pointing)})
    results = measure_screens(plan, read_screen_tasks(data), data / "out")
    assert next((row["text"], row["hit"]) for row in results if row["method"] == "ocr match") == ("Save", 1)
    assert len(results) == 8


def test_an_answer_without_a_click_is_right_where_nothing_is_there():
    task = ScreenTask("1", None, "x", ())
    assert judged(task, Grounding("x", None, None, 0.1, ())).hit == 1
    assert judged(task, Grounding("x", Point(1, 1), Box(0, 0, 2, 2), 0.1, ())).hit == 0


def test_sizes_have_names():
    assert [size_of({"size": size}) for size in ([500, 500], [1280, 800], [3840, 2160])] == [
        "up to 0.5 MP", "up to 1.5 MP", "over 6 MP",
    ]  # fmt: skip


def test_the_page_draws_what_was_missed(data):
    rows = measured(data, "centre")
    html = page(summarise(rows, "mine"), rows, {"from": "<here>"})
    assert html.count("data:image/png;base64,") == 2  # the gear and Help
    assert "the gear" in html
    assert "&lt;here&gt;" in html
    assert "What mine missed: 2, all of them" in html
    assert "not clicked, though it is there, confidence 0.20" in html


def test_plans_that_cannot_be_measured():
    with pytest.raises(UnknownName, match="method 'nobody'"):
        ScreenPlan(("nobody",))
    with pytest.raises(InvalidInput, match="Nothing to measure"):
        ScreenPlan(())


class Lazy:
    """A grounder by the name of its class."""

    def __call__(self, shot: Screenshot, elements, instructions, /):
        return [Grounding(text, shot.bounds.centre, shot.bounds, 0.5, ()) for text in instructions]


def test_the_command_prints_a_table_and_writes_a_report(data, capsys, monkeypatch):
    monkeypatch.chdir(data)
    rows = [{"name": n, "digest": digest(data / f"{n}.png"), "elements": []} for n in ("a", "b")]
    write(data / "elements.jsonl", rows)
    command = ["bench", "screen", str(data), "--methods", "centre", "--out", "out", "--quiet"]
    assert main([*command, "--grounder", "tests.bench.test_screen:Lazy", "--json"]) == 0
    lines = json.loads(capsys.readouterr().out)
    assert {line["method"] for line in lines} == {"centre", "tests.bench.test_screen:Lazy"}
    assert (data / "out" / "report.html").is_file()
    assert main([*command, "--most", "1"]) == 0
    assert "hit@3" in capsys.readouterr().out
    assert main([*command, "--grounder", "no.such:thing"]) == 2
    assert "There is no grounder 'no.such:thing'" in capsys.readouterr().err


def test_a_checkpoint_takes_part(data, capsys, monkeypatch):
    pytest.importorskip("torch")
    from tests.models import tiny_actors

    monkeypatch.chdir(data)
    model = str(tiny_actors.saved(data / "model", "qwen2_vl"))
    assert main(["bench", "screen", str(data), "--methods", "centre", "--model", model, "--json", "--quiet"]) == 0
    lines = [line for line in json.loads(capsys.readouterr().out) if line["method"] == model]
    assert [line["tasks"] for line in lines if line["by"] == "all"] == [3]
    assert lines[0]["auroc"] is not None


@pytest.mark.slow
def test_all_methods_run(data):
    pytest.importorskip("rapidocr")
    plan = ScreenPlan()
    rows = measure_screens(plan, read_screen_tasks(data), data / "out")
    assert {row["method"] for row in rows} == {*METHODS, CONSTANT}


def test_failures_are_spread_over_the_pictures():
    rows = [{"task": str(number)} for number in range(10)]
    assert [row["task"] for row in _spread(rows, 4)] == ["0", "2", "5", "7"]
    assert _spread(rows, 10) == _spread(rows, 99) == rows
    assert _spread([], 4) == _spread(rows, 0) == []
