"""A page of checked texts: how their scores lie beside those of known texts, and why the most novel ones are so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from tamis.core import Floats
from tamis.io.page import Markup, fill, page
from tamis.novelty.detector import Detector, Novelty

SHOWN = 200  # rows of the table
LENGTH = 240  # characters of a text in it
BINS = 60
_WIDTH, _HEIGHT, _FLOOR = 600, 150, 165
_ROW = (
    '<tr class="{{verdict}}"><td class="number">{{p}}</td><td class="number">{{score}}</td><td>{{verdict}}</td>'
    "<td>{{text}}</td><td>{{unseen}}</td><td>{{nearest}}</td></tr>"
)


def novelty_page(detector: Detector, results: Sequence[Novelty], *, rate: float, title: str) -> str:
    """One HTML file: the figures, two histograms with the threshold, and the texts, most novel first."""
    novel = sum(result.novel for result in results)
    figures = {"texts": f"{len(results):,}", "novel": f"{novel:,}", "rate asked for": f"{100 * rate:g} %"}
    ranked = sorted(results, key=lambda result: (result.p, -result.score))
    left = len(ranked) - SHOWN
    fields = {
        "title": title,
        "figures": Markup(
            "".join(fill("<div><dt>{{n}}</dt><dd>{{v}}</dd></div>", {"n": n, "v": v}) for n, v in figures.items())
        ),
        "promise": str(detector.promise(rate)),
        "label": f"{novel} of {len(results)} texts are novel",
        "bars": Markup("".join(_bars(detector, results, rate))),
        "rows": Markup("".join(_row(result) for result in ranked[:SHOWN])),
        "rest": Markup(fill('<p class="note">{{n}} more are not listed.</p>', {"n": f"{left:,}"}) if left > 0 else ""),
    }
    return page("tamis.novelty:page", title=f"{title} - tamis", fields=fields)


def _row(result: Novelty) -> Markup:
    nearest = result.nearest
    return fill(
        _ROW,
        {
            "verdict": result.verdict,
            "p": f"{result.p:.4f}",
            "score": f"{result.score:.2f}",
            "text": _short(result.text),
            "unseen": ", ".join(result.unseen[:12]),
            "nearest": "" if nearest is None else f"{nearest.similarity:.2f} {_short(nearest.text)}",
        },
    )


def _short(text: str) -> str:
    return text if len(text) <= LENGTH else f"{text[:LENGTH]} ..."


def _bars(detector: Detector, results: Sequence[Novelty], rate: float) -> Iterator[str]:
    """The bars of both histograms, each as high as its own largest, the axis and the threshold."""
    checked = np.array([result.score for result in results])
    reference = detector.calibration.scores
    low = min(-2.0, float(np.quantile(reference, 0.01)))
    high = max(2.5, float(np.quantile(np.concatenate([reference, checked]), 0.99)))
    for style, scores, shift in (("first", reference, 0.0), ("second", checked, 0.5)):
        yield from _histogram(scores, low, high, style, shift)
    yield f'<line class="axis" x1="0" x2="{_WIDTH}" y1="{_FLOOR}" y2="{_FLOOR}"/>'
    for value in range(int(np.ceil(low)), int(high) + 1, max(1, round((high - low) / 12))):
        yield f'<text x="{_place(value, low, high):.1f}" y="{_FLOOR + 16}">{value}</text>'
    threshold = detector.calibration.threshold(rate)
    if np.isfinite(threshold):
        x = _place(threshold, low, high)
        yield f'<line x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="{_FLOOR}"/>'


def _histogram(scores: Floats, low: float, high: float, style: str, shift: float) -> Iterator[str]:
    counts, _ = np.histogram(np.clip(scores, low, high), BINS, (low, high))
    step = _WIDTH / BINS
    for place, count in enumerate(counts.tolist()):
        if count:
            height = _HEIGHT * count / counts.max()
            x, y = (place + shift) * step, _FLOOR - height
            yield f'<rect class="{style}" x="{x:.1f}" y="{y:.1f}" width="{step / 2:.1f}" height="{height:.1f}"/>'


def _place(value: float, low: float, high: float) -> float:
    return _WIDTH * (min(max(value, low), high) - low) / (high - low)
