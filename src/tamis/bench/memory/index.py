"""Evidence recall: the share of the turns that hold an answer among those recalled within a budget."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timezone
from functools import lru_cache, partial

import numpy as np

from tamis.bench.memory.systems import System, recalled_ids
from tamis.bench.memory.tasks import Conversation
from tamis.core import Floats, Total
from tamis.memory.live import Live
from tamis.memory.recall import Index
from tamis.memory.recall.ask import without_names
from tamis.memory.segment.protocol import Segmenter
from tamis.memory.segment.table import standard
from tamis.memory.types import Changes, Entry, Scope, Turn
from tamis.models.protocols import Encoder


class IndexedConversation:
    """A conversation in an index, ready to be asked.

    Attributes:
        now: the time of its last turn, which is when its questions are asked.
    """

    def __init__(
        self,
        conversation: Conversation,
        encoder: Encoder,
        *,
        segmenter: Segmenter | None = None,
        denoise: Callable[[Sequence[str]], Sequence[str]] | None = None,
    ) -> None:
        self.conversation, self.encoder = conversation, encoder
        self.index = _index(conversation.turns, encoder, segmenter or standard(), denoise)
        times = [turn.time for turn in conversation.turns if turn.time is not None]
        self.now = max(times, default=datetime.now(timezone.utc))

    def evidence_recall(self, system: System, budgets: Sequence[int], count: Callable[[str], int]) -> Floats:
        """(questions, budgets) share of each question's evidence that is recalled."""
        counts = lru_cache(maxsize=1 << 16)(count)
        deliver = partial(recalled_ids, system, self.index, count=counts, encoder=self.encoder, now=self.now)
        shares = np.zeros((len(self.conversation.questions), len(budgets)))
        for row, question in enumerate(self.conversation.questions):
            for column, tokens in enumerate(budgets):
                ids = deliver(question.text, Total(tokens))
                shares[row, column] = share(question.evidence, ids)
        return shares


def share(evidence: Sequence[str], ids: Iterable[str]) -> float:
    """The share of the evidence among the ids."""
    recalled = set(ids)
    return float(np.mean([name in recalled for name in evidence]))


def _index(
    turns: Sequence[Turn],
    encoder: Encoder,
    segmenter: Segmenter,
    denoise: Callable[[Sequence[str]], Sequence[str]] | None,
) -> Index:
    names = sorted({turn.speaker for turn in turns})
    keys = [turn.text for turn in turns]
    if denoise is not None:
        keys = [key if key.strip() else text for key, text in zip(denoise(keys), keys, strict=True)]
    vectors = encoder.vectors([without_names(key, names) for key in keys])
    half = vectors.astype(np.float16)
    entries = tuple(Entry(turn, key, vector, "bench") for turn, key, vector in zip(turns, keys, half, strict=True))
    segments = Live(Scope.of("bench"), "english").cut(turns, vectors, segmenter)
    index = Index()
    index.apply(Changes(1, reset=True, added=entries, segments=tuple(segments)))
    return index
