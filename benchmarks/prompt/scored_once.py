"""Compress one source at many rates while scoring it once per method. The compression itself is `tamis.compress`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from tamis.core import Floats
from tamis.prompt.methods.protocol import Scorer
from tamis.prompt.methods.table import METHODS
from tamis.prompt.request import Request


def remembered(scorer: Scorer) -> Scorer:
    """Return the scorer with a memory of its last few sources: scores do not depend on the rate."""
    memory: dict[object, Floats] = {}

    def key(request: Request) -> object:
        units = request.units.starts.tobytes()  # those of one text differ by form
        return request.text, request.question, request.options.detectors, request.style, units

    def scored(requests: Sequence[Request]) -> list[Floats]:
        new = [r for r in requests if key(r) not in memory]
        while len(memory) > 8 + len(requests):
            memory.pop(next(iter(memory)))
        memory.update(zip(map(key, new), scorer(new) if new else [], strict=True))
        return [memory[key(r)] for r in requests]

    return scored


@contextmanager
def scoring_once() -> Iterator[None]:
    """Give every method a memory for as long as this lasts."""
    saved = dict(METHODS)
    METHODS.update({name: replace(method, score=remembered(method.score)) for name, method in saved.items()})
    try:
        yield
    finally:
        METHODS.update(saved)
