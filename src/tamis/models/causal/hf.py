"""Any causal language model of transformers, from the hub or a local folder. Extra `torch`.

A context is never changed: what is read behind it goes into a copy of its cache, whose tensors are shared, as growing a
cache makes new ones. The last token of a context waits outside the cache and is fed with the next: no pass is spent on
a prediction that nobody asks for. Attention is sdpa where the model has it, else eager (the rule of transformers).
"""

from __future__ import annotations

import copy
import inspect
import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from tamis.core import Floats, Ints
from tamis.errors import InvalidInput, ModelCorrupt
from tamis.io.surrogates import encodable
from tamis.models.causal.protocol import SURPRISAL, Context, conditions
from tamis.models.causal.sliding import passes, room, shrunk
from tamis.models.pieces import Pieces
from tamis.models.scores import TokenScores
from tamis.models.sequences import trimmed
from tamis.models.transformers.hub import Place, bare, dtype_of, fast_tokenizer, imports, opened, placed, sequence_limit

END_OF_TEXT = "<|endoftext|>"  # GPT-2's and its heirs': it stands between the texts they were trained on
CPU_POSITIONS = 1024  # padded tokens of one pass: more are no faster
GPU_POSITIONS = 16384
LOGITS = 1 << 27  # of one pass; half a gigabyte in float32
SOFTMAX = 1 << 24  # logits at a time that are copied to float32
SHARED = 16  # tokens from which a condition that several texts share is read once, and its cache repeated
CACHED_COST = 8  # cached tokens that weigh as much in a batch as one that is fed
NOTHING = -1  # no token is asked for here


@dataclass(frozen=True, eq=False)
class _Memory:
    """What a context remembers: the tokens in view (v,), and the cache of all of them but the last, if any."""

    view: Ints
    cache: Any = None


@dataclass(frozen=True, eq=False)
class _Row:
    """One row of a batch: `feed` (f,), the last of which predict `goal` (g,), scores `at` and on of text `number`."""

    number: int
    at: int
    feed: Ints
    goal: Ints


@dataclass(frozen=True, eq=False)
class TransformersLM:
    """An open causal language model; obtained from `open_transformers`.

    A text begins with the tokenizer's own first token (BOS), or with <|endoftext|> where the tokenizer has that; else
    the first token has no condition and its surprisal is that of a guess among all tokens, log(vocabulary).

    Attributes:
        name: what it was loaded from.
        model: of `transformers`.
        tokenizer: the fast tokenizer behind that of `transformers`; special tokens in a text are text to it.
        window: tokens that can be fed at once; of longer texts half of them stay in view (`sliding.py`).
        begin: (0 or 1,) the token that begins every text.
        cached: whether the model's cache can be kept; otherwise (state-space and hybrid models) the view is read anew.
    """

    name: str
    model: Any
    tokenizer: Any
    window: int
    begin: Ints
    cached: bool = True

    def cut(self, texts: Sequence[str]) -> list[Pieces]:
        """The tokens of each text; offsets without the white space before a token, as in every `TokenScores`.

        Raises:
            ModelCorrupt: the tokenizer gives a token that the model does not have.
        """
        codes = self.tokenizer.encode_batch([encodable(text) for text in texts], add_special_tokens=False)
        pieces = []
        for text, code in zip(texts, codes, strict=True):
            ids, offsets = np.array(code.ids, np.int64), np.array(code.offsets, np.int64).reshape(-1, 2)
            if len(ids) and ids.max() >= self.vocabulary:
                message = f"{self.name!r} has {self.vocabulary} tokens but its tokenizer says {ids.max()}"
                raise ModelCorrupt(
                    f"{message} ({code.tokens[int(ids.argmax())]!r}).", hint="Is tokenizer.json another model's?"
                )
            pieces.append(Pieces(ids, trimmed(offsets, text)))
        return pieces

    def surprisals(self, texts: Sequence[str], *, given: Sequence[str] | None = None) -> list[TokenScores]:
        """The surprisal of every token of each text; rows of similar length are run together.

        A condition that several texts share is read once. A text that does not fit the window behind its condition is
        judged in several passes, each of them a row of its own.

        Raises:
            ModelCorrupt: the model gives no finite numbers.
            InvalidInput: not as many conditions as texts.
        """
        pieces, groups = self.cut(texts), dict[str, dict[int, Ints]]()
        for number, before in enumerate(conditions(texts, given)):
            groups.setdefault(before, {}).update({number: pieces[number].ids} if len(pieces[number]) else {})
        scores = [np.full(len(p), math.log(self.vocabulary)) for p in pieces]
        alone: list[_Row] = []
        for ids_of, condition in zip(groups.values(), self.cut(list(groups)), strict=True):
            start = np.concatenate([self.begin, condition.ids])
            shared = self._sharing(len(start), ids_of)
            if shared:
                memory = self.extend(self.start(), condition.ids).memory
                self._fill(scores, [_continued(n, memory.view, ids_of[n]) for n in shared], memory.cache)
            alone += [row for n, ids in ids_of.items() if n not in shared for row in self._rows(n, start, ids)]
        self._fill(scores, alone, None)
        return [TokenScores(p.offsets, {SURPRISAL: f}) for p, f in zip(pieces, scores, strict=True)]

    def _sharing(self, start: int, ids: Mapping[int, Ints]) -> set[int]:
        """Which of the texts with one condition of `start` tokens are to continue one cache: those that fit behind."""
        fitting = {number for number, text_ids in ids.items() if start + len(text_ids) - 1 <= self.window}
        return fitting if self.cached and start >= SHARED and len(fitting) > 1 else set()

    def start(self) -> Context:
        """The context of the token that begins every text, if there is one."""
        return Context(len(self.begin), _Memory(self.begin))

    def read(self, context: Context, ids: Ints) -> tuple[Floats, Context]:
        """The surprisal (n,) of tokens behind a context, and the context with them in it; costs n tokens.

        Raises:
            InvalidInput: an id that is no token of this model.
            ModelCorrupt: the model gives no finite numbers.
        """
        return self._read(context, ids, judged=True)

    def extend(self, context: Context, ids: Ints) -> Context:
        """The context with tokens in it: as `read`, but nothing is predicted."""
        return self._read(context, ids, judged=False)[1]

    def greedy(self, context: Context, limit: int, stops: Collection[int] = ()) -> list[int]:
        """The likeliest token, and the likeliest behind it, ...: `limit` at most, none from the first of `stops` on."""
        import torch

        view, cache, tokens = context.memory.view, copied(context.memory.cache), list[int]()
        while len(tokens) < limit and len(view) <= self.window:
            feed = view if cache is None else view[-1:]
            with torch.inference_mode():
                logits, cache = self._forward(feed[None], cache, len(feed) - 1)
            token = int(logits[0, -1].argmax())
            if token in stops:
                break
            tokens.append(token)
            view = np.append(view, token)
        return tokens

    def _read(self, context: Context, ids: Ints, *, judged: bool) -> tuple[Floats, Context]:
        ids = np.asarray(ids, np.int64)
        if len(ids) and not 0 <= ids.min() <= ids.max() < self.vocabulary:
            wrong = ids[(ids < 0) | (ids >= self.vocabulary)][0]
            raise InvalidInput(f"{wrong} is no token of {self.name!r}.", hint="Use the ids that `cut` gives.")
        memory: _Memory = context.memory
        parts, rest = [np.zeros(0)], ids
        while len(rest):
            now, rest = np.split(rest, [room(memory.view, self.window)])
            scores, memory = self._advance(memory, now, judged=judged)
            parts.append(scores)
        return np.concatenate(parts), Context(context.length + len(ids), memory)

    @property
    def vocabulary(self) -> int:
        """How many tokens the model has a probability for."""
        return int(self.model.config.get_text_config().vocab_size)

    def _advance(self, memory: _Memory, ids: Ints, *, judged: bool) -> tuple[Floats, _Memory]:
        """Read tokens that fit into the view, which then shrinks if it is over-full."""
        view = np.concatenate([memory.view, ids])
        feed = view[:-1] if memory.cache is None else view[len(memory.view) - 1 : -1]
        unknown = len(ids) if len(memory.view) else len(ids) - 1  # all but the very first token are predicted
        goal = np.full(len(feed), NOTHING)
        if judged:
            goal[len(feed) - unknown :] = ids[len(ids) - unknown :]
        scores, cache = self.scored(feed[None], goal[None], copied(memory.cache))
        first = np.full(len(ids) - unknown, math.log(self.vocabulary))
        surprisals = np.concatenate([first, scores[0, len(feed) - unknown :]])
        kept = shrunk(view, self.window, len(self.begin))
        return surprisals, _Memory(kept, cache if kept is view and self.cached else None)

    def _rows(self, number: int, start: Ints, ids: Ints) -> Iterator[_Row]:
        """The passes over one text that is read by itself."""
        whole, head = np.concatenate([start, ids]), len(self.begin)
        for reading in passes(len(whole), len(start), window=self.window, head=head):
            feed = np.concatenate([whole[:head], whole[reading.start : reading.stop]])
            goal = whole[reading.first : reading.stop + 1]
            yield _Row(number, reading.first - len(start), feed, goal)

    def _fill(self, surprisals: Sequence[Floats], rows: Sequence[_Row], cache: Any) -> None:
        """Write the scores of all rows, which continue one cache, to their places."""
        past = 0 if cache is None else cache.get_seq_length()
        order = sorted(rows, key=lambda row: -len(row.feed))
        while order:
            fits = max(1, self._positions // (len(order[0].feed) + past // CACHED_COST))
            batch, order = order[:fits], order[fits:]
            feed, goal = _padded(batch)
            lines, _ = self.scored(feed, goal, copied(cache, len(batch)))
            for row, line in zip(batch, lines, strict=True):
                end = len(row.feed)
                surprisals[row.number][row.at : row.at + len(row.goal)] = line[end - len(row.goal) : end]

    @cached_property
    def _positions(self) -> int:
        limit = CPU_POSITIONS if self.model.device.type == "cpu" else GPU_POSITIONS
        return max(1, min(limit, LOGITS // self.vocabulary))

    @cached_property
    def _selects(self) -> bool:
        """Whether the model can be told to leave out the logits of tokens that need none."""
        return "logits_to_keep" in inspect.signature(self.model.forward).parameters

    def scored(self, feed: Ints, goal: Ints, cache: Any) -> tuple[Floats, Any]:
        """The surprisal (b, t) of each goal, 0 where none is asked, and the cache with everything fed in it.

        feed -- (b, t) tokens, padded on the right: no token sees what comes behind it, so no mask is needed
        goal -- (b, t) the token that should follow each
        """
        import torch

        scores, width = np.zeros(feed.shape), feed.shape[1]
        step = max(1, self._positions // len(feed)) if self.cached else max(1, width)
        for start in range(0, width, step):
            part, targets = feed[:, start : start + step], goal[:, start : start + step]
            columns = np.flatnonzero((targets != NOTHING).any(axis=0))
            first = int(columns[0]) if len(columns) else part.shape[1] - 1
            with torch.inference_mode():
                logits, cache = self._forward(part, cache, first)
                scores[:, start + first : start + part.shape[1]] = self._softmax(logits, targets[:, first:])
        return scores, cache

    def _forward(self, ids: Ints, cache: Any, first: int) -> tuple[Any, Any]:
        """Logits (b, t - first, V) behind the tokens from `first` on, and the cache."""
        import torch

        keep = ids.shape[1] - first
        options = {"logits_to_keep": keep} if self._selects else {}
        if self.cached:
            options |= {"past_key_values": cache, "use_cache": True}
        else:
            options |= {"use_cache": False}
        out = self.model(input_ids=torch.from_numpy(ids).to(self.model.device), **options)
        return out.logits[:, -keep:], out.past_key_values if self.cached else None

    def _softmax(self, logits: Any, goal: Ints) -> Floats:
        """-log softmax (b, t) at the goals, in float32 and a few tokens at a time."""
        import torch

        scores, places = np.zeros(goal.shape), np.argwhere(goal != NOTHING)
        step = max(1, SOFTMAX // logits.shape[-1])
        for start in range(0, len(places), step):
            row, column = places[start : start + step].T
            rows = logits[torch.from_numpy(row), torch.from_numpy(column)].float()
            target_logits = rows.gather(1, torch.from_numpy(goal[row, column]).to(rows.device)[:, None])[:, 0]
            scores[row, column] = (rows.logsumexp(-1) - target_logits).cpu().numpy()
        if not np.isfinite(scores).all():
            hint = 'Its weights are broken, or dtype="float32" is needed.'
            raise ModelCorrupt(f"{self.name!r} gives probabilities that are no finite numbers.", hint=hint)
        return scores


def copied(cache: Any, rows: int = 1) -> Any:
    """A cache of `rows` equal rows that can grow without changing this one of a single row."""
    if cache is None:
        return None
    copied_cache = copy.copy(cache)
    copied_cache.layers = [copy.copy(layer) for layer in cache.layers]
    if rows > 1:
        copied_cache.batch_repeat_interleave(rows)
    return copied_cache


def _continued(number: int, view: Ints, ids: Ints) -> _Row:
    """The row of a text behind a cache that lacks the last token in view."""
    return _Row(number, 0, np.concatenate([view[-1:], ids[:-1]]), ids)


def _padded(batch: Sequence[_Row]) -> tuple[Ints, Ints]:
    """Rows side by side, the longest first, filled up on the right with their own last token."""
    width = len(batch[0].feed)
    feed = np.stack([np.pad(row.feed, (0, width - len(row.feed)), mode="edge") for row in batch])
    goal = np.full(feed.shape, NOTHING)
    for line, row in zip(goal, batch, strict=True):
        line[len(row.feed) - len(row.goal) : len(row.feed)] = row.goal
    return feed, goal


def open_transformers(
    source: str, *, device: str = "auto", dtype: str = "auto", tokenizer: Any = None
) -> TransformersLM:
    """Open a causal language model from a local folder, or from the hub by its id.

    Args:
        source: folder, GGUF file, or hub id.
        device: "auto" (cuda, then mps, else cpu) or torch's name of one.
        dtype: "auto" (bfloat16 on a GPU that computes in it, else float32), "float32", "bfloat16" or "float16".
        tokenizer: of transformers, where it is open already; settings of it are changed.

    Raises:
        MissingExtra: torch or transformers is not installed.
        ModelNotFound: no such folder, or the hub cannot be reached or has no such model.
        ModelCorrupt: files are missing or cut short, the tokenizer is slow or another model's, the model is no causal
            language model or gives no finite numbers.
        InvalidInput: unknown device or dtype.
    """
    place = Place(device, dtype)
    dtype_of(place)  # a wrong one is said before anything is read
    tokenizer = tokenizer or fast_tokenizer(source, place)
    model = causal_weights(source, place)
    check_tokens(tokenizer, model, source)
    cached = _probed(model, source)
    if _packing_breaks(model):
        model = causal_weights(source, place)
    begin = np.array(_beginning(tokenizer, model), np.int64)
    backend = bare(tokenizer)
    backend.encode_special_tokens = True  # a text that says "</s>" says so in letters
    return TransformersLM(source, model, backend, sequence_limit(model, tokenizer), begin, cached)


def causal_weights(name: str, place: Place) -> Any:
    """The model in its place; `ModelCorrupt` where a weight would be made up."""
    _, transformers = imports()
    kind = transformers.AutoModelForCausalLM
    model, info = opened(name, kind, place, dtype=dtype_of(place), output_loading_info=True)
    if info["missing_keys"]:
        missing = ", ".join(sorted(info["missing_keys"])[:3])
        raise ModelCorrupt(f"{name!r} lacks weights: {missing}.", hint="Is it a causal language model?")
    return placed(model, place)


def _packing_breaks(model: Any) -> bool:
    """Pack the linear layers, and say whether the model no longer runs: some reach into their layers (Mamba)."""
    from tamis.models.packed import pack

    if not pack(model):
        return False
    try:
        _probe_logits(model)
    except (RuntimeError, NotImplementedError, AttributeError, TypeError):
        return True
    return False


def check_tokens(tokenizer: Any, model: Any, name: str) -> None:
    """Without its file, transformers makes up an empty tokenizer in silence; another may not fit the embeddings.

    Tokens added without embeddings (a padding token, often) are fine as long as no text contains them.
    """
    rows = int(model.config.get_text_config().vocab_size)
    size = tokenizer.backend_tokenizer.get_vocab_size(with_added_tokens=False)
    if not len(set(tokenizer.all_special_ids)) < max(size, len(tokenizer)) or not 1 < size <= rows:
        hint = "Is tokenizer.json missing, or another model's?"
        raise ModelCorrupt(f"{name!r} has {rows} embeddings but its tokenizer {size} tokens.", hint=hint)


def _beginning(tokenizer: Any, model: Any) -> list[int]:
    """The token that begins every text, [] where there is none."""
    begin = tokenizer.bos_token_id
    if begin is None:
        begin = tokenizer.get_vocab().get(END_OF_TEXT)
    return [] if begin is None or begin >= model.config.get_text_config().vocab_size else [int(begin)]


def _probed(model: Any, name: str) -> bool:
    """Whether the model's cache can be kept; `ModelCorrupt` where a token sees what comes behind it.

    What is said before the last token must not depend on it. (A bidirectional encoder opened as a decoder would know
    every token in advance.)
    """
    from transformers.cache_utils import DynamicCache, DynamicLayer, DynamicSlidingWindowLayer

    out = _probe_logits(model)
    change = (out.logits[0] - out.logits[1]).float().abs().amax(-1).tolist()
    if max(change[:2]) > 0.01 * change[2]:
        hint = "Is it an encoder such as BERT? `tamis.models.load` opens classifiers."
        raise ModelCorrupt(f"{name!r} is no causal language model: its tokens see what comes behind.", hint=hint)
    cache = getattr(out, "past_key_values", None)
    plain = (DynamicLayer, DynamicSlidingWindowLayer)  # those whose tensors are replaced, never written to
    return type(cache) is DynamicCache and all(type(layer) in plain for layer in cache.layers)


def _probe_logits(model: Any) -> Any:
    """What the model says about two rows of three tokens that differ in the last."""
    import torch

    ids = torch.tensor([[1, 2, 3], [1, 2, 4]], device=model.device) % model.config.get_text_config().vocab_size
    with torch.inference_mode():
        return model(input_ids=ids, use_cache=True)
