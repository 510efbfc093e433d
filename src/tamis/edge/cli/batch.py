"""`tamis compress ... --out DIR`: many files, each by itself. A bad file is reported at the end and stops no other."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from tamis.edge.cli.messages import say, spell
from tamis.edge.cli.output import Figures, Remarks, Sum, as_bytes
from tamis.edge.cli.settings import CompressArguments, open_all, settings, source
from tamis.errors import OutputError, TamisError
from tamis.io.files import read_text, refuse_overwriting, write
from tamis.io.inputs import BatchFile, Failure, plan
from tamis.io.progress import Progress, progress

if TYPE_CHECKING:
    from tamis.prompt import Compression

TOGETHER = 32  # files that the model sees at once
CHARACTERS = 200_000  # and how much text: bounds the memory


@dataclass(slots=True)
class _Tally:
    """What became of the files so far."""

    remarks: Remarks
    results: list[Sum] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    seconds: float = 0.0


def run_batch(arguments: CompressArguments) -> int:
    """Compress every file into its place below `--out`; return 1 if any failed."""
    out = Path(arguments.out or "")
    if out.exists() and not out.is_dir():
        raise OutputError(f"--out {str(out)!r} is a file.", hint="Name a folder; it is made if it is missing.")
    loading = _opened(arguments)
    jobs, failures = plan(arguments.files, out, suffix=".json" if arguments.json else "")
    tally = _Tally(Remarks(arguments), failures=failures)
    try:
        with progress("compressing", len(jobs), on=arguments.bar and bool(jobs)) as bar:
            _work(jobs, arguments, tally, bar)
    except KeyboardInterrupt:
        say(f"{len(tally.results)} of {len(jobs)} files were done.")
        raise
    return _report(tally, loading, quiet=arguments.quiet)


def _opened(arguments: CompressArguments) -> float:
    """Let wrong settings come to light before any file is touched; return the seconds that loading took."""
    started = perf_counter()
    from tamis.prompt import compress

    compress("", **settings(arguments))
    open_all(arguments)
    return perf_counter() - started


def _work(jobs: list[BatchFile], arguments: CompressArguments, tally: _Tally, bar: Progress) -> None:
    keywords = settings(arguments)
    inputs = [job.path for job in jobs]
    for group in _groups(jobs, arguments.max_mb, tally):
        started = perf_counter()
        results = _compress_group(group, arguments, keywords, tally)
        tally.seconds += perf_counter() - started
        for job, result in results:
            try:
                refuse_overwriting(job.target, inputs)
                write(job.target, as_bytes(result, arguments))
            except TamisError as error:
                tally.failures.append(Failure(job.path, error))
            else:
                tally.results.append(Sum.of(result))
        bar(len(tally.results) + len(tally.failures), len(jobs), "files")


def _groups(jobs: list[BatchFile], limit: int, tally: _Tally) -> Iterator[list[tuple[BatchFile, str]]]:
    """Yield files with their texts, a few at a time; those that cannot be read become failures."""
    group: list[tuple[BatchFile, str]] = []
    for job in jobs:
        try:
            text = read_text(job.path, limit=limit)
        except TamisError as error:
            tally.failures.append(Failure(job.path, error))
            continue
        tally.remarks.read(text)
        group.append((job, text))
        if len(group) == TOGETHER or sum(len(text) for _, text in group) > CHARACTERS:
            yield group
            group = []
    if group:
        yield group


def _compress_group(
    group: list[tuple[BatchFile, str]], arguments: CompressArguments, keywords: dict[str, Any], tally: _Tally
) -> list[tuple[BatchFile, Compression]]:
    """Compress a group in one call; if that fails, one by one, to find the bad ones."""
    from tamis.prompt import compress_many

    try:
        results = compress_many([source([text], arguments) for _, text in group], **keywords)
    except TamisError as error:
        if len(group) == 1:
            tally.failures.append(Failure(group[0][0].path, error))
            return []
        return [pair for entry in group for pair in _compress_group([entry], arguments, keywords, tally)]
    for result in results:
        tally.remarks.add(result)
    return [(job, result) for (job, _), result in zip(group, results, strict=True)]


def _report(tally: _Tally, loading: float, *, quiet: bool) -> int:
    if not quiet and tally.results:
        for remark in tally.remarks:
            say(remark)
        count = f"{len(tally.results):,} file{'s' if len(tally.results) > 1 else ''}: "
        print(count + str(Figures(tally.results, tally.seconds, loading)), file=sys.stderr)
    if tally.failures:
        say(f"{len(tally.failures):,} failed:")
        for failure in tally.failures:
            print(f"  {failure.path}: {spell(failure.error)}".replace("\n", "\n  "), file=sys.stderr)
    elif not tally.results:
        say("no files there.")
    return 1 if tally.failures else 0
