"""The report of a position curve: a table for each measure, as a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tamis.bench.position.summary import HEAD, Curve, cells
from tamis.bench.report import html_table, report

TITLE = "Position bias: what is looked up where"
ABOUT = """\
The same pairs are asked about in every place: exact is the share of answers that greedy decoding gives to the letter,
logprob the mean log-probability of the right answer in nats a token. The bias is the best place minus the worst one.
Intervals (95 %) come from drawing sets of pairs anew, both sides of one set together."""


def page(curves: Sequence[Curve], settings: Mapping[str, object]) -> str:
    """The page as HTML; it loads nothing.

    settings -- of the run, by name: model, method, pairs, ...
    """
    tables = (f"<section><h2>{curve.measure}</h2>{html_table(HEAD, cells(curve))}</section>" for curve in curves)
    return report(TITLE, ABOUT, settings, "\n".join(tables))
