"""Whether a call of a model's attention may be computed otherwise, and why not: one list, one set of reasons.

Sparse prefill, its search, partial reading and decoding over ragged caches each name the checks that matter to them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeAlias

import torch

from tamis.models.transformers.hooks import Call

SPECIAL = ("softcap", "s_aux", "position_bias", "cache")
"""Arguments of a call that change what attention is."""

Check: TypeAlias = Callable[[Call], str]
"""Why a call cannot be computed otherwise; nothing where it can."""


def unfit(call: Call, checks: Iterable[Check]) -> str:
    """The first reason that the checks find; nothing where they find none."""
    return next((reason for check in checks if (reason := check(call))), "")


def specials(call: Call) -> list[str]:
    """The arguments of a call that change what attention is."""
    return [name for name in SPECIAL if call.extra.get(name) is not None]


def special(call: Call) -> str:
    """Soft caps, sinks and the like, of the model's own."""
    names = ", ".join(specials(call))
    return f"{names} of the model's own" if names else ""


def windowed(call: Call) -> str:
    """A sliding window that is shorter than the keys."""
    window = call.extra.get("sliding_window")
    return f"a sliding window of {window}" if window is not None and window < call.key.shape[2] else ""


def uneven(call: Call) -> str:
    """Keys and values of different sizes."""
    return "keys and values of different sizes" if call.key.shape != call.value.shape else ""


def dropout(call: Call) -> str:
    """Attention weights that are dropped by chance, in training."""
    return "dropout" if call.extra.get("dropout") else ""


def gradients(call: Call) -> str:
    """Tensors that need a gradient."""
    needed = torch.is_grad_enabled() and any(x.requires_grad for x in (call.query, call.key, call.value))
    return "gradients are needed" if needed else ""
