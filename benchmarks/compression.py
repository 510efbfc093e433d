"""Measure tamis: speed, peers, footprint, invariants, quality; draw plots.

    python benchmarks/compression.py speed
    python benchmarks/compression.py peers
    python benchmarks/compression.py footprint
    python benchmarks/compression.py fuzz --cases 10000 --seed 0
    python benchmarks/compression.py quality [options of benchmarks/quality.py]
    python benchmarks/compression.py plots
    python benchmarks/compression.py all

Results go to benchmarks/results/*.json, tables to the terminal, plots to docs/assets/.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

import _footprint
import _fuzz
import _measure
import _peers
import _plots
import _speed
from _texts import DEFAULT_DATA


def main(arguments: list[str] | None = None) -> int:
    """Run what was asked for; 1 if an invariant is broken."""
    given = sys.argv[1:] if arguments is None else arguments
    if given[:1] == ["quality"]:  # its options are its own
        return _quality(given[1:])
    chosen = _parser().parse_args(given or ["all"])
    code: int = COMMANDS[chosen.command](chosen)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="folder with more transcripts (optional)")
    parser.add_argument("--results", type=Path, default=_measure.RESULTS, help="where results are kept")
    commands = parser.add_subparsers(dest="command", required=True)
    speed = commands.add_parser("speed", help="tokens a second against length, stages, cold start")
    speed.add_argument("--lengths", type=int, nargs="+", default=list(_speed.LENGTHS), metavar="TOKENS")
    speed.add_argument("--repeats", type=int, default=5)
    speed.add_argument("--cold-runs", type=int, default=9)
    peers = commands.add_parser("peers", help="against the llmlingua package, in an environment of its own")
    peers.add_argument("--sizes", nargs="+", choices=[*_peers.FAMILIES], default=[*_peers.FAMILIES])
    peers.add_argument("--tokens", type=int, default=10_000, help="length of the text")
    peers.add_argument("--large-tokens", type=int, default=2_500, help="length for the package at XLM-R-large size")
    peers.add_argument("--repeats", type=int, default=5)
    peers.add_argument("--threads", type=int, default=2)
    peers.add_argument("--no-curve", action="store_true", help="only the fixed length")
    peers.add_argument("--work", type=Path, default=None, help="folder for the environment and the models (5 GB)")
    commands.add_parser("footprint", help="installed size, peak memory on a megabyte")
    fuzz = commands.add_parser("fuzz", help="the invariants over generated cases; exit code 1 on any violation")
    fuzz.add_argument("--cases", type=int, default=10_000)
    fuzz.add_argument("--seed", type=int, default=0)
    fuzz.add_argument("--only", type=int, nargs="+", metavar="CASE", help="just these cases, shrunk and shown")
    fuzz.add_argument("--methods", nargs="+", help="just these methods")
    fuzz.add_argument("--jobs", type=int, default=1, help="processes")
    commands.add_parser("quality", help="answers kept, keep-AUC; see quality --help", add_help=False)
    commands.add_parser("plots", help="draw the stored results")
    commands.add_parser("all", help="everything, with its defaults")
    return parser


def _speed_command(chosen: argparse.Namespace) -> int:
    result = _speed.run(chosen.data, lengths=chosen.lengths, repeats=chosen.repeats, cold_runs=chosen.cold_runs)
    _measure.save("speed", result, chosen.results)
    print(_speed.show(result))
    return 0


def _peers_command(chosen: argparse.Namespace) -> int:
    plan = _peers.Plan(
        families=tuple(chosen.sizes),
        tokens=chosen.tokens,
        large_tokens=chosen.large_tokens,
        repeats=chosen.repeats,
        threads=chosen.threads,
        curve=not chosen.no_curve,
    )
    result = _peers.run(chosen.data, chosen.work or _peers.default_work(), plan)
    _measure.save("peers", result, chosen.results)
    print(_peers.show(result))
    return 0


def _footprint_command(chosen: argparse.Namespace) -> int:
    result = _footprint.run(chosen.data)
    _measure.save("footprint", result, chosen.results)
    print(_footprint.show(result))
    return 0


def _fuzz_command(chosen: argparse.Namespace) -> int:
    methods = dict.fromkeys(chosen.methods, 1.0) if chosen.methods else None
    report = _fuzz.run(chosen.only or range(chosen.cases), chosen.seed, methods=methods, jobs=chosen.jobs)
    for number in chosen.only or ():
        print(_fuzz.reproduction(number, chosen.seed, methods))
    print(_fuzz.show(report))
    return 1 if report.violations else 0


def _quality(arguments: list[str]) -> int:
    program = Path(__file__).with_name("quality.py")
    return subprocess.run([sys.executable, program, *arguments], check=False).returncode


def _plots_command(chosen: argparse.Namespace) -> int:
    for file in _plots.draw(results=chosen.results):
        print(file.name)
    return 0


def _all(chosen: argparse.Namespace) -> int:
    codes = []
    for command in ("speed", "peers", "footprint", "fuzz", "quality", "plots"):
        print(f"\n## {command}\n", flush=True)
        own = [] if command == "quality" else ["--data", str(chosen.data), "--results", str(chosen.results)]
        codes.append(main([*own, command]))
    return max(codes)


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
