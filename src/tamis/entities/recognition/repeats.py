"""One name is one name in a whole text: where it stands again, it is meant again.

A recogniser reads sentence by sentence, and misses a name in one that it is sure of in another. What it is sure of is
looked for everywhere else, as whole words and as it is written. Does not find what was found nowhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from tamis.entities.recognition.decoding import Entity

_SURE = 0.7  # confidence of a name that is looked for elsewhere
_SHORT = 3  # letters: a shorter name stands for too much else


def repeated(text: str, entities: Iterable[Entity], *, least: float = _SURE) -> tuple[Entity, ...]:
    """The names, and where else they stand in the text; in order, none over another.

    text -- the whole text
    entities -- what a recogniser has read in it
    least -- the confidence of a name that is looked for elsewhere; found there, it has the best one it had

    Example: of "Merkel came. merkel and Merkel left." with the first "Merkel" -> the first and the third
    """
    own = sorted(entities, key=lambda one: one.start)
    best: dict[str, Entity] = {}
    for one in sorted(own, key=lambda one: one.confidence):
        if one.confidence >= least and len(one.text) >= _SHORT:
            best[one.text] = one
    if not best:
        return tuple(own)
    either = "|".join(re.escape(name) for name in sorted(best, key=lambda name: (-len(name), name)))
    more = []
    for match in re.finditer(rf"(?<!\w)(?:{either})(?!\w)", text):
        if all(match.end() <= one.start or match.start() >= one.end for one in own):
            model = best[match[0]]
            more.append(Entity(*match.span(), match[0], model.kind, model.confidence))
    return tuple(sorted([*own, *more], key=lambda one: one.start))
