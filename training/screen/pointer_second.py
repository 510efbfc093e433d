"""The second look: trees over the best candidates of heads that were not trained on those sources.

A forest chooses among the candidates (the divergence from all right ones), another says how likely a click on the
chosen one is right, also where nothing on the screen is meant. What is measured and calibrated comes from forests that
were grown without the sources at hand, as the heads were.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from tamis.core import Bools, Floats
from tamis.image import Point
from tamis.models.pointer import Attention
from tamis.models.trees import Forest, Rows
from tamis.screen.pointer import aim_of
from tamis.screen.pointer_candidates import (
    CLICK_COLUMNS,
    COLUMNS,
    PointerQuestion,
    candidate_rows,
    candidates_of,
    choice_of,
)
from training.screen.instructions import Instruction
from training.screen.pointer_calibrate import Evidence, Fold
from training.screen.pointer_data import View
from training.screen.pointer_fit import WEIGHTS, point_of, questions_of
from training.screen.pointer_trees import Growth, grow, listwise, logistic

T = TypeVar("T")
CHOICE = Growth(trees=250, levels=4, rate=0.06, hold=10.0, columns=0.2)
CLICK = Growth(trees=200, levels=4, rate=0.06, hold=5.0, columns=0.2)
_HEAVIEST = 2.0  # of the kinds' weights: rare kinds are shown more often to the head, which overlooks them


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """An instruction of a view that a head was not trained on.

    Attributes:
        view, row: where it is from.
        attention: what the head says.
        asked: how the second look takes it.
    """

    view: View
    row: int
    attention: Attention
    asked: PointerQuestion

    @property
    def instruction(self) -> Instruction:
        """What was asked."""
        return self.view.instructions[self.row]

    def hit(self, element: int) -> bool:
        """Whether a click on an element is right."""
        point = Point(*point_of(self.view, self.attention, element))
        return any(box.contains(point) for box in self.instruction.boxes)


def cases_of(fold: Fold) -> list[Case]:
    """The instructions of a fold."""
    return [
        Case(view, row, attention, asked)
        for view, said in zip(fold.views, fold.said, strict=True)
        for row, (attention, asked) in enumerate(zip(said, questions_of(view, said), strict=True))
    ]


def choice_forest(cases: Sequence[Case], growth: Growth = CHOICE) -> Forest:
    """Trees that choose among candidates."""
    rows, target = [], []
    for case in cases:
        some = candidates_of(case.asked)
        right = case.view.arrays["right"][case.row][some].astype(float)
        if right.any():
            rows.append((candidate_rows(case.asked, some), case.asked.logits[some]))
            target.append(right / right.sum() * min(_HEAVIEST, WEIGHTS.get(case.instruction.kind, 1.0)))
    groups = np.repeat(np.arange(len(target)), [len(one) for one in target])
    return grow(np.concatenate([one for one, _ in rows]), groups, listwise(np.concatenate(target), groups), growth)


@dataclass(frozen=True, slots=True, eq=False)
class Clicks:
    """What is chosen for many instructions: rows that tell whether a click is right, and whether it is.

    Attributes:
        rows: (n, columns). head: (n, 3) the evidence of the head.
        right, present: (n,).
    """

    rows: Rows
    head: Floats
    right: Bools
    present: Bools
    kinds: tuple[str, ...]


def clicks_of(cases: Sequence[Case], forest: Forest) -> Clicks:
    """The choices of a forest that was grown without these cases."""
    some = [(case, choice) for case in cases if (choice := choice_of(case.asked, forest)) is not None]
    rows = np.stack([choice.row for _, choice in some]) if some else np.zeros((0, len(CLICK_COLUMNS)), np.float32)
    right = np.array([case.hit(int(choice.some[choice.best])) for case, choice in some], dtype=bool)
    asked = [case.instruction for case, _ in some]
    kinds = tuple(f"{one.kind}, {one.way}" for one in asked)
    head = np.array([aim_of(case.asked, 1.0).evidence for case, _ in some]).reshape(-1, 3)
    return Clicks(rows, head, right, np.array([bool(one.boxes) for one in asked], dtype=bool), kinds)


def click_forest(clicks: Sequence[Clicks], growth: Growth = CLICK) -> Forest:
    """Trees that say how likely a click is right, as log-odds."""
    rows, right = np.concatenate([one.rows for one in clicks]), np.concatenate([one.right for one in clicks]) * 1.0
    share = float(np.clip(right.mean(), 0.01, 0.99))
    slopes = logistic(right, np.ones(len(right)))
    return grow(rows, np.arange(len(rows)), slopes, growth, start=float(np.log(share / (1 - share))))


@dataclass(frozen=True, slots=True, eq=False)
class Seconds:
    """Forests grown on all folds, and the evidence of forests that were grown without the fold at hand."""

    choice: Forest
    click: Forest
    evidence: Evidence


def second_look(folds: Sequence[Fold]) -> Seconds:
    """The forests, and what they are worth on sources that were left out; there are two folds at least."""
    cases = [cases_of(fold) for fold in folds]
    choices = [choice_forest([case for one in _others(cases, at) for case in one]) for at in range(len(cases))]
    clicks = [clicks_of(some, forest) for some, forest in zip(cases, choices, strict=True)]
    odds = [click_forest(list(_others(clicks, at)))(one.rows) for at, one in enumerate(clicks)]
    evidence = Evidence(
        np.column_stack([np.concatenate(odds), np.concatenate([one.head for one in clicks])]),
        np.concatenate([one.right for one in clicks]), np.concatenate([one.present for one in clicks]),
        tuple(kind for one in clicks for kind in one.kinds),
    )  # fmt: skip
    return Seconds(choice_forest([case for some in cases for case in some]), click_forest(clicks), evidence)


def _others(some: Sequence[T], left_out: int) -> Iterator[T]:
    return (one for at, one in enumerate(some) if at != left_out)


def widths() -> dict[str, int]:
    """The columns of each forest's rows."""
    return {"choice": len(COLUMNS), "click": len(CLICK_COLUMNS)}
