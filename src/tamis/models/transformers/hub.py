"""Models of transformers, from a folder or the hub: opened, placed, with this library's errors. Extra `torch`.

Knows no task: `classifier.py` and `causal/hf.py` say what the models are for.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tamis.errors import InvalidInput, ModelCorrupt, ModelNotFound, missing_extra, needs

DTYPES = ("float32", "bfloat16", "float16")
UNBOUNDED = 1 << 20  # a tokenizer that knows no limit says about 1e30


@dataclass(frozen=True, slots=True)
class Place:
    """Where and how a model runs. Remote code never runs unless the caller says so."""

    device: str = "auto"
    dtype: str = "float32"
    trust_remote_code: bool = False


def imports() -> tuple[Any, Any]:
    """The modules torch and transformers; `MissingExtra` where one is not installed."""
    try:
        import torch
        import transformers
    except ImportError as error:
        raise missing_extra("torch", error.name or "torch") from error
    return torch, transformers


def opened(name: str, kind: Any, place: Place, **options: Any) -> Any:
    """`kind.from_pretrained`, with this library's errors; a GGUF file is read as one, into plain weights."""
    if gguf := is_gguf(name):
        needs("gguf", "gguf", "accelerate")
    source, file = (str(Path(name).parent), {"gguf_file": Path(name).name}) if gguf else (name, {})
    try:
        with _without_bars():
            return kind.from_pretrained(source, trust_remote_code=place.trust_remote_code, **file, **options)
    except (
        Exception
    ) as error:  # one type for each way to be broken: OSError, SafetensorError, KeyError, ValueError, ...
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        if gguf or Path(name).is_dir():
            hint = "Download or copy the model's files again; it needs config, tokenizer.json and safetensors."
            raise ModelCorrupt(f"{name!r} cannot be loaded: {reason}", hint=hint) from error
        hint = "Give a local folder, or check the hub id and the network connection."
        raise ModelNotFound(
            f"Model {name!r} is neither a folder nor available from the hub: {reason}", hint=hint
        ) from error


def is_gguf(name: str) -> bool:
    """Whether it is a file of llama.cpp's format."""
    return name.endswith(".gguf") and Path(name).is_file()


@contextmanager
def _without_bars() -> Iterator[None]:
    """Local weights load in no time: no progress bars of transformers meanwhile."""
    import transformers

    logging: Any = transformers.utils.logging
    enabled = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if enabled:
            logging.enable_progress_bar()


def fast_tokenizer(name: str, place: Place) -> Any:
    """The tokenizer of transformers; `ModelCorrupt` for a slow one, whose pieces have no offsets."""
    _, transformers = imports()
    tokenizer = opened(name, transformers.AutoTokenizer, place)
    if not getattr(tokenizer, "is_fast", False):
        hint = "Convert it once with transformers.convert_slow_tokenizer and save tokenizer.json beside it."
        raise ModelCorrupt(f"{name!r} has no fast tokenizer, so pieces have no offsets.", hint=hint)
    return tokenizer


def bare(tokenizer: Any) -> Any:
    """The fast tokenizer itself, without the truncation and padding that its file may ask for."""
    backend = tokenizer.backend_tokenizer
    backend.no_truncation()
    backend.no_padding()
    return backend


def check_vocabulary(tokenizer: Any, model: Any, name: str) -> None:
    """Without its file, transformers makes up an empty tokenizer in silence; another may not fit the embeddings."""
    rows, size = model.get_input_embeddings().num_embeddings, len(tokenizer)
    if not len(set(tokenizer.all_special_ids)) < size <= rows:
        hint = "Is tokenizer.json missing, or another model's?"
        raise ModelCorrupt(f"{name!r} has {rows} embeddings but its tokenizer {size} tokens.", hint=hint)


def sequence_limit(model: Any, tokenizer: Any) -> int:
    """Longest sequence that both the model's positions and the tokenizer allow."""
    positions = getattr(model.config.get_text_config(), "max_position_embeddings", None) or UNBOUNDED
    limits = [tokenizer.model_max_length, positions]
    for module_name, module in model.named_modules():
        if module_name.endswith("position_embeddings") and hasattr(module, "num_embeddings"):
            # A padded table (RoBERTa, XLM-R) counts positions from behind its padding row.
            skipped = 0 if module.padding_idx is None else module.padding_idx + 1
            limits.append(module.num_embeddings - skipped)
    return int(min(*limits, UNBOUNDED))


def dtype_of(place: Place) -> Any:
    """The torch type that a place names; "auto" is bfloat16 on a GPU that computes in it, else float32.

    Raises:
        InvalidInput: it names none.
    """
    torch, _ = imports()
    if place.dtype == "auto":
        fast = device_of(place).startswith("cuda") and torch.cuda.is_bf16_supported()
        return torch.bfloat16 if fast else torch.float32
    if place.dtype not in DTYPES:
        raise InvalidInput(f"Unknown dtype {place.dtype!r}.", hint=f"Known: auto, {', '.join(DTYPES)}.")
    return getattr(torch, place.dtype)


def device_of(place: Place) -> str:
    """The device that a place names; "auto" is the first there is of cuda, mps, cpu."""
    torch, _ = imports()
    if place.device != "auto":
        return place.device
    return "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"


def placed(model: Any, place: Place) -> Any:
    """The model on its device; `InvalidInput` where that cannot be used."""
    try:
        return model.eval().to(device_of(place))
    except (RuntimeError, AssertionError) as error:
        hint = 'device="auto" takes what is there.'
        raise InvalidInput(f"Device {place.device!r} cannot be used: {error}", hint=hint) from error
