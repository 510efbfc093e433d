"""The table of cache policies: how each is made, and what it keeps. A new policy is a file and a line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from tamis.cache.policies.keys import key_diff, knorm, random, streaming, value_norm
from tamis.cache.policies.queries import expected_attention, h2o, snapkv, tova
from tamis.cache.policies.reconstruct import kvzip
from tamis.errors import InvalidInput, unknown
from tamis.models.transformers.attended import KVPolicy


@dataclass(frozen=True, slots=True)
class PolicyEntry:
    """A policy as the table has it; called with the policy's options, it makes one.

    Attributes:
        make: from its options; where `of_text`, from a model and the text's tokens as well, these first.
        summary: what it keeps, for help texts.
        of_text: it is made for one text and scores no other.
    """

    make: Callable[..., KVPolicy]
    summary: str
    of_text: bool = False

    def __call__(self, *arguments: Any, **options: Any) -> KVPolicy:
        """A policy with these options."""
        return self.make(*arguments, **options)


POLICIES: dict[str, PolicyEntry] = {
    "streaming": PolicyEntry(streaming, "the first entries and the last"),
    "knorm": PolicyEntry(knorm, "keys of small norm"),
    "key_diff": PolicyEntry(key_diff, "keys unlike the mean key"),
    "value_norm": PolicyEntry(value_norm, "values of large norm"),
    "random": PolicyEntry(random, "chance"),
    "h2o": PolicyEntry(h2o, "what all queries looked at"),
    "snapkv": PolicyEntry(snapkv, "what the last 64 queries looked at, and those"),
    "tova": PolicyEntry(tova, "what the last query looked at"),
    "expected_attention": PolicyEntry(expected_attention, "what queries to come will look at"),
    "kvzip": PolicyEntry(kvzip, "what the text needs to be told again; two more readings", of_text=True),
}


def policy_of(
    policy: str | KVPolicy, model: Any = None, inputs: Mapping[str, Tensor] | Tensor | None = None
) -> KVPolicy:
    """The policy of that name with its defaults; a policy as it is.

    model, inputs -- what is read, for a policy that is made for one text

    Raises:
        UnknownName: there is none of that name.
        InvalidInput: it is made for one text, and none was given.
    """
    if not isinstance(policy, str):
        return policy
    if policy not in POLICIES:
        raise unknown("cache policy", policy, POLICIES)
    entry = POLICIES[policy]
    if not entry.of_text:
        return entry()
    if model is None or inputs is None:
        raise InvalidInput(
            f"The cache policy {policy!r} is made for one text.", hint=f"compress(model, inputs, {policy!r}, ...)"
        )
    return entry(model, inputs)
