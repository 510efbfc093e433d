"""The times that a question names: "last May", "two weeks ago", "on 7 July 2023", "in 2022"; English.

Phrases are found by a pattern, and what they mean is left to dateparser. A phrase is a period, as long as its unit: a
day, a week, a month, a year. Nothing is loaded for a question in which no such word occurs.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

_MONTH = "january|february|march|april|may|june|july|august|september|october|november|december"
_SHORT = "jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec"
_DAY = "monday|tuesday|wednesday|thursday|friday|saturday|sunday"
_COUNT = r"\d{1,3}|an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve"
_PHRASE = re.compile(
    rf"""\b(?:
      (?P<relative>today|tonight|yesterday|(?:{_COUNT})\ (?:day|week|month|year)s?\ ago)
    | (?P<last>last|this|past|previous)\ (?P<what>week|month|year|weekend|{_DAY}|{_MONTH})
    | (?P<iso>\d{{4}}-\d\d-\d\d)
    | (?P<date>\d{{1,2}}(?:st|nd|rd|th)?\ (?:of\ )?(?:{_MONTH}|{_SHORT})\.?(?:,?\ \d{{4}})?
        | (?:{_MONTH}|{_SHORT})\.?\ \d{{1,2}}(?:st|nd|rd|th)?(?:,?\ \d{{4}})?(?!\d))
    | (?P<month>(?:(?:early|mid|late)\ )?(?:{_MONTH}|{_SHORT})\.?,?\ (?:of\ )?\d{{4}})
    | in\ (?P<bare>{_MONTH})
    | (?:in|of|during|since)\ (?P<year>(?:19|20)\d\d)
    )\b""",
    re.VERBOSE | re.IGNORECASE,
)
_LENGTH = {"day": 1, "week": 7, "weekend": 3, "month": 31, "year": 366}

Period = tuple[datetime, datetime]


def periods(question: str, now: datetime) -> tuple[Period, ...]:
    """The periods that a question names, seen from a time; half-open.

    Example: "What did we say last May?" on 2023-09-01 -> May 2023
    """
    spans = (_period(match, now) for match in _PHRASE.finditer(question))
    return tuple(period for period in spans if period is not None)


def _period(match: re.Match[str], now: datetime) -> Period | None:
    groups = {name: text.lower() for name, text in match.groupdict().items() if text}
    if "year" in groups:
        return _year(int(groups["year"]), now)
    if "bare" in groups or groups.get("what") in _MONTH.split("|"):
        return _month_before(groups.get("bare") or groups["what"], now, this=groups.get("last") == "this")
    if "last" in groups:
        return _last(groups["last"], groups["what"], now)
    text = groups.get("relative") or groups.get("iso") or groups.get("date") or groups.get("month", "")
    return _parse(re.sub(r"^(early|mid|late) ", "", text.replace(" of ", " ")), groups, now)


def _parse(text: str, groups: dict[str, str], now: datetime) -> Period | None:
    import dateparser

    options = {"RELATIVE_BASE": now.replace(tzinfo=None), "PREFER_DATES_FROM": "past", "PREFER_DAY_OF_MONTH": "first"}
    day = dateparser.parse(text, languages=["en"], settings=options)
    if day is None:
        return None
    day = day.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=now.tzinfo)
    if "month" in groups:
        return day, _next_month(day)
    unit = next((name for name in ("year", "month", "week") if name in text), "day")
    days = _LENGTH[unit]
    return _between(day, -(days // 2), days - days // 2)  # "two weeks ago" is about two weeks ago


def _last(which: str, what: str, now: datetime) -> Period:
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    if what == "month":
        first = today.replace(day=1)
        before = (first - timedelta(days=1)).replace(day=1)
        return (first, _next_month(first)) if which == "this" else (before, first)
    if what == "year":
        return _year(now.year - (which != "this"), now)
    if what in ("week", "weekend"):
        monday = today - timedelta(days=now.weekday())
        week = monday if which == "this" else monday - timedelta(days=7)
        return _between(week, 0 if what == "week" else 4, 7)
    back = (now.weekday() - _DAY.split("|").index(what)) % 7 or 7
    return _between(today, -back, 1 - back)


def _month_before(name: str, now: datetime, *, this: bool) -> Period:
    """The last month of that name that has begun, or this year's."""
    number = _MONTH.split("|").index(name) + 1
    year = now.year if this or number <= now.month else now.year - 1
    first = now.replace(year=year, month=number, day=1, hour=0, minute=0, second=0, microsecond=0)
    return first, _next_month(first)


def _next_month(first: datetime) -> datetime:
    return (first.replace(day=1) + timedelta(days=32)).replace(day=1)


def _year(year: int, now: datetime) -> Period:
    return datetime(year, 1, 1, tzinfo=now.tzinfo), datetime(year + 1, 1, 1, tzinfo=now.tzinfo)


def _between(day: datetime, start: int, end: int) -> Period:
    return day + timedelta(days=start), day + timedelta(days=end)
