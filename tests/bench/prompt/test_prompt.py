"""`tamis bench prompt`: rows that are kept, figures worked out by hand, and what is refused."""

from __future__ import annotations

import json

import pytest

from tamis.bench.prompt import FULL, PromptPlan, PromptTask, Reading, measure_prompts, read_tasks, summarise, table
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
    assert [done for done, _, _ in seen] == [0, 1, 2, 3, 4, 5]  # the full texts, too
    rows = measure_prompts(PLAN, tasks, tmp_path / "out", advance=lambda *now: seen.append(now))
    assert len(rows) == 3 * 2 * 2 + 2 * 2 + 3  # the third text has no question, which bm25-sentences needs
    assert all(row in rows for row in first)
    assert len(seen) == len(rows)
    assert measure_prompts(PLAN, tasks, tmp_path / "out") == rows
    assert all(row["tokens"] <= row["rate"] * row["original"] for row in rows)


def test_a_text_that_changed_is_measured_anew(tmp_path):
    plan = PromptPlan(methods=("truncate",), rates=(0.5,))
    _, old = measure_prompts(plan, [PromptTask("a", "one two three four")], tmp_path)
    _, new = measure_prompts(plan, [PromptTask("a", "one two three four five six seven eight")], tmp_path)
    assert new["original"] > old["original"]


def row(task, method, kept, tokens=5, rate=0.5, **more):
    return {"task": task, "method": method, "rate": rate, "original": 10, "tokens": tokens, "seconds": 2.0,
            "kept": kept, **more}  # fmt: skip


def test_figures_by_hand():
    rows = [row(n, FULL, True, rate=1.0, seconds=0.0, tokens=10) for n in range(3)]
    rows += [row(n, "a", kept) for n, kept in enumerate((True, True, False, None))]
    rows += [row(n, "b", kept, tokens=4) for n, kept in enumerate((True, False, False, None))]
    rows += [{"task": 9, "method": "b", "rate": 0.5, "failed": "too small"}]
    full, ours, theirs = summarise(rows, "a")
    assert (full.speed, full.measures["kept"].gap) == (None, None)
    assert (ours.measures["kept"].value.mean, ours.measures["kept"].gain) == (pytest.approx(2 / 3), None)
    assert (ours.answers, ours.tasks) == (3, 4)
    assert theirs.measures["kept"].gain.mean == pytest.approx(-1 / 3)
    assert theirs.measures["kept"].gap.mean == pytest.approx(-2 / 3)
    assert (theirs.reached, theirs.speed, theirs.failed) == (0.4, 5.0, 1)
    text = table([full, ours, theirs])
    assert "4 (1 failed)" in text
    assert "Minus a, on the same texts" in text
    assert "Minus the full text" in text


def test_questions_of_one_text_are_drawn_together():
    rows = [row(n, "a", n < 4, source=n // 4) for n in range(8)]
    (line,) = summarise(rows, "a")
    assert (line.measures["kept"].value.low, line.measures["kept"].value.high) == (0, 1)  # as of two items
    (line,) = summarise([{**one, "source": one["task"]} for one in rows], "a")
    assert line.measures["kept"].value.low > 0


def test_laws_of_a_text_count_once():
    laws = {"inverted": 1, "dangling": 0, "joined": 2, "cut": 0, "denials": 3, "meetings": 4, "words": 5}
    (line,) = summarise([row(n, "a", True, source=0, laws=laws) for n in range(2)], "a")
    assert line.laws == laws
    assert "1 of 3" in table([line])


def test_without_answers_there_are_no_shares_of_them():
    (line,) = summarise([row(0, "a", None)], "a")
    assert (line.measures, line.answers) == ({}, 0)
    assert "<script" not in page([line], {"<script>": 1})


def test_the_page_draws_curves_and_shows_examples():
    tasks = [PromptTask("t", "Anna <met> Bob.", "Who?", ("Anna",))]
    rows = [row("t", FULL, True, rate=1.0, seconds=0.0)]
    rows += [row("t", "a", True, rate=rate, after="Anna <met>", said="Anna!") for rate in (0.5, 0.2)]
    text = page(summarise(rows, "a"), {}, rows, tasks)
    assert text.count("<svg") == 1
    assert "full text" in text
    assert "Anna &lt;met&gt; Bob." in text
    assert "the reader says: Anna!" in text


class Parrot:
    """A reader that says the first word of what it reads."""

    name = "parrot"

    def read(self, text, question, answer):
        return Reading(-float(len(text)), -1.0, text.split()[0])


def test_a_reader_reads_what_is_left_and_the_full_text(file, tmp_path):
    plan = PromptPlan(methods=("truncate",), rates=(0.5,), blind=True, reader="parrot")
    tasks = read_tasks([str(file)])
    rows = measure_prompts(plan, tasks, tmp_path / "out", reader=Parrot())
    first = [row for row in rows if row["task"] == tasks[0].name]
    assert [row["said"] for row in first] == ["Anna", "Anna"]
    assert [row["exact"] for row in first] == [1.0, 1.0]
    assert first[0]["logprob"] == -len(ROWS[0]["text"]) < first[1]["logprob"]
    assert not any(row["question"] for row in rows)
    assert "logprob" not in rows[-1]  # the third text has no question
    lines = summarise(rows, "truncate")
    assert lines[1].measures["logprob"].gap.mean > 0
    with pytest.raises(InvalidInput, match="reader"):
        measure_prompts(PromptPlan(methods=("truncate",), rates=(0.5,)), tasks, tmp_path / "out")


def test_references_and_annotations_and_texts_of_others(tmp_path):
    row = {
        "text": "He does not smoke. He drinks tea.", "reference": "He drinks green tea.",
        "compressed": {"another": "He smoke. drinks"}, "sentences": [[0, 18], [19, 33]],
        "words": [[0, 2], [3, 7], [8, 11], [12, 17], [19, 21], [22, 28], [29, 32]], "negations": [[8, 11, 12, 17]],
    }  # fmt: skip
    (tmp_path / "a.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    (task,) = read_tasks([str(tmp_path / "a.jsonl")])
    plan = PromptPlan(methods=("truncate",), rates=(1.0, 0.1))
    full, whole, least, other = measure_prompts(plan, [task], tmp_path / "out")
    assert (full["content"], full["pairs"]) == (1.0, None)
    assert (whole["laws"]["denials"], whole["laws"]["words"]) == (1, 7)
    assert least["content"] == 0.0
    assert (other["method"], other["rate"], other["content"]) == ("another", 1.0, 0.5)
    assert "laws" not in other


@pytest.mark.parametrize(
    "more", [{"reference": 3}, {"compressed": ["a"]}, {"sentences": [[0]]}, {"sentences": [[0, 99]]}]
)
def test_annotations_that_do_not_fit_are_refused(more, tmp_path):
    (tmp_path / "a.jsonl").write_text(json.dumps({"text": "A text.", **more}) + "\n", encoding="utf-8")
    with pytest.raises(UnreadableInput):
        read_tasks([str(tmp_path / "a.jsonl")])


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
    assert [line["method"] for line in json.loads(printed.out)] == [FULL, "truncate", "random"]
    assert "9 rows" in printed.err
    assert {path.name for path in out.iterdir()} == {"rows.jsonl", "table.txt", "table.json", "report.html"}
    assert main([*call, "--quiet"]) == 0
    again = capsys.readouterr()
    assert again.out.startswith("method")
    assert again.err == ""
    assert main(["bench", "prompt", str(file), "--methods", "magic"]) == 2
    assert main(["bench", "prompt"]) == 2
    assert main(["bench", "prompt", "--sets", "magic"]) == 2
