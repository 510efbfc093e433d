"""A painted compression shows the whole source, and what went, with colours and without."""

from __future__ import annotations

import io
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

import tamis
from tamis.prompt import Compression

TEXT = "Pay 1,200 euros (not more) to Ms. Okafor.\n\n    We will see\twhether it was enough, of course.\r\nLast line"
MARKS = re.compile(r"\[-(.*?)-\]")


def squeeze(text: str, rate: float = 0.5, **settings: object) -> Compression:
    return tamis.compress(text, rate=rate, method="tfidf-words", **settings)


def painted(result: Compression, *, colours: bool = False) -> str:
    file = io.StringIO()
    console = Console(
        file=file, width=100, force_terminal=colours, color_system="standard" if colours else None, highlight=False
    )
    console.print(result, soft_wrap=True)
    return file.getvalue()


def body(shown: str) -> str:
    """What stands above the empty line, the legend and the figures."""
    return shown.rsplit("\n", 4)[0]


def plain(text: str) -> str:
    return re.sub(r"[ \t]+", " ", re.sub(r"\r\n?", "\n", text)).rstrip("\n")


@given(st.text(st.sampled_from("ab1. ,(é漢\n"), max_size=60), st.sampled_from([0.2, 0.6, 1.0]))
@settings(max_examples=60)
def test_without_the_marks_it_is_the_source(text: str, rate: float) -> None:
    shown = body(painted(squeeze(text, rate)))
    assert plain(MARKS.sub(r"\1", shown)).rstrip() == plain(text).rstrip()


def test_what_is_marked_is_what_was_dropped() -> None:
    result = squeeze(TEXT)
    marked = "".join(MARKS.findall(painted(result).rpartition("kept")[0]))
    dropped = "".join(TEXT[piece.start : piece.end] for piece in result.dropped)
    assert re.sub(r"\s", "", marked) == re.sub(r"\s", "", dropped)


def test_colours_say_why() -> None:
    result = tamis.compress(TEXT, rate=0.6, keep=["Okafor"], style="words")
    shown = painted(result, colours=True)
    assert re.search(r"\x1b\[1;35m[^\x1b]*Okafor", shown)  # pinned, with what it cannot do without
    assert "\x1b[36m" in shown  # preferred
    assert "\x1b[2;9m" in shown  # dropped: dim and struck out
    assert "[-" not in shown
    legend = shown.splitlines()[-2]
    assert all(word in legend for word in ("kept", "dropped", "found by a detector", "pinned"))


def test_the_last_line_has_the_figures() -> None:
    result = squeeze(TEXT)
    expected = (
        f"{result.original_tokens} -> {result.tokens} tokens ({100 * result.rate:.1f} %, o200k_base), tfidf-words"
    )
    assert painted(result).splitlines()[-1] == expected


@pytest.mark.parametrize("colours", [True, False])
def test_a_text_cannot_steer_the_terminal(colours: bool) -> None:
    shown = painted(
        squeeze("clear \x1b[2J\x9b2J bell \x07 turn \u202e lone \ud800 [bold]markup[/bold] [/nope]", 1.0),
        colours=colours,
    )
    shown.encode("utf-8")
    assert not re.search(r"\x1b\[2J|\x9b|\x07|\u202e", shown)
    assert "␛[2J" in shown
    assert "[bold]markup[/bold] [/nope]" in re.sub(r"\x1b\[[\d;]*m", "", shown)


@pytest.mark.parametrize("text", ["", " \n\n "])
def test_nothing_can_be_painted(text: str) -> None:
    assert "tokens" in painted(squeeze(text))


def test_a_result_prints_itself_in_rich() -> None:
    assert "[-" in painted(squeeze(TEXT))
    assert tamis.Compression.__rich__(squeeze(TEXT)) is not None
