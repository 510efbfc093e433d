"""A run's file: rows once written are there after any kill, none is there twice, and one process writes it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis.errors import InvalidInput, OutputError, UnreadableInput
from tamis.io.journal import Journal, JournalBusy, LineFile

RUN = {"model": "m", "size": 3}
FULL = """
import resource, sys
from pathlib import Path
from tamis.errors import OutputError
from tamis.io.journal import Journal
with Journal(Path(sys.argv[1]), run={}) as journal:
    resource.setrlimit(resource.RLIMIT_FSIZE, (300, resource.RLIM_INFINITY))  # as on a full disk
    try:
        for number in range(9):
            journal.add(str(number), {"text": 70 * "x"})
    except OutputError as error:
        print(number, error)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    journal.add("after", {})
"""
KILLED = """
import os, signal, sys
from pathlib import Path
from tamis.io.journal import Journal
journal = Journal(Path(sys.argv[1]), run={})
for number in range(3):
    journal.add(str(number), {})
os.write(journal._lines._file.fileno(), b'{"key": "to')  # in the midst of a line
os.kill(os.getpid(), signal.SIGKILL)
"""
HOLDS = """
import sys
from pathlib import Path
from tamis.io.journal import Journal
with Journal(Path(sys.argv[1]), run={}):
    print("open", flush=True)
    sys.stdin.read()
"""


def rows(path, run=RUN):
    with Journal(path, run=run) as journal:
        return dict(journal.rows)


def test_rows_come_back(tmp_path):
    with Journal(tmp_path / "rows.jsonl", run=RUN) as journal:
        journal.add("a", {"score": 1})
        journal.add("b", {"score": 0.5, "said": 'line\n"quote" é'})
    assert rows(tmp_path / "rows.jsonl") == journal.rows


@given(st.integers(0, 400))
def test_a_kill_at_any_byte_loses_at_most_the_row_that_was_written(tmp_path_factory, cut):
    path = tmp_path_factory.mktemp("run") / "rows.jsonl"
    with Journal(path, run=RUN) as journal:
        for name in "abc":
            journal.add(name, {"score": name * 20})
    data = path.read_bytes()
    path.write_bytes(data[: min(cut, len(data))])
    whole = [json.loads(line)["key"] for line in path.read_bytes().split(b"\n")[1:-1]]
    with Journal(path, run=RUN) as again:
        assert list(again.rows) == whole
        again.add("d", {"score": 1})
    assert list(rows(path)) == [*whole, "d"]


def test_what_is_wrong_is_said(tmp_path):
    path = tmp_path / "rows.jsonl"
    with Journal(path, run=RUN) as journal:
        journal.add("a", {"score": 1})
        with pytest.raises(InvalidInput, match="already"):
            journal.add("a", {"score": 2})
    with pytest.raises(InvalidInput, match="another run"):
        Journal(path, run=RUN | {"size": 4})
    path.write_bytes(path.read_bytes() + b"no row\n{}\n")
    with pytest.raises(UnreadableInput, match="no row"):
        Journal(path, run=RUN)
    with pytest.raises(OutputError):
        Journal(tmp_path / "missing" / "rows.jsonl", run=RUN)
    with pytest.raises(OutputError, match="directory"):
        Journal(tmp_path, run=RUN)


def test_a_full_disk_is_an_error(monkeypatch, tmp_path):
    journal = Journal(tmp_path / "rows.jsonl", run=RUN)

    def full(_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", full)
        with pytest.raises(OutputError, match="No space"):
            journal.add("a", {"score": 1})
    assert "a" not in journal.rows
    journal.add("a", {"score": 2})
    journal.close()
    assert rows(tmp_path / "rows.jsonl") == {"a": {"key": "a", "score": 2}}


def test_what_a_full_disk_took_of_a_row_is_cut_off_and_the_run_goes_on(tmp_path):
    argv = [sys.executable, "-c", FULL, str(tmp_path / "a")]
    done = subprocess.run(argv, capture_output=True, text=True, check=True)
    assert "File too large" in done.stdout
    count = int(done.stdout.split()[0])
    assert list(rows(tmp_path / "a", {})) == [*map(str, range(count)), "after"]


def test_a_killed_process_leaves_whole_rows_and_no_lock(tmp_path):
    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path / "a")], check=False)
    assert done.returncode == -signal.SIGKILL
    assert list(rows(tmp_path / "a", {})) == ["0", "1", "2"]


def test_one_process_writes(tmp_path):
    argv = [sys.executable, "-c", HOLDS, str(tmp_path / "a")]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout.readline() == "open\n"
        with pytest.raises(JournalBusy, match="Another process"):
            Journal(tmp_path / "a", run={})
        other.stdin.close()
    assert rows(tmp_path / "a", {}) == {}


def test_what_does_not_count_is_cut_off_unless_counting_fails(tmp_path):
    (tmp_path / "a").write_bytes(b"one\ntwo\nthr")

    def refuse(lines):
        raise ValueError(len(lines))

    with pytest.raises(ValueError, match="2"):
        LineFile(tmp_path / "a", refuse)
    assert (tmp_path / "a").read_bytes() == b"one\ntwo\nthr"
    with LineFile(tmp_path / "a", lambda _: 1) as lines:
        assert lines.dropped == 7
        lines.append(b"second")
    assert (tmp_path / "a").read_bytes() == b"one\nsecond\n"


def test_without_a_path_rows_are_in_memory(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with Journal(None, run=RUN) as journal:
        journal.add("a", {})
    assert list(journal.rows) == ["a"]
    assert list(tmp_path.iterdir()) == []
