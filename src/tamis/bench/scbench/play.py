"""One session read by one method: a context, then its questions, each answered greedily; with what it cost.

A context is read once. In `multi_turn` questions and golden (or own) answers follow one another in one cache; in
`multi_request` each question meets the context alone, in a fork of its cache. The question is hidden while the context
is read and compressed, unless it is `shown`: then context and question are read together, and again for each request
(in `multi_turn`, the first question is what is shown).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any

from tamis.attention import PrefillReport, sparse
from tamis.bench.scbench.layout import Layout
from tamis.bench.scbench.methods import ContextMethod
from tamis.bench.scbench.metrics import METRICS
from tamis.bench.scbench.sessions import Session, SessionTurn
from tamis.cache import RaggedCache, compressing, decoding
from tamis.cache.policies import policy_of
from tamis.core import Ratio
from tamis.errors import InvalidInput
from tamis.models.transformers.decoder import decoder_of

if TYPE_CHECKING:
    from torch import Tensor

MODES = ("multi_turn", "multi_request")
SAMPLES = 16  # queries whose attention is looked at for the mass that was kept
SPARE = 48  # tokens that an answer may be longer than the golden one: real models say the question again
BETWEEN = 16  # tokens of a layout around a question and its answer, at most

Shorten = Callable[[str, float], str]
"""(text, share) -> a text of at most that share of its tokens."""


@dataclass(frozen=True, slots=True)
class Played:
    """One turn.

    Attributes:
        score: 0 to 1.
        answer: what the model said.
        ttft: seconds from the question to the first token of the answer; the context is read already.
        decode: seconds of each further token, the mean; 0 where there was none.
        bytes: of the cache when the answer was complete.
        query: what was asked.
        gold: the golden answer.
    """

    score: float
    answer: str
    ttft: float
    decode: float
    bytes: int
    query: str = ""
    gold: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """A session, played.

    Attributes:
        turns: one for each question.
        tokens: of the context, as it was.
        read: of it that were read: fewer after prompt compression.
        prefill: seconds to read and compress the context; the mean where it was read for each request.
        bytes: of the cache, at its largest.
        density: share of dense attention that was computed while the context was read.
        kept: share of its entries that the cache kept.
        mass: share of dense attention that fell on what was computed or kept, over sampled queries of the context;
            None for a compressed prompt, where it is not defined.
    """

    turns: tuple[Played, ...]
    tokens: int
    read: int
    prefill: float
    bytes: int
    density: float
    kept: float
    mass: float | None


@dataclass(frozen=True)
class Player:
    """A model that can be asked.

    Attributes:
        model, tokenizer: of transformers.
        layout: how texts are put.
        shorten: compresses a context, for methods that do so.
        longest: tokens of an answer, at most.
    """

    model: Any
    tokenizer: Any
    layout: Layout
    shorten: Shorten | None = None
    longest: int = 256

    def play(
        self, session: Session, method: ContextMethod, mode: str, *, own: bool = False, shown: bool = False
    ) -> Run:
        """Play a session.

        Args:
            session: context and questions.
            method: how the context is read and kept.
            mode: of `MODES`.
            own: the model's own answers are what later turns see; else the golden ones.
            shown: the question is read with the context.

        Raises:
            InvalidInput: a context longer than the model's positions, or a method that compresses text without a way.
        """
        import torch

        with torch.no_grad():
            return self._played(session, method, mode, own=own, with_question=shown)

    def _played(self, session: Session, method: ContextMethod, mode: str, *, own: bool, with_question: bool) -> Run:
        reads: list[_Read] = []
        played = []
        for number, turn in enumerate(session.turns):
            if not reads or (with_question and mode == "multi_request"):
                reads.append(self._read(session, method, turn if with_question else None))
            last = reads[-1]
            with decoding(self.model):
                alone = mode == "multi_request"
                cache = last.cache.fork() if alone else last.cache
                played.append(self._asked(cache, turn, last, first=alone or number == 0, keep=not alone, own=own))
        return _run(played, reads)

    # --- the context ---------------------------------------------------------------------------------------------

    def _read(self, session: Session, method: ContextMethod, question: SessionTurn | None) -> _Read:
        """The context in a cache; with a question, all of the latter but its last token."""
        began = perf_counter()
        context = self._shortened(session.context, method)
        text = self.layout.opening + context + (self.layout.asked(question.query, first=True) if question else "")
        ids, rest = self._ids(text, special=self.layout.special), None
        if question:
            ids, rest = ids[:, :-1], ids[:, -1:]
        self._must_fit(ids.shape[1], session)
        with self._reading(method, ids) as (cache, report):
            decoder_of(self.model)(input_ids=ids, past_key_values=cache, use_cache=True)
        spent = perf_counter() - began
        tokens = ids.shape[1] if method.prompt is None else self._ids(session.context).shape[1]
        return _Read(cache, report, spent, ids.shape[1], tokens, rest, method)

    @contextmanager
    def _reading(self, method: ContextMethod, ids: Tensor) -> Iterator[tuple[RaggedCache, PrefillReport | None]]:
        report = None
        with ExitStack() as stack:
            if method.policy is None:
                cache = RaggedCache(quantiser=method.quantiser)
            else:
                how: dict[str, Any] = {"spread": method.spread, "quantiser": method.quantiser, "certify": SAMPLES}
                policy = policy_of(method.policy, self.model, ids)
                block = compressing(self.model, policy, Ratio(method.kept), **how)
                cache = stack.enter_context(block)
            if method.pattern is not None:
                report = stack.enter_context(sparse(self.model, method.pattern, mode="always", certify=SAMPLES))
            yield cache, report

    def _shortened(self, context: str, method: ContextMethod) -> str:
        if method.prompt is None:
            return context
        if self.shorten is None:
            raise InvalidInput(f"{method.name!r} compresses text; no way to do so was given.", hint="Pass `shorten`.")
        return self.shorten(context, method.prompt)

    def _must_fit(self, tokens: int, session: Session) -> None:
        if self.reach is not None and tokens + 64 > self.reach:
            raise InvalidInput(
                f"A context of {session.task!r} has {tokens:,} tokens, the model {self.reach:,} positions.",
                hint="Take a smaller size.",
            )

    @property
    def reach(self) -> int | None:
        """Positions that the model has; None where it has no such limit."""
        reach: int | None = getattr(self.model.config.get_text_config(), "max_position_embeddings", None)
        return reach

    def tokens(self, session: Session) -> int:
        """Positions that a session takes at most: its context, and each question with its answer."""
        asked = sum(self._size(turn.query) + self._size(turn.answer) + SPARE + BETWEEN for turn in session.turns)
        return self._size(self.layout.opening + session.context) + asked

    def _size(self, text: str) -> int:
        return len(self.tokenizer(text, add_special_tokens=False).input_ids)

    # --- questions -----------------------------------------------------------------------------------------------

    def _asked(
        self, cache: RaggedCache, turn: SessionTurn, read: _Read, *, first: bool, keep: bool, own: bool
    ) -> Played:  # fmt: skip
        ids = self._ids(self.layout.asked(turn.query, first=first))
        if read.rest is not None and first:
            ids = read.rest
        began = perf_counter()
        token = self._next(cache, ids)
        ttft = perf_counter() - began
        reply = self._continued(cache, token, turn)
        spent = perf_counter() - began - ttft
        size = cache.nbytes
        answer = self.tokenizer.decode(reply, skip_special_tokens=True).strip()
        if keep:
            self._remember(cache, reply, answer if own else turn.answer)
        score = METRICS[turn.metric](answer, turn.gold)
        each = spent / (len(reply) - 1) if len(reply) > 1 else 0.0
        return Played(score, answer, ttft, each, size, turn.query, turn.answer)

    def _continued(self, cache: RaggedCache, token: int, turn: SessionTurn) -> list[int]:
        """The tokens of a greedy answer; it ends with its line, unless the golden one has several."""
        most = min(len(self.tokenizer.encode(turn.answer, add_special_tokens=False)) + SPARE, self.longest)
        reply = [token]
        while len(reply) < most and not self._over(reply, lines="\n" in turn.answer):
            reply.append(self._next(cache, self._tensor([reply[-1]])))
        return reply

    def _over(self, reply: Sequence[int], *, lines: bool) -> bool:
        if reply[-1] in self._ends:
            return True
        return not lines and "\n" in self.tokenizer.decode(reply, skip_special_tokens=True).lstrip()

    @property
    def _ends(self) -> set[int]:
        ends = self.model.generation_config.eos_token_id
        return set() if ends is None else {ends} if isinstance(ends, int) else set(ends)

    def _remember(self, cache: RaggedCache, reply: Sequence[int], answer: str) -> None:
        """Put the answer in the place of what was said: the last token said is in no cache yet."""
        cache.rollback(len(reply) - 1)
        self._next(cache, self._ids(self.layout.lead + answer))

    def _next(self, cache: RaggedCache, ids: Tensor) -> int:
        """Read tokens, and say the likeliest next one."""
        out = self.model(input_ids=ids, past_key_values=cache, use_cache=True, logits_to_keep=1)
        return int(out.logits[0, -1].argmax())

    def _ids(self, text: str, *, special: bool = False) -> Tensor:
        return self._tensor(self.tokenizer(text, add_special_tokens=special).input_ids)

    def _tensor(self, ids: Sequence[int]) -> Tensor:
        import torch

        return torch.tensor([ids], dtype=torch.long, device=self.model.device)


@dataclass(frozen=True)
class _Read:
    cache: RaggedCache
    report: PrefillReport | None
    seconds: float
    read: int
    tokens: int
    rest: Tensor | None
    method: ContextMethod

    @property
    def share(self) -> float:
        """Share of the context's tokens that were read."""
        return 1.0 if self.method.prompt is None else self.read / self.tokens

    @property
    def density(self) -> float:
        """Share of dense attention to the whole context."""
        return self.share**2 * (1.0 if self.report is None else self.report.density)

    @property
    def kept(self) -> float:
        """Share of the entries of the whole context."""
        return self.share * self.method.kept

    @property
    def mass(self) -> float | None:
        """The product of both masses where a prompt is read sparsely and then compressed."""
        if self.method.prompt is not None:
            return None
        seen = [one.certificate for one in self.report.prefills if one.certificate] if self.report else []
        reading = _mean([_mean(one.mass) for one in seen]) if seen else 1.0
        return reading * (_mean(list(self.cache.masses.values())) if self.cache.masses else 1.0)


def _run(played: Sequence[Played], reads: Sequence[_Read]) -> Run:
    first = reads[0]
    masses = [read.mass for read in reads]
    return Run(
        turns=tuple(played),
        tokens=first.tokens,
        read=first.read,
        prefill=_mean([read.seconds for read in reads]),
        bytes=max(one.bytes for one in played),
        density=_mean([read.density for read in reads]),
        kept=_mean([read.kept for read in reads]),
        mass=None if None in masses else _mean([mass for mass in masses if mass is not None]),
    )


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)
