"""How many segments are wanted: the one thing that does not carry over from one kind of talk to another.

Where people see a new topic differs tenfold between chats and meetings, and measures of boundaries follow the number
of boundaries first (arXiv 2512.17083). So every segmenter takes the wanted density apart from what it has learned:
the share of turns that open a segment, of those that could (not the first). What a segmenter finds follows the talk;
the density is what it finds on average in talk of the kind that it was calibrated with.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tamis.errors import InvalidInput, unknown

# counted in labelled training data: TIAGE (chat), SGD dialogues joined by task, QMSum meetings
DENSITY = {"chat": 0.20, "task": 0.10, "meeting": 0.008}


def density_of(density: float | str) -> float:
    """The density that is meant by a number or by a kind of talk.

    Raises:
        UnknownName: no such kind.
        InvalidInput: not between 0 and 1.
    """
    if isinstance(density, str):
        if density not in DENSITY:
            raise unknown("kind of talk", density, DENSITY)
        return DENSITY[density]
    if not 0 < density < 1:
        hint = "It is the share of turns that open a segment."
        raise InvalidInput(f"A density must lie between 0 and 1, got {density}.", hint=hint)
    return float(density)


def knob(density: float, curve: Sequence[tuple[float, float]]) -> float:
    """The setting that gave this density when a segmenter was calibrated; between the points by log density.

    curve -- (density, setting), in the order of the densities
    """
    densities, settings = zip(*curve, strict=True)
    return float(np.interp(np.log(density), np.log(densities), settings))
