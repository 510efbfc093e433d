"""Plain statements: sentences that only tell what is or was, so that a telegram of them says nothing else.

A sentence that denies, excepts, sets a condition or a limit, obliges, allows, asks, or gives an amount says something
else, or nothing, once words are missing from it: such sentences lose whole clauses or nothing. Of the others, words may
go one by one. Found by the closed classes, so in every language that has them.
"""

from __future__ import annotations

import re

import numpy as np

from tamis.core import Bools
from tamis.prompt.forms.outline import SHORT, Outline
from tamis.text.clauses import first_characters
from tamis.text.contrast import contrasts
from tamis.text.expressions import is_amount

# Languages in which what is left of a plain statement reads: the scores that choose its words were learned on English.
# Elsewhere a telegram came out as "personal laboral al Administración Pública", a Chinese one began with "的".
LANGUAGES = frozenset({"en"})
RISKY = ("negator", "condition", "exception", "limit", "focus")
CLAUSES = 3  # words that open clauses, in a sentence whose parts could be taken for each other's
REACH = 5  # units behind a word that opens a clause, which stay together
ASKING = frozenset("?？؟\u037e")
_LINK = re.compile(r"[^\s\[]\](?=[(\[])")
DIVIDING = frozenset(";；؛")  # "turn it left to stop it; to start it, turn it right"


def plain_statements(outline: Outline) -> Bools:
    """(sentences,) those of which words may go one by one.

    Example: "The Normans came to England in 1066 and built castles along the rivers." is one; "They must leave by
    noon.", "It weighs 12 kg." and "Nobody came." are none
    """
    at = outline.at
    sizes = np.diff(at.sentence_edges)
    if outline.language is None or outline.language.code not in LANGUAGES:
        return np.zeros(sizes.size, np.bool_)
    risky = outline.closed.of(*RISKY) | _contrasting(outline) | _obliging(outline) | _amounts(outline)
    risky |= _asking(outline) | _linking(outline)
    begins = at.sentence_edges[:-1]
    if not begins.size:
        return np.zeros(0, np.bool_)
    calm = ~np.logical_or.reduceat(risky, begins) & np.logical_or.reduceat(at.stop, begins)
    opened = np.add.reduceat(outline.closed.first & outline.closed.of("opener"), begins)
    plain: Bools = calm & outline.known & (sizes > SHORT) & (opened < CLAUSES)
    return plain


def _contrasting(outline: Outline) -> Bools:
    """(n,) words such as "but": what they set against each other would be one without its verbs."""
    return np.array([contrasts(body.lower()) for body in outline.units.bodies()], np.bool_)


def _obliging(outline: Outline) -> Bools:
    """(n,) words such as "must" and "may"; not those of time, ability and wish, if the language tells them apart."""
    mild = outline.language.mild if outline.language else frozenset()
    units = outline.units
    obliging = np.zeros(len(units), np.bool_)
    for a, b, kind in outline.closed.runs:
        if kind == "modal" and units.says(a, b).lower() not in mild:
            obliging[a:b] = True
    return obliging


def _amounts(outline: Outline) -> Bools:
    """(n,) numbers that count or measure."""
    bodies = outline.units.bodies()
    lowered = [body.lower().strip(".,") for body in bodies]
    return np.array([is_amount(lowered, number) for number in range(len(lowered))], np.bool_)


def _asking(outline: Outline) -> Bools:
    """(n,) question marks that end a sentence, and marks that divide it in two."""
    first = first_characters(outline.units)
    stops = outline.at.stop & np.isin(first, list(ASKING))
    asking: Bools = stops | (outline.at.pause & np.isin(first, list(DIVIDING)))
    return asking


def _linking(outline: Outline) -> Bools:
    """(n,) where the text of a link ends, which is whole or gone: "See for filters" lacks what is to be seen."""
    linking = np.zeros(len(outline.units), np.bool_)
    ends = [match.end() for match in _LINK.finditer(outline.units.text)]
    linking[np.searchsorted(outline.units.ends, ends)] = True
    return linking


def beginnings(outline: Outline, plain: Bools) -> list[tuple[int, int]]:
    """Runs of units: what stands behind words that open clauses or join, up to the next word of grammar or mark.

    Of "fined the company and the director resigned", "director resigned": without its verb, he would be fined, too.
    """
    edges, kinds = outline.at.segment_edges, outline.closed.kinds
    stops = ~np.isin(kinds, ("", "light"))
    runs: list[tuple[int, int]] = []
    for _, b, kind in outline.closed.runs:
        if kind != "opener" or b >= kinds.size or not plain[outline.at.sentence_of[b - 1]]:
            continue
        end = min(int(edges[outline.at.segment_of[b - 1] + 1]), b + REACH)
        behind = np.flatnonzero(stops[b:end])
        runs.append((b, b + int(behind[0]) if behind.size else end))
    return runs
