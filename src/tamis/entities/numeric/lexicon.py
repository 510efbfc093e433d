"""The English words of times: months, weekdays, parts of a day, units, holidays, and numbers up to a hundred."""

from __future__ import annotations

import re

from tamis.entities.numeric.counts import ORDINALS, SMALL, TENS

_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
MONTHS = {name: number for number, name in enumerate(_MONTHS, 1)}
MONTHS |= {name[:3]: number for name, number in MONTHS.items()} | {"sept": 9}
_DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS = {name: number for number, name in enumerate(_DAYS)}
WEEKDAYS |= {name[:3]: number for name, number in WEEKDAYS.items()}
WEEKDAYS |= {"tues": 1, "weds": 2, "thur": 3, "thurs": 3}

# name: (code, first hour, hour behind)
PARTS = {
    "morning": ("MO", 8, 12), "mornings": ("MO", 8, 12), "afternoon": ("AF", 12, 16), "afternoons": ("AF", 12, 16),
    "evening": ("EV", 16, 20), "evenings": ("EV", 16, 20), "night": ("NI", 20, 24), "nights": ("NI", 20, 24),
    "nighttime": ("NI", 20, 24), "daytime": ("DT", 8, 18), "daytimes": ("DT", 8, 18),
    "business hours": ("BH", 8, 18), "business hour": ("BH", 8, 18),
    "breakfast time": ("MEB", 8, 12), "lunch time": ("MEL", 11, 13), "lunchtime": ("MEL", 11, 13),
    "lunch": ("MEL", 11, 13), "dinner time": ("MED", 16, 20), "dinnertime": ("MED", 16, 20),
    "breakfast": ("MEB", 8, 12), "dinner": ("MED", 16, 20),
}  # fmt: skip
POINTS = {
    "noon": 12, "midday": 12, "mid-day": 12, "mid day": 12, "midnight": 0, "mid-night": 0, "mid night": 0,
    "midmorning": 10, "mid-morning": 10, "mid morning": 10, "midafternoon": 14, "mid-afternoon": 14, "mid afternoon": 14,
}  # fmt: skip
UNITS = {
    "second": ("S", 1), "sec": ("S", 1), "s": ("S", 1), "minute": ("M", 60), "min": ("M", 60), "hour": ("H", 3600),
    "hr": ("H", 3600), "h": ("H", 3600), "day": ("D", 86400), "night": ("D", 86400), "week": ("W", 604800),
    "weekend": ("WE", 172800), "month": ("MON", 2592000), "mo": ("MON", 2592000), "year": ("Y", 31536000),
    "yr": ("Y", 31536000), "decade": ("10Y", 315360000), "fortnight": ("2W", 1209600), "quarter": ("3MON", 7776000),
    "century": ("100Y", 3153600000), "centurie": ("100Y", 3153600000),
    "business day": ("BD", 86400), "working day": ("BD", 86400), "work day": ("BD", 86400), "weekday": ("BD", 86400),
}  # fmt: skip
ARTICLES = {"a": 1.0, "an": 1.0, "few": 3.0, "a few": 3.0, "several": 3.0, "a couple": 2.0, "couple": 2.0, "a couple of": 2.0,
            "couple of": 2.0, "half a": 0.5, "half an": 0.5, "half": 0.5, "another": 1.0, "some": 3.0}  # fmt: skip

# name: (month, day), (month, weekday, which one), or (0, days after Easter Sunday)
HOLIDAYS: dict[str, tuple[int, ...]] = {
    "easter": (0, 0), "easter day": (0, 0), "easter sunday": (0, 0), "easter monday": (0, 1), "good friday": (0, -2),
    "maundy thursday": (0, -3), "palm sunday": (0, -7), "ash wednesday": (0, -46), "mardi gras": (0, -47),
    "ascension day": (0, 39), "pentecost": (0, 49), "whit sunday": (0, 49), "whit monday": (0, 50),
    "christmas": (12, 25), "christmas day": (12, 25), "xmas": (12, 25), "christmas eve": (12, 24), "xmas eve": (12, 24),
    "new year": (1, 1), "new year's day": (1, 1), "new years day": (1, 1), "new years": (1, 1), "new year day": (1, 1),
    "new year's eve": (12, 31), "new years eve": (12, 31), "new year eve": (12, 31), "halloween": (10, 31),
    "valentine's day": (2, 14), "valentines day": (2, 14), "st patrick's day": (3, 17), "st patrick day": (3, 17),
    "saint patrick's day": (3, 17), "april fools": (4, 1), "april fools day": (4, 1), "april fool's day": (4, 1),
    "earth day": (4, 22), "independence day": (7, 4), "veterans day": (11, 11), "groundhog day": (2, 2),
    "labor day": (9, 0, 1), "labour day": (9, 0, 1), "martin luther king day": (1, 0, 3), "mlk day": (1, 0, 3),
    "presidents day": (2, 0, 3), "president's day": (2, 0, 3), "columbus day": (10, 0, 2), "memorial day": (5, 0, -1),
    "thanksgiving": (11, 3, 4), "thanksgiving day": (11, 3, 4), "mother's day": (5, 6, 2), "mothers day": (5, 6, 2),
    "mother day": (5, 6, 2), "father's day": (6, 6, 3), "fathers day": (6, 6, 3), "father day": (6, 6, 3),
    "black friday": (11, 4, 4), "cyber monday": (11, 0, 4), "boxing day": (12, 26), "may day": (5, 1),
    "international women's day": (3, 8), "women's day": (3, 8), "children's day": (6, 1), "teacher's day": (9, 10),
    "juneteenth": (6, 19), "cinco de mayo": (5, 5), "guy fawkes day": (11, 5), "all saints day": (11, 1),
    "singles day": (11, 11), "single's day": (11, 11), "inauguration day": (1, 20), "yuandan": (1, 1),
}  # fmt: skip


def _hundred() -> dict[str, int]:
    table = {word: value for word, value in SMALL.items() if word != "nil"} | TENS
    for tens, ten in TENS.items():
        for word, value in SMALL.items():
            if 0 < value < 10:
                table[f"{tens} {word}"] = ten + value
    return table


def _month_days() -> dict[str, int]:
    ordinals = {word: value for word, value in ORDINALS.items() if value < 32}
    for word, value in ORDINALS.items():
        if value < 10:
            ordinals[f"twenty {word}"] = 20 + value
    ordinals["thirty first"] = 31
    return ordinals


def _triggers() -> frozenset[str]:
    """Each word without which, or a figure, there is no time in a line; with its plural."""
    tables = (MONTHS, WEEKDAYS, PARTS, POINTS, UNITS, HOLIDAYS, NUMBERS, NTH)
    words = {word for table in tables for name in table for word in re.findall("[a-z]+", name)}
    words |= {
        "today",
        "tomorrow",
        "tomorow",
        "tmr",
        "yesterday",
        "tonight",
        "tonite",
        "now",
        "asap",
        "soon",
        "present",
        "once",
        "immediately",
        "recently",
        "previously",
        "eod",
        "o",
        "daily",
        "everyday",
        "weekly",
        "monthly",
        "yearly",
        "annually",
        "quarterly",
        "biweekly",
        "fortnightly",
        "hourly",
        "nightly",
        "semiannually",
        "spring",
        "summer",
        "fall",
        "autumn",
        "winter",
        "date",
        "weekend",
        "decade",
        "century",
        "clock",
        "midnight",
        "noon",
        "twenties",
        "thirties",
        "forties",
        "fifties",
        "sixties",
        "seventies",
        "eighties",
        "nineties",
    }
    small = {"s", "a", "the", "of", "new", "all", "fools", "guy"}
    return frozenset(words | {f"{word}s" for word in words}) - small


NUMBERS = _hundred()
NTH = _month_days()
TRIGGERS = _triggers()


def either(names: object) -> str:
    """An alternation, the longest first; a blank may be a hyphen."""
    words = sorted(map(str, names), key=len, reverse=True)  # type: ignore[call-overload]
    return "|".join(re.escape(word).replace(r"\ ", "[ -]{1,2}").replace("'", "['’]?") for word in words)


def plain(words: str) -> str:
    """Words as the tables have them."""
    return re.sub(r"[ -]+", " ", words.lower().replace("’", "'")).strip()


MONTH = rf"(?:{either(MONTHS)})\b\.?"
WEEKDAY = rf"(?:{either(WEEKDAYS)})\b\.?"
NUMBER = rf"(?:\d{{1,4}}(?:[.,]\d{{1,3}})?|{either(NUMBERS)})"
DAY = rf"(?:(?:3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?(?![\d])|(?:{either(NTH)})\b|(?:{either(name for name, value in NUMBERS.items() if 0 < value < 32)})\b)"
DAY_NTH = rf"(?:(?:3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)(?!\w)|(?:{either(NTH)})\b)"
YEAR = r"(?:(?:1[5-9]|20|21)\d\d)(?![\d])"
COUNT = rf"(?:{either(ARTICLES)}|{NUMBER})"
UNIT = rf"(?:{either(UNITS)})s?\b"


def number(words: str) -> float:
    """The value of what `COUNT`, `NUMBER` or `DAY` matches."""
    low = plain(words)
    if low in ARTICLES:
        return ARTICLES[low]
    if low in NTH:
        return NTH[low]
    if low in NUMBERS:
        return NUMBERS[low]
    return float(re.sub(r"(?:st|nd|rd|th)$", "", low).replace(",", "."))


def month_of(name: str) -> int:
    """The number of a month by its name."""
    return MONTHS[name.lower().rstrip(".")]


def weekday_of(name: str) -> int:
    """The number of a weekday, Monday is 0."""
    return WEEKDAYS[name.lower().rstrip(".")]


def unit_of(name: str) -> tuple[str, int]:
    """The timex letters of a unit and its seconds."""
    low = plain(name)
    return UNITS[low] if low in UNITS else UNITS[low.removesuffix("s")]
