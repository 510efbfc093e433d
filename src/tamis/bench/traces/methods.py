"""Ways to shorten the result of a tool to a share of its tokens: ours, and the plain ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

import numpy as np

import tamis
from tamis.bench.traces.tasks import TraceTask
from tamis.core import Floats
from tamis.prompt.methods.auto.features import okapi
from tamis.prompt.request import Request
from tamis.text.identifiers import TOKEN

Shortener: TypeAlias = Callable[[TraceTask, float, str], str]
"""A task, the share of its tokens that may stay, and whose tokens (a tokenizer); returns what does."""

OURS = tamis.Options(form="auto")
LINES = tamis.Options(form="lines", omissions=False)


def head_tail(requests: Sequence[Request]) -> list[Floats]:
    """Lines from both ends."""
    places = [np.arange(len(r.units)) for r in requests]
    return [-np.minimum(at, at[::-1]).astype(np.float64) for at in places]


def bm25_lines(requests: Sequence[Request]) -> list[Floats]:
    """Lines by their words in common with the task."""
    scores = []
    for request in requests:
        words = [TOKEN.findall(body) for body in request.units.bodies()]
        line = np.repeat(np.arange(len(words)), [len(row) for row in words])
        bodies = [word for row in words for word in row]
        scores.append(okapi(bodies, line, len(words), TOKEN.findall(request.question or "")))
    return scores


def random_lines(requests: Sequence[Request]) -> list[Floats]:
    """Lines by chance."""
    return [np.random.default_rng(0).random(len(request.units)) for request in requests]


def _by_task(task: TraceTask, rate: float, tokenizer: str) -> str:
    return tamis.compress(task.text, rate=rate, question=task.task, tokenizer=tokenizer, options=OURS).text


def _blind(task: TraceTask, rate: float, tokenizer: str) -> str:
    return tamis.compress(task.text, rate=rate, tokenizer=tokenizer, options=OURS).text


def _lines_by(method: Callable[[Sequence[Request]], list[Floats]]) -> Shortener:
    def shorten(task: TraceTask, rate: float, tokenizer: str) -> str:
        question = task.task
        return tamis.compress(
            task.text, rate=rate, question=question, tokenizer=tokenizer, method=method, options=LINES
        ).text

    return shorten


BASELINES: Mapping[str, Shortener] = {
    "BM25 lines": _lines_by(bm25_lines),
    "head + tail": _lines_by(head_tail),
    "random lines": _lines_by(random_lines),
}
SHORTENERS: Mapping[str, Shortener] = {"tamis, task": _by_task, "tamis": _blind, **BASELINES}
