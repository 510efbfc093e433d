"""`tamis bench traces`: what counts as kept and valid, figures by hand, and what is refused."""

from __future__ import annotations

import json

import pytest

from tamis.bench.traces import (
    PEERS,
    SHORTENERS,
    TracePlan,
    TraceTask,
    measure_traces,
    read_traces,
    sample_traces,
    summarise,
)
from tamis.bench.traces.page import page
from tamis.bench.traces.peers import Peer, messages
from tamis.bench.traces.run import READ, TURNS, WRITE, cost
from tamis.bench.traces.tasks import drawn
from tamis.bench.traces.validity import subsequence, valid
from tamis.edge.cli import main
from tamis.errors import InvalidInput, MissingExtra, UnknownName, UnreadableInput

LOG = "".join(f"10:{i:02}:00 INFO worker: job {i} done\n" for i in range(40)) + "10:40:00 ERROR oven: no gas\n"
ROWS = [
    {"kind": "log", "task": "Why is the oven cold?", "text": LOG, "lines": [41]},
    {"kind": "log", "task": "Why is the oven cold?", "text": LOG, "facts": ["no gas"]},
    {"kind": "json", "task": "b?", "text": '[{"alpha": 1},\n {"beta": 2}]', "relevant": [1], "repository": "made up"},
]


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "traces.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS), encoding="utf-8")
    return path


def test_needed_lines_count_from_one_and_strings_stand_anywhere(file):
    first, second, third = read_traces(file)
    assert first.lines == ("10:40:00 ERROR oven: no gas",)
    assert (first.kept("x\n 10:40:00 ERROR oven: no gas \n"), first.kept("no gas")) == (1.0, 0.0)
    assert second.kept("there is no gas") == 1.0
    assert (third.lines, third.group) == (('{"beta": 2}]',), "made up")


@pytest.mark.parametrize(
    "row",
    [
        3,
        {"task": "a"},
        {"task": "a", "text": "b", "lines": [2]},
        {"task": "a", "text": "b", "lines": [0]},
        {"task": "a", "text": "b", "lines": ["1"]},
        {"task": "a", "text": "b", "facts": ["c"]},
        {"task": "a", "text": "b", "facts": "b"},
    ],
)
def test_rows_of_another_form_are_refused(row, tmp_path):
    path = tmp_path / "bad.jsonl"
    path.write_text(json.dumps(row), encoding="utf-8")
    with pytest.raises(UnreadableInput, match=r"bad\.jsonl:1"):
        read_traces(path)


def test_files_that_cannot_be_read_or_need_nothing_are_refused(tmp_path):
    with pytest.raises(UnreadableInput, match="missing"):
        read_traces(tmp_path / "missing.jsonl")
    (tmp_path / "torn.jsonl").write_text("{", encoding="utf-8")
    with pytest.raises(UnreadableInput, match="torn"):
        read_traces(tmp_path / "torn.jsonl")
    (tmp_path / "idle.jsonl").write_text(json.dumps({"task": "a", "text": "(\n", "lines": [1]}), encoding="utf-8")
    with pytest.raises(InvalidInput, match="needed"):
        read_traces(tmp_path / "idle.jsonl")


def test_the_sample_has_every_kind_and_all_of_it_is_there():
    tasks = sample_traces()
    assert {task.kind for task in tasks} == {"code", "csv", "diff", "json", "listing", "log", "search", "shell"}
    assert all(task.kept(task.text) == 1 for task in tasks)
    assert [task.kind for task in drawn(tasks, 1, ("log", "diff"))] == ["log", "diff"]


def test_lines_in_order_are_valid_and_data_must_parse():
    assert subsequence("a\nb\nc", "a\n\u2026 1 line \u2026\nc")
    assert not subsequence("a\nb", "b\na")
    json_task = TraceTask("a", "json", "?", '[{"a": 1}, {"b": 2}]', facts=("1",))
    assert [valid(json_task, text) for text in ('[{"a": 1}]', '[{"a": 1}')] == [True, False]
    assert valid(TraceTask("a", "json", "?", "{", facts=("{",)), "") is None


def test_what_a_result_costs():
    assert cost(0.25, missing=False) == 0.25
    # All of it, and then again from the next turn on: one reading less.
    assert cost(1.0, missing=True) == pytest.approx(1 + (WRITE + READ * (TURNS - 1)) / (WRITE + READ * TURNS))


def test_a_run_has_a_row_for_each_cell_and_goes_on_where_it_was(file, tmp_path):
    plan, tasks = TracePlan(methods=("tamis, task", "head + tail"), rates=(0.3,)), read_traces(file)[:2]
    seen: list[str] = []
    rows = measure_traces(plan, tasks, tmp_path / "out", advance=lambda done, count, what: seen.append(what))
    assert len(rows) == len(seen) == 4
    assert all(row["tokens"] <= 0.3 * row["original"] and row["valid"] for row in rows)
    again = measure_traces(plan, tasks, tmp_path / "out", advance=lambda *_: pytest.fail("measured twice"))
    assert again == rows
    ours, theirs = summarise(rows, "tamis, task")
    assert (ours.kind, ours.results, ours.gain, ours.kept.mean) == ("log", 2, None, 1.0)
    assert theirs.gain is not None
    text = page([ours, theirs], {"from": "<here>"})
    assert "head + tail" in text
    assert "<here>" not in text


@pytest.mark.parametrize("method", SHORTENERS)
def test_budgets_are_in_the_tokens_that_are_counted(method, tmp_path):
    plan = TracePlan((method,), (0.3,), tokenizer="words")
    rows = measure_traces(plan, drawn(sample_traces(), 1, ("code", "log", "search")), tmp_path / "out")
    assert all(row["tokens"] <= 0.3 * row["original"] for row in rows)


def test_a_peer_stands_beside_tamis_with_as_many_tokens(file, tmp_path, monkeypatch):
    monkeypatch.setitem(
        PEERS, "half", Peer("json", "", "pip install half", lambda task: task.text[: len(task.text) // 2])
    )
    rows = measure_traces(TracePlan(("head + tail",), (0.3,), ("half",)), read_traces(file)[:1], tmp_path / "out")
    peer, ours = rows[1:]
    assert (peer["method"], ours["method"], peer["rate"]) == ("half", "tamis as half", None)
    assert ours["tokens"] <= peer["tokens"]
    assert (peer["kept"], ours["kept"]) == (0.0, 1.0)
    lines = {line.method: line for line in summarise(rows, "head + tail")}
    assert lines["half"].gain.mean == -1.0
    assert lines["tamis as half"].gain is None


def test_peers_that_are_not_there_and_names_that_nobody_knows_are_refused(file, tmp_path, monkeypatch):
    monkeypatch.setitem(PEERS, "none", Peer("no_such_module_here", "", "pip install none", lambda task: task.text))
    with pytest.raises(MissingExtra, match="none is not installed"):
        measure_traces(TracePlan(peers=("none",)), read_traces(file), tmp_path / "out")
    for wrong in ({"methods": ("best",)}, {"peers": ("best",)}):
        with pytest.raises(UnknownName, match="best"):
            TracePlan(**wrong)
    for wrong in ({"methods": ()}, {"rates": (1.5,)}):
        with pytest.raises(InvalidInput):
            TracePlan(**wrong)


def test_the_chat_that_peers_get_is_well_formed(file):
    chat = messages(read_traces(file)[0])
    assert chat[1]["tool_calls"][0]["id"] == chat[2]["tool_call_id"]
    assert chat[2]["content"] == LOG


def test_the_command_prints_a_table_and_writes_a_report(file, tmp_path, capsys):
    words = ["bench", "traces", "--data", str(file), "--out", str(tmp_path / "out"), "--rates", "0.5", "--quiet"]
    assert main([*words, "--methods", "tamis, task; BM25 lines", "--kinds", "log"]) == 0
    table = capsys.readouterr().out
    assert "BM25 lines" in table
    assert "log" in table
    assert (tmp_path / "out" / "report.html").read_text(encoding="utf-8").startswith("<!")
    assert main([*words, "--kinds", "weather"]) == 2
    assert set(SHORTENERS) >= {"tamis", "head + tail"}
