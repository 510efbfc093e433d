"""The laws of prose, as units that need each other: what stays says what the source says.

- Joins: what ends a sentence stays with what is left of it.
- Scope: an operator ("not", "only", "if", "at most") and what it governs go or stay together.
- Structure: brackets, quotations, links, list signs, headings, table rows, code, keys go and stay with their content.
- Style: "sentences" go or stay whole; of "clauses", a sentence is what it mainly says, and what is attached to it goes
  clause by clause, but plain statements (`statements.py`) lose words; "words" go one by one.

Where the language of a sentence is not known, it goes or stays whole. Does not score or select.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np

from tamis.core import Bools, Ints
from tamis.prompt.forms.company import CompanyOf
from tamis.prompt.forms.outline import SHORT, Outline, outline_of
from tamis.prompt.forms.statements import beginnings, plain_statements
from tamis.text.abbreviations import word_set
from tamis.text.clauses import OPENING, Clauses, first_characters, following
from tamis.text.contrast import JOINING, contrasts
from tamis.text.relations import Relations, bonds_of
from tamis.text.scope import runs_as_bonds, scopes
from tamis.text.structure import structure
from tamis.text.units import Units, united

LONG = 60  # units of a sentence from which on all that follows its beginning may go
LEAST = 3  # units of the core that an attached clause has at least
LISTED = 4  # units of the core of what ends a list, "and" among them
ITEMS = 4  # short items of an enumeration that stay together
NEAR = 3  # units at the beginning of a clause, among which an operator limits what was said before
_OTHERWISE = word_set(
    """
    otherwise else sonst andernfalls sinon autrement altrimenti anders иначе inaczej jinak annars ellers
    """
)
_OTHERWISE_BEGINNINGS = ("否则", "不然", "さもない", "そうでな")
_SEMICOLONS = frozenset(";；؛:：")
_THAN = word_set("than als чем ніж niż než nego kuin mint")  # what begins with it is what is compared with
# Finite verbs of grammar: behind one, a sentence is complete.
_FINITE = word_set(
    """
    is are was were has have had does do did ist sind war waren hat haben hatte hatten wird werden wurde wurden
    est sont était étaient a ont avait avaient fut furent es son era eran fue fueron ha han había está están
    è sono erano hanno aveva fu furono é são eram foi foram tem têm tinha estão är var har hade er havde hadde
    zijn heeft had hadden werd jest są był była było były
    """
)
_AND = frozenset().union(*JOINING.values())
_RELATIVE = word_set(
    """
    which who whom whose where der die das den dem deren dessen qui que dont où quien cuyo
    """
)
ATTACHED = frozenset({"opener", "binder", "condition", "exception"})
LIMITING = frozenset({"negator", "focus", "exception", "condition", "limit"})
# Punctuation that says nothing by itself.
_SOFT = frozenset(",;:.!?…—–-()[]{}'\"`“”‘’«»„‚‹›，、；：。！？（）【】《》「」『』،؛؟۔।·*_~")


def nested(units: Units, style: str, *, whole: bool = False) -> Units:
    """Return the units with the bonds, parents and company that keep the laws in a style.

    whole -- plain statements lose clauses only, as all others do
    """
    asked = structure(units)
    outline = outline_of(units, asked.quiet, asked.low < asked.high)
    soft = units.punct & np.isin(first_characters(units), list(_SOFT))
    company = CompanyOf(units, outline.at, outline.light, soft)
    company.structure(asked)
    company.labels(outline.closed.of("negator"))
    parents = np.full((2, len(units)), -1, np.int64)
    parents[1] = asked.parents
    bonds = [asked.bonds]
    if style == "sentences":
        company.everything()
        bonds.append(_sentences(outline.at, company.core))
    else:
        company.punctuation(readable=style == "clauses", attached=_attached(outline, company.core))
        narrow = style == "words" or not whole
        if narrow:
            company.conjunctions(_joining(units, outline.language.code if outline.language else ""))
        bonds += [
            scopes(units, outline.at, outline.closed, company.core, narrow=narrow),
            _unknown(outline, company.core),
        ]
    if style == "clauses":
        more, parents[0] = _main_and_attached(outline, company.core, whole=whole)
        bonds.append(more)
    if style != "words":
        _lean_back(units, outline.at, company.core, parents[0])
    return replace(units, bonds=united(*bonds), parents=parents, company=company.done())


def _joining(units: Units, language: str) -> Bools:
    """(n,) words such as "and" and "or", in a language."""
    words = JOINING.get(language, frozenset())
    return np.array([body.lower() in words for body in units.bodies()], np.bool_)


def _lean_back(units: Units, at: Clauses, core: Bools, parents: Ints) -> None:
    """A sentence that begins with "Otherwise" needs the one before, which says what it is otherwise than."""
    heads = following(core)[at.sentence_edges[:-1]].tolist()
    for number, (before, head) in enumerate(pairwise(heads), 1):
        if before < head < at.sentence_edges[number + 1] and parents[head] < 0:
            body = units.says(head).lower()
            if body in _OTHERWISE or body.startswith(_OTHERWISE_BEGINNINGS):
                parents[head] = before


def _sentences(at: Clauses, core: Bools) -> Ints:
    """(n,) one bond a sentence."""
    bounds = at.sentence_edges.tolist()
    return runs_as_bonds(pairwise(bounds), core)


def _unknown(outline: Outline, core: Bools) -> Ints:
    """(n,) one bond for each sentence in an unknown language; for each of its segments if it is long.

    Where nothing is known of the whole text and it is plain ASCII (a code, names, a few words), words go one by one.
    """
    runs: list[tuple[int, int]] = []
    if not outline.known.any() and outline.units.text.isascii():
        return np.arange(core.size)
    bounds, segments = outline.at.sentence_edges.tolist(), outline.at.segment_edges.tolist()
    for number in np.flatnonzero(~outline.known).tolist():
        a, b = bounds[number], bounds[number + 1]
        if b - a <= LONG:
            runs.append((a, b))
        else:
            first, last = int(outline.at.segment_of[a]), int(outline.at.segment_of[b - 1])
            runs += [run for s in range(first, last + 1) for run in _parts(segments[s], segments[s + 1])]
    return runs_as_bonds(runs, core)


def _parts(a: int, b: int) -> list[tuple[int, int]]:
    """A run of units in parts of LONG units at most: nothing tells where it could be cut."""
    return [(low, min(low + LONG, b)) for low in range(a, b, LONG)]


def _attached(outline: Outline, core: Bools) -> Bools:
    """(segments,) segments that are attached to others: an opener, a relation word or a bracket begins them."""
    begin = outline.at.segment_edges[:-1]
    n = core.size
    heads = following(core)[begin] if begin.size else begin
    kinds = outline.closed.kinds[np.minimum(heads, n - 1)] if begin.size else np.zeros(0, "U1")
    inside = heads < outline.at.segment_edges[1:]
    bracket = np.isin(first_characters(outline.units)[begin], list("({（【")) if begin.size else inside
    attached: Bools = (inside & np.isin(kinds, list(ATTACHED))) | bracket
    return attached


def _main_and_attached(outline: Outline, core: Bools, *, whole: bool) -> tuple[Ints, Ints]:
    """Bonds and parents (n,) of each: what a sentence mainly says is one bond, and what is attached needs it.

    whole -- of plain statements too
    """
    reader = _Sentences(outline, core)
    bounds = outline.at.sentence_edges.tolist()
    free = np.zeros(outline.known.size, np.bool_) if whole else plain_statements(outline)
    for number, (a, b) in enumerate(pairwise(bounds)):
        if free[number]:
            continue
        if b - a <= SHORT or not outline.known[number]:
            reader.whole(a, b)
        else:
            reader.divided(a, b)
    reader.runs += beginnings(outline, free)
    ties = bonds_of(core.size, Relations(ties=reader.ties))
    return united(runs_as_bonds(reader.runs, core), ties), reader.parents


class _Sentences:
    """Divides sentences into what they mainly say and what is attached to it."""

    def __init__(self, outline: Outline, core: Bools) -> None:
        self.core = core
        self.attached = _attached(outline, core).tolist()
        self.kinds = outline.closed.kinds.tolist()
        self.edges, self.segment_of = outline.at.segment_edges.tolist(), outline.at.segment_of
        self.texts = [body.lower() for body in outline.units.bodies()]
        self.next = following(core).tolist()
        self.size = np.concatenate(([0], np.cumsum(core))).tolist()
        self.parents = np.full(core.size, -1, np.int64)
        self.runs: list[tuple[int, int]] = []
        self.ties: list[tuple[int, int]] = []

    def whole(self, a: int, b: int) -> None:
        """A sentence that is not divided."""
        self.runs.append((a, b))

    def divided(self, a: int, b: int) -> None:
        """A sentence by its segments; a long one first by its semicolons: what follows needs what it begins with.

        Parts of several segments are tied by their first units.
        """
        top = -1
        for low, high in self._clauses(a, b):
            parts, under = self._parts(low, high)
            heads = [self._first(part) for part in parts]
            for part, above in zip(parts, under, strict=True):
                self._bind(part, top if part is parts[0] else heads[above] if heads[above] >= 0 else heads[0])
            top = heads[0] if top < 0 else top

    def _clauses(self, a: int, b: int) -> list[tuple[int, int]]:
        """The ranges between the semicolons of a long sentence."""
        if b - a <= LONG:
            return [(a, b)]
        edges = self.edges[int(self.segment_of[a]) + 1 : int(self.segment_of[b - 1]) + 1]
        return list(pairwise([a, *(edge for edge in edges if self._resumes(edge)), b]))

    def _bind(self, part: list[tuple[int, int]], needed: int) -> None:
        """The segments of a part go or stay together; `needed` must stay for them, -1 for nothing."""
        self.runs += part
        firsts = [first for low, high in part if (first := self.next[low]) < high]
        self.ties += [(firsts[0], first) for first in firsts[1:]]
        for low, high in part if needed >= 0 else ():
            self.parents[np.flatnonzero(self.core[low:high]) + low] = needed

    def _parts(self, a: int, b: int) -> tuple[list[list[tuple[int, int]]], list[int]]:
        """The parts of a sentence, the main one first, each some segments; and the number of the part that each needs.

        What a long sentence lists behind "including" needs what its list begins with.
        """
        main: list[tuple[int, int]] = []
        parts, under, head = [main], [0], 0
        last, leading = main, list[tuple[int, int]]()
        few, listed, begin, final = False, 0, a, int(self.segment_of[b - 1])
        for s in range(int(self.segment_of[a]), final + 1):
            if s < final and self._only_joins(*self.edges[s : s + 2]):
                continue  # ", or, by train": with what follows
            segment = begin, self.edges[s + 1]
            attached = self.attached[self.segment_of[begin]]
            few, before = self.size[segment[1]] - self.size[begin] < LEAST, few
            few |= before and begin > a and self._joins([segment])  # "medical, dental, and public schools"
            begin = segment[1]
            if attached and (not main or self._resumes(segment[0])):
                leading.append(segment)  # "To stop it, turn the key": with what it leads to
            elif self._limits(segment) or (few and attached) or self._open_ended(last):
                (last if main else leading).append(segment)
                head = len(parts) - 1 if main else head
            elif few and main and not leading and listed < ITEMS and (last is main or not self._is_attached(last)):
                last.append(segment)  # "electronic, verbal, or written communication"
                listed += 1
            elif s == final and b - a > LONG and not attached and self._joins(last):
                main.append(segment)  # "the families A, B, and C, left": the list is closed
            elif attached or (b - a > LONG and main and not leading):
                last = [segment]
                parts.append(last)
                under.append(0 if attached and not self._joins(last) else head)
                head = len(parts) - 1 if attached else head
                listed = 0
            else:
                self._resume(parts, listing=self._ends_list(segment))
                under, head = under[: len(parts)], 0
                main += [*leading, segment]
                last, leading, listed = main, [], 0
        main += leading
        return parts, under

    def _only_joins(self, a: int, b: int) -> bool:
        """Whether a segment is but a word such as "or" between commas."""
        first = self.next[a]
        return first < b and self.size[b] - self.size[a] == 1 and self.texts[first] in _AND

    def _joins(self, part: list[tuple[int, int]]) -> bool:
        """Whether a part begins with a word such as "and"."""
        first = self._first(part)
        return first >= 0 and self.texts[first] in _AND

    def _is_attached(self, part: list[tuple[int, int]]) -> bool:
        return bool(self.attached[self.segment_of[part[0][0]]])

    def _open_ended(self, part: list[tuple[int, int]]) -> bool:
        """Whether a part ends with a word that governs what follows: "managed by, or on behalf of, the Licensor"."""
        if not part:
            return False
        low, high = part[-1]
        words = [i for i in range(max(low, high - 3), high) if self.size[i + 1] > self.size[i]]
        return bool(words) and self.kinds[words[-1]] == "binder"

    def _resumes(self, unit: int) -> bool:
        """Whether a semicolon stands before a unit: what follows is a sentence of its own."""
        return unit > 0 and self.texts[unit - 1] in _SEMICOLONS

    def _ends_list(self, segment: tuple[int, int]) -> bool:
        """Whether a segment may be the end of a list: "Módena y Novellara" behind ", trabajó en Mirandola,"."""
        first, (_, end) = self.next[segment[0]], segment
        joined = any(self.texts[i] in _AND for i in range(first + 1, end))
        return joined and self.size[end] - self.size[first] <= LISTED

    def _resume(self, parts: list[list[tuple[int, int]]], *, listing: bool) -> None:
        """The sentence goes on with its main part: an aside may go, but a clause that has begun goes with it.

        ", while the accountant, who had warned everybody, kept her job": what keeps her job is in the first of these.

        listing -- what it goes on with may be of a list in the aside, too
        """
        main = parts[0]
        behind = [part for part in parts[1:] if not main or part[0][0] > main[-1][0]]
        if (
            listing
            or len(behind) > 1
            or (behind and (not self._is_aside(behind[0][0]) or self._complete(main, behind[0][0])))
        ):
            for part in behind:
                main += part
            del parts[len(parts) - len(behind) :]

    def _complete(self, main: list[tuple[int, int]], aside: tuple[int, int]) -> bool:
        """Whether a sentence is complete before an aside, so that what follows may belong to the aside alone.

        "The colour is crimson, which is the name of the newspaper, The Crimson." Not so behind brackets.
        """
        finite = any(
            self.kinds[i] == "modal" or self.texts[i] in _FINITE for low, high in main for i in range(low, high)
        )
        return finite and self.texts[aside[0]][:1] not in OPENING

    def _is_aside(self, segment: tuple[int, int]) -> bool:
        """Whether a segment is one that a sentence goes on behind: in brackets, or led by a relation word."""
        first = self.next[segment[0]]
        return first >= segment[1] or self.kinds[first] != "opener" or self.texts[first] in _RELATIVE

    def _first(self, part: list[tuple[int, int]]) -> int:
        return next((self.next[a] for a, b in part if self.next[a] < b), -1)

    def _limits(self, segment: tuple[int, int]) -> bool:
        """Whether a segment limits or turns round what was said before it."""
        first = self.next[segment[0]]
        begin = range(first, min(first + NEAR, segment[1]))
        if first < segment[1] and (self.texts[first] in _THAN or contrasts(self.texts[first])):
            return True
        return any(self.kinds[i] in LIMITING for i in begin)
