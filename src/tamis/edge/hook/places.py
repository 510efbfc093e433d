"""Where the hook and its server meet, and where they keep what they note. Imports nothing that takes time."""

from __future__ import annotations

import os
import time

SOCKET = "hook.sock"
PORT = "hook.port"
"""In place of the socket where the system has none: a port of 127.0.0.1, and a token that whoever asks must know."""
LOCK = "hook.lock"
MARK = "hook.starting"
LOG = "hook.log"
LEDGER = "hook.db"
MOST = 1 << 18  # bytes of the log


def meeting() -> str:
    """The folder of the socket, for its owner alone; it is made where there is none.

    Raises:
        OSError: it cannot be made, or somebody else may look into it.
    """
    run = os.environ.get("XDG_RUNTIME_DIR")
    user = os.getuid() if hasattr(os, "getuid") else os.environ.get("USERNAME", "")
    temporary = os.environ.get("TMPDIR") or os.environ.get("TEMP") or "/tmp"
    place = os.environ.get("TAMIS_HOOK_DIR") or (f"{run}/tamis" if run else f"{temporary}/tamis-{user}")
    return _private(place)


def notes() -> str:
    """The folder of the log and the ledger.

    Raises:
        OSError: it cannot be made.
    """
    home = os.environ.get("XDG_STATE_HOME") or os.path.join(os.path.expanduser("~"), ".local", "state")
    return _private(os.environ.get("TAMIS_HOOK_DIR") or os.path.join(home, "tamis"))


def _private(place: str) -> str:
    if not os.path.isdir(place):
        os.makedirs(os.path.dirname(place) or ".", exist_ok=True)
        try:
            os.mkdir(place, 0o700)
        except FileExistsError:
            if not os.path.isdir(place):  # (else another hook was faster)
                raise
    state = os.lstat(place)
    if hasattr(os, "getuid") and (state.st_uid != os.getuid() or state.st_mode & 0o077 or os.path.islink(place)):
        raise PermissionError(f"{place!r} is not for its owner alone (chmod 700)")
    return os.path.abspath(place)


def log(message: str) -> None:
    """Add a line to the log; nothing where that cannot be done."""
    try:
        path = os.path.join(notes(), LOG)
        full = os.path.exists(path) and os.path.getsize(path) > MOST
        with open(path, "w" if full else "a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(f"{time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())} {' '.join(message.split())[:600]}\n")
    except OSError:
        return


def last_lines(count: int) -> list[str]:
    """The last lines of the log."""
    try:
        with open(os.path.join(notes(), LOG), encoding="utf-8", errors="replace") as file:
            return file.read().splitlines()[-count:]
    except OSError:
        return []
