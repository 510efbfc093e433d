"""Who points: grounders, and floors that any of them has to beat."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tamis.bench.screen.tasks import ScreenTask
from tamis.image import Box, Point, Screenshot
from tamis.screen import Element, Grounder, Grounding, RankedElement, RuleGrounder, Screen
from tamis.screen.instruction import wish_of
from tamis.screen.matching import Names

RANDOM, CONSTANT = "random element", "best constant"
CELLS = 32  # across and down, of the constant points that are tried
_FIRST = 3


@dataclass(frozen=True, slots=True)
class Pointed:
    """What became of a task.

    Attributes:
        hit: whether the click was right, or rightly was none; a chance for floors that draw.
        among: the same of the best three.
        confidence: of the grounder; None for floors, which have none.
        point: in device pixels; None for no click.
    """

    hit: float
    among: float
    confidence: float | None = None
    point: Point | None = None


Method = Callable[[Screenshot, Sequence[Element], Sequence[ScreenTask]], Sequence[Pointed]]


@dataclass(frozen=True, slots=True)
class ScreenMethod:
    """How a task's point is chosen.

    Attributes:
        point: the method.
        looks: whether it needs the elements that are seen.
    """

    point: Method
    looks: bool = True


def by_grounder(grounder: Grounder | None, *, looks: bool = True) -> ScreenMethod:
    """A method of a grounder; the default one of `tamis.screen` if there is none."""

    def point(shot: Screenshot, elements: Sequence[Element], tasks: Sequence[ScreenTask]) -> list[Pointed]:
        answers = Screen(shot, elements, grounder=grounder).ground_many([task.text for task in tasks])
        return [judged(task, answer) for task, answer in zip(tasks, answers, strict=True)]

    return ScreenMethod(point, looks)


def judged(task: ScreenTask, answer: Grounding) -> Pointed:
    """What an answer is worth."""
    hit = not task.boxes if answer.point is None else _in(answer.point, task.boxes)
    among = any(_in(ranked.element.box.centre, task.boxes) for ranked in answer.ranked[:_FIRST])
    return Pointed(float(hit), float(hit or among), answer.confidence, answer.point)


def constant(tasks: Sequence[tuple[ScreenTask, tuple[int, int]]]) -> list[Pointed]:
    """The floor of always clicking at the one place, in shares of the screen, that is right most often on these tasks.

    tasks -- each with the size of its picture
    """
    shares = (np.arange(CELLS) + 0.5) / CELLS
    hits = np.array([_share_hits(task, size, shares) for task, size in tasks])
    best = int(hits.sum(0).argmax()) if len(hits) else 0
    return [Pointed(float(row[best]), float(row[best])) for row in hits]


def _share_hits(task: ScreenTask, size: tuple[int, int], shares: np.ndarray) -> np.ndarray:
    inside = np.zeros((CELLS, CELLS), bool)
    for box in task.boxes:
        across = (box.left <= shares * size[0]) & (shares * size[0] < box.right)
        down = (box.top <= shares * size[1]) & (shares * size[1] < box.bottom)
        inside |= down[:, None] & across
    return inside.ravel()


def _centre(shot: Screenshot, elements: Sequence[Element], tasks: Sequence[ScreenTask]) -> list[Pointed]:
    hits = [float(_in(shot.bounds.centre, task.boxes)) for task in tasks]
    return [Pointed(hit, hit, None, shot.bounds.centre) for hit in hits]


def _random(shot: Screenshot, elements: Sequence[Element], tasks: Sequence[ScreenTask]) -> list[Pointed]:
    """The chance that an element, or one of three, has its middle in a right box."""
    results = []
    for task in tasks:
        right = sum(_in(element.box.centre, task.boxes) for element in elements)
        wrong = len(elements) - right
        draws = range(min(_FIRST, len(elements)))
        missed = float(np.prod([max(0, wrong - i) / (len(elements) - i) for i in draws])) if elements else 1.0
        results.append(Pointed(right / max(1, len(elements)), 1 - missed))
    return results


def _ocr(shot: Screenshot, elements: Sequence[Element], instructions: Sequence[str], /) -> list[Grounding]:
    """The text that reads most like the name in the instruction; no roles, places or relations."""
    texts = [element for element in elements if element.text]
    names = Names([element.text for element in texts])
    return [_nearest(texts, names, instruction) for instruction in instructions]


def _nearest(texts: Sequence[Element], names: Names, instruction: str) -> Grounding:
    scores = names.scores(wish_of(instruction).name or instruction)
    order = np.argsort(-scores, kind="stable")[:10]
    ranked = tuple(RankedElement(texts[int(i)], float(scores[int(i)])) for i in order)
    if not ranked or ranked[0].score <= 0:
        return Grounding(instruction, None, None, 0.0, ranked, "No text reads like it.")
    best = ranked[0]
    return Grounding(instruction, best.element.box.centre, best.element.box, best.score, ranked)


def _in(point: Point, boxes: Sequence[Box]) -> bool:
    return any(box.contains(point) for box in boxes)


METHODS: Mapping[str, ScreenMethod] = {  # and `CONSTANT`, which looks at all tasks at once
    "tamis": by_grounder(None),
    "rules": by_grounder(RuleGrounder()),
    "ocr match": by_grounder(_ocr),
    RANDOM: ScreenMethod(_random),
    "centre": ScreenMethod(_centre, looks=False),
}
