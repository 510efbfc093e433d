"""How each element of a screen fits an instruction: the columns from which the pointer makes its keys."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tamis.core import Bools, Floats, Ints
from tamis.screen.elements import INPUTS
from tamis.screen.matching import plain
from tamis.screen.pointer_ask import Ask
from tamis.screen.pointer_geometry import COLUMNS as GEOMETRY
from tamis.screen.pointer_geometry import Fit, Geometry, same_place
from tamis.screen.pointer_looks import SIDES, neighbours, same_row
from tamis.screen.rules import Ratings, ratings, side_scores
from tamis.screen.scene import Scene, phrase

MENTIONS: Final = ("row", "near", "left", "right", "above", "below")  # how something lies to what is mentioned
COLUMNS: Final = (
    "name", "name dice", "name share", "name of", "name equal", "name part", "name best", "name alike",
    "core", "core dice", "core share", "core best", "whole dice", "whole of", "words of", "words share",
    "mention", "mention best",
    *(f"name {side}" for side in SIDES), *(f"mention {side}" for side in SIDES),
    "alike", "alike core", "alike best", "alike rank", *(f"alike {side}" for side in SIDES),
    "icon", "icon core", "icon best", "icon rank", "icon margin", "icon again", "icon counted",
    "pictured",
    "role fit", "same role", "rules", "rules best", "rules first",
    "side", "side rank", "anchor", "anchor across", "anchor down", *(f"mention in {one}" for one in MENTIONS),
    "counted", "ordinal", "reading", "across", "down", "state", "literal", "quoted other", "span left", "span right",
    "spanned", *GEOMETRY,
)  # fmt: skip
Columns = Mapping[str, Floats | Bools]
_SAME = 0.9  # the cosine of two pictures of one icon
_DRAWN = 0.06  # between the cosines of two pictures that a name may mean either of
_LEGIBLE = 0.6  # of the best text: from here on a name is read, not drawn
_BOXES = frozenset(["checkbox", "radio", "switch"])  # whose labels stand right of them
_TOP = 3  # mentioned elements that others are seen from


class Matcher:
    """A screen's elements, prepared to be compared with many instructions.

    vectors -- (n, d) of pictures; zeros for none

    Attributes:
        neighbours: (n, len(SIDES)) of `pointer_looks.neighbours`.
        places: (n, n) whether two elements lie on one another.
    """

    def __init__(self, scene: Scene, vectors: Floats) -> None:
        self.scene = scene
        self._same_picture: Bools = vectors @ vectors.T > _SAME
        self.neighbours = neighbours(scene)
        self._words = [frozenset(text.split()) for text in scene.names.plain]
        counts = Counter(word for words in self._words for word in words)
        self._weights = {word: float(np.log((len(self._words) + 1) / (n + 0.5))) for word, n in counts.items()}
        self._lengths = np.array([len(text) for text in scene.names.plain], dtype=float)
        self._total = np.array([sum(self._weights[word] for word in words) for words in self._words], dtype=float)
        self._relations: Mapping[str, Floats] = _relations(scene)
        self._reading = _reading(scene)
        self.places = same_place(scene.edges)
        self._geometry = Geometry(scene, self.places)
        self._fields = np.array([role in INPUTS for role in scene.roles], dtype=bool)
        self._small = np.array([role in _BOXES for role in scene.roles], dtype=bool)

    def __call__(self, ask: Ask, icons: Floats, alike: Floats) -> NDArray[np.float32]:
        """(n, len(COLUMNS)) how each element fits.

        icons -- (2, n) how well the name and the core of the instruction fit each picture; 0 for no picture
        alike -- (2, n) how much they and each text mean the same, as cosines; 0 for no text
        """
        rated = ratings(self.scene, ask.wish)
        mention = self._mention(ask.whole)
        columns = {
            **self._named(ask), **self._whole(ask, mention), **self._beside(ask, mention), **self._pictured(ask, icons),
            **self._meant(alike),
            **self._rated(ask, rated), **self._related(ask, rated, mention), **self._counted(ask, rated),
            **self._rest(ask), **self._geometry(ask.hint, self._fit(ask, icons)),
        }  # fmt: skip
        return np.stack([columns[name] for name in COLUMNS], axis=1).astype(np.float32)

    def spans(self, ask: Ask) -> Floats:
        """(n, 2) where in each element the named words begin and end, as shares of its width; 0 and 1 for all of it."""
        result = np.tile([0.0, 1.0], (len(self.scene.elements), 1))
        wanted = plain(ask.wish.name)
        for index in np.flatnonzero(self.scene.names.parts(wanted)) if wanted else ():
            element = self.scene.elements[int(index)]
            part = phrase(element, ask.wish.name)[0]
            width = max(element.box.width, 1e-9)
            result[index] = (part.left - element.box.left) / width, (part.right - element.box.left) / width
        return result

    def _named(self, ask: Ask) -> Columns:
        names, wanted = self.scene.names, plain(ask.wish.name)
        score = names.scores(ask.wish.name)
        common, size = names.common(wanted)
        best = score.max(initial=0.0)
        alike = np.full(len(score), np.log1p((score >= 0.9 * best).sum()) / 4 if best > 0 else 0.0)
        return {
            "name": score, "name dice": 2 * common / np.maximum(1, size + names.sizes),
            "name share": common / max(1, size), "name of": common / np.maximum(1, names.sizes),
            "name equal": names.equal(wanted) & bool(wanted), "name part": names.parts(wanted) & bool(wanted),
            "name best": score - best, "name alike": alike,
        }  # fmt: skip

    def _whole(self, ask: Ask, mention: Floats) -> Columns:
        names = self.scene.names
        common, size = names.common(ask.whole)
        asked = {word for word in ask.whole.split() if word in self._weights}
        total = sum(self._weights[word] for word in asked)
        covered = np.array([sum(self._weights[word] for word in words & asked) for words in self._words], dtype=float)
        return {
            **self._core(ask), "whole dice": 2 * common / np.maximum(1, size + names.sizes),
            "whole of": common / np.maximum(1, names.sizes),
            "words of": covered / np.maximum(self._total, 1e-9), "words share": covered / max(total, 1e-9),
            "mention": mention, "mention best": mention - mention.max(initial=0.0),
        }  # fmt: skip

    def _core(self, ask: Ask) -> Columns:
        names = self.scene.names
        score = names.scores(ask.core)
        common, size = names.common(ask.core)
        return {
            "core": score, "core dice": 2 * common / np.maximum(1, size + names.sizes),
            "core share": common / max(1, size), "core best": score - score.max(initial=0.0),
        }  # fmt: skip

    def _mention(self, whole: str) -> Floats:
        """(n,) how surely the text of each element is said in a plain text, 0 to 1; longer texts count for more."""
        padded = f" {whole} "
        common, _ = self.scene.names.common(whole)
        share = common / np.maximum(1, self.scene.names.sizes)
        near = np.clip((share - 0.6) / 0.4, 0, 0.9)
        spoken = np.array([bool(text) and f" {text} " in padded for text in self.scene.names.plain], dtype=bool)
        result: Floats = np.where(spoken, 1.0, near) * np.minimum(1, self._lengths / 4)
        return result

    def _beside(self, ask: Ask, mention: Floats) -> Columns:
        name = np.append(self.scene.names.scores(ask.wish.name), 0.0)  # (none is -1, the last)
        said = np.append(mention, 0.0)
        columns = {f"name {side}": name[self.neighbours[:, index]] for index, side in enumerate(SIDES)}
        return columns | {f"mention {side}": said[self.neighbours[:, index]] for index, side in enumerate(SIDES)}

    def _meant(self, alike: Floats) -> Columns:
        best = alike.max(0)
        padded = np.append(best, 0.0)
        sides = {f"alike {side}": padded[self.neighbours[:, index]] for index, side in enumerate(SIDES)}
        return sides | {
            "alike": alike[0], "alike core": alike[1], "alike best": best - best.max(initial=0.0),
            "alike rank": np.exp(-_ranks(best) / 2),
        }  # fmt: skip

    def _rated(self, ask: Ask, rated: Ratings) -> Columns:
        first = np.zeros(len(rated.scores))
        first[rated.order[:1]] = rated.scores[rated.order[:1]] > 0
        return {
            "role fit": self.scene.fit(ask.wish.role), "same role": self.scene.roles == ask.wish.role,
            "rules": rated.scores, "rules best": rated.scores - rated.scores.max(initial=0.0), "rules first": first,
        }  # fmt: skip

    def _related(self, ask: Ask, rated: Ratings, mention: Floats) -> Columns:
        scene, zero = self.scene, np.zeros(len(mention))
        columns = {"side": zero, "side rank": zero, "anchor": zero, "anchor across": zero, "anchor down": zero}
        if rated.anchor is not None:
            side = side_scores(scene, ask.wish.relation, rated.anchor)
            fitting = side * (scene.fit(ask.wish.role) > 0.8)
            middle = rated.anchor.centre
            across, down = ((scene.middles - (middle.x, middle.y)) / (8 * scene.line)).T
            columns = {
                "side": side, "side rank": np.where(side > 0, np.exp(-_ranks(fitting) / 2), 0.0),
                "anchor": scene.names.scores(ask.wish.anchor),
                "anchor across": np.tanh(across), "anchor down": np.tanh(down),
            }  # fmt: skip
        top = np.argsort(-mention, kind="stable")[:_TOP]
        top = top[mention[top] > 0.3]
        for name, relation in self._relations.items():  # (i, j): how i lies to j
            seen = relation[:, top] * mention[top]
            columns[f"mention in {name}"] = seen.max(1) if top.size else zero
        return columns

    def _counted(self, ask: Ask, rated: Ratings) -> Columns:
        counted, ordinal = np.zeros(len(rated.scores)), np.zeros(len(rated.scores))
        wanted = ask.wish.ordinal
        if wanted is not None and len(counted):
            counted[rated.order[0]] = 1
            same = np.flatnonzero(self.scene.roles == ask.wish.role)
            same = same[np.argsort(self._reading[same], kind="stable")]
            if -len(same) <= wanted < len(same):
                ordinal[same[wanted]] = 1
        return {"counted": counted, "ordinal": ordinal, "reading": self._reading * (wanted is not None)}

    def _rest(self, ask: Ask) -> Columns:
        shares = self.scene.middles / np.array(self.scene.shot.size)
        place = [
            np.zeros(len(shares)) if wanted is None else 1 - np.abs(shares[:, axis] - wanted)
            for axis, wanted in enumerate(ask.wish.place)
        ]
        on = np.array([bool(one.state.get("checked")) for one in self.scene.elements], dtype=bool)
        literal = self.scene.names.literal(ask.wish.name) if ask.wish.literal else np.zeros(len(shares), dtype=bool)
        spans = self.spans(ask)
        return {
            "across": place[0], "down": place[1], "state": np.where(on, 1.0, -1.0) * ask.state, "literal": literal,
            "quoted other": self.scene.texts & ~literal & ask.wish.literal,
            "span left": spans[:, 0], "span right": spans[:, 1], "spanned": (spans[:, 1] - spans[:, 0]) < 1,
        }  # fmt: skip

    def _fit(self, ask: Ask, icons: Floats) -> Fit:
        """How well each element fits wherever it is: by its text, the label of a field, its picture."""
        names, wish = self.scene.names, ask.hint
        text = np.append(names.scores(wish.name), 0.0)
        if wish.literal:
            text[:-1] *= names.literal(wish.name)
        beside = text[self.neighbours[:, [SIDES.index(side) for side in ("left", "above", "right", "frame")]]]
        label = np.where(self._small, beside[:, 2], beside[:, [0, 1, 3]].max(1, initial=0.0)) * self._fields
        text, best = np.maximum(text[:-1], 0.95 * label), icons.max(0)
        has = np.any(icons != 0, axis=0) & bool(wish.name)
        near = has & (best >= best[has].max(initial=-1.0) - _DRAWN)
        drawn = has & self._same_picture[int(np.argmax(np.where(has, best, -1.0)))] if has.any() else has
        weight = 1.0 if wish.role in ("icon", "image") else 0.8 if text.max(initial=0.0) < _LEGIBLE else 0.3
        picture = np.where(has, weight * np.exp(np.minimum(0, best - best[has].max(initial=-1.0)) / _DRAWN), 0.0)
        anchor = (
            np.maximum(names.scores(wish.anchor), self._mention(plain(wish.anchor))) if wish.anchor else 0 * picture
        )
        equal = names.equal(plain(wish.name)) & bool(wish.name)
        same = np.asarray(self.scene.roles == wish.role, dtype=bool)
        return Fit(np.maximum(text, picture), equal, drawn, near, self.scene.fit(wish.role), same, anchor)

    def _pictured(self, ask: Ask, icons: Floats) -> Columns:
        columns, best = _pictured(icons), icons.max(0)
        again, counted = np.zeros(len(best)), np.zeros(len(best))
        if best.max(initial=0.0) > 0:
            same = np.flatnonzero(self._same_picture[int(np.argmax(best))])
            again[same] = np.log1p(len(same)) / 3
            same = same[np.argsort(self._reading[same], kind="stable")]
            wanted = ask.wish.ordinal
            if wanted is not None and -len(same) <= wanted < len(same):
                counted[same[wanted]] = 1
        return {**columns, "icon again": again, "icon counted": counted}


def _pictured(icons: Floats) -> Columns:
    best = np.maximum(icons[0], icons[1])
    has = np.any(icons != 0, axis=0)
    order = np.sort(best)[::-1]
    margin = order[0] - order[1] if len(order) > 1 else 0.0
    return {
        "icon": icons[0], "icon core": icons[1], "icon best": np.where(has, best - best.max(initial=0.0), -1.0),
        "icon rank": np.where(has, np.exp(-_ranks(best) / 2), 0.0), "pictured": has,
        "icon margin": np.where(best == best.max(initial=-1), margin, 0.0) * has,
    }  # fmt: skip


def _ranks(values: Floats) -> Ints:
    """The rank of each value, 0 for the largest; equal ones share the better rank."""
    return np.searchsorted(np.sort(-values), -values)


def _reading(scene: Scene) -> Floats:
    """(n,) the place of each element as people read, 0 to 1."""
    rows = np.round(scene.middles[:, 1] / (2 * scene.line))
    order = np.lexsort((scene.middles[:, 0], rows))
    result = np.zeros(len(order))
    result[order] = np.arange(len(order)) / max(1, len(order) - 1)
    return result


def _relations(scene: Scene) -> Mapping[str, Floats]:
    """(n, n) each: how well i lies in the row of j, near it, left of it ..., 0 to 1."""
    low, high = scene.edges[:, :2], scene.edges[:, 2:]
    gap = np.maximum(0, np.maximum(low[:, None] - high[None], low[None] - high[:, None]))  # (n, n, 2)
    nearness = 1 / (1 + gap / (4 * scene.line))
    apart = ~np.eye(len(low), dtype=bool)
    row = same_row(scene) & apart
    x, y = scene.middles.T
    left, above = x[:, None] < low[None, :, 0], y[:, None] < low[None, :, 1]
    right, below = x[:, None] > high[None, :, 0], y[:, None] > high[None, :, 1]
    along, stacked = nearness[..., 1] ** 3, nearness[..., 0] ** 3
    return {
        "row": row * nearness[..., 0], "near": apart * nearness.prod(-1),
        "left": left * nearness[..., 0] * along, "right": right * nearness[..., 0] * along,
        "above": above * nearness[..., 1] * stacked, "below": below * nearness[..., 1] * stacked,
    }  # fmt: skip
