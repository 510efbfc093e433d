"""Times of a day in English: "7:56pm", "half past seven", "ten thirty", "noon", "early in the morning"; durations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from tamis.entities.numeric import lexicon as lex
from tamis.entities.numeric.moment import Moment, clock_timex

_HALF_DAY = r"(?P<half>[ap] ?\.? ?m\b(?<![ap]m)(?: ?\.(?!\w))?|(?:(?<=\d)\. ?)?[ap]m\b|(?<=\d)[ap](?!\w|\.\w| ?m\b))"
_PART = r"(?P<part>(?:in the |this |at |on the |during the )?(?:morning|afternoon|evening|night)s?\b|lunch ?time\b|lunch\b|in the a\.?m\.?|in the p\.?m\.?)"
_HOURS = {name: value for name, value in lex.NUMBERS.items() if value < 25}
_MINUTES = {name: value for name, value in lex.NUMBERS.items() if 0 < value < 60}
_HOUR = rf"(?P<hour>2[0-4]|1\d|0?\d|\b(?:{lex.either(_HOURS)})\b)"
_LEAD = r"(?:(?P<lead>(?:in the |early |this )?(?:morning|afternoon|evening|night))(?:,? at| around| by|,)? )?"
_PAST = rf"(?P<past>half|(?:a )?quarter|three quarters?|[0-5]?\d(?: min(?:ute)?s?)?|(?:{lex.either(_MINUTES)})\b(?: min(?:ute)?s?)?)"
_TAIL = rf"(?:(?:,? ?(?:(?P<clock>o ?['’]?clock)\b)? ?)(?:{_HALF_DAY}|{_PART})?)"


def _compile(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_B = r"(?:(?<![\w.,:/$€£#])|(?<=\dT))(?:(?<!-)|(?<=m-)|(?<=:\d\d-))"
_RULES = (
    _compile(rf"{_B}{_LEAD}(?P<hour>2[0-4]|[01]?\d) ?: ?(?P<minute>[0-5]\d)(?: ?: ?(?P<second>[0-5]\d)(?:\.\d+)?)?(?![\d:])(?:Z|,? ?(?:{_HALF_DAY}|{_PART}))?"),
    _compile(rf"{_B}(?P<hour>2[0-4]|[01]?\d)[.](?P<minute>[0-5]\d) ?(?:{_HALF_DAY}|(?P<clock>o ?['’]?clock)\b|{_PART})"),
    _compile(rf"(?:(?<=\bat )|(?<=\bby )|(?<=\baround )|(?<=\btill )|(?<=\bfrom ))(?P<hour>2[0-4]|[01]?\d)[.](?P<minute>[0-5]\d)(?![\d.%]| ?(?:percent|{lex.UNIT}|dollars?|k))"),
    _compile(rf"{_B}(?P<hour>2[0-4]|1\d|0?[1-9])(?P<minute>[0-5]\d) ?{_HALF_DAY}"),
    _compile(rf"{_B}{_LEAD}{_HOUR} ?(?:(?P<clock>o ?['’]?clock)\b ?)?{_HALF_DAY}"),
    _compile(rf"{_B}{_LEAD}(?P<hour>{lex.either(_HOURS)})[ -](?P<minute>o[h' ]+(?:{lex.either(_HOURS)})\b|(?:{lex.either(name for name, value in _MINUTES.items() if value > 9)})\b) ?(?:{_HALF_DAY}|{_PART})"),
    _compile(rf"(?:(?<=\bat )|(?<=\bfor )|(?<=\bfrom )|(?<=\bto )|(?<=\buntil )|(?<=\bby ))(?P<hour>{lex.either(name for name, value in _HOURS.items() if 0 < value < 13)})[ -](?P<minute>(?:{lex.either(name for name, value in _MINUTES.items() if value > 9)})\b)(?! (?:{lex.UNIT}|percent|people|dollars?))"),
    _compile(rf"{_B}{_LEAD}{_HOUR} ?(?P<clock>o ?['’]?clock)\b(?:,? ?(?:{_HALF_DAY}|{_PART}))?"),
    _compile(rf"{_B}{_HOUR} (?!nights?\b|mornings|evenings|afternoons){_PART}"),
    _compile(rf"{_B}(?<!from ){_PAST} (?P<way>past|after|to|till|before|of) {_HOUR}(?![/:\d]|(?![ap]\.?m)\w){_TAIL}"),
    _compile(rf"\b(?:in the |on the )?(?P<lead>morning|afternoon|evening|night)s? (?:at |around )?{_HOUR}(?![\w/:%]|[.,]\d| ?{lex.UNIT}){_TAIL}"),
    _compile(rf"(?:(?<=\bat )|(?<=@ )|(?<=@)|(?<=\baround )|(?<=tongiht at ))(?P<hour>2[0-4]|1\d|0?\d|(?:{lex.either(name for name, value in _HOURS.items() if 0 < value < 13)})\b)(?=\s*(?:$|[.!?,;)](?!\d)|(?:on|this|next|tomorrow|today|tonight|for|and|in|with|{lex.WEEKDAY}|every|each|or|to|until|till|-)\b))"),
    _compile(rf"(?<=\bto )(?P<hour>2[0-4]|1\d|0?\d|(?:{lex.either(_HOURS)})\b)(?=\s*[.!?]?\s*$)"),
    _compile(rf"\b(?:12 |twelve )?(?P<point>{lex.either(lex.POINTS)})\b"),
    _compile(rf"(?<![\w.,:/$])(?P<hour>1[0-2]|0?[1-9]|{lex.either(name for name, value in _HOURS.items() if 0 < value < 13)})-?ish\b"),
)  # fmt: skip
_DAY_PARTS = _compile(
    rf"\b(?:(?:in|during|on|at) the |in |during )?(?:(?P<mod>early|late|later|earlier)(?: in| on)?(?: the)?[ -])?(?:the )?(?P<name>{lex.either(lex.PARTS)})\b"
)
_LENGTH = _compile(
    rf"(?<![\w.,/$-])(?P<amount>{lex.NUMBER} and (?:a )?(?:half|quarter)|{lex.NUMBER} (?:and )?{lex.NUMBER}|{lex.COUNT}|\d*\s?[½¼¾]|\d{{1,3}}(?:,\d{{3}})+|\d+(?:\.\d+)?)"
    rf"(?: more)?[ -]?(?P<unit>{lex.UNIT})(?: and (?P<part>(?:a )?(?:half|quarter)))?(?![\w/]|-\w+-)"
)
_WHOLE = _compile(
    rf"\b(?:all|whole|entire|full)(?:[ -](?:the|a))?[ -](?P<unit>day|week|month|year|weekend|night)\b|\b(?P<half>half|quarter)(?: of)? (?:an? )?(?P<what>{lex.UNIT})"
)
_JOIN = _compile(r"(?:,? and |,? )")


def _words(value: str) -> int:
    return int(lex.number(re.sub(r"^o[h' ]+", "", value)))


def clocks(text: str) -> Iterator[Moment]:
    """All times of a day in a text; they may overlap."""
    for pattern in _RULES:
        for match in pattern.finditer(text):
            moment = _clock(match)
            if moment is not None:
                yield moment


def _clock(match: re.Match[str]) -> Moment | None:
    groups = {name: group for name, group in match.groupdict().items() if group}
    start, end = match.start(), len(match[0].rstrip()) + match.start()
    if groups.get("way", "").lower() == "to" and re.search(r"\bfrom \w+ $", match.string[max(0, start - 14) : start]):
        return None  # from three [thirty to four] thirty
    if "point" in groups:
        seconds = lex.POINTS[lex.plain(groups["point"])] * 3600
        return Moment(start, end, "time", clock_timex(seconds, minutes=False, second=False), seconds, seconds)
    hour = _words(groups["hour"])
    minute = _words(groups["minute"]) if "minute" in groups else 0
    if "past" in groups:
        hour, minute = _past(groups, hour)
    if hour > 24 or minute > 59:
        return None
    if match[0].lower().endswith("ish"):
        groups["half"] = "a"
    fixed, sure = _half(groups, hour)
    if fixed is None:
        return None
    seconds = fixed % 24 * 3600 + minute * 60 + int(groups.get("second", 0))
    timex = clock_timex(seconds, minutes="minute" in groups or "past" in groups, second="second" in groups)
    unsure = not sure and 0 < hour < 13 and not ("minute" in groups and groups["hour"].startswith("0"))
    return Moment(start, end, "time", timex, seconds % 86400, seconds % 86400, ambiguous=unsure)


def _past(groups: dict[str, str], hour: int) -> tuple[int, int]:
    words = lex.plain(re.sub(r" ?min(?:ute)?s?", "", groups["past"]))
    minutes = {"half": 30, "quarter": 15, "a quarter": 15, "three quarter": 45, "three quarters": 45}.get(words)
    minutes = int(lex.number(words)) if minutes is None else minutes
    if groups["way"].lower() in ("past", "after"):
        return hour, minutes
    return (hour - 1) % 24 or (12 if hour == 1 else 24), (60 - minutes) % 60


def _half(groups: dict[str, str], hour: int) -> tuple[int | None, bool]:
    """The hour of 24, and whether it is sure which half of the day is meant."""
    words = lex.plain(" ".join(groups.get(name, "") for name in ("lead", "part")))
    half = groups.get("half", "").lower()
    late = half.startswith("p") or any(word in words for word in ("afternoon", "evening", "p.m", "pm", "lunch"))
    early = half.startswith("a") or any(word in words for word in ("morning", "a.m", "in the am"))
    if "night" in words and not half:
        late, early = 5 <= hour < 12, not 5 <= hour < 12
    if (early or late) and half and hour > 12:
        return hour, True
    if late and "lunch" in words:
        return hour if hour > 9 else hour + 12, True
    if late:
        return hour + 12 if hour < 12 else hour, True
    if early:
        return hour % 12 if hour == 12 else hour, True
    return hour, hour > 12 or hour == 0


def parts(text: str) -> Iterator[Moment]:
    """Parts of a day: "in the morning", "late night"."""
    for match in _DAY_PARTS.finditer(text):
        code, first, last = lex.PARTS[lex.plain(match["name"])]
        mod = (match["mod"] or "").lower()
        modifier = {"early": "start", "earlier": "start", "late": "end", "later": "end"}.get(mod, "")
        middle = first + 2
        if modifier == "start":
            last = middle
        elif modifier == "end":
            first = middle
        pair = first * 3600, last * 3600 - (last == 24)
        yield Moment(match.start(), match.end(), "timerange", f"T{code}", pair, pair, modifier=modifier)


def lengths(text: str) -> Iterator[Moment]:
    """Durations: "3h", "two weeks and 2 days", "one and a half hours"."""
    singles = [moment for match in _LENGTH.finditer(text) if (moment := _length(match))]
    for match in _WHOLE.finditer(text):
        code, seconds = lex.unit_of(match["unit"] or match["what"])
        share = {"half": 0.5, "quarter": 0.25}.get((match["half"] or "").lower(), 1.0)
        singles.append(
            Moment(match.start(), match.end(), "duration", _timex(share, code), seconds * share, seconds * share)
        )
    singles.sort(key=lambda one: (one.start, -one.end))
    yield from singles
    chain: Moment | None = None
    for one in singles:
        if chain is not None and _JOIN.fullmatch(text[chain.end : one.start]) and one.past < chain.past:
            body, rest = chain.timex, one.timex
            timex = body + (
                rest.removeprefix("PT") if "T" in body and rest.startswith("PT") else rest.removeprefix("P")
            )
            chain = Moment(chain.start, one.end, "duration", timex, chain.past + one.past, chain.past + one.past)
            yield chain
        else:
            chain = one


def _length(match: re.Match[str]) -> Moment | None:
    code, seconds = lex.unit_of(match["unit"])
    try:
        amount = _amount(match["amount"])
    except ValueError:
        return None
    if match["part"]:
        amount += 0.5 if "half" in match["part"].lower() else 0.25
    if len(match["unit"]) == 1 and match["amount"][-1].isalpha():
        return None
    length = float(amount * seconds)
    return Moment(match.start(), match.end(), "duration", _timex(amount, code), length, length)


def _amount(words: str) -> float:
    low = lex.plain(words)
    part = re.search(r" and (?:a )?(half|quarter)$", low)
    if part:
        return lex.number(low[: part.start()]) + (0.5 if part[1] == "half" else 0.25)
    if low[-1] in "½¼¾":
        return float(low[:-1] or 0) + {"½": 0.5, "¼": 0.25, "¾": 0.75}[low[-1]]
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+", low):
        return float(low.replace(",", ""))
    try:
        return lex.number(low)
    except ValueError:
        left, _, right = low.replace(" and ", " ").rpartition(" ")
        tens = lex.number(left)
        if tens % 10 or not tens or not 0 < lex.number(right) < 10:
            raise
        return tens + lex.number(right)


def _timex(amount: float, code: str) -> str:
    times = re.match(r"\d+", code)
    if times:
        amount, code = amount * int(times[0]), code[times.end() :]
    head = "PT" if code in ("S", "M", "H") else "P"
    return f"{head}{amount:g}{'M' if code == 'MON' else code}"


def now_words(text: str, now: datetime) -> Iterator[Moment]:
    """Moments that are words: "now", "as soon as possible", "end of day"."""
    for match in re.finditer(
        r"\b(?:as soon as possible|asap|(?:right )?now|at present|at once|immediately|recently|previously)\b",
        text,
        re.IGNORECASE,
    ):
        low = match[0].lower()
        timex = (
            "FUTURE_REF" if low.startswith("as") else "PAST_REF" if low in ("recently", "previously") else "PRESENT_REF"
        )
        yield Moment(match.start(), match.end(), "datetime", timex, now, now, anchored=True)
    for match in re.finditer(r"\b(?:the )?(?:end of (?:the )?day|eod|e\.o\.d\.?)\b", text, re.IGNORECASE):
        late = now.replace(hour=23, minute=59, second=59, microsecond=0)
        yield Moment(match.start(), match.end(), "datetime", late.isoformat(), late, late, anchored=True)


_I = re.IGNORECASE


def tonights(text: str, now: datetime) -> Iterator[Moment]:
    """Days with their part, to be joined with an hour: "tonight", "this morning"."""
    for match in re.finditer(
        r"\b(?:tonight|tonite|this (?:evening|morning|afternoon)|last night|tomorrow (?:night|evening|morning|afternoon))\b",
        text,
        _I,
    ):
        day = now.date() + timedelta(days={"last": -1, "tomo": 1}.get(match[0][:4].lower(), 0))
        yield Moment(
            match.start(),
            match.end(),
            "date",
            day.isoformat(),
            day,
            day,
            anchored=True,
            modifier="early" if match[0].lower().endswith("morning") else "tonight",
        )
