"""Ranking documents by a question, and recovering an answer in the source's own words."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from .inputs import BURN, DOCUMENTS, ENGLISH, QUESTIONS, TEXTS, transcript
from .outcomes import Calls
from .places import resolve

SETS: dict[str, tuple[Any, list[str]]] = {
    "en": (BURN, list(DOCUMENTS)), "langs": (QUESTIONS["de"], [TEXTS[n] for n in ("en", "de", "zh", "th", "ar")]),
    "odd": (BURN, [DOCUMENTS[0], "", DOCUMENTS[0], "  \n", DOCUMENTS[2]]), "none": (BURN, []), "one": (BURN, ["a"]),
    "long": (BURN, [ENGLISH * 12, DOCUMENTS[0]]), "unasked": (None, list(DOCUMENTS)),
}  # fmt: skip
WRONG: dict[str, tuple[Any, dict[str, Any]]] = {
    "unknown": (["a"], {"ranker": "bm52"}),
    "text": ("abc", {}),
    "number": ([1], {}),
    "model": (["a"], {"ranker": len, "model": "x"}),
    "alias": (["a"], {"ranker": "sentbrt"}),
    "folder": (["a"], {"ranker": "embedding", "model": "./nowhere"}),
}
SOURCE, SHORT = DOCUMENTS[3], "Ferries cross river. winter, captain cancel crossing."
ANSWERS = ("Yes: the captain cancel crossing!", "In winter, captain cancel.", "the of and", "", "Nothing of it.")


def ranking(_: Path) -> Calls:
    """Rankers, by name and by the names of the reference."""
    rank = resolve("tamis").rank
    for name in ("auto", "embedding", "bm25", "gzip", "perplexity"):
        for label, (question, documents) in SETS.items():
            yield f"{name}/{label}", partial(rank, question, documents, ranker=name)
    for name in ("llmlingua", "longllmlingua"):
        yield f"alias/{name}", partial(_reference_ranks, name)
    for label, make in _rankers().items():
        yield f"made/{label}", partial(_ranks_by, make)
    yield "titled", partial(rank, BURN, [resolve("tamis").Document(text, title=text[:9]) for text in DOCUMENTS])
    for label, (documents, settings) in WRONG.items():
        yield f"wrong/{label}", partial(rank, BURN, documents, **settings)


def _reference_ranks(name: str) -> Any:
    return resolve("rankers").reference_ranker(name)(BURN, list(DOCUMENTS))


def _ranks_by(make: Callable[[], Any]) -> Any:
    return resolve("tamis").rank(BURN, list(DOCUMENTS), ranker=make())


def _rankers() -> dict[str, Callable[[], Any]]:
    """Rankers that are made in the call, and functions in their place."""
    rankers = resolve("rankers")
    return {
        "prefixed": lambda: rankers.Embedding(query_prefix="query: ", document_prefix="passage: "),
        "before": lambda: rankers.Perplexity(condition="before"), "none": lambda: rankers.Perplexity(condition="none"),
        "callable": lambda: lambda question, texts: [-len(text) for text in texts],
        "few": lambda: lambda question, texts: [1.0], "nan": lambda: lambda question, texts: [math.nan] * len(texts),
    }  # fmt: skip


def recovering(_: Path) -> Calls:
    """Answers in the source's words."""
    recover, compress = resolve("tamis").recover, resolve("tamis").compress
    for number, answer in enumerate(ANSWERS):
        yield f"guessed/{number}", partial(recover, SOURCE, SHORT, answer)
        yield f"sure/{number}", partial(recover, SOURCE, SHORT, answer, confidence=0.9)
        yield f"known/{number}", partial(_recovered, SOURCE, answer)
    yield "meeting", lambda: _recovered_beginning(transcript()[:4_000])
    yield "wrong/confidence", partial(recover, SOURCE, SHORT, "a", confidence=2)
    yield "wrong/answer", partial(recover, SOURCE, SHORT, None)
    yield "wrong/text", lambda: recover(compress(SOURCE, rate=0.5), "another", "a")


def _recovered(source: str, answer: str) -> Any:
    result = resolve("tamis").compress(source, rate=0.5)
    return resolve("tamis").recover(result, None, answer, confidence=0.1)


def _recovered_beginning(text: str) -> Any:
    result = resolve("tamis").compress(text, rate=0.4)
    return resolve("tamis").recover(result, None, result.text[:300])
