"""Where the names are that the calls need: a recording outlives the modules that it was made with.

It resolves names and imports what they stand for; it makes no calls.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"

# The first place that has a name counts. A moved name is one more place, in front.
PLACES: dict[str, tuple[str, ...]] = {
    "cli": ("tamis.edge.cli:main", "tamis.edge.cli.main:main", "tamis.cli:main"),
    "counter": ("tamis.text.counting:counter", "tamis.text:counter"),
    "core": ("tamis.core",),
    "errors": ("tamis.errors",),
    "rankers": ("tamis.prompt.documents.rankers", "tamis.prompt.rankers"),
    "segment": ("tamis.memory.segment",),
    "read_talk": ("tamis.memory.importers:read_talk", "tamis.memory:read_talk"),
    "PromptCompressor": ("tamis.compat.llmlingua:PromptCompressor", "tamis.compat:PromptCompressor"),
    "SeCom": ("tamis.compat.secom:SeCom", "tamis.compat:SeCom"),
    "load_causal": ("tamis.models.causal:load_causal", "tamis.models.causal.load:load_causal"),
    "open_plain": ("tamis.models.causal.plain:open_plain", "tamis.models.causal:open_plain"),
    "position": ("tamis.attention.position",),
    "scaling": ("tamis.attention.scaling",),
    "search": ("tamis.attention.pattern_search", "tamis.attention.search"),
    "curve": ("tamis.bench.position:curve", "tamis.bench:curve"),
    "policies": ("tamis.cache.policies",),
    "wrappers": ("tamis.cache.wrappers",),
}


@cache
def resolve(name: str) -> Any:
    """The module, or the attribute of one, that `PLACES` has under this name; any other name is that of a module."""
    for place in PLACES.get(name, (name,)):
        module, _, attribute = place.partition(":")
        try:
            return _attribute(module, attribute)
        except (ModuleNotFoundError, AttributeError) as error:
            reason = error
    raise ImportError(f"{name} is in none of its places: {reason}")


def renamed(module: Any, new: str, old: str) -> Any:
    """An attribute of a module by its new name, or by the one that it had before."""
    return getattr(module, new, None) or getattr(module, old)


def _attribute(module: str, attribute: str) -> Any:
    imported = import_module(module)
    return getattr(imported, attribute) if attribute else imported
