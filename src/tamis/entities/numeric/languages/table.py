"""What a language's numbers are made of: words and what they do, as data. One grammar reads all of them (`grammar`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property


@dataclass(frozen=True)
class NumberTable:
    """Words in small letters without accents, each with its value.

    Attributes:
        adds: what is added: units, tens, whole hundreds.
        times: what multiplies within a group: a hundred; ten, a hundred and a thousand in Chinese.
        scales: what ends a group: thousand, million.
        ordinals: what is added and makes the number an ordinal.
        ordinal_scales: the same that multiplies: "thousandth".
        parts: denominators: "thirds".
        halves: what is added last and may be broken: "einhalb".
        glue: words between parts that add nothing: "and".
        glue_before: what may follow it within a number; empty for anything.
        points: between the whole and its decimals; their digits are words.
        over: "one over three".
        and_part: between a whole and a fraction, beside `glue`.
        minus: before a number.
        one: words that make a fraction of an ordinal: "un cinquième".
        suffix_parts: what makes a denominator of a number: "avos".
        per, of: a denominator that stands first, and what joins it to a whole: "三又二分之一".
        ordinal_prefix: "第".
        ordinal_behind: a regular expression, behind figures.
        percent_behind, percent_before: regular expressions.
        tenths_behind: a regular expression of what makes tenths of a number: "七成" is 70 %.
        comma: decimals are behind a comma, and points group.
        joined: words are written without blanks between them, in other words too.
        twenties: four twenties are eighty, and ten to nineteen follow sixty and eighty.
        units_first: "three and twenty".
        idle: longer words that hold one of these and are no numbers.
        alone: words that are no number by themselves.
    """

    adds: Mapping[str, float]
    times: Mapping[str, float]
    scales: Mapping[str, float]
    ordinals: Mapping[str, float] = field(default_factory=dict)
    ordinal_scales: Mapping[str, float] = field(default_factory=dict)
    parts: Mapping[str, float] = field(default_factory=dict)
    halves: Mapping[str, float] = field(default_factory=dict)
    glue: frozenset[str] = frozenset()
    glue_before: frozenset[str] = frozenset()
    points: frozenset[str] = frozenset()
    over: frozenset[str] = frozenset()
    and_part: frozenset[str] = frozenset()
    minus: frozenset[str] = frozenset()
    one: frozenset[str] = frozenset()
    suffix_parts: frozenset[str] = frozenset()
    per: frozenset[str] = frozenset()
    of: frozenset[str] = frozenset()
    ordinal_prefix: frozenset[str] = frozenset()
    ordinal_behind: str = r"(?!)"
    percent_behind: str = r"[%％]"
    percent_before: str = r"(?!)"
    tenths_behind: str = r"(?!)"
    comma: bool = True
    joined: bool = False
    twenties: bool = False
    units_first: bool = False
    idle: frozenset[str] = frozenset()
    alone: frozenset[str] = frozenset()

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word of the table."""
        tables = (self.adds, self.times, self.scales, self.ordinals, self.ordinal_scales, self.parts, self.halves)
        sets = (
            *(self.glue, self.points, self.over, self.and_part, self.minus, self.suffix_parts, self.per, self.of),
            *(self.ordinal_prefix, self.idle),
        )
        return frozenset().union(*tables, *sets)

    @cached_property
    def longest(self) -> int:
        """Letters of the longest word."""
        return max(map(len, self.words))


def numbered(words: str, start: int = 1, step: float = 1) -> dict[str, float]:
    """Words that count on; variants are parted by a bar."""
    groups = enumerate(words.split())
    return {word: start + step * place for place, group in groups for word in group.split("|")}
