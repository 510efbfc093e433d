"""JSON with shorter texts in it: the tree stays, its types and keys too; only strings are compressed.

So what comes out is always valid JSON. Does not drop keys, items or digits of numbers.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from tamis.compat.corrected import figures
from tamis.compat.options import TOKENIZER
from tamis.errors import InvalidBudget, InvalidInput, UnreadableInput, missing_extra
from tamis.text.counting import counter

_SETTINGS = ("rate", "compress", "value_type", "pair_remove")
Shorten = Callable[[list[str], float], list[str]]
"""Texts and the share of each that may stay -> the texts, shorter."""


@dataclass(frozen=True)
class Leaf:
    """A string of the tree: where it is, what it says, what may stay of it."""

    path: tuple[str | int, ...]
    text: str
    rate: float


def compress_tree(data: Any, config: Any, rate: float, shorten: Shorten) -> dict[str, Any]:
    """The package's dictionary, with a tree of the same shape as `compressed_prompt`.

    data -- what `json.loads` gives
    config -- None, or what to do with each key of the outermost object: `rate`, `compress`; a dict, or the path of a
        JSON or YAML file that holds one

    Raises:
        InvalidInput: data that JSON cannot say, keys that do not match the configuration, settings it does not know.
    """
    before = _as_text(data)
    rules = _rules(read_config(config), data, rate)
    leaves = list(_leaves(data, rules, rate))
    compressed = data
    for share in sorted({leaf.rate for leaf in leaves}):
        mine = [leaf for leaf in leaves if leaf.rate == share]
        for leaf, text in zip(mine, shorten([leaf.text for leaf in mine], share), strict=True):
            compressed = _with(compressed, leaf.path, text)
    count = counter(TOKENIZER)
    return {"compressed_prompt": compressed} | figures(count(before), count(_as_text(compressed)))


def _as_text(data: Any) -> str:
    if isinstance(data, str):  # most likely JSON that nobody parsed, and would lose its brackets
        raise InvalidInput(
            f"json_data is a text, got {data!r:.60}.", hint="Pass json.loads(text), or use compress_prompt."
        )
    try:
        return json.dumps(data, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidInput(
            f"json_data is nothing that JSON can say: {error}.", hint="Pass what json.loads gives."
        ) from error


def read_config(config: Any) -> Mapping[str, Any] | None:
    """The configuration, from a file if a path is given.

    Raises:
        UnreadableInput: no such file, or one that is neither JSON nor YAML.
        InvalidInput: no object.
        MissingExtra: a YAML file, and no package that reads it.
    """
    if config is None or isinstance(config, Mapping):
        return config
    if not isinstance(config, (str, Path)):
        raise InvalidInput(f"json_config must be a dict or a path, got {type(config).__name__}.")
    config_data = _parsed(Path(config))
    if not isinstance(config_data, Mapping):
        raise InvalidInput(f"{str(config)!r} must hold an object, got {type(config_data).__name__}.")
    return config_data


def _parsed(path: Path) -> Any:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableInput(f"The configuration {str(path)!r} cannot be read: {error}.") from error
    if path.suffix.lower() not in (".yaml", ".yml"):
        try:
            return json.loads(text)
        except ValueError as error:
            raise UnreadableInput(f"{str(path)!r} is no JSON: {error}.", hint="YAML ends in .yaml.") from error
    try:
        yaml = import_module("yaml")
    except ImportError as error:
        raise missing_extra("torch", "pyyaml") from error
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise UnreadableInput(f"{str(path)!r} is no YAML: {error}.") from error


def _rules(config: Mapping[str, Any] | None, data: Any, rate: float) -> dict[str, float]:
    """What may stay of each key of the outermost object; none where nothing is configured."""
    if config is None:
        return {}
    if not isinstance(data, Mapping):
        raise InvalidInput(f"json_config goes with an object, got {type(data).__name__}.", hint="Leave it out.")
    if odd := sorted(set(map(str, config)) ^ set(map(str, data))):
        raise InvalidInput(f"json_config and json_data differ in the key {odd[0]!r}.", hint="Configure every key once.")
    return {str(key): _rule(key, rule, rate) for key, rule in config.items()}


def _rule(key: Any, rule: Any, rate: float) -> float:
    if not isinstance(rule, Mapping) or not set(rule) <= set(_SETTINGS):
        raise InvalidInput(f"The settings of {key!r} are {rule!r:.60}.", hint=f"Known: {', '.join(_SETTINGS)}.")
    share = rule.get("rate", rate)
    if isinstance(share, bool) or not (isinstance(share, (int, float)) and 0 <= share <= 1):
        raise InvalidBudget(f"The rate of {key!r} must lie between 0 and 1, got {share!r}.")
    return float(share) if rule.get("compress", True) else 1.0


def _leaves(data: Any, rules: Mapping[str, float], rate: float, path: tuple[str | int, ...] = ()) -> Iterator[Leaf]:
    """The strings that are to be shortened."""
    share = rules.get(str(path[0]), rate) if path else rate
    if isinstance(data, str) and data and share < 1:
        yield Leaf(path, data, share)
    elif isinstance(data, (Mapping, list, tuple)):
        for key, value in data.items() if isinstance(data, Mapping) else enumerate(data):
            yield from _leaves(value, rules, rate, (*path, key))


def _with(data: Any, path: tuple[str | int, ...], text: str) -> Any:
    """The tree with one string replaced; what is not on the way to it is shared with the old one."""
    if not path:
        return text
    if isinstance(data, Mapping):
        return {key: _with(value, path[1:], text) if key == path[0] else value for key, value in data.items()}
    items = [_with(item, path[1:], text) if number == path[0] else item for number, item in enumerate(data)]
    return tuple(items) if isinstance(data, tuple) else items
