"""Whole sentences without a question, against the sentence rankers of the literature.

    python -m benchmarks.prompt extracts                 # dev articles; meetings and papers that nothing was fitted on
    python -m benchmarks.prompt extracts --split test    # the held-out articles, once

Kept at each rate: answers to the questions on SQuAD paragraphs and on ten paragraphs in a row, content words of the
reference answers on QMSum meetings (training split), and of the one-sentence summaries of papers (SciTLDR, training
split). The baselines take the best sentence first and skip what does not fit, or are packed (`core.packed`) with the
score as a sentence's value for its tokens; of these two ways the table says both.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np

from benchmarks.common.figures import difference, markdown, share, shown
from benchmarks.common.measure import save
from benchmarks.common.texts import DEFAULT_DATA
from tamis.core import Bools, Floats, Scored, Total, fill, packed
from tamis.prompt.methods.auto.centrality import EXTRACT, worth
from tamis.prompt.methods.extracts import centroid_mmr, lead, lexrank, textrank
from tamis.prompt.request import Request
from training.data.splits import Split
from training.extract.cases import Case, articles, meetings, papers, paragraphs
from training.extract.run import SEED

HALVES, THIRDS = (1 / 2, 1 / 3), (1 / 3, 1 / 5)
FITTED = 400  # meetings and papers that the constants may have been fitted on
OURS = "sentences"
Chooser: TypeAlias = Callable[[Scored[int], Floats, Total], Bools]
Kinds: TypeAlias = "dict[str, tuple[list[Case], Sequence[float], bool]]"
Shares: TypeAlias = "dict[str, dict[float, list[float]]]"

CHOOSERS: dict[str, Chooser] = {
    "": lambda scored, values, budget: fill(scored, budget),
    ", packed": packed,
}


def ours(case: Case) -> Floats:
    """(s,) what the sentences are worth to `style="sentences"`."""
    return worth(case.said, EXTRACT)


def by_word(method: Callable[[Sequence[Request]], list[Floats]]) -> Callable[[Case], Floats]:
    """(s,) scores of the sentences by a method that gives every word its sentence's."""

    def scores(case: Case) -> Floats:
        (words,) = method([case.request])
        first = np.searchsorted(case.request.sentence_of, np.arange(len(case.request.sentences)))
        return words[np.minimum(first, words.size - 1)]

    return scores


RANKERS: dict[str, Callable[[Case], Floats]] = {
    OURS: ours,
    "lead": by_word(lead),
    "textrank": by_word(textrank),
    "lexrank": by_word(lexrank),
    "centroid-mmr": by_word(centroid_mmr),
}


def measure(cases: Sequence[Case], rates: Sequence[float], *, single: bool) -> Shares:
    """What is kept by ranker, way of choosing and rate; each thing wanted by itself, or the share of a whole case."""
    shares: Shares = {f"{name}{how}": {rate: [] for rate in rates} for name in RANKERS for how in CHOOSERS}
    for case in cases:
        for name, ranker in RANKERS.items():
            scored = case.scored(ranker(case))
            for how, choose in CHOOSERS.items():
                for rate in rates:
                    met = case.met(choose(scored, scored.scores * scored.costs, case.limit(rate)))
                    shares[f"{name}{how}"][rate] += met if single else [float(np.mean(met))]
    return shares


def table(shares: Shares) -> str:
    """The share by ranker and rate, and what ours has more, paired."""
    mine = f"{OURS}, packed"
    rates = sorted(shares[mine], reverse=True)
    rows = [
        [name, *(shown(share(by_rate[r])) for r in rates), *(_gain(shares, mine, name, r) for r in rates)]
        for name, by_rate in shares.items()
    ]
    head = [*(f"{1 / r:.3g}x" for r in rates), *(f"ours more, {1 / r:.3g}x" for r in rates)]
    return markdown(["kept, %", *head], rows)


def _gain(shares: Shares, mine: str, name: str, rate: float) -> str:
    return "" if name == mine else shown(difference(shares[mine][rate], shares[name][rate]))


def kinds(data: Path, split: Split, count: int) -> Kinds:
    """The cases by kind; meetings and papers only beside the held-out articles' own."""
    asked: Kinds = {
        "paragraphs": (paragraphs(data, split, 10 * count, seed=SEED), HALVES, True),
        "articles": (articles(data, split, 10 * count, seed=SEED), (*HALVES, 1 / 5), True),
    }
    if split == "test":
        return asked
    return {
        **asked,
        "meetings": (meetings(data, count, seed=SEED, skip=FITTED), THIRDS, False),
        "papers": (papers(data, 2 * count, seed=SEED, skip=FITTED), THIRDS, False),
    }


def main(argv: Sequence[str] | None = None) -> int:
    """Choose, print the tables, keep the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--split", default="dev", choices=["dev", "train", "test"], help="which articles (dev)")
    parser.add_argument("--count", type=int, default=200, help="meetings; twice as many papers (200)")
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="the project's data folder")
    parser.add_argument("--results", type=Path, help="keep the figures there, as JSON")
    args = parser.parse_args(argv)
    if not args.data.is_dir():
        parser.error(f"there is no data folder {str(args.data)!r}: pass --data")
    figures: dict[str, Shares] = {}
    for name, (cases, rates, single) in kinds(args.data, args.split, args.count).items():
        figures[name] = measure(cases, rates, single=single)
        things = sum(len(case.wanted) for case in cases)
        print(f"{name}: {len(cases)} texts, {things} things looked for, 95 % intervals\n\n{table(figures[name])}")
    if args.results:
        print(save(f"extracts-{args.split}", figures, args.results))
    return 0


if __name__ == "__main__":
    sys.exit(main())
