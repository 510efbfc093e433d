"""How well an answer keeps to the rules, and which answers are left out (LLMLingua-2, arXiv 2403.12968, section 3.2).

Numbers of words are those of `align.Annotation`, without punctuation:

    Variation Rate  VR = words of the answer that are not in the source / words of the answer
    Hitting Rate    HR = words of the answer that are / words of the source
    Matching Rate   MR = words of the source labelled keep / words of the source
    Alignment Gap   AG = HR - MR

The paper drops the 5 % of all chunks with the highest VR, and then, of the rest, the 10 % with the highest AG. A chunk
without a fault (VR or AG of 0) is never dropped to fill a quota.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tamis.distill.align import Annotation
from tamis.errors import InvalidInput

VARIATION = 0.05
GAP = 0.10


@dataclass(frozen=True, slots=True)
class Quality:
    """The paper's figures of one answer, each a share."""

    variation: float
    hitting: float
    matching: float

    @property
    def gap(self) -> float:
        """Words that the answer has from the source but that found no place in it; never below 0."""
        return self.hitting - self.matching

    @staticmethod
    def of(labelled: Annotation) -> Quality:
        """The figures of a labelled text; an empty answer varies nothing and hits nothing."""
        answer_words, size = labelled.found + labelled.unknown, max(labelled.size, 1)
        return Quality(labelled.unknown / max(answer_words, 1), labelled.found / size, labelled.matched / size)


@dataclass(frozen=True, slots=True)
class Filters:
    """What is left out: the worst `variation` of all by Variation Rate, then the worst `gap` of the rest by gap."""

    variation: float = VARIATION
    gap: float = GAP

    def __post_init__(self) -> None:
        for name, value in (("--drop-variation", self.variation), ("--drop-gap", self.gap)):
            if not 0 <= value < 1:
                raise InvalidInput(f"{name} must be a share from 0 to below 1, got {value}.")

    def kept(self, qualities: Sequence[Quality]) -> list[int]:
        """Numbers of the answers that stay, in order."""
        everyone = list(range(len(qualities)))
        faithful = _without_worst(everyone, lambda i: qualities[i].variation, self.variation)
        return _without_worst(faithful, lambda i: qualities[i].gap, self.gap)


_FAULTLESS = 1e-12  # a difference of two shares that is nothing but rounding


def _without_worst(numbers: Sequence[int], value: Callable[[int], float], share: float) -> list[int]:
    """All but the `share` with the highest values; of equals the later ones go first."""
    many = math.floor(share * len(numbers) + _FAULTLESS)
    ranked = sorted(numbers, key=lambda i: (-value(i), -i))[:many]
    gone = {i for i in ranked if value(i) > _FAULTLESS}
    return [i for i in numbers if i not in gone]
