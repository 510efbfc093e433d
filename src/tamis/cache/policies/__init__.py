"""Policies by name: what makes a key/value entry worth keeping. Each is a function of `Attended`."""

from __future__ import annotations

from collections.abc import Callable

from tamis.cache.policies.keys import key_diff, knorm, random, streaming, value_norm
from tamis.cache.policies.queries import expected_attention, h2o, rotated, snapkv, tova
from tamis.errors import unknown
from tamis.models.transformers.attended import KVPolicy

POLICIES: dict[str, Callable[..., KVPolicy]] = {
    "streaming": streaming,
    "knorm": knorm,
    "key_diff": key_diff,
    "value_norm": value_norm,
    "random": random,
    "h2o": h2o,
    "snapkv": snapkv,
    "tova": tova,
    "expected_attention": expected_attention,
}


def policy_of(policy: str | KVPolicy) -> KVPolicy:
    """The policy of that name with its defaults; a policy as it is.

    Raises:
        UnknownName: there is none of that name.
    """
    if not isinstance(policy, str):
        return policy
    if policy not in POLICIES:
        raise unknown("cache policy", policy, POLICIES)
    return POLICIES[policy]()


__all__ = [
    "POLICIES",
    "expected_attention",
    "h2o",
    "key_diff",
    "knorm",
    "policy_of",
    "random",
    "rotated",
    "snapkv",
    "streaming",
    "tova",
    "value_norm",
]
