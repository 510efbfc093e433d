"""`tamis novelty check`: which texts are novel, and why."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from tamis.edge.cli.command import Parser, add_json, add_quiet, describe
from tamis.edge.cli.messages import say
from tamis.edge.cli.novelty.reading import NoveltyArguments, SourceText, add_texts, read_texts
from tamis.io.files import refuse_overwriting, write
from tamis.io.progress import watch

if TYPE_CHECKING:
    from tamis.novelty import Detector, Novelty

MORE = """\
Prints, for each text, the verdict, its p-value (so large a share of known texts
is at least as novel), its place, its first words, words that no known text has,
and the nearest known text. --novel prints the novel ones only.

--drift N also compares every N texts, in their order, with the known ones, and
says whether the whole has changed."""

EXAMPLES = """\
examples:
  tamis novelty check ours.safetensors today.jsonl --novel
  tamis novelty check ours.safetensors ticket.txt --rate 0.05 --json
  tail -n 1000 log.txt | tamis novelty check log.safetensors --drift 100
  tamis novelty check ours.safetensors today.jsonl --html today.html

exit codes: 0 nothing is novel or has changed, 1 something is, 2 arguments or
input cannot be used"""

SHOWN = 50  # characters of a text in a line


class CheckArguments(NoveltyArguments):
    """The command line of `tamis novelty check`."""

    detector: str
    rate: float
    novel: bool
    drift: int | None
    html: str | None


def add(parser: Parser) -> None:
    """The options of `tamis novelty check`."""
    describe(parser, more=MORE, epilog=EXAMPLES)
    parser.add_argument("detector", metavar="DETECTOR", help="what `tamis novelty fit` wrote")
    add_texts(parser)
    parser.add_argument("--rate", type=float, default=0.01, metavar="R", help="of false alarms (0.01)")
    parser.add_argument("--novel", action="store_true", help="print novel texts only")
    parser.add_argument("--drift", type=int, metavar="N", help="compare every N texts with the known ones")
    parser.add_argument("--html", metavar="FILE", help="write a page with histograms and explanations")
    add_json(parser, "all that is said of each text, as JSON")
    add_quiet(parser, bar=False)


def run(arguments: CheckArguments) -> int:
    """Print what is said of the texts; 1 where something is novel."""
    from tamis.novelty import Detector

    if arguments.html is not None:
        refuse_overwriting(Path(arguments.html), [*arguments.files, arguments.detector])
    sources = read_texts(arguments)
    with watch("opening", on=arguments.bar):
        detector = Detector.load(arguments.detector)
    started = perf_counter()
    with watch("checking", on=arguments.bar):
        results = detector.check([source.text for source in sources], rate=arguments.rate)
    changed = _drift(detector, sources, arguments)
    _print(sources, results, arguments)
    if arguments.html is not None:
        from tamis.novelty.page import novelty_page

        page = novelty_page(detector, results, rate=arguments.rate, title=", ".join(arguments.files) or "stdin")
        write(Path(arguments.html), page.encode())
    novel = sum(result.novel for result in results)
    if not arguments.quiet:
        say(f"{novel:,} of {len(results):,} texts are novel ({perf_counter() - started:.2f} s)")
        say(str(detector.promise(arguments.rate)))
    return int(novel > 0 or changed)


def _drift(detector: Detector, sources: Sequence[SourceText], arguments: CheckArguments) -> bool:
    """Whether the texts have changed, as a stream; says so, window by window."""
    if arguments.drift is None:
        return False
    from tamis.novelty import Drift

    monitor = Drift(detector, window=arguments.drift, rate=arguments.rate)
    for window in monitor.add([source.text for source in sources]):
        mark = "changed" if window.changed else "as known"
        say(f"texts {window.start + 1:,} to {window.end:,}: {mark}, distance {window.distance:.2f}, p {window.p:.4f}")
    if monitor.alarm is not None:
        streams = f"{1 / arguments.rate:,.0f}"
        say(f"the stream has changed by text {monitor.alarm + 1:,} (a false alarm once in {streams} streams)")
    return monitor.alarm is not None or any(window.changed for window in monitor.windows)


def _print(sources: Sequence[SourceText], results: Sequence[Novelty], arguments: CheckArguments) -> None:
    pairs = [pair for pair in zip(sources, results, strict=True) if pair[1].novel or not arguments.novel]
    if arguments.json:
        rows = [{"name": source.name, "line": source.line, **asdict(result)} for source, result in pairs]
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for source, result in pairs:
        print(_line(source, result))


def _line(source: SourceText, result: Novelty) -> str:
    parts = [f"{result.verdict:<9} {result.p:.4f}  {source.name}:{source.line}  {_short(source.text)}"]
    if result.verdict != "known":
        if result.unseen:
            parts.append(f"unseen: {', '.join(result.unseen[:8])}")
        if result.nearest is not None and result.nearest.text:
            parts.append(f"nearest ({result.nearest.similarity:.2f}): {_short(result.nearest.text)}")
    return "\n    ".join(parts)


def _short(text: str) -> str:
    line = " ".join(text[: 4 * SHOWN].split())
    return line if len(line) <= SHOWN else line[:SHOWN].rsplit(" ", 1)[0] + " ..."
