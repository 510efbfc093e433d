"""Numerals: worked examples, laws for any text, and bad input."""

from __future__ import annotations

import json
from datetime import datetime
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tamis.entities import KINDS, Numeral, numerals
from tamis.entities.numeric import MOMENTS
from tamis.errors import InvalidInput, UnknownName

NOW = datetime(2026, 3, 4, 15, 30)  # a Wednesday


def only(text: str, **options: object) -> Numeral:
    (one,) = numerals(text, now=NOW, **options)  # type: ignore[arg-type]
    return one


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("one hundred and sixteen", "number", 116),
        ("twenty-one trillion and three hundred", "number", 21_000_000_000_300),
        ("1,674,200.5", "number", 1674200.5),
        ("12,34,567.89", "number", 1234567.89),
        ("minus five point five", "number", -5.5),
        ("2.5 million", "number", 2.5e6),
        ("five dozen", "number", 60),
        ("twenty-first", "ordinal", 21),
        ("two thirds", "fraction", 2 / 3),
        ("3 1/2", "fraction", 3.5),
        ("one hundred and three quarters", "fraction", 100.75),
        ("12.5%", "percent", 12.5),
        ("per cent of twenty-two", "percent", 22),
        ("no more than 12", "range", "(,12]"),
        ("at least 5", "range", "[5,)"),
    ],
)
def test_numbers(text: str, kind: str, value: float | str) -> None:
    one = only(text)
    assert (one.text, one.kind) == (text, kind)
    assert one.value == (pytest.approx(value) if not isinstance(value, str) else value)


@pytest.mark.parametrize(
    ("text", "kind", "value", "unit", "code"),
    [
        ("$3.5 million", "money", 3_500_000, "Dollar", ""),
        ("US$ 20", "money", 20, "United States dollar", "USD"),
        ("3 dollars 50 cents", "money", 3.5, "Dollar", ""),
        ("€12", "money", 12, "Euro", "EUR"),
        ("10,000 swiss francs", "money", 10000, "Swiss franc", "CHF"),
        ("188 miles an hour", "dimension", 188, "Mile per hour", ""),
        ("7.62mm", "dimension", 7.62, "Millimeter", ""),
        ("100 MB", "dimension", 100, "Megabyte", ""),
        ("-5 °C", "temperature", -5, "C", ""),
        ("29 years old", "age", 29, "Year", ""),
    ],
)
def test_quantities(text: str, kind: str, value: float, unit: str, code: str) -> None:
    one = only(text)
    assert (one.text, one.kind, one.value, one.unit, one.code) == (text, kind, pytest.approx(value), unit, code)


@pytest.mark.parametrize(
    ("text", "kind", "readings"),
    [
        ("2026-05-12", "date", ["2026-05-12"]),
        ("May 5, 2016", "date", ["2016-05-05"]),
        ("4/22", "date", ["2025-04-22", "2026-04-22"]),
        ("tomorrow", "date", ["2026-03-05"]),
        ("next friday", "date", ["2026-03-13"]),
        ("two weeks ago", "date", ["2026-02-18"]),
        ("the third Wednesday of May 2026", "date", ["2026-05-20"]),
        ("thanksgiving 2026", "date", ["2026-11-26"]),
        ("easter 2024", "date", ["2024-03-31"]),
        ("Easter Monday", "date", ["2025-04-21", "2026-04-06"]),
        ("good friday 2000", "date", ["2000-04-21"]),
        ("half past seven", "time", ["07:30:00", "19:30:00"]),
        ("7:56pm", "time", ["19:56:00"]),
        ("tomorrow at 3pm", "datetime", ["2026-03-05 15:00:00"]),
        ("in 30 minutes", "datetime", ["2026-03-04 16:00:00"]),
        ("one and a half hours", "duration", ["5400"]),
    ],
)
def test_moments(text: str, kind: str, readings: list[str]) -> None:
    one = only(text)
    assert (one.text, one.kind, [reading.value for reading in one.readings]) == (text, kind, readings)


@pytest.mark.parametrize(
    ("text", "kind", "start", "end"),
    [
        ("Q3 2024", "daterange", "2024-07-01", "2024-10-01"),
        ("from 4pm to 5:30pm", "timerange", "16:00:00", "17:30:00"),
        ("next week", "daterange", "2026-03-09", "2026-03-16"),
        ("since 1 May 2025", "daterange", "2025-05-01", ""),
        ("before 2018", "daterange", "", "2018-01-01"),
        ("after 2016", "daterange", "2017-01-01", ""),
        ("November 19-20, 2025", "daterange", "2025-11-19", "2025-11-20"),
        ("tomorrow morning", "datetimerange", "2026-03-05 08:00:00", "2026-03-05 12:00:00"),
    ],
)
def test_periods(text: str, kind: str, start: str, end: str) -> None:
    one = only(text)
    assert (one.text, one.kind, one.readings[-1].start, one.readings[-1].end) == (text, kind, start, end)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("+49 176-12345678", "phone"),
        ("(123) 456-7890", "phone"),
        ("user.name+tag@example.com", "email"),
        ("https://example.com/a_(b)?c=1#d", "url"),
        ("192.168.0.1", "ip"),
        ("fe80::204:61ff:fe9d:f156", "ip"),
        ("123e4567-e89b-12d3-a456-426655440000", "guid"),
        ("v1.2.3-rc1", "version"),
        ("INV-20391", "id"),
        ("#Ice_Bucket", "hashtag"),
        ("@Carol_2", "mention"),
    ],
)
def test_sequences(text: str, kind: str) -> None:
    assert [(one.text, one.kind) for one in numerals(f"see {text} there")] == [(text, kind)]


@pytest.mark.parametrize("text", ["256.1.1.1", "j_9@129.126", "in the sun", "she may march", "", " ", "@!", "# x"])
def test_what_is_none(text: str) -> None:
    assert [
        one for one in numerals(text, now=NOW) if one.kind in ("ip", "email", "date", "daterange", "mention", "hashtag")
    ] == []


def test_a_letter_behind_a_blank_is_no_scale() -> None:
    assert [(one.text, one.value) for one in numerals("0.8 K colder, 5k users", kinds=["number"])] == [
        ("0.8", 0.8),
        ("5k", 5000),
    ]


def test_without_a_now_what_depends_on_it_has_no_value() -> None:
    (one,) = numerals("see you tomorrow")
    assert (one.kind, one.value, one.readings) == ("date", None, ())
    assert numerals("on 5 May 2026")[0].value == "2026-05-05"
    assert numerals("on 5 May")[0].readings[0].timex == "XXXX-05-05"


PIECES = st.sampled_from(
    [
        "one",
        "two",
        "hundred",
        "and",
        "a",
        "half",
        "3",
        "12",
        "1,000",
        "1.5",
        "%",
        "$",
        "€",
        "km",
        "kg",
        "°C",
        "of",
        "May",
        "29",
        "February",
        "2024",
        "30",
        "next",
        "last",
        "week",
        "friday",
        "from",
        "to",
        "at",
        "between",
        "5pm",
        "until",
        ".",
        ",",
        "-",
        "/",
        ":",
        "ago",
        "in",
        "years",
        "31",
        "noon",
        "every",
        "day",
        "the",
        "first",
        "before",
        "after",
        "+49",
        "(",
        ")",
        "00",
        "x@y.de",
        "10.0.0.1",
        "9999",
    ]
)
TEXTS = st.one_of(st.text(), st.lists(PIECES).map(" ".join), st.lists(PIECES).map("".join))


@settings(max_examples=300, deadline=None)
@given(TEXTS, st.sampled_from([None, NOW, datetime(2024, 2, 29), datetime(1000, 1, 1), datetime(9000, 12, 31)]))
def test_numerals_lie_in_the_text_apart_and_are_json(text: str, now: datetime | None) -> None:
    rows = numerals(text, now=now)
    assert all(one.text == text[one.start : one.end] and one.text and one.kind in KINDS for one in rows)
    assert all(left.end <= right.start for left, right in pairwise(rows))
    json.dumps([one.to_dict() for one in rows], allow_nan=False)


@settings(max_examples=100, deadline=None)
@given(TEXTS, st.sets(st.sampled_from(KINDS), min_size=1))
def test_only_the_kinds_that_are_asked_for(text: str, kinds: set[str]) -> None:
    assert {one.kind for one in numerals(text, kinds=kinds, now=NOW)} <= kinds


def test_bad_input() -> None:
    with pytest.raises(UnknownName, match="'dates'"):
        numerals("x", kinds=["dates"])
    with pytest.raises(InvalidInput, match="str, got bytes"):
        numerals(b"x")  # type: ignore[arg-type]
    with pytest.raises(InvalidInput, match="0005"):
        numerals("tomorrow", now=datetime(5, 1, 1))
    assert frozenset(KINDS) >= MOMENTS
