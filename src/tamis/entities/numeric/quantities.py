"""Numbers with what they count: percent, money, dimensions, temperatures, ages; and bounds such as "more than 12"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tamis.entities.numeric.counts import SCALES, SHORT_SCALES, number_of
from tamis.entities.numeric.numeral import Count, Numeral
from tamis.entities.numeric.units import DIMENSIONS, MONEY, TEMPERATURES, TIMES, aliases, either

_UNITS = {name: (dimension, unit) for dimension, units in DIMENSIONS.items() for name, unit in aliases(units).items()}
_DEGREES = {name: unit for unit, names in TEMPERATURES.items() for name in names.split("|")}
_BEFORE = {name: unit for unit, (_, names, _) in MONEY.items() for name in names.split("|") if name}
_BEHIND = {name: unit for unit, (_, _, names) in MONEY.items() for name in names.split("|") if name}
_AGES = {name: unit for name, unit in aliases(TIMES).items() if unit in ("Year", "Month", "Week", "Day")}

_SCALE = "|".join(sorted((re.escape(scale) for scale in SCALES), key=len, reverse=True))
_FIGURES = re.compile(
    rf"(?<![\w.,])(?P<sign>[-−+])?(?P<figures>\d{{1,3}}(?:[,'’]\d{{3}})+(?:\.\d+)?|\d{{1,2}}(?:,\d\d)+,\d{{3}}(?:\.\d+)?|\d{{1,3}}(?: \d{{3}})+(?!\d)|\d+(?:[.,]\d+)?|\.\d+)"
    rf"(?:[ -]?(?P<scale>{_SCALE})(?![\w]))?",
    re.IGNORECASE,
)
_GLUED = re.compile(r"(?<![\w.,])\d[\d.,]*(?=[a-zA-Zµ°])")
_SPACE = "[ \u00a0\u202f]{0,2}"
_PERCENT = re.compile(rf"{_SPACE}-?(?:%|％|per ?cents?(?![a-z])|percentage points?(?!\w)|pct\b)", re.IGNORECASE)
_PERCENT_OF = re.compile(r"(?:per ?cents?|percentage) (?:of|:) ?$", re.IGNORECASE)
_UNIT = re.compile(
    rf"{_SPACE}-?(?:(?P<open>[\[({{<])? ?)(?P<unit>{either(dict.fromkeys(_UNITS, ''))})(?![\w²³^]|/\w)(?P<close>[\])}}>])?",
    re.IGNORECASE,
)
_DEGREE = re.compile(rf"{_SPACE}-?(?P<unit>{either(_DEGREES)})(?![\w])", re.IGNORECASE)
_CURRENCY = re.compile(rf"{_SPACE}-?(?P<unit>{either(_BEHIND)})(?![\w])", re.IGNORECASE)
_SYMBOL = re.compile(rf"(?<![\w.])(?P<unit>{either(_BEFORE)})(?P<gap>{_SPACE})$", re.IGNORECASE)
_AGE = re.compile(
    rf"[ -]?(?P<unit>{either(_AGES)})[ -](?:olds?|of[ ]age)(?!\w)|[ ]?(?P<short>y[./]?o\.?|yrs?[ ]?old)(?!\w)",
    re.IGNORECASE,
)
_CENTS = re.compile(r",?(?: and)? (?:cents?|pence|penn(?:y|ies))\b", re.IGNORECASE)
_RANGE = re.compile(
    r"(?P<low>(?:more|greater|higher|larger|bigger) than(?P<also> or equal to)?|at least|no (?:less|fewer) than|not (?:less|fewer) than|over|above|minimum of|>=?|≥)\s?$"
    r"|(?P<high>(?:less|smaller|lower|fewer) than(?P<too> or equal to)?|at most|no more than|not more than|up to|below|under|maximum of|<=?|≤)\s?$",
    re.IGNORECASE,
)
_TO = re.compile(r" ?(?:-|–|to|and|through|~) ?", re.IGNORECASE)
_FROM = re.compile(r"(?P<lead>from|between) $", re.IGNORECASE)


def quantities(text: str, numbers: Sequence[Count]) -> Iterator[Numeral]:
    """Percent, money, dimensions, temperatures, ages and ranges of a text; they may overlap each other."""
    bare = {(one.start, one.end): one for one in [*_with_units(text), *numbers]}
    for one in sorted(bare.values(), key=lambda one: (one.start, -one.end)):
        if one.kind != "ordinal":
            yield from _of(text, one)
    yield from _bounds(text, numbers)
    yield from _ranges(text, numbers)


def _with_units(text: str) -> Iterator[Count]:
    """Figures that may be glued to a unit, with the word for their scale: "180.25ml", "16.4 million"."""
    for match in _FIGURES.finditer(text):
        value = number_of(match["figures"]) * (-1 if match["sign"] in ("-", "−") else 1)
        start = match.start() if match["sign"] != "+" else match.start() + 1
        scale = (match["scale"] or "").lower()
        if scale and scale not in SHORT_SCALES:
            yield Count(start, match.end(), value * SCALES[scale])
            continue
        yield Count(start, match.end("figures"), value)
        if scale and match.end("scale") == match.end("figures") + len(scale):
            yield Count(start, match.end(), value * SCALES[scale], "scaled")


def _of(text: str, one: Count) -> Iterator[Numeral]:
    yield from _percent(text, one)
    yield from _money(text, one)
    if one.kind == "scaled":
        return
    if (unit := _UNIT.match(text, one.end)) and _fits(unit, text, one):
        dimension, name = _UNITS[_key(unit["unit"], _UNITS)]
        del dimension
        yield _numeral(text, one.start, unit.end() if unit["close"] else unit.end("unit"), "dimension", one.value, name)
    if degree := _DEGREE.match(text, one.end):
        yield _numeral(
            text, one.start, degree.end(), "temperature", one.value, _DEGREES[_key(degree["unit"], _DEGREES)]
        )
    if age := _AGE.match(text, one.end):
        unit_name = _AGES[age["unit"].lower()] if age["unit"] else "Year"
        yield _numeral(text, one.start, age.end(), "age", one.value, unit_name)


def _fits(unit: re.Match[str], text: str, one: Count) -> bool:
    """Whether a match is a unit: brackets close, single letters are written as units are."""
    if bool(unit["open"]) != bool(unit["close"]):
        return False
    name = unit["unit"]
    if name.lower() in ("pm", "in.", "a.", "t.", "k.", "m", "st") and name != name.lower():
        return False
    if name.lower() == "pm" and re.fullmatch(r"\d{1,2}(?::\d\d)?", text[one.start : one.end]) and not _picometers(text):
        return False
    return not (name in ("st",) and unit.start("unit") == one.end)


def _picometers(text: str) -> bool:
    return "picomet" in text.lower()


def _key(written: str, table: dict[str, str] | dict[str, tuple[str, str]]) -> str:
    low = written.lower()
    if low in table:
        return low
    for name in (low.replace("-", " "), low.replace(" ", ""), low.replace("-", "")):
        if name in table:
            return name
    squeezed = re.sub(r"[ -]", "", low)
    return next(name for name in table if re.sub(r"[ -]", "", name) == squeezed)


def _numeral(text: str, start: int, end: int, kind: str, value: float | None, unit: str = "") -> Numeral:
    return Numeral(start, end, text[start:end], kind, value, unit)


def _percent(text: str, one: Count) -> Iterator[Numeral]:
    if behind := _PERCENT.match(text, one.end):
        yield _numeral(text, one.start, behind.end(), "percent", one.value)
    elif before := _PERCENT_OF.search(text, max(0, one.start - 14), one.start):
        yield _numeral(text, before.start(), one.end, "percent", one.value)


def _money(text: str, one: Count) -> Iterator[Numeral]:
    symbol = _SYMBOL.search(text, max(0, one.start - 14), one.start)
    unit, start, end = "", one.start, one.end
    if symbol and (not symbol["unit"][-1].isalpha() or symbol["gap"] or len(symbol["unit"]) == 3):
        unit, start = _BEFORE[_key(symbol["unit"], _BEFORE)], symbol.start()
    if (behind := _CURRENCY.match(text, one.end)) and not (unit and not behind["unit"][0].isalpha()):
        unit, end = _BEHIND[_key(behind["unit"], _BEHIND)], behind.end()
    if not unit and one.value >= 10**6 and (pounds := re.compile(" pounds?\\b").match(text, one.end)):
        unit, end = "Pound", pounds.end()
    if unit:
        cents = _cents(text, end)
        value = one.value + (cents[0] / 100 if cents else 0)
        end = cents[1] if cents else end
        yield Numeral(start, end, text[start:end], "money", round(value, 10), unit, MONEY[unit][0])


def _cents(text: str, end: int) -> tuple[float, int] | None:
    """The cents that follow a price: "3 dollars 50 cents"."""
    from tamis.entities.numeric.counts import counts

    tail = text[end : end + 40]
    if not re.match(r",?(?: and)? \S+(?:[ -]\S+)? (?:cent|penn|pence)", tail):
        return None
    for one in counts(tail)[:1]:
        close = _CENTS.match(tail, one.end)
        if close and re.fullmatch(r",?(?: and)? ", tail[: one.start]):
            return one.value, end + close.end()
    return None


def _bounds(text: str, numbers: Sequence[Count]) -> Iterator[Numeral]:
    for one in numbers:
        if one.kind == "ordinal" or not (word := _RANGE.search(text, max(0, one.start - 30), one.start)):
            continue
        value = f"{one.value:g}"
        also = bool(word["also"] or word["too"]) or word[0].strip().lower().startswith(
            ("at ", "no ", "not ", "up", "≥", "≤", "min", "max")
        )
        also = also or word[0].strip() in (">=", "<=")
        span = f"{'[' if also else '('}{value},)" if word["low"] else f"(,{value}{']' if also else ')'}"
        yield Numeral(word.start(), one.end, text[word.start() : one.end], "range", span)


def _ranges(text: str, numbers: Sequence[Count]) -> Iterator[Numeral]:
    for low, high in zip(numbers, numbers[1:], strict=False):
        lead = _FROM.search(text, max(0, low.start - 9), low.start)
        if (
            not _TO.fullmatch(text[low.end : high.start])
            or low.value >= high.value
            or "ordinal" in (low.kind, high.kind)
        ):
            continue
        joint = text[low.end : high.start].strip().lower()
        if (joint == "and") != bool(lead and lead["lead"].lower() == "between"):
            continue
        start = lead.start() if lead else low.start
        yield Numeral(start, high.end, text[start : high.end], "range", f"[{low.value:g},{high.value:g})")
