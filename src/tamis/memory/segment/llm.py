"""SeCom's segmenter: a language model behind any OpenAI-compatible server cuts sessions (arXiv 2502.05589, 2.2).

The model answers one JSON object a line. What it answers is put right where that can be done (spans that overlap, leave
gaps, run backwards, repeat, reach outside) and asked for once more where nothing of it can be used; what was done is
kept in `report`. Only then another segmenter cuts, and that is in the report too: nothing happens in silence.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import numpy as np

from tamis.core import Bools
from tamis.errors import InvalidInput, RemoteError
from tamis.io.http import bearer, post_json
from tamis.memory.segment.grid import LONGEST, limited
from tamis.memory.segment.learned import Learned
from tamis.memory.segment.protocol import Segmenter, Vectors
from tamis.memory.types import Turn

Example: TypeAlias = tuple[tuple[Turn, ...], tuple[bool, ...]]  # a talk and its true cut
KEYS = ("TAMIS_API_KEY", "OPENAI_API_KEY")
WINDOW = 60  # turns of one request
CLIPPED = 600  # characters of a turn that the model reads
_OBJECT = re.compile(r"\{[^{}]*\}")
_STARTS = ("first", "start", "start_exchange_number", "start_exchange", "from", "begin")
_COUNTS = ("num_exchanges", "count", "turns", "length")

TASK = """\
Below is a conversation, its turns numbered from 0. Divide it into segments: runs of consecutive turns about one topic.
Every turn belongs to exactly one segment. Do not split needlessly: a question and its answer stay together, and so does
a follow-up with what it follows.

{guidance}Answer with one JSON object a line and nothing else, for each segment in order:
{{"first": NUMBER OF ITS FIRST TURN, "last": NUMBER OF ITS LAST TURN, "topic": "A FEW WORDS"}}

{talk}"""
AGAIN = (
    'That could not be read. Answer with one JSON object a line, such as {"first": 0, "last": 3, "topic": "travel"}.'
)


@dataclass
class SegmenterReport:
    """What happened so far: requests, answers that were put right (and how), sessions that another segmenter cut."""

    requests: int = 0
    repaired: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class LLMSegmenter:
    """Asks a model where segments begin. Temperature 0; needs the extra `remote`.

    Attributes:
        model: "http://host/v1#name"; a key is taken from TAMIS_API_KEY or OPENAI_API_KEY.
        rubric: sentences that tell the model how to judge, such as those that `reflect` learns.
        examples: talks with their true cuts, shown before the task (few-shot).
        context: turns before the new ones that it shows.
        fallback: cuts where the model gives nothing that can be used; None raises `RemoteError` then.
    """

    model: str
    rubric: tuple[str, ...] = ()
    examples: tuple[Example, ...] = ()
    context: int = 12
    longest: int = LONGEST
    timeout: float = 60.0
    fallback: Segmenter | None = field(default_factory=Learned)
    report: SegmenterReport = field(default_factory=SegmenterReport, compare=False, repr=False)

    def __post_init__(self) -> None:
        if not re.match(r"https?://[^#\s]+#\S", self.model):
            raise InvalidInput(f"{self.model!r} is no model of a server.", hint="Write it as http://host/v1#model.")

    def cut(self, turns: Sequence[Turn], vectors: Vectors, *, known: int = 0, length: int = 0) -> Bools:
        """See `Segmenter`.

        Raises:
            RemoteError: the server cannot be reached or refuses; or gives nothing usable and there is no `fallback`.
        """
        if known == len(turns):
            return np.zeros(0, np.bool_)
        opens = np.zeros(len(turns), np.bool_)
        start = 0
        while True:  # window after window: each begins with the last segment of the one before it
            part = turns[start : start + WINDOW]
            flags = self._ask(part, vectors[start : start + WINDOW])
            opens[start : start + len(part)] |= flags
            if start + WINDOW >= len(turns):
                break
            last = int(np.flatnonzero(flags)[-1])
            start += last if last > 0 else WINDOW
        return limited(opens[known:], length if known else 0, self.longest)

    def _ask(self, turns: Sequence[Turn], vectors: Vectors) -> Bools:
        messages: list[dict[str, str]] = [{"role": "user", "content": self.prompt(turns)}]
        for _ in range(2):
            reply = self.complete(messages, 60 * len(turns) + 200)
            opens, faults = read_answer(reply, len(turns))
            if opens is not None:
                self.report.repaired += faults
                return opens
            messages += [{"role": "assistant", "content": reply}, {"role": "user", "content": AGAIN}]
        if self.fallback is None:
            raise RemoteError(f"{self.model!r} gave no segments: {reply[:120]!r}.", hint="Try another model.")
        self.report.replaced.append(f"{len(turns)} turns from {turns[0].text[:40]!r}: {reply[:80]!r}")
        return self.fallback.cut(turns, vectors)

    def prompt(self, turns: Sequence[Turn]) -> str:
        """What the model reads."""
        guidance = "".join(f"- {rule}\n" for rule in self.rubric)
        guidance = f"Rules:\n{guidance}\n" if guidance else ""
        for example, opens in self.examples:
            guidance += f"Example:\n{numbered(example)}\n{_as_lines(opens)}\n\n"
        return TASK.format(guidance=guidance, talk=numbered(turns))

    def complete(self, messages: Sequence[Mapping[str, str]], most: int) -> str:
        """The model's answer to a chat.

        Raises:
            RemoteError: the server cannot be reached, refuses, or answers something else.
        """
        address, _, name = self.model.partition("#")
        url = address.rstrip("/") + "/chat/completions"
        payload = {"model": name, "messages": list(messages), "temperature": 0, "max_tokens": most}
        self.report.requests += 1
        answer = post_json(url, payload, headers=bearer(KEYS), timeout=self.timeout)
        try:
            content = answer["choices"][0]["message"]["content"]
        except (KeyError, IndexError, TypeError) as error:
            raise RemoteError(f"{url!r} answered no chat completion: {str(answer)[:120]!r}.") from error
        return content if isinstance(content, str) else ""

    def guided(
        self, rubric: Sequence[str], examples: Sequence[tuple[tuple[Turn, ...], tuple[bool, ...]]]
    ) -> LLMSegmenter:
        """The same with other guidance, and a report of its own."""
        return replace(self, rubric=tuple(rubric), examples=tuple(examples), report=SegmenterReport())


def numbered(turns: Sequence[Turn]) -> str:
    """The turns with their numbers and speakers, long ones clipped."""
    lines = []
    for number, turn in enumerate(turns):
        text = " ".join(turn.text.split())
        text = text if len(text) <= CLIPPED else f"{text[:CLIPPED]} ..."
        lines.append(f"[{number}] {turn.speaker}: {text}" if turn.speaker else f"[{number}] {text}")
    return "\n".join(lines)


def _as_lines(opens: Sequence[bool]) -> str:
    starts = [place for place, new in enumerate(opens) if new or place == 0]
    ends = [*(start - 1 for start in starts[1:]), len(opens) - 1]
    return "\n".join(json.dumps({"first": first, "last": last}) for first, last in zip(starts, ends, strict=True))


def read_answer(reply: str, count: int) -> tuple[Bools | None, list[str]]:
    """(count,) flags from an answer, and what was put right; None where it names no turn at all.

    What counts is where segments begin. Numbers of turns ("num_exchanges") are taken where beginnings are missing.
    """
    faults: list[str] = []
    starts: list[int] = []
    place = 0
    for text in _OBJECT.findall(reply):
        try:
            record = json.loads(text)
        except ValueError:
            faults.append(f"a line that is no JSON: {text[:60]}")
            continue
        first, size = _number(record, _STARTS), _number(record, _COUNTS)
        first = place if first is None and size is not None else first
        if first is None:
            faults.append(f"a segment without a beginning: {text[:60]}")
        elif not 0 <= first < count:
            faults.append(f"turn {first} of {count}")
        else:
            starts.append(first)
            place = first + (size or 0)
    if not starts:
        return None, faults
    if starts != sorted(set(starts)):
        faults.append(f"beginnings out of order: {starts[:12]}")
    if starts[0] != 0:
        faults.append(f"the first segment begins at {starts[0]}")
    opens = np.zeros(count, np.bool_)
    opens[[0, *starts]] = True
    return opens, faults


def _number(record: Any, names: Sequence[str]) -> int | None:
    for name in names:
        value = record.get(name) if isinstance(record, Mapping) else None
        if isinstance(value, str) and value.strip().isdigit():
            value = int(value)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
    return None
