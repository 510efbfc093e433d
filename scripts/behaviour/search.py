"""A pattern for each head; positions; scaling: what is searched for or computed of a model before it reads."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

from .attention import read
from .outcomes import Calls
from .places import renamed, resolve
from .tiny import ids, tiny


def searching(folder: Path) -> Calls:
    """A pattern for each head; positions; scaling."""
    yield from _patterns(folder)
    yield from _positions()
    yield from _scaling()


def _patterns(folder: Path) -> Calls:
    search = resolve("search").search
    options = renamed(resolve("search"), "SearchOptions", "Options")(samples=16, block=64)
    state, saved = folder / "search.jsonl", folder / "found.json"
    run = partial(search, tiny(), ids(1024), share=0.3, options=options, progress=False)
    short = partial(search, tiny(), ids(512), share=0.3, options=options, state=state, progress=False)
    yield "search", lambda: str(run(state=state))
    yield "search/again", lambda: _saved(run(state=state), saved)
    yield "search/used", partial(read, str(saved))
    yield "search/share", lambda: search(tiny(), ids(1024), share=2, options=options, progress=False)
    yield "search/other", short


def _saved(patterns: Any, path: Path) -> Any:
    patterns.save(path)
    return json.loads(path.read_text(encoding="utf-8"))


def _positions() -> Calls:
    position, curve = resolve("position"), resolve("curve")
    yield "position/prompts", lambda: position.random_prompts(tiny(), samples=3, tokens=50)
    profile = position.profile(tiny(), position.random_prompts(tiny(), samples=3, tokens=100))
    yield "position/profile", lambda: profile
    yield "position/candidates", lambda: position.candidates(profile, count=5)
    lookups = position.lookups(lambda text: [3 + ord(c) % 60 for c in text], pairs=4, places=2, samples=2)
    yield "position/lookups", lambda: lookups
    scaled = partial(position.scaled, dimension=5, factor=-1.0, layers=[1])
    for measure in ("exact", "logprob"):
        yield f"position/curve/{measure}", partial(_curve, lookups, scaled, measure)
    yield "position/search", lambda: position.search(tiny(), lookups, dimensions=[3, 5], factors=[0.0, -1.0])
    yield "position/measure", lambda: curve(tiny(), lookups, measure="speed")
    yield "position/dimension", lambda: scaled(tiny(), dimension=99).__enter__()


def _curve(lookups: Any, scaled: Any, measure: str) -> Any:
    curve = resolve("curve")(tiny(), lookups, scaled, measure=measure)
    return str(curve), json.loads(curve.to_json()), curve.bias, curve.bias_left


def _scaling() -> Calls:
    scaling = resolve("scaling")
    for name, shape in scaling.SHAPES.items():
        for density in (1.0, 0.1):
            yield f"scaling/{name}/{density}", partial(scaling.table, shape, density=density)
    yield "scaling/tiny", lambda: _sizes(_shape(tiny().config))
    yield "scaling/window", _windowed


def _shape(config: Any) -> Any:
    return renamed(resolve("scaling"), "ModelShape", "Shape").of(config)


def _windowed() -> Any:
    import transformers

    return _shape(transformers.MistralConfig(sliding_window=64, num_hidden_layers=2))


def _sizes(shape: Any) -> dict[str, Any]:
    n = 4_096
    return {
        "shape": shape,
        "parameters": shape.parameters,
        "weights": shape.weight_bytes(bits=4),
        "kv": shape.kv_bytes(n, bits=4, kept=0.25),
        "linear": shape.linear_flops(n),
        "prefill": shape.prefill_flops(n, density=0.1),
        "decode": shape.decode_flops(n, kept=0.5),
        "read": shape.decode_bytes(n, kv_bits=4),
        "share": shape.attention_share(n),
    }
