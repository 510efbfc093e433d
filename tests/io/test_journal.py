"""A run's file: rows once written are there after any kill, and none is there twice."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis.errors import InvalidInput, OutputError, UnreadableInput
from tamis.io.journal import Journal

RUN = {"model": "m", "size": 3}


def test_rows_come_back(tmp_path):
    journal = Journal(tmp_path / "rows.jsonl", run=RUN)
    journal.add("a", {"score": 1})
    journal.add("b", {"score": 0.5, "said": 'line\n"quote" é'})
    assert Journal(tmp_path / "rows.jsonl", run=RUN).rows == journal.rows


@given(st.integers(0, 400))
def test_a_kill_at_any_byte_loses_at_most_the_row_that_was_written(tmp_path_factory, cut):
    path = tmp_path_factory.mktemp("run") / "rows.jsonl"
    journal = Journal(path, run=RUN)
    for name in "abc":
        journal.add(name, {"score": name * 20})
    data = path.read_bytes()
    path.write_bytes(data[: min(cut, len(data))])
    whole = [json.loads(line)["key"] for line in path.read_bytes().split(b"\n")[1:-1]]
    again = Journal(path, run=RUN)
    assert list(again.rows) == whole
    again.add("d", {"score": 1})
    assert list(Journal(path, run=RUN).rows) == [*whole, "d"]


def test_what_is_wrong_is_said(tmp_path):
    path = tmp_path / "rows.jsonl"
    Journal(path, run=RUN).add("a", {"score": 1})
    with pytest.raises(InvalidInput, match="another run"):
        Journal(path, run=RUN | {"size": 4})
    with pytest.raises(InvalidInput, match="already"):
        Journal(path, run=RUN).add("a", {"score": 2})
    path.write_bytes(path.read_bytes() + b"no row\n{}\n")
    with pytest.raises(UnreadableInput, match="no row"):
        Journal(path, run=RUN)
    with pytest.raises(OutputError):
        Journal(tmp_path / "missing" / "rows.jsonl", run=RUN)


def test_a_full_disk_is_an_error(monkeypatch, tmp_path):
    journal = Journal(tmp_path / "rows.jsonl", run=RUN)

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OutputError, match="No space"):
        journal.add("a", {"score": 1})
    assert "a" not in journal.rows
