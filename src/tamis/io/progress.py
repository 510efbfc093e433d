"""How a long run goes, on stderr: a bar on a terminal; elsewhere nothing, or a line now and then. The one of each.

What is done is counted by the caller. Nothing is printed to stdout, and nothing where progress is switched off.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from contextvars import ContextVar
from time import monotonic
from typing import Any, Protocol, TypeAlias, TypeVar

T = TypeVar("T")
LATE = 1.0  # seconds that work may take before a bar is drawn for it that nobody asked for
Advance: TypeAlias = Callable[[int, int, str], None]
"""(done, in all, what it is about)"""


class Progress(Protocol):
    """What a long run calls after each piece of work."""

    def __call__(self, done: int, total: int, note: str = "") -> None:
        """Show how much is done, of how much, and a word on it."""

    def label(self, text: str) -> None:
        """Show at once what is being done from now on."""


class SilentProgress:
    """Shows nothing."""

    def __call__(self, done: int, total: int, note: str = "") -> None:
        """Do nothing."""

    def label(self, text: str) -> None:
        """Do nothing."""


class ProgressLines:
    """Prints a line every so many seconds: "tamis: 12 of 40 answered, 3 retries, 2 min left"."""

    def __init__(self, unit: str, *, every: float, done: int = 0) -> None:
        self._unit, self._every, self._before = unit, every, done
        self._start = self._last = monotonic()

    def __call__(self, done: int, total: int, note: str = "") -> None:
        """Print how much is done, if the last line is old enough."""
        now = monotonic()
        if now - self._last < self._every:
            return
        self._last = now
        speed = (done - self._before) / (now - self._start)
        left = f"{(total - done) / speed / 60:,.0f} min left" if speed > 0 else ""
        self.label(", ".join(filter(None, (f"{done:,} of {total:,} {self._unit}".rstrip(), note, left))))

    def label(self, text: str) -> None:
        """Print it now; where stderr is closed, nothing."""
        with suppress(OSError):
            sys.stderr.write(f"tamis: {text}\n")
            sys.stderr.flush()


class ProgressBar:
    """A bar of rich: what is done, how much of it, a word on it, and the time that is left."""

    def __init__(self, bar: Any, label: str, total: int, done: int) -> None:
        self._bar = bar
        self._task = bar.add_task(label, total=total or None, completed=done, note="")

    def __call__(self, done: int, total: int, note: str = "") -> None:
        """Move the bar."""
        self._bar.update(self._task, completed=done, total=total, note=note)

    def label(self, text: str) -> None:
        """Change what stands before the bar."""
        self._bar.update(self._task, description=text)


@contextmanager
def progress(
    label: str = "", total: int = 0, *, done: int = 0, unit: str = "", every: float | None = None, on: bool = True
) -> Iterator[Progress]:
    """Give what to call after each piece of work.

    Args:
        label: what is being done, before the bar.
        total: pieces of work; may be told later, with each call.
        done: pieces that were done before this run.
        unit: what is counted, in lines: "rows", "answered".
        every: seconds between two lines where stderr is no terminal; None = nothing is printed there.
        on: False shows nothing anywhere: `--quiet`, `--no-progress`.
    """
    if not on:
        yield SilentProgress()
    elif sys.stderr is not None and sys.stderr.isatty():
        with _rich() as bar:
            yield ProgressBar(bar, label, total, done)
    elif sys.stderr is None or every is None:
        yield SilentProgress()
    else:
        yield ProgressLines(unit, every=every, done=done)


def track(items: Sequence[T], label: str) -> Iterator[T]:
    """The items, with a bar on a terminal that shows how many were taken."""
    with progress(label, len(items)) as bar:
        for done, item in enumerate(items, 1):
            yield item
            bar(done, len(items))


@contextmanager
def reporting(choice: bool | Advance) -> Iterator[Advance]:  # noqa: FBT001  (a switch that may also be a function)
    """Give what to call after each piece of work: the caller's own function, a bar on a terminal, or nothing."""
    if callable(choice):
        yield choice
    else:
        with progress(on=choice) as bar:
            yield bar


_WATCHED: ContextVar[Advance | None] = ContextVar("watched", default=None)


@contextmanager
def watch(label: str, *, on: bool = True) -> Iterator[None]:
    """Show on a terminal how far the work inside is, if it takes more than a moment; it says so itself, by `steps`."""
    if not (on and sys.stderr is not None and sys.stderr.isatty()):
        yield
        return
    with ExitStack() as stack:
        token = _WATCHED.set(_LateBar(label, stack))
        try:
            yield
        finally:
            _WATCHED.reset(token)


def steps(items: Iterable[T], total: int) -> Iterator[T]:
    """The items, counted where somebody watches."""
    advance = _WATCHED.get()
    for done, item in enumerate(items, 1):
        if advance is not None:
            advance(done, total, "")
        yield item


class _LateBar:
    """A bar that is drawn when `LATE` seconds have passed."""

    def __init__(self, label: str, stack: ExitStack) -> None:
        self._label, self._stack, self._start = label, stack, monotonic()
        self._bar: ProgressBar | None = None

    def __call__(self, done: int, total: int, note: str) -> None:
        if self._bar is None and monotonic() - self._start >= LATE:
            self._bar = ProgressBar(self._stack.enter_context(_rich()), self._label, total, done)
        if self._bar is not None:
            self._bar(done, total, note)


def _rich() -> Any:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    label, note = (TextColumn(field, markup=False) for field in ("{task.description}", "{task.fields[note]}"))
    columns = (label, BarColumn(), MofNCompleteColumn(), note, TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True)
