"""How often a grounder clicks right: by kind, beside the floors of clicking the middle and of a random element."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tamis.screen.pointing import Screen
from training.screen.instructions import Instruction

_RESAMPLES = 1000


@dataclass(frozen=True, slots=True)
class Click:
    """What became of an instruction.

    Attributes:
        hit: the point is in a right box, or there is rightly none.
        among: one of the first three elements has its middle in a right box.
        confidence: of the grounder.
        middle: whether the middle of the screen would have been right.
        chance: the share of elements whose middle is right.
    """

    source: str
    instruction: Instruction
    hit: bool
    among: bool
    confidence: float
    middle: bool
    chance: float


def clicks(source: str, screen: Screen, instructions: Sequence[Instruction]) -> Iterator[Click]:
    """The result of each instruction on a screen."""
    middle = screen.shot.bounds.centre
    for one, answer in zip(instructions, screen.ground_many([i.text for i in instructions]), strict=True):
        right = [any(box.contains(element.box.centre) for box in one.boxes) for element in screen.elements]
        first = any(any(box.contains(ranked.element.box.centre) for box in one.boxes) for ranked in answer.ranked[:3])
        hit = not one.boxes if answer.point is None else any(box.contains(answer.point) for box in one.boxes)
        centre = any(box.contains(middle) for box in one.boxes)
        yield Click(source, one, hit, first or hit, answer.confidence, centre, float(np.mean(right)) if right else 0.0)


def table(results: Sequence[Click]) -> str:
    """Hit rates with intervals over sources, a line for each kind; absent ones apart."""
    groups: Mapping[str, list[Click]] = defaultdict(list)
    for result in results:
        groups[result.instruction.kind].append(result)
        if result.instruction.boxes:
            groups["all present"].append(result)
    lines = ["| kind | n | hit | 95 % | hit@3 | random element | middle |", "|---|--:|--:|--:|--:|--:|--:|"]
    for kind, group in groups.items():
        low, high = _interval(group)
        rates = [
            np.mean(list(values)) for values in zip(*((c.hit, c.among, c.chance, c.middle) for c in group), strict=True)
        ]
        hit, among, chance, middle = (f"{100 * rate:.1f}" for rate in rates)
        lines.append(
            f"| {kind} | {len(group)} | {hit} | {100 * low:.0f}-{100 * high:.0f} | {among} | {chance} | {middle} |"
        )
    return "\n".join(lines)


def _interval(group: Sequence[Click]) -> tuple[float, float]:
    """95 % of the mean hit rate when pages are drawn anew, because instructions on one page are alike."""
    pages: Mapping[str, list[bool]] = defaultdict(list)
    for click in group:
        pages[click.instruction.shot].append(click.hit)
    sums = np.array([(sum(hits), len(hits)) for hits in pages.values()], dtype=float)
    draws = np.random.default_rng(0).integers(0, len(sums), (_RESAMPLES, len(sums)))
    rates = sums[draws].sum(1)
    low, high = np.quantile(rates[:, 0] / rates[:, 1], [0.025, 0.975])
    return float(low), float(high)
