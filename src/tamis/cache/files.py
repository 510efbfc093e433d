"""Caches as files: one safetensors file each, whole or not at all. Schema `tamis.cache`, version 1.

Tensors go in by the names of `RaggedCache.tensors()`; what else a cache knows stands in the header as JSON, with a
checksum over all of it. What is read back is bit for bit what was saved, quantised entries included.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from tamis.cache.layer import RaggedLayer
from tamis.cache.packed import Block, Packed
from tamis.cache.quantise import STORED, Quantised, Quantiser
from tamis.cache.ragged import RaggedCache
from tamis.errors import InvalidPlan, OutputError, UnreadableInput
from tamis.io.files import atomic
from tamis.io.schema import Schema
from tamis.models.transformers.shape import AttentionShape, fingerprint

SCHEMA, VERSION = "tamis.cache", 1
HEADER = Schema(SCHEMA, VERSION, UnreadableInput, "No header of a cache: {}.", "Save the cache again.")
KEY = "tamis"
"""Name of our entry in the header of the file."""


def save(cache: RaggedCache, path: str | Path, *, model: nn.Module | str | None = None) -> None:
    """Write a cache to a file, which is replaced whole or stays as it was.

    Entries that are parked elsewhere are written too, straight from there.

    Args:
        cache: any; an empty one as well.
        path: of the file, for instance `talk.safetensors`; its folder exists.
        model: whose cache it is, or its `fingerprint`; `load` refuses the file for another one then.

    Raises:
        OutputError: it cannot be written: a full disk, no folder, no permission, or what is there is no file.
        InvalidPlan: entries that another quantiser than the cache's made.
    """
    tensors = {name: _plain(tensor) for name, tensor in _stored(cache)}
    header = _header_of(cache, model)
    header["crc32"] = _checksum(header, tensors)
    write_tensors(Path(path), tensors, {KEY: json.dumps(header)})


def load(path: str | Path, *, model: nn.Module | str | None = None, device: str | torch.device = "cpu") -> RaggedCache:
    """The cache that `save` wrote.

    Args:
        path: of the file.
        model: what is to go on from it, or its `fingerprint`; None = do not compare.
        device: where its tensors are to be.

    Raises:
        UnreadableInput: missing, no cache, damaged, cut short, or written by a later version of tamis.
        InvalidPlan: a cache of another model, or of another shape than this model's.
    """
    header, tensors = _read(Path(path))
    if model is not None:
        _must_be_of(model, header["model"], path)
    try:
        cache = _cache(header, {name: tensor.to(device) for name, tensor in tensors.items()})
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise _damaged(path, "its parts do not make a cache") from error
    if isinstance(model, nn.Module):
        _must_fit(cache, model)
    return cache


# --- what stands in the header -----------------------------------------------------------------------------------


def _header_of(cache: RaggedCache, model: nn.Module | str | None) -> dict[str, Any]:
    how = cache.quantiser
    return {
        **HEADER.stamp,
        "seen": [layer.seen for layer in layers_of(cache)],
        "quantiser": None if how is None else {name: getattr(how, name) for name in Quantiser.__slots__},
        "masses": {str(layer): mass for layer, mass in cache.masses.items()},
        "model": fingerprint(model) if isinstance(model, nn.Module) else model,
    }


def _checksum(header: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> int:
    """CRC-32 of the header without it, and of every tensor with its name, type and shape."""
    content = {name: value for name, value in header.items() if name != "crc32"}
    total = zlib.crc32(json.dumps(content, sort_keys=True).encode())
    for name, tensor in sorted(tensors.items()):
        total = zlib.crc32(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode(), total)
        total = zlib.crc32(tensor.flatten().view(torch.uint8).numpy().data, total)
    return total


def _must_be_of(model: nn.Module | str, saved: str | None, path: str | Path) -> None:
    expected = fingerprint(model) if isinstance(model, nn.Module) else model
    if saved is not None and saved != expected:
        raise InvalidPlan(
            f"{str(path)!r} holds a cache of {saved!r}, not of {expected!r}.",
            hint="A cache can only be read by the model that made it, with the same weights in the same dtype.",
        )


def _must_fit(cache: RaggedCache, model: nn.Module) -> None:
    """Check that a model could read a cache, as far as shapes can tell.

    Raises:
        InvalidPlan: it has other layers, heads or head sizes.
    """
    tails = [layer.keys for layer in cache.layers if isinstance(layer, RaggedLayer) and layer.keys is not None]
    sizes = {(int(keys.shape[1]), int(keys.shape[3])) for keys in tails}
    shape = AttentionShape.of(model.config)
    if tails and (sizes != {(shape.kv_heads, shape.head_size)} or len(tails) != shape.layers):
        raise InvalidPlan(
            f"A cache of {len(tails)} layers, (heads, size) {sorted(sizes)}, does not fit {type(model).__name__}.",
            hint=f"It has {shape.layers} layers with {shape.kv_heads} key/value heads of {shape.head_size}.",
        )


# --- tensors -----------------------------------------------------------------------------------------------------


def layers_of(cache: RaggedCache) -> list[RaggedLayer]:
    """The layers of a cache, as what they are."""
    return [layer for layer in cache.layers if isinstance(layer, RaggedLayer)]


def _stored(cache: RaggedCache) -> Iterator[tuple[str, Tensor]]:
    """Every tensor by its name in `RaggedCache.tensors()`, those of parked entries as well."""
    for number, layer in enumerate(layers_of(cache)):
        copy = layer.fork()
        copy.hold(tuple(block.held() for block in layer.first))
        copy.middle = None if layer.middle is None else layer.middle.held()
        for block in (*copy.first, *(() if copy.middle is None else (copy.middle,))):
            _must_be_made_by(cache.quantiser, block)
        yield from ((f"{number}.{name}", tensor) for name, tensor in copy.tensors())


def _must_be_made_by(quantiser: Quantiser | None, block: Block) -> None:
    if isinstance(block, Quantised) and block.how != quantiser:
        raise InvalidPlan(f"Entries made by {block.how} in a cache of {quantiser}: a file has one quantiser.")


def _plain(tensor: Tensor) -> Tensor:
    return tensor.detach().to("cpu").contiguous()


def _cache(header: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> RaggedCache:
    quantiser = None if header["quantiser"] is None else Quantiser(**header["quantiser"])
    cache = RaggedCache(quantiser=quantiser)
    cache.masses = {int(layer): float(mass) for layer, mass in header["masses"].items()}
    parts: list[dict[str, dict[str, Tensor]]] = [{} for _ in header["seen"]]
    for name, tensor in tensors.items():
        number, block, part = name.split(".")
        parts[int(number)].setdefault(block, {})[part] = tensor
    cache.layers.extend(_layer(seen, each, quantiser) for seen, each in zip(header["seen"], parts, strict=True))
    return cache


def _layer(seen: int, parts: Mapping[str, Mapping[str, Tensor]], quantiser: Quantiser | None) -> RaggedLayer:
    layer = RaggedLayer()
    if "tail" in parts:
        layer.lazy_initialization(parts["tail"]["keys"], parts["tail"]["values"])
        layer.keys, layer.values = parts["tail"]["keys"], parts["tail"]["values"]
    packed = sum(name.startswith("first") for name in parts)
    layer.hold(tuple(block_of(parts[f"first{n}"], quantiser) for n in range(packed)))
    layer.middle = block_of(parts["middle"], quantiser) if "middle" in parts else None
    layer.seen = seen
    return layer


def block_of(parts: Mapping[str, Tensor], quantiser: Quantiser | None) -> Block:
    """The block that stores these tensors.

    Raises:
        KeyError: one is missing.
        ValueError: quantised entries, and no quantiser.
    """
    if "keys" in parts:
        return Packed(parts["lengths"], parts["places"], parts["keys"], parts["values"])
    if quantiser is None:
        raise ValueError("quantised entries of no quantiser")
    return Quantised(**{name: parts[name] for name in STORED}, how=quantiser)


# --- files -------------------------------------------------------------------------------------------------------


def write_tensors(
    path: Path, tensors: Mapping[str, Tensor], metadata: Mapping[str, str], *, lasting: bool = True
) -> None:
    """Write a safetensors file whole or not at all: to a temporary file beside it, forced to disk, then renamed.

    lasting -- False for a file that need not outlive the process: it is not forced to disk

    Raises:
        OutputError: it cannot be written; what was there before is untouched.
    """
    if path.exists() and not path.is_file():  # a device, a pipe: safetensors cannot write to it
        raise OutputError(f"Cannot write {str(path)!r}: there is something that is no file.")
    with atomic(path, parents=False, durable=lasting) as temporary:
        try:
            save_file(dict(tensors), temporary, metadata=dict(metadata))
        except SafetensorError as error:
            raise OSError(str(error)) from error


def mapped(path: Path) -> tuple[dict[str, Tensor], dict[str, str]]:
    """Tensors of a safetensors file, mapped into memory for as long as they are used, and its metadata.

    Raises:
        UnreadableInput: missing, no such file, or cut short.
    """
    try:
        if path.exists() and not path.is_file():
            raise OSError("it is no file")
        with safe_open(path, framework="pt") as file:
            return {name: file.get_tensor(name) for name in file.keys()}, dict(file.metadata() or {})  # noqa: SIM118
    except FileNotFoundError as error:
        raise UnreadableInput(f"There is no file {str(path)!r}.") from error
    except (OSError, SafetensorError) as error:
        raise _damaged(path, str(error)) from error


def _read(path: Path) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """Header and tensors of a file of ours; copies, so that the file may be removed or replaced."""
    tensors, metadata = mapped(path)
    if KEY not in metadata:
        raise UnreadableInput(f"{str(path)!r} is no cache of tamis.", hint="A file that `save` wrote.")
    schema = replace(HEADER, message=f"{str(path)!r} is damaged: its header cannot be read.")
    header = schema.loads(metadata[KEY], source=repr(str(path)))
    copies = {name: tensor.clone() for name, tensor in tensors.items()}
    if header.get("crc32") != _checksum(header, copies):
        raise _damaged(path, "its checksum does not fit")
    return header, copies


def _damaged(path: str | Path, why: str) -> UnreadableInput:
    return UnreadableInput(f"{str(path)!r} is damaged: {why}.", hint="Save the cache again.")
