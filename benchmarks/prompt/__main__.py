"""Measure tamis: speed, peers, footprint, invariants, quality; draw plots.

    python -m benchmarks.prompt speed
    python -m benchmarks.prompt peers
    python -m benchmarks.prompt footprint
    python -m benchmarks.prompt fuzz --cases 10000 --seed 0
    python -m benchmarks.prompt quality [its own options]
    python -m benchmarks.prompt meaning [its own options]
    python -m benchmarks.prompt extracts [its own options]
    python -m benchmarks.prompt meetings [its own options]
    python -m benchmarks.prompt reading [its own options]
    python -m benchmarks.prompt chats [its own options]
    python -m benchmarks.prompt plots
    python -m benchmarks.prompt all

Results go to benchmarks/results/*.json, tables to the terminal, plots to docs/assets/.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from benchmarks.common import measure
from benchmarks.common.texts import DEFAULT_DATA
from benchmarks.prompt import (
    asked,
    chats,
    extracts,
    footprint,
    fuzz,
    meaning,
    meetings,
    peers,
    plots,
    quality,
    rankers,
    reading,
    speed,
    surprisal,
)


def main(arguments: list[str] | None = None) -> int:
    """Run what was asked for; 1 if an invariant is broken."""
    given = sys.argv[1:] if arguments is None else arguments
    if given and given[0] in PROGRAMS:  # their options are their own
        return PROGRAMS[given[0]](given[1:])
    chosen = _parser().parse_args(given or ["all"])
    code: int = COMMANDS[chosen.command](chosen)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="folder with more transcripts (optional)")
    parser.add_argument("--results", type=Path, default=measure.RESULTS, help="where results are kept")
    commands = parser.add_subparsers(dest="command", required=True)
    speed_parser = commands.add_parser("speed", help="tokens a second against length, stages, cold start")
    speed_parser.add_argument("--lengths", type=int, nargs="+", default=list(speed.LENGTHS), metavar="TOKENS")
    speed_parser.add_argument("--repeats", type=int, default=5)
    speed_parser.add_argument("--cold-runs", type=int, default=9)
    peers_parser = commands.add_parser("peers", help="against the llmlingua package, in an environment of its own")
    peers_parser.add_argument("--sizes", nargs="+", choices=[*peers.FAMILIES], default=[*peers.FAMILIES])
    peers_parser.add_argument("--tokens", type=int, default=10_000, help="length of the text")
    peers_parser.add_argument("--large-tokens", type=int, default=2_500, help="length at XLM-R-large size")
    peers_parser.add_argument("--repeats", type=int, default=5)
    peers_parser.add_argument("--threads", type=int, default=2)
    peers_parser.add_argument("--no-curve", action="store_true", help="only the fixed length")
    peers_parser.add_argument("--work", type=Path, default=None, help="folder for environment and models (5 GB)")
    commands.add_parser("footprint", help="installed size, peak memory on a megabyte")
    fuzz_parser = commands.add_parser("fuzz", help="the invariants over generated cases; exit code 1 on any violation")
    fuzz_parser.add_argument("--cases", type=int, default=10_000)
    fuzz_parser.add_argument("--seed", type=int, default=0)
    fuzz_parser.add_argument("--only", type=int, nargs="+", metavar="CASE", help="just these cases, shrunk and shown")
    fuzz_parser.add_argument("--methods", nargs="+", help="just these methods")
    fuzz_parser.add_argument("--jobs", type=int, default=1, help="processes")
    commands.add_parser("quality", help="answers kept, keep-AUC; see quality --help", add_help=False)
    commands.add_parser(
        "meaning", help="denials, sentence ends and words kept whole; see meaning --help", add_help=False
    )
    commands.add_parser("reading", help="what a reader makes of what is left; see reading --help", add_help=False)
    commands.add_parser("asked", help="speed with a question, against another tree; see asked --help", add_help=False)
    commands.add_parser("rankers", help="recall of the needed documents; see rankers --help", add_help=False)
    commands.add_parser("surprisal", help="the perplexity methods; see surprisal --help", add_help=False)
    commands.add_parser("chats", help="what chats cost with a cache; see chats --help", add_help=False)
    commands.add_parser("plots", help="draw the stored results")
    commands.add_parser("all", help="everything, with its defaults")
    return parser


def _speed_command(chosen: argparse.Namespace) -> int:
    result = speed.run(chosen.data, lengths=chosen.lengths, repeats=chosen.repeats, cold_runs=chosen.cold_runs)
    measure.save("speed", result, chosen.results)
    print(speed.show(result))
    return 0


def _peers_command(chosen: argparse.Namespace) -> int:
    plan = peers.Plan(
        families=tuple(chosen.sizes),
        tokens=chosen.tokens,
        large_tokens=chosen.large_tokens,
        repeats=chosen.repeats,
        threads=chosen.threads,
        curve=not chosen.no_curve,
    )
    result = peers.run(chosen.data, chosen.work or peers.default_work(), plan)
    measure.save("peers", result, chosen.results)
    print(peers.show(result))
    return 0


def _footprint_command(chosen: argparse.Namespace) -> int:
    result = footprint.run(chosen.data)
    measure.save("footprint", result, chosen.results)
    print(footprint.show(result))
    return 0


def _fuzz_command(chosen: argparse.Namespace) -> int:
    methods = dict.fromkeys(chosen.methods, 1.0) if chosen.methods else None
    report = fuzz.run(chosen.only or range(chosen.cases), chosen.seed, methods=methods, jobs=chosen.jobs)
    for number in chosen.only or ():
        print(fuzz.reproduction(number, chosen.seed, methods))
    print(fuzz.show(report))
    return 1 if report.violations else 0


def _plots_command(chosen: argparse.Namespace) -> int:
    for file in plots.draw(results=chosen.results):
        print(file.name)
    return 0


def _all(chosen: argparse.Namespace) -> int:
    codes = []
    for command in ("speed", "peers", "footprint", "fuzz", "quality", "plots"):
        print(f"\n## {command}\n", flush=True)
        own = [] if command == "quality" else ["--data", str(chosen.data), "--results", str(chosen.results)]
        codes.append(main([*own, command]))
    return max(codes)


PROGRAMS = {
    "asked": asked.main,
    "chats": chats.main,
    "quality": quality.main,
    "meaning": meaning.main,
    "extracts": extracts.main,
    "meetings": meetings.main,
    "rankers": rankers.main,
    "reading": reading.main,
    "surprisal": surprisal.main,
}
COMMANDS = {
    "speed": _speed_command,
    "peers": _peers_command,
    "footprint": _footprint_command,
    "fuzz": _fuzz_command,
    "plots": _plots_command,
    "all": _all,
}

if __name__ == "__main__":
    sys.exit(main())
