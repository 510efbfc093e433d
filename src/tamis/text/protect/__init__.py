"""What should survive compression: detectors find it, tags and terms pin it.

A detector is a function from a text to spans of it, in order and disjoint; compose your own with those of `DETECTORS`.
Finding is all that happens here: whether a span is a preference or an invariant is decided by who asks.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter

from tamis.errors import unknown
from tamis.text.protect.detection import Detection, Detector
from tamis.text.protect.keep import Keep, keep_spans, keep_tags
from tamis.text.protect.markup import code, markdown, quotes
from tamis.text.protect.places import emails, paths, urls
from tamis.text.protect.proper_names import names
from tamis.text.protect.values import dates, numbers
from tamis.text.protect.wording import negations, questions

__all__ = ["DEFAULT_DETECTORS", "DETECTORS", "Detection", "Detector", "Keep", "detect", "keep_spans", "keep_tags"]

DETECTORS: dict[str, Detector] = {
    "numbers": numbers,
    "negations": negations,
    "urls": urls,
    "emails": emails,
    "paths": paths,
    "code": code,
    "quotes": quotes,
    "dates": dates,
    "names": names,
    "questions": questions,
    "markdown": markdown,
}

# What is found is kept before all else while the budget lasts, so it must be small and each piece worth more than the
# words it displaces. Left out: `quotes`, since in dialogue and news half of the text stands between quotation marks;
# `markdown`, since a list marker or table pipe without what it marks says nothing, and line ends survive anyway.
DEFAULT_DETECTORS: tuple[str, ...] = (
    "numbers",
    "negations",
    "urls",
    "emails",
    "paths",
    "code",
    "dates",
    "names",
    "questions",
)


def detect(text: str, names: Sequence[str] = DEFAULT_DETECTORS) -> tuple[Detection, ...]:
    """Return what the named detectors find, in order; spans of different rules may overlap.

    Raises:
        UnknownName: no such detector.
    """
    for name in names:
        if name not in DETECTORS:
            raise unknown("detector", name, DETECTORS)
    detections = [(span.start, span.end, name, span) for name in dict.fromkeys(names) for span in DETECTORS[name](text)]
    detections.sort(key=itemgetter(0, 1, 2))
    return tuple(Detection(span, name) for _, _, name, span in detections)
