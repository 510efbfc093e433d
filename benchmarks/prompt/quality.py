"""How much of what matters survives: answers kept, with and without the question, against the baselines.

    python -m benchmarks.prompt quality                      # both tables on the held-out articles, plots, JSON
    python -m benchmarks.prompt quality aware --count 100    # one table, fewer questions
    python -m benchmarks.prompt quality blind --split dev --methods auto lead --styles clauses sentences
    python -m benchmarks.prompt quality multidoc             # HotpotQA and MuSiQue, every method (development data)

Needs the project's data folder (`--data`) and the `bench` extra; no network.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from benchmarks.common.figures import Curve, plot, share
from benchmarks.prompt import aware, blind, multidoc
from training.data.squad import contexts, paragraphs

ROOT = Path(__file__).resolve().parents[2]
SEED = 20261123
T = TypeVar("T")


def main(argv: Sequence[str] | None = None) -> int:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="?", default="all", choices=["all", "aware", "blind", "multidoc"])
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data", help="the project's data folder")
    parser.add_argument("--out", type=Path, default=ROOT / "out" / "quality", help="where tables and plots go")
    parser.add_argument(
        "--split", default="test", choices=["dev", "test"], help="which held-out articles (default: test)"
    )
    parser.add_argument("--count", type=int, default=400, help="questions with documents (default: 400)")
    parser.add_argument("--methods", nargs="+", help="of blind, or of multidoc (default: all)")
    parser.add_argument("--styles", nargs="+", default=[], help="of auto in blind (default: that of compress)")
    parser.add_argument("--rates", nargs="+", type=float, default=multidoc.RATES, help="of multidoc: 0.5 0.25 0.125")
    parser.add_argument("--seed", type=int, default=SEED)
    args = parser.parse_args(argv)
    if not args.data.is_dir():
        parser.error(f"there is no data folder {str(args.data)!r}: pass --data")
    args.out.mkdir(parents=True, exist_ok=True)
    if args.what == "multidoc":
        _run_multidoc(args)
    if args.what in {"all", "aware"}:
        _run_aware(args)
    if args.what in {"all", "blind"}:
        _run_blind(args)
    return 0


def _run_aware(args: argparse.Namespace) -> None:
    questions = contexts(args.data, args.split, args.count, seed=args.seed)
    found = aware.measure(_progress(questions, "question-aware"))
    size = sum(found.tokens) / len(found.tokens)
    text = (
        f"Answer kept, question known: {len(questions)} questions on the {args.split} articles, 20 paragraphs each, "
        f"{size:,.0f} tokens on average (o200k_base), 95 % intervals.\n\n{aware.table(found)}"
    )
    _save(args, "aware", text, {"count": len(questions), "hits": found.hits, "used": found.used})
    curves: dict[str, Curve] = {name: {r: share(h) for r, h in by.items()} for name, by in found.hits.items()}
    plot(curves, args.out / f"aware-{args.split}", title="Answer kept, question known (20 documents)")


def _run_multidoc(args: argparse.Namespace) -> None:
    questions = multidoc.questions(args.data, args.count)
    found = aware.measure(_progress(questions, "multi-document"), args.methods or multidoc.METHODS, args.rates)
    size = sum(found.tokens) / len(found.tokens)
    text = (
        f"Answer kept: {len(questions)} questions of HotpotQA and MuSiQue over 10 to 20 documents, "
        f"{size:,.0f} tokens on average (o200k_base), 95 % intervals; development data, see `multidoc.py`.\n\n"
        f"{aware.table(found)}"
    )
    _save(args, "multidoc", text, {"count": len(questions), "hits": found.hits, "used": found.used})


def _run_blind(args: argparse.Namespace) -> None:
    given = paragraphs(args.data, args.split)
    found = blind.measure(_progress(given, "question-blind"), blind.ways(args.methods or blind.METHODS, args.styles))
    asked = sum(len(p.answers) for p in given)
    text = (
        f"Answer kept, question unknown: {asked} questions on {len(given)} paragraphs of the {args.split} articles, "
        f"95 % intervals.\n\n{blind.table(found)}\n{blind.lead(found)}"
    )
    _save(args, "blind", text, {"questions": asked, "hits": found.hits, "aucs": found.aucs, "used": found.used})
    curves: dict[str, Curve] = {
        name: {r: share([h[0] for h in hits]) for r, hits in by.items()} for name, by in found.hits.items()
    }
    plot(curves, args.out / f"blind-{args.split}", title="Every word of the answer kept, question unknown")


def _save(args: argparse.Namespace, name: str, text: str, figures: dict[str, Any]) -> None:
    print(text)
    (args.out / f"{name}-{args.split}.md").write_text(text, encoding="utf-8")
    (args.out / f"{name}-{args.split}.json").write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


def _progress(items: Sequence[T], what: str) -> Iterator[T]:
    """Yield the items, telling on stderr how far it is; silent when nobody watches."""
    for done, item in enumerate(items):
        if sys.stderr.isatty():
            print(f"\r{what}: {done}/{len(items)}", end="", file=sys.stderr, flush=True)
        yield item
    if sys.stderr.isatty():
        print(f"\r{what}: {len(items)}/{len(items)}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
