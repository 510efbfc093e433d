"""Whole runs: rows once each, tables and pages from them, the command line, published data."""

from __future__ import annotations

import json
import subprocess
import sys
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis.bench.scbench.labels import _overlap, _tries, places
from tamis.bench.scbench.page import page
from tamis.bench.scbench.published import published
from tamis.bench.scbench.run import Plan, run, shortened
from tamis.bench.scbench.summary import summary, table
from tamis.bench.scbench.tasks import session
from tamis.edge.cli import main
from tamis.errors import InvalidInput, OutputError, UnknownName, UnreadableInput

LINE = ["bench", "scbench", "--tasks", "kv,vt", "--sessions", "2", "--turns", "2", "--size", "24", "--quiet"]


class Counting:
    """A player that notes what it is asked, and may stop."""

    def __init__(self, stop=None):
        self.asked, self.stop = [], stop

    def play(self, session, method, mode, **_):
        from tamis.bench.scbench.play import Played, Run

        if len(self.asked) == self.stop:
            raise KeyboardInterrupt
        self.asked.append((session.task, session.seed, mode, method.name))
        right = float(method.name == "dense" or session.seed % 2 == 0)
        return Run((Played(right, "a", 0.1, 0.01, 1_000),) * 2, 100, 100, 0.5, 1_000, 0.5, 0.25, None)


PLAN = Plan("none", methods=("snapkv", "prompt"), tasks=("kv", "vt"), sessions=3, turns=2, size=8)


def test_a_run_that_was_stopped_goes_on_where_it_was(tmp_path):
    first, second = Counting(stop=7), Counting()
    with pytest.raises(KeyboardInterrupt):
        run(PLAN, first, tmp_path)
    rows = run(PLAN, second, tmp_path)
    assert first.asked + second.asked == [(t, s, m, n) for t, s, m, n in PLAN.cells()]
    assert len(rows) == 2 * 3 * 2 * 3
    assert json.dumps(run(PLAN, Counting(stop=0), tmp_path)) == json.dumps(rows)
    wider = Plan("none", methods=("snapkv", "prompt", "knorm"), tasks=("kv",), sessions=3, turns=2, size=8)
    more = Counting()
    run(wider, more, tmp_path)
    assert {name for *_, name in more.asked} == {"knorm"}
    with pytest.raises(InvalidInput, match="another run"):
        run(Plan("other", tasks=("kv",), size=8), Counting(), tmp_path)


def test_lines_compare_with_dense_on_the_same_sessions(tmp_path):
    lines = summary(run(PLAN, Counting(), tmp_path))
    by = {(line.mode, line.method): line for line in lines}
    dense, small = by["multi_turn", "dense"], by["multi_turn", "snapkv"]
    assert (dense.score, dense.loss.mean) == (1, 0)
    assert small.score == pytest.approx(2 / 3)
    assert small.loss.mean == pytest.approx(-1 / 3)
    assert small.loss.low <= small.loss.mean <= small.loss.high
    assert set(small.tasks) == {"kv", "vt"}
    said = table(lines)
    assert said.count("multi-") == 2
    assert "-0.333" in said


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.seen, self.text = [], [], []

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))
        if tag not in ("meta",):
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def test_the_page_stands_by_itself_and_is_whole(tmp_path):
    lines = summary(run(PLAN, Counting(), tmp_path))
    found = Tags()
    found.feed(page(lines, {"model": "<b>none</b>"}))
    assert not found.open
    assert not [attrs for _, attrs in found.seen if {"src", "href"} & attrs.keys()]
    assert sum(tag == "svg" for tag, _ in found.seen) == 6
    assert "<b>none</b>" in "".join(found.text)
    for line in lines:
        assert line.method in "".join(found.text)


def test_plans_that_cannot_be_are_refused():
    for wrong in ({"tasks": ("kx",)}, {"modes": ("once",)}, {"methods": ("snapkw",)}):
        with pytest.raises(UnknownName):
            Plan("none", **wrong)
    with pytest.raises(InvalidInput):
        Plan("none", sessions=0)


def test_the_command_plays_on_the_micro_model(tmp_path, capsys):
    out = tmp_path / "out"
    assert main([*LINE, "--methods", "streaming,snapkv@0.5+int4", "--out", str(out)]) == 0
    said = capsys.readouterr().out
    assert "multi-request" in said
    lines = json.loads((out / "table.json").read_text(encoding="utf-8"))
    dense, streaming = (next(one for one in lines if one["method"] == name) for name in ("dense", "streaming"))
    assert dense["score"] > 0.9
    assert streaming["score"] < dense["score"]
    assert streaming["kb"] < dense["kb"]
    assert (out / "report.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    assert said.strip() == (out / "table.txt").read_text(encoding="utf-8").strip()


def test_a_killed_process_loses_no_row(tmp_path):
    call = [
        sys.executable,
        "-m",
        "tamis",
        *LINE,
        "--methods",
        "streaming",
        "--modes",
        "multi_turn",
        "--out",
        str(tmp_path),
    ]
    running = subprocess.Popen(call, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    rows = tmp_path / "rows.jsonl"
    while running.poll() is None and (not rows.exists() or rows.read_bytes().count(b"\n") < 3):
        pass
    running.kill()
    running.wait()
    before = rows.read_bytes()
    assert subprocess.run(call, stdout=subprocess.DEVNULL, check=False).returncode == 0
    after = rows.read_bytes()
    assert after.startswith(before[: before.rfind(b"\n") + 1])
    keys = [json.loads(line).get("key") for line in after.splitlines()[1:]]
    assert len(keys) == len(set(keys)) == 8


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--methods", "snapkw"], "snapkv"),
        (["--tasks", "poems"], "kv"),
        (["--model", "no-such-model"], "micro"),
        (["--size", "1"], "units"),
        (["--data", "nowhere"], "scbench_kv.jsonl"),
    ],
)
def test_mistakes_are_said_with_what_to_do(arguments, says, capsys, tmp_path):
    assert main([*LINE, "--out", str(tmp_path), *arguments]) == 2
    assert says in capsys.readouterr().err


ROWS = {
    "scbench_kv": {"context": "{}", "multi_turns": [{"input": "Key?", "answer": "v"}] * 3},
    "scbench_vt": {"input": "VAR", "multi_turns": [{"input": "Which?", "answer": ["A", "B"]}]},
    "scbench_choice_eng": {
        "context": "book",
        "multi_turns": [{"input": "Who?", "answer": "Ann", "options": ["Bob", "Ann", "Cem", "Dia"]}],
    },
    "scbench_repoqa_and_kv": {
        "context": "code",
        "multi_turns": [
            {"input": "Which function?", "answer": "def f(): pass", "task": "scbench_repoqa"},
            {"input": "Key?", "answer": "v", "task": "scbench_kv"},
        ],
    },
}


def test_the_published_set_is_read(tmp_path):
    for name, row in ROWS.items():
        (tmp_path / f"{name}.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    (kv,) = published(tmp_path, "kv", sessions=1, turns=2)
    assert (kv.context, len(kv.turns), kv.turns[0].gold, kv.turns[0].metric) == ("{}", 2, ("v",), "contains")
    (vt,) = published(tmp_path, "vt", sessions=1, turns=2)
    assert (vt.context, vt.turns[0].gold, vt.turns[0].metric) == ("VAR", ("A", "B"), "share")
    (choice,) = published(tmp_path, "choice", sessions=1, turns=1)
    assert (choice.turns[0].gold, choice.turns[0].metric) == (("B",), "letter")
    assert "C. Cem" in choice.turns[0].query
    (mixed,) = published(tmp_path, "repo_and_kv", sessions=1, turns=5)
    assert [turn.metric for turn in mixed.turns] == ["code", "contains"]
    (tmp_path / "scbench_mf.jsonl").write_text('{"context": 1}\n', encoding="utf-8")
    with pytest.raises(UnreadableInput, match="line 1"):
        published(tmp_path, "math_find", sessions=1, turns=1)


def test_too_few_published_sessions_are_said(tmp_path, capsys):
    (tmp_path / "scbench_kv.jsonl").write_text(json.dumps(ROWS["scbench_kv"]) + "\n", encoding="utf-8")
    assert main([*LINE, "--tasks", "kv", "--data", str(tmp_path), "--out", str(tmp_path / "out")]) == 2
    assert "1 of the sessions 0 to 1" in capsys.readouterr().err
    with pytest.raises(InvalidInput):
        published(tmp_path, "kv", sessions=1, turns=1, first=1)


def test_a_place_that_is_no_folder_is_said(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(OutputError, match="file"):
        run(PLAN, Counting(), tmp_path / "file")


def test_single_questions_have_no_later_ones(tmp_path):
    lines = summary(run(PLAN, Counting(), tmp_path))
    assert lines[0].later == 1
    for row in (rows := [json.loads(line) for line in (tmp_path / "rows.jsonl").read_text().splitlines()][1:]):
        row["turns"] = row["turns"][:1]
        row["turns"][0]["decode"] = 0.0
    (dense, *_) = summary(rows)
    assert (dense.later, dense.decode) == (None, 0)
    assert "nan" not in table(summary(rows)) + page(summary(rows), {})


def test_the_list_names_every_method_and_task(capsys):
    from tamis.bench.scbench.methods import DEFAULT, names
    from tamis.bench.scbench.tasks import TASKS

    assert main(["bench", "scbench", "--list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [name for name in (*names(), *TASKS) if not {f"  {name}", f"  {name} *"} & set(lines)] == []
    assert [name for name in DEFAULT if f"  {name} *" not in lines] == []


class Narrow(Counting):
    """A player of a model with few positions, each character of which is a token."""

    reach = 900

    def tokens(self, session):
        return len(session.context)


def test_contexts_of_a_named_size_are_made_to_fit(tmp_path):
    plan = Plan("none", methods=("snapkv",), tasks=("kv",), sessions=1, turns=2, size="small")
    rows = run(plan, Narrow(), tmp_path)
    (units,) = {row["units"] for row in rows}
    assert 2 <= units < 200
    assert len(session("kv", seed=0, size=units, turns=2).context) <= 900
    assert len(session("kv", seed=0, size=units + 8, turns=2).context) > 900
    assert shortened(rows, plan) == {"kv": units}
    assert shortened(run(PLAN, Counting(), tmp_path / "whole"), PLAN) == {}


def test_intervals_need_contexts(tmp_path):
    few = summary(run(PLAN, Counting(), tmp_path))
    assert "(of 6 contexts)" in table(few)
    assert " to " not in table(few).replace("to see", "")
    many = Plan("none", methods=("snapkv",), tasks=("kv",), modes=("multi_turn",), sessions=50, turns=2, size=8)
    assert " to " in table(summary(run(many, Counting(), tmp_path / "many")))


@given(st.lists(st.tuples(st.floats(60, 440), st.floats(20, 250)), min_size=1, max_size=14))
def test_labels_lie_on_nothing(dots):
    at = {f"snapkv@0.25+int{number}": dot for number, dot in enumerate(dots)}
    boxes = places(at, right=456, top=10, bottom=256)
    near = {name: next(_tries(name, dot)) for name, dot in at.items()}
    moved = [box.edges for name, box in boxes.items() if box != near[name]]
    for number, one in enumerate(moved):
        assert not any(_overlap(one, other) for other in moved[:number])
        assert not any(_overlap(one, (x - 5, y - 5, x + 5, y + 5)) for x, y in at.values())


def test_the_page_shows_what_was_answered(tmp_path):
    rows = run(PLAN, Counting(), tmp_path)
    said = {"query": "Which <key>?", "gold": "blue", "answer": "It is <b>red</b>."}
    rows[0] = {**rows[0], "turns": [{**turn, **said} for turn in rows[0]["turns"]]}
    shown = page(summary(rows), {}, rows)
    assert "Which &lt;key&gt;?" in shown
    assert "It is &lt;b&gt;red&lt;/b&gt;." in shown
    assert "blue" in shown
