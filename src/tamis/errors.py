"""What can go wrong, as one tree.

    TamisError
    ├── InvalidInput (ValueError)        an argument cannot be used as it is
    │   ├── InvalidBudget                a rate, token count or threshold out of range
    │   ├── InvalidKeep                  a `keep` term, span or regular expression
    │   ├── UnknownName                  no such method, model, tokenizer, detector, order
    │   ├── InvalidTurn                  a turn that cannot be remembered as it is
    │   │   └── DuplicateTurn            its id is taken
    │   ├── InvalidPlan                  an attention plan or a cache budget that does not fit its tensors
    │   └── NoEnds                       processes of which too few ended to learn how they end
    ├── BudgetTooSmall (ValueError)      what is pinned does not fit
    ├── RiskyResult (ValueError)         a shortened text that says something else than its source
    ├── UnreadableInput (OSError)        a file that is not text, or cannot be read
    │   └── UnreadableImage              a picture that is cut short, of no known kind, or too large
    ├── OutputError (OSError)            a result that cannot be written
    ├── ModelError
    │   ├── ModelNotFound                no model there
    │   ├── ModelCorrupt                 a model is there, but a file is missing, cut short or of another kind
    │   └── UnsupportedModel             a model whose attention or cache cannot be taken over
    ├── RemoteError                      a server that cannot be reached, refuses, or answers nonsense
    │   └── NoLogprobs                   it answers, but without log-probabilities of the prompt
    ├── StoreError                       a memory, or another database, that cannot be read or written
    │   ├── UnknownScope                 nothing was ever stored under that name
    │   ├── UnknownOriginal              no text is kept under that id
    │   ├── StoreCorrupt                 a database of something else, or a damaged one
    │   ├── StoreTooNew                  written by a later version of tamis
    │   ├── StaleVersion                 another has written meanwhile: try again
    │   └── StoreUnavailable             locked, read-only, disk full, or a server that is away
    └── MissingExtra (ImportError)       an optional dependency is not installed

Every message quotes what was given; `hint` says what to do about it. Anything else that escapes from tamis is a bug.
"""

from __future__ import annotations

import difflib
import shlex
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

_HERE = Path(__file__).resolve()


class TamisError(Exception):
    """Base of every error that tamis raises on purpose.

    `hint` says what to do; it is part of `str(error)`.
    """

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(f"{message} {hint}".rstrip() if hint else message)
        self.hint = hint


class InvalidInput(TamisError, ValueError):
    """An argument that cannot be used as it is."""


class InvalidBudget(InvalidInput):
    """A rate, token count or threshold out of range."""


class InvalidKeep(InvalidInput):
    """A `keep` term, span or regular expression that cannot be used."""


class UnknownName(InvalidInput):
    """A name that is in no table: the message lists the known ones."""


class InvalidTurn(InvalidInput):
    """A turn that cannot be remembered as it is."""


class DuplicateTurn(InvalidTurn):
    """A turn whose id is taken in its scope."""


class InvalidPlan(InvalidInput):
    """An attention plan, a configuration or a cache budget that does not fit the tensors it is used with."""


class NoEnds(InvalidInput):
    """Processes of which too few ended to learn how they end."""


class BudgetTooSmall(TamisError, ValueError):
    """What is pinned does not fit into the budget.

    Attributes:
        limit: the budget, in units of cost.
        needed: what the pinned units cost together.
    """

    def __init__(self, message: str, *, limit: int, needed: int, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.limit = limit
        self.needed = needed


class RiskyResult(TamisError, ValueError):
    """A shortened text that says something else than its source, where `on_risk="raise"` asked to be told."""


class UnreadableInput(TamisError, OSError):
    """A file that is missing, binary, or not valid UTF-8."""


class UnreadableImage(UnreadableInput):
    """A picture that is cut short, of no known kind, or larger than is read."""


class OutputError(TamisError, OSError):
    """A result that cannot be written; nothing was left half-written."""


class ModelError(TamisError):
    """A model that cannot be used."""


class ModelNotFound(ModelError):
    """There is no model of that name or at that place."""


class ModelCorrupt(ModelError):
    """A model is there, but a file of it is missing, cut short or of another kind."""


class UnsupportedModel(ModelError):
    """A model whose attention or cache cannot be taken over; the message says which part is unknown."""


class RemoteError(TamisError):
    """A server that cannot be reached, refuses, or answers what cannot be used.

    Attributes:
        status: the HTTP status of its last answer; None where there was none.
    """

    def __init__(self, message: str, *, status: int | None = None, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.status = status


class NoLogprobs(RemoteError):
    """A server that answers well, but gives no log-probabilities of the prompt."""


class StoreError(TamisError):
    """A memory, or another database, that cannot be read or written; what was acknowledged before is still there."""


class UnknownScope(StoreError):
    """A scope that cannot be, or that nothing was ever stored in: a misspelt name is not an empty memory."""


class UnknownOriginal(StoreError):
    """An id under which no original is kept: it never was, has expired, or had to make room."""


class StoreCorrupt(StoreError):
    """A database that holds something else than what it is opened for, or a damaged one."""


class StoreTooNew(StoreError):
    """A database written by a later version of tamis."""


class StaleVersion(StoreError):
    """A scope that another thread or process has written to since it was read; nothing was written: try again."""


class StoreUnavailable(StoreError):
    """A database that is locked, read-only, on a full disk, or on a server that is away."""


class MissingExtra(TamisError, ImportError):
    """An optional dependency is not installed."""


def unknown(kind: str, name: object, names: Iterable[str]) -> UnknownName:
    """Return the error for a name that is in no table, with the nearest known name."""
    table = sorted(names)
    near = difflib.get_close_matches(str(name), table, n=1)
    guess = f"Did you mean {near[0]!r}? " if near else ""
    return UnknownName(f"Unknown {kind} {name!r}.", hint=f"{guess}Known: {', '.join(table)}.")


def missing_extra(extra: str, package: str) -> MissingExtra:
    """Return the error for an optional package that is not installed."""
    return MissingExtra(f"This needs the package {package!r}.", hint=f"Install it with: {install(extra)}")


def needs(extra: str, *packages: str) -> None:
    """Make sure that optional packages are installed, without importing them.

    Raises:
        MissingExtra: one is not.
    """
    for package in packages:
        if find_spec(package) is None:
            raise missing_extra(extra, package)


def install(extra: str) -> str:
    """Return the command that installs an extra, in the versions that tamis is known to work with.

    These are pinned by a file beside the package, or in the source tree: a looser range may pull gigabytes.
    """
    pins = (_HERE.with_name("constraints.txt"), _HERE.parents[2] / "constraints.txt")
    pinned = next((f" -c {shlex.quote(str(path))}" for path in pins if path.is_file()), "")
    return f"pip install 'tamis[{extra}]'{pinned}"
