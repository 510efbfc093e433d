"""Which labelled texts train, choose and judge: by document, by a stable hash. Standard library only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from tamis.distill.chunk import fingerprint
from tamis.distill.label import Marked
from tamis.errors import InvalidInput

LEAST = 3  # texts: one each


@dataclass(frozen=True)
class Parts:
    """Annotation texts to learn from (`train`), to choose by (`dev`), and to judge by, never seen before (`test`).

    Attributes:
        by: "document"; "text" where there are fewer than three documents: figures are then a little too good.
    """

    train: tuple[Marked, ...]
    dev: tuple[Marked, ...]
    test: tuple[Marked, ...]
    by: str


def split(marked: Sequence[Marked], *, share: float, seed: int) -> Parts:
    """Hold out whole documents: about `share` of the texts for `dev` and as many for `test`, at least one each.

    Raises:
        InvalidInput: fewer than three texts, or a share that leaves nothing to learn from.
    """
    if len(marked) < LEAST:
        hint = "Ask about more texts, or filter less: --drop-variation, --drop-gap."
        raise InvalidInput(f"{len(marked)} labelled texts are too few to train on.", hint=hint)
    if not 0 < share <= 0.4:
        raise InvalidInput(f"--held-out must be above 0 and at most 0.4, got {share}.")
    sizes = Counter(one.document for one in marked)
    by = "document" if len(sizes) >= LEAST else "text"
    if by == "text":
        sizes = Counter(one.id for one in marked)
    ranked = sorted(sizes, key=lambda name: fingerprint("split", seed, name))
    test = _until(ranked, sizes, share * len(marked), spare=2)
    dev = _until(ranked[len(test) :], sizes, share * len(marked), spare=1)
    part = dict.fromkeys(test, "test") | dict.fromkeys(dev, "dev")

    def those(which: str) -> tuple[Marked, ...]:
        return tuple(one for one in marked if part.get(one.document if by == "document" else one.id, "train") == which)

    return Parts(those("train"), those("dev"), those("test"), by)


def _until(ranked: Sequence[str], sizes: Counter[str], wanted: float, *, spare: int) -> list[str]:
    """Names from the front until they hold `wanted` texts; `spare` are always left."""
    names: list[str] = []
    for name in ranked[: len(ranked) - spare]:
        if names and sum(sizes[n] for n in names) >= wanted:
            break
        names.append(name)
    return names
