"""Key/value caches that take fewer bytes: policies, ragged and quantised storage, forks. Extra `torch`."""

from tamis.cache.blending import CachedChunk, blend
from tamis.cache.compression import compress, compressing
from tamis.cache.decode import decoding
from tamis.cache.files import load, save
from tamis.cache.ledger import Bytes, Ledger
from tamis.cache.offload import park, unpark
from tamis.cache.pages import paged
from tamis.cache.policies import POLICIES, kvzip
from tamis.cache.quantise import Quantiser
from tamis.cache.ragged import RaggedCache, shared_bytes
from tamis.cache.retrieve import retrieving
from tamis.models.transformers.shape import fingerprint

__all__ = [
    "POLICIES",
    "Bytes",
    "CachedChunk",
    "Ledger",
    "Quantiser",
    "RaggedCache",
    "blend",
    "compress",
    "compressing",
    "decoding",
    "fingerprint",
    "kvzip",
    "load",
    "paged",
    "park",
    "retrieving",
    "save",
    "shared_bytes",
    "unpark",
]
