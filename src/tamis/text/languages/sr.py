"""Serbian in Cyrillic letters: the listings of its Latin twin, letter by letter."""

from __future__ import annotations

from dataclasses import replace

from tamis.text.languages.hr import LANGUAGE as _LATIN
from tamis.text.languages.language import Pair

_DIGRAPHS = {"lj": "љ", "nj": "њ", "dž": "џ"}
_LETTERS = str.maketrans("abvgdđežzijklmnoprstćufhcčš", "абвгдђежзијклмнопрстћуфхцчш")


def _cyrillic(expressions: frozenset[str]) -> frozenset[str]:
    letters = expressions
    for digraph, letter in _DIGRAPHS.items():
        letters = frozenset(expression.replace(digraph, letter) for expression in letters)
    return frozenset(expression.translate(_LETTERS) for expression in letters)


LANGUAGE = replace(
    _LATIN,
    code="sr",
    name="Serbian",
    script="Cyrillic",
    negators=_cyrillic(_LATIN.negators),
    conditions=_cyrillic(_LATIN.conditions),
    exceptions=_cyrillic(_LATIN.exceptions),
    limits=_cyrillic(_LATIN.limits),
    focus=_cyrillic(_LATIN.focus),
    quantifiers=_cyrillic(_LATIN.quantifiers),
    modals=_cyrillic(_LATIN.modals),
    light=_cyrillic(_LATIN.light),
    starters=_cyrillic(_LATIN.starters),
    binders=_cyrillic(_LATIN.binders),
    openers=_cyrillic(_LATIN.openers),
    stranded=_cyrillic(_LATIN.stranded),
    behind_comma=_cyrillic(_LATIN.behind_comma),
    plain=_cyrillic(_LATIN.plain),
    pairs=tuple(Pair(pair.kind, _cyrillic(pair.first), _cyrillic(pair.second), pair.reach) for pair in _LATIN.pairs),
    denials=_cyrillic(_LATIN.denials),
    common=_cyrillic(_LATIN.common),
)
