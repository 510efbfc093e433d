"""`tamis restore` and `tamis store` as people type them."""

from __future__ import annotations

import json

import pytest

from tamis.prompt.recovery import open_originals

TEXT = "\ufeffone\r\ntwo\0\nthree \ud800\n" + "more\n" * 20 + "the disk is full"


@pytest.fixture
def ident(tmp_path, monkeypatch):
    """A text in the store that nobody names."""
    monkeypatch.setenv("TAMIS_STORE", str(tmp_path / "originals.db"))
    return open_originals().put(TEXT)


def test_restore_prints_every_byte(tamis, ident):
    done = tamis("restore", ident)
    assert (done.code, done.out) == (0, TEXT.encode("utf-8", "surrogatepass"))


def test_restore_prints_lines(tamis, ident):
    assert tamis("restore", ident[:6], "--lines", "2-3,24").out == b"two\0\nthree \xed\xa0\x80\nthe disk is full"
    assert tamis("restore", ident, "--query", "full disk").out == b"more\nmore\nthe disk is full"


def test_what_is_not_there(tamis, ident, tmp_path):
    assert tamis("restore", "0" * 12).code == 2
    assert tamis("restore", ident, "--lines", "x").code == 2
    done = tamis("restore", ident, "--store", str(tmp_path / "none.db"))
    assert done.code == 2
    assert "no store of originals" in done.err


def test_store(tamis, ident):
    assert tamis("store", "status").text.startswith("1 texts, ")
    assert json.loads(tamis("store", "status", "--json").text)["texts"] == 1
    assert tamis("store", "expire").text == "0 texts removed\n"
