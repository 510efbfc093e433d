"""The factory of screens: sources, the harvest of a page, instructions and counts made from it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

pytest.importorskip("PIL")
from tamis.bench.screen.methods import judged
from tamis.bench.screen.tasks import ScreenTask
from tamis.image import Box, screenshot_of
from tamis.screen import Screen, ScreenTree
from training.__main__ import main
from training.screen.harvest import VIEWS, View, harvest, view_of
from training.screen.instructions import instructions_of
from training.screen.recall import recalls, shots_of, table, targets_of
from training.screen.sources import Folder, read_sources

PAGES = Path(__file__).resolve().parents[2] / "screen" / "pages"
SOURCE = Folder("settings", str(PAGES), "Apache-2.0", "develop", ("*.html",), 1)
browser = pytest.mark.skipif(
    not any(map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), reason="there is no browser"
)


def test_the_table_of_sources_has_both_parts_and_licences():
    sources = read_sources()
    assert {source.split for source in sources} == {"develop", "held-out"}
    assert all(source.licence for source in sources)
    assert len({source.name for source in sources}) == len(sources) >= 10


def test_a_table_that_cannot_be_is_refused(tmp_path):
    row = 'name = "a"\nroot = "x"\nlicence = "MIT"\nsplit = "{}"\npages = ["*"]\nmost = 1\n'
    path = tmp_path / "sources.toml"
    path.write_text("[[source]]\n" + row.format("develop") + "[[source]]\n" + row.format("develop"))
    with pytest.raises(ValueError, match="twice"):
        read_sources(path)
    path.write_text("[[source]]\n" + row.format("random"))
    with pytest.raises(ValueError, match="unknown splits"):
        read_sources(path)


def test_pages_are_spread_and_their_order_never_changes(tmp_path):
    for number in range(10):
        (tmp_path / f"{number}.html").write_text("x")
    with Folder("f", str(tmp_path), "MIT", "develop", ("*.html",), 3).pages(tmp_path) as pages:
        assert [page.rpartition("/")[2] for page in pages] == ["0.html", "3.html", "6.html"]
    with Folder("f", str(tmp_path / "none"), "MIT", "develop", ("*.html",), 3).pages(tmp_path) as pages:
        assert pages == []


def test_a_page_has_one_view_for_ever():
    assert view_of("http://127.0.0.1:1/a.html") == view_of("http://127.0.0.1:2/a.html")
    assert {view_of(f"http://h/{number}") for number in range(60)} == set(VIEWS)


@browser
def test_a_harvest_has_every_element_with_its_box(tmp_path):
    pytest.importorskip("playwright")
    assert harvest([SOURCE], tmp_path, views=(View(900, 640, ratio=2),)) == 1
    ((row, shot),) = shots_of(tmp_path)
    truth = json.loads((PAGES / "settings.json").read_text(encoding="utf-8"))
    assert shot.size == (1800, 1280)
    found = {(one["role"], one["name"]) for one in row["elements"]}
    assert found >= {(one["role"], one["name"]) for one in truth["elements"]}
    states = {one["name"]: one["state"] for one in row["elements"]}
    assert states["Send me news"]["checked"] is True
    assert states["Email address"]["value"] == "ada@example.org"
    save = next(one for one in targets_of(row, shot) if one.name == "Save changes")
    inside = shot.crop(save.box.grow(-8)).reshape(-1, 3)
    assert (
        abs(inside.astype(int) - (37, 99, 201)).sum(1) < 12
    ).mean() > 0.6  # (the box is where the button is painted)


@pytest.fixture
def data(tmp_path):
    """A harvest without a browser."""
    truth = json.loads((PAGES / "settings.json").read_text(encoding="utf-8"))
    row = {**truth, "name": "settings-0000", "licence": "Apache-2.0"}
    (tmp_path / "shots.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    shutil.copy(PAGES.parents[2] / "examples" / "settings.png", tmp_path / "settings-0000.png")
    return tmp_path


def test_recall_counts_what_a_source_has(data):
    ((row, shot),) = shots_of(data)
    perfect = recalls(row, shot, ScreenTree(row))
    assert all(result.near and result.tight for result in perfect)
    half = [one for one in ScreenTree(row)(shot) if one.role != "textbox"]
    missing = [result.target.role for result in recalls(row, shot, lambda _: half) if not result.near]
    assert missing == ["textbox", "textbox"]
    assert not any(result.near for result in recalls(row, shot, lambda _: []))
    assert "| all |" in table(perfect, "kind")


def test_instructions_are_the_same_for_ever_and_the_tree_answers_them(data):
    ((row, shot),) = shots_of(data)
    targets = list(targets_of(row, shot))
    others = [type(targets[0])("o", "other", "develop", 1, "text", "link", "Purchase history", Box(0, 0, 1, 1))]
    instructions = instructions_of(targets, others)
    assert instructions == instructions_of(targets, others)
    assert {one.kind for one in instructions} >= {"text", "input", "relation", "absent"}
    plainly = [one for one in instructions if one.way in ("name", "press", "role")]
    tasks = [ScreenTask(str(number), data, one.text, one.boxes) for number, one in enumerate(plainly)]
    answers = Screen(shot, ScreenTree(row)(shot)).ground_many([task.text for task in tasks])
    hits = [judged(task, answer).hit for task, answer in zip(tasks, answers, strict=True)]
    assert sum(hits) / len(hits) > 0.85


def test_the_command_counts_and_refuses(data, caplog):
    pytest.importorskip("rapidocr")
    caplog.set_level("INFO")
    assert main(["screen", "recall", "--data", str(data)]) == 0
    assert "candidates a target's shot" in caplog.text
    assert main(["screen", "recall", "--data", str(data), "--split", "held-out"]) == 1
    assert main(["screen", "data", "--out", str(data), "--source", "nowhere"]) == 1


def test_a_shot_reads_with_its_ratio(data):
    ((row, shot),) = shots_of(data)
    assert (shot.ratio, row["name"]) == (1, "settings-0000")
    assert screenshot_of(shot) is shot
