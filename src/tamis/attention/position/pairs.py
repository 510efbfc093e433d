"""Generated pairs to look up: the same pairs, the one that is asked for in another place each time."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from tamis.errors import InvalidInput

TASK = "Below is a JSON object. Say which value belongs to the key that is asked for.\n\n"


@dataclass(frozen=True, slots=True)
class Lookup:
    """One question about pairs.

    Attributes:
        prompt: its tokens, up to where the answer begins.
        answer: tokens of the value that is asked for.
        place: of the pair among the pairs, from 0.
        pairs: how many there are.
        sample: number of the set of pairs; those of one sample differ in the place only.
    """

    prompt: tuple[int, ...]
    answer: tuple[int, ...]
    place: int
    pairs: int
    sample: int


def lookups(
    encode: Callable[[str], Sequence[int]], *, pairs: int = 50, places: Sequence[int] | int = 5, samples: int = 10,
    seed: int = 0, draw: Callable[[Random], str] | None = None,
) -> list[Lookup]:  # fmt: skip
    """Questions for the value of one key in a JSON object, for each sample and place.

    Args:
        encode: text to tokens, without tokens of its own.
        pairs: in the object.
        places: where the pair stands that is asked for; a number = so many, evenly apart from first to last.
        samples: sets of pairs.
        seed: of what is drawn.
        draw: makes a key or a value; random UUIDs if not given.

    Raises:
        InvalidInput: no samples, or places that are not among the pairs.
    """
    chosen = spread(pairs, places) if isinstance(places, int) else list(places)
    if samples < 1 or not chosen or not all(0 <= place < pairs for place in chosen):
        raise InvalidInput(f"{samples} samples, places {chosen!r}.", hint=f"Of {pairs} pairs: 0 to {pairs - 1}.")
    return [one for sample in range(samples) for one in _moved(encode, pairs, chosen, (seed, sample), draw or _uuid)]


def spread(pairs: int, count: int) -> list[int]:
    """So many different places, evenly apart from the first to the last. Example: `spread(9, 3)` is [0, 4, 8]."""
    if min(count, pairs) < 2:
        return [0] if min(count, pairs) == 1 else []
    return sorted({round(i * (pairs - 1) / (count - 1)) for i in range(count)})


def _moved(
    encode: Callable[[str], Sequence[int]], pairs: int, places: Sequence[int], of: tuple[int, int],
    draw: Callable[[Random], str],
) -> list[Lookup]:  # fmt: skip
    random = Random(f"lookups:{of[0]}:{of[1]}")
    strings: dict[str, None] = {}
    for _ in range(100 * pairs):
        if len(strings) == 2 * pairs:
            break
        strings[draw(random)] = None
    else:
        raise InvalidInput(f"Fewer than {2 * pairs} different strings in {100 * pairs}.", hint="Draw from more.")
    words = list(strings)
    key, value, rest = words[0], words[1], list(zip(words[2::2], words[3::2], strict=True))
    answer = tuple(encode(f" {value}"))
    questions = []
    for place in places:
        pairs_in_order = dict([*rest[:place], (key, value), *rest[place:]])
        text = f"{TASK}{json.dumps(pairs_in_order, indent=0)}\n\nKey: {key}\nValue:"
        questions.append(Lookup(tuple(encode(text)), answer, place, pairs, of[1]))
    return questions


def _uuid(random: Random) -> str:
    return str(uuid.UUID(int=random.getrandbits(128), version=4))
