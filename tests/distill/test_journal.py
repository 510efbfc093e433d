"""The journal: what it took is kept, what was torn is dropped, what was changed is said, and one process writes."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis.distill.journal import TeacherAnswer, open_journal, read_journal
from tamis.errors import InvalidInput, OutputError

FILLED = """
import resource, sys
from pathlib import Path
from tamis.errors import OutputError
from tamis.distill.journal import TeacherAnswer, open_journal
resource.setrlimit(resource.RLIMIT_FSIZE, (300, 300))  # as on a full disk
with open_journal(Path(sys.argv[1])) as journal:
    try:
        for number in range(9):
            journal.append(TeacherAnswer(str(number), "c", "text", "stop", 1, 2))
    except OutputError as error:
        print(number, error)
"""
KILLED = """
import os, signal, sys
from pathlib import Path
from tamis.distill.journal import TeacherAnswer, open_journal
with open_journal(Path(sys.argv[1])) as journal:
    for number in range(5):
        journal.append(TeacherAnswer(str(number), "c", "text", "stop", 1, 2))
    os.kill(os.getpid(), signal.SIGKILL)
"""


def answer(number: int, text: str = "kept words") -> TeacherAnswer:
    return TeacherAnswer(f"key{number}", f"chunk{number}", text, "stop", 10 + number, number)


def filled(path: Path, count: int) -> list[TeacherAnswer]:
    made = [answer(n) for n in range(count)]
    with open_journal(path) as journal:
        for one in made:
            journal.append(one)
    return made


@given(texts=st.lists(st.text(max_size=40), max_size=6))
def test_what_it_took_comes_back(texts, tmp_path_factory):
    path = tmp_path_factory.mktemp("journal") / "answers.jsonl"
    made = [answer(n, text) for n, text in enumerate(texts)]
    with open_journal(path) as journal:
        for one in made:
            journal.append(one)
    assert list(read_journal(path).values()) == made
    with open_journal(path) as journal:
        assert (list(journal.answers.values()), journal.dropped) == (made, 0)


def test_a_last_line_torn_anywhere_is_dropped_and_only_it(tmp_path):
    made = filled(tmp_path / "whole", 3)
    data = (tmp_path / "whole").read_bytes()
    second = data.index(b"\n", data.index(b"\n") + 1) + 1
    for at in range(second, len(data)):
        path = tmp_path / "torn"
        path.write_bytes(data[:at])
        with open_journal(path) as journal:
            assert (list(journal.answers.values()), journal.dropped) == (made[:2], at - second)
            assert path.stat().st_size == second
            journal.append(made[2])
        assert path.read_bytes() == data


@pytest.mark.parametrize("junk", [b"\0" * 40 + b"\n", b'{"key": 1}\n', b"[]\n"])
def test_a_last_block_of_junk_is_dropped(junk, tmp_path):
    made = filled(tmp_path / "a", 2)
    with (tmp_path / "a").open("ab") as file:
        file.write(junk)
    with open_journal(tmp_path / "a") as journal:
        assert (list(journal.answers.values()), journal.dropped) == (made, len(junk))


def test_damage_in_the_middle_is_said_and_nothing_is_changed(tmp_path):
    filled(tmp_path / "a", 3)
    lines = (tmp_path / "a").read_bytes().splitlines(keepends=True)
    data = lines[0] + lines[1][:20] + b"\n" + lines[2]
    (tmp_path / "a").write_bytes(data)
    with pytest.raises(InvalidInput, match=r"Line 2 of .* is damaged"), open_journal(tmp_path / "a"):
        pass
    with pytest.raises(InvalidInput, match="Line 2"):
        read_journal(tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == data


def test_one_process_writes_and_others_may_read(tmp_path):
    with open_journal(tmp_path / "a") as journal:
        journal.append(answer(1))
        with pytest.raises(InvalidInput, match="Another process"), open_journal(tmp_path / "a"):
            pass
        assert list(read_journal(tmp_path / "a")) == ["key1"]
    with open_journal(tmp_path / "a") as journal:
        assert list(journal.answers) == ["key1"]


def test_the_same_question_cannot_be_written_twice(tmp_path):
    with open_journal(tmp_path / "a") as journal:
        journal.append(answer(1))
        with pytest.raises(AssertionError, match="asked twice"):
            journal.append(answer(1))


def test_sigkill_loses_nothing_that_was_appended_and_leaves_no_lock(tmp_path):
    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path / "a")], check=False)
    assert done.returncode == -9
    with open_journal(tmp_path / "a") as journal:
        assert list(journal.answers) == list("01234")


def test_a_full_disk_leaves_whole_lines(tmp_path):
    argv = [sys.executable, "-c", FILLED, str(tmp_path / "a")]
    done = subprocess.run(argv, capture_output=True, text=True, check=True)
    number = int(done.stdout.split()[0])
    assert "File too large" in done.stdout
    data = (tmp_path / "a").read_bytes()
    assert [json.loads(line)["key"] for line in data.splitlines()] == [str(n) for n in range(number)]
    assert data.endswith(b"\n")


def test_a_place_that_cannot_be_written_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="Cannot open"), open_journal(tmp_path / "file" / "a"):
        pass
