"""Policies by name: what makes a key/value entry worth keeping. Each is a function of `Attended`."""

from tamis.cache.policies.keys import key_diff, knorm, random, streaming, value_norm
from tamis.cache.policies.queries import expected_attention, h2o, snapkv, tova
from tamis.cache.policies.reconstruct import kvzip
from tamis.cache.policies.table import POLICIES, PolicyEntry, policy_of

__all__ = [
    "POLICIES",
    "PolicyEntry",
    "expected_attention",
    "h2o",
    "key_diff",
    "knorm",
    "kvzip",
    "policy_of",
    "random",
    "snapkv",
    "streaming",
    "tova",
    "value_norm",
]
