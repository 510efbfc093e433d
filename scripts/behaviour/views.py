"""A result looked at: as a page, on a terminal, as text."""

from __future__ import annotations

import io
import re
from functools import partial
from pathlib import Path
from typing import Any

from .inputs import ENGLISH, ODD, TEXTS
from .outcomes import Calls
from .places import resolve


def viewing(_: Path) -> Calls:
    """A result as a page, on a terminal, as data."""
    compress = resolve("tamis").compress
    for name in ("en", "zh", "emoji", "code", "md", "empty"):
        result = compress(TEXTS[name], rate=0.5, keep=[re.compile("a")] if name == "en" else ())
        yield f"{name}/html", partial(result.to_html, title=f"<{name}>")
        yield f"{name}/text", partial(str, result)
        yield f"{name}/plain", partial(_painted, result, None)
        yield f"{name}/colours", partial(_painted, result, "truecolor")
    yield "odd/plain", lambda: _painted(compress(ODD, rate=0.5), None)
    yield "untitled", lambda: compress(ENGLISH, rate=0.5, question="Who?").to_html()


def _painted(result: Any, colours: str | None) -> str:
    from rich.console import Console

    stream = io.StringIO()
    console = Console(file=stream, width=80, color_system=colours, force_terminal=colours is not None)  # type: ignore[arg-type]
    console.print(result)
    return stream.getvalue()
