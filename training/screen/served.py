"""Applications that are started on this machine and looked at like pages."""

from __future__ import annotations

import logging
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from training.screen.sources import SETTLE

LOG = logging.getLogger(__name__)
HERE = Path(__file__).with_name("applications")
_PATIENCE = 60.0  # seconds that an application may take until it answers


@dataclass(frozen=True, slots=True)
class Application:
    """A source whose pages an application makes.

    In command lines `{port}` is the port to listen on, `{home}` a folder of the application's own, `{python}` this
    Python, `{here}` the folder of helpers beside this file.

    Attributes:
        needs: programs and folders of this system without which there are no pages.
        prepare: command lines that are run once, in the application's folder.
        command: the command line that serves it.
        paths: of the pages, behind the address.
        views: of each page.
        settle: milliseconds until a page has built itself.
    """

    name: str
    licence: str
    split: str
    needs: tuple[str, ...]
    prepare: tuple[str, ...]
    command: str
    paths: tuple[str, ...]
    views: int = 1
    settle: int = SETTLE

    @contextmanager
    def pages(self, cache: Path) -> Iterator[Sequence[str]]:
        """The pages' addresses while the application runs; none where this system lacks what it needs."""
        missing = [need for need in self.needs if not (shutil.which(need) or Path(need).exists())]
        if missing:
            LOG.warning("%s needs %s", self.name, ", ".join(missing))
            yield []
            return
        home = (cache / f"application-{self.name}").resolve()
        words = {"home": str(home), "python": sys.executable, "here": str(HERE), "port": str(_free_port())}
        self._prepare(home, words)
        with _running(_line(self.command, words), home, int(words["port"])):
            yield [f"http://127.0.0.1:{words['port']}{path}" for path in self.paths]

    def _prepare(self, home: Path, words: Mapping[str, str]) -> None:
        mark = home / ".prepared"
        if not mark.is_file():
            home.mkdir(parents=True, exist_ok=True)
            for line in self.prepare:
                subprocess.run(_line(line, words), cwd=home, env=_environment(home), check=True, capture_output=True)
            mark.touch()


def _line(command: str, words: Mapping[str, str]) -> list[str]:
    return [part.format(**words) for part in shlex.split(command)]


def _environment(home: Path) -> Mapping[str, str]:
    """That of this process, with the application's own packages and folder."""
    return {**os.environ, "HOME": str(home), "PYTHONPATH": str(home / "site"), "NO_COLOR": "1"}


@contextmanager
def _running(command: Sequence[str], home: Path, port: int) -> Iterator[None]:
    """A process that serves a port; it and its children end with the block."""
    with (home / "log.txt").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=home, env=_environment(home), stdout=log, stderr=log, start_new_session=True
        )
        try:
            _wait(port, process)
            yield
        finally:
            with suppress(ProcessLookupError):  # it has ended itself
                os.killpg(process.pid, signal.SIGTERM)
            process.wait(10)


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    """Until somebody answers at the port.

    Raises:
        OSError: nobody did, or the process has ended.
    """
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.3)
        else:
            return
    raise OSError(f"no answer from {process.args!r}, see log.txt in its folder")


def _free_port() -> int:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return int(server.getsockname()[1])
