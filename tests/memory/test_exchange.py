"""A memory out to a file and in again, and what is no export."""

from __future__ import annotations

import pytest

from tamis.errors import (
    OutputError,
    UnknownScope,
    UnreadableInput,
)
from tamis.memory import Memory
from tests.memory.making import Hashed
from tests.memory.talk import ask, opened


def test_export_and_import(memory, fresh, tmp_path):
    path = tmp_path / "out.jsonl"
    assert memory.export(path) == 1 + 4 + len(memory.segments())
    with opened(fresh(), scope="other") as other:
        assert (other.import_(path).turns, other.import_(path).known) == (4, 4)
        assert other.turns() == memory.turns()
        assert other.segments() == memory.segments()
        assert ask(other, "sail") == ask(memory, "sail")
        assert other.check() == ()
    with Memory(fresh(), scope="x", encoder=Hashed(8, "smaller")) as smaller:
        assert smaller.import_(path).encoded == 4
        assert smaller.stats().stale == 0


NAMELESS = (
    '{"kind": "turn", "id": "", "text": "x", "speaker": "", "time": null, "expires": null, "session": "", "key": "x", '
    '"flags": [], "encoder": "e", "vector": [1]}'
)


@pytest.mark.parametrize("line", ["", "{", '{"kind": "turn"}', NAMELESS, "[]"])
def test_a_file_that_is_no_export_changes_nothing(memory, tmp_path, line):
    path = tmp_path / "in.jsonl"
    memory.export(path)
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([lines[0], line, *lines[1:]]), encoding="utf-8")
    fresh = memory.scoped("acme/new")
    with pytest.raises(UnreadableInput, match="line 2"):
        fresh.import_(path)
    with pytest.raises(UnknownScope):
        fresh.turns()


def test_other_bad_files(memory, tmp_path):
    empty, binary = tmp_path / "empty", tmp_path / "binary"
    empty.write_bytes(b"")
    binary.write_bytes(b"\xff\xfe\x00")
    for path in (empty, binary, tmp_path / "missing", tmp_path):
        with pytest.raises(UnreadableInput):
            memory.import_(path)
    with pytest.raises(OutputError):
        memory.export(tmp_path / "nowhere" / "x.jsonl")
