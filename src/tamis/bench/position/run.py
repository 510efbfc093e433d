"""Lookups asked of a model: as it is, and in the block that a method makes. One row each, kept as they come."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

from tamis.attention.position import Lookup
from tamis.bench.rows import Advance, collect
from tamis.io.journal import Row

Method: TypeAlias = Callable[[Any], AbstractContextManager[Any]]
"""Makes the block in which a model is to be run, anew for each question: `lambda model: sparse(model)`."""


@dataclass(frozen=True, slots=True)
class LookupAnswer:
    """What a model made of one lookup.

    Attributes:
        lookup: what was asked.
        exact: whether greedy decoding gives the right answer to the last token.
        logprob: of the right answer, nats a token, the mean.
    """

    lookup: Lookup
    exact: bool
    logprob: float


def ask(model: Any, lookups: Sequence[Lookup], method: Method | None = None) -> list[LookupAnswer]:
    """Read each prompt, then the right answer token by token: what is scored is what would be decoded."""
    import torch

    answers = []
    for lookup in lookups:
        with torch.no_grad(), nullcontext() if method is None else method(model):
            answers.append(_answer(model, lookup))
    return answers


def _answer(model: Any, lookup: Lookup) -> LookupAnswer:
    import torch

    fed = torch.tensor([lookup.prompt], device=model.device)
    cache, exact, nats = None, True, []
    for token in lookup.answer:
        read = model(input_ids=fed, past_key_values=cache, use_cache=True, logits_to_keep=1)
        cache, logits = read.past_key_values, read.logits[0, -1].float()
        nats.append(float(logits.log_softmax(-1)[token]))
        # Greedy decoding goes this way as long as the right token is the likeliest.
        exact = exact and int(logits.argmax()) == token
        fed = torch.tensor([[token]], device=model.device)
    return LookupAnswer(lookup, exact, math.fsum(nats) / len(nats))


@dataclass(frozen=True, slots=True)
class PositionPlan:
    """What is to be measured; two runs of equal plans ask the same.

    Attributes:
        model: its name, for the record.
        method: name of what it is compared with; None = nothing.
        block: of a sparse pattern.
        pairs, places, samples, seed: of the lookups.
    """

    model: str
    method: str | None = None
    block: int = 128
    pairs: int = 50
    places: int = 5
    samples: int = 10
    seed: int = 0

    def as_row(self) -> dict[str, Any]:
        """What rows depend on: not which method and how many samples, so that a run can be widened."""
        return {"model": self.model, "pairs": self.pairs, "seed": self.seed}


def measure_lookups(
    plan: PositionPlan,
    model: Any,
    lookups: Sequence[Lookup],
    folder: Path,
    *,
    method: Method | None = None,
    advance: Advance | None = None,
) -> tuple[list[LookupAnswer], list[LookupAnswer] | None]:
    """Ask what is not in the folder's journal yet; return the answers as the model is, and with the method.

    Args:
        plan: what is to be measured.
        model: of transformers.
        lookups: of `tasks.position_lookups`.
        folder: of the journal; made if need be.
        method: makes the block that the plan names.
        advance: called before each question.

    Raises:
        InvalidInput: the journal is of a run with other settings.
        OutputError: a row cannot be written.
    """
    blocks: dict[str, Method | None] = {"plain": None}
    if method is not None:
        blocks[f"{plan.method} by {plan.block}"] = method
    cells = {
        f"{name}|{one.sample}|{one.place}|{_mark(one)}": partial(_row, model, one, name, block)
        for name, block in blocks.items()
        for one in lookups
    }
    rows = collect(folder, plan.as_row(), cells, advance)
    answers = [LookupAnswer(one, row["exact"], row["logprob"]) for one, row in zip([*lookups] * 2, rows, strict=False)]
    return answers[: len(lookups)], answers[len(lookups) :] if method is not None else None


def _row(model: Any, lookup: Lookup, name: str, method: Method | None) -> Row:
    (answer,) = ask(model, [lookup], method)
    values = {"method": name, "sample": lookup.sample, "place": lookup.place}
    return {**values, "exact": answer.exact, "logprob": answer.logprob}


def _mark(lookup: Lookup) -> str:
    """Changes with the question: what was measured of another one does not count."""
    return hashlib.sha256(repr((lookup.prompt, lookup.answer)).encode()).hexdigest()[:8]
