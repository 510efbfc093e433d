"""What chats cost with a provider's cache: left alone, shortened as they grow, shortened afresh, old results cleared.

    python -m benchmarks.prompt chats                                    # walks through this repository's history
    python -m benchmarks.prompt chats --trajectories FOLDER --walks 0    # recorded sessions (.traj files of SWE-agent)

The input of every request of a session, in tokens of the target's tokenizer: what begins as the request before it is
read from the cache, the rest is written (Anthropic: .1 and 1.25 of the price of input). Output is the same in all and
left out. The append-only law is checked on the way.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

from benchmarks.common.measure import save
from benchmarks.prompt.sessions import Messages, recorded, walks
from tamis.prompt.advisor import STRATEGIES, replay, tariff_of
from tamis.prompt.advisor.session import bill, requests
from tamis.prompt.chats import Policy, compress_messages
from tamis.text.counting import counter

ROOT = Path(__file__).resolve().parents[2]


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, keep; 1 if the law is broken or a session costs more than when it is left alone."""
    chosen = _parser().parse_args(sys.argv[1:] if arguments is None else arguments)
    sessions = list(walks(chosen.repository, chosen.walks, chosen.seed))
    sessions += list(recorded(chosen.trajectories)) if chosen.trajectories else []
    names = [name for name in STRATEGIES if name != "afresh" or not chosen.no_afresh]
    rows = [measured(name, chat, names, chosen) for name, chat in sessions]
    result = {"rows": rows, "total": total(rows, names), "rate": chosen.rate, "method": chosen.method}
    if chosen.results:
        save("chats", result, chosen.results)
    print(table(rows, names))
    print(f"\nall: {result['total']}")
    return int(any(row["violations"] or row["ours"] > row["none"] for row in rows))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repository", type=Path, default=ROOT, help="whose history is walked (this one)")
    parser.add_argument("--walks", type=int, default=12, help="sessions along its commits")
    parser.add_argument("--trajectories", type=Path, help="folder with .traj files of SWE-agent")
    parser.add_argument("--model", default="claude-sonnet-4.6", help="whose prices")
    parser.add_argument("--rate", type=float, default=0.3)
    parser.add_argument("--method", default="auto")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--no-afresh", action="store_true", help="leave out what takes longest")
    parser.add_argument("--results", type=Path, default=None, help="where the result is kept (nowhere)")
    return parser


def measured(name: str, chat: Messages, names: Iterable[str], chosen: argparse.Namespace) -> dict[str, Any]:
    """One session: dollars by what is done, and how often the law was broken."""
    tariff, count = tariff_of(chosen.model), counter()
    settings = {"rate": chosen.rate, "method": chosen.method, "policy": Policy(floor=tariff.minimum)}
    sizes = requests(chat)
    row: dict[str, Any] = {"session": name, "requests": len(sizes)}
    prompts = [compress_messages(chat[:size], **settings).messages for size in sizes]
    row["violations"] = sum(b[: len(a)] != a for a, b in pairwise(prompts))
    row["ours"] = bill(prompts, tariff, count).dollars
    for strategy in names:
        if strategy != "ours":
            row[strategy] = replay(chat, tariff, strategy, **settings).dollars
    row["tokens"] = bill([chat], tariff, count).wrote
    row["short_tokens"] = bill([prompts[-1]], tariff, count).wrote if prompts else 0
    return row


def total(rows: list[dict[str, Any]], names: Iterable[str]) -> dict[str, float]:
    """Dollars over all sessions, as shares of leaving them alone."""
    whole = sum(row["none"] for row in rows) or 1.0
    return {name: round(sum(row[name] for row in rows) / whole, 4) for name in names}


def table(rows: list[dict[str, Any]], names: list[str]) -> str:
    """The sessions as Markdown: costs as shares of leaving each alone."""
    others = [name for name in names if name != "none"]
    head = ["session", "requests", "tokens", "shortened", "none, $", *others, "law broken"]
    lines = [" | ".join(head), " | ".join(["---"] * len(head))]
    for row in rows:
        shares = [f"{row[name] / row['none']:.2f}" if row["none"] else "1.00" for name in others]
        cells = [row["session"][:30], row["requests"], f"{row['tokens']:,}", f"{row['short_tokens']:,}"]
        lines.append(" | ".join(map(str, [*cells, f"{row['none']:.3f}", *shares, row["violations"]])))
    return "\n".join(f"| {line} |" for line in lines)


if __name__ == "__main__":
    raise SystemExit(main())
