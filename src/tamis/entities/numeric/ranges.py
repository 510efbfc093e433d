"""From one time to another: "from 5 to 6pm", "November 19-20", "last week from Tuesday to Friday"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from tamis.entities.numeric import lexicon as lex
from tamis.entities.numeric.calendar import around, full_year, monday, shifted, step
from tamis.entities.numeric.clock import tonights
from tamis.entities.numeric.moment import Moment, at, clock_timex, lasting, plus_half
from tamis.entities.numeric.places import near

_I = re.IGNORECASE


_TO = re.compile(r" ?(?:-|–|—|~) ?| (?:to|till|until|through|thru|up to|untill) (?:the )?", _I)


_AND = re.compile(r" and (?:the )?", _I)


_FROM = re.compile(r"\b(?P<word>from|between)(?: the)? (?:the )?$", _I)


HOUR = rf"(?:2[0-4]|1\d|0?\d|(?:{lex.either(name for name, value in lex.NUMBERS.items() if 0 < value < 25)}))"


_BARE_HOURS = re.compile(
    rf"(?<![\w.,:/$-])(?:(?P<lead>from|between) )?(?P<low>{HOUR}) ?(?P<joint>-|–|to|till|until|through|and) ?(?P<high>{HOUR})"
    rf"(?![\w:%/]|[.,-]\d)(?: ?(?P<half>[ap][. ]?m\.?)(?!\w)|(?P<part>,? (?:in the |this )?(?:morning|afternoon|evening|night)\b))?", _I,
)  # fmt: skip


_SPAN = re.compile(
    rf"(?<![\w$])(?P<span>(?:(?P<lead>from|between) )?(?:(?P<first>{lex.MONTH}) ?(?:the |between |from )?(?P<a>{lex.DAY}) ?(?P<joint>-|–|to|till|until|through|and|thru) ?(?:the )?(?P<b>{lex.DAY})"
    rf"|(?P<c>{lex.DAY}) ?(?P<joint2>-|–|to|till|until|through|and|thru) ?(?P<d>{lex.DAY}),? ?(?:of |in )?(?:(?P<last>{lex.MONTH})|(?P<which>this|next|last) month)"
    rf"|(?P<e>{lex.DAY}) ?(?P<joint3>-|–|to|till|until|through|and|thru) ?(?P<middle>{lex.MONTH}) ?(?P<f>{lex.DAY}))"
    rf"(?:,? ?(?:of |in )?(?P<year>{lex.YEAR}))?)(?!\w|:\d|%|[/.]\d| ?[ap]\.?m\b)", _I,
)  # fmt: skip


_SPAN_ENDS = {"a": ("a", "b"), "c": ("c", "d"), "e": ("e", "f")}


_WEEK_SPAN = re.compile(
    rf"\b(?P<which>this|next|last|previous|coming) week(?: from| between)? (?P<a>{lex.WEEKDAY})(?: to | and | ?- ?| until | till | through )(?P<b>{lex.WEEKDAY})(?!\w)",
    _I,
)


_YEARS = re.compile(
    rf"(?<![\w.,/$-])(?P<span>(?:(?P<lead>from|between) )?(?P<a>{lex.YEAR}) ?(?:-|–|to|till|until|through|and) ?(?P<b>{lex.YEAR}))(?![\w%]|[-/:]\d|[.,]\d)",
    _I,
)


def bare_hours(text: str) -> Iterator[Moment]:
    """Hours with one mark for both: "from 5 to 6pm", "5 to seven in the morning", "from 6 to 7"."""
    for match in _BARE_HOURS.finditer(text):
        lead, joint = (match["lead"] or "").lower(), match["joint"].lower()
        marked = match["half"] or match["part"]
        if (joint == "and") != (lead == "between") or not (marked or lead):
            continue
        low, high = int(lex.number(match["low"])), int(lex.number(match["high"]))
        if (
            low > 24
            or high > 24
            or (
                not marked
                and re.match(
                    rf" ?(?:{lex.UNIT}|of|{lex.MONTH}|this month|people|percent|dollars|per)", text[match.end() :], _I
                )
            )
        ):
            continue
        yield _hour_range(match, low, high, (match["half"] or match["part"] or "").lower())


def _hour_range(match: re.Match[str], low: int, high: int, mark: str) -> Moment:
    late = mark.startswith("p") or any(word in mark for word in ("afternoon", "evening", "night"))
    early = mark.startswith("a") or "morning" in mark
    if late and high < 12:
        high += 12
        low += 12 if low < 12 and low + 12 < high else 0
    elif early and low > high and low < 12:
        low += 12
    pair = low % 24 * 3600, high % 24 * 3600
    hours = (pair[1] - pair[0]) % 86400 // 3600
    timex = f"(T{low % 24:02},T{high % 24:02},PT{hours}H)"
    return Moment(
        match.start(), match.end(), "timerange", timex, pair, pair, ambiguous=not mark and max(low, high) < 13
    )


def clock_spans(text: str, clock: Sequence[Moment]) -> Iterator[Moment]:
    """From one time to another: "from 4pm to 5:30", "1:30 to 3:30"."""
    for low, high in zip(clock, clock[1:], strict=False):
        if start := _span_start(text, low, high):
            yield _clock_range(start[0], low, high)
    for one in clock:  # one of the two is a bare hour: "1:30 pm to 4"
        behind = re.compile(
            rf"(?: ?[-–] ?| (?:to|till|until|and) )(?P<hour>{HOUR})(?![\w:%/]|[.,-]\d)(?=\s*(?:$|[.!?,;)]|on\b|this\b|next\b|tomorrow\b|today\b|{lex.WEEKDAY}))",
            _I,
        ).match(text, one.end)
        if behind and (lead := _lead(text, one.start, joint=behind[0])) is not None:
            hour = int(lex.number(behind["hour"]))
            seconds = hour % 24 * 3600
            bare = Moment(
                *behind.span("hour"),
                "time",
                clock_timex(seconds, minutes=False, second=False),
                seconds,
                seconds,
                ambiguous=hour < 13,
            )
            yield _clock_range(lead, one, bare)
        before = re.search(
            rf"(?<![\w.,:/$-])(?P<hour>{HOUR})(?P<joint> ?[-–] ?| (?:to|till|until|and) )$",
            text[max(0, one.start - 30) : one.start],
            _I,
        )
        if before and (lead := _lead(text, one.start - len(before[0]), joint=before["joint"])) is not None:
            hour = int(lex.number(before["hour"]))
            seconds = hour % 24 * 3600
            place = one.start - len(before[0])
            bare = Moment(
                place,
                place + len(before["hour"]),
                "time",
                clock_timex(seconds, minutes=False, second=False),
                seconds,
                seconds,
                ambiguous=hour < 13,
            )
            yield _clock_range(lead, bare, one)


def _lead(text: str, start: int, *, joint: str) -> int | None:
    """Where a range begins whose first part is at `start`; None if "and" joins without "between"."""
    word = _FROM.search(text[max(0, start - 16) : start])
    between = word is not None and word["word"].lower() == "between"
    if joint.strip().lower().startswith("and") and not between:
        return None
    return start - (min(16, start) - word.start()) if word else start


def _span_start(text: str, low: Moment, high: Moment) -> tuple[int] | None:
    joint = text[low.end : high.start]
    if not (_TO.fullmatch(joint) or _AND.fullmatch(joint)):
        return None
    lead = _lead(text, low.start, joint=joint)
    if lead is None and _AND.fullmatch(joint):
        return None
    return None if lead is None else (lead,)


def _clock_range(start: int, low: Moment, high: Moment) -> Moment:
    first, last = low.past, high.past
    if low.ambiguous and not high.ambiguous and (43200 < first + 43200 < last or (last < first < 43200)):
        first += 43200
    elif high.ambiguous and not low.ambiguous and last < first < last + 43200:
        last += 43200
    length = (last - first) % 86400
    marks = [
        clock_timex(seconds, minutes=":" in one.timex, second=one.timex.count(":") > 1)
        for seconds, one in ((first, low), (last, high))
    ]
    both = low.ambiguous and high.ambiguous
    return Moment(
        start,
        high.end,
        "timerange",
        f"({marks[0]},{marks[1]},{lasting(length)})",
        (first, last),
        (first, last),
        ambiguous=both,
    )


def ranges(
    text: str, ordered: Sequence[Moment], kind: str, pair: Callable[[Moment, Moment], tuple[str, object, object]]
) -> Iterator[Moment]:
    """Neighbours that a word joins: "from A to B", "between A and B", "A - B"."""
    for low, high in zip(ordered, ordered[1:], strict=False):
        if start := _span_start(text, low, high):
            try:
                timex, past, future = pair(low, high)
            except ValueError:  # 29 February of another year
                continue
            yield Moment(start[0], high.end, kind, timex, past, future, low.anchored or high.anchored)


def day_range(low: Moment, high: Moment) -> tuple[str, object, object]:
    """From one day to another, each in the year that makes sense."""
    past, future = (low.past, high.past), (low.future, high.future)
    if low.past != low.future and high.past == high.future and low.timex.startswith("XXXX-") and "W" not in low.timex:
        first = low.future.replace(year=high.past.year)
        low = replace(low, past=first, future=first, timex=first.isoformat())
    if low.past == low.future or high.past == high.future:
        first = low.past if low.past == low.future or low.past <= high.past < low.future else low.future
        if low.past == low.future:
            last = high.past if high.past >= first else high.future
        else:
            last = high.future
            first = max((day for day in (low.past, low.future) if day <= last), default=low.past)
        past = future = (first, last)
    if future[0] > future[1] or past[0] > past[1]:
        past = future = (low.past, high.future)
    length = (future[1] - future[0]).days
    return f"({low.timex},{high.timex},P{length}D)", past, future


def period_ranges(text: str, period: Sequence[Moment], day: Sequence[Moment], now: datetime) -> Iterator[Moment]:
    """From one month, year or week to another, or until now."""
    both = sorted((*period, *day), key=lambda one: one.start)
    for low in both:
        for high in near(low, both):
            if (low.end < high.start and low.kind != high.kind) or (
                low.kind == high.kind == "daterange" and low.end < high.start
            ):
                start = _span_start(text, low, high)
                if start and low.past and high.past:
                    first = low.future[0] if isinstance(low.future, tuple) else low.future
                    last = high.future[0] if isinstance(high.future, tuple) else high.future
                    if first > last and isinstance(low.past, tuple):
                        first = low.past[0]
                    months = (last.year - first.year) * 12 + last.month - first.month
                    timex = f"({first},{last},P{months}M)"
                    yield Moment(start[0], high.end, "daterange", timex, (first, last), (first, last), anchored=True)
    now_word = re.compile(r"(?: to| and| until| till|-) now\b", _I)
    for low in day:
        if (word := now_word.match(text, low.end)) and (lead := _lead(text, low.start, joint=word[0])) is not None:
            today = now.date()
            first = low.past if low.past != low.future else low.future
            yield Moment(
                lead,
                word.end(),
                "daterange",
                f"({low.timex},{today},P{(today - first).days}D)",
                (first, today),
                (first, today),
                anchored=True,
            )


def day_spans(text: str, now: datetime) -> Iterator[Moment]:
    """Two days of one month: "November 19-20", "from 3 until 12 of Sept", "between 4 and 22 this month"."""
    for match in _SPAN.finditer(text):
        low, high = (int(lex.number(match[name])) for name in _SPAN_ENDS[next(key for key in _SPAN_ENDS if match[key])])
        joint = (match["joint"] or match["joint2"] or match["joint3"]).lower()
        if joint == "and" and "between" not in match[0].lower():
            continue
        try:
            yield _day_span(match, (low, high), now.date())
        except ValueError:
            continue
    for match in _WEEK_SPAN.finditer(text):
        first = monday(now.date()) + timedelta(days=7 * step(match["which"]))
        pair = tuple(first + timedelta(days=lex.weekday_of(match[name])) for name in ("a", "b"))
        timex = f"({pair[0]},{pair[1]},P{(pair[1] - pair[0]).days}D)"
        yield Moment(match.start(), match.end() - match[0].endswith("."), "daterange", timex, pair, pair, anchored=True)


def _day_span(match: re.Match[str], ends: tuple[int, int], today: date) -> Moment:
    if match["which"]:
        first = shifted(today.replace(day=1), months=step(match["which"]))
        pair = first.replace(day=ends[0]), first.replace(day=ends[1])
        return Moment(
            *match.span("span"),
            "daterange",
            f"({pair[0]},{pair[1]},P{(pair[1] - pair[0]).days}D)",
            pair,
            pair,
            anchored=True,
        )
    month = lex.month_of(match["first"] or match["last"] or match["middle"])
    if match["year"]:
        year = full_year(match["year"])
        pair = date(year, month, ends[0]), date(year, month, ends[1])
        return Moment(
            *match.span("span"), "daterange", f"({pair[0]},{pair[1]},P{(pair[1] - pair[0]).days}D)", pair, pair
        )
    _, past, future, _ = around(month, ends[0], today)
    pairs = [(day, day.replace(day=ends[1])) for day in (past, future)]
    timex = f"(XXXX-{month:02}-{ends[0]:02},XXXX-{month:02}-{ends[1]:02},P{ends[1] - ends[0]}D)"
    return Moment(*match.span("span"), "daterange", timex, pairs[0], pairs[1])


def year_spans(text: str) -> Iterator[Moment]:
    """From one year to another."""
    for match in _YEARS.finditer(text):
        first, last = int(match["a"]), int(match["b"])
        joint = text[match.end("a") : match.start("b")].strip().lower()
        if first < last and (joint != "and" or (match["lead"] or "").lower() == "between"):
            pair = date(first, 1, 1), date(last, 1, 1)
            yield Moment(*match.span("span"), "daterange", f"({pair[0]},{pair[1]},P{last - first}Y)", pair, pair)


def point_ranges(text: str, point: Sequence[Moment], clock: Sequence[Moment], now: datetime) -> Iterator[Moment]:
    """From one moment to another: "between now and eight o'clock"."""
    for low, high in zip(point, point[1:], strict=False):
        if low.timex != "FUTURE_REF" and (start := _span_start(text, low, high)):
            length = int((high.future - low.future).total_seconds())
            timex = f"({low.timex},{high.timex},{lasting(length)})"
            yield Moment(
                start[0],
                high.end,
                "datetimerange",
                timex,
                (low.past, high.past),
                (low.future, high.future),
                low.anchored or high.anchored,
            )
    for low in point:
        for one in near(low, clock):
            if low.end < one.start and (start := _span_start(text, low, one)):
                last = at(low.future.date(), one.past)
                if one.ambiguous and last <= low.future:
                    last += timedelta(hours=12)
                mark = f"{last.date()}{clock_timex(last.hour * 3600 + last.minute * 60, minutes=':' in one.timex, second=False)}"
                timex = f"({low.timex},{mark},{lasting(int((last - low.future).total_seconds()))})"
                yield Moment(
                    start[0], one.end, "datetimerange", timex, (low.future, last), (low.future, last), anchored=True
                )


def hours_of(text: str, day: Sequence[Moment], hours: Sequence[Moment], now: datetime) -> Iterator[Moment]:
    """Hours of a day: "Monday 3-8", "from 9am to 11am tomorrow"."""
    for date_ in [*day, *tonights(text, now)]:
        bare = re.compile(
            rf",? (?:from )?(?P<low>{HOUR}) ?(?P<joint>[-–]) ?(?P<high>{HOUR})(?![\w:%/]|[.,]\d)", _I
        ).match(text, date_.end)
        before = re.search(
            r"(?<![\w.,:/$-])(?P<low>\d{1,2}) ?(?P<joint>[-–]) ?(?P<high>\d{1,2})(?P<gap> (?:on )?)$",
            text[max(0, date_.start - 16) : date_.start],
        )
        both = [*near(date_, hours), *_bare_pairs(date_, bare, before)]
        for one in both:
            ahead = date_.end <= one.start and re.fullmatch(r",? (?:at )?", text[date_.end : one.start], _I)
            behind = one.end <= date_.start and re.fullmatch(r",? ?(?:on |of )?", text[one.end : date_.start], _I)
            if (
                ahead
                or behind
                or (bare and one.end == bare.end())
                or (before and one.end == date_.start - len(before["gap"]))
            ):
                yield _hours_on(date_, one)


def _bare_pairs(day: Moment, behind: re.Match[str] | None, before: re.Match[str] | None) -> Iterator[Moment]:
    if behind:
        yield _hour_range(behind, int(lex.number(behind["low"])), int(lex.number(behind["high"])), "")
    if before:
        one = _hour_range(before, int(before["low"]), int(before["high"]), "")
        yield one.over(day.start - len(before[0]), day.start - len(before["gap"]))


def _hours_on(day: Moment, hours: Moment) -> Moment:
    first, last = hours.past
    timex, sure = hours.timex, not hours.ambiguous
    if day.modifier == "tonight" and hours.ambiguous:
        first, last, sure = first + 43200, last + 43200, True
        timex = plus_half(timex)
    turned = re.sub(r"T(?=\d)", f"{day.timex}T", timex.replace("PT", "\0")).replace("\0", "PT")
    pairs = [(at(one, first), at(one, last + 86400 * (last < first))) for one in (day.past, day.future)]
    return Moment(
        min(day.start, hours.start),
        max(day.end, hours.end),
        "datetimerange",
        turned,
        pairs[0],
        pairs[1],
        anchored=day.anchored,
        ambiguous=not sure,
    )
