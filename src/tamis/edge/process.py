"""A command that is run with its output held back: nothing else of it changes, neither its exit code nor its signals.

Output is held in memory up to a limit; what is longer flows on as it comes, from its beginning, and is not held.
"""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any

CHUNK = 1 << 16
LINGER = 2.0  # seconds that a pipe may stay silent after its command ended: others, in the background, may hold it open
NOT_FOUND, NOT_EXECUTABLE = 127, 126
FORWARD = ("SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2")
TYPED = ("SIGINT", "SIGQUIT")  # which a terminal sends to the command, too


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is left of a command.

    Attributes:
        code: its exit code; less than 0 for the signal that ended it.
        output: what it printed; None where that has flowed on.
    """

    code: int
    output: bytes | None


def watched(
    command: Sequence[str],
    *,
    limit: int,
    flow: Callable[[bytes], object],
    copy: Callable[[bytes], object] | None,
    apart: bool,
) -> Outcome:
    """Run a command, and hold its output.

    limit -- bytes that are held at most
    flow -- takes what is more
    copy -- takes all of it as it comes
    apart -- standard error is not held, and goes where it would go

    Raises:
        OSError: the command cannot be started.
    """
    errors = None if apart else subprocess.STDOUT
    with subprocess.Popen(list(command), stdout=subprocess.PIPE, stderr=errors) as process, _forwarding(process):
        held: list[bytes] | None = []
        size = 0
        for chunk in _chunks(process):
            size += len(chunk)
            if copy is not None:
                copy(chunk)
            if held is not None and size > limit:
                flow(b"".join(held))
                held = None
            if held is None:
                flow(chunk)
            else:
                held.append(chunk)
        code = process.wait()
    return Outcome(code, None if held is None else b"".join(held))


def _chunks(process: subprocess.Popen[bytes]) -> Iterator[bytes]:
    """What a command prints, until the pipe closes, or is silent for a while after its end."""
    assert process.stdout is not None
    pipe, quiet = process.stdout.fileno(), 0.0
    with selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        while True:
            if not selector.select(0.25):
                if process.poll() is not None:
                    quiet = quiet or time.monotonic()
                    if time.monotonic() - quiet > LINGER:
                        return
                continue
            chunk = os.read(pipe, CHUNK)
            if not chunk:
                return
            quiet = 0.0
            yield chunk


@contextmanager
def _forwarding(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Hand signals on to the command, and outlive them: it decides what they mean."""

    def forward(number: int, frame: FrameType | None) -> None:
        if signal.Signals(number).name not in TYPED or not _at_terminal():
            process.send_signal(number)

    names = [name for name in (*FORWARD, *TYPED) if hasattr(signal, name)]
    known: dict[int, Any] = {}
    try:
        for name in names:
            number = getattr(signal, name)
            if signal.getsignal(number) != signal.SIG_IGN:  # (of `nohup`: it is handed down)
                known[number] = signal.signal(number, forward)
        yield
    finally:
        for number, handler in known.items():
            signal.signal(number, handler)


def _at_terminal() -> bool:
    """Whether keys of a terminal reach this process and the command alike."""
    try:
        return os.tcgetpgrp(0) == os.getpgrp()
    except (OSError, AttributeError):
        return False


def become(command: Sequence[str]) -> int:
    """Be the command, for good; on systems that cannot, run it.

    Raises:
        OSError: it cannot be started.
    """
    if sys.platform != "win32":
        sys.stdout.flush()
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # (Python ignores it, and what is ignored is handed down)
        os.execvp(command[0], list(command))
    return subprocess.run(list(command), check=False).returncode


def end_like(code: int) -> int:
    """The exit code of a command for this process, which a signal ends if one ended the command."""
    if code >= 0:
        return code
    sys.stdout.flush()
    if sys.platform != "win32":
        signal.signal(-code, signal.SIG_DFL) if -code not in (signal.SIGKILL, signal.SIGSTOP) else None
        os.kill(os.getpid(), -code)
    return 128 - code
