"""`tamis compress`: a filter for one prompt. Many files, each by itself, are `batch`."""

from __future__ import annotations

import sys
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from tamis.edge.cli.parser import Arguments, build
from tamis.edge.cli.settings import Figures, Sum, as_bytes, page_of, settings, source
from tamis.errors import InvalidInput, OutputError
from tamis.io.files import LIMIT, STDIN, read_text, reason, refuse_overwriting, write
from tamis.io.inputs import expand

if TYPE_CHECKING:
    from tamis.prompt import Compression


def run(arguments: Arguments) -> int:
    """Compress what the arguments name; return the exit code."""
    _check(arguments)
    if arguments.out is not None:
        from tamis.edge.cli.batch import run_batch

        return run_batch(arguments)
    if not arguments.files and sys.stdin is not None and sys.stdin.isatty():
        print("tamis: nothing to compress: give a FILE, or pipe a text in.", file=sys.stderr)
        print(build().format_help(), end="", file=sys.stderr)
        return 2
    paths = expand(arguments.files or [STDIN])
    for target in (arguments.output, arguments.html):
        if target:
            refuse_overwriting(Path(target), paths)
    texts = [read_text(path, limit=arguments.max_mb) for path in paths]
    result, figures = _compressed(texts, arguments)
    _put_out(result, paths, arguments)
    if not arguments.quiet:
        print(figures, file=sys.stderr)
    return 0


def _check(arguments: Arguments) -> None:
    """Refuse options that contradict each other."""
    alone = {"-o": arguments.output, "--html": arguments.html, "--show": arguments.show}
    clash = [name for name, given in alone.items() if given]
    if arguments.out is not None and clash:
        raise InvalidInput(
            f"--out writes one result per file; {' and '.join(clash)} belong to a single one.", hint="Leave one out."
        )
    if arguments.out is not None and not arguments.files:
        raise InvalidInput("--out DIR needs files, folders or patterns to compress.")
    if arguments.show and arguments.json and not arguments.output:
        raise InvalidInput("--show and --json both want stdout.", hint="Give the JSON a file: -o FILE.")
    if arguments.output and arguments.html and Path(arguments.output).resolve() == Path(arguments.html).resolve():
        raise InvalidInput(f"-o and --html both name {arguments.output!r}.", hint="Give the page another name.")
    if arguments.max_mb < 1:
        raise InvalidInput(f"--max-mb must be at least 1, got {arguments.max_mb}.", hint=f"The default is {LIMIT}.")


def _compressed(texts: list[str], arguments: Arguments) -> tuple[Compression, Figures]:
    loading = warm(arguments)
    from tamis.prompt import compress

    started = perf_counter()
    result = compress(source(texts, arguments), **settings(arguments))
    return result, Figures([Sum.of(result)], perf_counter() - started, loading)


def warm(arguments: Arguments) -> float:
    """Load all that a compression needs by doing a tiny one, so that the figures tell loading and work apart.

    Returns the seconds it took. Wrong settings come to light here, before any file of a batch is touched.
    """
    started = perf_counter()
    from tamis.prompt import compress

    given = settings(arguments)
    compress("", **given)  # checks the budget, which the next line replaces
    compress("Warm up.", **{**given, "rate": 1.0, "tokens": None, "threshold": None})
    return perf_counter() - started


def _put_out(result: Compression, paths: list[str], arguments: Arguments) -> None:
    """Write to the file, the page and stdout, in this order: a closed pipe costs nothing that was asked for."""
    data = as_bytes(result, as_json=arguments.json)
    if arguments.output:
        write(Path(arguments.output), data)
    if arguments.html:
        write(Path(arguments.html), page_of(result, paths))
    if arguments.show:
        _show(result)
    elif not arguments.output:
        _print(data)


def _print(data: bytes) -> None:
    """Write to stdout exactly the text; on a terminal also the line end that the prompt behind it needs."""
    if sys.stdout is None:
        raise OutputError("Standard output is closed.", hint="Give a file: -o FILE.")
    if sys.stdout.isatty() and not data.endswith(b"\n"):
        data += b"\n"
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(f"Cannot write to standard output: {reason(error)}.") from error


def _show(result: Compression) -> None:
    """Paint the result on stdout: by way of `_print`, because rich has its own idea of what a closed pipe means."""
    from rich.console import Console

    console = Console(highlight=False)
    with console.capture() as painted:
        console.print(result, soft_wrap=not console.is_terminal)
    _print(painted.get().encode(console.encoding, "replace"))
