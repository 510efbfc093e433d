"""The action head: which visual tokens a pointer token attends to (GUI-Actor, section 3.2, equations 2 to 5)."""

from __future__ import annotations

import math
from collections.abc import Mapping

import torch.nn.functional as F
from torch import Tensor, nn

from tamis.errors import ModelCorrupt

NAME = "multi_patch_pointer_head"  # of the head in a checkpoint
HEADS = 8


class ActionHead(nn.Module):
    """Attention of pointers over visual tokens; the names of its parts are those of published checkpoints.

    Keys are visual tokens that have looked at one another (self-attention, residual, layer norm), then an MLP; the
    query is another MLP of the last hidden state at a pointer token. 8 d^2 parameters.

    width -- d, of the language model
    heads -- of the self-attention
    """

    def __init__(self, width: int, *, heads: int = HEADS, dropout: float = 0.1) -> None:
        super().__init__()
        self.projection_enc = _mlp(width)
        self.projection_dec = _mlp(width)
        self.self_attention = nn.MultiheadAttention(width, heads, dropout=dropout, batch_first=True)
        self.layer_norm = nn.LayerNorm(width)
        self.dropout = nn.Dropout(dropout)

    def keys(self, tokens: Tensor) -> Tensor:
        """The keys of one picture, the same for all instructions.

        tokens -- (m, d) as they enter the language model
        """
        rows = tokens[None]
        mixed, _ = self.self_attention(rows, rows, rows, need_weights=False)
        keys: Tensor = self.projection_enc(self.layer_norm(rows + self.dropout(mixed)))[0]
        return keys

    def logits(self, keys: Tensor, states: Tensor) -> Tensor:
        """(n, m): how much each pointer attends to each visual token, before the softmax.

        keys -- (m, d) as `keys` gives them
        states -- (n, d) the last hidden states at the pointer tokens
        """
        queries: Tensor = self.projection_dec(states)
        return queries @ keys.T / math.sqrt(keys.shape[1])

    def forward(self, tokens: Tensor, states: Tensor) -> Tensor:
        """(n, m) attention of each pointer; a row's sum is 1."""
        return self.logits(self.keys(tokens), states).softmax(-1)


def pointer_loss(logits: Tensor, cells: Tensor) -> Tensor:
    """KL divergence from the attention to equal shares of the cells that a box overlaps (section 3.3), mean over rows.

    logits -- (n, m)
    cells -- (n, m) bool or 0 and 1; at least one in each row
    """
    target = cells.float() / cells.float().sum(-1, keepdim=True).clamp_min(1e-8)
    return F.kl_div(logits.float().log_softmax(-1), target, reduction="batchmean")


def head_of(tensors: Mapping[str, Tensor], width: int, *, heads: int = HEADS) -> ActionHead:
    """The head that a checkpoint's tensors are, by their names without `NAME`.

    Raises:
        ModelCorrupt: one is missing or of another shape.
    """
    head = ActionHead(width, heads=heads)
    try:
        head.load_state_dict(dict(tensors))
    except RuntimeError as error:
        reason = " ".join(str(error).split())
        hint = "Copy the checkpoint's files again; a plain Qwen2-VL has no head: `python -m training screen tune`."
        raise ModelCorrupt(f"The action head cannot be loaded: {reason:.300}", hint=hint) from error
    return head


def _mlp(width: int) -> nn.Sequential:
    return nn.Sequential(nn.Linear(width, width), nn.GELU(), nn.Linear(width, width))
