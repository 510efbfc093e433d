"""Any token classifier of the hub or of a local folder as a keep-scorer (LLMLingua-2, arXiv 2403.12968). Extra `torch`.

Faithful to the paper: the keep-probability of a piece is its softmax. Unlike the reference: the tokenizer's own special
tokens and offsets whatever the model's name; chunks end at sentences, are never cut short and never split a word; no
padding to the longest length. Does not merge pieces into words (`text/align.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np

from tamis.core import Floats
from tamis.errors import InvalidInput, ModelCorrupt, ModelNotFound, missing_extra
from tamis.models.scores import TokenScores
from tamis.models.sequences import Read, Reader, joined

KEEP_LABELS = ("keep", "preserve", "preserved", "important", "label_1", "1")
DTYPES = ("float32", "bfloat16", "float16")
CPU_BATCH = 1  # sequences: a chunk fills the cores by itself, and its scores then do not depend on its batch mates
GPU_BATCH = 16384  # padded pieces
_UNBOUNDED = 1 << 20  # a tokenizer that knows no limit says about 1e30


@dataclass(frozen=True, slots=True)
class Place:
    """Where and how a classifier runs. Remote code never runs unless the caller says so."""

    device: str = "auto"
    dtype: str = "float32"
    trust_remote_code: bool = False


@dataclass(frozen=True, eq=False)
class TokenClassifier:
    """An open classifier; obtained from `load_classifier`.

    Attributes:
        name: what it was loaded from.
        model: of `transformers`.
        tokenizer: the fast tokenizer behind that of `transformers`; adds its own special tokens.
        keep_label: index of the label that means keep.
        limit: longest sequence in pieces, special tokens included.
    """

    name: str
    model: Any
    tokenizer: Any
    keep_label: int
    limit: int

    def keep(self, texts: Sequence[str]) -> list[TokenScores]:
        """The keep-probability of every piece ("keep", 0 to 1)."""
        made = Reader(self.tokenizer, self.limit).read(texts)
        return joined(len(texts), made, self._probabilities(made))

    def _measure(self, texts: Sequence[str]) -> list[int]:
        return Reader(self.tokenizer, self.limit).measure(texts)

    def _probabilities(self, made: Sequence[Read]) -> list[Floats]:
        """(c,) of each chunk, run in batches of similar length."""
        scores: list[Floats] = [np.zeros(0)] * len(made)
        order = sorted(range(len(made)), key=lambda i: -len(made[i].ids))
        while order:
            fits = CPU_BATCH if self.model.device.type == "cpu" else max(1, GPU_BATCH // len(made[order[0]].ids))
            batch, order = order[:fits], order[fits:]
            for index, row in zip(batch, self._forward([made[i] for i in batch]), strict=True):
                scores[index] = row[made[index].content].astype(np.float64)
        return scores

    def _forward(self, batch: Sequence[Read]) -> Any:
        """(b, t) probabilities of the keep label."""
        import torch

        longest = len(batch[0].ids)
        padding = self.model.config.pad_token_id or 0
        ids = torch.tensor([c.ids + [padding] * (longest - len(c.ids)) for c in batch])
        feeds = {"input_ids": ids}
        if any(len(c.ids) < longest for c in batch):
            feeds["attention_mask"] = torch.tensor([[1] * len(c.ids) + [0] * (longest - len(c.ids)) for c in batch])
        if any(any(c.types) for c in batch):
            feeds["token_type_ids"] = torch.tensor([c.types + [0] * (longest - len(c.types)) for c in batch])
        with torch.inference_mode():
            logits = self.model(**{name: value.to(self.model.device) for name, value in feeds.items()}).logits
            return logits.float().softmax(-1)[..., self.keep_label].cpu().numpy()


_OPENING = Lock()


def classifier(name: str, place: Place) -> TokenClassifier:
    """`load_classifier`, once a process for each name and place: reading weights takes longer than most texts."""
    with _OPENING:
        return _shared(name, place)


@lru_cache(maxsize=2)
def _shared(name: str, place: Place) -> TokenClassifier:
    return load_classifier(name, place)


def close_classifiers() -> None:
    """Let go of every shared classifier."""
    with _OPENING:
        _shared.cache_clear()


def load_classifier(source: str | Path, place: Place | None = None) -> TokenClassifier:
    """Open a token classifier from a local folder, or from the hub by its id.

    Raises:
        MissingExtra: torch or transformers is not installed.
        ModelNotFound: no such folder, or the hub cannot be reached or has no such model.
        ModelCorrupt: a file is missing, cut short, or the model is of another kind.
        InvalidInput: unknown device or dtype.
    """
    place, name = place or Place(), str(source)
    torch, transformers = _imports()
    from tamis.models.packed import pack

    if place.dtype not in DTYPES:
        raise InvalidInput(f"Unknown dtype {place.dtype!r}.", hint=f"Known: {', '.join(DTYPES)}.")
    tokenizer = fast_tokenizer(name, place)
    dtype = getattr(torch, place.dtype)
    model = opened(name, transformers.AutoModelForTokenClassification, place, dtype=dtype)
    label = keep_label(model.config.id2label, name)
    check_vocabulary(tokenizer, model, name)
    limit = sequence_limit(model, tokenizer)
    placed = _placed(model.eval(), place, torch)
    pack(placed)
    return TokenClassifier(name, placed, bare(tokenizer), label, limit)


def fast_tokenizer(name: str, place: Place) -> Any:
    """The tokenizer of `transformers` that comes with a model; `ModelCorrupt` if it knows no offsets."""
    import transformers

    tokenizer = opened(name, transformers.AutoTokenizer, place)
    if not getattr(tokenizer, "is_fast", False):
        hint = "Convert it once with transformers.convert_slow_tokenizer and save tokenizer.json beside it."
        raise ModelCorrupt(f"{name!r} has no fast tokenizer, so pieces have no offsets.", hint=hint)
    return tokenizer


def check_vocabulary(tokenizer: Any, model: Any, name: str) -> None:
    """Without its file, transformers makes up an empty tokenizer in silence; another may not fit the embeddings."""
    rows, size = model.get_input_embeddings().num_embeddings, len(tokenizer)
    if not len(set(tokenizer.all_special_ids)) < size <= rows:
        hint = "Is tokenizer.json missing, or another model's?"
        raise ModelCorrupt(f"{name!r} has {rows} embeddings but its tokenizer {size} tokens.", hint=hint)


def bare(tokenizer: Any) -> Any:
    """The fast tokenizer itself, without the truncation and padding that its file may ask for."""
    made = tokenizer.backend_tokenizer
    made.no_truncation()
    made.no_padding()
    return made


def _imports() -> tuple[Any, Any]:
    try:
        import torch
        import transformers
    except ImportError as error:
        raise missing_extra("torch", error.name or "torch") from error
    return torch, transformers


@contextmanager
def _without_bars() -> Iterator[None]:
    """Local weights load in no time: no progress bars of transformers meanwhile."""
    import transformers

    logging: Any = transformers.utils.logging
    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()


def opened(name: str, kind: Any, place: Place, **options: Any) -> Any:
    """`kind.from_pretrained`, with this library's errors."""
    try:
        with _without_bars():
            return kind.from_pretrained(name, trust_remote_code=place.trust_remote_code, **options)
    except (
        Exception
    ) as error:  # one type for each way to be broken: OSError, SafetensorError, KeyError, ValueError, ...
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        if Path(name).is_dir():
            hint = "Download or copy the model's files again; it needs config, tokenizer.json and safetensors."
            raise ModelCorrupt(f"{name!r} cannot be loaded: {reason}", hint=hint) from error
        hint = "Give a local folder, or check the hub id and the network connection."
        raise ModelNotFound(
            f"Model {name!r} is neither a folder nor available from the hub: {reason}", hint=hint
        ) from error


def _placed(model: Any, place: Place, torch: Any) -> Any:
    device = place.device
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    try:
        return model.to(device)
    except (RuntimeError, AssertionError) as error:
        hint = 'device="auto" takes what is there.'
        raise InvalidInput(f"Device {place.device!r} cannot be used: {error}", hint=hint) from error


def keep_label(labels: dict[int, str], name: str) -> int:
    """Index of the label that means keep: by its name, else the second of two.

    Example: {0: "LABEL_0", 1: "LABEL_1"} -> 1; {0: "KEEP", 1: "DROP"} -> 0

    Raises:
        ModelCorrupt: none of more than two labels is called so.
    """
    for wanted in KEEP_LABELS:
        for index, label in labels.items():
            if str(label).lower() == wanted:
                return int(index)
    if len(labels) == 2:
        return 1
    known = ", ".join(map(str, labels.values()))
    hint = f"One label must be called one of: {', '.join(KEEP_LABELS)}."
    raise ModelCorrupt(f"{name!r} is no keep-or-drop classifier: its labels are {known}.", hint=hint)


def sequence_limit(model: Any, tokenizer: Any) -> int:
    """Longest sequence that both the position embeddings and the tokenizer allow."""
    limits = [tokenizer.model_max_length, getattr(model.config, "max_position_embeddings", None) or _UNBOUNDED]
    for module_name, module in model.named_modules():
        if module_name.endswith("position_embeddings") and hasattr(module, "num_embeddings"):
            # A padded table (RoBERTa, XLM-R) counts positions from behind its padding row.
            skipped = 0 if module.padding_idx is None else module.padding_idx + 1
            limits.append(module.num_embeddings - skipped)
    return int(min(*limits, _UNBOUNDED))
