"""What all benchmarks do alike: measure what is not in the folder's journal yet, and go on where a run was killed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from tamis.errors import OutputError
from tamis.io.journal import Journal, Row
from tamis.io.progress import Advance

__all__ = ["Advance", "collect", "make_folder"]


def collect(
    folder: Path, run: Row, cells: Mapping[str, Callable[[], Row]], advance: Advance | None = None
) -> list[Row]:
    """The rows of all cells, in order; each is measured once.

    Args:
        folder: of the journal, `rows.jsonl`; made if need be.
        run: the settings that rows depend on.
        cells: key of a row -> what measures it.
        advance: called before each measurement.

    Raises:
        InvalidInput: the journal is of a run with other settings.
        OutputError: the folder or a row cannot be written.
    """
    make_folder(folder)
    with Journal(folder / "rows.jsonl", run=run) as journal:
        done = sum(key in journal.rows for key in cells)
        for key, measure in cells.items():
            if key in journal.rows:
                continue
            if advance is not None:
                advance(done, len(cells), key.replace("|", " "))
            journal.add(key, measure())
            done += 1
        return [journal.rows[key] for key in cells]


def make_folder(folder: Path) -> None:
    """Make a folder for results; `OutputError` where that cannot be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"Cannot make the folder {str(folder)!r}: {error.strerror}.") from error
