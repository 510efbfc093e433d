"""Sources of pages: a name, a licence, the part that they belong to, and pages on the disk."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from training.config import build_section, read_toml

TABLE = Path(__file__).with_name("sources.toml")
SPLITS = ("develop", "held-out")


class PageSource(Protocol):
    """Where pages come from. Folders are below; an application that is served is another."""

    @property
    def name(self) -> str:
        """What results call it."""

    @property
    def licence(self) -> str:
        """Of the pages: an SPDX identifier."""

    @property
    def split(self) -> str:
        """The part that all of its pages belong to: of `SPLITS`."""

    def pages(self, cache: Path) -> Sequence[str]:
        """Addresses that a browser opens, in an order that never changes; what is missing is put into `cache`."""


@dataclass(frozen=True, slots=True)
class Folder:
    """A source whose pages are files.

    Attributes:
        root: a folder, or "npm:NAME@VERSION", or "pypi:NAME@VERSION".
        patterns: of the pages, below the root.
        most: how many pages are taken, evenly spread over the sorted names.
    """

    name: str
    root: str
    licence: str
    split: str
    patterns: tuple[str, ...]
    most: int

    def pages(self, cache: Path) -> Sequence[str]:
        """The files' addresses; none where a system package is not installed."""
        root = _unpacked(self.root, cache)
        files = sorted({path for pattern in self.patterns for path in root.glob(pattern) if path.is_file()})
        step = max(1.0, len(files) / self.most)
        spread = [files[int(index * step)] for index in range(min(self.most, len(files)))]
        return [path.resolve().as_uri() for path in spread]


def read_sources(table: Path = TABLE) -> tuple[Folder, ...]:
    """The sources of a table.

    Raises:
        ValueError: a name is there twice, or a split is unknown.
    """
    rows = [{("patterns" if key == "pages" else key): value for key, value in row.items()}
            for row in read_toml(table)["source"]]  # fmt: skip
    sources = tuple(build_section(Folder, f"source {row.get('name')}", row) for row in rows)
    names = [source.name for source in sources]
    if len(set(names)) != len(names):
        raise ValueError(f"{table}: a name is there twice: {sorted(names)}")
    if wrong := {source.split for source in sources} - set(SPLITS):
        raise ValueError(f"{table}: unknown splits {sorted(wrong)}; known: {', '.join(SPLITS)}")
    return sources


def _unpacked(root: str, cache: Path) -> Path:
    """The folder of a root, from its registry if it is not there yet."""
    kind, colon, package = root.partition(":")
    if not colon or kind not in ("npm", "pypi"):
        return Path(root)
    folder = cache / f"{kind}-{package.replace('/', '-')}"
    if not folder.is_dir():
        with tempfile.TemporaryDirectory() as temporary:
            new = Path(temporary) / "new"
            {"npm": _npm, "pypi": _pypi}[kind](package, new)
            folder.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(new, folder)
    return folder


def _npm(package: str, folder: Path) -> None:
    folder.mkdir()
    packed = subprocess.run(["npm", "pack", "--silent", package], cwd=folder.parent, check=True, capture_output=True)
    name = packed.stdout.decode().strip().splitlines()[-1]
    with tarfile.open(folder.parent / name) as archive:
        archive.extractall(folder, filter="data")
    inner = folder / "package"
    for path in [*inner.iterdir()]:
        shutil.move(path, folder)


def _pypi(package: str, folder: Path) -> None:
    name = package.replace("@", "==")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(folder), name]
    subprocess.run(pip, check=True, capture_output=True)
