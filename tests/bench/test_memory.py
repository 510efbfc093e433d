"""`tamis bench memory`: a conversation whose evidence is known, figures by hand, and what is refused."""

from __future__ import annotations

import json

import numpy as np
import pytest

from tamis.bench.memory import MemoryPlan, measure_recall, read_conversations, recall_line, summarise
from tamis.bench.memory.index import share
from tamis.bench.paired import difference, interval
from tamis.edge.cli import main
from tamis.errors import InvalidInput, UnknownName, UnreadableInput

TALK = {
    "id": "a",
    "sessions": [
        {
            "session": 1,
            "date_time": "1:56 pm on 8 May, 2023",
            "turns": [
                {"dia_id": "D1:1", "speaker": "Ann", "text": "I adopted a beagle called Rufus last week."},
                {"dia_id": "D1:2", "speaker": "Ben", "text": "How lovely! I repaired my old bicycle."},
            ],
        },
        {
            "session": 2,
            "date_time": "2023-06-01T10:00:00",
            "turns": [
                {"dia_id": "D2:1", "speaker": "Ann", "text": "The theatre tickets cost forty euros."},
                {"dia_id": "D2:2", "speaker": "Ben", "text": "Too much for me.", "image_caption": "a ticket"},
            ],
        },
    ],
    "qa": [
        {"question": "What is Ann's dog called?", "evidence": ["D1:1"], "category": 1},
        {"question": "What did the tickets cost?", "evidence": ["D:2:01; D9:9"], "category": 2},
        {"question": "Who won?", "evidence": ["D1:1"], "category": 5},
        {"question": "Where?", "evidence": ["nowhere"]},
    ],
}


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "talks.json"
    path.write_text(json.dumps([TALK]), encoding="utf-8")
    return path


def test_malformed_evidence_is_put_right_or_left_out(file):
    (talk,) = read_conversations(file)
    assert [question.evidence for question in talk.questions] == [("D1:1",), ("D2:1",)]
    assert talk.turns[3].text.endswith("[shares a ticket]")
    assert [turn.time.isoformat() for turn in talk.turns[1:3]] == [
        "2023-05-08T13:56:00+00:00",
        "2023-06-01T10:00:00+00:00",
    ]


@pytest.mark.parametrize("text", ["{", '[{"id": 1}]', "[3]", "[]", '{"a": 1}'])
def test_a_file_of_another_form_is_refused(text, tmp_path):
    path = tmp_path / "bad.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UnreadableInput, match=r"bad\.json"):
        read_conversations(path)
    with pytest.raises(UnreadableInput, match="missing"):
        read_conversations(tmp_path / "missing.json")


def test_shares_of_evidence():
    assert share(("a", "b"), ("b", "c")) == 0.5


def test_a_line_has_means_intervals_and_gains():
    ours, theirs = np.array([[1.0, 1.0], [0.5, 1.0], [0.0, 1.0]]), np.array([[0.5, 1.0], [0.5, 1.0], [0.0, 0.0]])
    line = recall_line("theirs", theirs, ours=ours)
    assert line.shares == (pytest.approx(1 / 3), pytest.approx(2 / 3))
    assert line.intervals[0] == interval(theirs[:, 0])
    assert line.gains == (difference(ours[:, 0], theirs[:, 0]), difference(ours[:, 1], theirs[:, 1]))
    rows = [
        {"conversation": c, "system": s, "shares": t.tolist()} for c in "ab" for s, t in (("x", ours), ("y", theirs))
    ]
    first, second = summarise(rows, "x")
    assert (first.gains, second.name, len(second.gains)) == ((), "y", 2)


class Encoder:
    """Bags of letters."""

    def vectors(self, texts):
        rows = np.array([[text.lower().count(letter) + 0.1 for letter in "abcdefghijklmnopqrst"] for text in texts])
        return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def test_a_run_goes_on_and_can_be_widened(file, tmp_path):
    talks, seen = read_conversations(file), []
    plan = MemoryPlan(systems=("BM25, turns",), budgets=(20, 400))
    rows = measure_recall(plan, talks, tmp_path / "out", Encoder())
    assert np.array(rows[0]["shares"]).shape == (2, 2)
    assert [row[1] for row in rows[0]["shares"]] == [1.0, 1.0]  # all of it fits into 400 tokens
    wide = MemoryPlan(systems=("BM25, turns", "tamis"), budgets=(20, 400))
    more = measure_recall(wide, talks, tmp_path / "out", Encoder(), advance=lambda *now: seen.append(now))
    assert more[0] == rows[0]
    assert [done for done, _, _ in seen] == [1]


def test_what_cannot_be_measured_is_refused(file, tmp_path):
    with pytest.raises(UnknownName):
        MemoryPlan(systems=("magic",))
    with pytest.raises(InvalidInput):
        MemoryPlan(budgets=(0,))
    with pytest.raises(InvalidInput, match="one id"):
        measure_recall(MemoryPlan(), read_conversations(file) * 2, tmp_path, Encoder())


def test_the_command_writes_table_and_report(file, tmp_path, capsys):
    out = tmp_path / "out"
    call = ["bench", "memory", str(file), "--systems", "tamis; BM25, turns", "--budgets", "30,300", "--out", str(out)]
    assert main([*call, "--json"]) == 0
    lines = json.loads(capsys.readouterr().out)
    assert [line["name"] for line in lines] == ["tamis", "BM25, turns"]
    assert {path.name for path in out.iterdir()} == {"rows.jsonl", "table.txt", "table.json", "report.html"}
    assert main([*call, "--quiet"]) == 0
    assert capsys.readouterr().out.startswith("system")
    assert main(["bench", "memory", str(file), "--systems", "magic"]) == 2
