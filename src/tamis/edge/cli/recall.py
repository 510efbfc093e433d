"""`tamis recall`: what a memory says to a question."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import datetime
from time import perf_counter
from typing import TYPE_CHECKING, Any

from tamis.edge.cli.memory_parser import Remembering
from tamis.edge.cli.opening import opened
from tamis.errors import InvalidInput

if TYPE_CHECKING:
    from tamis.memory import Passage, Recall


def run(arguments: Remembering) -> int:
    """Print the passages, or all of it as JSON."""
    from tamis.edge.memories import shortener

    compress = None if arguments.compress is None else shortener(arguments.compress)
    with opened(arguments, write=False) as memory:
        began = perf_counter()
        found = memory.recall(
            arguments.question,
            arguments.tokens,
            tokenizer=arguments.tokenizer,
            now=_date(arguments.now),
            explain=arguments.explain,
            compress=compress,
        )
        seconds = perf_counter() - began
    _print(found, arguments)
    if not arguments.quiet:
        count = len(found.turn_ids)
        said = f"{count} turn{'s' * (count != 1)} in {len(found.passages)} passages, {found.tokens:,} tokens"
        print(f"tamis: {said}, relevance {found.relevance:.2f} ({seconds:.2f} s)", file=sys.stderr)
    return 0


def _print(found: Recall, arguments: Remembering) -> None:
    if arguments.json:
        passages = [as_json(passage) for passage in found.passages]
        said = {"text": found.text, "tokens": found.tokens, "relevance": found.relevance, "passages": passages}
        print(json.dumps(said, ensure_ascii=False, indent=2))
    elif arguments.explain:
        for passage in found.passages:
            where = " ".join(
                part for part in (f"{passage.start:%Y-%m-%d}" if passage.start else "", passage.session) if part
            )
            print(f"[{where}] score {passage.score:.2f}: {passage.why}\n{passage.text}\n")
    elif found.text:
        print(found.text)


def as_json(passage: Passage) -> dict[str, Any]:
    """A passage as JSON values."""
    times = {
        name: time.isoformat() if time else None for name, time in (("start", passage.start), ("end", passage.end))
    }
    return asdict(passage) | times


def _date(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        return datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError as error:
        raise InvalidInput(f"{text!r} is no date.", hint="Write it as in 2023-05-08 or 2023-05-08T13:56.") from error
