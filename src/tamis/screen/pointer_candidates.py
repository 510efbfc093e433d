"""The best candidates of the pointer, looked at again beside one another: the rows that its verifier scores.

GUI-Actor asks a second model about each place that the first one proposes (Wu et al. 2025, section 3.4). Here it is
trees, and they see what the head saw, what the head says, and how each candidate differs from the best of the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from tamis.core import Bools, Floats, Ints
from tamis.models.pointer import Array, softmax
from tamis.models.trees import Forest
from tamis.screen.pointer_ask import COLUMNS as ASKS
from tamis.screen.pointer_geometry import GROUPS, REACHES
from tamis.screen.pointer_looks import COLUMNS as LOOKS
from tamis.screen.pointer_match import COLUMNS as MATCHES

MOST: Final = 12  # candidates of the head
SIGNS: Final = (
    "all", "rules", "name", "core", "icon", "icon core", "alike", "alike core", "words share", "named",
    *(f"nth {group}" for group in GROUPS), *(f"side {reach}" for reach in REACHES),
    *(f"place {reach}" for reach in REACHES), "section first", "section named",
)  # fmt: skip
_EACH = 2  # candidates by each sign: what the head overlooks
HEAD: Final = ("lead", "over none", "share", "place", "rank", "inside", "around")
COLUMNS: Final = (*HEAD, *(f"over {name}" for name in MATCHES), *MATCHES, *LOOKS, *ASKS)
_SIGNS = [MATCHES.index(name) for name in SIGNS]
CLICK: Final = ("first", "second", "lead", "none", "spread", "elements")
CLICK_COLUMNS: Final = (*CLICK, *COLUMNS, *(f"most {name}" for name in MATCHES))


@dataclass(frozen=True, slots=True, eq=False)
class PointerQuestion:
    """An instruction and the elements of a screen, as the head takes them, with what it says.

    Attributes:
        logits: (n + 1,) of the head, the last of none of them.
        meant: (n,) elements that it may be.
        places: (n, n) whether two elements lie on one another.
        looks: (n, columns). asks: (columns,). matches: (n, columns).
    """

    logits: Array
    meant: Bools
    places: Bools
    looks: Array
    asks: Array
    matches: Array


@dataclass(frozen=True, slots=True)
class PointerChoice:
    """What a second look says.

    Attributes:
        some: (k,) the elements that were looked at.
        shares: (k,) of each.
        best: which of them is pointed at.
        row: (len(CLICK_COLUMNS),) what tells whether a click there is right.
    """

    some: Ints
    shares: Floats
    best: int
    row: Array


def choice_of(asked: PointerQuestion, forest: Forest) -> PointerChoice | None:
    """The candidates, scored by the head and by trees together; None where nothing may be meant."""
    some = candidates_of(asked)
    if not some.size:
        return None
    rows = candidate_rows(asked, some)
    scores = (asked.logits[some] + forest(rows)).astype(np.float32)
    shares = softmax(scores).astype(np.float64)
    same = asked.places[np.ix_(some, some)]
    places = same @ shares
    there = same[int(np.argmax(places))]
    best = int(np.argmax(np.where(there, shares, -1.0)))
    return PointerChoice(some, shares, best, click_row(asked, some, rows, places, best))


def candidates_of(asked: PointerQuestion) -> Ints:
    """Indexes of the elements that are looked at again, the best of the head first; none where none may be meant.

    They are the best of the head, and the best by each of `SIGNS` where it says anything.
    """
    order = np.argsort(-np.where(asked.meant, asked.logits[:-1], -np.inf), kind="stable")
    signs = np.where(asked.meant[:, None], asked.matches[:, _SIGNS], 0)
    best = np.argsort(-signs, axis=0, kind="stable")[:_EACH]
    able = np.zeros(len(order), dtype=bool)
    able[best[np.take_along_axis(signs, best, axis=0) > 0]] = True
    able[order[:MOST]] = True
    return np.asarray(order[(able & asked.meant)[order]])


def candidate_rows(asked: PointerQuestion, some: Ints) -> Array:
    """(k, len(COLUMNS)) of the candidates."""
    logits = np.where(np.append(asked.meant, True), asked.logits, -np.inf)
    shares = softmax(logits)[:-1]
    own, matches = logits[some], asked.matches[some]
    places = asked.places[some]
    head = np.stack([
        own - _others(own[:, None])[:, 0], own - logits[-1], shares[some], places @ shares,
        np.arange(len(some)), places[:, some].sum(1), places.sum(1),
    ], axis=1)  # fmt: skip
    asks = np.broadcast_to(asked.asks, (len(some), len(asked.asks)))
    parts = (head, matches - _others(matches), matches, asked.looks[some], asks)
    return np.concatenate(parts, axis=1).astype(np.float32)


def click_row(asked: PointerQuestion, some: Ints, rows: Array, places: Floats, best: int) -> Array:
    """(len(CLICK_COLUMNS),) of the candidate that is chosen, by which it is told whether a click there is right.

    places -- (k,) the share of each candidate's place after the second look
    best -- which of them is chosen
    """
    there = asked.places[some[best], some]
    second = float(places[~there].max(initial=0.0))
    shares = softmax(asked.logits)
    spread = -float((shares * np.log(shares + 1e-9)).sum())
    none = float(asked.logits[-1] - asked.logits[:-1].max())
    first = float(places[best])
    click = (first, second, first - second, none, spread, np.log1p(len(asked.meant)))
    return np.concatenate([click, rows[best], asked.matches.max(0)]).astype(np.float32)


def _others(values: Array) -> Array:
    """(k, c) of each column the largest value of the other rows; 0 where there is no other."""
    if len(values) < 2:
        return np.zeros_like(values)
    two = -np.partition(-values, 1, axis=0)[:2]
    rest: Array = np.where((values == two[0]).sum(0) > 1, two[0], two[1])
    return np.asarray(np.where(values >= two[0], rest, two[0]), dtype=np.float32)
