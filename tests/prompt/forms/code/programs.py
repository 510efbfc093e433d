"""Programs for tests: one by hand in each language, and Python of any shape."""

from __future__ import annotations

from pathlib import Path

from hypothesis import strategies as st

SAMPLES = {file.stem: file.read_text() for file in sorted((Path(__file__).parent / "samples").glob("*.txt"))}
"""By the names of the languages."""

_LINES = [
    "x = 1",
    "lamp(x)",
    "# a comment",
    "total += lamp.price",
    "return None",
    "",
    "rows = [\n    1,\n    2,\n]",
    'text = """a\n  lamp"""',
    "assert x, (\n    x\n)",
    "a = 1; b = 2",
    "if x: y = 2",
    "lamp = lambda: (\n    0\n)",
    "\f",
]
_HEADS = [
    ("if x:", "elif y:", "else:"),
    ("for x in lamps:", "else:"),
    ("while x:",),
    ("with lamp as x:",),
    ("try:", "except OSError:", "except ValueError as e:", "else:", "finally:"),
    ("try:", "finally:"),
    ("def lamp(x):",),
    ("async def lamp(\n    x,\n):",),
    ("@lit\nclass Lamp:",),
]
_DOCSTRINGS = ['"""A lamp."""', '"""A lamp.\n\n    It is red.\n    """', "'A lamp'", "# (none)\nx = 0"]


def _indented(lines: list[str]) -> str:
    text = "\n".join(lines)
    return "\n".join("    " + line if line else line for line in text.split("\n"))


def _body(lines: list[str]) -> str:
    return _indented(lines if any(line.strip() and line.strip()[0] != "#" for line in lines) else [*lines, "pass"])


@st.composite
def _compound(draw: st.DrawFn, inner: st.SearchStrategy[str]) -> str:
    heads = draw(st.sampled_from(_HEADS))
    parts = []
    for head in heads:
        lines = draw(st.lists(inner, min_size=1, max_size=5))
        if head.startswith(("def", "async", "@")) and draw(st.booleans()):
            lines = [draw(st.sampled_from(_DOCSTRINGS)), *lines]
        parts += [head, _body(lines)]
    return "\n".join(parts)


def python_programs() -> st.SearchStrategy[str]:
    """Programs that parse, and look like Python."""
    statement = st.recursive(st.sampled_from(_LINES), _compound, max_leaves=25)
    head = "import os\nfrom sys import path\n\n\ndef main(x):\n    return self.x\n\n\n"
    return st.lists(statement, max_size=8).map(lambda lines: head + "\n".join(lines) + "\n")
