"""Question-blind retention: paragraphs are compressed without the questions that are asked afterwards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.common.figures import difference, markdown, share, shown
from benchmarks.prompt.scored_once import scoring_once
from tamis import Options, compress
from tamis.bench.prompt.answers import contains, normalised
from tamis.bench.prompt.styles import style_settings
from tamis.distill.auc import auc
from tamis.text.function_words import FUNCTION_WORDS
from training.data.squad import Paragraph

RATES = (1 / 2, 1 / 3)
BARE = "auto, no detectors"
WORDS = ("llmlingua2", "tfidf-words", "stopwords")
SENTENCES = ("lead", "textrank", "lexrank", "centroid-mmr")
METHODS = ("auto", BARE, *WORDS, *SENTENCES, "truncate", "random")
MEASURES = ("every word", "every content word", "as a phrase")


def kept(text: str, answers: Sequence[str]) -> tuple[bool, bool, bool]:
    """Whether for one of the answers: every word is in the text, every word but function words is, it stands there."""
    said = Counter(normalised(text))
    wanted = [w for w in map(normalised, answers) if w]
    content = [[w for w in words if w not in FUNCTION_WORDS] or words for words in wanted]
    return (
        any(not Counter(words) - said for words in wanted),
        any(not Counter(words) - said for words in content),
        contains(text, answers),
    )


@dataclass(frozen=True)
class Blind:
    """For each method and rate the three measures of each question; AUC of answer words; budget use."""

    hits: dict[str, dict[float, list[tuple[bool, bool, bool]]]]
    aucs: dict[str, list[float]]
    used: dict[str, list[float]]


def ways(methods: Sequence[str], styles: Sequence[str]) -> list[str]:
    """The methods, `auto` in each of the styles; without styles, in its default."""
    return [f"auto {style}".strip() if name == "auto" else name
            for name in methods for style in (styles or ("",) if name == "auto" else ("",))]  # fmt: skip


def measure(paragraphs: Iterable[Paragraph], methods: Sequence[str] = METHODS, rates: Sequence[float] = RATES) -> Blind:
    """Compress every paragraph by every method to every rate; "auto sentences" is `auto` in that style."""
    made = Blind({m: {r: [] for r in rates} for m in methods}, {m: [] for m in methods}, {m: [] for m in methods})
    with scoring_once():
        for paragraph in paragraphs:
            for method in methods:
                _one(made, paragraph, method, rates)
    return made


def _one(made: Blind, paragraph: Paragraph, method: str, rates: Sequence[float]) -> None:
    options = Options(detectors=()) if method == BARE else Options()
    name, _, style = ("auto", "", "") if method == BARE else method.partition(" ")
    for rate in rates:
        settings = style_settings(style or None)
        result = compress(paragraph.text, rate=rate, method=name, options=options, **settings)
        made.hits[method][rate] += [kept(result.text, answers) for answers in paragraph.answers]
        if result.original_tokens > 200:
            made.used[method].append(result.tokens / int(rate * result.original_tokens))
    chosen = result.selection
    bodies = [normalised(body) for body in chosen.words.bodies()]
    asked = {w for answers in paragraph.answers for answer in answers for w in normalised(answer)}
    positive = np.array([bool(b) and asked.issuperset(b) for b in bodies], np.bool_)
    if 0 < positive.sum() < positive.size:
        made.aucs[method].append(auc(chosen.scores, positive))


def table(found: Blind) -> str:
    """Return the three measures by method and rate."""
    rates = sorted(next(iter(found.hits.values())), reverse=True)
    head = [
        "method", *(f"{name}, {1 / r:.0f}x" for name in MEASURES for r in rates), "answer-word AUC", "budget used, min"
    ]  # fmt: skip
    rows = [
        [
            name,
            *(shown(share([h[k] for h in by_rate[r]])) for k in range(len(MEASURES)) for r in rates),
            f"{np.mean(found.aucs[name]):.3f}",
            f"{100 * min(found.used[name], default=float('nan')):.1f} %",
        ]
        for name, by_rate in found.hits.items()
    ]
    return markdown(head, rows)


def lead(found: Blind) -> str:
    """Return what `auto`, in each of its styles, gains over each other method in the first measure, paired."""
    return "\n".join(_lead(found, name) for name in found.hits if name.split()[0] == "auto" and name != BARE)


def _lead(found: Blind, first: str) -> str:
    ours = found.hits[first]
    rates = sorted(ours, reverse=True)
    rows = [
        [name, *(shown(difference([h[0] for h in ours[r]], [h[0] for h in by_rate[r]])) for r in rates)]
        for name, by_rate in found.hits.items()
        if name != first
    ]
    return markdown([f"{first} minus ..., points", *(f"{1 / r:.0f}x" for r in rates)], rows)
