"""Comments in YAML that say how many lines went. Whole lines only: never inside of a text, never in a line."""

from __future__ import annotations

from dataclasses import replace

from tamis.prompt.forms.data.frame import Framed
from tamis.prompt.forms.lines import SHORT, lines_note
from tamis.text.edits import Edits, Insertion

SIGN = "# "


def with_comments(units: Framed, edits: Edits) -> Edits:
    """The edits, with a comment in place of each run of lines that went, indented like the line behind it."""
    text = units.text
    insets = [(int(inset.offsets[0]), int(inset.offsets[-1])) for inset in units.insets]
    notes: list[Insertion] = []
    for end, start in zip(edits.ends[:-1].tolist(), edits.starts[1:].tolist(), strict=True):
        whole = text[end : end + 1] == "\n" == text[start : start + 1]
        if not whole or start - end <= SHORT or any(low <= start < high for low, high in insets):
            continue
        line = text[start + 1 :].split("\n", 1)[0]
        indent = line[: len(line) - len(line.lstrip())]
        count = text.count("\n", end, start)
        if line.strip() and not line.lstrip().startswith(("---", "...")):
            notes.append(Insertion(start, f"\n{indent}{SIGN}{lines_note(count)}"))
    return replace(edits, insertions=tuple(notes))
