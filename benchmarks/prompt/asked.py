"""Speed with a question, of two source trees beside one another: 20 documents of 8,000 tokens together, one call.

    python -m benchmarks.prompt asked --before TREE                  # this tree against another checkout
    python -m benchmarks.prompt asked --before TREE --count 50 --rounds 1 --split test

Contexts are those of `quality aware` (20 paragraphs, the one that answers and its nearest by BM25), each paragraph with
those that follow it in its article up to 400 tokens. Each tree runs in processes of its own, in turns, AB BA AB; of
every question the fastest of the rounds counts, so that what else the machine does matters less. An answer is kept as
`quality` counts it. Needs the project's data folder (`--data`); no network.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.common.measure import machine, table
from tamis.bench.prompt.answers import contains
from tamis.text.counting import counter
from tamis.text.sentences import sentences
from training.data.readers import Passage, read_passages
from training.data.squad import Question, contexts

ROOT = Path(__file__).resolve().parents[2]
SEED = 20261123
TOKENS, DOCUMENTS = 8_000, 20  # of a context, together


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print; or be the process that is measured."""
    given = list(sys.argv[1:] if argv is None else argv)
    if given[:1] == ["--child"]:
        print(json.dumps(_run(Path(given[1]), float(given[2]), int(given[3]))))
        return 0
    args = _parser().parse_args(given)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "contexts.json"
        made = documents(args.data, args.split, args.count + 1)
        file.write_text(json.dumps(made), encoding="utf-8")
        runs = _turns({"before": args.before, "after": args.after}, file, args)
    rows = summary(runs, made[1:])
    print(table(rows, list(rows[0])))
    if args.json:
        about = {"machine": machine(), "threads": args.threads, "rate": args.rate, "rounds": args.rounds}
        args.json.write_text(json.dumps({**about, "questions": len(made) - 1, "rows": rows}, indent=1) + "\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--before", type=Path, required=True, metavar="TREE")
    parser.add_argument("--after", type=Path, default=ROOT, metavar="TREE", help="(default: this tree)")
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data", help="the project's data folder")
    parser.add_argument(
        "--split", default="dev", choices=["dev", "test"], help="which held-out articles (default: dev)"
    )
    parser.add_argument("--count", type=int, default=10, help="questions (default: 10)")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each tree (default: 3)")
    parser.add_argument("--rate", type=float, default=0.1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--json", type=Path, metavar="FILE")
    return parser


def documents(data: Path, split: Any, count: int) -> list[dict[str, Any]]:
    """Questions, their answers and 20 documents (title, text) of 8,000 tokens together."""
    passages = read_passages(data, "squad_train")
    place = {passage.text: i for i, passage in enumerate(passages)}
    return [_case(q, passages, place) for q in contexts(data, split, count, seed=SEED)]


def _case(question: Question, passages: Sequence[Passage], place: dict[str, int]) -> dict[str, Any]:
    texts = [(d.title, _grown(place[d.text], passages)) for d in question.documents]
    return {"question": question.text, "answers": question.answers, "documents": texts}


def _grown(at: int, passages: Sequence[Passage]) -> str:
    """A paragraph with those that follow it in its article, cut behind a sentence at its share of the tokens."""
    count, limit = counter("o200k_base"), TOKENS // DOCUMENTS
    parts = [p.text for p in passages[at : at + 10] if p.title == passages[at].title]
    text = "\n\n".join(parts)
    ends = [s.end for s in sentences(text) if count(text[: s.end]) <= limit]
    return text[: ends[-1]] if ends else text


def _turns(trees: dict[str, Path], file: Path, args: argparse.Namespace) -> dict[str, list[list[dict[str, Any]]]]:
    """The runs of each tree, in turns."""
    runs: dict[str, list[list[dict[str, Any]]]] = {name: [] for name in trees}
    for number in range(args.rounds):
        for name in list(trees) if number % 2 == 0 else reversed(list(trees)):
            runs[name].append(_child(trees[name].resolve(), file, args))
            print(f"round {number + 1}, {name}", file=sys.stderr, flush=True)
    return runs


def _child(tree: Path, file: Path, args: argparse.Namespace) -> list[dict[str, Any]]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(tree / "src"), str(ROOT)))}
    command = [sys.executable, "-m", "benchmarks.prompt.asked", "--child", str(file), str(args.rate), str(args.threads)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=file.parent, check=False)
    if done.returncode:
        raise SystemExit(f"{tree} failed:\n{done.stderr[-2000:]}")
    told: list[dict[str, Any]] = json.loads(done.stdout.splitlines()[-1])
    return told


def _run(file: Path, rate: float, threads: int) -> list[dict[str, Any]]:
    """Seconds, processor seconds, tokens and whether the answer stays; of each context but the first, a warm-up."""
    import tamis
    from tamis.models.encoder import load_mini

    recent = getattr(load_mini(threads=threads), "recent", None)  # (an older tree remembers nothing)
    options, told = tamis.Options(threads=threads), []
    for case in json.loads(file.read_text(encoding="utf-8")):
        if recent is not None:  # paragraphs come again in other questions' contexts: each is to be read anew
            recent.clear()
        texts = [tamis.Document(text, title) for title, text in case["documents"]]
        wall, own = time.perf_counter(), time.process_time()
        result = tamis.compress(texts, rate=rate, question=case["question"], options=options)
        spent = {"seconds": time.perf_counter() - wall, "cpu": time.process_time() - own}
        told.append({**spent, "tokens": result.original_tokens, "kept": contains(result.text, case["answers"])})
    return told[1:]


def summary(runs: dict[str, list[list[dict[str, Any]]]], made: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """A row for each tree: tokens a second by the fastest rounds, the answers that stay, and how many times faster."""
    best = {
        name: {key: np.array([[one[key] for one in run] for run in rounds]).min(axis=0) for key in ("seconds", "cpu")}
        for name, rounds in runs.items()
    }
    first = next(iter(runs))
    rows = []
    for name, rounds in runs.items():
        tokens = sum(one["tokens"] for one in rounds[0])
        wall, own = best[name]["seconds"], best[name]["cpu"]
        ratios = best[first]["seconds"] / wall
        rows.append(
            {
                "tree": name,
                "questions": len(made),
                "tokens": tokens // len(made),
                "tokens/s": round(tokens / float(wall.sum())),
                "times as fast": round(float(best[first]["seconds"].sum() / wall.sum()), 2),
                "by question": f"{ratios.min():.1f} to {ratios.max():.1f}",
                "by CPU": round(float(best[first]["cpu"].sum() / own.sum()), 2),
                "answers kept %": round(100 * float(np.mean([one["kept"] for one in rounds[0]])), 1),
            }
        )
    return rows


if __name__ == "__main__":
    sys.exit(main())
