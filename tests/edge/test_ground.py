"""`tamis ground`: what it prints, its page, and what it refuses."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tamis.edge.cli import watching
from tamis.edge.cli.watching import changes
from tamis.errors import UnreadableImage

pytest.importorskip("PIL")
ROOT = Path(__file__).resolve().parents[2]
TREE = ROOT / "tests" / "screen" / "pages" / "settings.json"


@pytest.fixture
def shot(desk):
    shutil.copy(ROOT / "examples" / "settings.png", desk / "shot.png")
    return ("shot.png", "--tree", str(TREE))


def test_a_line_for_each_instruction(tamis, shot):
    done = tamis("ground", *shot, "Save changes", "the second Revoke link")
    first, second = done.text.splitlines()
    assert done.code == 0
    assert [float(number) for number in first.split()[:2]] == pytest.approx([93, 450], abs=9)
    assert first.endswith("Save changes: button 'Save changes'")
    assert float(second.split()[1]) == pytest.approx(568, abs=6)
    assert "elements" in done.err


def test_json_has_numbers_of_the_space_that_is_asked_for(tamis, shot):
    (row,) = tamis("ground", *shot, "Save changes", "--json", "--quiet", "--space", "ui-tars").json
    assert row["coordinates"] == pytest.approx([103, 703], abs=12)
    assert row["point"] == pytest.approx([92.5, 449.7], abs=9)
    assert row["candidates"][0]["role"] == "button"
    assert row["reason"] == ""


def test_what_is_not_there_is_said_and_ends_with_1(tamis, shot):
    done = tamis("ground", *shot, 'click "the moon"', "--quiet")
    assert done.code == 1
    assert "Nothing on the screen reads like 'the moon'." in done.text
    assert done.err == ""
    done = tamis("ground", *shot, "Save changes", "--min-confidence", "1")
    assert (done.code, "is sure to" in done.text) == (1, True)


def test_elements_are_listed(tamis, shot):
    assert "textbox   Town" in tamis("ground", *shot, "--elements").text
    rows = tamis("ground", *shot, "--elements", "--json").json
    assert len(rows) == len(json.loads(TREE.read_text(encoding="utf-8"))["elements"])


def test_a_page_is_written(tamis, shot, desk):
    assert tamis("ground", *shot, "Save changes", "--html", "out/look.html").code == 0
    assert "data:image/png;base64," in (desk / "out" / "look.html").read_text(encoding="utf-8")


def test_candidates_are_told_apart_by_their_places(tamis, shot, desk):
    assert tamis("ground", *shot, "Save changes", "--html", "look.html").code == 0
    assert "<td>93, 450</td><td>button</td><td>Save changes</td>" in (desk / "look.html").read_text(encoding="utf-8")


def test_what_a_picture_was_read_as_is_said(tamis, desk):
    from PIL import Image

    frames = [Image.new("RGB", (60, 40), colour) for colour in ("red", "blue")]
    frames[0].save(desk / "moving.gif", save_all=True, append_images=frames[1:])
    done = tamis("ground", "moving.gif", "x", "--tree", str(TREE))
    assert "(picture: frame 1 of 2" in done.err
    assert tamis("ground", "moving.gif", "x", "--tree", str(TREE), "--quiet").err == ""


def test_a_picture_may_be_piped(tamis, desk):
    data = (ROOT / "examples" / "settings.png").read_bytes()
    assert tamis("ground", "-", "--tree", str(TREE), "Billing", stdin=data).code == 0


def test_a_picture_is_looked_at(tamis, shot):
    pytest.importorskip("rapidocr")
    done = tamis("ground", "shot.png", "the Town field", "--json")
    left, top, right, bottom = done.json[0]["box"]
    assert left < 164 < right
    assert top < 254 < bottom


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("good.txt", "x"), "'good.txt' is no picture"),
        (("missing.png", "x"), "Cannot read 'missing.png'"),
        ((".", "x"), "'.' is a folder.\n  Name a picture in it"),
        (("shot.png",), "There is no instruction."),
        (("shot.png", "x", "--tree", "good.txt"), "'good.txt' is no JSON"),
        (("shot.png", "x", "--verifier", "some/where"), "--verifier looks at what a --model proposes"),
        (("-", "x", "--watch"), "stdin cannot be watched"),
        (("nowhere", "x", "--watch"), "nothing to watch at 'nowhere'"),
        (("shot.png", "x", "--min-confidence", "7"), "--min-confidence must be from 0 to 1"),
        (("shot.png", "x", "--ratio", "0"), "ratio must be positive"),
        (("shot.png", "x", "--html", "shot.png"), "is also an input"),
        (("shot.png", " ", "--tree", str(TREE)), "The instruction is empty."),
        (("shot.png", "w " * 3000, "--tree", str(TREE)), "The instruction has"),
    ],
)
def test_what_cannot_be_used_is_refused(tamis, shot, arguments, message):
    done = tamis("ground", *arguments)
    assert done.code == 2
    assert message in done.err
    assert done.text == ""


def test_a_checkpoint_points(tamis, shot, desk):
    pytest.importorskip("torch")
    from tests.models import tiny_actors

    folder = tiny_actors.saved(desk / "actor", "qwen2_5_vl")
    (row,) = tamis("ground", "shot.png", "Save changes", "--model", str(folder), "--json", "--html", "heat.html").json
    left, top, right, bottom = row["box"]
    assert left <= row["point"][0] <= right
    assert top <= row["point"][1] <= bottom
    assert row["candidates"][0]["source"] == "patch"
    assert (desk / "heat.html").read_text(encoding="utf-8").count("data:image/png;base64,") == 2
    done = tamis("ground", "shot.png", "x", "--model", str(folder), "--quiet")
    assert (done.text.rstrip()[-9:], done.err) == ("x: region", "")


def test_changes_are_those_of_the_newest_picture(tmp_path):
    (tmp_path / "notes.txt").write_text("no picture")
    seen = changes(tmp_path, every=0.001)
    (tmp_path / "a.png").write_bytes(b"1")
    assert next(seen).name == "a.png"
    (tmp_path / "b.PNG").write_bytes(b"1")
    os.utime(tmp_path / "b.PNG", ns=(10**18 * 3, 10**18 * 3))
    assert next(seen).name == "b.PNG"
    (tmp_path / "b.PNG").write_bytes(b"22")
    os.utime(tmp_path / "b.PNG", ns=(10**18 * 3, 10**18 * 3))
    assert next(seen).name == "b.PNG"
    file = changes(tmp_path / "a.png", every=0.001)
    assert next(file).name == "a.png"


def test_only_answers_that_change_are_printed(tmp_path, monkeypatch, capsys):
    pictures = iter(["one", "one", UnreadableImage("cut short"), "two", "one"])
    monkeypatch.setattr(watching, "changes", lambda place: range(5))

    def answer(picture):
        value = next(pictures)
        if isinstance(value, Exception):
            raise value
        return value

    watching.follow(tmp_path, answer, quiet=False)
    printed = capsys.readouterr()
    assert printed.out.split() == ["one", "two", "one"]
    assert "cut short" in printed.err


def test_watching_ends_with_130_on_ctrl_c(shot, desk):
    command = [sys.executable, "-m", "tamis", "ground", *shot, "Save changes", "--watch", "--quiet"]
    with subprocess.Popen(command, cwd=desk, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline().endswith("button 'Save changes'\n")
        process.send_signal(signal.SIGINT)
        rest, errors = process.communicate(timeout=20)
    assert (process.returncode, rest) == (130, "")
    assert "Traceback" not in errors
