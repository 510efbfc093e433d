"""The report of compressed prompts as a page: curves, tables, and examples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tamis.bench.paired import Difference
from tamis.bench.plot import plot
from tamis.bench.prompt.run import FULL
from tamis.bench.prompt.summary import MEASURES, PromptLine, Table, name_of, tables
from tamis.bench.prompt.tasks import PromptTask, text_of
from tamis.bench.report import html_table, report
from tamis.io.journal import Row
from tamis.io.page import escape

TITLE = "Compressed prompts: what methods keep"
ABOUT = """\
Every method compresses the same texts to the same budgets of tokens. An answer is kept if it stands in what is
left, word for word but for case, punctuation and articles; every word of it, if its words stand anywhere. A reader is a
language model that gets text and question: the log-probability is that of a token of the right answer, the mean, in
nats; exact match and F1 are of what it says itself. Inverted is a denied word without its negator, dangling a negator
without it, joined two sentences without an end between them, cut a word in part. Intervals (95 %) come from drawing
texts anew, both methods of one text together."""
CLIPPED = 1_500  # characters of an example


def page(
    lines: Sequence[PromptLine],
    settings: Mapping[str, object],
    rows: Sequence[Row] = (),
    tasks: Sequence[PromptTask] = (),
) -> str:
    """The page as HTML; it loads nothing.

    Args:
        lines: of the tables.
        settings: of the run, by name: files, tokenizer, ...
        rows: of which those with `after` are shown as examples.
        tasks: that the rows are of.
    """
    sections = [_plots(lines), *map(_section, tables(lines)), _examples(rows, tasks)]
    return report(TITLE, ABOUT, settings, "\n".join(section for section in sections if section))


def _section(table: Table) -> str:
    return f"<section><h2>{escape(table.title)}</h2>{html_table(table.head, table.rows)}</section>"


def _plots(lines: Sequence[PromptLine]) -> str:
    """A drawing for each measure; nothing where there is but one rate."""
    drawn = [line for line in lines if line.method != FULL]
    if len({line.rate for line in drawn}) < 2:
        return ""
    figures = "".join(
        f"<figure>{_plot(lines, key)}</figure>" for key in MEASURES if any(key in line.measures for line in drawn)
    )
    return f"<section class=plots>{figures}</section>" if figures else ""


def _plot(lines: Sequence[PromptLine], key: str) -> str:
    name, scale = MEASURES[key]
    curves: dict[str, dict[float, Difference]] = {}
    for line in lines:
        if line.method != FULL and key in line.measures:
            curves.setdefault(line.method, {})[line.rate] = line.measures[key].value
    full = [line.measures[key].value.mean for line in lines if line.method == FULL and key in line.measures]
    return plot(curves, name, scale=scale, level=full[0] if full else None)


def _examples(rows: Sequence[Row], tasks: Sequence[PromptTask]) -> str:
    """The first texts before and after, the methods under one another."""
    named = {task.name: task for task in tasks}
    parts = []
    for name in dict.fromkeys(row["task"] for row in rows if "after" in row and row["task"] in named):
        task, after = named[name], [row for row in rows if row["task"] == name and "after" in row]
        asked = f"<p>{escape(task.question)} \u2014 {escape('; '.join(task.answers))}</p>" if task.question else ""
        texts = [("before", text_of(task)), *((_title(row), row["after"]) for row in after)]
        entries = "".join(f"<dt>{escape(title)}</dt><dd>{escape(_clipped(text))}</dd>" for title, text in texts)
        parts.append(f"<section><h2>Example: {escape(name)}</h2>{asked}<dl class=example>{entries}</dl></section>")
    return "\n".join(parts)


def _title(row: Row) -> str:
    says = f", the reader says: {row['said']}" if row.get("said") else ""
    return f"{name_of(row)} at {100 * row['rate']:g} %: {row['tokens']} of {row['original']} tokens{says}"


def _clipped(text: str) -> str:
    return text if len(text) <= CLIPPED else f"{text[:CLIPPED]} \u2026"
