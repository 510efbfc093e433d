"""The server behind `tamis-hook`: one process a user that holds the models warm, and goes after a while without work.

It listens on a Unix socket in a folder of its owner's alone, or on a port of 127.0.0.1 with a token. A lock of the
system says that it is the only one; whatever a killed one left behind, the next one takes away.
"""

from __future__ import annotations

import os
import secrets
import socket
import socketserver
import sys
import time
from pathlib import Path
from threading import Lock
from typing import Any

from tamis import __version__
from tamis.edge.hook import places
from tamis.edge.hook.client import LARGE, PROTOCOL, by_port
from tamis.errors import TamisError
from tamis.io.journal import JournalBusy, LineFile

IDLE = 1_800.0  # seconds without a request, after which it goes
TICK = 1.0  # seconds between two looks whether it should go
SLOW = 30.0  # seconds that a client may take to say what it wants
WAIT = 5.0  # seconds that a new server waits for an old one to go


class Shelves:
    """The stores of originals that requests name, opened once each, and the ledger."""

    def __init__(self) -> None:
        self._stores: dict[str, Any] = {}
        self._ledger: Any = None
        self._lock = Lock()

    def store(self, place: str) -> Any:
        """The store at a place, "" for the default one."""
        from tamis.prompt.recovery import open_originals

        with self._lock:
            if place not in self._stores:
                password = os.environ.get("TAMIS_STORE_PASSWORD") or None
                self._stores[place] = open_originals(place or None, password=password)
            return self._stores[place]

    def ledger(self) -> Any:
        """The ledger."""
        from tamis.edge.hook.ledger import HookLedger

        with self._lock:
            if self._ledger is None:
                self._ledger = HookLedger()
            return self._ledger


class _Handler(socketserver.StreamRequestHandler):
    """One request: a line of fields, as many bytes as it says, an answer, and the sign that it was printed."""

    server: HookServer
    timeout = SLOW

    def handle(self) -> None:
        """Answer; what goes wrong is logged, and the client told that there is nothing."""
        began = time.monotonic()
        try:
            self._answer(self.rfile.readline(1 << 20).decode("utf-8", "surrogateescape").rstrip("\n").split("\x1f"))
        except (ConnectionError, TimeoutError) as error:
            places.log(f"server: the hook went away after {time.monotonic() - began:.1f} s: {error}")
        except Exception as error:
            places.log(f"server: {type(error).__name__}: {error}")
            self._send("none", b"")

    def _answer(self, fields: list[str]) -> None:
        if fields == [""]:  # somebody has looked whether there is a server
            return
        size, protocol, version, token, store, path, *words = fields
        if self.server.token and not secrets.compare_digest(token.encode(), self.server.token.encode()):
            self._send("refused", b"a wrong token")
            return
        if (protocol, version) != (PROTOCOL, __version__):
            self._send("outdated", f"version {__version__} makes room for {version}".encode())
            self.server.done = True
            return
        payload = self.rfile.read(min(int(size), LARGE))
        if len(payload) != int(size):
            raise ConnectionError("half an event")
        self._hand_over(payload, words, store, path)

    def _hand_over(self, payload: bytes, words: list[str], store: str, path: str) -> None:
        from tamis.edge.hook.answer import Reachable, answered, wishes_of

        ledger = self.server.shelves.ledger()
        answer = answered(payload, wishes_of(words), Reachable(self.server.shelves.store(store), path), ledger)
        self._send("answer" if answer.body else "none", answer.body)
        if answer.exchange is not None and self.rfile.read(1) == b"k":
            ledger.add(answer.exchange)
            if answer.exchange.transcript:
                ledger.look(answer.exchange.transcript)  # (at this moment of those before it)

    def _send(self, kind: str, body: bytes) -> None:
        self.wfile.write(f"{kind} {len(body)}\n".encode() + body)


class HookServer(socketserver.ThreadingMixIn, socketserver.BaseServer):
    """Answers requests, each in a thread of its own.

    Attributes:
        token: that clients must know; "" where the folder keeps others out.
        done: whether it should go.
        shelves: what requests need.
    """

    daemon_threads = True
    block_on_close = False
    request_queue_size = 64
    timeout = TICK

    def __init__(self, folder: Path, idle: float) -> None:
        """Listen in a folder.

        Raises:
            OSError: it cannot.
        """
        super().__init__(str(folder), _Handler)
        self.shelves, self.done, self.token = Shelves(), False, ""
        self._folder, self._idle, self._last, self._active, self._lock = folder, idle, time.monotonic(), 0, Lock()
        self.socket = self._port() if by_port() else self._unix()
        self.socket.listen(self.request_queue_size)

    def _unix(self) -> socket.socket:
        os.chdir(self._folder)  # a path in full may be too long
        Path(places.SOCKET).unlink(missing_ok=True)
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.bind(places.SOCKET)
        os.chmod(places.SOCKET, 0o600)
        return listener

    def _port(self) -> socket.socket:
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.bind(("127.0.0.1", 0))
        self.token = secrets.token_hex(16)
        path = self._folder / places.PORT
        path.unlink(missing_ok=True)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(f"{listener.getsockname()[1]} {self.token}\n")
        return listener

    # what socketserver asks of a server

    def fileno(self) -> int:
        """Of the socket."""
        return self.socket.fileno()

    def get_request(self) -> tuple[socket.socket, Any]:
        """The next connection."""
        self._last = time.monotonic()
        return self.socket.accept()

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Handle one, and know that it is being handled."""
        self._count(1)
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._count(-1)

    def _count(self, step: int) -> None:
        with self._lock:
            self._active += step
            self._last = time.monotonic()

    def shutdown_request(self, request: Any) -> None:
        """Close a connection."""
        request.close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Log what escaped a handler."""
        places.log(f"server: {sys.exc_info()[1]!r}")

    def run(self) -> None:
        """Serve until nothing was asked for a while, the folder is gone, or another version is wanted."""
        name = self._folder / (places.PORT if by_port() else places.SOCKET)
        known = name.stat().st_ino
        self._last = time.monotonic()
        while not self.done and (self._active or time.monotonic() - self._last < self._idle):
            self.handle_request()
            try:
                if name.stat().st_ino != known:
                    return
            except OSError:
                return
        name.unlink(missing_ok=True)
        self.socket.close()
        while self._active and time.monotonic() - self._last < SLOW:
            time.sleep(0.05)


def warm_up() -> None:
    """Load what answers need: models, vocabulary, forms."""
    from tamis.edge.hook.answer import Wishes, decision_on
    from tamis.edge.hook.transcript import LastTurns

    failures = "".join(f"2026-01-02 03:04:{n % 60:02d} ERROR worker {n}: request {n} failed\n" for n in range(80))
    records = "[" + ", ".join(f'{{"id": {n}, "name": "client {n * 7}"}}' for n in range(60)) + "]"
    prose = " ".join(f"The committee met {n} times in the year {1900 + n} about the quay." for n in range(40))
    for tool, text in (("Bash", failures), ("Bash", records), ("WebFetch", prose)):
        decision_on(text, tool, {"command": "make"}, LastTurns("Why did it fail?", ""), Wishes(least=0), None)


def _locked(folder: Path) -> LineFile | None:
    """The lock of the only server; None where another one has it and keeps it."""
    until = time.monotonic() + WAIT
    while True:
        try:
            return LineFile(folder / places.LOCK, lambda lines: 0)
        except JournalBusy:
            if time.monotonic() > until:
                return None
            time.sleep(0.1)


def main() -> int:
    """Serve, if no other does."""
    folder = Path(places.meeting())
    os.environ.pop("TAMIS_STORE", None)  # (of the hook that started it; each request names its own)
    idle = float(os.environ.get("TAMIS_HOOK_IDLE") or IDLE)
    lock = _locked(folder)
    if lock is None:
        return 0
    try:
        with lock:
            lock.append(str(os.getpid()).encode())
            server = HookServer(folder, idle)
            warm_up()
            (folder / places.MARK).unlink(missing_ok=True)
            server.run()
    except (OSError, TamisError) as error:
        places.log(f"server: {type(error).__name__}: {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
