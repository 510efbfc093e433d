"""Bits per byte of held-out text: the shipped file beside a 5-gram model of the same tokens, xz, and the original.

All read the same documents of the `test` split, each behind a `BEGIN`. Bytes are those of the text in UTF-8: a token of
a byte-level BPE is spelt with one character a byte, so the tokens say how many there are.
"""

from __future__ import annotations

import json
import logging
import lzma
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tamis.core import Ints
from tamis.io.files import write
from tamis.models.causal.protocol import SURPRISAL, CausalLM
from tamis.text.ngrams import ORDER, train
from training.lm.card import card, table
from training.lm.config import GROUPS, LMConfig
from training.lm.tokens import BEGIN, Shards

Figures = dict[str, dict[str, float]]
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Sample:
    """Documents of one group: `tokens`, each document behind a `BEGIN`, and their text."""

    tokens: NDArray[np.int64]
    texts: tuple[str, ...]

    @property
    def size(self) -> int:
        """UTF-8 bytes."""
        return sum(len(text.encode()) for text in self.texts)

    def documents(self) -> list[Ints]:
        """The tokens of each document, without the `BEGIN`."""
        return [part[1:] for part in np.split(self.tokens, np.flatnonzero(self.tokens == BEGIN)[1:])]


def sample(tokens: NDArray[np.uint16], tokenizer: Any, cap: int) -> Sample:
    """The first documents with about `cap` tokens together: whole ones, and one at least."""
    starts = np.append(np.flatnonzero(tokens == BEGIN), len(tokens))
    fitting = starts[(starts > 0) & (starts <= cap)]
    end = int(fitting[-1] if len(fitting) else starts[1])
    draft = Sample(tokens[:end].astype(np.int64), ())
    texts = tokenizer.decode_batch([part.tolist() for part in draft.documents()], skip_special_tokens=False)
    return Sample(draft.tokens, tuple(texts))


def evaluate_lm(config: LMConfig, out: Path, target: Path, *, parts: Sequence[str], cap: int) -> Figures:
    """Measure each part on each group, and rewrite the card of `target` with it and what was measured before.

    parts -- of "mini-lm", "kneser-ney", "xz", "original"
    """
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_str((out / "tokenizer.json").read_text(encoding="utf-8"))
    shards = Shards(out / "shards")
    samples = {group: sample(shards.tokens(group, "test"), tokenizer, cap) for group in GROUPS}
    judges: dict[str, Callable[[], tuple[str, Callable[[Sample], float]]]] = {
        "mini-lm": lambda: ("mini-lm", _by_model(_shipped(target))),
        "kneser-ney": lambda: (f"{ORDER}-gram Kneser-Ney of the same tokens", _by_ngrams(config, shards)),
        "xz": lambda: ("xz -9e", _by_xz),
        "original": lambda: ("SmolLM2-135M-Instruct, as it came", _by_model(_original(config))),
    }
    path = out / "figures.json"
    figures: Figures = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    for part in parts:
        name, judge = judges[part]()
        figures[name] = {group: round(judge(documents) / documents.size, 4) for group, documents in samples.items()}
        _LOG.info("%s: %s", name, figures[name])
        write(path, (json.dumps(figures, indent=1) + "\n").encode())
    _LOG.info("%s", table(figures))
    if target.is_dir():
        write(target / "README.md", card(config, figures).encode())
    return figures


def _by_model(model: CausalLM) -> Callable[[Sample], float]:
    """Bits of a sample's texts to a causal model, each read by itself."""

    def bits(documents: Sample) -> float:
        return sum(float(scores.values[SURPRISAL].sum()) for scores in model.surprisals(documents.texts)) / math.log(2)

    return bits


def _by_ngrams(config: LMConfig, shards: Shards) -> Callable[[Sample], float]:
    tokens = np.concatenate([shards.tokens(group, "train") for group in GROUPS]).astype(np.int64)
    _LOG.info("counting the n-grams of %d tokens", len(tokens))
    model = train(tokens, config.model.vocabulary, begin=BEGIN)
    return lambda documents: float(-np.log2(model.chances(documents.tokens)).sum())


def _by_xz(documents: Sample) -> float:
    """Of the texts in one piece, without the container's header."""
    filters = [{"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME}]
    return 8.0 * len(lzma.compress("\n".join(documents.texts).encode(), lzma.FORMAT_RAW, filters=filters))


def _shipped(folder: Path) -> CausalLM:
    from tamis.models.causal.mini import open_mini

    return open_mini(folder)


def _original(config: LMConfig) -> CausalLM:
    """The model that training starts from, with all its layers and tokens."""
    from dataclasses import replace

    from tamis.models.causal.hf import TransformersLM
    from training.lm.model import opened, started, tokenizer_of

    reader = opened(config.start)
    layers = int(reader.fields["llama.block_count"].contents())
    vocabulary = len(reader.fields["tokenizer.ggml.tokens"].contents())
    whole = replace(config, model=replace(config.model, vocabulary=vocabulary, layers=tuple(range(layers))))
    tokenizer = tokenizer_of(reader, vocabulary)
    model = started(reader, whole).eval()
    return TransformersLM(config.start.file, model, tokenizer, 2048, np.array([BEGIN]))
