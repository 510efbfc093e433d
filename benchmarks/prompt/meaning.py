"""How often a compressed text no longer says what its source says, on treebank sentences of eight languages.

    python -m benchmarks.prompt meaning                               # all languages, rates 0.5 0.33 0.2
    python -m benchmarks.prompt meaning --languages de fr --rates 0.33
    python -m benchmarks.prompt meaning --style words
    python -m benchmarks.prompt meaning --languages ja --list         # every case with what is around it

The laws are those of `tamis.bench.prompt.meaning`. `unmarked` are joins where the source has no mark either (a heading
without a line break): nothing could be kept there. Shares are of the denials of which a part is kept, of the places
where two kept sentences meet, and of the words that are kept or touched.

Development data: `meaning/` of the project's data folder.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.common.figures import markdown
from benchmarks.common.measure import save
from benchmarks.common.texts import DEFAULT_DATA
from benchmarks.prompt.scored_once import scoring_once
from tamis import compress
from tamis.bench.prompt.meaning import LAWS, UNMARKED, Gold, Meaning, context, meaning
from tamis.bench.prompt.styles import style_settings
from tamis.errors import BudgetTooSmall
from tamis.io.rows import read_jsonl

LANGUAGES = ("en", "de", "fr", "es", "pt", "ru", "zh", "ja")
RATES = (0.5, 0.33, 0.2)
OF = {"inverted": "denials", "dangling": "denials", "joined": "meetings", UNMARKED: "meetings", "cut": "words"}


@dataclass(frozen=True)
class Case:
    """One document at one rate; `failed` says why there is no result."""

    language: str
    rate: float
    document: int
    reached: float = 0.0
    result: Meaning = Meaning(0, 0, 0, ())  # noqa: RUF009  (frozen)
    places: tuple[tuple[str, str], ...] = ()
    failed: str = ""


def measure(data: Path, languages: Sequence[str], rates: Sequence[float], settings: dict[str, Any]) -> Iterator[Case]:
    """Compress every document to every rate."""
    with scoring_once():
        for language in languages:
            rows = list(read_jsonl(data / "meaning" / f"{language}.jsonl.zst"))
            for number, row in enumerate(rows):
                if sys.stderr.isatty():
                    print(f"\r{language}: {number + 1}/{len(rows)} ", end="", file=sys.stderr, flush=True)
                for rate in rates:
                    yield _case(row, number, rate, settings)


def _case(row: dict[str, Any], number: int, rate: float, settings: dict[str, Any]) -> Case:
    text = row["text"]
    try:
        result = compress(text, rate=rate, **settings)
    except BudgetTooSmall as error:
        return Case(row["lang"], rate, number, failed=str(error))
    chosen = result.selection
    counts = meaning(text, Gold.of_row(row), chosen.starts, chosen.ends)
    places = tuple((b.law, context(text, b, chosen.starts, chosen.ends)) for b in counts.breaches)
    return Case(row["lang"], rate, number, result.rate, counts, places)


def table(cases: Sequence[Case]) -> str:
    """A line for each language and rate, one for all languages."""
    groups: dict[tuple[float, str], list[Case]] = {}
    for case in cases:
        groups.setdefault((case.rate, case.language), []).append(case)
        groups.setdefault((case.rate, "all"), []).append(case)
    order = sorted(groups, key=lambda key: (-key[0], key[1] == "all"))
    head = ["language", "rate", "reached", *OF, "denials", "meetings", "words", "failed"]
    return markdown(head, [_line(language, rate, groups[rate, language]) for rate, language in order])


def _line(language: str, rate: float, cases: Sequence[Case]) -> list[str]:
    totals = {of: sum(getattr(case.result, of) for case in cases) for of in ("denials", "meetings", "words")}
    shares = [_share(sum(case.result.count(law) for case in cases), totals[of]) for law, of in OF.items()]
    whole = [case.reached for case in cases if not case.failed]
    reached = f"{sum(whole) / max(1, len(whole)):.3f}"
    failed = str(len(cases) - len(whole))
    return [language, f"{rate:g}", reached, *shares, *(f"{total:,}" for total in totals.values()), failed]


def _share(count: int, total: int) -> str:
    return f"{count} ({100 * count / total:.1f} %)" if count else "0"


def listing(cases: Sequence[Case]) -> str:
    """Every case with what is around it, law by law; what was dropped is in square brackets."""
    lines = []
    for law in (*LAWS, UNMARKED):
        places = [(case, place) for case in cases for name, place in case.places if name == law]
        lines.append(f"\n## {law}: {len(places)}\n")
        lines += [f"{case.language} {case.rate:g} document {case.document}: {place}" for case, place in places]
    return "\n".join(lines)


def main(argv: Sequence[str] | None = None) -> int:
    """Compress, print the table and what was asked for, keep the figures."""
    args = _parsed(argv)
    settings = {"method": args.method, **style_settings(args.style)}
    cases = list(measure(args.data, args.languages, args.rates, settings))
    print(("\n" if sys.stderr.isatty() else "") + table(cases))
    if args.list:
        print(listing(cases))
    if args.results:
        figures = {f"{c.language} {c.rate:g} {c.document}": [c.result.count(law) for law in OF] for c in cases}
        name = "-".join(["meaning", args.method, *([args.style] if args.style else [])])
        print(save(name, {"settings": settings, "laws": list(OF), "counts": figures}, args.results))
    return 0


def _parsed(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--languages", nargs="+", choices=LANGUAGES, default=LANGUAGES, metavar="XX")
    parser.add_argument("--rates", nargs="+", type=float, default=RATES)
    parser.add_argument("--style", help="of compress (default: its own default)")
    parser.add_argument("--method", default="auto")
    parser.add_argument("--list", action="store_true", help="every case with what is around it")
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="the project's data folder")
    parser.add_argument("--results", type=Path, help="keep the figures of every document there, as JSON")
    args = parser.parse_args(argv)
    if not (args.data / "meaning").is_dir():
        parser.error(f"there is no folder {str(args.data / 'meaning')!r}: pass --data")
    return args


if __name__ == "__main__":
    sys.exit(main())
