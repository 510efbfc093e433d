"""`tamis novelty`: fit on files, lines and rows; verdicts as text, JSON and a page; exit codes."""

from __future__ import annotations

import io
import json
import re
import sys

import pytest

from tamis.edge.cli import main
from tests.novelty.making import KNOWN, NOVEL


@pytest.fixture
def log(tmp_path):
    path = tmp_path / "log.jsonl"
    path.write_text("".join(json.dumps({"text": text, "n": n}) + "\n" for n, text in enumerate(KNOWN)))
    return path


@pytest.fixture
def fitted(log, tmp_path, capsys):
    path = tmp_path / "one.safetensors"
    assert main(["novelty", "fit", str(log), "-o", str(path), "--encoder", "none"]) == 0
    said = capsys.readouterr().err
    assert "200 texts, phrases, characters" in said
    assert "cannot promise" not in said.splitlines()[0]
    return path


def test_lines_of_stdin(fitted, capsys, monkeypatch):
    data = io.TextIOWrapper(io.BytesIO("\n".join([KNOWN[0], "", NOVEL[0]]).encode()))
    monkeypatch.setattr(sys, "stdin", data)
    assert main(["novelty", "check", str(fitted), "--rate", "0.05"]) == 1
    out, err = capsys.readouterr()
    assert out.splitlines()[0].startswith("known")
    assert "novel     0.0244  -:3  SELECT name" in out
    assert "unseen: select, name, from, users" in out
    assert "1 of 2 texts are novel" in err


def test_known_texts_end_well(fitted, tmp_path, capsys):
    path = tmp_path / "known.txt"
    path.write_text(KNOWN[3])
    assert main(["novelty", "check", str(fitted), str(path), "--quiet", "--novel"]) == 0
    assert capsys.readouterr() == ("", "")


def test_json_has_everything(fitted, log, capsys):
    assert main(["novelty", "check", str(fitted), str(log), "--json", "--quiet"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert len(rows) == 200
    assert set(rows[0]) == {"name", "line", "text", "score", "p", "verdict", "unseen", "nearest", "evidence"}
    assert rows[7]["line"] == 8


def test_a_page(fitted, tmp_path):
    path, page = tmp_path / "new.txt", tmp_path / "page.html"
    path.write_text("\n".join([*NOVEL, "<script>alert(1)</script>"]))
    command = ["novelty", "check", str(fitted), str(path), "--unit", "lines", "--rate", "0.05", "--html", str(page)]
    assert main(command) == 1
    text = page.read_text()
    assert "&lt;script&gt;alert(1)" in text
    assert text.count("<rect") > 4
    assert "at most 0.05" in text


def test_drift(fitted, tmp_path, capsys):
    path = tmp_path / "new.txt"
    path.write_text("\n".join(NOVEL * 10))
    assert main(["novelty", "check", str(fitted), str(path), "--unit", "lines", "--drift", "30"]) == 1
    err = capsys.readouterr().err
    assert "texts 1 to 30: changed" in err


@pytest.mark.parametrize(
    ("content", "arguments", "says"),
    [
        ("{", [], "log.jsonl:1 is no JSON"),
        ('{"a": 1}', [], "has no text 'text'.*--field"),
        ('{"a": "b"}', ["--field", "a"], "1 texts with words are too few"),
    ],
)
def test_inputs_that_cannot_be_used(tmp_path, capsys, content, arguments, says):
    path = tmp_path / "log.jsonl"
    path.write_text(content)
    assert main(["novelty", "fit", str(path), "-o", str(tmp_path / "x"), "--encoder", "none", *arguments]) == 2
    assert re.search(says, capsys.readouterr().err, re.S)
    assert not (tmp_path / "x").exists()


def test_a_detector_that_is_none(log, capsys):
    assert main(["novelty", "check", str(log), str(log)]) == 2
    assert "No detector" in capsys.readouterr().err
