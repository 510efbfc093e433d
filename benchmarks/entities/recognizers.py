"""Numerals against the cases of Recognizers-Text.

    python -m benchmarks.entities.recognizers DATA [--part held-out] [--misses N] [--spec NAME] [--language es]

DATA is a folder with recognizers_en.jsonl.zst and its like (half of the cases, MIT). In languages other than English
only numbers, ordinals and percentages are asked for. A case belongs to the development part if the
first byte of the SHA-256 of its text is not 3 modulo 4; rules were written with that part in view only. It counts as

extracted: exactly the expected spans (by offsets where the case has them, else by text without case), nothing more;
resolved: extracted, and every value agrees: numbers to 1e-9, units by name, times as sets of values, starts and ends.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import unicodedata
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from tamis.entities import Numeral, numerals
from tamis.entities.numeric import LANGUAGES, MOMENTS
from tamis.io.rows import read_jsonl

Case = dict[str, Any]
KINDS = {
    "NumberModel": "number fraction", "OrdinalModel": "ordinal", "PercentModel": "percent", "NumberRangeModel": "range",
    "CurrencyModel": "money", "DimensionModel": "dimension", "TemperatureModel": "temperature", "AgeModel": "age",
    "PhoneNumberModel": "phone", "IpAddressModel": "ip", "URLModel": "url", "EmailModel": "email", "GUIDModel": "guid",
    "HashtagModel": "hashtag", "MentionModel": "mention", "Date": "date", "DatePeriod": "daterange", "Time": "time",
    "TimePeriod": "timerange", "DateTime": "datetime", "DateTimePeriod": "datetimerange", "Duration": "duration",
    "Set": "set", "Holiday": "date",
}  # fmt: skip

ABROAD = frozenset(["NumberModel", "OrdinalModel", "PercentModel"])


def cases(folder: Path, language: str) -> list[Case]:
    """The cases that every port of the library passes."""
    rows = read_jsonl(folder / f"recognizers_{language}.jsonl.zst")
    return [row | {"language": language} for row in rows if not row["not_supported"]]


def development(case: Case) -> bool:
    """Whether a case may be looked at."""
    return hashlib.sha256(case["text"].encode()).digest()[0] % 4 != 3


def kinds_of(spec: str) -> frozenset[str]:
    """What a specification looks for."""
    name = spec if spec in KINDS else spec.removesuffix("Extractor").removesuffix("Parser")
    return frozenset(KINDS[name].split()) if name in KINDS else MOMENTS


def answer(case: Case) -> tuple[Numeral, ...]:
    """What tamis finds; the language stands first in the id of a case."""
    now = datetime.fromisoformat(case["reference"][:19]) if case["reference"] else datetime(2016, 11, 7)
    return numerals(case["text"], kinds=kinds_of(case["spec"]), now=now, language=case["language"])


def extracted(case: Case, numerals_: tuple[Numeral, ...]) -> bool:
    """Whether the spans are exactly the expected ones."""
    if case["results"] and all(row["aligned"] for row in case["results"]):
        return sorted((row["start"], row["end"]) for row in case["results"]) == [
            (one.start, one.end) for one in numerals_
        ]
    texts = sorted(_plain(one.text) for one in numerals_)
    return texts == sorted(_plain(row["text"]) for row in case["results"])


def _plain(text: str) -> str:
    """Without case, and with wide figures as figures: the cases write them so."""
    return unicodedata.normalize("NFKC", text).lower()


def resolved(case: Case, numerals_: tuple[Numeral, ...]) -> bool:
    """Whether the values are right too."""
    rows = sorted(case["results"], key=lambda row: row["start"] or 0)
    return len(rows) == len(numerals_) and all(same(row, one) for row, one in zip(rows, numerals_, strict=True))


def same(row: dict[str, Any], one: Numeral) -> bool:
    """Whether one value is the expected one."""
    value = row["value"]
    if not value:
        return True
    if one.readings or "values" in value or "Timex" in value:
        return moments_of(value) == {reading_of(reading.to_dict()) for reading in one.readings}
    if "unit" in value and value["unit"] != one.unit:
        return False
    wanted = value.get("value")
    if isinstance(one.value, float | int):
        try:
            figures = str(wanted).rstrip("%").replace(",", ".")  # as the language writes it
            return wanted is not None and math.isclose(float(figures), one.value, rel_tol=1e-9)
        except ValueError:
            return False
    return (
        row["type"] in ("phonenumber", "numberrange") and (row["type"] != "numberrange" or wanted == one.value)
    ) or (str(wanted).lower() == str(one.value).lower())


def moments_of(value: dict[str, Any]) -> set[tuple[str, ...]]:
    """The readings of a case, without their notation."""
    if "values" in value:
        return {reading_of(row) for row in value["values"]}
    if "SetResolution" in str(value) or str(value.get("FutureResolution", "")).startswith("{'set"):
        return {("", "", "")}
    readings = set()
    for name in ("PastResolution", "FutureResolution"):
        row = value.get(name) or {}
        start = next((row[key] for key in row if key.startswith("start")), "")
        end = next((row[key] for key in row if key.startswith("end")), "")
        plain = next((row[key] for key in row if not key.startswith(("start", "end"))), "")
        plain = plain["date"] if isinstance(plain, dict) else plain
        readings.add((str(plain), str(start), str(end)))
    return readings


def reading_of(row: dict[str, Any]) -> tuple[str, ...]:
    """One reading: its value, start and end."""
    value = str(row.get("value", ""))
    return ("" if value == "not resolved" else value, str(row.get("start", "")), str(row.get("end", "")))


def misses(part: list[Case], spec: str) -> Iterator[str]:
    """Cases that fail, with what was expected and found."""
    for case in part:
        if spec and not case["spec"].startswith(spec):
            continue
        found = answer(case)
        right = extracted(case, found)
        if right and resolved(case, found):
            continue
        yield f"{'R' if right else 'E'} {case['spec']} {case['reference']} {case['text']!r}"
        yield from (
            f"     want {row['type']} [{row['text']}] {json.dumps(row['value'])[:300]}" for row in case["results"]
        )
        yield from (
            f"     have {one.kind} [{one.text}] {one.value} {one.unit} {[r.to_dict() for r in one.readings]}"
            for one in found
        )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=Path)
    parser.add_argument("--part", default="development", choices=["development", "held-out"])
    parser.add_argument("--misses", type=int, default=0)
    parser.add_argument("--spec", default="")
    parser.add_argument("--language", default="en", choices=sorted(LANGUAGES))
    arguments = parser.parse_args()
    part = [
        case
        for case in cases(arguments.data, arguments.language)
        if development(case) == (arguments.part == "development")
        if arguments.language == "en" or case["spec"] in ABROAD
    ]
    if arguments.misses and arguments.part == "development":
        for line, _ in zip(misses(part, arguments.spec), range(arguments.misses), strict=False):
            print(line)
        return
    counts: dict[str, Counter[str]] = {"group": Counter(), "spec": Counter()}
    for case in part:
        found = answer(case)
        right = extracted(case, found)
        for table, name in (
            ("group", case["group"]),
            ("spec", f"{case['group']}/{case['spec']}"),
            ("group", "all"),
            ("group", "whole models")
            if case["spec"].endswith("Model") or "Model" in case["spec"]
            else ("group", "stages"),
        ):
            counts[table][f"{name} cases"] += 1
            counts[table][f"{name} extracted"] += right
            counts[table][f"{name} resolved"] += right and resolved(case, found)
    for table in ("spec", "group"):
        for name in sorted({key.rpartition(" ")[0] for key in counts[table]}):
            total, spans, values = (counts[table][f"{name} {what}"] for what in ("cases", "extracted", "resolved"))
            print(f"{name:45} {total:5} {100 * spans / total:6.1f} {100 * values / total:6.1f}")


if __name__ == "__main__":
    main()
