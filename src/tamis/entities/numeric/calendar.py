"""Days in English: "May 5, 2016", "4/22", "next friday", "the third Wednesday of May", "two weeks ago", "Christmas"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

from tamis.entities.numeric import lexicon as lex
from tamis.entities.numeric.moment import Moment

_WHICH = r"(?P<which>this|next|last|past|previous|coming|upcoming|current|following)"
_WEEK = r"(?P<week>this|next|last|past|previous|coming|upcoming|current|following) week"
_PREFIX = rf"(?:(?:on )?(?P<lead>{lex.WEEKDAY})(?:,| the| ,)? ?)?"
_YEAR_TAIL = rf"(?:(?: ?,? ?(?:of |in )?| ?[-/.] ?)(?P<year>{lex.YEAR})(?!:)| ?,? ?(?:of |in )?['’](?P<short>\d\d)(?!\d)|,? ?(?P<shift>next|last|this) year)?"
_MONTHS_AS_FIGURES = r"(?P<m>1[0-2]|0?[1-9])"
_DAYS_AS_FIGURES = r"(?P<d>3[01]|[12]\d|0?[1-9])"

Rule = Callable[[re.Match[str], date], tuple[str, date, date, bool] | None]


def shifted(day: date, *, years: int = 0, months: int = 0, days: float = 0) -> date:
    """A day some time on; the last day of the month where there is none of that number."""
    month = day.year * 12 + day.month - 1 + years * 12 + months
    year, month = divmod(month, 12)
    year = min(max(year, 1), 9998)
    last = (date(year, month + 2, 1) if month < 11 else date(year + 1, 1, 1)) - timedelta(days=1)
    return date(year, month + 1, min(day.day, last.day)) + timedelta(days=days)


def monday(day: date) -> date:
    """The Monday of its week."""
    return day - timedelta(days=day.weekday())


def step(word: str) -> int:
    """-1, 0 or 1 for last, this or next."""
    return {"this": 0, "current": 0, "next": 1, "coming": 1, "upcoming": 1, "following": 1}.get(word.lower(), -1)


def full_year(digits: str) -> int:
    """A year of two figures: 30 and later are of the last century."""
    year = int(digits)
    return year if year > 99 else year + (1900 if year >= 30 else 2000)


def days(text: str, now: datetime) -> Iterator[Moment]:
    """All days of a text; they may overlap."""
    today = now.date()
    for pattern, rule in _RULES:
        for match in pattern.finditer(text):
            try:
                result = rule(match, today)
            except (ValueError, OverflowError):
                continue
            if result is not None:
                start, end = match.span("span") if "span" in match.re.groupindex else match.span()
                end -= text[end - 1] == "." and not text[start:end].lower().rstrip(".").endswith("none")
                yield Moment(start, end, "date", *result[:3], anchored=result[3])


def _calendar(match: re.Match[str], today: date) -> tuple[str, date, date, bool] | None:
    groups = match.groupdict()
    month = lex.month_of(groups["month"]) if groups.get("month") else int(groups["m"])
    day = int(lex.number(groups["day"])) if groups.get("day") else int(groups["d"])
    year = groups.get("year") or groups.get("short")
    if groups.get("shift"):
        year = str(today.year + step(groups["shift"]))
    if year is not None:
        exact = date(full_year(year), month, day)
        return exact.isoformat(), exact, exact, bool(groups.get("shift"))
    return around(month, day, today)


def around(month: int, day: int, today: date) -> tuple[str, date, date, bool]:
    """A day of every year: the one before today and the next one."""
    future = next(one for one in _every(month, day, range(today.year, today.year + 9)) if one >= today)
    past = next(one for one in _every(month, day, range(today.year, today.year - 9, -1)) if one < today)
    return f"XXXX-{month:02}-{day:02}", past, future, False


def _every(month: int, day: int, years: range) -> Iterator[date]:
    for year in years:
        if day < 29 or day <= (shifted(date(year, month, 1), months=1) - timedelta(days=1)).day:
            yield date(year, month, day)
    raise ValueError(day)


def _after_weekday(match: re.Match[str], today: date) -> tuple[str, date, date, bool] | None:
    """A day behind its weekday, "Friday 7-6": only if it is a Friday, else these are hours."""
    result = _calendar(match, today)
    if result is None or match["lead"] is None:
        return result
    return result if lex.weekday_of(match["lead"]) in (result[1].weekday(), result[2].weekday()) else None


def _european(match: re.Match[str], today: date) -> tuple[str, date, date, bool] | None:
    return _calendar(match, today) if int(match["d"]) > 12 else None


def _relative(match: re.Match[str], today: date) -> tuple[str, date, date, bool] | None:
    word = lex.plain(match["word"])
    offsets = {
        "today": 0, "the day": 0, "yesterday": -1, "tomorrow": 1, "tmr": 1, "tomorow": 1, "day after tomorrow": 2, "the day after tomorrow": 2,
        "the day before yesterday": -2, "day before yesterday": -2, "next day": 1, "the next day": 1, "last day": -1,
        "past day": -1, "the last day": -1, "current date": 0, "the current date": 0, "the day before": -1, "the day after": 1,
        "the following day": 1, "the previous day": -1, "previous day": -1, "this day": 0, "today's date": 0,
    }  # fmt: skip
    day = today + timedelta(days=offsets[word])
    return day.isoformat(), day, day, True


def _weekday(match: re.Match[str], today: date) -> tuple[str, date, date, bool] | None:
    number = lex.weekday_of(match["name"])
    if match["name"] in ("sun", "sat", "wed") and match.string[: match.start()].endswith(("the ", "e ", "they ")):
        return None  # in the sun, she sat, they wed
    ahead = (number - today.weekday()) % 7
    future = today + timedelta(days=ahead)
    return f"XXXX-WXX-{number + 1}", future - timedelta(days=7), future, True


def _which_weekday(match: re.Match[str], today: date) -> tuple[str, date, date, bool] | None:
    number, which = lex.weekday_of(match["name"]), match["which"].lower()
    day = monday(today) + timedelta(days=number + 7 * step(which))
    if which == "past":
        day = today - timedelta(days=(today.weekday() - number - 1) % 7 + 1)
    if which in ("coming", "upcoming"):
        day = today + timedelta(days=(number - today.weekday() - 1) % 7 + 1)
    return day.isoformat(), day, day, True


def _week_day(match: re.Match[str], today: date) -> tuple[str, date, date, bool] | None:
    day = monday(today) + timedelta(days=lex.weekday_of(match["name"]) + 7 * step(match["week"]))
    return day.isoformat(), day, day, True


def _weekday_of_month(match: re.Match[str], today: date) -> tuple[str, date, date, bool] | None:
    """A day with its weekday, "Tuesday the 11th": of this month if it is that weekday there, else no date."""
    number, day = lex.weekday_of(match["name"]), int(lex.number(match["day"]))
    if match["the"]:
        exact = date(today.year, today.month, day)
        return (exact.isoformat(), exact, exact, True) if exact.weekday() == number else None
    future = past = None
    for months in range(60):
        for sign in (1, -1):
            first = shifted(today.replace(day=1), months=sign * months)
            if day > (shifted(first, months=1) - timedelta(days=1)).day:
                continue
            here = first.replace(day=day)
            if here.weekday() == number and here >= today and sign > 0:
                future = future or here
            if here.weekday() == number and here < today and sign < 0:
                past = past or here
    return (f"XXXX-WXX-{number + 1}", past, future, True) if past and future else None


def _day_of_month(match: re.Match[str], today: date) -> tuple[str, date, date, bool] | None:
    number = int(lex.number(match["day"]))
    nearby = [shifted(today.replace(day=1), months=months) for months in range(-3, 4)]
    same = [one.replace(day=number) for one in nearby if number <= (shifted(one, months=1) - timedelta(days=1)).day]
    past, future = max(one for one in same if one < today), min(one for one in same if one >= today)
    return f"XXXX-XX-{number:02}", past, future, True


def _day_of_this_month(match: re.Match[str], today: date) -> tuple[str, date, date, bool] | None:
    months = 0 if match["which"].lower() == "the" else step(match["which"])
    day = shifted(today.replace(day=1), months=months).replace(day=int(lex.number(match["day"])))
    return day.isoformat(), day, day, True


def nth_weekday(year: int, month: int, weekday: int, which: int) -> date:
    """The n-th such weekday of a month; -1 is the last."""
    first = date(year, month, 1)
    if which < 0:
        last = shifted(first, months=1) - timedelta(days=1)
        return last - timedelta(days=(last.weekday() - weekday) % 7)
    day = first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (which - 1))
    if day.month != month:
        raise ValueError(which)
    return day


def _nth(match: re.Match[str], today: date) -> tuple[str, date, date, bool] | None:
    number = lex.weekday_of(match["name"])
    which = -1 if match["nth"].lower() == "last" else int(lex.number(match["nth"]))
    if match["month"]:
        month = lex.month_of(match["month"])
        years = [int(match["year"])] * 2 if match["year"] else None
        if years is None:
            here = nth_weekday(today.year, month, number, which)
            years = [today.year - (here >= today), today.year + (here < today)]
        past, future = (nth_weekday(year, month, number, which) for year in years)
        return f"{match['year'] or 'XXXX'}-{month:02}-WXX-{number + 1}-#{which}", past, future, False
    first = shifted(today.replace(day=1), months=step(match["which"]) if match["which"] else 0)
    day = nth_weekday(first.year, first.month, number, which)
    timex = f"XXXX-{first.month:02}-WXX-{number + 1}-#{which}" if match["which"] else day.isoformat()
    return timex, day, day, True


def _distance(match: re.Match[str], today: date) -> tuple[str, date, date, bool] | None:
    ahead = lex.plain(match["way"]) if match["way"] else "in"
    sign = -1 if ahead in ("ago", "before today", "before now", "earlier", "back") else 1
    base = today
    if match["base"]:
        base = today + timedelta(days={"tomorrow": 1, "yesterday": -1}.get(match["base"].lower(), 0))
    day = base
    for amount, unit in re.findall(rf"({lex.COUNT}) ?({lex.UNIT})", match["lengths"], re.IGNORECASE):
        day = moved(day, sign * lex.number(amount), lex.unit_of(unit)[0])
    return day.isoformat(), day, day, True


def moved(day: date, amount: float, unit: str) -> date:
    """A day that many units on; a unit is as in timex."""
    if unit in ("MON", "3MON"):
        return shifted(day, months=int(amount * (3 if unit == "3MON" else 1)))
    if unit in ("Y", "10Y", "100Y"):
        return shifted(day, years=int(amount * {"Y": 1, "10Y": 10, "100Y": 100}[unit]))
    if unit == "BD":
        for _ in range(abs(int(amount))):
            day += timedelta(days=1 if amount > 0 else -1)
            while day.weekday() > 4:
                day += timedelta(days=1 if amount > 0 else -1)
        return day
    return day + timedelta(days=amount * {"D": 1, "W": 7, "2W": 14, "WE": 7}[unit])


def _weekdays_on(match: re.Match[str], today: date) -> tuple[str, date, date, bool] | None:
    """Weekdays on: "two monday later"."""
    number, amount = lex.weekday_of(match["name"]), int(lex.number(match["count"]))
    day = today + timedelta(days=(number - today.weekday() - 1) % 7 + 1 + 7 * (amount - 1))
    return day.isoformat(), day, day, True


def easter(year: int) -> date:
    """Easter Sunday in the Gregorian calendar (Meeus, Astronomical Algorithms, chapter 8)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (b - (b + 8) // 25 + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def _holiday(match: re.Match[str], today: date) -> tuple[str, date, date, bool] | None:
    name = lex.plain(match["name"])
    rule = (
        lex.HOLIDAYS.get(name)
        or lex.HOLIDAYS.get(name.replace("'s", "s"))
        or lex.HOLIDAYS[name.replace("s day", "'s day")]
    )

    def of(year: int) -> date:
        if rule[0] == 0:
            return easter(year) + timedelta(days=rule[1])
        return date(year, *rule) if len(rule) == 2 else nth_weekday(year, *rule)

    years = [today.year - (of(today.year) >= today), today.year + (of(today.year) < today)]
    shift = match["shift"] or match["behind"]
    if match["year"] or shift:
        years = [int(match["year"]) if match["year"] else today.year + step(shift)] * 2
    past, future = map(of, years)
    head = f"{future.year}" if past == future else "XXXX"
    timex = future.isoformat() if past == future else _holiday_timex(head, rule)
    return timex, past, future, bool(shift)


def _holiday_timex(head: str, rule: tuple[int, ...]) -> str:
    if rule[0] == 0:
        return f"{head}-EASTER{rule[1]:+}"
    return f"{head}-{rule[0]:02}-{rule[1]:02}" if len(rule) == 2 else f"{head}-{rule[0]:02}-WXX-{rule[1] + 1}-{rule[2]}"


def _compile(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_B = r"(?<![\w.,:/$])(?:(?<!-)|(?<=/\d-)|(?<=/\d\d-)|(?<=/\d{4}-))"
_E = r"(?![\w%]|[/:]\d|[.,]\d|-\d(?!\d?[/.]))"
_LENGTHS = rf"(?P<lengths>{lex.COUNT} ?(?!(?:hours?|minutes?|seconds?|h|hrs?|mins?|secs?|s)\b){lex.UNIT}(?:(?: and|,)? {lex.NUMBER} ?(?!(?:hours?|minutes?|seconds?|h|hrs?|mins?)\b){lex.UNIT})?)"
_RULES: tuple[tuple[re.Pattern[str], Rule], ...] = (
    (_compile(rf"{_B}{_PREFIX}(?P<year>\d{{4}})(?P<s>[-/. ])\s?{_MONTHS_AS_FIGURES}\s?(?P=s)\s?{_DAYS_AS_FIGURES}(?:(?=T\d)|(?![\w/-])(?!\.\d))"), _calendar),
    (_compile(rf"{_B}{_PREFIX}{_MONTHS_AS_FIGURES}\s?(?P<s>[-/.])\s?{_DAYS_AS_FIGURES}(?:\s?(?P=s)\s?|\s?,\s?|\s)(?P<year>\d{{4}}){_E}"), _calendar),
    (_compile(rf"{_B}{_PREFIX}{_MONTHS_AS_FIGURES}(?P<s>[-/.]){_DAYS_AS_FIGURES}(?P=s)(?P<short>\d\d){_E}"), _calendar),
    (_compile(rf"{_B}{_PREFIX}{_DAYS_AS_FIGURES}(?P<s>[-/.]){_MONTHS_AS_FIGURES}(?P=s)(?P<year>\d{{4}}){_E}"), _european),
    (_compile(rf"{_B}{_PREFIX}{_DAYS_AS_FIGURES}(?P<s>[-/.]){_MONTHS_AS_FIGURES}(?P=s)(?P<short>\d\d){_E}"), _european),
    (_compile(rf"{_B}{_PREFIX}{_MONTHS_AS_FIGURES}/{_DAYS_AS_FIGURES}{_E}"), _calendar),
    (_compile(rf"{_B}{_DAYS_AS_FIGURES}/{_MONTHS_AS_FIGURES}{_E}"), _european),
    (_compile(rf"{_B}(?<!at )(?:(?<=on )|(?<=by )|(?P<lead>{lex.WEEKDAY}),? ){_MONTHS_AS_FIGURES}[-.]{_DAYS_AS_FIGURES}{_E}"), _after_weekday),
    (_compile(rf"{_B}{_PREFIX}(?P<month>{lex.MONTH})(?: ?[-/.,] ?| (?:the )?)?(?P<day>{lex.DAY}){_YEAR_TAIL}(?![\w%]|[/:]\d|-\d{{4}})"), _calendar),
    (_compile(rf"{_B}{_PREFIX}(?P<span>(?:the (?!\w+ \w+ day\b|\w+ day\b))?(?P<day>{lex.DAY})(?: day)?(?: of | ?[-/.] ?| )?(?P<month>{lex.MONTH}){_YEAR_TAIL})(?!\w|[/:]\d)"), _calendar),
    (_compile(rf"{_B}(?P<month>{lex.MONTH})-(?P<year>{lex.YEAR})-{_DAYS_AS_FIGURES}{_E}"), _calendar),
    (_compile(rf"{_B}{_DAYS_AS_FIGURES}-(?P<year>{lex.YEAR})-(?P<month>{lex.MONTH})(?!\w)"), _calendar),
    (_compile(rf"{_B}(?P<year>{lex.YEAR})[-/ ,]{{1,2}}(?P<month>{lex.MONTH})[-/ ](?P<day>{lex.DAY}){_E}"), _calendar),
    (_compile(r"\b(?P<word>(?:the )?day (?:after tomorrow|before yesterday)|today's date|today|tomorrow|tmr|tomorow|yesterday|the day (?:after|before)(?! (?:to|yes|\w+day))|(?:the )?(?:next|past|last|previous|following) day|(?:the )?current date|(?:(?<=of )|(?<=for ))the day(?! (?:of|after|before|when|that)\b)|this day)\b"), _relative),
    (_compile(rf"\b(?P<name>{lex.WEEKDAY})(?!\w)"), _weekday),
    (_compile(rf"\b{_WHICH} (?P<name>{lex.WEEKDAY})(?!\w)"), _which_weekday),
    (_compile(rf"\b{_WEEK}(?: on)?,? (?P<name>{lex.WEEKDAY})(?!\w)"), _week_day),
    (_compile(rf"\b(?:on )?(?P<name>{lex.WEEKDAY})(?: of)?,? {_WEEK}(?!\w)"), _week_day),
    (_compile(rf"\b(?P<name>{lex.WEEKDAY})(?P<the>,? the) (?P<day>{lex.DAY})(?![\w%]|[-/:.]\d)"), _weekday_of_month),
    (_compile(rf"\b(?P<name>{lex.WEEKDAY})(?P<the>(?!))? (?P<day>{lex.DAY})(?![\w%]|[-/:.]\d| ?(?:am|pm|a\.m|p\.m|p m|o'?clock|{lex.MONTH}|to|-|until)\b)"), _weekday_of_month),
    (_compile(rf"\b(?:the )?(?P<day>{lex.DAY_NTH})(?: day)? of (?P<which>the|this|next|last|previous) month\b"), _day_of_this_month),
    (_compile(rf"(?:(?<=on )|(?<=for )|(?<=by )|(?<=on   )|(?<=until )|(?<=before ))(?P<span>(?:the )?(?P<day>{lex.DAY_NTH}|(?:(?<=the )|(?<=on ))(?:3[01]|[12]\d|[1-9])))(?![\w%]|[-/:]\d|[.,]\d| ?(?:am|pm|a\.m|o'?clock|{lex.MONTH}|{lex.WEEKDAY}|{lex.UNIT}|of|{_WHICH[10:-1]}|\w+)\b)"), _day_of_month),
    (_compile(r"\b(?P<span>the (?P<day>(?:3[01]|[12]\d|[1-9])(?:st|nd|rd|th)))(?=\s*(?:[.!?]?\s*$|(?:at|in the)\b))"), _day_of_month),
    (_compile(rf"\b(?:the )?(?P<nth>{lex.DAY_NTH}) (?P<name>{lex.WEEKDAY})(?:(?: (?:of|in))?(?: (?:the )?(?:(?P<month>{lex.MONTH})(?:,? (?P<year>{lex.YEAR}))?|{_WHICH} month)))?(?!\w)"), _nth),
    (_compile(rf"\b(?:the )?(?P<nth>last) (?P<name>{lex.WEEKDAY}) (?:of|in) (?:the )?(?:(?P<month>{lex.MONTH})(?:,? (?P<year>{lex.YEAR}))?|{_WHICH} month)(?!\w)"), _nth),
    (_compile(rf"{_B}{_LENGTHS} (?P<way>ago|later|from now|hence|before now|earlier|back)\b(?P<base>(?!))?"), _distance),
    (_compile(rf"{_B}{_LENGTHS} (?P<way>from|after|before) (?P<base>today|tomorrow|yesterday)\b"), _distance),
    (_compile(rf"\bin {_LENGTHS}(?P<way>(?!))?(?P<base>(?!))?(?! (?:ago|later|of)\b)"), _distance),
    (_compile(rf"{_B}(?P<count>{lex.NUMBER}) (?P<name>{lex.WEEKDAY})s? (?:later|from now)\b"), _weekdays_on),
    (_compile(rf"\b(?:(?P<shift>this|next|last) )?(?P<name>{lex.either(lex.HOLIDAYS)})(?:,?(?: of| in)? (?P<year>{lex.YEAR})| (?:of )?(?P<behind>this|next|last) year)?\b"), _holiday),
)  # fmt: skip
