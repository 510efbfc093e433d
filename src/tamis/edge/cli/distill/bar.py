"""How the asking goes, on stderr: a bar on a terminal, elsewhere a line now and then."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tamis.io.progress import progress

if TYPE_CHECKING:
    from tamis.distill.ask import Report, Tally

EVERY = 30.0  # seconds between two lines where no one watches
FINISHING = "waiting for what is on its way (Ctrl-C again drops it)"


@contextmanager
def asking_bar(total: int, *, answered: int = 0, show: bool = True) -> Iterator[Report]:
    """What is to be called with the tally after each answer.

    answered -- of the chunks, before this run
    """
    with progress("asking", total, done=answered, unit="answered", every=EVERY, on=show) as bar:
        finishing = False

        def report(tally: Tally) -> None:
            nonlocal finishing
            if tally.interrupted and not finishing:
                finishing = True
                bar.label(FINISHING)
            bar(tally.before + tally.paid, total, _figures(tally))

        yield report


def _figures(tally: Tally) -> str:
    """Tokens, money, and what went wrong."""
    parts = [f"{tally.tokens_in + tally.tokens_out:,} tokens"]
    parts += [f"{tally.money:,.2f} spent"] if tally.money else []
    parts += [f"{tally.retries:,} retries"] if tally.retries else []
    parts += [f"{len(tally.failures):,} failed"] if tally.failures else []
    return ", ".join(parts)
