"""What a numeral is: a place in a text, a kind, and what it means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

KINDS = (
    "number", "ordinal", "fraction", "percent", "range", "money", "dimension", "temperature", "age", "duration", "date",
    "time", "datetime", "daterange", "timerange", "datetimerange", "set", "version", "phone", "email", "url", "ip", "guid",
    "id", "card", "iban", "hashtag", "mention",
)  # fmt: skip
MOMENTS = frozenset(["duration", "date", "time", "datetime", "daterange", "timerange", "datetimerange", "set"])


@dataclass(frozen=True, slots=True)
class TimeReading:
    """One way to understand a time: "4/22" is this year's or next year's, "at 4" is in the night or in the afternoon.

    Attributes:
        timex: in the notation of TimeML (ISO 8601 with X for what is unknown), such as "XXXX-04-22" or "PT2H".
        value: an ISO date, a time, or seconds; "" where it is a period.
        start: the first moment of a period, "" where it is open.
        end: the first moment behind a period, "" where it is open.
        modifier: "before", "after", "since", "until", "start", "mid", "end" or "".
    """

    timex: str
    value: str = ""
    start: str = ""
    end: str = ""
    modifier: str = ""

    def to_dict(self) -> dict[str, str]:
        """What is known, without the empty fields."""
        fields = ("timex", "value", "start", "end", "modifier")
        return {name: getattr(self, name) for name in fields if getattr(self, name)}


@dataclass(frozen=True, slots=True)
class Numeral:
    """A numeral and its meaning.

    Attributes:
        start: its first character in the text.
        end: the character behind its last one.
        text: what stands there.
        kind: one of `KINDS`.
        value: the number; for kinds without one (dates, phones, addresses) the normal form as text. None if unknown.
        unit: "Kilometer", "Dollar", "Year"; "" without one.
        code: the ISO 4217 code of a currency where it is clear.
        readings: what a time may mean, the past reading first; empty for the other kinds.
    """

    start: int
    end: int
    text: str
    kind: str
    value: float | str | None = None
    unit: str = ""
    code: str = ""
    readings: tuple[TimeReading, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The numeral as JSON."""
        row: dict[str, Any] = {"start": self.start, "end": self.end, "text": self.text, "kind": self.kind}
        row |= {name: getattr(self, name) for name in ("unit", "code") if getattr(self, name)}
        if self.value is not None:
            row["value"] = self.value
        if self.readings:
            row["readings"] = [reading.to_dict() for reading in self.readings]
        return row


@dataclass(frozen=True, slots=True)
class Count:
    """A bare number in a text: what units and times are built on.

    Attributes:
        kind: number, ordinal or fraction.
    """

    start: int
    end: int
    value: float
    kind: str = "number"
