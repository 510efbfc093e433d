"""Compressing more than one text: documents in an order, with a ranker, and prompts that have parts."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from .compress import compression
from .inputs import BURN, DOCUMENTS, ENGLISH, METHODS
from .outcomes import Calls
from .places import resolve

OPTIONS: dict[str, dict[str, Any]] = {
    "dynamic": {"dynamic": 0.5}, "min_words": {"min_words": 6}, "first": {"pool": "first"}, "max": {"pool": "max"},
    "unclean": {"clean": False}, "threads": {"threads": 1},
    "callable": {"ranker": lambda question, texts: [len(text) for text in texts], "order": "sort"},
}  # fmt: skip
SURPRISAL: dict[str, dict[str, Any]] = {
    "segment": {"segment": 40}, "coarse": {"coarse": 0.0}, "sentences": {"sentences": 1.4},
    "contrast": {"contrast": True},
}  # fmt: skip
BUDGETS: dict[str, dict[str, Any]] = {"tokens": {"tokens": 90}, "small": {"tokens": 5}, "threshold": {"threshold": 0.4}}
PARTS: dict[str, dict[str, Any]] = {
    "no question": {"context": list(DOCUMENTS)}, "nothing": {"context": []}, "text": {"context": ENGLISH},
}  # fmt: skip
TAGGED = {
    "both": "<llmlingua, compress=False>Answer.</llmlingua> The mill burned down in 1901, they say. "
    "<llmlingua, rate=0.3>if a < b and b > c then nothing at all was said</llmlingua>"
    "<llmlingua, rate=0>Gone.</llmlingua>",
    "open": "<llmlingua, rate=0.3>never closed",
    "bad": "<llmlingua, rate=x>a</llmlingua>",
    "none": "a < b > c, and so on",
    "nested": "<llmlingua, rate=0.5>a <llmlingua>b</llmlingua></llmlingua>",
    "over": "<llmlingua, rate=2>a</llmlingua>",
}
SECTIONS: dict[str, dict[str, Any]] = {"rate": {"rate": 1.5}, "both": {"rate": 0.2, "compress": False}}


def arranging(_: Path) -> Calls:
    """Documents: orders, rankers, options."""
    options = resolve("tamis").Options
    for order in ("original", "sort", "two_stage"):
        for ranker in (None, "auto", "embedding", "bm25", "gzip", "perplexity"):
            settings = options(order=order, ranker=ranker)
            yield f"{order}/{ranker}", partial(compression, _titled(), rate=0.5, question=BURN, options=settings)
    for label, fields in OPTIONS.items():
        for method in ("auto", "llmlingua2", "longllmlingua"):
            yield f"knob/{label}/{method}", _to_question(method, options(**fields))
    for seed in (1, 2):
        yield f"seed/{seed}", partial(compression, ENGLISH, rate=0.5, method="random", options=options(seed=seed))
    for label, fields in SURPRISAL.items():
        for method in ("llmlingua", "longllmlingua"):
            settings = options(surprisal=resolve("tamis").Surprisal(**fields))
            yield f"surprisal/{label}/{method}", _to_question(method, settings)


def _titled() -> list[Any]:
    document = resolve("tamis").Document
    return [document(text, title=title) for text, title in zip(DOCUMENTS, "ABCD", strict=True)]


def _to_question(method: str, options: Any) -> partial[dict[str, Any]]:
    return partial(compression, _titled(), rate=0.4, question=BURN, method=method, options=options)


def structuring(_: Path) -> Calls:
    """Prompts with parts, and tags."""
    yield from _prompts()
    for label, text in TAGGED.items():
        yield f"tagged/{label}", partial(_tagged, text)
    yield "tagged/list", partial(_tagged, [TAGGED["both"], "b c d"], question="What?")
    for label, fields in SECTIONS.items():
        yield f"section/{label}", partial(_section, **fields)


def _prompts() -> Calls:
    prompt = _prompt()
    for method in METHODS:
        yield f"prompt/{method}", partial(compression, prompt, rate=0.6, method=method)
    for label, budget in BUDGETS.items():
        yield f"prompt/{label}", partial(compression, prompt, **budget)
    yield "prompt/other question", partial(compression, prompt, rate=0.6, question="Who signed?")
    for label, parts in PARTS.items():
        yield f"prompt/{label}", partial(_of_parts, parts)


def _prompt() -> Any:
    section = resolve("tamis").Section
    context = [
        DOCUMENTS[0],
        section(DOCUMENTS[1] * 2, rate=0.2),
        ["The lease says: ", section("Clause 7 (b): must not pay twice.", compress=False), " It was signed."],
        section(DOCUMENTS[3], rate=0),
    ]
    instruction = "Answer in one sentence, and do not guess."
    return resolve("tamis").Prompt(instruction=instruction, context=context, question=BURN)


def _of_parts(parts: dict[str, Any]) -> dict[str, Any]:
    return compression(resolve("tamis").Prompt(**parts), rate=0.5)


def _tagged(text: str | list[str], **settings: Any) -> dict[str, Any]:
    return compression(resolve("tamis").Prompt.tagged(text, **settings), rate=0.7)


def _section(**fields: Any) -> dict[str, Any]:
    tamis = resolve("tamis")
    return compression(tamis.Prompt(context=[tamis.Section("a b", **fields)]))
