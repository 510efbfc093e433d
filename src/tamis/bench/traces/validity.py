"""Whether what is left of a result is still one: data parses, code parses, other lines stand in the source."""

from __future__ import annotations

from tamis.bench.traces.tasks import TraceTask
from tamis.errors import TamisError
from tamis.prompt.forms.code.form import Code
from tamis.prompt.forms.table import FORMS
from tamis.prompt.kinds.marks import language_by_look
from tamis.prompt.options import Options, Style

PARSED = ("json", "jsonl", "csv", "tsv", "xml", "yaml", "code")
NOTE = "\u2026"  # in every line that says what was left out


def valid(task: TraceTask, text: str) -> bool | None:
    """Whether a shortened result keeps what its kind promises; None where the source does not, or nobody can tell.

    Data and code must parse where their source does. Of other kinds each line must stand in the source, in its order,
    or say by an ellipsis that lines were left out.
    """
    if task.kind not in PARSED:
        return subsequence(task.text, text)
    form = Code(language_by_look(task.text) or "") if task.kind == "code" else FORMS[task.kind](Options(), Style())
    try:
        return form.check(text) if form.check(task.text) else None
    except TamisError:  # the grammar is not installed
        return None


def subsequence(source: str, text: str) -> bool:
    """Whether the lines of a text, but for notes, are lines of its source in order."""
    lines = iter(line.strip() for line in source.splitlines())
    return all(line.strip() in lines for line in text.splitlines() if line.strip() and NOTE not in line)
