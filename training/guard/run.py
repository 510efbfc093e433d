"""Fitting the embedded guard, and measuring it by source."""

from __future__ import annotations

import json
import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from tamis.guard import Guard, GuardExample, GuardSettings
from tamis.guard.training import PLACES
from tamis.io.files import write
from tamis.novelty.binomial import interval
from training.guard.build import lessons
from training.guard.measure import rows

RATES = (0.01, 0.005, 0.002)
_log = logging.getLogger(__name__)


def write_texts(data: Path, more: Path | None, target: Path) -> None:
    """Write all texts, to be looked at; they are not for publication."""
    learn, threshold = lessons(data, more)
    for name, examples in (
        ("learn", learn),
        ("threshold", threshold),
        ("measure", [one for *_, one in rows(data, more)]),
    ):
        lines = [json.dumps(_plain(one), ensure_ascii=False) for one in examples]
        write(target / f"{name}.jsonl", ("\n".join(lines) + "\n").encode("utf-8", "replace"))


def _plain(one: GuardExample) -> dict[str, object]:
    return {"text": one.text, "attack": one.attack, "where": one.where, "spans": one.spans}


def fit(data: Path, more: Path | None, folder: Path, *, epochs: int | None) -> None:
    """Fit and write the embedded guard; its card stays."""
    settings = GuardSettings() if epochs is None else replace(GuardSettings(), epochs=epochs)
    learn, threshold = lessons(data, more)
    _log.info(
        "%d texts, %d of them attacks; %d for thresholds", len(learn), sum(e.attack for e in learn), len(threshold)
    )
    guard = Guard.fit(learn, settings, calibration=threshold)
    card = folder / "README.md"
    text = card.read_text(encoding="utf-8") if card.exists() else ""
    guard.save(folder)
    if text:
        card.write_text(text, encoding="utf-8")


def measure(data: Path, more: Path | None, folder: Path, *, spans: bool) -> None:
    """Log the share of texts that are flagged, by kind, source and place, at three rates; false alarms first."""
    guard = Guard.load(folder)
    flags: dict[tuple[str, str, str], list[float]] = defaultdict(list)
    every = list(rows(data, more))
    for place in PLACES:
        mine = [row for row in every if row[2].where in (place, "any")]
        for (kind, group, _), verdict in zip(
            mine, guard.many([one.text for *_, one in mine], where=place), strict=True
        ):
            flags[kind, group, place].append(verdict.p)
            flags[kind, "all", place].append(verdict.p)
    for key in sorted(flags, key=lambda key: (-len(key[0]), key)):
        _log.info(
            "%-9s %-26s %-5s %5d  %s", *key, len(flags[key]), "  ".join(_share(flags[key], rate) for rate in RATES)
        )
    if spans:
        _log.info("what is wanted, words: %s", overlap(guard, (one for *_, one in every)))


def _share(values: Sequence[float], rate: float) -> str:
    hits = int((np.array(values) <= rate).sum())
    low, high = interval(hits, len(values))
    return f"{100 * hits / len(values):5.1f} ({100 * low:.1f} to {100 * high:.1f})"


def overlap(guard: Guard, examples: Iterable[GuardExample]) -> str:
    """Precision and recall of the characters of what is wanted, where an attack is flagged and it is known."""
    right = cut = gold = 0
    for one in examples:
        wanted = [(low, high) for low, high, kind in one.spans if kind == "intent"]
        verdict = guard.check(one.text, where=one.where if one.where in PLACES else "user")
        if not one.attack or not wanted or not verdict.flagged:
            continue
        truth = {place for low, high in wanted for place in range(low, high)}
        said = {p for span in verdict.spans if span.kind == "intent" for p in range(span.start, span.end)}
        right, cut, gold = right + len(truth & said), cut + len(said), gold + len(truth)
    return f"P {100 * right / max(1, cut):.1f} R {100 * right / max(1, gold):.1f} of {gold:,} characters"
