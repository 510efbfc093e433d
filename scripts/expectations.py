"""Rewrite the samples of docs/expect.md: texts of many kinds before and after, at three rates, by default options.

The sources are `expectations.toml` beside this file. `tests/test_expectations.py` compares.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:  # pragma: no cover
    import tomli as tomllib

import tamis

PAGE = Path(__file__).resolve().parents[1] / "docs" / "expect.md"
SOURCES = Path(__file__).with_suffix(".toml")
MARK = "<!-- From here on: written by scripts/expectations.py -->\n"
RATES = (0.5, 0.33, 0.2)


def samples() -> list[dict[str, Any]]:
    """The texts, each with its kind and language."""
    rows: list[dict[str, Any]] = tomllib.loads(SOURCES.read_text(encoding="utf-8"))["sample"]
    return rows


def written(rows: Iterable[dict[str, Any]]) -> str:
    """The samples as Markdown."""
    return "\n".join(line for row in rows for line in _sample(row)) + "\n"


def _sample(row: dict[str, Any]) -> Iterator[str]:
    text = row["text"].strip("\n")
    yield f"\n### {row['kind']}: {row['language']}\n"
    yield _block(text)
    for rate in RATES:
        result = tamis.compress(text, rate=rate)
        yield f"\n`rate={rate}`, {result.tokens} of {result.original_tokens} tokens:\n"
        yield _block(result.text) if result.text.strip() else "(nothing: no clause of it fits)"


def _block(text: str) -> str:
    """Prose as a quotation, which flows; what has lines of its own as it is, in a fence of its own sign."""
    if "\n" not in text.strip():
        return f"> {text.strip()}"
    return "\n".join(("~~~~text", text.strip("\n"), "~~~~"))


def main() -> None:
    """Rewrite the page behind its mark."""
    head = PAGE.read_text(encoding="utf-8").partition(MARK)[0]
    PAGE.write_text(head + MARK + written(samples()), encoding="utf-8")


if __name__ == "__main__":
    main()
