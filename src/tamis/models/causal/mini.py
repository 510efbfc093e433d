"""The embedded causal language model, on onnxruntime alone.

What a context remembers are keys and values before their rotation, so entries can be taken out of the middle. When the
window is full, the first few tokens and the last half window stay (attention sinks, StreamingLLM, arXiv 2309.17453) and
are counted anew; nothing is read twice. When that happens depends on how many tokens were read, never on how they were
handed over. The last token of a context waits outside and is fed with the next, as no pass is worth a prediction that
nobody asks for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tamis.core import Floats, Ints
from tamis.errors import InvalidInput, ModelCorrupt
from tamis.io.surrogates import encodable
from tamis.models.causal.protocol import SURPRISAL, Context, conditions
from tamis.models.encoder import read_config
from tamis.models.onnx import Graph
from tamis.models.parallel import spread, thread_count
from tamis.models.pieces import Pieces, open_tokenizer
from tamis.models.scores import TokenScores
from tamis.models.sequences import trimmed

CHUNK = 128  # tokens of one call: more are no faster (measured), and their logits take 13 MB
OUTPUTS = ("surprisal", "new_keys", "new_values")

Cache = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class MiniConfig:
    """What `config.json` says of the model.

    Attributes:
        window: tokens that are in view at most.
        sinks: how many of the first stay in view for good.
        begin: the token that begins every text.
        vocabulary: how many tokens there are.
        cache: (layers, kv heads, size) of the keys of a token.
    """

    window: int
    sinks: int
    begin: int
    vocabulary: int
    cache: tuple[int, int, int]

    @staticmethod
    def of(config: Mapping[str, Any]) -> MiniConfig:
        """What a `config.json` says; `KeyError`, `TypeError` or `ValueError` where it says nothing usable."""
        layers, heads, size = (int(config[name]) for name in ("layers", "kv_heads", "head_size"))
        parsed = MiniConfig(
            window=int(config["window"]),
            sinks=int(config["sinks"]),
            begin=int(config["begin"]),
            vocabulary=int(config["vocabulary"]),
            cache=(layers, heads, size),
        )
        if not 0 <= parsed.sinks < parsed.window - parsed.window // 2 or not 0 <= parsed.begin < parsed.vocabulary:
            raise ValueError(f"window {parsed.window}, sinks {parsed.sinks}, begin {parsed.begin}")
        return parsed


@dataclass(frozen=True, eq=False)
class _Memory:
    """What a context remembers: keys and values (layers, kv heads, p, size) in view, and the token that waits."""

    keys: Cache
    values: Cache
    waiting: int


@dataclass(frozen=True, eq=False)
class MiniLM:
    """An open model; obtained from `open_mini`. Thread-safe; neither batch nor threads change a result.

    Attributes:
        name: what it was loaded from.
        config: of the model.
        graph: whose calls share `threads` threads, so that a text with nobody beside it has all of them.
        tokenizer: of `tokenizers`.
        threads: how many texts are read at a time, too.
    """

    name: str
    config: MiniConfig
    graph: Graph
    tokenizer: Any
    threads: int

    @property
    def window(self) -> int:
        """How far it looks back at most; longer texts slide, with at least half of it in view."""
        return self.config.window

    def cut(self, texts: Sequence[str]) -> list[Pieces]:
        """The tokens of each text; offsets without the white space before a token, as in every `TokenScores`."""
        codes = self.tokenizer.encode_batch([encodable(text) for text in texts], add_special_tokens=False)
        pieces = []
        for text, code in zip(texts, codes, strict=True):
            offsets = np.array(code.offsets, np.int64).reshape(-1, 2)
            pieces.append(Pieces(np.array(code.ids, np.int64), trimmed(offsets, text)))
        return pieces

    def surprisals(self, texts: Sequence[str], *, given: Sequence[str] | None = None) -> list[TokenScores]:
        """The surprisal of every token of each text; texts are read side by side, a shared condition once.

        Raises:
            InvalidInput: not as many conditions as texts.
            ModelCorrupt: the model gives no finite numbers.
        """
        befores = conditions(texts, given)
        pieces, distinct = self.cut(texts), list(dict.fromkeys(befores))
        condition_ids = [p.ids for p in self.cut(distinct)]
        memories = dict(zip(distinct, spread(self._after, condition_ids, self.threads), strict=True))
        jobs = [(memories[before], p.ids) for before, p in zip(befores, pieces, strict=True)]
        scores = spread(lambda job: self._read(*job, last=True)[0], jobs, self.threads)
        return [TokenScores(p.offsets, {SURPRISAL: f}) for p, f in zip(pieces, scores, strict=True)]

    def start(self) -> Context:
        """The context of the token that begins every text."""
        layers, heads, size = self.config.cache
        nothing = np.zeros((layers, heads, 0, size), np.float32)
        return Context(1, _Memory(nothing, nothing, self.config.begin))

    def read(self, context: Context, ids: Ints) -> tuple[Floats, Context]:
        """The surprisal (n,) of tokens behind a context, and the context with them in it; costs n tokens.

        Raises:
            InvalidInput: an id that is no token of this model.
            ModelCorrupt: the model gives no finite numbers.
        """
        surprisals, memory = self._read(context.memory, self._checked_ids(ids))
        return surprisals, Context(context.length + len(ids), memory)

    def extend(self, context: Context, ids: Ints) -> Context:
        """The context with tokens in it: as `read`, without the prediction, a fifth of the work."""
        memory = self._read(context.memory, self._checked_ids(ids), judged=False)[1]
        return Context(context.length + len(ids), memory)

    def _checked_ids(self, ids: Ints) -> Ints:
        ids = np.asarray(ids, np.int64)
        if len(ids) and not 0 <= ids.min() <= ids.max() < self.config.vocabulary:
            wrong = ids[(ids < 0) | (ids >= self.config.vocabulary)][0]
            raise InvalidInput(f"{wrong} is no token of {self.name!r}.", hint="Use the ids that `cut` gives.")
        return ids

    def _after(self, ids: Ints) -> _Memory:
        return self._read(self.start().memory, ids, judged=False)[1]

    def _read(self, memory: _Memory, ids: Ints, *, last: bool = False, judged: bool = True) -> tuple[Floats, _Memory]:
        """Feed the waiting token and all of `ids` but the last.

        last -- nobody reads on: what is remembered is of no use
        judged -- surprisals are asked for
        """
        if not len(ids):
            return np.zeros(0), memory
        fed = np.concatenate([[memory.waiting], ids[:-1]])
        keys, values, parts, position = memory.keys, memory.values, [], 0
        while position < len(fed):
            keys, values = self._slid(keys), self._slid(values)
            end = min(position + CHUNK, position + self.config.window - keys.shape[2], len(fed))
            feeds = {
                "ids": fed[position:end],
                "targets": ids[position:end] if judged else ids[:0],
                "keys": keys,
                "values": values,
            }
            scores, *new = self.graph(OUTPUTS, feeds)
            parts.append(scores)
            if end < len(fed) or not last:
                keys, values = (np.concatenate(pair, axis=2) for pair in zip((keys, values), new, strict=True))
            position = end
        return self._checked(np.concatenate(parts)), _Memory(keys, values, int(ids[-1]))

    def _slid(self, entries: Cache) -> Cache:
        """The entries themselves while there is room for another; else the sinks and the last half window."""
        if entries.shape[2] < self.config.window:
            return entries
        return np.concatenate([entries[:, :, : self.config.sinks], entries[:, :, -(self.config.window // 2) :]], axis=2)

    def _checked(self, scores: Cache) -> Floats:
        """In double precision; a chance of 1 may be rounded a little above it."""
        if not np.isfinite(scores).all():
            hint = "Its weights are broken; install them anew."
            raise ModelCorrupt(f"{self.name!r} gives probabilities that are no finite numbers.", hint=hint)
        return np.maximum(scores, 0.0).astype(np.float64)


def open_mini(folder: Path, *, threads: int | None = None) -> MiniLM:
    """Open the model in a folder with `config.json`, `tokenizer.json` and `model.onnx`.

    Raises:
        ModelNotFound: no such folder.
        ModelCorrupt: a file of it is missing, cut short or another model's.
        InvalidInput: `threads` is not a positive whole number.
    """
    workers = thread_count(threads)
    try:
        config = MiniConfig.of(read_config(folder))
    except (KeyError, TypeError, ValueError) as error:
        raise ModelCorrupt(
            f"{str(folder / 'config.json')!r} is not the card of a causal model: {error!r}.",
            hint="Install the model anew.",
        ) from error
    tokenizer = open_tokenizer(folder / "tokenizer.json")
    tokenizer.encode_special_tokens = True  # a text that says "<|endoftext|>" says so in letters
    if (size := tokenizer.get_vocab_size()) != config.vocabulary:
        hint = "Is tokenizer.json another model's?"
        raise ModelCorrupt(f"{str(folder)!r} has {config.vocabulary} tokens but its tokenizer {size}.", hint=hint)
    graph = Graph(folder / "model.onnx", threads=workers)
    graph.require(OUTPUTS)
    return MiniLM(folder.name, config, graph, tokenizer, workers)
