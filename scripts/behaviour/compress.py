"""Compressing plain texts: every method, every budget, several texts at once, and what is refused.

What must stay in a text is in `protect`, documents and prompts with parts in `documents`, tokenizers in `counting`.
"""

from __future__ import annotations

import math
from functools import partial
from pathlib import Path
from typing import Any

from .inputs import ASKING, BURN, DOCUMENTS, ENGLISH, METHODS, ODD, QUESTIONS, TEXTS, transcript
from .outcomes import Calls
from .places import resolve

BUDGETS: tuple[dict[str, Any], ...] = (
    {"rate": 0.2}, {"rate": 0.5}, {"rate": 1}, {"tokens": 40}, {"threshold": 0.5}, {},
)  # fmt: skip
WRONG: dict[str, dict[str, Any]] = {
    "rate/33": {"rate": 33},
    "rate/-1": {"rate": -0.1},
    "rate/text": {"rate": "a third"},
    "rate/nan": {"rate": math.nan},
    "tokens/-1": {"tokens": -1},
    "tokens/1.5": {"tokens": 1.5},
    "tokens/True": {"tokens": True},
    "threshold/2": {"threshold": 2},
    "two": {"rate": 0.5, "tokens": 3},
    "three": {"rate": 0.5, "tokens": 3, "threshold": 1},
    "method": {"method": "autom"},
    "model": {"model": "minni", "method": "llmlingua2"},
    "question": {"question": 7},
    "no question": {"method": "longllmlingua"},
    "lm": {"model": "no-such", "method": "llmlingua"},
    "folder": {"model": "./nowhere", "method": "llmlingua"},
}
SOURCES: dict[str, Any] = {"number": 7, "none": None, "numbers": [1, 2], "bytes": b"abc", "no documents": []}


def compression(source: Any, **settings: Any) -> dict[str, Any]:
    """All that a compression reports."""
    return report(resolve("tamis").compress(source, **settings))


def report(result: Any) -> dict[str, Any]:
    """What the result of a compression says, the spans it protected among it."""
    spans = [[f.span.start, f.span.end, f.rule] for f in result.protected]
    return {**result.to_dict(), "protected": spans, "saved": result.saved, "whole": result.restore() == result.source}


def compressing(_: Path) -> Calls:
    """Every method on every text, at several budgets."""
    for method in METHODS:
        yield from _by_method(method)
    for name, text in TEXTS.items():
        yield f"auto/{name}/question", partial(compression, text, rate=0.4, question=QUESTIONS[name])
    yield "auto/meeting/0.33", lambda: compression(transcript()[:12_000], rate=0.33)
    yield (
        "auto/meeting/question",
        lambda: compression(transcript()[:12_000], tokens=300, question="Who researches ACD?"),
    )


def _by_method(method: str) -> Calls:
    for name, text in TEXTS.items():
        yield f"{method}/{name}/0.33", partial(compression, text, rate=0.33, method=method, **_question(method, name))
    question = _question(method, "en")
    for budget in BUDGETS:
        label = " ".join(f"{k}={v}" for k, v in budget.items()) or "default"
        yield f"{method}/en/{label}", partial(compression, ENGLISH, method=method, **budget, **question)
    yield f"{method}/documents", partial(compression, list(DOCUMENTS), rate=0.4, method=method, question=BURN)
    yield f"{method}/odd", partial(compression, ODD, rate=0.5, method=method, **question)


def _question(method: str, text: str) -> dict[str, Any]:
    return {"question": QUESTIONS[text]} if method in ASKING else {}


def compressing_many(_: Path) -> Calls:
    """Several texts at once."""
    compress_many = resolve("tamis").compress_many
    for method in ("auto", "llmlingua2", "llmlingua", "truncate"):
        yield method, partial(_reports, list(TEXTS.values()), rate=0.4, method=method)
    yield "question", partial(_reports, DOCUMENTS, tokens=15, question=BURN)
    yield "none", lambda: compress_many([])
    yield "one text", lambda: compress_many("abc")
    yield "stray", lambda: compress_many(["abc"], ratio=2)


def _reports(texts: Any, **settings: Any) -> list[dict[str, Any]]:
    return [report(result) for result in resolve("tamis").compress_many(texts, **settings)]


def refusing(_: Path) -> Calls:
    """What cannot be compressed."""
    for label, settings in (WRONG | _wrong_options() | {"argument": {"ratio": 2}}).items():
        yield label, partial(compression, ENGLISH, **settings)
    for label, source in SOURCES.items():
        yield f"source/{label}", partial(compression, source)


def _wrong_options() -> dict[str, dict[str, Any]]:
    options, surprisal = resolve("tamis").Options, resolve("tamis").Surprisal
    return {
        "order": {"options": options(order="up")},
        "pool": {"options": options(pool="min")},
        "detector": {"options": options(detectors=("nombers",))},
        "dynamic": {"options": options(dynamic=2)},
        "seed": {"options": options(seed=-1)},
        "ranker": {"options": options(ranker="bm52")},
        "segment": {"options": options(surprisal=surprisal(segment=0))},
        "instruction": {"options": options(surprisal=surprisal(instruction=2))},
        "coarse": {"options": options(surprisal=surprisal(coarse=-1))},
        "dynamic threshold": {"threshold": 0.5, "options": options(dynamic=0.5)},
    }
