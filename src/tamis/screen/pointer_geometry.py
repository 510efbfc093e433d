"""Exact geometry of what an instruction says: which one of several, in which place, how it lies to something else.

Where the parser knows an ordinal, a place or a relation, these columns decide: each says of an element how it does in
the count, among those that could be meant. Elements that lie on one another, as a text and its button, count once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from tamis.core import Bools, Floats, Ints
from tamis.image.boxes import Edges
from tamis.screen.instruction import Description
from tamis.screen.scene import Scene

GROUPS: Final = ("equal", "alike", "drawn", "near", "role")  # of what an ordinal counts
REACHES: Final = ("any", "fitting", "role", "named")  # of what else could be meant beside an anchor, or in a place
COLUMNS: Final = (
    *(f"nth {group}" for group in GROUPS), *(f"side {reach}" for reach in REACHES), "side far", "side strict",
    *(f"place {reach}" for reach in REACHES), "place in", "section", "section first", "section named",
    "named", "named best", "named rank", "all", "all best", "all rank",
)  # fmt: skip
Columns = Mapping[str, Floats]
_MOST = 60  # elements that are counted: more are no group
_FITS, _ALIKE, _DRAWN = 0.8, 0.9, 0.06  # of a role's fit; of the best name; from the best picture's cosine
_ANCHORS = 4  # elements that read like the anchor
_EDGE = 0.3  # of the screen, from its edges: what people call a side or a corner


@dataclass(frozen=True, slots=True)
class Fit:
    """How well the elements fit an instruction, wherever they are.

    Attributes:
        named: (n,) by their text, their label or their picture, 0 to 1.
        equal: (n,) whether a text is the name.
        drawn: (n,) whether the picture is the one that is nearest to the name.
        near: (n,) whether it is about as near as that.
        role: (n,) how well the role does; 1 where none is asked for.
        same: (n,) whether the role is the one that is asked for.
        anchor: (n,) how well the texts fit the anchor of a relation, 0 to 1.
    """

    named: Floats
    equal: Bools
    drawn: Bools
    near: Bools
    role: Floats
    same: Bools
    anchor: Floats


class Geometry:
    """A screen's elements, prepared to be counted.

    places -- (n, n) whether two elements lie on one another (`same_place`)
    """

    def __init__(self, scene: Scene, places: Bools) -> None:
        self._scene, self._places = scene, places
        self._low = scene.edges[:, :2].min(0, initial=np.inf) if len(scene.edges) else np.zeros(2)
        self._high = scene.edges[:, 2:].max(0, initial=0.0)

    def __call__(self, wish: Description, fit: Fit) -> Columns:
        """Each of `COLUMNS` for the elements; 0 where the instruction does not say such a thing."""
        counts = self._counts(wish, fit)
        sides = self._sides(wish, fit)
        place = self._place(wish, fit)
        section = self._section(wish, fit)
        best = fit.named.max(initial=0.0)
        total = fit.named * (0.5 + 0.5 * fit.role) if best > 0 else fit.role
        columns = {
            "named": fit.named, "named best": fit.named - best, "named rank": self._ranked(fit.named, fit.named > 0),
        }  # fmt: skip
        for part in (np.maximum.reduce([counts[f"nth {group}"] for group in GROUPS]), place["place named"]):
            total = total * (part if part.any() else 1.0)
        side = np.maximum(sides["side named"], section["section named"])
        total = total * side if side.any() else total
        whole = {"all": total, "all best": total - total.max(initial=0.0), "all rank": self._ranked(total, total > 0)}
        return {**counts, **sides, **place, **section, **columns, **whole}

    def _counts(self, wish: Description, fit: Fit) -> Columns:
        """1 for the one that the ordinal says, less for others of its group the further they are, by group."""
        zero = np.zeros(len(fit.named))
        if wish.ordinal is None or not len(zero):
            return {f"nth {group}": zero for group in GROUPS}
        fits = fit.role > _FITS
        alike = fit.named >= _ALIKE * max(float(fit.named[fits].max(initial=0.0)), 1e-6)
        groups = fit.equal & fits, alike & fits, fit.drawn, fit.near, fit.same
        return {
            f"nth {name}": self._nth(np.flatnonzero(group), wish.ordinal)
            for name, group in zip(GROUPS, groups, strict=True)
        }

    def _nth(self, group: Ints, wanted: int) -> Floats:
        result = np.zeros(len(self._places))
        if not 0 < len(group) <= _MOST:
            return result
        numbers = self.numbers(group)
        away = np.abs(numbers - (wanted if wanted >= 0 else numbers.max() + 1 + wanted))
        result[group] = np.where(away == 0, 1.0, 0.5 * np.exp(-away))
        return result

    def numbers(self, group: Ints) -> Ints:
        """The number of each of a group as people read, from 0; elements that lie on one another have the same."""
        result = np.zeros(len(group), dtype=int)
        first: list[int] = []  # of each number
        for at in reading_order(self._scene.edges[group]):
            index = int(group[at])
            same = [number for number, other in enumerate(first) if self._places[index, other]]
            if not same:
                first.append(index)
            result[at] = same[0] if same else len(first) - 1
        return result

    def _sides(self, wish: Description, fit: Fit) -> Columns:
        """How many that could be meant are nearer to the anchor on its side."""
        zero = np.zeros(len(fit.named))
        names = *(f"side {reach}" for reach in REACHES), "side far", "side strict"
        anchors = self._anchors(wish, fit)
        if not len(anchors):
            return dict.fromkeys(names, zero)
        pairs = [self._side(wish.relation, int(anchor)) for anchor in anchors]
        distance = np.min([np.where(on, away, np.inf) for on, _, away in pairs], axis=0)
        strict = np.any([exact for _, exact, _ in pairs], axis=0)
        near = np.exp(-distance / (8 * self._scene.line))
        ranks = self._among(-distance, np.isfinite(distance), fit)
        return {**{f"side {reach}": rank for reach, rank in ranks.items()}, "side far": near,
                "side strict": strict * 1.0}  # fmt: skip

    def _anchors(self, wish: Description, fit: Fit) -> Ints:
        """The elements that read best like the anchor, without those that lie around another one of them."""
        best = float(fit.anchor.max(initial=0.0))
        if not wish.relation or best < 0.45:
            return np.zeros(0, dtype=int)
        return np.flatnonzero(fit.anchor >= 0.97 * best)[:_ANCHORS]

    def _side(self, relation: str, anchor: int) -> tuple[Bools, Bools, Floats]:
        """(n,) whether each lies on the side of an anchor; whether it does and is in line; how far away it is."""
        edges, own = self._scene.edges, self._scene.edges[anchor]
        gap = np.maximum(0, np.maximum(edges[:, :2] - own[2:], own[:2] - edges[:, 2:]))  # (n, 2) across and down
        common = np.minimum(edges[:, 2:], own[2:]) - np.maximum(edges[:, :2], own[:2])
        column = common[:, 0] > 0
        row = common[:, 1] > 0.5 * np.minimum(edges[:, 3] - edges[:, 1], own[3] - own[1])
        middle, other = self._scene.middles, self._scene.middles[anchor]
        sides: Mapping[str, tuple[Bools, Bools]] = {
            "below": (middle[:, 1] > own[3], column), "above": (middle[:, 1] < own[1], column),
            "left": (middle[:, 0] < own[0], row), "right": (middle[:, 0] > own[2], row),
            "near": (np.ones_like(row), row | column), "row": (row, row),
            "section": ((middle[:, 1] > own[3]) & (edges[:, 0] > own[0] - 3 * self._scene.line), column),
        }  # fmt: skip
        on, line = sides[relation]
        apart = ~self._places[anchor] & ~_holds(edges, other)
        across = 0.25 if relation == "row" else 1.0
        return on & apart, on & line & apart, across * gap[:, 0] + gap[:, 1]

    def _section(self, wish: Description, fit: Fit) -> Columns:
        """What lies below an anchor and above the next heading, and the first of it."""
        zero = np.zeros(len(fit.named))
        anchors = self._anchors(wish, fit) if wish.relation in ("section", "below", "row") else zero[:0]
        if not len(anchors):
            return dict.fromkeys(("section", "section first", "section named"), zero)
        inside = np.any([self._inside(int(anchor)) for anchor in anchors], axis=0)
        order = np.zeros(len(zero))
        order[list(reading_order(self._scene.edges))] = np.arange(len(zero))
        return {
            "section": inside * 1.0, "section first": self._ranked(-order, inside & (fit.role > _FITS)),
            "section named": self._ranked(fit.named, inside & (fit.named > 0)),
        }  # fmt: skip

    def _inside(self, heading: int) -> Bools:
        edges, own = self._scene.edges, self._scene.edges[heading]
        below = edges[:, 1] >= own[3] - 2
        other = (self._scene.roles == "heading") & (edges[:, 3] - edges[:, 1] > 0.8 * (own[3] - own[1])) & below
        across = np.minimum(edges[:, 2], own[2]) - np.maximum(edges[:, 0], own[0]) > 0
        level = np.abs(edges[:, 0] - own[0]) < 2 * self._scene.line
        end = float(edges[other & (across | level), 1].min(initial=np.inf))
        return np.asarray(below & (edges[:, 3] <= end + 2) & (edges[:, 2] > own[0]))

    def _place(self, wish: Description, fit: Fit) -> Columns:
        """How many that could be meant are nearer to the place."""
        zero = np.zeros(len(fit.named))
        if wish.place == (None, None) or not len(zero):
            return dict.fromkeys((*(f"place {reach}" for reach in REACHES), "place in"), zero)
        away, inside = zero, np.ones(len(zero), dtype=bool)
        share = (self._scene.middles - self._low) / np.maximum(self._high - self._low, 1)
        for axis, wanted in enumerate(wish.place):
            if wanted is not None:
                off = np.abs(share[:, axis] - wanted)
                away, inside = away + off, inside & (off < (_EDGE if wanted != 0.5 else _EDGE / 2))
        ranks = self._among(-away, inside, fit)
        return {**{f"place {reach}": rank for reach, rank in ranks.items()}, "place in": inside * 1.0}

    def _among(self, values: Floats, able: Bools, fit: Fit) -> Columns:
        """The rank of values among all that are able, those of a fitting role, of the same, of the name."""
        named = fit.named if fit.named.any() else fit.role
        most = float((named * able).max(initial=0.0))
        groups = able, able & (fit.role > _FITS), able & fit.same, able & (named >= _ALIKE * max(most, 1e-6))
        return {reach: self._ranked(values, group) for reach, group in zip(REACHES, groups, strict=True)}

    def _ranked(self, values: Floats, group: Bools) -> Floats:
        """(n,) 1 for the highest of a group, less for the next places; 0 outside of it."""
        result = np.zeros(len(values))
        some = np.flatnonzero(group)
        if not some.size:
            return result
        better = values[some][None] > values[some][:, None] + 1e-9
        better &= ~self._places[np.ix_(some, some)]
        result[some] = np.exp(-better.sum(1) / 2)
        return result


def same_place(edges: Edges) -> Bools:
    """(n, n) whether the middle of each of two boxes lies in the other, as of a text and its button."""
    middles = (edges[:, :2] + edges[:, 2:]) / 2
    low = (middles[:, None] >= edges[None, :, :2]).all(-1)
    held = low & (middles[:, None] <= edges[None, :, 2:]).all(-1)
    result: Bools = held & held.T
    return result


def reading_order(edges: Edges) -> Sequence[int]:
    """Indexes from top to bottom, what is level from left to right."""
    middles, heights = (edges[:, 1] + edges[:, 3]) / 2, edges[:, 3] - edges[:, 1]
    rows: list[list[int]] = []
    for index in np.argsort(middles, kind="stable").tolist():
        level = bool(rows) and middles[index] - middles[rows[-1][0]] < 0.5 * max(heights[index], heights[rows[-1][0]])
        rows[-1].append(index) if level else rows.append([index])
    return [index for row in rows for index in sorted(row, key=lambda one: (edges[one, 0], one))]


def _holds(edges: Edges, point: Floats) -> Bools:
    return np.asarray((edges[:, :2] <= point).all(1) & (point <= edges[:, 2:]).all(1))
