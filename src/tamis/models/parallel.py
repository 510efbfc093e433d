"""Spread calls that release the interpreter lock over threads. Results never depend on how many there are."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from tamis.errors import InvalidInput
from tamis.io.progress import steps

J = TypeVar("J")
R = TypeVar("R")

VARIABLE = "TAMIS_THREADS"
_CPUS = Path("/sys/devices/system/cpu")
_QUOTA = Path("/sys/fs/cgroup/cpu.max")


def thread_count(wanted: int | None = None) -> int:
    """How many threads to use: what the caller wants, else `TAMIS_THREADS`, else the physical cores at hand.

    Raises:
        InvalidInput: not a positive whole number.
    """
    if wanted is None and VARIABLE not in os.environ:
        return cores()
    setting = os.environ[VARIABLE] if wanted is None else str(wanted)
    if not (setting.isascii() and setting.isdecimal()) or int(setting) < 1:
        where = VARIABLE if wanted is None else "threads"
        raise InvalidInput(f"{where} must be a whole number of at least 1, got {setting!r}.")
    return int(setting)


def cores() -> int:
    """Physical cores that this process may run on, no more than a container's quota."""
    if not hasattr(os, "sched_getaffinity"):  # macOS, Windows
        return os.cpu_count() or 1
    siblings = {_siblings(cpu) for cpu in os.sched_getaffinity(0)}
    return max(1, min(len(siblings), _quota()))


def _siblings(cpu: int) -> str:
    """Name of the physical core of a logical one; its own number where the system does not say."""
    try:
        return (_CPUS / f"cpu{cpu}/topology/thread_siblings_list").read_text()
    except OSError:
        return str(cpu)


def _quota() -> int:
    """Whole processors that a container may use (cgroup v2); a large number without a limit."""
    try:
        limit, period = _QUOTA.read_text().split()
        return int(limit) // int(period) or 1
    except (OSError, ValueError):
        return 1 << 16


def spread(work: Callable[[J], R], jobs: Iterable[J], workers: int) -> list[R]:
    """`work` applied to every job, in their order; an interrupt drops the jobs not yet begun. Somebody may `watch`."""
    waiting: Sequence[J] = list(jobs)
    if workers == 1 or len(waiting) < 2:
        return list(steps(map(work, waiting), len(waiting)))
    with ThreadPoolExecutor(min(workers, len(waiting)), thread_name_prefix="tamis") as pool:
        return list(steps(pool.map(work, waiting), len(waiting)))
