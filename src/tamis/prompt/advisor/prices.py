"""What models cost, with their prompt caches: a table with the source of each row; a caller's own go first."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from numbers import Real
from typing import Any, TypeAlias

from tamis.errors import InvalidInput, unknown
from tamis.io.files import read_text

MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Tariff:
    """The prices of a model, in US dollars a million tokens.

    Attributes:
        model: its name.
        input: of tokens that no cache holds and none is to hold.
        read: of tokens that the cache holds.
        write: of tokens that the cache is to hold: dearer at Anthropic, the same as `input` elsewhere.
        output: of tokens that the model writes.
        minimum: the tokens from which on a prefix is cached.
        source, date: where the prices stand, and when they were read there.
    """

    model: str
    input: float
    read: float
    write: float
    output: float = 0.0
    minimum: int = 0
    source: str = "the caller"
    date: str = ""


Prices: TypeAlias = "Tariff | Mapping[str, Any] | Iterable[Mapping[str, Any]] | str | os.PathLike[str]"


@cache
def tariffs() -> tuple[Tariff, ...]:
    """The table that comes with tamis. Prices change: look at the dates, or bring your own."""
    text = files("tamis.prompt.advisor").joinpath("prices.json").read_text(encoding="utf-8")
    return tuple(_tariff(row) for row in json.loads(text)["prices"])


def tariff_of(model: str, prices: Prices | None = None) -> Tariff:
    """The prices of a model, by its name or what its name begins with.

    prices -- the caller's own: a `Tariff`, a mapping or rows with its members, or a JSON file of these

    Raises:
        UnknownName: no such model in the table. InvalidInput: prices that cannot be used.

    Example: tariff_of("claude-sonnet-4-5-20250929").input -> 3.0
    """
    if isinstance(prices, Tariff):
        return prices
    table = (*_own(prices), *tariffs())
    name = _plain(model)
    fits = [row for row in table if re.match(rf"{re.escape(_plain(row.model))}(?![^-:@])", name)]
    if not fits:
        raise unknown("model", model, [row.model for row in table])
    longest = max(len(row.model) for row in fits)
    return next(row for row in fits if len(row.model) == longest)


def _plain(model: object) -> str:
    """A name without its provider, dots as hyphens: "anthropic/claude-opus-4.5" and "claude-opus-4-5" are one."""
    return str(model).lower().rpartition("/")[2].replace(".", "-")


def _own(prices: object) -> list[Tariff]:
    if prices is None:
        return []
    if isinstance(prices, (str, os.PathLike)):
        try:
            prices = json.loads(read_text(os.fspath(prices)))
        except (ValueError, RecursionError) as error:
            raise InvalidInput(f"The prices are no JSON: {error}.", hint=_HINT) from error
    if isinstance(prices, Mapping):
        prices = prices.get("prices", [prices])
    if not isinstance(prices, Iterable):
        raise InvalidInput(f"{prices!r:.80} are no prices.", hint=_HINT)
    return [_tariff(row) for row in prices]


def _tariff(row: Any) -> Tariff:
    names = {field.name for field in fields(Tariff)}
    if not isinstance(row, Mapping) or "input" not in row or not names.issuperset(row):
        raise InvalidInput(f"{row!r:.80} is no row of prices.", hint=_HINT)
    price = row["input"]
    values = {"model": "own", "read": price, "write": price, **row}
    for name in ("input", "read", "write", "output", "minimum"):
        value = values.get(name, 0)
        if isinstance(value, bool) or not isinstance(value, Real) or not 0 <= float(value) < float("inf"):
            raise InvalidInput(f"{name} is a price in dollars a million tokens, got {value!r}.", hint=_HINT)
    return Tariff(**values)


_HINT = 'Rows are like {"model": "m", "input": 3, "read": 0.3, "write": 3.75, "output": 15, "minimum": 1024}.'
