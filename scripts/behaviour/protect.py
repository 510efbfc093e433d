"""What must stay in a text: detectors, pins, tags, and budgets that are too small for it."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from typing import Any

from .compress import compression
from .inputs import DETECTORS, ENGLISH, TEXTS
from .outcomes import Calls
from .places import resolve

TAGS = {
    "one": "Ship it. <keep>Do not call before 9.</keep> She may also pay later, if she likes to do so at all.",
    "two": "<keep>A b</keep> c d e f g <keep>h</keep> i j k l m n o p.",
    "open": "Ship <keep>it and do not call.", "close": "Ship it</keep> and do not call.",
    "nested": "<keep>a <keep>b</keep> c</keep> d e f", "empty": "a <keep></keep> b c d",
}  # fmt: skip


def protecting(_: Path) -> Calls:
    """Detectors, pins and tags."""
    yield from _detectors()
    for label, keep in _pins().items():
        yield f"keep/{label}", partial(compression, ENGLISH, rate=0.3, keep=keep)
        yield f"keep/{label}/stopwords", partial(compression, ENGLISH, rate=0.3, keep=keep, method="stopwords")
    for label, text in TAGS.items():
        yield f"tags/{label}", partial(compression, text, rate=0.6)
    yield "too-small", partial(compression, ENGLISH, tokens=3, keep=["Okafor", "Aalto"])
    yield "too-small/rate", partial(compression, "<keep>" + ENGLISH + "</keep>", rate=0.5)


def _detectors() -> Calls:
    options = resolve("tamis").Options
    for name in DETECTORS:
        for text in ("en", "md"):
            settings = options(detectors=(name,))
            yield f"detector/{name}/{text}", partial(compression, TEXTS[text], rate=0.4, options=settings)
    for label, names in (("none", ()), ("all", DETECTORS)):
        yield f"detector/{label}", partial(compression, ENGLISH, rate=0.4, options=options(detectors=names))


def _pins() -> dict[str, Any]:
    return {
        "term": ["Okafor"], "pattern": [re.compile(r"\d+ March")], "span": [resolve("tamis").Span(10, 40)],
        "offsets": [(100, 130)], "several": ["quay", re.compile(r"lamps\?"), (0, 3)], "bare": "Aalto",
        "absent": ["Zanzibar"], "empty": [""], "backwards": [(9, 3)], "outside": [(5, 99_999)], "wrong": [7],
    }  # fmt: skip
