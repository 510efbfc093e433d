"""Caches of a small model: policies, storage, forks, files, and reading less of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from .outcomes import Calls
from .places import renamed, resolve
from .tiny import ids, padded, tiny

POLICIES = ("streaming", "knorm", "key_diff", "value_norm", "random", "h2o", "snapkv", "tova", "expected_attention")


def caching(folder: Path) -> Calls:
    """Caches: policies, storage, forks, files, reading less."""
    for policy in POLICIES:
        for spread in ("even", "adaptive", "pyramid"):
            yield f"{policy}/{spread}", partial(_compressed, policy, spread=spread)
    yield from _budgets()
    yield from _settings()
    yield from _wrapped()
    yield from _stored(folder)
    yield from _partly()
    yield from _blended()
    for label, work in _wrong(folder).items():
        yield f"wrong/{label}", work


def _cache(policy: Any = "snapkv", budget: Any = None, *, prompt: Any = None, **settings: Any) -> Any:
    """The compressed cache of a prompt."""
    prompt = ids(200) if prompt is None else prompt
    return resolve("tamis.cache").compress(tiny(), prompt, policy, budget or resolve("core").Ratio(0.4), **settings)


def _compressed(policy: Any = "snapkv", budget: Any = None, **settings: Any) -> dict[str, Any]:
    return _description(_cache(policy, budget, **settings))


def _quantised(bits: int, **settings: Any) -> dict[str, Any]:
    return _compressed(quantiser=resolve("tamis.cache").Quantiser(bits), **settings)


def _description(cache: Any) -> dict[str, Any]:
    import torch

    description = {
        "ledger": cache.ledger(), "said": str(cache.ledger()), "bytes": cache.nbytes, "seen": cache.seen,
        "ragged": cache.ragged, "lengths": [each.tolist() for each in cache.lengths()], "masses": cache.masses,
    }  # fmt: skip
    fork = cache.fork()
    description["shared"] = resolve("tamis.cache").shared_bytes(cache, fork)
    with torch.no_grad(), resolve("tamis.cache").decoding(tiny()):
        description["logits"] = tiny()(ids(3), past_key_values=fork).logits
    fork.rollback(2)
    return {**description, "rolled": fork.seen}


def _budgets() -> Calls:
    core, caches = resolve("core"), resolve("tamis.cache")
    for label, budget in {"all": core.Ratio(1.0), "total": core.Total(32), "bytes": caches.Bytes(40_000)}.items():
        yield f"budget/{label}", partial(_compressed, "knorm", budget)
    for bits in (2, 4, 8):
        yield f"quantised/{bits}", partial(_quantised, bits)
    yield "quantised/adaptive", partial(_quantised, 4, spread="adaptive")


def _settings() -> Calls:
    core, caches = resolve("core"), resolve("tamis.cache")
    yield "certify", lambda: _compressed(certify=16)
    yield "padded", lambda: [each.tolist() for each in _cache(prompt=padded(200, 60)).lengths()]
    yield "kvzip", lambda: _compressed(caches.kvzip(tiny(), ids(200)), core.Ratio(0.3))
    yield "own", lambda: _compressed(lambda a: a.places[:, None].expand(a.keys.shape[:3]).float(), core.Total(30))
    yield "fingerprint", lambda: caches.fingerprint(tiny())


def _wrong(folder: Path) -> dict[str, Callable[[], object]]:
    core, caches = resolve("core"), resolve("tamis.cache")
    protected = partial(resolve("wrappers").protect, recent=150)
    return {
        "policy": lambda: _cache("snapvk"),
        "spread": lambda: _cache(spread="wide"),
        "bits": lambda: caches.Quantiser(3),
        "bytes": lambda: caches.Bytes(-1),
        "small": lambda: _cache("knorm", caches.Bytes(10)),
        "rollback": lambda: _cache().rollback(999),
        "protected": lambda: _cache(protected(resolve("policies").knorm()), core.Total(20)),
        "ragged": lambda: tiny()(ids(2), past_key_values=_cache(spread="adaptive")),
        "shape": lambda: caches.load(folder / "c.safetensors", model=tiny("qwen2")),
    }


def _wrapped() -> Calls:
    wrappers, policies = resolve("wrappers"), resolve("policies")
    makers: dict[str, Callable[[], object]] = {
        "protect": lambda: wrappers.protect(policies.knorm(), sink=4, recent=16, spans=[(50, 60)]),
        "pool": lambda: wrappers.pool(policies.tova(), kernel=3),
        "chunk": lambda: wrappers.chunk(policies.key_diff(), size=8),
        "layers": lambda: wrappers.per_layer(lambda n: policies.knorm() if n else policies.streaming()),
        "summed": lambda: wrappers.summed([(0.5, policies.knorm()), (1.0, policies.value_norm())]),
        "kernel": lambda: wrappers.pool(policies.tova(), kernel=4),
    }
    for label, make in makers.items():
        yield f"wrapped/{label}", partial(_compressed_by, make)


def _compressed_by(make: Callable[[], object]) -> dict[str, Any]:
    return _compressed(make(), resolve("core").Total(48))


def _stored(folder: Path) -> Calls:
    caches, path = resolve("tamis.cache"), folder / "c.safetensors"
    settings = {"plain": {}, "int4": {"quantiser": caches.Quantiser(4), "spread": "adaptive"}}
    for label, options in settings.items():
        cache = _cache(**options)
        yield f"save/{label}", partial(caches.save, cache, path, model=tiny())
        yield f"load/{label}", lambda: _description(caches.load(path, model=tiny()))
        yield f"park/{label}", partial(_parked, cache, folder / "parked")
    yield "load/nowhere", lambda: caches.load(folder / "no.safetensors")
    (folder / "cut.safetensors").write_bytes(path.read_bytes()[:300])
    yield "load/cut", lambda: caches.load(folder / "cut.safetensors")


def _parked(cache: Any, folder: Path) -> Any:
    caches = resolve("tamis.cache")
    caches.park(cache, folder)
    away = cache.ledger()
    caches.unpark(cache)
    return away, _description(cache)


def _partly() -> Calls:
    caches, core = resolve("tamis.cache"), resolve("core")
    readings = {
        "paged": partial(caches.paged, tiny(), tokens=64, skip_layers=1),
        "retrieving": partial(caches.retrieving, tiny(), top_k=32, sink=4, recent=16),
        "pages": partial(caches.paged, tiny(), tokens=4, page=16), "found": partial(caches.retrieving, tiny(), top_k=0),
        "compressing": partial(caches.compressing, tiny(), "snapkv", core.Ratio(0.3)),
    }  # fmt: skip
    for label, reading in readings.items():
        yield f"partly/{label}", partial(_decoded, reading)


def _decoded(reading: Callable[[], Any]) -> Any:
    import torch

    settings = {"attention_mask": torch.ones(1, 300).long(), "max_new_tokens": 6, "do_sample": False}
    with torch.no_grad(), reading() as report:
        cache = {"past_key_values": report} if hasattr(report, "ledger") else {}
        reply = tiny().generate(ids(300), **settings, **cache)
    return reply[0, -6:].tolist(), str(report.ledger() if cache else report)


def _blend(chunks: list[Any], share: float) -> dict[str, Any]:
    return _description(resolve("tamis.cache").blend(tiny(), chunks, share=share))


def _blended() -> Calls:
    import torch

    caches, core = resolve("tamis.cache"), resolve("core")
    make = renamed(caches, "CachedChunk", "Chunk")
    pieces = [ids(60), ids(90)[:, 20:]]
    chunks = [make(piece, _cache("knorm", core.Ratio(1.0), prompt=piece)) for piece in pieces]
    for share in (0, 0.3, 1):
        yield f"blend/{share}", partial(_blend, chunks, share)
    yield "blend/none", lambda: caches.blend(tiny(), [])
    yield "blend/share", lambda: caches.blend(tiny(), chunks, share=2)
    yield "blend/shape", lambda: caches.blend(tiny(), [make(torch.ones(1, 7).long(), chunks[0].cache)])
