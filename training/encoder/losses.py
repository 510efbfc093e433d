"""The terms of the loss. Every function returns a scalar; unknown labels (NaN) take no part."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from training.encoder.batches import GroupBatch, WindowBatch
from training.encoder.config import Weights
from training.encoder.model import Answer, Keep


def masked_bce(logits: Tensor, targets: Tensor) -> Tensor:
    """Mean binary cross-entropy over known targets; 0 when none is known."""
    mask = ~targets.isnan()
    if not bool(mask.any()):
        return logits.sum() * 0
    return F.binary_cross_entropy_with_logits(logits.float()[mask], targets[mask])


def window_loss(keep: Keep, batch: WindowBatch, weights: Weights) -> Tensor:
    """Tiers and salience at the tap."""
    tiers = masked_bce(keep.tiers, batch.tiers)
    return weights.tiers * tiers + weights.salience * masked_bce(keep.salience, batch.salience)


def vector_loss(ours: Tensor, original: Tensor) -> Tensor:
    """One minus the cosine to the original's vector, both unit length (b, d)."""
    return (1 - (ours.float() * original.float()).sum(-1)).mean()


def group_loss(answer: Answer, batch: GroupBatch, weights: Weights) -> Tensor:
    """Token cross-entropies plus two listwise terms that compare across a question's passages."""
    evidence, spans = answer.evidence.float(), answer.answer.float()
    loss = weights.evidence * masked_bce(evidence, batch.evidence) + weights.answer * masked_bce(spans, batch.answer)
    score, target, owner = pooled(evidence, batch)
    loss = loss + weights.sentences * listwise(score, target, owner)
    mask = ~batch.answer.isnan()
    owners = batch.group[:, None].expand_as(mask)[mask]
    return loss + weights.spans * listwise(spans[mask], batch.answer[mask], owners)


def pooled(logits: Tensor, batch: GroupBatch) -> tuple[Tensor, Tensor, Tensor]:
    """Mean evidence logit of every labelled sentence, its target and its group, each (sentences,)."""
    mask = (batch.unit >= 0) & ~batch.evidence.isnan()
    units, place = torch.unique(batch.unit[mask], return_inverse=True)
    size = len(units)
    count = torch.zeros(size).index_add(0, place, torch.ones(len(place)))
    score = torch.zeros(size).index_add(0, place, logits[mask]) / count
    target = torch.zeros(size).index_add(0, place, batch.evidence[mask]) / count
    owner = torch.zeros(size, dtype=torch.int64)
    owner[place] = batch.group[:, None].expand_as(mask)[mask]
    return score, target, owner


def listwise(score: Tensor, target: Tensor, owner: Tensor) -> Tensor:
    """Mean over groups of -log of the share of the softmax that falls on targets; groups without targets do not count.

    Scores are shifted by their overall maximum; differences inside a group stay far from underflow after clipping.
    """
    if not bool((target > 0.5).any()):
        return score.sum() * 0
    losses = []
    for group in torch.unique(owner[target > 0.5]):
        mine = owner == group
        right = mine & (target > 0.5)
        losses.append(torch.logsumexp(score[mine], 0) - torch.logsumexp(score[right], 0))
    return torch.stack(losses).mean()
