"""The page stands by itself, carries the truth, and no text can break out of it."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import tamis
from tamis.prompt import Compression
from tamis.prompt.views.page import CHOSEN_BIT, KEPT_BIT, PINNED_BIT, PREFERRED_BIT, PUNCT_BIT

VOID = {"meta", "input", "br", "link", "img"}
NASTY = (
    "</script><script>alert(1)</script>",
    "<!-- <script> ]]> -->",
    "{{data}} {{title}} {{nope}} \\u003c \\",
    "😀 a\u0301 漢字 👩‍🚀 end \U0001f1e8\U0001f1ed",
    "lone \ud800 and \udfff here",
    "nul \0 bell \x07 line\u2028para\u2029 cr\r\nlf\r",
    "&lt;b&gt; \" ' `",
    "",
    " \n ",
)


class Reader(HTMLParser):
    """Reads a page as a browser does: elements that balance, the text of scripts, the links to elsewhere."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.scripts: list[tuple[dict[str, str | None], str]] = []
        self.titles = ""
        self.noscript = ""
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)
        if tag == "script":
            self.scripts.append((dict(attrs), ""))
        self.links += [
            f"{name}={value}" for name, value in attrs if name in ("src", "href", "srcset", "action", "data")
        ]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "script":
            attributes, text = self.scripts[-1]
            self.scripts[-1] = (attributes, text + data)
        if "noscript" in self.open and self.open[-1] == "div":
            self.noscript += data
        if self.open and self.open[-1] == "title":
            self.titles += data


def read(page: str) -> tuple[Reader, dict[str, Any]]:
    reader = Reader()
    reader.feed(page)
    reader.close()
    assert reader.open == []
    data, code = reader.scripts  # exactly two: nothing in a text made a third
    assert data[0] == {"type": "application/json", "id": "data"}
    assert code[1].strip().startswith('"use strict";')
    loaded: dict[str, Any] = json.loads(data[1])
    return reader, loaded


def units(text: str) -> list[str]:
    """The UTF-16 code units of a text: what JavaScript counts in."""
    raw = text.encode("utf-16-le", "surrogatepass")
    return [raw[i : i + 2].decode("utf-16-le", "surrogatepass") for i in range(0, len(raw), 2)]


def cut(text: str, steps: list[int]) -> str:
    """Cut spans, given as skip, length, skip, length, ..., out of a text as the page does."""
    edges, pieces = np.cumsum(steps).tolist(), units(text)
    joined = "".join("".join(pieces[a:b]) for a, b in zip(edges[::2], edges[1::2], strict=True))
    return joined.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def squeeze(text: str, **settings: Any) -> Compression:
    return tamis.compress(text, method="tfidf-words", **{"rate": 0.5, **settings})


@given(st.text() | st.sampled_from(NASTY), st.sampled_from([0.3, 0.7, 1.0]))
@example("</script>" * 3, 0.5)
@settings(max_examples=60)
def test_the_data_is_the_compression(text: str, rate: float) -> None:
    result = squeeze(text, rate=rate)
    _, data = read(result.to_html())
    same = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")  # pairs join, as in a browser
    assert "".join(units(data["text"])) == "".join(units(text))
    assert (data["tokens"], data["original"], data["rate"]) == (result.tokens, result.original_tokens, result.rate)
    if len(result.selection.words):
        assert "".join(units(cut(same, data["spans"]))) == "".join(units(result.text))
    steps = [step for pair in zip(data["skips"], data["lengths"], strict=True) for step in pair]
    assert "".join(units(cut(same, steps))) == "".join(units("".join(result.selection.words.bodies())))


@pytest.mark.parametrize("text", NASTY)
def test_no_text_and_no_title_breaks_out(text: str) -> None:
    page = squeeze(text + " word", rate=1.0, question=text).to_html(title=text)
    page.encode("utf-8")  # can be written, whatever was in the text
    reader, _ = read(page)
    shown = re.sub("[\ud800-\udfff]", "\ufffd", text)
    assert reader.titles == (f"{shown} (compressed)" if text else "Compressed text")
    assert reader.noscript == "\n" + shown + " word"


def test_the_page_loads_nothing() -> None:
    page = squeeze("A short text, with some words.").to_html()
    reader, _ = read(page)
    assert reader.links == []
    assert not re.search(r"https?://|@import|url\(|fetch\(|XMLHttpRequest|innerHTML|eval\(", page)
    assert "default-src 'none'" in page


def test_flags_say_what_was_decided() -> None:
    result = tamis.compress(
        "Pay 1,200 euros (not more) to Ms. Okafor, please; we will see.", rate=0.6, keep=["Okafor"], style="words"
    )
    chosen = result.selection
    _, data = read(result.to_html())
    flags = np.array(data["flags"])
    assert ((flags & KEPT_BIT) > 0).tolist() == chosen.mask.tolist()
    assert ((flags & CHOSEN_BIT) > 0).tolist() == chosen.chosen.tolist()
    assert ((flags & PUNCT_BIT) > 0).tolist() == chosen.words.punct.tolist()
    assert ((flags & PINNED_BIT) > 0).tolist() == (chosen.priority == 2).tolist()
    assert ((flags & PREFERRED_BIT) > 0).tolist() == chosen.preferred.tolist()
    assert chosen.preferred.any()
    bodies = chosen.words.bodies()
    rules = {data["rules"][rule]: " ".join(bodies[first:past]) for first, past, rule in data["matches"]}
    assert "1,200" in rules["numbers"]
    assert data["costs"] == chosen.costs.tolist()
    assert data["clean"] is True


def test_what_had_to_go_is_listed_with_its_place() -> None:
    text = "😀 " * 3 + "Call Maria Lopez on 14 May 2021, or write to office@example.org before noon."
    result = tamis.compress(text, tokens=5)
    _, data = read(result.to_html())
    assert result.sacrificed
    rules, pieces = data["rules"], units(text)
    listed = {("".join(pieces[at : at + size]), rules[rule]) for at, size, rule in data["sacrificed"]}
    assert listed == {(found.span.of(text), found.rule) for found in result.sacrificed}


def test_figures_are_exact_and_readable_without_scripts() -> None:
    result = squeeze("one two three four five six seven eight nine ten. " * 300, rate=0.25)
    page = result.to_html(title="numbers.txt")
    assert f"<dd>{result.original_tokens:,}</dd>" in page
    assert f"<dd>{result.tokens:,}</dd>" in page
    assert "budget: rate 0.25" in page
    assert read(page)[0].noscript == "\n" + result.text


def test_a_large_text_stays_a_page_of_moderate_size() -> None:
    text = "The committee looked again at the plan for the north quay, but it was not within the budget.\n" * 1_100
    page = squeeze(text).to_html()
    assert len(text) > 100_000
    assert len(page) < 8 * len(text)
    assert len(read(page)[1]["lengths"]) == len(squeeze(text).selection.words)
