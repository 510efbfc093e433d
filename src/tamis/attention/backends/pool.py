"""Threads that each compute on one core, beside a caller whose own setting stays as it is.

Many short parallel regions collapse on a busy machine; a thread a core, one region each, does not.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Lock
from typing import TypeVar

import torch

J = TypeVar("J")

_LOCK = Lock()
_POOLS: dict[tuple[int, int], ThreadPoolExecutor] = {}  # by process (threads do not survive a fork) and size


def spread(work: Callable[[J], None], jobs: Iterable[J], *, workers: int | None = None) -> None:
    """Do all jobs, on as many threads as torch would use here; the first error is raised again.

    Inside a job torch computes on one thread, without gradients.
    """
    waiting = list(jobs)
    count = torch.get_num_threads() if workers is None else workers
    if count == 1 or len(waiting) < 2:
        for job in waiting:
            _alone(work, job)
        return
    for done in [_pool(count).submit(_alone, work, job) for job in waiting]:
        done.result()


def _alone(work: Callable[[J], None], job: J) -> None:
    with torch.inference_mode():
        work(job)


def _pool(count: int) -> ThreadPoolExecutor:
    key = os.getpid(), count
    with _LOCK:
        if key not in _POOLS:
            _POOLS[key] = _started(count)
        return _POOLS[key]


def _started(count: int) -> ThreadPoolExecutor:
    """A pool whose threads have each set their own number of threads to 1.

    torch keeps that number per thread, but also one for threads to come, which is put back. A thread reads the latter
    when it first asks, so each asks before it sets.
    """
    before = torch.get_num_threads()
    together = Barrier(count)

    def single() -> None:
        torch.get_num_threads()
        torch.set_num_threads(1)
        together.wait()

    pool = ThreadPoolExecutor(count, thread_name_prefix="tamis-attention")
    for done in [pool.submit(single) for _ in range(count)]:
        done.result()
    torch.set_num_threads(before)
    return pool
