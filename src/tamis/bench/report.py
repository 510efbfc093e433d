"""The reports of benchmarks that are tables: as text, and as a page that stands by itself. Knows no benchmark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tamis.io import page as frame
from tamis.io.page import Markup, escape


def report(title: str, about: str, settings: Mapping[str, object], body: str, *, pictures: bool = False) -> str:
    """The page as HTML; it loads nothing.

    Args:
        title: of the page, plain text.
        about: what the figures mean, plain text.
        settings: of the run, by name: model, size, sessions, ...
        body: HTML.
        pictures: there are some in the body, as data.
    """
    fields = {
        "title": title,
        "settings": " \u00b7 ".join(f"{name} {value}" for name, value in settings.items()),
        "about": about,
        "body": Markup(body),
    }
    return frame.page("tamis.bench:report", title=title, fields=fields, pictures=pictures)


def html_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table whose first column names its rows; plain text in, HTML out."""
    top = "".join(f"<th>{escape(name)}</th>" for name in head)
    lines = (
        f"<tr><th>{escape(row[0])}</th>{''.join(f'<td>{escape(cell)}</td>' for cell in row[1:])}</tr>" for row in rows
    )
    return f"<div class=scroll><table><tr>{top}</tr>{''.join(lines)}</table></div>"


def text_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The same as text: the first column to the left, the others to the right."""
    wide = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    lines = (
        "  ".join([row[0].ljust(wide[0]), *(cell.rjust(width) for cell, width in zip(row[1:], wide[1:], strict=True))])
        for row in (head, *rows)
    )
    return "\n".join(line.rstrip() for line in lines)
