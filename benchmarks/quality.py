"""How much of what matters survives: answers kept, with and without the question, against the baselines.

    python benchmarks/quality.py                      # both tables on the held-out articles, plots, JSON
    python benchmarks/quality.py aware --count 100    # one table, fewer questions
    python benchmarks/quality.py multidoc             # HotpotQA and MuSiQue, every method (development data)
    python benchmarks/quality.py fit                  # refit the constants of the fusion, on the dev articles

Needs the project's data folder (`--data`) and the `bench` extra; no network.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

import _aware
import _blind
import _fit
import _fit_blind
import _meetings
import _multidoc
import numpy as np
from _figures import Curve, plot, share
from _squad import contexts, paragraphs
from numpy.typing import NDArray

from tamis.prompt.methods.auto.salience import FEATURES

ROOT = Path(__file__).resolve().parent.parent
SEED = 20261123
MEETINGS, SEARCH = 80, 600  # queries, steps
T = TypeVar("T")


def main(argv: Sequence[str] | None = None) -> int:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="?", default="all", choices=["all", "aware", "blind", "multidoc", "fit"])
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data", help="the project's data folder")
    parser.add_argument("--out", type=Path, default=ROOT / "out" / "quality", help="where tables and plots go")
    parser.add_argument(
        "--split", default="test", choices=["dev", "test"], help="which held-out articles (default: test)"
    )
    parser.add_argument("--count", type=int, default=400, help="questions with documents (default: 400)")
    parser.add_argument("--methods", nargs="+", default=_multidoc.METHODS, help="of multidoc (default: all)")
    parser.add_argument("--rates", nargs="+", type=float, default=_multidoc.RATES, help="of multidoc: 0.5 0.25 0.125")
    parser.add_argument("--seed", type=int, default=SEED)
    args = parser.parse_args(argv)
    if not args.data.is_dir():
        parser.error(f"there is no data folder {str(args.data)!r}: pass --data")
    args.out.mkdir(parents=True, exist_ok=True)
    if args.what == "fit":
        return _run_fit(args)
    if args.what == "multidoc":
        _run_multidoc(args)
    if args.what in {"all", "aware"}:
        _run_aware(args)
    if args.what in {"all", "blind"}:
        _run_blind(args)
    return 0


def _run_aware(args: argparse.Namespace) -> None:
    questions = contexts(args.data, args.split, args.count, seed=args.seed)
    found = _aware.measure(_progress(questions, "question-aware"))
    size = sum(found.tokens) / len(found.tokens)
    text = (
        f"Answer kept, question known: {len(questions)} questions on the {args.split} articles, 20 paragraphs each, "
        f"{size:,.0f} tokens on average (o200k_base), 95 % intervals.\n\n{_aware.table(found)}"
    )
    _save(args, "aware", text, {"count": len(questions), "hits": found.hits, "used": found.used})
    curves: dict[str, Curve] = {name: {r: share(h) for r, h in by.items()} for name, by in found.hits.items()}
    plot(curves, args.out / f"aware-{args.split}", title="Answer kept, question known (20 documents)")


def _run_multidoc(args: argparse.Namespace) -> None:
    questions = _multidoc.questions(args.data, args.count)
    found = _aware.measure(_progress(questions, "multi-document"), args.methods, args.rates)
    size = sum(found.tokens) / len(found.tokens)
    text = (
        f"Answer kept: {len(questions)} questions of HotpotQA and MuSiQue over 10 to 20 documents, "
        f"{size:,.0f} tokens on average (o200k_base), 95 % intervals; development data, see `_multidoc.py`.\n\n"
        f"{_aware.table(found)}"
    )
    _save(args, "multidoc", text, {"count": len(questions), "hits": found.hits, "used": found.used})


def _run_blind(args: argparse.Namespace) -> None:
    given = paragraphs(args.data, args.split)
    found = _blind.measure(list(_progress(given, "question-blind")))
    asked = sum(len(p.answers) for p in given)
    text = (
        f"Answer kept, question unknown: {asked} questions on {len(given)} paragraphs of the {args.split} articles, "
        f"95 % intervals.\n\n{_blind.table(found)}\n{_blind.lead(found)}"
    )
    _save(args, "blind", text, {"questions": asked, "hits": found.hits, "aucs": found.aucs, "used": found.used})
    curves: dict[str, Curve] = {
        name: {r: share([h[0] for h in hits]) for r, hits in by.items()} for name, by in found.hits.items()
    }
    plot(curves, args.out / f"blind-{args.split}", title="Every word of the answer kept, question unknown")


def _run_fit(args: argparse.Namespace) -> int:
    read = [_fit_blind.case_of(p) for p in _progress(paragraphs(args.data, "dev"), "paragraphs")]
    talk = _meetings.meetings(args.data, MEETINGS, seed=args.seed)

    def gain(weights: NDArray[np.float64]) -> float:
        return sum(_fit_blind.retention(read, weights.tolist())) + sum(_meetings.recall(talk, weights))

    weights = _fit_blind.refine(_fit_blind.fit(read), gain, steps=SEARCH, seed=args.seed)
    print(f"salience.WEIGHTS = {weights}")
    print("answers kept at 2x, 3x:", np.round(_fit_blind.retention(read, weights), 3).tolist())
    print("words of meetings' answers kept at 2x, 3x, 5x:", np.round(_meetings.recall(talk, np.array(weights)), 3))
    questions = contexts(args.data, "dev", args.count, seed=args.seed)
    cases = [_fit.case_of(q) for q in _progress(questions, "reading")]
    best = _fit.fit(cases)
    print(f"relevance.FUSION = {best!r}")
    print("kept at 10x, 20x, 40x:", _fit.retention(cases, best).round(3).tolist())
    made = {"salience": dict(zip(FEATURES, weights, strict=True)), "fusion": asdict(best)}
    (args.out / "fitted.json").write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
    return 0


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
