"""Progress: a bar on a terminal, lines elsewhere where they are wanted, nothing where it is switched off."""

from __future__ import annotations

import io
import sys

import pytest

from tamis.io import progress as module
from tamis.io.progress import Advance, progress, reporting, steps, track, watch


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch):
    """A clock that is set by hand."""
    seconds = [100.0]
    monkeypatch.setattr(module, "monotonic", lambda: seconds[0])
    return seconds


def test_a_line_now_and_then_where_no_one_watches(clock, capsys):
    with progress("asking", 40, done=10, unit="answered", every=30) as bar:
        for second in range(0, 61, 10):
            clock[0] = 100.0 + second
            bar(10 + second // 4, 40, "7 tokens")
        bar.label("finishing")
    assert capsys.readouterr().err == (
        "tamis: 17 of 40 answered, 7 tokens, 2 min left\n"
        "tamis: 25 of 40 answered, 7 tokens, 1 min left\n"
        "tamis: finishing\n"
    )


def test_no_time_is_named_before_anything_is_done(clock, capsys):
    with progress(total=9, unit="rows", every=1) as bar:
        clock[0] += 5
        bar(0, 9, "first")
    assert capsys.readouterr().err == "tamis: 0 of 9 rows, first\n"


@pytest.mark.parametrize("options", [{}, {"every": 0.0, "on": False}], ids=["no lines", "off"])
def test_nothing_where_it_is_switched_off(options, capsys):
    with progress("x", 2, **options) as bar:
        bar(1, 2, "note")
        bar.label("y")
    assert capsys.readouterr() == ("", "")


def test_a_bar_on_a_terminal(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", Terminal())
    with progress("reading", 4, done=1) as bar:
        bar(3, 4, "[files]")
        bar.label("finishing")
    assert "finishing" in sys.stderr.getvalue()
    assert "3/4" in sys.stderr.getvalue()
    assert "[files]" in sys.stderr.getvalue()


def test_switched_off_on_a_terminal(monkeypatch):
    monkeypatch.setattr(sys, "stderr", Terminal())
    with progress("reading", 4, on=False) as bar, reporting(False) as advance:
        bar(3, 4)
        advance(3, 4, "")
    assert sys.stderr.getvalue() == ""


def test_without_stderr(monkeypatch):
    monkeypatch.setattr(sys, "stderr", None)
    with progress("reading", 4, every=0.0) as bar:
        bar(3, 4)


def test_items_are_tracked(monkeypatch):
    assert list(track("abc", "letters")) == ["a", "b", "c"]
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", Terminal())
    assert list(track("abc", "letters")) == ["a", "b", "c"]
    assert "3/3" in sys.stderr.getvalue()


def test_a_callers_function_is_called():
    calls: list[tuple[int, int, str]] = []
    add: Advance = lambda *call: calls.append(call)  # noqa: E731
    with reporting(add) as advance:
        advance(1, 2, "a")
    assert calls == [(1, 2, "a")]


@pytest.mark.parametrize(("seconds", "shown"), [(0.0, False), (5.0, True)])
def test_a_bar_that_nobody_asked_for_comes_late(clock, monkeypatch, seconds, shown):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", Terminal())
    with watch("reading"):
        assert list(steps("ab", 2)) == ["a", "b"]
        clock[0] += seconds
        assert list(steps("cde", 3)) == ["c", "d", "e"]
    assert ("reading" in sys.stderr.getvalue()) == shown
    assert ("3/3" in sys.stderr.getvalue()) == shown


def test_steps_are_silent_where_nobody_watches(monkeypatch, capsys):
    with watch("reading"):  # (no terminal)
        assert list(steps("ab", 2)) == ["a", "b"]
    monkeypatch.setattr(sys, "stderr", Terminal())
    monkeypatch.setattr(module, "LATE", 0.0)
    with watch("reading", on=False):
        assert list(steps("ab", 2)) == ["a", "b"]
    assert list(steps("ab", 2)) == ["a", "b"]
    assert sys.stderr.getvalue() == ""
    assert capsys.readouterr() == ("", "")
