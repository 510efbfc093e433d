"""Many texts with names, from files, folders, patterns and JSONL: what a data set is made of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tamis.errors import UnreadableInput
from tamis.io.files import read_text, reason
from tamis.io.inputs import BatchFile, plan

if TYPE_CHECKING:
    from tamis.distill.chunk import NamedText

ROWS = (".jsonl", ".jsonl.zst", ".jsonl.xz")
LARGEST = 256  # megabytes of one text file


def documents(names: Sequence[str], out: Path) -> Iterator[NamedText]:
    """The texts that are named, in a fixed order; `out` itself is left out where it lies in a folder.

    A file is one document, a row of a JSONL file with a `text` is one. A document is called by its path below the
    folder that all share, so that its name is the same wherever the data lies.

    Raises:
        UnreadableInput: something is missing, is no text, or a row has none. Nothing is left out in silence.
        MissingExtra: a compressed file, and the package for it is not installed.
    """
    jobs, failures = plan(names, out)
    if failures:
        raise failures[0].error
    for job in jobs:
        yield from _rows(job, out) if job.path.endswith(ROWS) else _file(job, out)


def _name(job: BatchFile, out: Path) -> str:
    return job.target.relative_to(out).as_posix()


def _file(job: BatchFile, out: Path) -> Iterator[NamedText]:
    from tamis.distill.chunk import NamedText

    yield NamedText(_name(job, out), read_text(job.path, limit=LARGEST))


def _rows(job: BatchFile, out: Path) -> Iterator[NamedText]:
    from tamis.distill.chunk import NamedText

    for number, row in enumerate(_parsed(job.path), 1):
        text = row.get("text") if isinstance(row, dict) else None
        if not isinstance(text, str):
            hint = 'Each row is an object with a string "text", and if you like an "id".'
            raise UnreadableInput(f"Row {number:,} of {job.path!r} has no text.", hint=hint)
        yield NamedText(f"{_name(job, out)}:{row.get('id', number)}", text)


def _parsed(path: str) -> Iterator[Any]:
    from tamis.errors import missing_extra
    from tamis.io.rows import read_jsonl

    try:
        yield from read_jsonl(Path(path))
    except ModuleNotFoundError as error:
        raise missing_extra("train", error.name or "zstandard") from error
    except (OSError, ValueError, EOFError) as error:  # ValueError: no JSON, or no UTF-8
        raise UnreadableInput(f"Cannot read {path!r}: {reason(error)}.", hint="It must be JSONL in UTF-8.") from error
    except Exception as error:  # LZMAError, ZstdError: what a file that is cut short gives
        raise UnreadableInput(f"Cannot read {path!r}: {error}.", hint="Is it whole?") from error
