"""`tamis compress ... --out DIR`: many files, each by itself. A bad file is reported at the end and stops no other."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any, Protocol

from tamis.edge.cli.messages import say, spell
from tamis.edge.cli.output import Figures, Remarks, Sum, as_bytes
from tamis.edge.cli.settings import CompressArguments, open_all, settings, source
from tamis.errors import OutputError, TamisError
from tamis.io.files import read_text, refuse_overwriting, write
from tamis.io.inputs import Failure, Job, plan

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


class _Bar(Protocol):
    def __call__(self, done: int) -> None: ...


def run_batch(arguments: CompressArguments) -> int:
    """Compress every file into its place below `--out`; return 1 if any failed."""
    out = Path(arguments.out or "")
    if out.exists() and not out.is_dir():
        raise OutputError(f"--out {str(out)!r} is a file.", hint="Name a folder; it is made if it is missing.")
    loading = _opened(arguments)
    jobs, failures = plan(arguments.files, out, suffix=".json" if arguments.json else "")
    tally = _Tally(Remarks(arguments), failures=failures)
    try:
        with _progress(len(jobs), show=arguments.bar) as advance:
            _work(jobs, arguments, tally, advance)
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


def _work(jobs: list[Job], arguments: CompressArguments, tally: _Tally, advance: _Bar) -> None:
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
        advance(len(tally.results) + len(tally.failures))


def _groups(jobs: list[Job], limit: int, tally: _Tally) -> Iterator[list[tuple[Job, str]]]:
    """Yield files with their texts, a few at a time; those that cannot be read become failures."""
    group: list[tuple[Job, str]] = []
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
    group: list[tuple[Job, str]], arguments: CompressArguments, keywords: dict[str, Any], tally: _Tally
) -> list[tuple[Job, Compression]]:
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


def _progress(total: int, *, show: bool) -> AbstractContextManager[_Bar]:
    """Return a progress bar on stderr; where no one watches, nothing."""
    if not show or not sys.stderr.isatty() or not total:
        return nullcontext(lambda done: None)
    return _RichBar(total)


class _RichBar:
    """A progress bar that is called with the number of files done."""

    def __init__(self, total: int) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        self._bar = Progress(
            TextColumn("compressing"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("files"),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._task = self._bar.add_task("", total=total)

    def __enter__(self) -> _Bar:
        self._bar.start()
        return lambda done: self._bar.update(self._task, completed=done)

    def __exit__(self, *_: object) -> None:
        self._bar.stop()


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
