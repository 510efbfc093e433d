"""The report of a memory's recall: the table as a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tamis.bench.memory.summary import RecallLine, cells, head
from tamis.bench.report import html_table, report

TITLE = "Memories: how much of the evidence they recall"
ABOUT = """\
The share of the turns that hold an answer among those recalled within a budget of tokens; no language model judges.
Intervals (95 %) come from drawing questions anew, the answers of both systems to a question together."""


def page(lines: Sequence[RecallLine], budgets: Sequence[int], first: str, settings: Mapping[str, object]) -> str:
    """The page as HTML; it loads nothing.

    settings -- of the run, by name: file, tokenizer, ...
    """
    return report(TITLE, ABOUT, settings, html_table(head(budgets, first), [cells(line) for line in lines]))
