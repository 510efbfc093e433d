"""What is opened once a process: one call for the same arguments, whoever asks, until it is let go of."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tamis.models import load_mini, shared, unload
from tamis.models.shared import once


@pytest.fixture(autouse=True)
def functions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Functions made in a test are forgotten after it."""
    monkeypatch.setattr(shared, "_CLOSERS", list(shared._CLOSERS))


def test_threads_that_ask_at_once_share_one():
    calls = []

    @once(size=2)
    def opened(name: str) -> object:
        calls.append(name)
        time.sleep(0.05)
        return object()

    with ThreadPoolExecutor(8) as pool:
        results = set(pool.map(opened, ["a"] * 16))
    assert (len(results), calls) == (1, ["a"])
    assert opened("b") is not opened("a")
    opened.close()
    assert opened("a") not in results


def test_what_fails_is_tried_again():
    calls = []

    @once(size=2)
    def opened(name: str) -> str:
        calls.append(name)
        if len(calls) == 1:
            raise OSError(name)
        return name

    with pytest.raises(OSError, match="a"):
        opened("a")
    assert opened("a") == "a"
    assert calls == ["a", "a"]


def test_the_one_asked_for_longest_ago_goes_first():
    @once(size=2)
    def opened(name: str) -> object:
        return object()

    first, second = opened("a"), opened("b")
    opened("a"), opened("c")
    assert opened("a") is first
    assert opened("b") is not second


def test_unload_lets_go_of_all_and_what_is_held_works():
    @once(size=1)
    def opened() -> object:
        return object()

    other, mini = opened(), load_mini()
    assert load_mini() is mini
    unload()
    assert opened() is not other
    assert load_mini() is not mini
    assert len(mini.keep(["It still reads."])) == 1
