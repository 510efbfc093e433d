"""Numbers in the words of a table: one grammar for all languages, from words to values.

A number is groups, each ended by a scale; within a group parts are added, or multiplied by a hundred. The longest reading
wins.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tamis.entities.numeric.counts import figures
from tamis.entities.numeric.languages.pieces import NumberPart, folded, pieces
from tamis.entities.numeric.languages.table import NumberTable
from tamis.entities.numeric.numeral import Count
from tamis.entities.numeric.places import apart

_GAP = re.compile(r"[ \t\u00a0\u202f\u3000]{0,3}-?[ \t\u00a0\u202f\u3000]{0,3}")
_LETTERS = re.compile(r"[^\W\d_a-z]")  # that figures may touch, where nothing parts words
_SWAP = str.maketrans(".,", ",.")
_SIGN = re.compile(r"(?<![\w.,)%$€£-])[-−] ?$")
_EXACT = 1e15  # from here on floats have no decimals
_MOST = 40  # pieces of a number at most
_SPLITS = 8  # pieces of a denominator at most
_FIGURES = "0"  # the last piece was figures
Reading = tuple[float, int]


def spoken(text: str, table: NumberTable) -> list[Count]:
    """Numbers, ordinals and fractions of a text, in order; figures among them.

    Example, in French: "trois cent vingt et 1.200,5" -> 320, 1200.5
    """
    plain = folded(text)
    shown = plain.translate(_SWAP) if table.comma else plain
    shown = _LETTERS.sub(" ", shown) if table.joined else shown
    counts = list(figures(shown))
    words = _Words(plain, pieces(plain, counts, table), table)
    ranks = re.finditer(rf"(?<![\w.,])(\d+) ?(?:{table.ordinal_behind})(?!\w)", plain)
    ordinals = [Count(*match.span(), float(match[1]), "ordinal") for match in ranks]
    return [_negative(plain, one, table) for one in apart([*words.counts(), *ordinals, *counts])]


def percentages(text: str, numbers: list[Count], table: NumberTable) -> Iterator[tuple[int, int, float]]:
    """Place and value of each number that has a word or sign of percent beside it."""
    plain = folded(text)
    behind = re.compile(rf"[ \u00a0\u202f]{{0,4}}(?:{table.percent_behind})")
    tenths = re.compile(rf" ?(?:{table.tenths_behind})(?: ?(?P<rest>{'|'.join(map(re.escape, table.adds))}))?")
    before = re.compile(table.percent_before)
    for one in numbers:
        if one.kind == "ordinal":
            continue
        if sign := behind.match(plain, one.end):
            yield one.start, sign.end(), one.value
        elif part := tenths.match(plain, one.end):
            value = one.value * (10 if one.value <= 10 else 1)  # "九九折" is 99 %
            yield one.start, part.end(), round(value + table.adds.get(part["rest"] or "", 0), 9)
        elif lead := before.search(plain[: one.start][-20:]):
            yield one.start - min(20, one.start) + lead.start(), one.end, one.value
        elif table.per and one.kind == "fraction" and plain[one.start] in table.times:
            yield one.start, one.end, 100 * one.value  # "千分之三": of a hundred, a thousand


def _negative(text: str, one: Count, table: NumberTable) -> Count:
    head = text[max(0, one.start - 12) : one.start]
    words = "|".join(map(re.escape, table.minus))
    sign = _SIGN.search(head) or re.search(
        rf"(?:{words}) {{0,2}}$" if table.joined else rf"\b(?:{words}) {{1,2}}$", head
    )
    if sign is None or one.kind == "ordinal":
        return one
    return Count(one.start - len(head) + sign.start(), one.end, -one.value, one.kind)


@dataclass(slots=True)
class _Sum:
    """A number as far as it is read."""

    ends: tuple[tuple[float, float], ...] = ()  # scales, and how much each has
    group: float = 0.0
    rest: float = 0.0
    times: float = 1e30
    ordinal: bool = False
    last: str = ""
    tail: float = 0.0  # what multiplies right before a last digit

    @property
    def total(self) -> float:
        return sum(amount for _, amount in self.ends)

    @property
    def value(self) -> float:
        return self.total + self.group + self.rest


class _Words:
    """The pieces of a text, and what numbers stand at them; a reading is (value, index of the piece behind)."""

    def __init__(self, text: str, parts: list[NumberPart], table: NumberTable) -> None:
        self.text, self.pieces, self.table = text, parts, table

    def at(self, index: int) -> NumberPart:
        """The piece there, if nothing but a blank or a hyphen parts it from the one before; else one of no word."""
        if not 0 <= index < len(self.pieces):
            return _NOTHING
        if index and not _GAP.fullmatch(self.text[self.pieces[index - 1].end : self.pieces[index].start]):
            return _NOTHING
        return self.pieces[index]

    def counts(self) -> Iterator[Count]:
        """All of them, from left to right."""
        index = 0
        while index < len(self.pieces):
            readings = [(kind, read(index)) for kind, read in self._readers()]
            kind, best = max(
                ((kind, one) for kind, one in readings if one), key=lambda row: row[1][1], default=("", None)
            )
            if best is None or not self._stands(index, best[1], kind):
                index += 1
                continue
            yield Count(self.pieces[index].start, self.pieces[best[1] - 1].end, best[0], kind)
            index = best[1]

    def _readers(self) -> tuple[tuple[str, Callable[[int], Reading | None]], ...]:
        return (
            ("fraction", self.fraction),
            ("ordinal", self.ordinal),
            ("number", self.decimal),
            ("number", self.cardinal),
        )

    def _stands(self, index: int, end: int, kind: str) -> bool:
        """Whether whole words are read, and not one that is no number by itself, or mere figures."""
        whole = self.table.joined or (
            self.pieces[index].begins and (end == len(self.pieces) or self.pieces[end].begins)
        )
        word = self.pieces[index].word
        bare = end == index + 1 and word in self.table.alone
        bare |= self.table.joined and kind != "fraction" and word in self.table.scales
        return whole and not bare and (end > index + 1 or bool(word))

    def cardinal(self, index: int) -> Reading | None:
        """A whole number: "trois cent vingt-quatre", "2,5 millones"."""
        return self._read(index, ordinals=False)

    def ordinal(self, index: int) -> Reading | None:
        """An ordinal: "tricentésimo cuadragésimo", "第五"."""
        piece = self.pieces[index]
        if piece.word in self.table.ordinal_prefix and self.at(index + 1) is not _NOTHING:
            return self.cardinal(index + 1) or (
                (self.at(index + 1).value, index + 2) if not self.at(index + 1).word else None
            )
        return self._read(index, ordinals=True)

    def _read(self, index: int, *, ordinals: bool, until: int = sys.maxsize) -> Reading | None:
        state, begin, best = _Sum(), index, None
        while True:
            piece = self.at(index) if index > begin else self.pieces[index]
            skip = piece.word in self.table.glue and index > begin and self._joins(state)
            after = self.at(index + 1) if skip else piece
            skip = skip and (not self.table.glue_before or after.word in self.table.glue_before)
            after = after if skip else piece
            if after is _NOTHING or not self._take(state, after, glue=skip, ordinals=ordinals):
                break
            index += 2 if skip else 1
            if index > min(until, begin + _MOST):
                break
            if state.ordinal == ordinals:
                best = (self._closed(state), index)
        return best

    def _take(self, state: _Sum, piece: NumberPart, *, glue: bool, ordinals: bool) -> bool:
        """Read one piece on, if it can follow."""
        table, word = self.table, piece.word
        done = False
        if not word or word in table.adds:
            done = not state.ordinal and self._add(state, table.adds[word] if word else piece.value, word, glue=glue)
        elif word in table.halves:
            done = not state.rest % 1 and state.rest < 10
            state.rest += table.halves[word] if done else 0
        elif ordinals and word in table.ordinals:
            done = self._add(state, table.ordinals[word], word, glue=glue)
        elif word in table.times or (ordinals and table.ordinal_scales.get(word) == 100 and not state.ordinal):
            done = not state.ordinal and self._multiply(state, table.times.get(word, 100), glue=glue)
        elif word in table.scales or (ordinals and word in table.ordinal_scales):
            done = not state.ordinal and self._end(
                state, table.scales.get(word) or table.ordinal_scales[word], begun=bool(state.last)
            )
        if done:
            state.ordinal |= word in table.ordinals or word in table.ordinal_scales
            state.tail = 0.0 if glue or not word else self._unit(state.last)
            state.last = word or _FIGURES
        return done

    def _joins(self, state: _Sum) -> bool:
        """Whether "and" may come here: behind tens; in German behind a unit; zero in Chinese behind what multiplies."""
        if self.table.joined:
            return bool(self._unit(state.last)) or state.last == _FIGURES
        return state.rest >= 20 or (self.table.units_first and state.last in self.table.adds)

    def _unit(self, word: str) -> float:
        return self.table.times.get(word) or self.table.scales.get(word) or 0.0

    def _add(self, state: _Sum, value: float, word: str, *, glue: bool) -> bool:
        if not word:  # figures: the first of a group
            fits = not state.rest and (
                not state.last or state.last in self.table.times or state.last in self.table.scales
            )
        elif value >= 100:
            fits = not state.group and not state.rest
            state.group += value if fits else 0
            return fits
        else:
            fits = self._below(state, value, glue=glue)
        state.rest += value if fits else 0
        return fits

    def _below(self, state: _Sum, value: float, *, glue: bool) -> bool:
        """Whether a part below a hundred fits: a unit behind tens, tens behind a unit and "and", anything behind none."""
        rest, table = state.rest, self.table
        if state.last == _FIGURES or (not table.joined and table.adds.get(state.last) == 0):
            return False
        if table.joined:
            digits = rest and not state.group and not state.total and value < 10 and rest < _EXACT
            state.rest *= 10 if digits else 1  # figures as words: "二〇〇八"
            return bool(digits) or not rest
        if not rest:
            return not state.last or bool(state.group or state.total)
        if table.twenties and value == 20 and rest == 4:
            state.rest += 56  # and the twenty: eighty
            return True
        if value >= 20:
            return glue and table.units_first and rest < 10
        long, ten = table.twenties and rest in (60, 80), table.twenties and rest == 10 and value >= 7
        return (
            (rest >= 20 or ten or (state.ordinal and rest == 10))
            and rest % 10 == 0
            and (0 < value < 10 or (long and 10 <= value < 20))
        )

    def _multiply(self, state: _Sum, by: float, *, glue: bool) -> bool:
        digit = state.rest
        if by >= state.times or digit >= 100 or (state.group and not digit and not glue):
            return False
        state.group, state.rest, state.times = state.group + (digit or 1) * by, 0.0, by
        return True

    def _end(self, state: _Sum, scale: float, *, begun: bool) -> bool:
        group = state.group + state.rest
        below = sum(amount for other, amount in state.ends if other <= scale)  # "mil millones"
        if begun and not group and not below:
            return False
        rest = tuple(row for row in state.ends if row[0] > scale)
        state.ends = (*rest, (scale, (below + group or 1) * scale))
        state.group, state.rest, state.times = 0.0, 0.0, 1e30
        return True

    def _closed(self, state: _Sum) -> float:
        """The value; in Chinese a last digit right behind a hundred counts tens: "二百五" is 250."""
        if self.table.joined and state.tail >= 100 and 0 < state.rest < 10:
            return state.total + state.group + state.rest * state.tail / 10
        return state.value

    def decimal(self, index: int) -> Reading | None:
        """A number with "comma": "cuarenta y siete coma veintiocho"."""
        whole = self.cardinal(index)
        if whole is None and not self.pieces[index].word:
            whole = self.pieces[index].value, index + 1
        if whole is None or self.at(whole[1]).word not in self.table.points:
            return None
        digits, index = "", whole[1] + 1
        while len(digits) < _MOST and self.at(index) is not _NOTHING:
            word = self.at(index).word
            part = self.cardinal(index) if not self.table.joined and not digits else None
            if part is None and word not in self.table.adds:
                break
            value, index = part or (self.table.adds[word], index + 1)
            digits += f"{value:.0f}"
        if not digits or whole[0] >= _EXACT:
            return None
        value, scale = float(f"{whole[0]:.0f}.{digits}"), self.table.scales.get(self.at(index).word)
        return (value * scale, index + 1) if scale else (value, index)

    def fraction(self, index: int) -> Reading | None:
        """A fraction: "tres cuartos", "un sur vingt", "三又二分之一"."""
        return self._part(index) or self._mixed(index)

    def _part(self, index: int) -> Reading | None:
        above = self._number(index)
        if above is None:
            return None
        value, end = above
        word = self.at(end).word
        if word in self.table.per and (below := self._below_line(end + 1)) and value:
            return below[0] / value, below[1]
        if word in self.table.over and (below := self._number(end + 1, joined=True)) and below[0]:
            return value / below[0], below[1]
        if below := self._denominator(end, single=self.pieces[end - 1].word in self.table.one and end == index + 1):
            return value / below[0], below[1]
        for split in range(end - 1, max(index, end - _SPLITS), -1):  # "ciento treinta y tres | veintiun avos"
            head = self._read(index, ordinals=False, until=split)
            if head and head[1] == split and (below := self._denominator(split, single=False)):
                return head[0] / below[0], below[1]
        return None

    def _below_line(self, index: int) -> Reading | None:
        """What stands behind "分之", decimals too."""
        decimal = self.decimal(index) if self.at(index) is not _NOTHING else None
        return decimal or self._number(index, joined=True)

    def _denominator(self, index: int, *, single: bool) -> Reading | None:
        word = self.at(index).word
        if not word or self.at(index) is _NOTHING:
            return None
        if word in self.table.parts:
            return self.table.parts[word], index + 1
        below = self._read(index, ordinals=True)
        if below and (single or self.pieces[below[1] - 1].word.endswith("s")):  # a plural counts parts
            return below if below[0] > 2 else None
        below = self.cardinal(index)
        if below and self.at(below[1]).word in self.table.suffix_parts:
            return below[0], below[1] + 1
        return None

    def _mixed(self, index: int) -> Reading | None:
        whole = self._number(index)
        if whole is None:
            return None
        joint = self.at(whole[1]).word
        if joint not in self.table.of and joint not in self.table.glue and joint not in self.table.and_part:
            return None
        after = self.at(whole[1] + 1)
        part = None if after is _NOTHING else self._part(whole[1] + 1)
        if part is None and self.table.parts.get(after.word) == 2:
            part = 0.5, whole[1] + 2
        if not part or part[0] >= 1:
            return None
        last = self.table.scales.get(self.pieces[whole[1] - 1].word, 1) if part[0] == 0.5 else 1
        return whole[0] + part[0] * last, part[1]  # "un million et demi"

    def _number(self, index: int, *, joined: bool = False) -> Reading | None:
        piece = self.at(index) if joined else (self.pieces[index] if index < len(self.pieces) else _NOTHING)
        if piece is _NOTHING:
            return None
        return self.cardinal(index) or ((piece.value, index + 1) if not piece.word else None)


_NOTHING = NumberPart("\0", -1, -1)
