"""How many of the words of a reference answer survive in the turns of a meeting that it sums up (QMSum).

    python -m benchmarks.prompt meetings                          # `auto` and baselines at 2x, 3x, 5x
    python -m benchmarks.prompt meetings --methods auto --styles clauses sentences words
    python -m benchmarks.prompt meetings --count 300 --results FOLDER

A query is that of one meeting of QMSum's training and validation sets (its test set is held out); the turns that belong
to it are compressed without it. Content words of the reference answer that the turns say are looked for in the result.
The weights of `auto` were fitted on these meetings among others: development data.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.common.figures import difference, markdown, share, shown
from benchmarks.common.measure import save
from benchmarks.common.texts import DEFAULT_DATA
from benchmarks.prompt.blind import BARE
from benchmarks.prompt.scored_once import scoring_once
from tamis import Options, compress
from tamis.bench.prompt.styles import style_settings
from tamis.io.rows import read_jsonl
from tamis.text.counting import counter
from tamis.text.function_words import FUNCTION_WORDS
from training.fusion.meetings import NOISE, RATES, SIZE
from training.fusion.run import MEETINGS, SEED

METHODS = ("auto", BARE, "llmlingua2", "tfidf-words", "stopwords", "truncate", "random")
WORD = re.compile(r"[a-z0-9'-]{3,}")
FEWEST = 5  # content words that answer and turns have in common
Shares = dict[str, dict[float, list[float]]]


@dataclass(frozen=True)
class Talk:
    """The turns that belong to a query, and the content words that the reference answer shares with them."""

    text: str
    wanted: frozenset[str]


def words(text: str) -> set[str]:
    """Words of a text, in lower case."""
    return set(WORD.findall(text.lower()))


def talks(data: Path, count: int, *, seed: int = SEED) -> list[Talk]:
    """`count` queries in random order whose turns have 300 to 2,500 tokens."""
    turns = {row["id"]: row["turns"] for row in read_jsonl(data / "segmentation" / "qmsum_topics_trainval.jsonl.zst")}
    rows = [r for r in read_jsonl(data / "compression" / "qmsum_turn_spans_trainval.jsonl.zst") if r["id"] in turns]
    random.Random(seed).shuffle(rows)
    tokens, cases = counter("o200k_base"), list[Talk]()
    for row in rows:
        spoken = turns[row["id"]]
        if len(spoken) != len(row["keep"]):
            continue
        text = NOISE.sub("", "\n".join(turn for turn, keep in zip(spoken, row["keep"], strict=True) if keep))
        wanted = words(row["answer"]) & words(text) - FUNCTION_WORDS
        if len(wanted) >= FEWEST and SIZE[0] < tokens(text) < SIZE[1]:
            cases.append(Talk(text, frozenset(wanted)))
        if len(cases) == count:
            break
    return cases


def measure(cases: Sequence[Talk], methods: Sequence[str], styles: Sequence[str], rates: Sequence[float]) -> Shares:
    """The share of the wanted words that survive: by method and rate, one for each query."""
    ways = {f"{method} {style}".strip(): _settings(method, style) for method in methods for style in styles or ("",)}
    shares: Shares = {way: {rate: [] for rate in rates} for way in ways}
    with scoring_once():
        for number, case in enumerate(cases, 1):
            if sys.stderr.isatty():
                print(f"\r{number}/{len(cases)}", end="", file=sys.stderr, flush=True)
            for way, settings in ways.items():
                for rate in rates:
                    left = words(compress(case.text, rate=rate, **settings).text)
                    shares[way][rate].append(len(case.wanted & left) / len(case.wanted))
    return shares


def _settings(method: str, style: str) -> dict[str, Any]:
    bare = {"method": "auto", "options": Options(detectors=())} if method == BARE else {"method": method}
    return {**bare, **style_settings(style or None)}


def table(shares: Shares) -> str:
    """The share by method and rate, and what each other way lacks beside the first."""
    first, *others = shares
    rates = sorted(shares[first], reverse=True)
    rows = [[way, *(shown(share(by_rate[rate])) for rate in rates)] for way, by_rate in shares.items()]
    rows += [
        [f"{first} minus {way}, points", *(shown(difference(shares[first][r], shares[way][r])) for r in rates)]
        for way in others
    ]
    return markdown(["method", *(f"{1 / rate:.3g}x" for rate in rates)], rows)


def main(argv: Sequence[str] | None = None) -> int:
    """Compress, print the table, keep the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--methods", nargs="+", default=METHODS)
    parser.add_argument("--styles", nargs="+", default=(), help="of compress (default: its own default)")
    parser.add_argument("--rates", nargs="+", type=float, default=RATES, help="0.5, 1/3 and 0.2")
    parser.add_argument("--count", type=int, default=MEETINGS, help="queries (default: 80)")
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="the project's data folder")
    parser.add_argument("--results", type=Path, help="keep the figures of every query there, as JSON")
    args = parser.parse_args(argv)
    if not args.data.is_dir():
        parser.error(f"there is no data folder {str(args.data)!r}: pass --data")
    cases = talks(args.data, args.count)
    shares = measure(cases, args.methods, args.styles, args.rates)
    print(f"Words of reference answers kept, %: {len(cases)} queries, 95 % intervals.\n\n{table(shares)}")
    if args.results:
        print(save("meetings", {"queries": len(cases), "shares": shares}, args.results))
    return 0


if __name__ == "__main__":
    sys.exit(main())
