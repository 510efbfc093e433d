"""`tamis-hook`: hands the event of an agent to the server, and its answer back. Whatever happens, it exits with 0.

An agent waits for it after each call of a tool, so it imports next to nothing: no json (the server reads the event), no
typing, `_socket` in place of `socket`. It answers in time or not at all.

    tamis-hook [--rate R] [--tokens N] [--least N] [--reads]     the event on stdin, the answer on stdout
    tamis-hook warm                                              start the server, for the beginning of a session
"""

from __future__ import annotations

import _socket
import os
import sys
import time

from tamis import __version__
from tamis.edge.hook import places

TYPE_CHECKING = False  # (true for type checkers)

if TYPE_CHECKING:
    from collections.abc import Sequence

PROTOCOL = "1"
DEADLINE = 3.0  # seconds, with the start of a server
SHORT = 3_000  # bytes of an event below which no result in it is worth a question
LARGE = 32 << 20  # bytes of an event that are read
PATIENCE = 10.0  # seconds in which no second server is started
STEP = 0.02  # seconds between two looks for a server that starts


def main() -> int:
    """What the console script runs."""
    answer_event(sys.argv[1:])
    os._exit(0)  # (nothing is buffered; a full pipe at the interpreter's end would be another exit code)


def answer_event(words: Sequence[str] = ()) -> int:
    """Answer the event on standard input, or let it be; always 0."""
    try:
        _run(list(words))
    except BaseException as error:
        places.log(f"hook: {type(error).__name__}: {error}")
    return 0


def server_is_there() -> bool:
    """Whether a server listens."""
    here = os.getcwd()
    try:
        connection = _connection(places.meeting())
    except OSError:
        return False
    finally:
        os.chdir(here)
    if connection is not None:
        connection.close()
    return connection is not None


def server_pid() -> str:
    """The process of the server that was last; "" where there was none."""
    try:
        with open(os.path.join(places.meeting(), places.LOCK), encoding="ascii") as file:
            return file.read().strip()
    except OSError:
        return ""


def send_away() -> bool:
    """Take the server its meeting place, so that it goes; whether there was one."""
    path = os.path.join(places.meeting(), places.PORT if by_port() else places.SOCKET)
    try:
        os.remove(path)
    except OSError:
        return False
    return True


def _run(words: list[str]) -> None:
    began = time.monotonic()
    until = began + float(os.environ.get("TAMIS_HOOK_DEADLINE") or DEADLINE)
    if "warm" in words:
        folder = places.meeting()
        if _connection(folder) is None:
            _start(folder)
        return
    store = _store()  # (as seen from the agent's folder, which is left for a short path to the socket)
    event = _event()
    if len(event) >= SHORT:
        _ask(event, [store, os.environ.get("PATH") or "", *words], until)


def _store() -> str:
    """Where originals are kept, in full; a slash at the end says that it is a folder."""
    store = os.environ.get("TAMIS_STORE") or ""
    if not store or "://" in store:
        return store
    return os.path.abspath(store) + "/" * store.endswith(("/", os.sep))


def _event() -> bytes:
    """What stands on standard input."""
    parts, size = [], 0
    while part := os.read(0, 1 << 16):
        parts.append(part)
        size += len(part)
        if size > LARGE:
            raise ValueError(f"an event of more than {LARGE >> 20} MB is left alone")
    return b"".join(parts)


def _ask(event: bytes, words: list[str], until: float) -> None:
    """Hand the event over, and print what comes back."""
    folder = places.meeting()
    connection = _connection(folder)
    if connection is None:
        _start(folder)
        while connection is None and time.monotonic() < until:
            time.sleep(STEP)
            connection = _connection(folder)
    if connection is None:
        raise TimeoutError("the server was not there in time")
    kind, answer = _exchange(connection, _header(folder, words, len(event)) + event, until)
    if kind == "answer":
        _write(answer)
        connection.send(b"k")  # from here on it counts as handed over
    elif kind != "none":
        raise ValueError(f"the server says {kind}: {answer.decode(errors='replace')}")


def _header(folder: str, words: list[str], size: int) -> bytes:
    """What the server has to know: whether it is of this version, and of the shell that the agent uses."""
    fields = [PROTOCOL, __version__, _token(folder)]
    line = "\x1f".join(field.replace("\n", " ") for field in [str(size), *fields, *words])
    return line.encode("utf-8", "surrogateescape") + b"\n"


def _exchange(connection: _socket.socket, request: bytes, until: float) -> tuple[str, bytes]:
    """Send a request; the kind of answer, and the answer."""
    view, sent = memoryview(request), 0
    while sent < len(view):
        _hurry(connection, until)
        sent += connection.send(view[sent : sent + (1 << 18)])
    reply = b""
    while b"\n" not in reply or len(reply) < _whole(reply):
        _hurry(connection, until)
        part = connection.recv(1 << 18)
        if not part:
            raise ConnectionError("the server went away")
        reply += part
    head, _, body = reply.partition(b"\n")
    return head.split()[0].decode(), body


def _whole(reply: bytes) -> int:
    """How many bytes a reply has in the end."""
    head = reply.partition(b"\n")[0]
    return len(head) + 1 + int(head.split()[1])


def _hurry(connection: _socket.socket, until: float) -> None:
    rest = until - time.monotonic()
    if rest <= 0:
        raise TimeoutError("no answer in time")
    connection.settimeout(rest)


def _write(answer: bytes) -> None:
    view, sent = memoryview(answer), 0
    while sent < len(view):
        sent += os.write(1, view[sent:])


def by_port() -> bool:
    """Whether hook and server meet at a port of 127.0.0.1, for want of Unix sockets."""
    return not hasattr(_socket, "AF_UNIX") or bool(os.environ.get("TAMIS_HOOK_TCP"))


def _connection(folder: str) -> _socket.socket | None:
    """A connection to the server; None where there is none that listens."""
    connection = _socket.socket(_socket.AF_INET if by_port() else _socket.AF_UNIX, _socket.SOCK_STREAM)
    try:
        connection.settimeout(1)
        if by_port():
            connection.connect(("127.0.0.1", int(_port(folder)[0])))
        else:
            os.chdir(folder)  # a path in full may be too long for a socket
            connection.connect(places.SOCKET)
    except (OSError, ValueError, IndexError):
        connection.close()
        return None
    return connection


def _port(folder: str) -> list[str]:
    with open(os.path.join(folder, places.PORT), encoding="ascii") as file:
        return file.read().split()


def _token(folder: str) -> str:
    return _port(folder)[1] if by_port() else ""


def _start(folder: str) -> None:
    """Start a server that outlives this process, unless one was started a moment ago."""
    mark = os.path.join(folder, places.MARK)
    try:
        if 0 <= time.time() - os.stat(mark).st_mtime < PATIENCE:
            return
    except FileNotFoundError:
        pass
    with open(mark, "w", encoding="ascii"):
        os.utime(mark)
    import subprocess  # takes longer to import than all the rest

    command = [sys.executable, "-m", "tamis.edge.hook.server"]
    null = subprocess.DEVNULL
    alone = getattr(subprocess, "DETACHED_PROCESS", 0)  # (of Windows; elsewhere a session of its own does it)
    subprocess.Popen(
        command, cwd=folder, start_new_session=True, creationflags=alone, stdin=null, stdout=null, stderr=null
    )


if __name__ == "__main__":
    main()
