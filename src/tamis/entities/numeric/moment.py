"""A time in a text before it is written out: what it is, and the past and the future reading."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from tamis.entities.numeric.numeral import Numeral, TimeReading

Pair = tuple[Any, Any]


@dataclass(frozen=True, slots=True)
class Moment:
    """A date, a time, a period or a duration.

    Attributes:
        past: the reading before now: a date, seconds of a day, a datetime, or a pair of them for a period (half-open;
            None is open).
        future: the reading from now on; equal to `past` where there is one only.
        anchored: whether it cannot be resolved without knowing what time it is now.
        ambiguous: whether a time may be in the night and in the afternoon.
    """

    start: int
    end: int
    kind: str
    timex: str
    past: Any = None
    future: Any = None
    anchored: bool = False
    ambiguous: bool = False
    modifier: str = ""

    def over(self, start: int, end: int) -> Moment:
        """The same time at a wider place."""
        return replace(self, start=start, end=end)


def written(moment: Moment, text: str, *, known: bool) -> Numeral:
    """A moment as a numeral; without a now, what depends on it has a timex and no value."""
    unclear = moment.anchored or moment.past != moment.future
    if not known and unclear:
        readings: tuple[TimeReading, ...] = (
            () if moment.anchored else (TimeReading(moment.timex, modifier=moment.modifier),)
        )
    else:
        readings = _readings(moment)
    value = readings[-1].value or None if readings else None
    return Numeral(moment.start, moment.end, text[moment.start : moment.end], moment.kind, value, readings=readings)


def _readings(moment: Moment) -> tuple[TimeReading, ...]:
    if moment.kind == "set":
        return (TimeReading(moment.timex),)
    rows = [(moment.timex, moment.past), (moment.timex, moment.future)]
    if moment.ambiguous:
        rows += [(plus_half(moment.timex), _shifted(value)) for _, value in rows]
    return tuple(dict.fromkeys(_reading(timex, value, moment.modifier) for timex, value in rows))


def _reading(timex: str, value: Any, modifier: str) -> TimeReading:
    if isinstance(value, tuple):
        return TimeReading(timex, start=_iso(value[0]), end=_iso(value[1]), modifier=modifier)
    return TimeReading(timex, _iso(value), modifier=modifier)


def _iso(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S") if value.year >= 1000 else ""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int):
        return f"{value // 3600 % 24:02}:{value // 60 % 60:02}:{value % 60:02}"
    return f"{value:g}" if value < 10**6 else f"{value:.0f}"


def _shifted(value: Any) -> Any:
    if value is None:
        return None
    if isinstance(value, tuple):
        return tuple(map(_shifted, value))
    if isinstance(value, datetime):
        return value + timedelta(hours=12) if value.hour < 12 else value - timedelta(hours=12)
    return (value + 43200) % 86400


def clock_timex(seconds: int, *, minutes: bool, second: bool) -> str:
    """The timex of a time of day.

    Example: 30600 with minutes -> "T08:30"
    """
    timex = f"T{seconds // 3600 % 24:02}"
    if minutes or second:
        timex += f":{seconds // 60 % 60:02}"
    return timex + (f":{seconds % 60:02}" if second else "")


def at(day: date, seconds: int) -> datetime:
    """A moment by its day and the seconds since midnight."""
    return datetime.combine(day, time()) + timedelta(seconds=seconds)


def plus_half(timex: str) -> str:
    """The timex twelve hours on."""
    return re.sub(r"T(\d\d)", lambda hour: f"T{(int(hour[1]) + 12) % 24:02}", timex)


def lasting(seconds: int) -> str:
    """The timex of a duration.

    Example: 5400 -> "PT1H30M"
    """
    hours, minutes, rest = seconds // 3600, seconds // 60 % 60, seconds % 60
    return "PT" + (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "") + (f"{rest}S" if rest else "")
