"""What is to be compressed: files, folders and patterns become a list of files, and places for their results."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tamis.errors import InvalidInput, TamisError, UnreadableInput
from tamis.io.files import STDIN


@dataclass(frozen=True, slots=True)
class BatchFile:
    """One file of a batch.

    Attributes:
        path: what to read.
        target: where its result goes.
    """

    path: str
    target: Path


@dataclass(frozen=True, slots=True)
class Failure:
    """One file of a batch that could not be compressed, and why."""

    path: str
    error: TamisError


def expand(names: Sequence[str]) -> list[str]:
    """Return file names with patterns replaced by the files that they match, sorted; other names stay as they are.

    Raises:
        UnreadableInput: a pattern that matches no file.
    """
    return [path for name in names for path in _matches(name, folders=False)]


def _matches(name: str, *, folders: bool = True) -> list[str]:
    if not _is_pattern(name):
        return [name]
    paths = sorted(path for path in glob.glob(name, recursive=True) if folders or os.path.isfile(path))
    if not paths:
        raise UnreadableInput(f"No file matches {name!r}.", hint="** stands for any folders, * for any name.")
    return paths


def _is_pattern(name: str) -> bool:
    return glob.has_magic(name) and not os.path.lexists(name)


def plan(names: Sequence[str], out: Path, *, suffix: str = "") -> tuple[list[BatchFile], list[Failure]]:
    """Return the files of a batch with their places below `out`, and the names that lead to none.

    Results mirror the inputs, seen from the deepest folder that all inputs share: `a b/c.txt` gives `out/a/...` and
    `out/b/c.txt`, a single folder `a` gives `out/...`. In folders, hidden files and folders are left alone, and so is
    `out` itself.

    Raises:
        InvalidInput: standard input, which has no name, or paths on different drives.
    """
    roots: list[str] = []
    files: dict[str, str] = {}  # absolute -> as given
    failures: list[Failure] = []
    for name in names:
        if name == STDIN:
            raise InvalidInput("Standard input cannot go to a folder: it has no name.", hint="Use -o FILE.")
        try:
            paths = [path for match in _matches(name) for path in _below(match, out)]
        except TamisError as error:
            failures.append(Failure(name, error))
            continue
        roots.append(_root(name))
        files.update({os.path.abspath(path): path for path in paths})
    shared = _shared(roots)
    batch = [BatchFile(path, out / (os.path.relpath(whole, shared) + suffix)) for whole, path in files.items()]
    return batch, failures


def _below(folder: str, out: Path) -> Iterator[str]:
    """Yield the files in a folder, sorted; not pipes and devices, which may never end. A file is itself."""
    if not os.path.isdir(folder):
        yield folder
    skipped = os.path.realpath(out)
    for here, folders, names in os.walk(folder):
        folders[:] = sorted(f for f in folders if f[0] != "." and os.path.realpath(os.path.join(here, f)) != skipped)
        for name in sorted(name for name in names if name[0] != "."):
            path = os.path.join(here, name)
            if os.path.isfile(path) or not os.path.exists(path):  # a broken link is listed, and then reported
                yield path


def _root(name: str) -> str:
    """Return the folder that an argument speaks of: itself, its parent, or a pattern's part before any wildcard."""
    if os.path.isdir(name):
        return os.path.abspath(name)
    parent = os.path.dirname(name)
    while _is_pattern(name) and glob.has_magic(parent):
        parent = os.path.dirname(parent)
    return os.path.abspath(parent)


def _shared(roots: Sequence[str]) -> str:
    try:
        return os.path.commonpath(roots) if roots else os.curdir
    except ValueError as error:
        raise InvalidInput(f"The inputs share no folder: {error}.", hint="Compress them in two calls.") from error
