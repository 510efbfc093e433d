"""Numbers with their units, and dates."""

from __future__ import annotations

import re

from tamis.core import Span
from tamis.text.protect.detection import merged, spread_left
from tamis.text.protect.units import MAGNITUDE, SPELLED, SPELLED_FURTHER, UNITS

_NUMERAL = r"\d[\dA-Za-zµ]*(?:[.,:/'’\-–−⁄]\d[\dA-Za-zµ]*|[\u00a0\u202f]\d{3}(?!\d))*"
_TAIL = rf"(?:[ \u00a0\u202f-](?:{MAGNITUDE})(?!\w))?(?:[ \u00a0\u202f-]?(?:{UNITS})(?!\w))?"
_CJK_UNIT = "[年月日時时分秒円元個个人回度歳岁号万億亿千百％]"
_NUMBER = re.compile(rf"{_NUMERAL}(?: ?[-–—] ?\d[\d.,]*(?<=\d))?{_TAIL}{_CJK_UNIT}?")
_SPELLED = re.compile(
    rf"\b(?:{SPELLED}|one(?=[ -](?:hundred|thousand|million|billion|third|quarter|half|percent)))\b"
    rf"(?:(?: and)?[ -](?:{SPELLED_FURTHER})\b){{0,8}}(?:[ -](?:{UNITS})(?!\w))?"
)
_CURRENCIES = frozenset("$€£¥₹₽₩₺₴฿₿")
_SIGNS = frozenset("+-−±~≈<>≤≥#§×")
_CODES = frozenset(["USD", "EUR", "GBP", "JPY", "CHF", "CNY", "INR", "CAD", "AUD", "Rs."])


def numbers(text: str) -> list[Span]:
    """Return numbers with their signs, currencies, units, percent signs, ordinals and ranges; versions; codes like Q3.

    Example: "-3.5 %", "$3.5 million", "3-5 kg", "10:30 am", "v1.2.3", "19th", "COVID-19", "two dozen", "twenty-five"
    """
    figures: list[Span] = []
    last = 0
    for match in _NUMBER.finditer(text):
        start = _number_start(text, match.start(), last)
        last = match.end()
        figures.append(Span(start, last))
    words = [Span(*match.span()) for match in _SPELLED.finditer(text)]
    return merged([*figures, *words]) if words else figures


def _number_start(text: str, start: int, floor: int) -> int:
    """Return where a number begins whose first digit is at `start`: with its letters, sign and currency."""
    letters = spread_left(text, start, _is_latin, floor=floor, most=24)
    if letters == start and start - 1 > floor and text[start - 1] in "-_" and _is_latin(text[start - 2]):
        letters = spread_left(text, start - 1, _is_latin, floor=floor, most=24)  # COVID-19, mid-1990s
    if letters < start:
        return letters
    start = spread_left(text, start, _SIGNS.__contains__, floor=floor, most=2)
    before = start - (start > floor and text[start - 1] in " \u00a0")
    if before > floor and text[before - 1] in _CURRENCIES:
        start = spread_left(text, before - 1, str.isupper, floor=floor, most=3)  # US$ 5
        return spread_left(text, start, _SIGNS.__contains__, floor=floor, most=1)
    if before - 3 >= floor and before < start and text[before - 3 : before] in _CODES:
        return before - 3
    return start


def _is_latin(char: str) -> bool:
    return char.isascii() and char.isalpha()


_MONTH = (
    "(?:January|january|February|february|March|April|May|June|june|July|july|August|august|September|september"
    r"|October|october|November|november|December|december|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?)"
)
_DAY = r"(?:3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?"
_YEAR = r"(?:1\d{3}|20\d\d|21\d\d)"
_FIGURES = re.compile(
    r"\d(?:(?<=\d)"  # a digit ahead of everything else: that is what the scan looks for
    r"\d{3}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?(?!\d)"
    r"|\d?([/.-])\d{1,2}\1(?:\d{4}|\d\d)(?![\d.])|\d{3}/\d\d?/\d\d?(?!\d)"
    r"|\d?(?:st|nd|rd|th)[ -](?:century|centuries)\b"
    r"|\d{3}年(?:\d\d?月(?:\d\d?日)?)?|\d?月\d\d?日"
    rf"|(?<=[123])\d?(?:st|nd|rd|th)?(?:[-–]{_DAY})? (?:of )?{_MONTH}(?:,? {_YEAR})?(?!\w)"
    rf"|(?:st|nd|rd|th)?(?:[-–]{_DAY})? (?:of )?{_MONTH}(?:,? {_YEAR})?(?!\w)"
    rf"|(?<=[12])\d{{3}}(?:[–-](?:{_YEAR}|\d\d)(?!\w)|(?:['’]?s)?(?: (?:BC|AD|BCE|CE)\b)?(?!\w|[.,]\d)))"
)
_MONTH_DATE = re.compile(
    rf"(?<!\w){_MONTH}(?:,? (?:{_DAY}(?:[-–]{_DAY})?(?:,? {_YEAR})?(?![\w:])|{_YEAR}(?!\w)))?(?!\w)"
)
_WEEKDAY = re.compile(
    r"(?<!\w)(?:[Mm]on|[Tt]ues|[Ww]ednes|[Tt]hurs|[Ff]ri|[Ss]atur|[Ss]un)days?\b"
    rf"(?:,? {_DAY}(?: of)? {_MONTH}(?:,? {_YEAR})?(?!\w))?"
)
_QUARTER = re.compile(r"(?<!\w)(?:Q[1-4]|H[12])(?: | of )?(?:FY)?\d{4}(?!\w)")
_NO_DATE_ALONE = frozenset(["May", "March", "Mar", "Jan", "Dec", "may"])
_DATE_BEFORE = re.compile(
    r"\b(?:in|of|by|early|late|mid|last|next|this|since|until|till|from|to|before|after)[ -]$", re.IGNORECASE
)


def dates(text: str) -> list[Span]:
    """Return ISO and written dates, weekdays, months, quarters, years, decades and centuries.

    "May" and "March" alone count only behind a word like "in", "since" or "last".

    Example: "2023-05-12", "12 May 2023", "May 12", "Friday", "in March", "1990s", "19th century", "Q3 2024"
    """
    spans = [Span(*match.span()) for match in _FIGURES.finditer(text) if not _inside(text, match.start())]
    spans += [Span(*match.span()) for pattern in (_WEEKDAY, _QUARTER) for match in pattern.finditer(text)]
    for match in _MONTH_DATE.finditer(text):
        start = match.start()
        if match[0] not in _NO_DATE_ALONE or _DATE_BEFORE.search(text[max(0, start - 8) : start]):
            spans.append(Span(*match.span()))
    return merged(spans)


def _inside(text: str, start: int) -> bool:
    """Whether a longer number or word goes on before these digits."""
    if not start:
        return False
    before = text[start - 1]
    return before.isalnum() or before in "$€£_" or (before in ".,:/-" and text[max(start - 2, 0)].isdigit())
