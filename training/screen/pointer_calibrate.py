"""From attention to probabilities: fitted on the answers of heads that were not trained on those sources.

The temperature makes the attention of right elements likely (Guo et al. 2017, section 4.2); a logistic regression on
the evidence of the best place says how likely a click there is right, also where nothing on the screen is meant; the
threshold of absence is where most instructions are treated right, absent ones weighing `ABSENT_SHARE`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import torch
from torch.nn import functional

from tamis.core import Bools, Floats
from tamis.distill.auc import auc
from tamis.image import Point
from tamis.models.pointer import Attention
from tamis.screen.pointer import Calibration
from training.screen.pointer_data import View
from training.screen.pointer_fit import Recipe, answers_of, attentions, fit, shares_of

ABSENT_SHARE = 0.15
_TEMPERATURES = np.geomspace(0.5, 3, 25)


def left_out(views: Sequence[View], count: int) -> list[list[str]]:
    """The sources of the views, in so many parts."""
    sources = sorted({view.source for view in views})
    order = np.random.default_rng(0).permutation(len(sources)).tolist()
    return [[sources[index] for index in order[number::count]] for number in range(count)]


@dataclass(frozen=True, slots=True)
class Fold:
    """Views of sources that a head was not trained on, with what it says of each."""

    views: tuple[View, ...]
    said: tuple[list[Attention], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """Of many instructions: the evidence of the best place, whether a click there is right, whether anything is.

    Attributes:
        rows: (n, k) as `Aim` has them, of the head alone or after a second look.
        right, present: (n,).
        kinds: (n,) of the instructions, with the way of asking.
    """

    rows: Floats
    right: Bools
    present: Bools
    kinds: tuple[str, ...]

    def sure(self, calibration: Calibration) -> Floats:
        """(n,) the confidence in each click."""
        return np.array([calibration.confidence(row) for row in self.rows])


def folds(views: Sequence[View], recipe: Recipe, count: int) -> Iterator[Fold]:
    """Heads that were each trained without some sources; every source is left out once."""
    for part in left_out(views, count):
        out = set(part)
        module = fit([view for view in views if view.source not in out], recipe)
        unseen = tuple(view for view in views if view.source in out and view.seen)
        yield Fold(unseen, tuple(attentions(module, view) for view in unseen))


def calibrated(parts: Sequence[Fold]) -> Calibration:
    """The calibration for a head alone that was trained as those of the folds."""
    temperature = float(min(_TEMPERATURES, key=lambda value: sum(_surprise(part, value) for part in parts)))
    return replace(calibration_from(evidence_of(parts, temperature)), temperature=round(temperature, 3))


def calibration_from(evidence: Evidence) -> Calibration:
    """What makes probabilities of the evidence, and from which on a click is worth it."""
    weights = tuple(round(float(weight), 4) for weight in _logistic(evidence.rows, evidence.right))
    fitted = Calibration(weights=weights)
    return replace(fitted, absent=round(_threshold(evidence.sure(fitted), evidence), 3))


def evidence_of(parts: Sequence[Fold], temperature: float) -> Evidence:
    """What the folds' heads say of the views that they were not trained on."""
    rows, right, present, kinds = [], [], [], []
    for part in parts:
        for view, said in zip(part.views, part.said, strict=True):
            for (one, where), asked in zip(answers_of(said, view, temperature), view.instructions, strict=True):
                rows.append(one.evidence)
                right.append(any(box.contains(Point(*where)) for box in asked.boxes))
                present.append(bool(asked.boxes))
                kinds.append(f"{asked.kind}, {asked.way}")
    return Evidence(np.array(rows), np.array(right, dtype=bool), np.array(present, dtype=bool), tuple(kinds))


def report(evidence: Evidence, calibration: Calibration) -> str:
    """Right clicks by kind, absences, and how often clicks of a confidence are right: of sources left out."""
    sure, kinds = evidence.sure(calibration), np.array(evidence.kinds)
    done = sure >= calibration.absent
    lines = ["| kind | n | best is right, % | done right, % |", "|---|--:|--:|--:|"]
    simple = np.array([kind.partition(",")[0] for kind in kinds])
    groups = [("all present", evidence.present), *((kind, simple == kind) for kind in sorted(set(simple)))]
    groups += [(kind, kinds == kind) for kind in sorted(set(kinds))]
    for name, mask in groups:
        right = np.where(evidence.present, evidence.right & done, ~done)
        lines.append(
            f"| {name} | {mask.sum()} | {100 * evidence.right[mask].mean():.1f} | {100 * right[mask].mean():.1f} |"
        )
    limit = np.quantile(sure[evidence.present], 0.1)
    false = (sure[~evidence.present] >= limit).mean()
    lines += [f"AUROC of absence {auc(sure, evidence.present):.3f}, false clicks at 90 % coverage {100 * false:.1f} %"]
    for low, high in pairwise((0.0, 0.2, 0.4, 0.6, 0.8, 0.9, 1.0)):
        some = (sure >= low) & (sure < high)
        if some.any():
            mean, share = 100 * sure[some].mean(), 100 * evidence.right[some].mean()
            lines.append(f"confidence {low} to {high}: n {some.sum()}, {mean:.1f} % said, {share:.1f} % right")
    order = np.argsort(-sure)
    for coverage in (0.5, 0.7, 0.8, 0.9, 1.0):
        kept = order[: int(np.ceil(coverage * len(order)))]
        lines.append(f"coverage {coverage}: {100 * (1 - evidence.right[kept].mean()):.1f} % of clicks are wrong")
    return "\n".join(lines)


def _surprise(part: Fold, temperature: float) -> float:
    """The summed divergence of the attention from the right elements."""
    total = 0.0
    for view, said in zip(part.views, part.said, strict=True):
        logits = torch.from_numpy(np.stack([one.logits for one in said])) / temperature
        total += functional.kl_div(logits.log_softmax(-1), torch.from_numpy(shares_of(view)), reduction="sum").item()
    return total


def _logistic(rows: Floats, right: Bools) -> Floats:
    """(k + 1,) weights of a logistic regression, the constant last, lightly held back."""
    values = torch.tensor(np.column_stack([rows, np.ones(len(rows))]), dtype=torch.float64)
    target = torch.tensor(right, dtype=torch.float64)
    weights = torch.zeros(values.shape[1], dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.LBFGS([weights], max_iter=100)

    def closure() -> torch.Tensor:
        optimiser.zero_grad()
        loss = functional.binary_cross_entropy_with_logits(values @ weights, target) + 1e-4 * (weights**2).sum()
        loss.backward()  # type: ignore[no-untyped-call]
        return loss

    optimiser.step(closure)  # type: ignore[no-untyped-call]
    return np.asarray(weights.detach().numpy(), dtype=float)


def _threshold(sure: Floats, evidence: Evidence) -> float:
    """Where right clicks and right absences together are most."""
    present, absent = sure[evidence.present], sure[~evidence.present]
    right = evidence.right[evidence.present]
    grid = np.linspace(0.05, 0.9, 86)
    if not absent.size:
        return float(grid[0])
    value = [(1 - ABSENT_SHARE) * (right & (present >= t)).mean() + ABSENT_SHARE * (absent < t).mean() for t in grid]
    return float(grid[int(np.argmax(value))])
