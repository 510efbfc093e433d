"""The report of compressed prompts: a table for each rate, as a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tamis.bench.prompt.summary import HEAD, PromptLine, cells
from tamis.bench.report import html_table, report

TITLE = "Compressed prompts: what methods keep"
ABOUT = """\
Every method compresses the same texts to the same budgets of tokens. An answer is kept if it stands in what is
left, word for word but for case, punctuation and articles; intervals (95 %) come from drawing tasks anew, both methods
of one task together. Whether a model gives the answer is not measured here."""


def page(lines: Sequence[PromptLine], settings: Mapping[str, object]) -> str:
    """The page as HTML; it loads nothing.

    settings -- of the run, by name: files, tokenizer, ...
    """
    rates = dict.fromkeys(line.rate for line in lines)
    return report(TITLE, ABOUT, settings, "\n".join(_rate(rate, lines) for rate in rates))


def _rate(rate: float, lines: Sequence[PromptLine]) -> str:
    rows = [cells(line) for line in lines if line.rate == rate]
    return f"<section><h2>{100 * rate:g} % of the tokens</h2>{html_table(HEAD, rows)}</section>"
