"""Times that come back: "every day at 9", "Mondays", "weekly"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tamis.entities.numeric import lexicon as lex
from tamis.entities.numeric.moment import Moment, clock_timex, plus_half
from tamis.entities.numeric.places import near
from tamis.entities.numeric.ranges import HOUR

_I = re.IGNORECASE
_EVERY = re.compile(
    rf"\b(?P<every>every|each|any(?= (?:day|week|month|year)\b))(?: (?P<other>other))?(?: (?P<count>{lex.COUNT}))? (?:(?P<unit>{lex.UNIT})|(?P<part>(?:{lex.WEEKDAY} )?(?:morning|afternoon|evening|night)s?)|(?P<name>{lex.WEEKDAY})s?)(?!\w)"
    rf"|\b(?P<word>daily|weekly|monthly|yearly|annually|quarterly|biweekly|fortnightly|everyday|hourly|nightly|semiannually)\b"
    rf"|\b(?:once |twice |\w+ times |one )an? (?P<per>day|week|month|year|hour)\b"
    rf"|\b(?P<plural>(?:mon|tues|wednes|thurs|fri|satur|sun)days)\b|\b(?P<parts>(?P<day>{lex.WEEKDAY}) (?P<p>mornings|afternoons|evenings|nights))\b", _I,
)  # fmt: skip


_WORDS = {"daily": "P1D", "everyday": "P1D", "weekly": "P1W", "monthly": "P1M", "yearly": "P1Y", "annually": "P1Y",
          "quarterly": "P3M", "biweekly": "P2W", "fortnightly": "P2W", "hourly": "PT1H", "nightly": "P1D", "semiannually": "P0.5Y"}  # fmt: skip


def sets(text: str, clock: Sequence[Moment]) -> Iterator[Moment]:
    """All times that come back."""
    for match in _EVERY.finditer(text):
        one = Moment(match.start(), match.end(), "set", _set_timex(match))
        yield one
        for time_ in near(one, clock):
            after = one.end <= time_.start and re.fullmatch(r" (?:at )?", text[one.end : time_.start], _I)
            before = (
                time_.end <= one.start
                and not re.fullmatch("P\\d+[WMY]", one.timex)
                and re.fullmatch(r" (?:on )?", text[time_.end : one.start], _I)
            )
            if after or before or one.start < time_.start < one.end < time_.end:
                yield _timed(one, time_, night=bool(re.search("night|evening|afternoon", match[0], _I)))
        bare = re.compile(rf" at ({HOUR})(?![\w:%/]|[.,]\d)", _I).match(text, one.end)
        if bare:
            seconds = int(lex.number(bare[1])) % 24 * 3600
            hour = Moment(
                *bare.span(1),
                "time",
                clock_timex(seconds, minutes=False, second=False),
                seconds,
                seconds,
                ambiguous=True,
            )
            yield _timed(one, hour, night=bool(re.search("night|evening|afternoon", match[0], _I)))


def _timed(one: Moment, clock: Moment, *, night: bool) -> Moment:
    timex = plus_half(clock.timex) if night and clock.ambiguous else clock.timex
    head = one.timex if one.timex.startswith("XXXX") else ""
    return Moment(min(one.start, clock.start), max(one.end, clock.end), "set", re.sub(r"T[A-Z]+$", "", head) + timex)


def _set_timex(match: re.Match[str]) -> str:  # noqa: PLR0911  (a row for each alternative of the pattern)
    if match["word"]:
        return _WORDS[match["word"].lower()]
    if match["per"]:
        return "PT1H" if match["per"].lower() == "hour" else f"P1{match['per'][0].upper()}"
    if match["plural"]:
        return f"XXXX-WXX-{lex.weekday_of(match['plural'][:-1]) + 1}"
    if match["parts"]:
        return f"XXXX-WXX-{lex.weekday_of(match['day']) + 1}T{lex.PARTS[match['p'].lower()][0]}"
    if match["name"]:
        return f"XXXX-WXX-{lex.weekday_of(match['name']) + 1}"
    if match["part"]:
        head, _, name = match["part"].rpartition(" ")
        return (f"XXXX-WXX-{lex.weekday_of(head) + 1}" if head else "") + f"T{lex.PARTS[name.lower()][0]}"
    code = lex.unit_of(match["unit"])[0]
    amount = (lex.number(match["count"]) if match["count"] else 1.0) * (2 if match["other"] else 1)
    head = "PT" if code in ("S", "M", "H") else "P"
    digits = re.match(r"\d+", code)
    amount *= int(digits[0]) if digits else 1
    return f"{head}{amount:g}{code.lstrip('0123456789').replace('MON', 'M')}"
