"""Redaction: the round trip is exact for every text, pieces are restored like the whole."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import tamis
from tamis.edge.cli import main
from tamis.entities import KINDS, RedactionTable, Restorer, redact, restore, strays
from tamis.errors import InvalidInput, UnknownName

PIECES = st.sampled_from(
    ["a@b.de", "[EMAIL_1]", "[", "]", "_1]", "EMAIL", "[EMAIL_", "[TEXT_1]", "+49 176-12345678", "10.0.0.1", " ", "x",
     "[[", "4111 1111 1111 1111", "DE89 3704 0044 0532 0130 00", "Ann", "ann"]
)  # fmt: skip
KIND_SETS = st.sampled_from([None, KINDS])
TEXTS = st.one_of(st.text(), st.lists(PIECES).map("".join), st.lists(PIECES).map(" ".join))


@settings(max_examples=300, deadline=None)
@given(
    st.lists(TEXTS, min_size=1, max_size=3), st.sampled_from([None, KINDS]), st.sampled_from([(), ("Ann", "EMAIL_1")])
)
@example(["a@b.de [EMAIL_1]", "[EMAIL_1]"], None, ())
def test_the_round_trip_is_exact(texts: list[str], kinds: tuple[str, ...] | None, terms: tuple[str, ...]) -> None:
    table = RedactionTable()
    redactions = []
    for text in texts:
        options = {} if kinds is None else {"kinds": kinds}
        redaction = redact(text, table=table, terms=terms, **options)  # type: ignore[arg-type]
        table = RedactionTable.loads(redaction.table.dumps())
        redactions.append(redaction)
    assert [restore(redaction.text, table) for redaction in redactions] == texts
    values = list(table.values.items())
    assert len({(key.partition("_")[0], value) for key, value in values}) == len(values)


@settings(max_examples=200, deadline=None)
@given(TEXTS, st.lists(st.integers(0, 60), max_size=8))
def test_pieces_are_restored_like_the_whole(text: str, cuts: list[int]) -> None:
    table = RedactionTable({"[EMAIL_1]": "a@b.de", "[TEXT_1]": "[EMAIL_1]"})
    places = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    restorer = Restorer(table)
    pieces = [restorer.feed(text[low:high]) for low, high in pairwise(places)]
    assert "".join(pieces) + restorer.finish() == restore(text, table)


def test_the_same_value_keeps_its_placeholder() -> None:
    first = tamis.redact("a@b.de wrote to c@d.de and to a@b.de")
    assert first.text == "[EMAIL_1] wrote to [EMAIL_2] and to [EMAIL_1]"
    later = tamis.redact("c@d.de answers; new: e@f.de", table=first.table)
    assert later.text == "[EMAIL_2] answers; new: [EMAIL_3]"
    assert tamis.restore("Dear [EMAIL_3], [EMAIL_9]", later.table) == "Dear e@f.de, [EMAIL_9]"


def test_a_placeholder_split_over_pieces() -> None:
    restorer = Restorer(redact("mail a@b.de").table)
    assert [restorer.feed(piece) for piece in ("To [EM", "AIL_", "1", "] and [x")] == ["To ", "", "", "a@b.de and [x"]
    assert restorer.finish() == ""


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("4111 1111 1111 1111", "CARD"),
        ("DE89 3704 0044 0532 0130 00", "IBAN"),
        ("+49 176-12345678", "PHONE"),
        ("192.168.0.1", "IP"),
        ("INV-20391", "ID"),
    ],
)
def test_what_goes_by_default(text: str, kind: str) -> None:
    assert redact(f"see {text}, please").text == f"see [{kind}_1], please"


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("mail anna.smith@gmail.com", "mail [EMAIL_1]"),
        ("smith@acme.com, Smith", "[EMAIL_1], [TERM_1]"),
        ("Project\nSmith Heron", "Project\n[TERM_1]"),
        ("SMITH\r\n  heron", "[TERM_1]"),
        ("[SMITH_1] smith", "[TEXT_1] [TERM_1]"),
    ],
)
def test_nothing_of_a_value_stays_where_a_term_stands_in_it(text: str, safe: str) -> None:
    redaction = redact(text, terms=["Smith", "Smith Heron"])
    assert redaction.text == safe
    assert restore(redaction.text, redaction.table) == text


def test_what_overlaps_goes_as_one() -> None:
    redaction = redact("Ann a@b.de.", find=lambda _: [Name(0, 5), Name(2, 5)])
    assert redaction.text == "[EMAIL_1]."
    assert redaction.spans[0][:2] == (0, 10)


@pytest.mark.parametrize(
    "text",
    ["müller@buero.de", "müller@büro.de", "имя@почта.рф", "o'brien@x.ie", "4111\u00a01111\u00a01111\u00a01111",
     "DE89\u00a03704\u00a00044\u00a00532\u00a00130\u00a000", "378282246310005"],
)  # fmt: skip
@pytest.mark.parametrize("around", ["{}", "x,{},5", "'{}'", "<{}>", "给{}谢谢"])
def test_typeset_and_written_with_other_letters(text: str, around: str) -> None:
    if around == "给{}谢谢" and "@" not in text:
        return  # figures beside a letter are no number of their own
    before, _ = around.split("{}")
    (span,) = redact(around.format(text), kinds=["email", "card", "iban"]).spans
    assert span[:2] == (len(before), len(before) + len(text))


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("Ann,+49 176 12345678,x", "+49 176 12345678"),
        ("phone=+4917612345678", "+4917612345678"),
        ("tel +49\u00a0176\u00a012345678.", "+49\u00a0176\u00a012345678"),
        ("555\u2011123\u20114567", "555\u2011123\u20114567"),
    ],
)
def test_phones_of_tables_and_typeset_ones(text: str, phone: str) -> None:
    redaction = redact(text)
    assert redaction.text == text.replace(phone, "[PHONE_1]")
    assert dict(redaction.table.values) == {"[PHONE_1]": phone}


def test_a_card_with_a_wrong_figure_stays_no_card() -> None:
    assert "CARD" not in redact("4111 1111 1111 1112").text
    assert "IBAN" not in redact("DE89 3704 0044 0532 0130 01").text


@dataclass(frozen=True)
class Name:
    start: int
    end: int
    kind: str = "person"


def test_terms_and_finders() -> None:
    text = "Ann met ann at Annaberg"
    assert redact(text, terms=["ann"]).text == "[TERM_1] met [TERM_2] at Annaberg"
    assert redact(text, find=lambda _: [Name(0, 3), Name(15, 23, "place")]).text == "[PERSON_1] met ann at [PLACE_1]"


def test_the_table_is_json() -> None:
    table = redact("a@b.de").table
    assert json.loads(table.dumps())["values"] == {"[EMAIL_1]": "a@b.de"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"schema": "tamis.redaction", "version": 1}',
        '{"schema": "tamis.redaction", "version": 9, "values": {}}',
        '{"schema": "tamis.redaction", "version": 1, "values": {"x": "y"}}',
        '{"schema": "tamis.redaction", "version": 1, "values": {"[A_1]": 3}}',
    ],
)
def test_what_is_no_table(text: str) -> None:
    with pytest.raises(InvalidInput):
        RedactionTable.loads(text)


def test_bad_input() -> None:
    with pytest.raises(UnknownName, match="'names'"):
        redact("x", kinds=["names"])
    with pytest.raises(InvalidInput, match="not empty"):
        redact("x", terms=[""])
    with pytest.raises(InvalidInput, match="not empty"):
        redact("x", terms="ab")


@pytest.mark.parametrize("text", [None, b"a@b.de", 3])
def test_what_is_no_text(text: object) -> None:
    with pytest.raises(InvalidInput, match="must be a str"):
        redact(text)  # type: ignore[arg-type]


@pytest.mark.parametrize("place", [Name(-3, 2), Name(2, 99)])
def test_a_finder_that_points_outside(place: Name) -> None:
    with pytest.raises(InvalidInput, match="`find` gave"):
        redact("abcdef", find=lambda _: [place])


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, table, answer = tmp_path / "letter.txt", tmp_path / "t.json", tmp_path / "answer.txt"
    source.write_text("Heron: a@b.de, $5", encoding="utf-8")
    assert main(["redact", str(source), "--table", str(table), "--kinds", "email,money", "--term", "heron"]) == 0
    captured = capsys.readouterr()
    assert captured.out == "[TERM_1]: [EMAIL_1], [MONEY_1]"
    assert captured.err == "tamis: 3 values taken out: 1 term, 1 email, 1 money\n"
    assert table.stat().st_mode & 0o077 == 0
    answer.write_text("To [EMAIL_1]", encoding="utf-8")
    assert main(["redact", "--restore", str(answer), "--table", str(table)]) == 0
    assert capsys.readouterr().out == "To a@b.de"


def test_the_command_refuses(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, table = tmp_path / "letter.txt", tmp_path / "t.json"
    source.write_text("a@b.de", encoding="utf-8")
    assert main(["redact", "--restore", str(source), "--table", str(table)]) == 2  # there is no table
    assert main(["redact", str(source), "--table", str(source)]) == 2
    assert main(["redact", str(source), "--table", str(table), "--kinds", "nmaes"]) == 2
    assert "'nmaes'" in capsys.readouterr().err
    assert not table.exists()


@pytest.mark.parametrize("written", ["[email_1]", "[Email_1]", "[EMAIL_01]", r"\[EMAIL\_1\]", "[ EMAIL_1 ]"])
def test_what_a_model_wrote_otherwise_is_named(written: str) -> None:
    table = redact("mail to a@b.de").table
    text = f"Sent to [EMAIL_1], and to {written}, not to [email_2] or [PHONE_1]."
    assert strays(text, table) == (written,)
    assert restore(text, table).count("a@b.de") == 1


def test_a_table_without_room_for_more_is_refused() -> None:
    full = RedactionTable({"[EMAIL_100000000]": "a@b.de"}).dumps()
    with pytest.raises(InvalidInput, match="no placeholder"):
        RedactionTable.loads(full)
    table = RedactionTable.loads(RedactionTable({"[EMAIL_99999999]": "a@b.de"}).dumps())
    more = redact("c@d.org", table=table)
    assert restore(more.text, more.table) == "c@d.org"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("key sk-proj-abcdefghijklmnopqrstuv.", "sk-proj-abcdefghijklmnopqrstuv"),
        ("AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMPLE"),
        ("export TOKEN=ghp_" + "a1" * 18, "ghp_" + "a1" * 18),
        ("password: hunter2!", "hunter2!"),
        ("postgres://me:s3cret@db/x", "s3cret"),
        ("-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----", ""),
    ],
)
def test_secrets_go(text: str, value: str) -> None:
    safe = redact(text)
    assert (value or "abc") not in safe.text
    assert "[SECRET_1]" in safe.text
    assert restore(safe.text, safe.table) == text
    assert redact(text, kinds=["phone"]).text == text


def test_a_password_in_prose_is_none() -> None:
    assert redact("The password is wrong.").text == "The password is wrong."
