"""Periods of days in English: months, years, quarters, weeks, seasons, "the last 3 months", "rest of the week"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

from tamis.entities.numeric import lexicon as lex
from tamis.entities.numeric.calendar import around, full_year, monday, moved, shifted, step
from tamis.entities.numeric.moment import Moment

_WHICH = r"(?P<which>this|next|last|past|previous|coming|upcoming|current|following|my|same)"
_MOD = r"(?:(?P<mod>early|earlier|late|later|mid|beginning of|start of|end of|middle of|the beginning of|the start of|the end of|the middle of)(?: in| on)?[ -])?"
_MODIFIERS = {"early": "start", "earlier": "start", "beginning": "start", "start": "start", "late": "end", "later": "end",
              "end": "end", "mid": "mid", "middle": "mid"}  # fmt: skip
_SEASONS = {"spring": "SP", "summer": "SU", "fall": "FA", "autumn": "FA", "winter": "WI"}
_NTHS = {
    "first": 1,
    "1st": 1,
    "second": 2,
    "2nd": 2,
    "third": 3,
    "3rd": 3,
    "fourth": 4,
    "4th": 4,
    "fifth": 5,
    "5th": 5,
    "last": -1,
}
_CARDINALS = {"one": 1, "two": 2, "three": 3, "four": 4}
Pair = tuple[date, date]
Result = tuple[str, Pair | None, Pair | None, bool] | None
Rule = Callable[[re.Match[str], date], Result]


def periods(text: str, now: datetime) -> Iterator[Moment]:
    """All periods of days in a text; they may overlap."""
    for pattern, rule in _RULES:
        for match in pattern.finditer(text):
            try:
                result = rule(match, now.date())
            except (ValueError, OverflowError):
                continue
            if result is not None:
                yield _moment(match, result)


def _moment(match: re.Match[str], result: tuple[str, Pair | None, Pair | None, bool]) -> Moment:
    timex, past, future, anchored = result
    start, end = match.span("span") if "span" in match.re.groupindex else match.span()
    end -= match.string[end - 1] == "."
    words = (match.groupdict().get("mod") or "").lower().removeprefix("the ").split(" ")
    modifier = _MODIFIERS.get(words[0], "")
    if modifier and past and future:
        past, future = (_share(pair, modifier) for pair in (past, future))
    if words[0] == "later":
        modifier = ""
    return Moment(start, end, "daterange", timex, past, future, anchored=anchored, modifier=modifier)


def _share(pair: Pair, modifier: str) -> Pair:
    """The first half, the last half or the middle of a period."""
    first, last = pair
    length = (last - first).days
    if 28 <= length <= 31:
        middle, quarters = first + timedelta(days=15), (first + timedelta(days=10), first + timedelta(days=20))
    elif length > 300:
        middle, quarters = shifted(first, months=6), (shifted(first, months=3), shifted(first, months=9))
    else:
        middle, quarters = (
            first + timedelta(days=(length - 1) // 2),
            (first + timedelta(days=length // 4), last - timedelta(days=length // 4)),
        )
    return {"start": (first, middle), "end": (middle + timedelta(days=length == 7 and 0), last), "mid": quarters}[
        modifier
    ]


def _month_of(year: int, month: int) -> Pair:
    first = date(year, month, 1)
    return first, shifted(first, months=1)


def _month(match: re.Match[str], today: date) -> Result:
    groups = match.groupdict()
    number = lex.month_of(groups["month"]) if groups.get("month") else int(groups["m"])
    if groups.get("year") or groups.get("short"):
        year = full_year(groups.get("year") or groups["short"])
        pair = _month_of(year, number)
        return f"{year}-{number:02}", pair, pair, False
    if which := groups.get("which") or groups.get("shift"):
        year = today.year + step(which)
        if groups.get("which") and which.lower() == "next" and number > today.month:
            year = today.year + 1
        pair = _month_of(year, number)
        return f"{year}-{number:02}", pair, pair, True
    years = (
        (today.year - (number >= today.month), today.year + (number < today.month))
        if number != today.month
        else (today.year, today.year)
    )
    if number == today.month:
        years = (today.year, today.year)
    past, future = (_month_of(year, number) for year in years)
    return f"XXXX-{number:02}", past, future, True


def _year(match: re.Match[str], today: date) -> Result:
    year = int(match["year"])
    pair = date(year, 1, 1), date(year + 1, 1, 1)
    return f"{year}", pair, pair, False


def _which_unit(match: re.Match[str], today: date) -> Result:
    way, unit = step(match["which"]) if match["which"].lower() not in ("my", "same") else 0, match["unit"].lower()
    times = len(re.findall("after", match["again"] or "", re.IGNORECASE)) if "again" in match.re.groupindex else 0
    way += times * (1 if way >= 0 else -1)
    if unit.startswith("weekend"):
        first = monday(today) + timedelta(days=5 + 7 * way)
        year, week, _ = first.isocalendar()
        return f"{year}-W{week:02}-WE", (first, first + timedelta(days=2)), (first, first + timedelta(days=2)), True
    if unit.startswith("week"):
        return _week_of(monday(today) + timedelta(days=7 * way), today, match)
    if unit.startswith("month"):
        first = shifted(today.replace(day=1), months=way)
        pair = (first, shifted(first, months=1))
        return f"{first.year}-{first.month:02}", _later(pair, today, match), _later(pair, today, match), True
    if unit.startswith("quarter"):
        first = shifted(date(today.year, (today.month - 1) // 3 * 3 + 1, 1), months=3 * way)
        pair = first, shifted(first, months=3)
        return f"({pair[0]},{pair[1]},P3M)", pair, pair, True
    if unit.startswith("decade"):
        first = date(today.year // 10 * 10 + 10 * way, 1, 1)
        pair = first, date(first.year + 10, 1, 1)
        return f"({pair[0]},{pair[1]},P10Y)", pair, pair, True
    first = date(today.year + way, 1, 1)
    pair = first, date(first.year + 1, 1, 1)
    return f"{first.year}", pair, pair, True


def _this_unit(match: re.Match[str], today: date) -> Result:
    inner = re.fullmatch(r"(?P<mod>)(?P<which>this) (?P<unit>\w+)", f"this {match['unit']}")
    return _which_unit(inner, today) if inner else None


def _week_number(match: re.Match[str], today: date) -> Result:
    return _week_of(date.fromisocalendar(today.year, int(match["number"]), 1), today, match)


def _later(pair: Pair, today: date, match: re.Match[str]) -> Pair:
    return pair


def _week_of(first: date, today: date, match: re.Match[str]) -> Result:
    year, week, _ = first.isocalendar()
    pair = first, first + timedelta(days=7)
    return f"{year}-W{week:02}", pair, pair, True


def _some(match: re.Match[str], today: date) -> Result:
    """Some units, "next 3 months": from tomorrow on; "last 3 months": until today."""
    amount, unit = lex.number(match["count"]), lex.unit_of(match["unit"])[0]
    if unit in ("S", "M", "H"):
        return None
    ahead = step(match["way"]) > 0
    if ahead and unit == "BD":
        first, last = today + timedelta(days=1), moved(today, amount, unit) + timedelta(days=1)
    elif ahead:
        first = today + timedelta(days=1)
        last = moved(first, amount, unit)
    else:
        first, last = moved(today, -amount, unit), today
    code = {"MON": "M", "3MON": "M", "10Y": "Y", "100Y": "Y", "2W": "W", "WE": "WE"}.get(unit, unit)
    amount *= {"3MON": 3, "10Y": 10, "100Y": 100, "2W": 2}.get(unit, 1)
    return f"({first},{last},P{amount:g}{code})", (first, last), (first, last), True


def _quarter(match: re.Match[str], today: date) -> Result:
    groups = match.groupdict()
    number = int(groups["number"]) if groups.get("number") else _NTHS.get(groups["nth"].lower().strip("- ")) or 0
    if number < 0:
        number = 4
    months = 6 if groups.get("half") and groups["half"].lower().startswith("h") else 3
    year = int(groups["year"]) if groups.get("year") else None
    if groups.get("shift"):
        year = today.year + step(groups["shift"])
    years = [year, year] if year else None
    if years is None:
        years = _quarter_years(number, months, today)
    past, future = (_quarter_of(one, number, months) for one in years)
    head = f"({future[0]},{future[1]},P{months}M)"
    if year is None:
        head = f"(XXXX-{future[0]:%m-%d},XXXX-{future[1]:%m-%d},P{months}M)"
    return head, past, future, not groups.get("year")


def _quarter_years(number: int, months: int, today: date) -> list[int]:
    first, last = _quarter_of(today.year, number, months)
    if last <= today:
        return [today.year, today.year + 1]
    return [today.year - 1, today.year] if first > today else [today.year, today.year]


def _quarter_of(year: int, number: int, months: int) -> Pair:
    first = date(year, (number - 1) * months + 1, 1)
    return first, shifted(first, months=months)


def _season(match: re.Match[str], today: date) -> Result:
    code = _SEASONS[match["season"].lower()]
    if match["year"]:
        return f"{match['year']}-{code}", None, None, False
    if match["which"]:
        return f"{today.year + step(match['which'])}-{code}", None, None, True
    return code, None, None, False


def _nth_week(match: re.Match[str], today: date) -> Result:
    number = _NTHS[match["nth"].lower()]
    groups = match.groupdict()
    if groups.get("month"):
        month = lex.month_of(groups["month"])
        years = (
            [int(groups["year"])] * 2
            if groups.get("year")
            else [today.year - (month > today.month), today.year + (month < today.month)]
        )
        if not groups.get("year") and month == today.month:
            years = [today.year, today.year]
        past, future = (_week_in_month(year, month, number) for year in years)
        head = groups.get("year") or "XXXX"
        return f"{head}-{month:02}-W{abs(number) if number > 0 else 5:02}", past, future, not groups.get("year")
    if groups.get("unit"):
        first = shifted(today.replace(day=1), months=step(groups["which"]))
        pair = _week_in_month(first.year, first.month, number)
        return f"{first.year}-{first.month:02}-W{abs(number):02}", pair, pair, True
    year = int(groups["year"]) if groups.get("year") else today.year + step(groups["shift"])
    first = date.fromisocalendar(year, number, 1) if number > 0 else monday(date(year, 12, 28))
    week = first.isocalendar()[1]
    return f"{year}-W{week:02}", (first, first + timedelta(days=7)), (first, first + timedelta(days=7)), True


def _week_in_month(year: int, month: int, number: int) -> Pair:
    """The n-th week of a month: the one of its n-th Thursday; -1 is the last."""
    if number > 0:
        first = monday(date(year, month, 1) + timedelta(days=(3 - date(year, month, 1).weekday()) % 7)) + timedelta(
            days=7 * (number - 1)
        )
    else:
        last = shifted(date(year, month, 1), months=1) - timedelta(days=1)
        first = monday(last - timedelta(days=(last.weekday() - 3) % 7))
    return first, first + timedelta(days=7)


def _rest(match: re.Match[str], today: date) -> Result:
    unit = match["unit"].lower()
    if unit == "week":
        last = monday(today) + timedelta(days=6)
    elif unit == "month":
        last = shifted(today.replace(day=1), months=1) - timedelta(days=1)
    elif unit == "quarter":
        last = _quarter_of(today.year, (today.month - 1) // 3 + 1, 3)[1] - timedelta(days=1)
    elif unit == "year":
        last = date(today.year, 12, 31)
    else:
        last = shifted(date(today.year // 10 * 10, 1, 1), years=10)
    return f"({today},{last},P{(last - today).days}D)", (today, last), (today, last), True


def _week_from(match: re.Match[str], today: date) -> Result:
    timex, past, future, _ = around(lex.month_of(match["month"]), int(lex.number(match["day"])), today)
    pairs = [(monday(day), monday(day) + timedelta(days=7)) for day in (past, future)]
    return timex, pairs[0], pairs[1], True


def _decade(match: re.Match[str], today: date) -> Result:
    words = {
        "twenties": 20,
        "thirties": 30,
        "forties": 40,
        "fifties": 50,
        "sixties": 60,
        "seventies": 70,
        "eighties": 80,
        "nineties": 90,
    }
    written = match["decade"].lower()
    year = words.get(written) if written in words else int(re.sub(r"\D", "", written))
    year = year or 0
    if match["century"] if "century" in match.re.groupindex else None:
        year += 1900
    first = year if year > 99 else year + (1900 if year > 20 else 2000)
    pair = date(first, 1, 1), date(first + 10, 1, 1)
    head = f"({pair[0]},{pair[1]},P10Y)" if year > 99 else f"(XX{year:02}-01-01,XX{(year + 10) % 100:02}-01-01,P10Y)"
    if year > 99:
        return head, pair, pair, False
    return head, pair, (date(first + 100, 1, 1), date(first + 110, 1, 1)), False


def _century(match: re.Match[str], today: date) -> Result:
    number = int(lex.number(match["nth"]))
    pair = date(max(1, number * 100 - 100), 1, 1), date(number * 100, 1, 1)
    return f"({pair[0]},{pair[1]},P100Y)", pair, pair, False


def _compile(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_B = r"(?<![\w.,:/$€£-])"
_E = r"(?![\w%]|[-/:]\d|[.,]\d)"
_Y = rf"(?P<year>{lex.YEAR})"
_NTH = rf"(?P<nth>{lex.either(_NTHS)})"
_RULES: tuple[tuple[re.Pattern[str], Rule], ...] = (
    (_compile(rf"{_B}{_MOD}(?:(?:the )?month(?: of)? )?(?P<month>{lex.MONTH}) ?(?:,|/|-|of|in)? ?(?:(?P<year>{lex.YEAR})|['’](?P<short>\d\d)){_E}"), _month),
    (_compile(rf"{_B}{_MOD}{_Y} ?[,/-]? ?(?P<month>{lex.MONTH})(?!\w| ?\d)"), _month),
    (_compile(rf"{_B}(?P<m>1[0-2]|0?[1-9]) ?[/-] ?{_Y}{_E}"), _month),
    (_compile(rf"{_B}{_Y} ?[/.-] ?(?P<m>1[0-2]|0?[1-9]){_E}"), _month),
    (_compile(rf"(?<![\w$])(?<!\d[ -]){_MOD}(?:(?:the )?month(?: of)? )?(?:(?P<which>this|next|last) )?(?P<month>{lex.MONTH})(?:,? (?:of )?(?P<shift>next|last|this) year)?(?![\w]| ?\d)"), _bare := (lambda match, today: _month(match, today) if _is_month(match) else None)),
    (_compile(rf"{_B}{_MOD}(?:the )?(?:(?:calendar )?year(?: of)? )?{_Y}{_E}(?! ?{lex.MONTH})"), _year),
    (_compile(rf"\b{_MOD}{_WHICH} (?P<unit>weekends?|weeks?|months?|years?|quarter|decade)(?P<again>(?: after next| after)*)\b(?!['’]s|[ -](?:old|{lex.WEEKDAY}))"), _which_unit),
    (_compile(rf"\b(?P<span>(?<!to )(?<!n't )(?<!will )(?P<way>next|last|past|previous|coming|upcoming|following) (?P<count>(?!a\b|an\b){lex.COUNT}) ?(?P<unit>{lex.UNIT}))(?!\w)"), _some),
    (_compile(rf"\b(?:the )?(?:{_Y}['’]?s? |(?P<shift>next|this|last|current) year['’]?s? )?(?P<half>q)(?P<number>[1-4])(?!\w)(?! ?(?:of )?{lex.YEAR})"), _quarter),
    (_compile(rf"\b(?P<half>[qh])(?P<number>[1-4])[ -]?(?:,|of|in)? ?{_Y}{_E}"), _quarter),
    (_compile(rf"\b{_Y}[ -]?(?P<half>h)(?P<number>[12])(?!\w)"), _quarter),
    (_compile(rf"\b(?:the )?(?:{_Y}['’]?s? |(?P<shift>next|this|last|current) year['’]?s? )(?P<nth>{lex.either(_NTHS)})[ -]{{1,2}}quarter\b(?P<half>)"), _quarter),
    (_compile(rf"(?:(?<!whole )\b|(?<=the whole ))(?:the (?!whole))?{_NTH}[ -]{{1,2}}quarter(?:,? (?:of |in )?(?:(?:the )?(?:year )?{_Y}|(?P<shift>next|this|last) year))?\b(?P<half>)"), _quarter),
    (_compile(rf"\b(?:(?:the |in the )?(?:{_WHICH} )?)(?P<season>{lex.either(_SEASONS)})(?:,? (?:of |in )?{_Y})?(?!\w)(?! (?:in|down|off|apart|short|behind|back|asleep|for|to)\b)"), _season),
    (_compile(rf"\b(?:the )?{_NTH} week(?: of| in)? (?:(?P<month>{lex.MONTH})(?:,? {_Y})?|(?P<which>this|next|last) (?P<unit>month))(?!\w)"), _nth_week),
    (_compile(rf"\b(?:the )?{_NTH} week(?: of| in)? (?:{_Y}|(?P<shift>this|next|last) year)(?!\w)"), _nth_week),
    (_compile(r"\brest(?: of)?(?: (?:the|this|my|current))? (?P<unit>week|month|quarter|year|decade)\b"), _rest),
    (_compile(r"\bweek (?P<number>[1-4]?\d|5[0-3])(?![\w:/%]|[.,-]\d| (?:days|weeks|hours|minutes|of))"), _week_number),
    (_compile(r"\b(?P<mod>(?:the )?(?:end|beginning|start|middle) of)(?: the)? (?P<unit>week|month|year|quarter)\b"), _this_unit),
    (_compile(rf"\b(?:the )?week (?:beginning|commencing|starting|of)(?: on)?(?: the)? (?P<month>{lex.MONTH}) ?(?P<day>{lex.DAY})(?!\w)"), _week_from),
    (_compile(r"\b(?:in )?(?:the )?(?P<decade>(?:1[5-9]|20)\d0['’]?s|['’]?\d0['’]?s|twenties|thirties|forties|fifties|sixties|seventies|eighties|nineties)\b"), _decade),
    (_compile(rf"\b(?:the )?(?P<nth>{lex.DAY_NTH})[ -]century\b"), _century),
)  # fmt: skip


def _is_month(match: re.Match[str]) -> bool:
    """Whether "may", "march" and short names are months here."""
    name = match["month"].lower().rstrip(".")
    if name in ("may", "march", "mar", "sun", "jan", "dec"):
        lead = match.string[max(0, match.start("month") - 9) : match.start("month")].lower()
        marked = match["which"] or match["shift"] or match["mod"] or "month" in match[0].lower()
        before = re.search(r"\b(?:in|of|since|until|till|by|from|to|before|after|during|for|between|and|-) ?$", lead)
        return bool(marked or before or name in ("jan", "dec"))
    return True
