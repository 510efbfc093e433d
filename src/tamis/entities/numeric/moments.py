"""Dates, times, periods and durations of an English text, joined where they belong together.

The grammar is ours; names of kinds and the notation are those of Recognizers-Text, so that its cases can judge it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from tamis.entities.numeric import lexicon as lex
from tamis.entities.numeric.calendar import days, step
from tamis.entities.numeric.clock import clocks, lengths, now_words, parts, tonights
from tamis.entities.numeric.moment import Moment, at, clock_timex, lasting, plus_half
from tamis.entities.numeric.periods import periods
from tamis.entities.numeric.places import longest, near
from tamis.entities.numeric.ranges import (
    HOUR,
    bare_hours,
    clock_spans,
    day_range,
    day_spans,
    hours_of,
    period_ranges,
    point_ranges,
    ranges,
    year_spans,
)
from tamis.entities.numeric.sets import sets

_I = re.IGNORECASE


_DAY_TIME = re.compile(r"(?:,? ?(?:at|for|by|around|@|in|on|late evening at|late|early|-)?,? |, ?| ?@ ?|T)", _I)


_TIME_DAY = re.compile(r",? (?:on |of |for |this )?|, ?", _I)


_DAY_PART = re.compile(r",? (?:in the |at )?|, ?", _I)


_BEFORE = r"before or on|in advance of|before|prior to|no later than|not later than|earlier than|ending(?: with| on| by)?|by|as late as|until|till|til|up to|on or earlier than|on or before|earlier than or in|before or in"


_AFTER = r"after|later than|greater than|more than|newer than|from later than"


_SINCE = r"since|starting(?: from| on| with)?|on or after|on or later than|from|as early as|beginning(?: on| from)?|any time from|in or after|no earlier than|later than or (?:in|on)|after or (?:in|on|at)|start(?: from)?"


_MODIFIER = re.compile(rf"\b(?:(?P<before>{_BEFORE})|(?P<after>{_AFTER})|(?P<since>{_SINCE})) (?:the )?$", _I)


def moments(text: str, now: datetime) -> Iterator[Moment]:
    """All times of a text, those that others consist of included; they overlap."""
    day, clock = longest(days(text, now)), longest(clocks(text))
    part, length, period = longest(parts(text)), longest(lengths(text)), longest(periods(text, now))
    spans = longest([*day_spans(text, now), *year_spans(text)])
    points = list(_day_times(text, day, clock, now))
    hours = [*bare_hours(text), *clock_spans(text, clock)]
    point = longest([*points, *now_words(text, now), *_from_now(text, length, now)])
    pairs = [*ranges(text, day, "daterange", day_range), *period_ranges(text, period, day, now)]
    stretches = [
        *_parted(text, day, part, now),
        *hours_of(text, day, longest(hours), now),
        *_near(text, now),
        *point_ranges(text, point, clock, now),
    ]
    plain = [*day, *clock, *part, *length, *period, *spans, *points, *point, *hours, *pairs, *stretches]
    yield from plain
    yield from _modified(text, longest([*plain]))
    yield from sets(text, sorted(clocks(text), key=lambda one: one.start))


def _day_times(text: str, day: Sequence[Moment], clock: Sequence[Moment], now: datetime) -> Iterator[Moment]:
    tonight = list(tonights(text, now))
    for date_ in [*day, *tonight]:
        for clock_ in near(date_, clock):
            if (date_.end <= clock_.start and _DAY_TIME.fullmatch(text[date_.end : clock_.start])) or (
                clock_.end <= date_.start and _TIME_DAY.fullmatch(text[clock_.end : date_.start])
            ):
                yield _joined(text, date_, clock_)
        for bare in _bare_clock(text, date_):
            yield _joined(text, date_, bare)


def _joined(text: str, day: Moment, clock: Moment) -> Moment:
    start, end = min(day.start, clock.start), max(day.end, clock.end)
    lead = re.search(r"\bat $", text[max(0, start - 3) : start]) if clock.start < day.start else None
    start -= len(lead[0]) if lead else 0
    if day.modifier == "tonight" and clock.ambiguous and clock.past >= 18000:
        clock = replace(
            clock, past=(clock.past + 43200) % 86400, future=clock.past, timex=plus_half(clock.timex), ambiguous=False
        )
    between = text[min(day.end, clock.end) : max(day.start, clock.start)].lower()
    if "evening" in between and clock.ambiguous and clock.past < 43200:
        clock = replace(clock, past=clock.past + 43200, timex=plus_half(clock.timex), ambiguous=False)
    ambiguous = clock.ambiguous and day.modifier not in ("tonight", "early")
    return Moment(
        start,
        end,
        "datetime",
        day.timex + clock.timex,
        at(day.past, clock.past),
        at(day.future, clock.past),
        day.anchored,
        ambiguous,
    )


def _bare_clock(text: str, day: Moment) -> Iterator[Moment]:
    """Bare hours beside a day: "10, tonight", "tomorrow at 9", "tonight around 3"."""
    behind = re.compile(rf",? (?:at|around|@|for) ({HOUR})(?![\w:%/]|[.,]\d| ?{lex.UNIT})", _I).match(text, day.end)
    before = (
        re.search(r"(?<![\w:./$])(\d{1,2}),? $", text[max(0, day.start - 8) : day.start])
        if day.modifier == "tonight"
        else None
    )
    for match in filter(None, (behind, before)):
        hour = int(lex.number(match[1]))
        if hour < 25:
            seconds = hour % 24 * 3600
            start = match.start(1) if match is behind else day.start - len(match[0])
            yield Moment(
                start,
                start + len(match[1]),
                "time",
                clock_timex(seconds, minutes=False, second=False),
                seconds,
                seconds,
                ambiguous=0 < hour < 13,
            )


def _parted(text: str, day: Sequence[Moment], part: Sequence[Moment], now: datetime) -> Iterator[Moment]:
    """A part of a day: "next monday afternoon", "tonight", "this morning"."""
    for match in re.finditer(
        r"\b(?:(?P<mod>early|late) )?(?:(?:tonight|tonite)\b|(?P<which>this|last|next|tomorrow|yesterday) (?P<part>morning|afternoon|evening|night)\b)",
        text,
        _I,
    ):
        code, first, last = lex.PARTS[(match["part"] or "night").lower()]
        shift = {"last": -1, "yesterday": -1, "tomorrow": 1, "next": 1}.get((match["which"] or "").lower(), 0)
        early, late = ((match["mod"] or "").lower() == name for name in ("early", "late"))
        if early or late:
            first, last = (first, first + 2) if early else (first + 2, last)
        yield _of_day(
            match.start(),
            match.end(),
            now.date() + timedelta(days=shift),
            code,
            (first * 3600, last * 3600 - (last == 24)),
        )
    for date_ in day:
        for part_ in near(date_, part):
            if (date_.end <= part_.start and _DAY_PART.fullmatch(text[date_.end : part_.start])) or (
                part_.end <= date_.start
                and re.fullmatch(r",? (?:of |on |this )?|, ?", text[part_.end : date_.start], _I)
            ):
                pairs = [tuple(at(one, seconds) for seconds in part_.past) for one in (date_.past, date_.future)]
                start, end = min(date_.start, part_.start), max(date_.end, part_.end)
                yield Moment(
                    start,
                    end,
                    "datetimerange",
                    date_.timex + part_.timex,
                    pairs[0],
                    pairs[1],
                    anchored=date_.anchored,
                    modifier=part_.modifier,
                )


def _of_day(start: int, end: int, day: date, code: str, seconds: tuple[int, int]) -> Moment:
    pair = tuple(at(day, one) for one in seconds)
    return Moment(start, end, "datetimerange", f"{day}T{code}", pair, pair, anchored=True)


def _on(now: datetime, seconds: float) -> datetime:
    """A moment some seconds on, not beyond the years that there are."""
    try:
        return now + timedelta(seconds=seconds)
    except OverflowError:
        return datetime.max.replace(microsecond=0) if seconds > 0 else datetime.min


def _near(text: str, now: datetime) -> Iterator[Moment]:
    """Hours around now: "next hour", "last 10 minutes"."""
    pattern = rf"(?<!to )(?<!n't )(?<!will )\b(?P<way>next|last|past|previous|coming) (?:(?P<count>{lex.COUNT}) )?(?P<unit>(?:hour|minute|second|min|sec|hr)s?)\b"
    for match in re.finditer(pattern, text, _I):
        code, seconds = lex.unit_of(match["unit"])
        amount = lex.number(match["count"]) if match["count"] else 1.0
        other = _on(now, amount * seconds * (1 if step(match["way"]) > 0 else -1))
        pair = min(now, other), max(now, other)
        timex = f"({pair[0].isoformat()},{pair[1].isoformat()},PT{amount:g}{code})"
        yield Moment(match.start(), match.end(), "datetimerange", timex, pair, pair, anchored=True)
    for match in re.finditer(r"\brest of (?:(?:the|this|my|current) )?day\b", text, _I):
        end = now.replace(hour=23, minute=59, second=59, microsecond=0)
        timex = f"({now.isoformat()},{end.isoformat()},{lasting(int((end - now).total_seconds()))})"
        yield Moment(match.start(), match.end(), "datetimerange", timex, (now, end), (now, end), anchored=True)


def _from_now(text: str, length: Sequence[Moment], now: datetime) -> Iterator[Moment]:
    """Hours and minutes from now: "2 hours ago", "in 30 minutes"."""
    for one in length:
        if not one.timex.startswith("PT") and "T" not in one.timex:
            continue
        behind = re.compile(r" (ago|later(?! (?:this|next))|from now|hence|earlier)\b", _I).match(text, one.end)
        before = re.search(r"\b(in|within) $", text[max(0, one.start - 7) : one.start], _I)
        if behind or before:
            sign = -1 if behind and behind[1].lower() in ("ago", "earlier") else 1
            when = _on(now, sign * one.past)
            start = one.start - len(before[0]) if before and not behind else one.start
            yield Moment(
                start, behind.end() if behind else one.end, "datetime", when.isoformat(), when, when, anchored=True
            )


def _modified(text: str, outer: Sequence[Moment]) -> Iterator[Moment]:
    """Open periods: "after 8pm", "before Feb 2018", "starting January 7th"."""
    kinds = {"date": "daterange", "time": "timerange", "datetime": "datetimerange"}
    for one in outer:
        word = _MODIFIER.search(text[max(0, one.start - 30) : one.start])
        if word is None or one.kind in ("duration", "set") or one.past is None:
            continue
        way = word.lastgroup or ""
        if one.timex.endswith("_REF") or (word[0].lower().startswith("more than") and one.kind != "daterange"):
            continue
        if word[0].lower().startswith("from") and one.kind == "time":
            continue
        inner = "before" if (way, one.modifier) == ("after", "start") else way
        past, future = (_open(value, way, inner) for value in (one.past, one.future))
        modifier = way if not one.modifier or way != "after" else f"{way}-{one.modifier}"
        start = one.start - (min(30, one.start) - word.start())
        yield Moment(
            start,
            one.end,
            kinds.get(one.kind, one.kind),
            one.timex,
            past,
            future,
            one.anchored,
            one.ambiguous and one.kind != "timerange",
            modifier,
        )


def _open(value: object, way: str, inner: str) -> tuple[object, object]:
    first, last = value if isinstance(value, tuple) else (value, value)
    last = first if inner == "before" else last
    return (None, first) if way == "before" else (last if way == "after" else first, None)
