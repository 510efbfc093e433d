"""How the asking goes, on stderr: a bar on a terminal, elsewhere a line now and then."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tamis.distill.ask import Report, Tally

EVERY = 30.0  # seconds between two lines where no one watches
FINISHING = "waiting for what is on its way (Ctrl-C again drops it)"


@contextmanager
def asking_bar(total: int, *, show: bool = True) -> Iterator[Report]:
    """What is to be called with the tally after each answer."""
    if not show:
        yield lambda tally: None
        return
    if not sys.stderr.isatty() or not total:
        yield _Lines()
        return
    with _bar() as bar:
        task = bar.add_task("asking", total=total, figures="")

        def report(tally: Tally) -> None:
            done = tally.before + tally.paid
            bar.update(task, completed=done, description=_doing(tally), figures=_figures(tally))

        yield report


def _bar() -> Any:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[figures]}"),
    )
    return Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True)


def _doing(tally: Tally) -> str:
    return FINISHING if tally.interrupted else "asking"


def _figures(tally: Tally) -> str:
    """Tokens, money, and what went wrong."""
    parts = [f"{tally.tokens_in + tally.tokens_out:,} tokens"]
    parts += [f"{tally.money:,.2f} spent"] if tally.money else []
    parts += [f"{tally.retries:,} retries"] if tally.retries else []
    parts += [f"{len(tally.failures):,} failed"] if tally.failures else []
    return ", ".join(parts)


class _Lines:
    """Says something every half minute, and once that it was interrupted."""

    def __init__(self) -> None:
        self._began = self._said = monotonic()
        self._finishing = False

    def __call__(self, tally: Tally) -> None:
        now = monotonic()
        if tally.interrupted and not self._finishing:
            self._finishing = True
            print(f"tamis: {FINISHING}", file=sys.stderr, flush=True)
        if now - self._said < EVERY:
            return
        self._said = now
        speed = tally.paid / (now - self._began)
        left = f", {tally.open / speed / 60:,.0f} min left" if speed else ""
        done = tally.before + tally.paid
        print(f"tamis: {done:,} of {tally.total:,} answered, {_figures(tally)}{left}", file=sys.stderr, flush=True)
