"""What a causal language model is to tamis: tokens with offsets, and the surprisal of each, given what came before.

Surprisal is -log p(token | everything before it), in nats: the score of token i is that of token i, never of i + 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np

from tamis.core import Floats, Ints
from tamis.errors import InvalidInput
from tamis.models.pieces import Pieces
from tamis.models.scores import TokenScores

SURPRISAL = "surprisal"


@dataclass(frozen=True, eq=False)
class Context:
    """What a model has read: immutable, so that several continuations may start from one context.

    Attributes:
        length: tokens read, the one that begins every text included.
        memory: the backend's own (key/value arrays, token ids, ...); nobody else looks into it.
    """

    length: int
    memory: Any


@runtime_checkable
class CausalLM(Protocol):
    """An open causal language model."""

    @property
    def name(self) -> str:
        """What it was loaded from."""
        ...

    @property
    def window(self) -> int:
        """The longest context it can use, in tokens. Backends that slide say how far they look back."""
        ...

    def cut(self, texts: Sequence[str]) -> list[Pieces]:
        """The tokens of each text, with offsets in characters of the text as given; no special tokens."""
        ...

    def surprisals(self, texts: Sequence[str], *, given: Sequence[str] | None = None) -> list[TokenScores]:
        """The surprisal of every token of each text, `values["surprisal"]` in nats; batched.

        given -- one text before each, which is read first and not scored; the tokens of the two never merge
        """
        ...

    def start(self) -> Context:
        """The context in which nothing was read but what begins every text."""
        ...

    def read(self, context: Context, ids: Ints) -> tuple[Floats, Context]:
        """Read tokens behind a context: the surprisal (n,) of each in nats, and the context with them in it."""
        ...

    def extend(self, context: Context, ids: Ints) -> Context:
        """The context with tokens in it whose surprisals nobody asks for: that of `read`, for less."""
        ...


def score_by_reading(model: CausalLM, text: str, given: str = "") -> TokenScores:
    """The surprisals of one text by `start` and `read` alone: what a batched `surprisals` must agree with."""
    before, pieces = model.cut([given, text])
    context = model.start()
    if len(before):
        context = model.extend(context, before.ids)
    surprisals = model.read(context, pieces.ids)[0] if len(pieces) else np.zeros(0)
    return TokenScores(pieces.offsets, {SURPRISAL: surprisals})


def conditions(texts: Sequence[str], given: Sequence[str] | None) -> list[str]:
    """One condition for each text: those given, else empty ones; `InvalidInput` if there are more or fewer."""
    if given is not None and len(given) != len(texts):
        raise InvalidInput(f"{len(texts)} texts but {len(given)} conditions.", hint="Give one for each text.")
    return [""] * len(texts) if given is None else list(given)
