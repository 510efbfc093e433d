"""`tamis bench prompt`: rows that are kept, figures worked out by hand, and what is refused."""

from __future__ import annotations

import json

import pytest

from tamis.bench.prompt import PromptPlan, PromptTask, measure_prompts, read_tasks, summarise, table
from tamis.bench.prompt.page import page
from tamis.edge.cli import main
from tamis.errors import InvalidInput, UnknownName, UnreadableInput

ROWS = [
    {"text": "Anna met Bob at noon. It rained all day.", "question": "Who met Bob?", "answers": ["Anna"]},
    {"text": ["The mill was built in 1902.", "The river rose."], "question": "When?", "answers": "1902"},
    {"text": "Nobody knows why the lamp was lit on that night."},
]
PLAN = PromptPlan(methods=("truncate", "random", "bm25-sentences"), rates=(0.5, 0.2))


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "questions.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS), encoding="utf-8")
    return path


def test_rows_of_a_file_are_tasks_and_other_files_are_texts(file, tmp_path):
    (tmp_path / "plain.txt").write_text("A text.", encoding="utf-8")
    tasks = read_tasks([str(file), str(tmp_path / "*.txt")])
    assert [task.answers for task in tasks] == [("Anna",), ("1902",), (), ()]
    assert tasks[1].text == ("The mill was built in 1902.", "The river rose.")
    assert tasks[-1].text == "A text."
    assert len({task.name for task in tasks}) == 4


@pytest.mark.parametrize("row", ["[]", '{"text": 3}', '{"text": []}', '{"text": "a", "answers": [1]}', "{"])
def test_a_row_of_another_form_is_refused(row, tmp_path):
    path = tmp_path / "bad.jsonl"
    path.write_text(row + "\n", encoding="utf-8")
    with pytest.raises(UnreadableInput, match=r"bad\.jsonl"):
        read_tasks([str(path)])


def test_a_run_goes_on_where_it_was_and_can_be_widened(file, tmp_path):
    tasks, seen = read_tasks([str(file)]), []
    narrow = PromptPlan(methods=("truncate",), rates=(0.5,))
    first = measure_prompts(narrow, tasks, tmp_path / "out", advance=lambda *now: seen.append(now))
    assert [done for done, _, _ in seen] == [0, 1, 2]
    rows = measure_prompts(PLAN, tasks, tmp_path / "out", advance=lambda *now: seen.append(now))
    assert len(rows) == 3 * 2 * 2 + 2 * 2  # the third text has no question, which bm25-sentences needs
    assert all(row in rows for row in first)
    assert len(seen) == len(rows)
    assert measure_prompts(PLAN, tasks, tmp_path / "out") == rows
    assert all(row["tokens"] <= row["rate"] * row["original"] for row in rows)


def test_a_text_that_changed_is_measured_anew(tmp_path):
    plan = PromptPlan(methods=("truncate",), rates=(0.5,))
    (old,) = measure_prompts(plan, [PromptTask("a", "one two three four")], tmp_path)
    (new,) = measure_prompts(plan, [PromptTask("a", "one two three four five six seven eight")], tmp_path)
    assert new["original"] > old["original"]


def row(task, method, kept, tokens=5, **more):
    return {"task": task, "method": method, "rate": 0.5, "original": 10, "tokens": tokens, "seconds": 2.0,
            "kept": kept, **more}  # fmt: skip


def test_figures_by_hand():
    rows = [row(n, "a", kept) for n, kept in enumerate((True, True, False, None))]
    rows += [row(n, "b", kept, tokens=4) for n, kept in enumerate((True, False, False, None))]
    rows += [{"task": 9, "method": "b", "rate": 0.5, "failed": "too small"}]
    ours, theirs = summarise(rows, "a")
    assert (ours.kept.mean, ours.gain, ours.answers, ours.tasks) == (pytest.approx(2 / 3), None, 3, 4)
    assert theirs.gain.mean == pytest.approx(-1 / 3)
    assert (theirs.reached, theirs.speed, theirs.failed) == (0.4, 5.0, 1)
    assert "4 (1 failed)" in table([ours, theirs])


def test_without_answers_there_are_no_shares_of_them():
    (line,) = summarise([row(0, "a", None)], "a")
    assert (line.kept, line.answers) == (None, 0)
    assert "<script" not in page([line], {"<script>": 1})


def test_what_cannot_be_measured_is_refused(tmp_path):
    with pytest.raises(UnknownName):
        PromptPlan(methods=("magic",))
    with pytest.raises(InvalidInput):
        PromptPlan(rates=(0.0,))
    task = PromptTask("a", "A text without a question.")
    with pytest.raises(InvalidInput, match="question"):
        measure_prompts(PromptPlan(methods=("bm25-sentences",)), [task], tmp_path)
    with pytest.raises(InvalidInput, match="twice"):
        measure_prompts(PLAN, [task, task], tmp_path)


def test_the_command_writes_table_and_report(file, tmp_path, capsys):
    out = tmp_path / "out"
    call = ["bench", "prompt", str(file), "--methods", "truncate,random", "--rates", ".5", "--out", str(out)]
    assert main([*call, "--json"]) == 0
    printed = capsys.readouterr()
    assert [line["method"] for line in json.loads(printed.out)] == ["truncate", "random"]
    assert "6 rows" in printed.err
    assert {path.name for path in out.iterdir()} == {"rows.jsonl", "table.txt", "table.json", "report.html"}
    assert main([*call, "--quiet"]) == 0
    again = capsys.readouterr()
    assert again.out.startswith("method")
    assert again.err == ""
    assert main(["bench", "prompt", str(file), "--methods", "magic"]) == 2
