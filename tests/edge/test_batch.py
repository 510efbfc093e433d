"""Many files, each by itself: a bad one stops no other, and every result is whole and in its place."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

import tamis as library
from tamis.edge.cli import batch

FAST = ("--method", "tfidf-words", "-r", "0.5")


@pytest.fixture
def folder(desk: Path) -> Path:
    """A folder of twenty good files and five bad ones."""
    for number in range(20):
        path = desk / "notes" / f"part{number % 3}" / f"{number}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"Note {number}: the quay was closed on day {number}, and it was not opened again.\n" * 3)
    (desk / "notes" / "latin1.txt").write_bytes(b"caf\xe9")
    (desk / "notes" / "image.png").write_bytes(b"\x89PNG\r\n\x1a\n\0")
    (desk / "notes" / "link.txt").symlink_to("nowhere")
    (desk / "notes" / "pinned.txt").write_text("KEEPME " * 50 + "and so on, and so on")
    (desk / "notes" / "empty.txt").write_text("")
    return desk


def test_a_bad_file_stops_no_other(folder: Path, tamis) -> None:
    done = tamis("compress", "notes", "--out", "short", *FAST, "--keep", "KEEPME")
    assert (done.code, done.out) == (1, b"")
    sources = [p for p in (folder / "notes").rglob("*.txt") if p.name not in ("latin1.txt", "pinned.txt", "link.txt")]
    assert len(sources) == 21
    for source in sources:
        result = folder / "short" / source.relative_to(folder / "notes")
        expected = library.compress(source.read_text(), rate=0.5, method="tfidf-words")
        assert result.read_text() == expected.text
    assert len([p for p in (folder / "short").rglob("*") if p.is_file()]) == 21
    assert done.err.startswith("21 files: ")
    listed = done.err.partition("tamis: 4 failed:\n")[2]
    for says in ("image.png: 'notes/image.png' is not text", "latin1.txt' is not text: byte 3", "KEEPME", "link.txt"):
        assert says in listed


def test_all_is_well(folder: Path, tamis) -> None:
    done = tamis("compress", "notes/part*/*.txt", "--out", "short", *FAST, "--json")
    assert done.code == 0
    data = json.loads((folder / "short" / "part1" / "1.txt.json").read_text())
    assert data["tokens"] <= 0.5 * data["original_tokens"]
    assert "failed" not in done.err


def test_inputs_are_never_overwritten(folder: Path, tamis) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*.txt") if path.exists()}
    done = tamis("compress", "notes/part0", "--out", "notes/part0", *FAST)
    assert done.code == 1
    assert done.err.count("also an input") == 7
    assert {path: path.read_bytes() for path in before} == before


def test_what_stands_in_the_way_fails_alone(folder: Path, tamis) -> None:
    (folder / "short").mkdir()
    (folder / "short" / "part0").write_text("a file where a folder is needed")
    done = tamis("compress", "notes/part0", "notes/part1", "--out", "short", *FAST)
    assert done.code == 1
    assert done.err.startswith("7 files: ")
    assert done.err.count("Cannot write 'short/part0/") == 7
    assert len(os.listdir(folder / "short" / "part1")) == 7


def test_a_second_run_gives_the_same_files(folder: Path, tamis) -> None:
    def results() -> dict[str, bytes]:
        tamis("compress", ".", "--out", "short", *FAST)
        return {str(p): p.read_bytes() for p in (folder / "short").rglob("*") if p.is_file()}

    assert results() == results()


def test_an_empty_folder_is_no_error(desk: Path, tamis) -> None:
    (desk / "nothing").mkdir()
    done = tamis("compress", "nothing", "--out", "short", *FAST)
    assert (done.code, done.err) == (0, "tamis: no files there.\n")


def test_files_are_compressed_together_but_not_all_at_once(folder: Path, tamis, monkeypatch) -> None:
    sizes: list[int] = []
    real = library.compress_many

    def counted(sources, **settings):
        sizes.append(len(sources))
        return real(sources, **settings)

    monkeypatch.setattr("tamis.prompt.compress_many", counted)
    monkeypatch.setattr(batch, "TOGETHER", 6)
    assert tamis("compress", "notes/part*", "--out", "short", *FAST).code == 0
    assert sizes == [6, 6, 6, 2]
