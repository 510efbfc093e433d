"""Any sentence-transformers model as an encoder: texts to vectors, without that package. Extra `torch`.

A model folder says in `modules.json` what it is made of; the usual parts (a transformer, pooling, dense layers,
normalisation) are done here. A part that is unknown is an error, never left out. A folder without that file is a plain
encoder: the mean of its pieces, at unit length. Does not run code that comes with a model.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tamis.errors import ModelCorrupt, ModelNotFound
from tamis.models.encoder import FORMAT, WEIGHTS, Mini, load_mini, read_config
from tamis.models.padded import run
from tamis.models.sequences import SequenceReader
from tamis.models.shared import once
from tamis.models.transformers.hub import (
    Place,
    bare,
    check_vocabulary,
    fast_tokenizer,
    imports,
    opened,
    placed,
    sequence_limit,
)

_POOLINGS = {  # name in older files ("pooling_mode_...") -> name in newer ones ("pooling_mode")
    "pooling_mode_cls_token": "cls",
    "pooling_mode_mean_tokens": "mean",
    "pooling_mode_max_tokens": "max",
    "pooling_mode_lasttoken": "lasttoken",
}
_OTHER_POOLINGS = ("pooling_mode_mean_sqrt_len_tokens", "pooling_mode_weightedmean_tokens")


@dataclass(frozen=True, eq=False)
class SentenceModel:
    """An open encoder; obtained from `load_sentences`.

    Attributes:
        name: what it was loaded from.
        model: of `transformers`.
        reader: cuts texts into sequences.
        pooling: "cls", "mean", "max" or "lasttoken": how pieces become a text.
        dense: layers behind it.
        unit: whether vectors have unit length; else their product, not their cosine, is what the model was taught.
        prompts: what the model wants before a text, by the kind of text ("query", "document").
    """

    name: str
    model: Any
    reader: SequenceReader
    pooling: str
    dense: tuple[Callable[[Any], Any], ...]
    unit: bool
    prompts: Mapping[str, str]

    def vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(n, d); a long text is the mean of its sequences by their length, none left out; a blank one is 0."""
        sequences = self.reader.read(texts)
        rows = run(self.model, sequences, self._pooled)
        sums = np.zeros((len(texts), rows[0].size if rows else 1))
        sizes = np.zeros((len(texts), 1))
        for sequence, row in zip(sequences, rows, strict=True):
            weight = max(1, len(sequence.content))
            sums[sequence.number] += weight * row
            sizes[sequence.number] += weight
        mean = sums / np.maximum(sizes, 1)
        if self.unit:
            mean = mean / np.maximum(np.linalg.norm(mean, axis=1, keepdims=True), 1e-12)
        return mean.astype(np.float32)

    def _pooled(self, output: Any, mask: Any) -> Any:
        """(b, d) of one batch."""
        vectors = _POOLS[self.pooling](output.last_hidden_state.float(), mask)
        for layer in self.dense:
            vectors = layer(vectors)
        return vectors / vectors.norm(dim=-1, keepdim=True).clamp_min(1e-12) if self.unit else vectors


def _mean(hidden: Any, mask: Any) -> Any:
    share = mask.unsqueeze(-1).float()
    return (hidden * share).sum(1) / share.sum(1).clamp_min(1e-9)


def _max(hidden: Any, mask: Any) -> Any:
    return hidden.masked_fill(mask.unsqueeze(-1) == 0, -1e9).amax(1)


def _first(hidden: Any, mask: Any) -> Any:
    return hidden[:, 0]


def _last(hidden: Any, mask: Any) -> Any:
    return hidden[range(len(hidden)), mask.sum(1) - 1]


_POOLS: Mapping[str, Callable[[Any, Any], Any]] = {"mean": _mean, "max": _max, "cls": _first, "lasttoken": _last}


def load_sentences(name: str, *, threads: int | None = None, place: Place | None = None) -> Mini | SentenceModel:
    """Open an encoder: an embedded one by name, a folder, or a hub id; once a process, then shared.

    Raises:
        MissingExtra: it needs torch, which is not installed.
        ModelNotFound: no such folder, or the hub has no such model or cannot be reached.
        ModelCorrupt: a file is missing or broken, or the model has a part that is not known here.
    """
    folder = WEIGHTS / name if (WEIGHTS / name).is_dir() else Path(name).expanduser()
    if (folder / "config.json").is_file() and read_config(folder).get("format") == FORMAT:
        return load_mini(folder, threads=threads)
    return _shared(str(folder.resolve()) if folder.is_dir() else name, place or Place())


@once(size=2)
def _shared(name: str, place: Place) -> SentenceModel:
    parts = _modules(name)
    _, transformers = imports()
    # (a part may lie in a subfolder; only of a local model can that be named as a path)
    source = str(Path(name) / parts["Transformer"]) if Path(name).is_dir() else name
    tokenizer = fast_tokenizer(source, place)
    model = opened(source, transformers.AutoModel, place)
    check_vocabulary(tokenizer, model, name)
    settings = _json(name, f"{parts['Transformer']}/sentence_bert_config.json".lstrip("/")) or {}
    limit = min(sequence_limit(model, tokenizer), settings.get("max_seq_length") or 1 << 20)
    config = _json(name, "config_sentence_transformers.json") or {}
    unit = "Normalize" in parts or config.get("similarity_fn_name") not in {"dot", "dot_score"}
    return SentenceModel(
        name,
        placed(model, place),
        SequenceReader(bare(tokenizer), int(limit)),
        _pooling(name, parts.get("Pooling")),
        tuple(_dense(name, path, model.device) for kind, path in parts.items() if kind.startswith("Dense")),
        unit,
        {str(kind): str(text) for kind, text in (config.get("prompts") or {}).items()},
    )


def _modules(name: str) -> dict[str, str]:
    """The parts of a model and where each lies; several dense layers are numbered."""
    modules: dict[str, str] = {}
    for part in _json(name, "modules.json") or [{"type": "Transformer", "path": ""}]:
        kind = str(part["type"]).rpartition(".")[2]
        if kind not in {"Transformer", "Pooling", "Dense", "Normalize"}:
            hint = "tamis knows Transformer, Pooling, Dense and Normalize."
            raise ModelCorrupt(f"{name!r} has a part {part['type']!r}.", hint=hint)
        modules[f"Dense {len(modules)}" if kind == "Dense" else kind] = str(part.get("path", ""))
    if "Transformer" not in modules:
        raise ModelCorrupt(f"{name!r} names no Transformer in modules.json.", hint="It cannot be used as an encoder.")
    return modules


def _pooling(name: str, path: str | None) -> str:
    if path is None:
        return "mean"
    settings = _json(name, f"{path}/config.json") or {}
    mode = settings.get("pooling_mode")
    modes = [mode] if mode else [v for k, v in _POOLINGS.items() if settings.get(k)]
    modes += [k for k in _OTHER_POOLINGS if settings.get(k)]
    if len(modes) != 1 or modes[0] not in _POOLS or settings.get("include_prompt") is False:
        hint = f"tamis knows one of {', '.join(_POOLS)}, over all pieces."
        raise ModelCorrupt(f"{name!r} pools by {modes or settings!r}.", hint=hint)
    return str(modes[0])


def _dense(name: str, path: str, device: Any) -> Callable[[Any], Any]:
    """A dense layer with its activation, from safetensors."""
    torch, _ = imports()
    from safetensors.torch import load_file

    settings, weights = _json(name, f"{path}/config.json") or {}, _file(name, f"{path}/model.safetensors")
    activation = str(settings.get("activation_function", "")).rpartition(".")[2]
    activations = {"Tanh": torch.tanh, "Identity": lambda x: x, "ReLU": torch.relu, "GELU": torch.nn.functional.gelu}
    if weights is None or activation not in activations:
        hint = f"It needs model.safetensors, and one of {', '.join(activations)}."
        raise ModelCorrupt(f"{name!r} has a dense layer {path!r} that cannot be used ({activation!r}).", hint=hint)
    state = {key: value.to(device) for key, value in load_file(weights).items()}
    act = activations[activation]
    return lambda x: act(torch.nn.functional.linear(x, state["linear.weight"], state.get("linear.bias")))


def _json(name: str, path: str) -> Any:
    """What a JSON file of the model says; None where it has no such file."""
    file = _file(name, path)
    if file is None:
        return None
    try:
        return json.loads(Path(file).read_text(encoding="utf-8"))
    except ValueError as error:
        raise ModelCorrupt(f"{name!r} has a {path} that cannot be read: {error}.", hint="Copy it anew.") from error


def _file(name: str, path: str) -> str | None:
    """Where a file of the model lies here, downloaded if need be; None where it has no such file."""
    if Path(name).is_dir():
        path_here = Path(name) / path
        return str(path_here) if path_here.is_file() else None
    imports()
    from transformers.utils.hub import cached_file

    try:
        cached: str | None = cached_file(name, path, _raise_exceptions_for_missing_entries=False)
    except OSError as error:  # no such model, or no connection
        reason = str(error).strip().splitlines()[0]
        hint = "Give a local folder, or check the hub id and the network connection."
        raise ModelNotFound(
            f"Model {name!r} is neither a folder nor available from the hub: {reason}", hint=hint
        ) from error
    return cached
