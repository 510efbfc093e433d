"""Phrases of scripts that write no spaces: where a run of Han, Kana or Thai may be cut, and nowhere inside a word.

The models are BudouX's (Google, Apache-2.0; https://github.com/google/budoux): linear ones over the characters, pairs
and triples around a border. Their scores are summed here for a whole text at once, many times as fast as BudouX's own
loop. BudouX breaks lines, where a border inside a word is a blemish; here it would let half a word go, so a border
counts only where the score is well above zero. What remains are phrases of about two words (Chinese), or a word with
its particles and endings (Japanese).

Lao, Khmer, Burmese, Tibetan and their like have no model: a run of them, up to the next space or mark, is one phrase.

Does not know what a unit is (`text/words.py`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import regex

from tamis.core import Bools, Floats, Ints

_Numbers: TypeAlias = "npt.NDArray[np.uint16]"
_Weights: TypeAlias = "npt.NDArray[np.float32]"

NAMES = ("zh-hans", "zh-hant", "ja", "th")
HANS, HANT, JA, TH, NONE = range(5)
# Scores from which on a border counts. On the sentences of `meaning` (treebanks) one Chinese word in 1,100 and one
# Japanese word in 1,600 then have a border inside, at 3.6 and 4.5 characters a phrase; at 0 it were one in 14 and 400.
MARGINS = (2500, 2500, 600, 3000)
LONGEST = 160  # characters of a phrase; a longer run without any border is cut
REACH = 3  # characters before and behind a border that the models look at

NUMERALS = "〇零一二三四五六七八九十百千万萬亿億兆两兩"
# Adverbs, negators and determiners that stand before what they modify.
LEANING = "该該此各每最更较較不没沒未无無非别別勿莫很太颇頗极極越愈也都只仅僅就才又再已曾正将將这這那某另则則第"

OTHER, HAN, HIRAGANA, KATAKANA, THAI, UNKNOWN = range(6)
UNKNOWN_SCRIPTS = r"\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}\p{Tai_Le}\p{New_Tai_Lue}\p{Tai_Tham}\p{Javanese}\p{Balinese}"
_SCRIPTS = {
    HAN: r"\p{Han}",
    HIRAGANA: r"\p{Hiragana}",
    KATAKANA: r"\p{Katakana}ー・·‧",
    THAI: r"\p{Thai}",
    UNKNOWN: UNKNOWN_SCRIPTS,
}
_DOTS = "・·‧"  # inside a name: ジョン・スミス
_PLANE = 0x10000  # the characters that the models know; all others (rare ideographs) are taken for the last of them
_LINE_ENDS = "\n\r\x0b\x0c\x85\u2028\u2029"


def borders(text: str, runs: Iterable[tuple[int, int]]) -> list[int]:
    """Return where the runs may be cut, in order: positions in the text, none at the start or the end of a run.

    Each line is judged by itself, so a text has the borders of its lines; its language is that of its characters.

    runs -- (start, end) of the stretches in scripts without spaces, in order and apart.

    Example: "我们今天讨论" -> behind 我们
    """
    edges = np.array(list(runs), np.int64).reshape(-1, 2)
    if not edges.size:
        return []
    window = _window(text, edges)
    cut = _between_scripts(window)
    models = _models(window)
    for number, name in enumerate(NAMES):
        if (models == number).any():
            scores = _model(name).scores(window.codes)
            cut |= (models == number) & (scores > MARGINS[number]) & ~_bound(window, number)
    return _short(window.places[cut & window.inside], edges)


@dataclass(frozen=True, eq=False, slots=True)
class _Window:
    """The characters that decide: those of the runs and REACH around them; (m,) each.

    Attributes:
        codes: the characters as numbers; a line end is REACH zeros, so that no line looks into the next.
        places: where each stands in the text.
        lines: the line of each.
        inside: True where a border before the character would lie inside a run.
        scripts: OTHER, HAN, ...
    """

    codes: Ints
    places: Ints
    lines: Ints
    inside: Bools
    scripts: Ints


def _window(text: str, edges: Ints) -> _Window:
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.int64)
    codes[codes >= _PLANE] = _PLANE - 1
    places = _indices(np.maximum(edges[:, 0] - REACH, 0), np.minimum(edges[:, 1] + REACH, codes.size))
    ends = _characters().line_ends[codes[places]]
    places = np.repeat(places, np.where(ends, REACH, 1))
    inside = np.zeros(codes.size, np.bool_)
    inside[_indices(edges[:, 0] + 1, edges[:, 1])] = True
    codes = codes[places]
    ends = _characters().line_ends[codes]
    codes[ends] = 0
    return _Window(codes, places, np.cumsum(ends), inside[places], _characters().scripts[codes])


def _indices(starts: Ints, ends: Ints) -> Ints:
    """All numbers of the ranges, once and in order."""
    size = int(ends.max(initial=0)) + 1
    steps = np.bincount(starts, minlength=size) - np.bincount(ends, minlength=size)
    indices: Ints = np.flatnonzero(np.cumsum(steps) > 0)
    return indices


def _models(window: _Window) -> Ints:
    """(m,) the number of the model that judges the border before each character.

    A line is Japanese if its kana and its characters of Japan only are more than those of China only.
    """
    marks = _characters().marks
    counts = [np.bincount(window.lines, marks[kind][window.codes]) for kind in ("ja", "zh", "hans", "hant")]
    ja, zh, hans, hant = counts
    line = np.where(ja > zh, JA, np.where(hant > hans, HANT, HANS))[window.lines]
    east = (window.scripts >= HAN) & (window.scripts <= KATAKANA)
    models: Ints = np.where(east, line, np.where(window.scripts == THAI, TH, NONE))
    return models


def _between_scripts(window: _Window) -> Bools:
    """(m,) True where Thai or a script without a model meets another one."""
    before, here = _shifted(window.scripts), window.scripts
    meeting: Bools = (before != here) & (np.maximum(before, here) >= THAI) & (np.minimum(before, here) > OTHER)
    return meeting


def _bound(window: _Window, model: int) -> Bools:
    """(m,) True where a rule joins what a model would part: names in katakana, numerals with what they count."""
    known = _characters()
    bound: Bools = (window.scripts == KATAKANA) & (_shifted(window.scripts) == KATAKANA)
    bound |= known.dots[window.codes] | known.dots[_shifted(window.codes)]
    if model in {HANS, HANT, JA}:
        bound |= known.numerals[_shifted(window.codes)]
    if model in {HANS, HANT}:
        bound |= known.leaning[_shifted(window.codes)]
    return bound


def _shifted(values: Ints) -> Ints:
    """The value before each."""
    return np.concatenate(([0], values[:-1]))


def _short(cuts: Ints, edges: Ints) -> list[int]:
    """The cuts, and more of them where a phrase would be longer than LONGEST."""
    marks = np.sort(np.concatenate([cuts, edges.ravel()]))
    wide = np.flatnonzero(np.diff(marks) > LONGEST)
    run = np.searchsorted(edges[:, 0], marks[wide], side="right") - 1
    wide = wide[marks[wide] < edges[run, 1]]  # (not the stretches between the runs)
    more = [range(a + LONGEST, b, LONGEST) for a, b in zip(marks[wide].tolist(), marks[wide + 1].tolist(), strict=True)]
    return sorted([*cuts.tolist(), *(cut for cuts_of_one in more for cut in cuts_of_one)])


@dataclass(frozen=True, eq=False, slots=True)
class _Characters:
    """What is known about each character of the first plane; (65536,) each."""

    scripts: Ints
    line_ends: Bools
    dots: Bools
    numerals: Bools
    leaning: Bools
    marks: Mapping[str, Floats]


@lru_cache(maxsize=1)
def _characters() -> _Characters:
    everything = "".join(map(chr, [*range(0xD800), *range(0xE000, _PLANE)]))
    scripts = np.zeros(_PLANE, np.int64)
    for script, pattern in _SCRIPTS.items():
        scripts[[ord(c) for c in regex.findall(f"[{pattern}]", everything)]] = script
    scripts[_PLANE - 1] = HAN
    return _Characters(
        scripts,
        _among(_LINE_ENDS) > 0,
        _among(_DOTS) > 0,
        _among(NUMERALS) > 0,
        _among(LEANING) > 0,
        _national(scripts, everything),
    )


def _national(scripts: Ints, everything: str) -> dict[str, Floats]:
    """1 for the characters that tell a language: those that only some of the national character sets hold."""
    hans, hant, ja = (
        _among(everything.encode(name, "ignore").decode(name)) > 0 for name in ("gb2312", "big5", "shift_jis")
    )
    han, kana = scripts == HAN, (scripts == HIRAGANA) | (scripts == KATAKANA)
    kana &= _among(_DOTS) == 0
    tables = {
        "ja": kana | (han & ja & ~hans & ~hant),
        "zh": han & (hans | hant) & ~ja,
        "hans": han & hans & ~hant,
        "hant": han & hant & ~hans,
    }
    return {kind: table.astype(np.float64) for kind, table in tables.items()}


def _among(characters: str) -> Floats:
    """(65536,) 1 for each of the characters."""
    table = np.zeros(_PLANE, np.float64)
    table[[ord(c) for c in characters]] = 1
    return table


@dataclass(frozen=True, eq=False, slots=True)
class _Model:
    """The weights of one of BudouX's models as tables; number 0 is a character, pair or triple without a weight.

    Attributes:
        base: the score of a border of which nothing is known.
        letters: (65536,) the number of each character.
        pairs: (letters, letters) the number of each pair; of a triple, too, the pair that it begins with.
        triples: (pairs, letters) the number of each triple.
        singles, doubles, threes: (6, letters), (3, pairs), (4, triples) weights by their place around the border.
    """

    base: float
    letters: Ints
    pairs: _Numbers
    triples: _Numbers
    singles: _Weights
    doubles: _Weights
    threes: _Weights

    def scores(self, codes: Ints) -> _Weights:
        """(m,) the score of a border before each character; above 0 BudouX would break the line."""
        letters = np.concatenate([np.zeros(REACH, np.int64), self.letters[codes], np.zeros(REACH, np.int64)])
        pairs = self.pairs[letters[:-1], letters[1:]]
        triples = self.triples[pairs[:-1], letters[2:]]
        total = np.full(codes.size, self.base, np.float32)
        for weights, grams, first in (
            (self.singles, letters, 0),
            (self.doubles, pairs, 1),
            (self.threes, triples, 0),
        ):
            for place, table in enumerate(weights):
                total += table[grams[first + place :][: codes.size]]
        return total


@lru_cache(maxsize=len(NAMES))
def _model(name: str) -> _Model:
    """One of BudouX's models, from the file in its package: weights by kind (UW1-6, BW1-3, TW1-4) and characters."""
    weights = json.loads((files("budoux") / "models" / f"{name}.json").read_text(encoding="utf-8"))
    singles, doubles, threes = (
        [{gram: w for gram, w in weights.get(f"{kind}W{place}", {}).items() if len(gram) == size} for place in places]
        for kind, size, places in (("U", 1, range(1, 7)), ("B", 2, range(1, 4)), ("T", 3, range(1, 5)))
    )
    letters = _numbers(c for table in [*singles, *doubles, *threes] for gram in table for c in gram)
    pairs = _numbers([gram for table in doubles for gram in table] + [gram[:2] for table in threes for gram in table])
    triples = _numbers(gram for table in threes for gram in table)
    pair_table = np.zeros((len(letters) + 1, len(letters) + 1), np.uint16)
    for gram, number in pairs.items():
        pair_table[letters[gram[0]], letters[gram[1]]] = number
    triple_table = np.zeros((len(pairs) + 1, len(letters) + 1), np.uint16)
    for gram, number in triples.items():
        triple_table[pairs[gram[:2]], letters[gram[2]]] = number
    codes = np.zeros(_PLANE, np.int64)
    for letter, number in letters.items():
        codes[min(ord(letter), _PLANE - 1)] = number
    base = -0.5 * sum(sum(table.values()) for table in weights.values())
    return _Model(
        base,
        codes,
        pair_table,
        triple_table,
        *(_table(*of) for of in ((singles, letters), (doubles, pairs), (threes, triples))),
    )


def _numbers(grams: Iterable[str]) -> dict[str, int]:
    return {gram: number for number, gram in enumerate(sorted(set(grams)), 1)}


def _table(weights: list[dict[str, int]], numbers: Mapping[str, int]) -> _Weights:
    """(places, grams) the weights, by the numbers of what they are for."""
    table = np.zeros((len(weights), len(numbers) + 1), np.float32)
    for row, grams in zip(table, weights, strict=True):
        for gram, weight in grams.items():
            row[numbers[gram]] = weight
    return table
