"""For users of the `secom` package: its class and its calls, working as its documentation says.

    from tamis.compat.secom import SeCom

No key, no GPU, no download: the segmenter, the compressor and the retriever are tamis's own. What is added is
persistence (`store`), isolation (`scope`) and exactness: new turns are compressed like the others, every granularity
can be updated, units come in time order (as in the paper, arXiv 2502.05589). No code of the package is in here.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tamis.errors import BudgetTooSmall, InvalidInput, UnknownScope, unknown
from tamis.memory import Memory, Passage, Recalling, Turn, Weights
from tamis.memory.recall.units import UNITS
from tamis.memory.segment.protocol import Segmenter
from tamis.prompt import Options, compress, compress_many
from tamis.text.counting import counter

CONFIGS: Mapping[str, Mapping[str, bool]] = {
    "mpnet": {"vectors": True, "compressor": True},
    "bm25": {"vectors": False, "compressor": True},
    "fast": {"vectors": False, "compressor": False},
}
"""The package's configurations by the name of their file: what retrieves, and whether keys are compressed."""

MARKS = ("[human]", "[bot]")  # who speaks, in the package's texts
BARE = Options(form="bare")


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of the memory bank: its key, and the turns that are delivered, under "content"."""

    page_content: str
    metadata: Mapping[str, Any]


class SeCom:
    """A memory of past conversations: built from sessions of turns, asked by requests.

    Example:
        manager = SeCom(granularity="segment")
        history = [["[human]: I bought a boat. [bot]: How nice!", "[human]: It is red. [bot]: I see."]]
        manager.get_memory("What colour is the boat?", history, retrieve_topk=1)["retrieved_texts"]
    """

    def __init__(
        self,
        granularity: str = "segment",
        config_path: str | os.PathLike[str] = "configs/mpnet.yaml",
        *,
        store: str | os.PathLike[str] = ":memory:",
        scope: str = "secom",
        segmenter: Segmenter | None = None,
    ) -> None:
        """Open a memory.

        Args:
            granularity: what is retrieved: "turn", "segment" or "session".
            config_path: "mpnet.yaml" (vectors and words), "bm25.yaml" (words), "fast.yaml" (words, keys as they are).
            store: a file or a PostgreSQL URL to keep it in; by default it ends with the process, as the package's does.
            scope: whose memory it is.
            segmenter: another one, such as `tamis.memory.segment.LLMSegmenter`.

        Raises:
            UnknownName: no such granularity or configuration.
        """
        if granularity not in UNITS:
            raise unknown("granularity", granularity, UNITS)
        name = Path(config_path).stem
        if name not in CONFIGS:
            raise unknown("configuration", str(config_path), CONFIGS)
        self.granularity = granularity
        self._config = CONFIGS[name]
        self._rate = 0.9
        own = Recalling(weights=Weights() if self._config["vectors"] else Weights(lexical=1.0))
        encoder = "mini" if self._config["vectors"] else None
        self._memory = Memory(
            store,
            scope=scope,
            encoder=encoder,
            segmenter=segmenter,
            guard=None,
            denoise=self._keys if self._config["compressor"] else None,
            recalling=own,
        )
        self._count = counter("cl100k_base")

    def _keys(self, texts: Sequence[str]) -> Sequence[str]:
        if self._rate >= 1:
            return texts
        return _shorter(texts, self._rate)

    def get_memory(
        self,
        requests: str | Sequence[str],
        conversation_history: Sequence[Sequence[str]] = (),
        compress_rate: float = 0.9,
        retrieve_topk: int = 3,
    ) -> dict[str, Any]:
        """What of the memory is relevant to each request.

        conversation_history -- sessions of turns; without any, the memory is as it was built and updated before
        compress_rate -- share of the tokens of a key; what is delivered is never compressed (the paper: 0.75)
        retrieve_topk -- units for each request

        Returns "retrieved_texts", a text for each request, and the mean "n_retrieved_turn" and "n_retrieved_token".

        Raises:
            InvalidInput: nothing was ever built; arguments that are no sessions of texts.
        """
        if len(conversation_history):
            self.build_memory(conversation_history, compress_rate)
        texts, turns, tokens = self.retrieve([requests] if isinstance(requests, str) else requests, retrieve_topk)
        return {"retrieved_texts": texts, "n_retrieved_turn": turns, "n_retrieved_token": tokens}

    def build_memory(self, conversation_history: Sequence[Sequence[str]], compress_rate: float = 0.9) -> None:
        """Forget what there is, and remember these sessions."""
        turns = [turn for number, session in enumerate(conversation_history) for turn in _turns(number, session)]
        self._rate = _rate(compress_rate)
        self.clear()
        self._memory.add(turns)

    def update_memory(self, new_turn: str, *, new_session: bool = False) -> None:
        """Remember one more turn: in the last session, or in a new one.

        Raises:
            InvalidInput: nothing was ever built.
        """
        turns = self._all()
        last = int(turns[-1].session) if turns else 0
        session = last + 1 if new_session and turns else last
        place = sum(turn.session == str(session) for turn in turns)
        self._memory.add(Turn(_text(new_turn), session=str(session), id=f"{session}:{place}"))

    def segment(self, sessions: Sequence[Sequence[str]]) -> list[list[str]]:
        """Sessions cut into topical segments; the memory stays as it is."""
        with Memory(":memory:", scope="cut", guard=None, segmenter=self._memory.segmenter) as cut:
            cut.add([turn for number, session in enumerate(sessions) for turn in _turns(number, session)])
            texts = {turn.id: turn.text for turn in cut.turns()}
            return [[texts[ident] for ident in segment.turns] for segment in cut.segments()]

    def compress(self, segments: Sequence[Sequence[str]], compress_rate: float = 0.9) -> list[list[str]]:
        """The turns of units without their least important words."""
        if _rate(compress_rate) >= 1 or not self._config["compressor"]:
            return [list(unit) for unit in segments]
        return [_shorter(unit, compress_rate) for unit in segments]

    def retrieve(self, requests: Sequence[str], retrieve_topk: int = 3) -> tuple[list[str], float, float]:
        """A text for each request, and the mean numbers of turns and tokens."""
        if not requests or not all(isinstance(one, str) for one in requests):
            raise InvalidInput(f"Requests are texts, got {requests!r:.80}.")
        self._all()
        passages = [self._memory.top(one, retrieve_topk, unit=self.granularity) for one in requests]
        units = [["\n".join(self._texts(unit)) for unit in some] for some in passages]
        turns = sum(len(passage.turn_ids) for some in passages for unit in some for passage in unit)
        tokens = sum(self._count(text) for texts in units for text in texts)
        return ["\n\n".join(texts) for texts in units], turns / len(requests), tokens / len(requests)

    def _texts(self, unit: Sequence[Passage]) -> list[str]:
        return [turn.text for passage in unit for turn in self._memory.turns(passage.turn_ids)]

    @property
    def memory_bank(self) -> list[Unit]:
        """The units, in the order of the turns, each with its key and its turns."""
        keys = self._memory.keys()
        texts = {turn.id: turn.text for turn in self._memory.turns()}
        return [
            Unit("\n".join(keys[i] for i in ids), {"content": [texts[i] for i in ids], "idx": number})
            for number, ids in enumerate(self._units())
        ]

    def _units(self) -> list[list[str]]:
        if self.granularity == "turn":
            return [[turn.id] for turn in self._memory.turns()]
        if self.granularity == "segment":
            return [list(segment.turns) for segment in self._memory.segments()]
        sessions: dict[str, list[str]] = {}
        for turn in self._memory.turns():
            sessions.setdefault(turn.session, []).append(turn.id)
        return list(sessions.values())

    def clear(self) -> None:
        """Forget everything, in every structure."""
        if self._memory.scopes():
            self._memory.forget(everything=True)

    def close(self) -> None:
        """Let go of the store."""
        self._memory.close()

    def _all(self) -> tuple[Turn, ...]:
        try:
            return self._memory.turns()
        except UnknownScope as error:
            hint = "Pass conversation_history first, or call build_memory."
            raise InvalidInput("The memory is empty.", hint=hint) from error


def _turns(number: int, session: Sequence[str]) -> list[Turn]:
    if isinstance(session, str):
        raise InvalidInput(f"Session {number} is one text.", hint="A session is a list of turns, each a text.")
    return [Turn(_text(text), session=str(number), id=f"{number}:{place}") for place, text in enumerate(session)]


def _text(turn: str) -> str:
    if not isinstance(turn, str) or not turn.strip():
        raise InvalidInput(f"A turn is a text that says something, got {turn!r}.")
    return turn


def _rate(rate: float) -> float:
    if not isinstance(rate, (int, float)) or not 0 < rate <= 1:
        raise InvalidInput(f"compress_rate {rate!r} is no share.", hint="0 < compress_rate <= 1; the paper: 0.75.")
    return float(rate)


def _shorter(texts: Sequence[str], rate: float) -> list[str]:
    """The texts without their least important words; one that is nothing but marks stays as it is."""
    try:
        return [result.text for result in compress_many(list(texts), rate=rate, keep=MARKS, options=BARE)]
    except BudgetTooSmall:
        return [text for one in texts for text in _shorter_one(one, rate)]


def _shorter_one(text: str, rate: float) -> list[str]:
    try:
        return [compress(text, rate=rate, keep=MARKS, options=BARE).text]
    except BudgetTooSmall:
        return [text]
