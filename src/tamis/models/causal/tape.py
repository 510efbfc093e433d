"""Causal models as the reference reads them: no token begins a text, and entries of the cache may be taken out.

Only the replay of the reference's arithmetic (`tamis.compat.token_replay`) needs this; everything else reads contexts.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from tamis.core import Floats, Ints
from tamis.models.causal.hf import NOTHING, TransformersLM, copied
from tamis.models.causal.protocol import CausalLM, Context


class Tape(Protocol):
    """A model that reads tokens behind a state; None is the state in which nothing was read."""

    @property
    def window(self) -> int:
        """The most tokens that a state and what is read behind it may have together."""
        ...

    def read(self, state: Any, ids: Ints, *, keep: int) -> tuple[Floats, Any]:
        """The surprisal (n,) of each token in nats, and the state behind the first `keep` of them.

        The first token has none (nan) where the model cannot predict it.
        """
        ...


def tape(model: CausalLM) -> Tape:
    """The model as a tape: with its bare cache if transformers runs it, else through its contexts."""
    return CacheTape(model) if isinstance(model, TransformersLM) and model.cached else ContextTape(model)


@dataclass(frozen=True, eq=False)
class ContextTape:
    """Any backend, which begins a text as it always does, and slides along one that is longer than its window."""

    model: CausalLM

    @property
    def window(self) -> int:
        """None: the backend sees to it."""
        return sys.maxsize

    def read(self, state: Context | None, ids: Ints, *, keep: int) -> tuple[Floats, Context | None]:
        """In two parts, as a context cannot be cut."""
        context = state or self.model.start()
        surprisals, kept = self.model.read(context, ids[:keep]) if keep else (np.zeros(0), context)
        rest = self.model.read(kept, ids[keep:])[0] if keep < len(ids) else np.zeros(0)
        return np.concatenate([surprisals, rest]), kept if keep else state


@dataclass(frozen=True, eq=False)
class CacheTape:
    """A model of transformers. A state is its cache, whose tensors are never written to.

    After an eviction keys are not rotated anew, and the next token stands where the shorter cache ends: so the
    reference does it.
    """

    model: TransformersLM

    @property
    def window(self) -> int:
        """The model's own."""
        return self.model.window

    def read(self, state: Any, ids: Ints, *, keep: int) -> tuple[Floats, Any]:
        """In one pass; the first token has no surprisal, as its prediction was made in the pass before."""
        goal = np.append(ids[1:], NOTHING)
        scores, cache = self.model.scored(ids[None], goal[None], copied(state))
        surprisals = np.concatenate([[np.nan], scores[0, :-1]])
        return surprisals, without(cache, cache.get_seq_length() - len(ids) + keep, len(ids) - keep)

    def evict(self, state: Any, *, start: int, count: int) -> Any:
        """The state without `count` of its entries from `start` on; the others keep the positions they were read at."""
        return without(copied(state), start, count)


def without(cache: Any, start: int, count: int) -> Any:
    """The cache, its entries `start..start + count` taken out; None if nothing is left."""
    import torch

    for layer in cache.layers:
        layer.keys, layer.values = (
            torch.cat([entries[..., :start, :], entries[..., start + count :, :]], dim=-2)
            for entries in (layer.keys, layer.values)
        )
    return cache if cache.get_seq_length() else None
