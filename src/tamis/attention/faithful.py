"""How sparsely a model may read before its texts cost more than a bound: measured on the model, kept as a plan.

The loss of a model's own next-token predictions is the judge: texts are read densely, then over the blocks that hold a
share of the estimated attention. The smallest share whose texts cost no more nats a token than the bound, by the upper
end of a 95 percent interval, is the plan. Where none is that good, the plan says: densely.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

import torch
from torch import Tensor

from tamis.attention.certify import Z
from tamis.attention.pattern_search.subject import own_tokenizer, text_digest
from tamis.attention.pattern_search.texts import Tokenizer, token_lists
from tamis.attention.prefill import sparse
from tamis.attention.reading import ReadingPlan, pattern_of
from tamis.errors import InvalidInput
from tamis.io.journal import Journal
from tamis.io.progress import Advance, reporting
from tamis.models.transformers.decoder import decoder_of
from tamis.models.transformers.shape import weight_digest

SHARES = (0.9, 0.95, 0.97, 0.98, 0.99)
"""Of the estimated attention, from which the plan is chosen."""

STRETCH = 128  # tokens whose mean loss is one observation: neighbours are not independent
SHORTEST = 1024


def within(  # noqa: PLR0913  (model and texts, and keyword options)
    model: Any, texts: Any, *, bound: float = 0.02, tokens: int = 8192, tokenizer: Tokenizer | None = None,
    state: str | Path | None = None, progress: bool | Advance = True,
) -> ReadingPlan:  # fmt: skip
    """The sparsest plan with which the texts cost at most `bound` nats a token more than densely read.

    Args:
        model: of transformers, with a head for next tokens.
        texts: strings, or lists of tokens: such as will be read, and as long.
        bound: nats a token.
        tokens: of each text, at most.
        tokenizer: of the model, where texts are strings; if not given, the one beside the model.
        state: a file in which readings are kept: a search that was stopped goes on.
        progress: show it, or a function that is told.

    Raises:
        InvalidInput: a bound below 0, or texts of fewer than 1,024 tokens: they would say nothing.
        UnsupportedModel: no attention of the model can be taken over.
    """
    if not bound >= 0:
        raise InvalidInput(f"bound={bound!r}.", hint="Nats a token, at least 0.")
    tokenizer = own_tokenizer(model) if tokenizer is None and any(isinstance(one, str) for one in texts) else tokenizer
    lists = [ids[:tokens] for ids in token_lists(texts, tokenizer)]
    if min(map(len, lists)) < SHORTEST:
        raise InvalidInput(f"A text of {min(map(len, lists))} tokens.", hint=f"At least {SHORTEST:,}: join short ones.")
    run = {"schema": "tamis.attention.within", "model": weight_digest(model), "texts": text_digest(lists)}
    with Journal(None if state is None else Path(state), run=run) as journal, reporting(progress) as advance:
        return _sparsest(_Readings(model, lists, journal, advance), bound)


def _sparsest(readings: _Readings, bound: float) -> ReadingPlan:
    """By halving: a larger share costs no more."""
    low, high, best = 0, len(SHARES), readings.plan(None, bound)
    while low < high:
        middle = (low + high) // 2
        plan = readings.plan(SHARES[middle], bound)
        if plan.high <= bound:
            high, best = middle, plan
        else:
            low = middle + 1
    return best


@dataclass(frozen=True)
class _Readings:
    model: Any
    lists: Sequence[Sequence[int]]
    journal: Journal
    advance: Advance

    def plan(self, share: float | None, bound: float) -> ReadingPlan:
        """What a share costs; None = read densely."""
        rows = [(self._row(None, number), self._row(share, number)) for number in range(len(self.lists))]
        gaps = [b - a for dense, row in rows for a, b in zip(dense["losses"], row["losses"], strict=True)]
        mean, half = fmean(gaps), Z * stdev(gaps) / len(gaps) ** 0.5
        density = fmean(row["density"] for _, row in rows)
        longest = max(map(len, self.lists))
        return ReadingPlan(share, bound, mean, mean + half, density, longest, weight_digest(self.model))

    def _row(self, share: float | None, number: int) -> Mapping[str, Any]:
        key = f"text {number}, {'dense' if share is None else share}"
        if key not in self.journal.rows:
            self.advance(len(self.journal.rows), 4 * len(self.lists), key)
            self.journal.add(key, self._read(share, torch.tensor([list(self.lists[number])])))
        return self.journal.rows[key]

    def _read(self, share: float | None, ids: Tensor) -> dict[str, Any]:
        ids = ids.to(self.model.device)
        with torch.inference_mode():
            if share is None:
                return {"losses": losses(self.model, ids), "density": 1.0}
            with sparse(self.model, pattern_of(share), mode="always") as report:
                return {"losses": losses(self.model, ids), "density": report.density}


def losses(model: Any, ids: Tensor) -> list[float]:
    """Nats a token of each stretch of a text (1, t), read at once; logits of a stretch at a time."""
    states = decoder_of(model)(input_ids=ids, use_cache=False).last_hidden_state[0]
    head, means = model.get_output_embeddings(), []
    for start in range(0, ids.shape[1] - 1, STRETCH):
        some = ids[0, start + 1 : start + STRETCH + 1]
        logits = head(states[start : start + len(some)]).float()
        means.append(float(torch.nn.functional.cross_entropy(logits, some)))
    return means
