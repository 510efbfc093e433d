"""The fit: a seeded random search over the constants of `Extract` for what extracts keep, on four kinds of text.

Writes what it found as JSON; a person puts it into `tamis.prompt.methods.auto.centrality`.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from tamis.io.files import write
from tamis.io.progress import track
from tamis.prompt.methods.auto.centrality import Extract
from training.extract.cases import Case, articles, meetings, papers, paragraphs, shares

SEED, STEPS = 20261129, 200
STRIDES = {"middle": 0.6, "width": 0.25, "topic": 0.4, "again": 0.1, "base": 1.5, "place": 0.3, "centre": 0.6}
FLOORS = {"middle": -4.0, "width": 0.2}  # of the others, 0
MOVING = 0.4  # share of the constants that a trial changes
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Kind:
    """Cases of one kind, the rates at which they are judged, and how much they count."""

    cases: Sequence[Case]
    rates: Sequence[float]
    weight: float = 1.0


def fit_extract(data: Path, out: Path, *, steps: int = STEPS, seed: int = SEED) -> Extract:
    """Fit the constants, and write them to `out`/fitted.json."""
    kinds = kinds_of(data, seed=seed)
    best = search(Extract(), lambda extract: gain(list(kinds.values()), extract), steps=steps, seed=seed)
    for name, kind in kinds.items():
        _LOG.info("%s, kept at %s: %s", name, np.round(kind.rates, 2).tolist(), _rounded(kind, best))
    _LOG.info("centrality.EXTRACT = %r", best)
    write(out / "fitted.json", (json.dumps(asdict(best), indent=1) + "\n").encode())
    return best


def kinds_of(data: Path, *, seed: int) -> dict[str, Kind]:
    """The four kinds of text; single paragraphs, where room is scarcest, count four times."""
    halves, thirds = (1 / 2, 1 / 3), (1 / 3, 1 / 5)
    single = [*paragraphs(data, "dev", 200, seed=seed), *paragraphs(data, "train", 600, seed=seed)]
    long = [*articles(data, "dev", 12, seed=seed), *articles(data, "train", 12, seed=seed)]
    return {
        "paragraphs": Kind(single, halves, 4.0),
        "articles": Kind(long, halves),
        "meetings": Kind(meetings(data, 80, seed=seed), thirds),
        "papers": Kind(papers(data, 200, seed=seed), thirds),
    }


def gain(kinds: Sequence[Kind], extract: Extract) -> float:
    """What the constants keep, summed over kinds and rates."""
    return sum(kind.weight * sum(shares(kind.cases, extract, kind.rates)) for kind in kinds)


def search(start: Extract, gain: Callable[[Extract], float], *, steps: int, seed: int) -> Extract:
    """Return better constants by seeded random search: a few of them move at a time, and what gains stays."""
    rng = np.random.default_rng(seed)
    best, top = start, gain(start)
    for _ in track(list(range(steps)), "trials"):
        trial = _moved(best, rng)
        if (value := gain(trial)) > top:
            best, top = trial, value
            _LOG.info("%.4f %r", top, best)
    return best


def _moved(extract: Extract, rng: np.random.Generator) -> Extract:
    moves = {name: stride * float(rng.normal()) for name, stride in STRIDES.items() if rng.random() < MOVING}
    values = {name: max(getattr(extract, name) + move, FLOORS.get(name, 0.0)) for name, move in moves.items()}
    values = {name: min(value, 1.0) if name == "again" else value for name, value in values.items()}
    return replace(extract, **{name: round(value, 3) for name, value in values.items()})


def _rounded(kind: Kind, extract: Extract) -> list[float]:
    return [round(share, 3) for share in shares(kind.cases, extract, kind.rates)]
