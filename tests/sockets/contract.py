"""What every adapter for documents keeps, whatever its package calls them: `LAWS`, each a check of one adapter."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tamis.text.counting import counter
from tests.sockets.texts import LOG, PAGES, QUESTION, subsequence

COUNT = counter("o200k_base")
BUDGETS = ({"rate": 0.3}, {"tokens": 40}, {"rate": 1.0}, {"rate": 0.0}, {})
TEXTS = st.text(st.sampled_from("ab. \n\t,<>keep/😀日é́1"), max_size=50) | st.sampled_from([*PAGES, LOG[:400]])


@dataclass(frozen=True)
class DocumentAdapter:
    """An adapter under test.

    Attributes:
        make: documents of these texts, with ids, metadata and all else that must stay; in their order.
        shorten: calls the adapter: documents, question, arguments of `tamis.compress`.
        text: of a document.
        original: a document as it was, from a shortened one.
    """

    make: Callable[[Sequence[str]], list[Any]]
    shorten: Callable[..., list[Any]]
    text: Callable[[Any], str]
    original: Callable[[Any], Any]


def check(adapter: DocumentAdapter, texts: Sequence[str], question: str, **budget: Any) -> list[Any]:
    """Shorten documents; what comes back keeps to the budget, in order, and says what it was. Nothing else changed."""
    documents = adapter.make(texts)
    before = copy.deepcopy(documents)
    short = adapter.shorten(documents, question, **budget)
    assert documents == before
    total = COUNT("\n\n".join(texts))
    limit = budget.get("tokens", int(budget.get("rate", 0.5) * total + 1e-9))
    assert COUNT("\n\n".join(map(adapter.text, short))) <= limit
    places = [before.index(adapter.original(one)) for one in short]
    assert places == sorted(places)
    assert all(subsequence(adapter.text(one), texts[n]) for one, n in zip(short, places, strict=True))
    assert all(adapter.text(one).strip() for one in short)
    return short


def law_of_budgets(adapter: DocumentAdapter) -> None:
    """Any budget, none included."""
    for budget in BUDGETS:
        check(adapter, PAGES, QUESTION, **budget)


def law_of_any_text(adapter: DocumentAdapter) -> None:
    """Unicode, tags, data, logs, emptiness."""

    @settings(max_examples=30)
    @given(st.lists(TEXTS, max_size=5), st.sampled_from(BUDGETS))
    def law(texts: list[str], budget: dict[str, Any]) -> None:
        check(adapter, texts, QUESTION, method="tfidf-words", **budget)

    law()


def law_of_nothing(adapter: DocumentAdapter) -> None:
    """No documents, and documents without a text."""
    assert adapter.shorten([], QUESTION) == []
    assert check(adapter, ["", " \n "], QUESTION) == []


def law_of_many(adapter: DocumentAdapter) -> None:
    """Hundreds of documents, of which one answers."""
    texts = [f"Lamp {i} was bought in {1900 + i}." for i in range(400)]
    short = check(adapter, texts, "Which lamp was bought in 1950?", method="bm25-sentences", tokens=60)
    assert texts[50] in map(adapter.text, short)


def law_of_a_long_one(adapter: DocumentAdapter) -> None:
    """A log among pages: what failed stays."""
    short = check(adapter, [*PAGES, LOG], "Why did pump 3 fail?", rate=0.3)
    assert any("valve stuck" in adapter.text(one) for one in short)


def law_of_whole_ones(adapter: DocumentAdapter) -> None:
    """Documents that nobody shortened are their own originals."""
    for document in adapter.make(PAGES):
        assert adapter.original(document) == document


LAWS = (law_of_budgets, law_of_any_text, law_of_nothing, law_of_many, law_of_a_long_one, law_of_whole_ones)
