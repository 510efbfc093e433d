"""The report of shortened results of tools as a page: curves and a table for each kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tamis.bench.paired import Difference
from tamis.bench.plot import plot
from tamis.bench.report import html_table, report
from tamis.bench.traces.summary import ALL, HEAD, TraceLine, cells
from tamis.io.page import escape

TITLE = "Results of tools: what methods keep"
ABOUT = """\
Every method shortens the same results of tools to the same budgets of tokens. A needed line is kept if it stands in
what is left as it stood in the source; a needed string, if it stands anywhere in it. Valid: data and code still parse;
other lines stand in the source or say that lines were left out. Cost: of the result over ten turns with a provider's
cache (writing 1.25, reading .1), where what is missing is asked for again and comes whole, beside leaving it as it is.
Other packages shorten to what they like; beside each, tamis with as many tokens. Intervals (95 %) come from drawing
sources anew, both methods of one result together; kinds weigh alike."""


def page(lines: Sequence[TraceLine], settings: Mapping[str, object]) -> str:
    """The page as HTML; it loads nothing.

    settings -- of the run, by name: file, tokenizer, ...
    """
    kinds = dict.fromkeys(line.kind for line in sorted(lines, key=lambda line: line.kind != ALL))
    sections = [_section(kind, [line for line in lines if line.kind == kind]) for kind in kinds]
    return report(TITLE, ABOUT, settings, "\n".join(sections))


def _section(kind: str, lines: Sequence[TraceLine]) -> str:
    title = "All kinds" if kind == ALL else kind
    rows = [cells(line)[1:] for line in lines]
    return f"<section class=plots><h2>{escape(title)}</h2>{_plot(lines)}{html_table(HEAD[1:], rows)}</section>"


def _plot(lines: Sequence[TraceLine]) -> str:
    """A curve for each method; nothing where there is but one rate."""
    curves: dict[str, dict[float, Difference]] = {}
    for line in lines:
        if line.rate is not None:
            curves.setdefault(line.method, {})[line.rate] = line.kept
    if len({rate for curve in curves.values() for rate in curve}) < 2:
        return ""
    return f"<figure>{plot(curves, 'facts kept, %', scale=100)}</figure>"
