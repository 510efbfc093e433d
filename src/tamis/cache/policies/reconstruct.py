"""What of a text is needed to reconstruct it: scores after KVzip (Kim et al. 2025, arXiv 2505.23416).

The model reads the text, then reads it once more behind itself, as it would in repeating it; an entry is worth the
greatest attention that any of these queries pays to it (sec. 3.2). No question is needed, and none is favoured: what
is kept can answer them all. It costs about two more readings of the text.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from tamis.cache.ragged import RaggedCache
from tamis.errors import InvalidPlan
from tamis.models.transformers.attended import Attended, KVPolicy
from tamis.models.transformers.decoder import decoder_of
from tamis.models.transformers.hooks import Call, attending
from tamis.models.transformers.shape import must_see_all

TILE = 128  # queries of a head whose scores are made at a time


def kvzip(
    model: Any, inputs: Mapping[str, Tensor] | Tensor, *, prompt: Tensor | None = None, piece: int = 512
) -> KVPolicy:
    """The policy that keeps what this text needs to be told again; for this text alone.

        compress(model, inputs, kvzip(model, inputs), Ratio(0.3), spread="adaptive")

    Args:
        model: a transformers model for text.
        inputs: token numbers (b, t), or these as `input_ids`; without padding.
        prompt: (n,) tokens before each piece that is told again, as "Repeat the context:"; none by default.
        piece: tokens that are told again at a time.

    Raises:
        UnsupportedModel: layers that do not attend to all that came before.
        InvalidPlan: a text with padding, or no piece at all.
    """
    ids = inputs if isinstance(inputs, Tensor) else inputs["input_ids"]
    mask = None if isinstance(inputs, Tensor) else inputs.get("attention_mask")
    if piece < 1 or (mask is not None and not bool(mask.all())):
        raise InvalidPlan(f"Pieces of {piece} tokens, or padding in the text.", hint="Give texts of one length.")
    must_see_all(model)
    attention = _GreatestAttention(ids.shape[1])
    with torch.no_grad():
        _reconstruct(model, ids, prompt, piece, attention)
    return attention.policy


def _reconstruct(model: Any, ids: Tensor, prompt: Tensor | None, piece: int, attention: _GreatestAttention) -> None:
    reader, cache = decoder_of(model), RaggedCache()
    reader(input_ids=ids, past_key_values=cache, use_cache=True)
    before = ids[:, :0] if prompt is None else prompt.to(ids.device).expand(ids.shape[0], -1)
    with attending(model, observe=attention.observe):
        for start in range(0, ids.shape[1], piece):
            again = torch.cat([before, ids[:, start : start + piece]], 1)
            reader(input_ids=again, past_key_values=cache.fork(), use_cache=True)


def greatest(queries: Tensor, keys: Tensor, scale: float) -> Tensor:
    """(s,) float32: the greatest attention to each key, of any of the queries (g, q, d), which are the last of (s, d).

    Some queries at a time, so that their scores stay in the processor's cache.
    """
    count, length = queries.shape[1], keys.shape[0]
    columns, best = keys.float().T, queries.new_zeros(length, dtype=torch.float32)
    later = torch.ones(count, count, dtype=torch.bool, device=keys.device).triu(1)
    for some, hidden in zip(torch.split(queries, TILE, 1), torch.split(later, TILE), strict=True):
        scores = (some.float() * scale) @ columns
        scores[..., length - count :].masked_fill_(hidden, -torch.inf)
        best = torch.maximum(best, scores.softmax(-1).flatten(0, 1).amax(0))
    return best


class _GreatestAttention:
    """The greatest attention to each entry so far, layer by layer."""

    def __init__(self, length: int) -> None:
        self.length = length
        self.scores: dict[int, Tensor] = {}  # (b, kv, t)

    def observe(self, call: Call) -> None:
        """Take in the attention of the queries of a piece."""
        b, kv = call.key.shape[:2]
        pairs = [(item, head) for item in range(b) for head in range(kv)]
        each = [greatest(call.query[item].chunk(kv)[head], call.key[item, head], call.scale) for item, head in pairs]
        best = torch.stack(each).view(b, kv, -1)[..., : self.length]
        before = self.scores.get(call.layer)
        self.scores[call.layer] = best if before is None else torch.maximum(before, best)

    def policy(self, attended: Attended) -> Tensor:
        """See `KVPolicy`."""
        scores = self.scores.get(attended.layer)
        if scores is None or scores.shape != attended.keys.shape[:3]:
            raise InvalidPlan(
                f"Layer {attended.layer} holds {tuple(attended.keys.shape[:3])} entries of another text.",
                hint="Make the policy for the text that is compressed.",
            )
        return scores
