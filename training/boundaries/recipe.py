"""The boundary head: a logistic regression over `memory.segment.features`, one for each kind of talk.

    python -m training boundaries train --data FOLDER

Chats: TIAGE (its train split) and glued fragments of Topical-Chat. Tasks: glued dialogues of SGD. Meetings: QMSum and
the headings of Bitcoin transcripts. Glue is runs of turns from different dialogues of one source; its joints are the
boundaries. The threshold of each kind is what scores best in five folds of its training talks; held-out talks decide
nothing. Everything is drawn from one seed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tamis.io.files import write
from tamis.memory.segment.protocol import Vectors
from training.boundaries.head import FINE, Recipe, calibrated, cut, seen, written
from training.boundaries.talks import gathered

KINDS = {  # kind of talk: what its threshold is calibrated on, what is learned from besides, how much that counts
    "chat": ("TIAGE train", "Topical-Chat", 0.1),
    "task": ("SGD", "Topical-Chat", 1.0),
    "meeting": ("headings", "QMSum", 0.1),
}
UNMET = (("Topical-Chat", "SGD held out"), ("SGD", "Topical-Chat held out"))


def run(data: Path, target: Path, encode: Callable[[Sequence[str]], Vectors]) -> dict[str, Any]:
    """Make all heads, write them, and measure them on talks that they were not made from."""
    seen_talks = {name: seen(talks, encode) for name, talks in gathered(data).items()}
    heads: dict[str, Any] = {}
    report: dict[str, Any] = {}
    for kind, (own, other, weight) in KINDS.items():
        for which in ("causal", "wide"):
            head = calibrated(
                seen_talks[own], Recipe(which, None if kind == "meeting" else FINE), seen_talks[other], weight
            )
            heads.setdefault(kind, {})[which] = written(head, seen_talks[own])
            figures = {
                name: asdict(cut(head, seen_talks[name])) for name in seen_talks if name.endswith(("dev", "held out"))
            }
            report[f"{kind}, {which}"] = {"folds": head.score, **figures}
    for source, held_out in UNMET:  # a source that the head has never met
        for which in ("causal", "wide"):
            report[f"{source} only, {which}"] = {
                held_out: asdict(cut(calibrated(seen_talks[source], Recipe(which)), seen_talks[held_out]))
            }
    write(target, (json.dumps(heads) + "\n").encode())
    return report
