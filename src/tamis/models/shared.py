"""What is opened once a process and then shared: weights take longer to read than most texts.

`once` wraps a function that opens something; `close_all` lets go of whatever such functions have opened.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from threading import Lock
from typing import Generic, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


class Once(Generic[P, R]):
    """A function that opens something, called once for each set of arguments. Thread-safe.

    Arguments are told apart as `functools.lru_cache` does, so they are hashable; who calls spells them in one way.
    """

    def __init__(self, function: Callable[P, R], size: int) -> None:
        self._lock, self._cached = Lock(), lru_cache(maxsize=size)(function)
        self.__doc__, self.__name__ = function.__doc__, getattr(function, "__name__", "")

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """What the function opens; others that ask for the same meanwhile wait for it."""
        with self._lock:
            return self._cached(*args, **kwargs)  # type: ignore[arg-type]  # (hashable, or lru_cache says so)

    def close(self) -> None:
        """Let go of all that is open; what callers still hold keeps working."""
        with self._lock:
            self._cached.cache_clear()


_CLOSERS: list[Callable[[], None]] = []


def once(*, size: int) -> Callable[[Callable[P, R]], Once[P, R]]:
    """Make a function open the same thing once a process.

    size -- how many are kept open; the one that was longest not asked for goes first
    """

    def decorate(function: Callable[P, R]) -> Once[P, R]:
        shared = Once(function, size)
        _CLOSERS.append(shared.close)
        return shared

    return decorate


def close_all() -> None:
    """Let go of all that any such function has opened."""
    for close in _CLOSERS:
        close()
