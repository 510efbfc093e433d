"""Names that stand again in a text."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tamis.edge.cli import main
from tamis.entities import Entity, Recognizer, repeated

TEXT = "Merkel came. merkel, Merkel and Merkelson left Angela Merkel."


def entity(text: str, start: int, end: int, confidence: float = 0.9) -> Entity:
    return Entity(start, end, text[start:end], "person", confidence)


def test_a_name_is_found_again_as_a_whole_word_as_it_is_written() -> None:
    whole = entity(TEXT, 47, 60)
    again = repeated(TEXT, [whole, entity(TEXT, 0, 6)])
    assert [(one.start, one.text) for one in again] == [(0, "Merkel"), (21, "Merkel"), (47, "Angela Merkel")]
    assert again[1].kind == "person"


def test_what_is_not_sure_or_short_is_not_looked_for() -> None:
    assert repeated(TEXT, [entity(TEXT, 0, 6, 0.6)]) == (entity(TEXT, 0, 6, 0.6),)
    assert repeated("Al and Al", [entity("Al and Al", 0, 2)]) == (entity("Al and Al", 0, 2),)
    assert repeated(TEXT, []) == ()


@settings(max_examples=100, deadline=None)
@given(st.text("abc .", max_size=40), st.data())
def test_all_other_places_and_no_others(text: str, data: st.DataObject) -> None:
    words = [match.span() for match in re.finditer(r"\w{3,}", text)]
    own = [entity(text, *span) for span in words if data.draw(st.booleans())]
    again = repeated(text, own)
    names = {one.text for one in own}
    assert [(one.start, one.end) for one in again] == [span for span in words if text[slice(*span)] in names]
    assert all(a.end <= b.start for a, b in pairwise(again))


def test_a_redacted_name_is_gone_everywhere(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "Angela Merkel met Barack Obama in Berlin. note: Angela Merkel=x; obama"
    letter = tmp_path / "letter.txt"
    letter.write_text(text, encoding="utf-8")
    assert Recognizer.pretrained()(text)[0].text == "Angela Merkel"
    assert main(["redact", str(letter), "--table", str(tmp_path / "t.json"), "--names", "--quiet"]) == 0
    assert "Angela Merkel" not in capsys.readouterr().out
