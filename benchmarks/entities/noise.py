"""Labels made wrong: 30 % of the types another, 30 % of the names unmarked; how much of the loss comes back."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

import numpy as np

from benchmarks.entities.recognition import parts
from tamis.entities.recognition.recognizer import Recognizer
from tamis.entities.recognition.tags import Example
from tamis.entities.transfer.denoising import ACTIONS, Denoising, denoise
from training.entities.run import interval


def noisy(examples: Sequence[Example], seed: int, share: float) -> list[Example]:
    """The examples with names left out, and types of the others changed, each with that probability."""
    rng = np.random.default_rng(seed)
    types = sorted({kind for one in examples for *_, kind in one.spans})
    rows = []
    for one in examples:
        spans = []
        for start, end, kind in one.spans:
            dropped, flipped = rng.random(2) < share
            others = [other for other in types if other != kind]
            if not dropped:
                spans.append((start, end, str(rng.choice(others)) if flipped and others else kind))
        rows.append(Example(one.text, spans))
    return rows


def score(train: Sequence[Example], dev: Sequence[Example]) -> tuple[float, str]:
    """F1 and its line of `Recognizer.fit` on these examples."""
    read = Recognizer.fit(train).many([one.text for one in dev])
    pairs = [({(e.start, e.end, e.kind) for e in row}, set(one.spans)) for row, one in zip(read, dev, strict=True)]
    right = sum(len(a & b) for a, b in pairs)
    return 200 * right / sum(len(a) + len(b) for a, b in pairs), interval(pairs)


def truth(result: Denoising, clean: Sequence[Example]) -> dict[str, str]:
    """For each action: how many names, the precision that was expected, and what it is by the clean labels."""
    rows = {}
    for action in ACTIONS:
        chosen = [one for one in result.judgements if one.action == action]
        right = [(one.start, one.end, one.kind) in clean[one.number].spans for one in chosen]
        expected = result.report()[action][1]
        rows[action] = (
            f"{len(chosen)}, expected {100 * expected:.0f} %, is {100 * np.mean(right):.0f} %" if chosen else "0"
        )
    return rows


def run(options: argparse.Namespace) -> int:
    """Print F1 with clean, with wrong and with denoised labels."""
    for name in options.sets:
        clean, ((_, dev),) = parts(options.data, name)
        wrong = noisy(clean, options.seed, options.share)
        result = denoise(wrong)
        lines = {"clean": score(clean, dev), "wrong": score(wrong, dev), "denoised": score(result.examples, dev)}
        for title, (_, line) in lines.items():
            print(f"{name:18} {title:10} {line}", flush=True)
        lost = lines["clean"][0] - lines["wrong"][0]
        print(f"{name:18} of {lost:.1f} points lost, {lines['denoised'][0] - lines['wrong'][0]:.1f} are back")
        for action, line in truth(result, clean).items():
            print(f"{name:18} {action:10} {line}")
    return 0
