"""Numbers in figures and in English words: "1,200.5", "3 1/2", "2.5 million", "one hundred and five", "two thirds"."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from tamis.entities.numeric.numeral import Count
from tamis.entities.numeric.places import apart

SMALL = {
    word: value
    for value, words in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ]
    )
    for word in [words]
} | {"nought": 0, "naught": 0, "nil": 0}
TENS = {
    word: 10 * value
    for value, word in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], 2)
}
SCALES = {
    "thousand": 10**3, "k": 10**3, "million": 10**6, "mln": 10**6, "mm": 10**6, "m": 10**6, "mil": 10**6,
    "billion": 10**9, "bln": 10**9, "bn": 10**9, "b": 10**9, "trillion": 10**12, "tln": 10**12, "tn": 10**12,
    "lakh": 10**5, "lakhs": 10**5, "crore": 10**7, "crores": 10**7,
}  # fmt: skip
SHORT_SCALES = frozenset(["k", "mm", "m", "b", "mil", "bn", "tn"])  # behind figures only
GLUED_SCALES = frozenset(["k", "m", "mm", "b"])  # "0.8 K" is a temperature
DOZENS = {"dozen": 12, "dozens": 12, "doz": 12, "dozs": 12, "dz": 12, "dzs": 12}
ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9,
    "tenth": 10, "eleventh": 11, "twelfth": 12, "twelveth": 12, "thirteenth": 13, "fourteenth": 14, "fifteenth": 15,
    "sixteenth": 16, "seventeenth": 17, "eighteenth": 18, "nineteenth": 19, "twentieth": 20, "thirtieth": 30,
    "fortieth": 40, "fiftieth": 50, "sixtieth": 60, "seventieth": 70, "eightieth": 80, "ninetieth": 90,
    "hundredth": 100, "thousandth": 1000, "millionth": 10**6, "billionth": 10**9, "trillionth": 10**12,
}  # fmt: skip
_PARTS = {"half": 2, "halves": 2, "halfs": 2, "quarter": 4, "quarters": 4}
_VULGAR = {"½": (1, 2), "¼": (1, 4), "¾": (3, 4), "⅓": (1, 3), "⅔": (2, 3), "⅕": (1, 5), "⅛": (1, 8), "⅜": (3, 8)}

_TOKEN = re.compile(r"[A-Za-z]+|\d+(?:,\d{3})*(?:\.\d+)?")
_JOIN = re.compile(r"[ \t\u00a0]{1,3}|[ ]?[-–][ ]?")
_SIGN = re.compile(r"(?:(?:minus|negative) {1,2}|(?<![\w.,)%$€£-])[-−] ?)$", re.IGNORECASE)
_FIGURES = re.compile(
    r"(?<![\w.,/])(?:"
    r"(?P<power>\d+(?:\.\d+)?\^[+-]?\d+(?:\.\d+)?)"
    r"|(?P<exponent>\d+(?:\.\d+)?[eE][+-]?\d+)"
    r"|(?P<mixed>\d+[ ]\d{1,3}[/⁄]\d{1,3}(?![/\d]))"
    r"|(?P<ratio>\d+[ ]?[/⁄][ ]?\d+(?![/\d]))"
    r"|(?P<plain>\d{1,3}(?:[,'’]\d{3})+(?:\.\d+)?|\d{1,2}(?:,\d\d)+,\d{3}(?:\.\d+)?|\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?:\.\d+)?(?!\d)"
    r"|\d{1,3}(?:\.\d{3}){2,}(?:,\d+)?|\d+(?:[.,]\d+)?|\.\d+)"
    r"|(?P<vulgar>\d*[ ]?[½¼¾⅓⅔⅕⅛⅜])"
    r")(?![\d]|[.,]\d)(?P<scale>k|bn|b)?(?![a-zA-Zµ_])",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Token:
    word: str
    start: int
    end: int


class NumberWords:
    """The tokens of a text, and what numbers stand at them; every reading is (value, index of the token behind)."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = [_Token(match[0].lower(), *match.span()) for match in _TOKEN.finditer(text)]

    def at(self, index: int) -> str:
        """The word there, if only blanks or a hyphen part it from the one before; "" at the end."""
        if index >= len(self.tokens):
            return ""
        here = self.tokens[index]
        gap = self.text[self.tokens[index - 1].end : here.start] if index else ""
        return here.word if not index or _JOIN.fullmatch(gap) else ""

    def cardinal(self, index: int) -> tuple[float, int] | None:
        """A whole number in words, or figures with a word for a scale behind: "two hundred and five", "1.6 million"."""
        first = self.tokens[index].word
        if first[0].isdigit():
            return self._scaled(float(first.replace(",", "")), index + 1) if len(first) < 24 else None
        if first in ("a", "an"):
            follows = self.at(index + 1)
            if follows != "hundred" and follows not in SCALES and follows not in DOZENS:
                return None
            return self._sum(1, index + 1) if follows not in SHORT_SCALES else None
        return self._sum(None, index) if first in SMALL or first in TENS else None

    def _scaled(self, value: float, index: int) -> tuple[float, int] | None:
        begin, scale = index, self.at(index)
        while scale == "hundred" or scale in SCALES or scale in DOZENS:
            if scale in GLUED_SCALES or (scale in SHORT_SCALES and index > begin):
                break
            value *= SCALES.get(scale) or DOZENS.get(scale) or 100
            index += 1
            scale = self.at(index)
        return (value, index) if index > begin else None

    def _sum(self, start: int | None, index: int) -> tuple[float, int]:
        total, current, least, last = 0, start or 0, 10**15, "" if start is None else "one"
        while True:
            skip = index + (bool(last) and self.at(index) == "and" and last not in SMALL)
            word = self.at(skip) if last else self.tokens[index].word
            if word in SMALL and _fits(current, SMALL[word], last):
                current += SMALL[word]
            elif word in TENS and current % 100 == 0 and last not in SMALL:
                current += TENS[word]
            elif word == "hundred" and 0 < current < 100:
                current *= 100
            elif word in SCALES and word not in SHORT_SCALES and current > 0 and SCALES[word] < least and skip == index:
                least = SCALES[word]
                total, current = total + current * least, 0
            elif word in DOZENS and current and skip == index:
                return (total + current) * DOZENS[word], index + 1
            else:
                return total + current, index
            last, index = word, skip + 1

    def decimal(self, index: int) -> tuple[float, int] | None:
        """A number with "point": "five point five", "nought point eleven"."""
        whole = self.cardinal(index)
        if whole is None or self.at(whole[1]) != "point":
            return None
        digits, index = "", whole[1] + 1
        while (word := self.at(index)) and (word in SMALL or word in TENS):
            digits += str(SMALL[word] if word in SMALL else TENS[word])
            index += 1
        return (float(f"{int(whole[0])}.{digits}"), index) if digits else None

    def ordinal(self, index: int, *, plural: bool = False) -> tuple[float, int] | None:
        """An ordinal in words: "third", "twenty-first", "one hundred and fifth"; in its plural for denominators."""
        known = {f"{word}s": value for word, value in ORDINALS.items()} if plural else ORDINALS
        word = self.tokens[index].word
        if word in known:
            return known[word], index + 1
        for end in range(min(index + 8, len(self.tokens)) - 1, index, -1):
            if self.at(end) in known and (prefix := self._before(index, end)) is not None:
                return prefix + known[self.at(end)] if known[self.at(end)] < 100 else prefix * known[
                    self.at(end)
                ], end + 1
        return None

    def _before(self, index: int, end: int) -> float | None:
        """The number that goes on in an ordinal: all tokens from `index` to `end`, and its last part is round."""
        last = end - (self.at(end - 1) == "and")
        whole = self.cardinal(index)
        if whole is None or whole[1] not in (last, end) or last == index:
            return None
        tens = self.tokens[last - 1].word in TENS
        unit = ORDINALS.get(self.tokens[end].word.removesuffix("s"), 0)
        return whole[0] if (tens and unit < 10) or (not tens and whole[0] % 100 == 0) or unit >= 100 else None

    def fraction(self, index: int) -> tuple[float, int] | None:
        """A fraction: "two thirds", "a fifth", "three and a half", "1 over three"."""
        readings = [self._mixed(index), self._part(index), self._over(index)]
        return max((one for one in readings if one), key=lambda one: one[1], default=None)

    def _part(self, index: int) -> tuple[float, int] | None:
        word = self.tokens[index].word
        if word in ("a", "an", "one") and (below := self._denominator(index + 1, single=True)):
            return 1 / below[0], below[1]
        whole = self.cardinal(index)
        ends = range(index + 1, (whole[1] if whole else index) + 1)
        for end in ends:
            numerator, below = self._exact(index, end), self._denominator(end, single=False)
            if below and numerator:
                return float(Fraction(int(numerator), int(below[0]))), below[1]
        return None

    def _exact(self, index: int, end: int) -> float | None:
        """The number that all these tokens are."""
        head = NumberWords.__new__(NumberWords)
        head.text, head.tokens = self.text, self.tokens[:end]
        whole = head.cardinal(index)
        return whole[0] if whole is not None and whole[1] == end else None

    def _denominator(self, index: int, *, single: bool) -> tuple[float, int] | None:
        word = self.at(index)
        if word in _PARTS and (not single or not word.endswith("s")):
            return _PARTS[word], index + 1
        if not word:
            return None
        below = self.ordinal(index, plural=not single)
        return None if below is None or below[0] <= 2 else below

    def _mixed(self, index: int) -> tuple[float, int] | None:
        whole = self.cardinal(index)
        if whole is None:
            token = self.tokens[index].word
            whole = (float(token.replace(",", "")), index + 1) if token[0].isdigit() and len(token) < 24 else None
        if whole is None:
            return None
        for end in range(whole[1], index, -1):
            if self.at(end) == "and" and self.at(end + 1) and (part := self._part(end + 1)) and part[0] < 1:
                head = self._exact(index, end) if end < whole[1] else whole[0]
                return (head + part[0], part[1]) if head is not None else None
        return None

    def _over(self, index: int) -> tuple[float, int] | None:
        above = self._any(index)
        if above is None or self.at(above[1]) != "over" or not self.at(above[1] + 1):
            return None
        below = self._any(above[1] + 1)
        return (above[0] / below[0], below[1]) if below and below[0] else None

    def _any(self, index: int) -> tuple[float, int] | None:
        word = self.tokens[index].word
        if word[0].isdigit():
            return float(word.replace(",", "")), index + 1
        return self.cardinal(index)


def _fits(current: int, value: int, last: str) -> bool:
    if not last or last == "hundred" or last in SCALES:
        return current % 100 == 0
    return last in TENS and 0 < value < 10


def counts(text: str) -> list[Count]:
    """All bare numbers of a text, in order, not overlapping; the longest reading wins.

    Example: "one hundred and five of 1,200.5" -> 105, 1200.5
    """
    spoken = list(_spoken(text))
    return [_negative(text, one) for one in apart([*spoken, *figures(text)])]


def _spoken(text: str) -> Iterator[Count]:
    words = NumberWords(text)
    index = 0
    while index < len(words.tokens):
        best: tuple[float, int] | None = None
        name = ""
        for kind, read in _readers(words):
            reading = read(index)
            if reading is not None and (best is None or reading[1] > best[1]):
                best, name = reading, kind
        if best is None:
            index += 1
            continue
        start, end = words.tokens[index].start, words.tokens[best[1] - 1].end
        if not _glued(text, start, end):
            yield Count(start, end, best[0], name)
        index = best[1]


def _readers(words: NumberWords) -> tuple[tuple[str, Callable[[int], tuple[float, int] | None]], ...]:
    return (
        ("fraction", words.fraction),
        ("ordinal", words.ordinal),
        ("number", words.decimal),
        ("number", words.cardinal),
    )


def _glued(text: str, start: int, end: int) -> bool:
    return (start > 0 and text[start - 1] in "_.,/" and text[start].isdigit()) or text[end : end + 1] == "_"


def figures(text: str) -> Iterator[Count]:
    """Numbers in figures; they may overlap nothing."""
    for match in _FIGURES.finditer(text):
        name = next(name for name, group in match.groupdict().items() if group)
        value = _figure_value(name, match[name])
        if value is not None:
            value *= SCALES[match["scale"].lower()] if match["scale"] else 1
            kind = "fraction" if name in ("mixed", "ratio", "vulgar") else "number"
            yield Count(match.start(), match.end(), value, kind)
    for match in re.finditer(r"(?<![\w.,/])(\d+)(?:st|nd|rd|th)\b", text):
        yield Count(match.start(), match.end(), float(match[1]), "ordinal")


def _figure_value(kind: str, figures: str) -> float | None:
    try:
        if kind == "power":
            base, exponent = figures.split("^")
            return float(math.pow(float(base), float(exponent)))
        if kind == "vulgar":
            part = _VULGAR[figures[-1]]
            return float(figures[:-1] or 0) + part[0] / part[1]
        if kind == "mixed":
            whole, part_text = figures.split(" ", 1)
            return int(whole) + float(Fraction(part_text.replace("⁄", "/")))
        if kind == "ratio":
            return float(Fraction(figures.replace(" ", "").replace("⁄", "/")))
        return number_of(figures)
    except (OverflowError, ZeroDivisionError, ValueError):
        return None


def number_of(figures: str) -> float:
    """The value of figures with separators: a comma before three figures groups them, elsewhere it is a point.

    Example: "1,200.5" -> 1200.5; "1,3" -> 1.3; "1.234.567,8" -> 1234567.8
    """
    plain = re.sub(r"[ \u00a0\u202f'’]", "", figures)
    if plain.count(".") > 1:
        return float(plain.replace(".", "").replace(",", "."))
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,2}(?:,\d\d)+,\d{3}(?:\.\d+)?", plain):
        return float(plain.replace(",", ""))
    return float(plain.replace(",", "."))


def _negative(text: str, count: Count) -> Count:
    sign = _SIGN.search(text, max(0, count.start - 10), count.start)
    if sign is None or count.kind == "ordinal":
        return count
    return Count(sign.start(), count.end, -count.value, count.kind)
