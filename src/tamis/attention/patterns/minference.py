"""MInference's configurations (arXiv 2407.02490): a file that says the pattern of each head, read into patterns.

A configuration is a list of layers, each a map of head number to [pattern, number, number, score]:
`vertical_and_slash` with vertical keys and distances, `stream_llm` with first and last keys, `block_sparse` with
blocks a row. The score plays no part. What `tamis.attention.search` writes says its schema, and is taken, too.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from tamis.attention.budget import Keys
from tamis.attention.geometry import BLOCK
from tamis.attention.patterns.blocks import BlockMean
from tamis.attention.patterns.configuration import Configuration
from tamis.attention.patterns.heads import HINT, PerHead
from tamis.attention.patterns.lines import VerticalSlash
from tamis.attention.patterns.protocol import Pattern
from tamis.attention.patterns.static import AShape
from tamis.errors import InvalidPlan, UnreadableInput

Config: TypeAlias = "str | Path | Sequence[Mapping[str, Sequence[Any]]] | Mapping[str, Any]"


def minference(
    config: Config | None = None, *, share: bool = False, exact: bool = False, block: int = BLOCK
) -> Pattern:
    """MInference (arXiv 2407.02490): patterns by head from a configuration.

    Without one every head is read by verticals and slashes of a sixteenth of the length, 512 keys at least: absolute
    numbers such as (1000, 6096) would be nearly dense attention up to 100,000 tokens.

    Args:
        config: a file of MInference's or of `tamis.attention.search`, or what such a file holds.
        share: see `PerHead`.
        exact: vertical keys as single columns; else their whole blocks, which a CPU reads faster. A file that was
            searched for has whole blocks.
        block: queries of a row and keys of a block; a file that was searched for says its own.

    Raises:
        UnreadableInput: no such file.
        InvalidPlan: no such configuration.
    """
    if config is None:
        return VerticalSlash(block=block)
    layers = _read(config) if isinstance(config, (str, Path)) else config
    if isinstance(layers, Mapping):
        return Configuration.of(layers).selector(share=share)
    if not isinstance(layers, Sequence) or not layers:
        raise InvalidPlan(f"{type(layers).__name__} of {len(layers)} as a configuration.", hint=HINT)
    return PerHead(tuple(_layer(n, heads, exact, block) for n, heads in enumerate(layers)), share, block)


def _read(path: str | Path) -> Any:
    try:
        return json.loads(Path(path).read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise InvalidPlan(f"{path} is not JSON: {error}.", hint=HINT) from error
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableInput(f"{path} cannot be read: {error}.", hint=HINT) from error


def _layer(number: int, heads: Mapping[str, Sequence[Any]], exact: bool, block: int) -> tuple[Pattern, ...]:  # noqa: FBT001
    where = f"Layer {number}"
    if not isinstance(heads, Mapping) or sorted(map(str, heads)) != sorted(map(str, range(len(heads)))) or not heads:
        raise InvalidPlan(f"{where} of the configuration is {str(heads)[:60]}.", hint=HINT)
    entries = {str(head): entry for head, entry in heads.items()}
    return tuple(_pattern(f"{where}, head {n}", entries[str(n)], exact, block) for n in range(len(entries)))


def _pattern(where: str, entry: Sequence[Any], exact: bool, block: int) -> Pattern:  # noqa: FBT001
    try:
        kind, one, two = str(entry[0]), int(entry[1]), int(entry[2])
        if kind == "vertical_and_slash":
            return VerticalSlash(counts=(one, two), exact=exact, share=False, block=block)
        if kind == "stream_llm":
            return AShape(one, two, block)
        if kind == "block_sparse":
            return BlockMean(Keys(one * block), share=False, block=block)
    except (TypeError, ValueError, IndexError, KeyError) as error:
        raise InvalidPlan(f"{where} of the configuration is {entry!r}.", hint=HINT) from error
    raise InvalidPlan(f"{where} of the configuration is of kind {kind!r}.", hint=HINT)
