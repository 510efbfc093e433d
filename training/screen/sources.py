"""Sources of pages: a name, a licence, the part that they belong to, and pages on the disk."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, Protocol
from urllib.parse import quote

from training.config import build_section, read_toml

TABLE = Path(__file__).with_name("sources.toml")
SPLITS = ("develop", "held-out")
SETTLE = 800  # milliseconds


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

    @property
    def views(self) -> int:
        """How many views of each page are taken."""

    @property
    def settle(self) -> int:
        """Milliseconds for scripts that build a page after it was loaded."""

    def pages(self, cache: Path) -> AbstractContextManager[Sequence[str]]:
        """Addresses that a browser can open meanwhile, in an order that never changes.

        cache -- a folder for what is fetched
        """
        ...


@dataclass(frozen=True, slots=True)
class Folder:
    """A source whose pages are files.

    Attributes:
        root: a folder, or "npm:NAME@VERSION", "pypi:NAME@VERSION" or "deb:NAME", perhaps with "/FOLDER" in it.
        patterns: of the pages, below the root.
        most: how many pages are taken, evenly spread over the sorted names.
        mounts: other packages that the pages expect below their own folder: "FOLDER=npm:NAME@VERSION".
        views: of each page.
        settle: milliseconds until a page has built itself.
    """

    name: str
    root: str
    licence: str
    split: str
    patterns: tuple[str, ...]
    most: int
    mounts: tuple[str, ...] = ()
    views: int = 1
    settle: int = SETTLE

    @contextmanager
    def pages(self, cache: Path) -> Iterator[Sequence[str]]:
        """The files' addresses on a server of this machine; none where a system package is not installed."""
        mounts = dict(mount.split("=", 1) for mount in self.mounts)
        folders = {place: unpacked(package, cache) for place, package in mounts.items()}
        root = unpacked(self.root, cache)
        files = sorted({path for pattern in self.patterns for path in root.glob(pattern) if path.is_file()})
        step = max(1.0, len(files) / self.most)
        spread = [files[int(index * step)] for index in range(min(self.most, len(files)))]
        with served(root, folders) as address:
            yield [f"{address}/{quote(path.relative_to(root).as_posix())}" for path in spread]


def read_sources(table: Path = TABLE) -> tuple[PageSource, ...]:
    """The sources of a table, of all kinds.

    Raises:
        ValueError: a name is there twice, or a split is unknown.
    """
    values = read_toml(table)
    sources = tuple(_source(kind, row) for kind, rows in values.items() for row in rows)
    names = [source.name for source in sources]
    if len(set(names)) != len(names):
        raise ValueError(f"{table}: a name is there twice: {sorted(names)}")
    if wrong := {source.split for source in sources} - set(SPLITS):
        raise ValueError(f"{table}: unknown splits {sorted(wrong)}; known: {', '.join(SPLITS)}")
    return sources


def _source(kind: str, row: Mapping[str, Any]) -> PageSource:
    where = f"{kind} {row.get('name')}"
    if kind == "mockups":
        from training.screen.mockups import Mockups

        return build_section(Mockups, where, {"views": 1, "settle": SETTLE, **row})
    if kind == "application":
        from training.screen.served import Application

        return build_section(Application, where, {"views": 1, "settle": SETTLE, **row})
    values = {("patterns" if key == "pages" else key): value for key, value in row.items()}
    return build_section(Folder, where, {"mounts": [], "views": 1, "settle": SETTLE, **values})


@contextmanager
def served(root: Path, mounts: Mapping[str, Path]) -> Iterator[str]:
    """Files of a folder, and of others below it, on a port of this machine: styles and modules load as on the web."""

    class Files(SimpleHTTPRequestHandler):
        def translate_path(self, path: str) -> str:
            for place, folder in mounts.items():
                if path.startswith(f"/{place}/"):
                    return str(folder / path.split("?", maxsplit=1)[0][len(place) + 2 :])
            return super().translate_path(path)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (its name in the base class)
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Files, directory=str(root))) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


def unpacked(root: str, cache: Path) -> Path:
    """The folder of a source's `root`, from its registry if it is not there yet."""
    match = re.fullmatch(r"(npm|pypi):(@?[^@]+@[^/]+)/?(.*)|(deb):([^/]+)/?(.*)", root)
    if match is None:
        return Path(root)
    kind, package, below = filter(lambda part: part is not None, match.groups())
    folder = cache / f"{kind}-{package.replace('/', '-')}"
    if not folder.is_dir():
        with tempfile.TemporaryDirectory() as temporary:
            new = Path(temporary) / "new"
            {"npm": _npm, "pypi": _pypi, "deb": _deb}[kind](package, new)
            folder.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(new, folder)
    return folder / below


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


def _deb(package: str, folder: Path) -> None:
    """The files of a package of Debian, which is not installed for it."""
    folder.mkdir()
    subprocess.run(["apt-get", "download", "-qq", package], cwd=folder.parent, check=True, capture_output=True)
    (archive,) = folder.parent.glob("*.deb")
    subprocess.run(["dpkg-deb", "--extract", str(archive), str(folder)], check=True, capture_output=True)
