"""A reader: a language model that gets a text and a question, and what it makes of the answer.

Two measures: how likely the right answer is to it (the mean log-probability of its tokens, behind text and question),
which even a small model has, and what it says by itself (greedily), as SQuAD scores it (arXiv 1606.05250, section 6.1).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from tamis.bench.prompt.answers import contains, exact, overlap
from tamis.core import Ints
from tamis.errors import InvalidInput, NoLogprobs, RemoteError
from tamis.io.http import bearer, post_json
from tamis.models.causal import CausalLM, Context, load_causal
from tamis.models.causal.endpoint import KEY
from tamis.models.causal.load import FORMAT
from tamis.models.encoder import WEIGHTS, read_config

if TYPE_CHECKING:
    from tamis.models.causal.chat import ChatLM

CHAT = "{text}\n\nAnswer with the exact words of the text, as short as possible.\nQuestion: {question}"
PLAIN = "Text:\n{text}\n\nQuestion: {question}\nAnswer:"
LONGEST = 24  # tokens of an answer


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader makes of one question.

    Attributes:
        logprob: of a token of the right answer, in nats, the mean; None where the model has none.
        total: of the whole answer; None likewise.
        answer: what it says; None where it says nothing by itself.
    """

    logprob: float | None = None
    total: float | None = None
    answer: str | None = None

    def as_row(self, answers: Sequence[str]) -> dict[str, float | str | None]:
        """The figures of a row: those of the reading, and what the answer is worth beside the right ones."""
        said = self.answer
        return {
            "logprob": self.logprob,
            "total": self.total,
            "said": said,
            "exact": None if said is None else exact(said, answers),
            "f1": None if said is None else overlap(said, answers),
            "says": None if said is None else float(contains(said, answers)),
        }


class Reader(Protocol):
    """Reads a text for a question."""

    @property
    def name(self) -> str:
        """What it was opened by."""
        ...

    def read(self, text: str, question: str, answer: str) -> Reading:
        """What it makes of the question; `answer` is the right one, whose probability is asked for."""
        ...


@dataclass(eq=False)
class LocalReader:
    """A model on this machine; obtained from `open_reader`. What follows one text after another is read once.

    Attributes:
        name: what it was opened by.
        model: that says how likely tokens are.
        chat: the same as a chat, which answers; None for the embedded `mini-lm`, which gives probabilities alone.
        answers: whether it is to answer, token by token, which takes far longer than judging the right answer.
    """

    name: str
    model: CausalLM
    chat: ChatLM | None = None
    answers: bool = True
    _head: tuple[Ints, Context] | None = None

    def read(self, text: str, question: str, answer: str) -> Reading:
        """Log-probabilities of the answer, and where there is a chat, its own answer."""
        context = self._context(text, question)
        target = answer.strip() if self._chats else f" {answer.strip()}"
        surprisals, _ = self.model.read(context, self.model.cut([target])[0].ids)
        said = first_line(self.chat.answer(context, LONGEST)) if self.chat and self.answers else None
        return Reading(-float(surprisals.mean()), -float(surprisals.sum()), said)

    @property
    def _chats(self) -> bool:
        return self.chat is not None and self.chat.chats

    def _ids(self, text: str, question: str) -> Ints:
        prompt = (CHAT if self._chats else PLAIN).format(text=text, question=question)
        return self.model.cut([prompt])[0].ids if self.chat is None else self.chat.ids(prompt)

    def _context(self, text: str, question: str) -> Context:
        """The context of text and question; that of the text is kept for its next question."""
        ids = self._ids(text, question)
        if self._head is None or not _begins(ids, self._head[0]):
            common = _common(ids, self._ids(text, ""))
            self._head = ids[:common], self.model.extend(self.model.start(), ids[:common])
        head, context = self._head
        return self.model.extend(context, ids[len(head) :])


def _begins(ids: Ints, head: Ints) -> bool:
    return len(head) < len(ids) and bool((ids[: len(head)] == head).all())


def _common(a: Ints, b: Ints) -> int:
    """How many tokens two sequences begin with alike; less than the whole of the first."""
    size = min(len(a), len(b))
    differing = np.flatnonzero(a[:size] != b[:size])
    return min(int(differing[0]) if len(differing) else size, len(a) - 1)


@dataclass(frozen=True)
class RemoteReader:
    """A model behind a server that speaks OpenAI's interface: it answers, and where it echoes prompts, is judged.

    Attributes:
        name: `http(s)://host[:port]/v1#model`.
        model: that says how likely tokens are; None where the server does not.
        answers: whether it is to answer.
    """

    name: str
    model: CausalLM | None = None
    answers: bool = True

    def read(self, text: str, question: str, answer: str) -> Reading:
        """Its own answer, and log-probabilities of the right one where it has them.

        Raises:
            RemoteError: the server cannot be reached, refuses, or answers something else.
        """
        said = self._said(CHAT.format(text=text, question=question)) if self.answers else None
        if self.model is None:
            return Reading(answer=said)
        prompt = PLAIN.format(text=text, question=question)
        (scores,) = self.model.surprisals([f" {answer.strip()}"], given=[prompt])
        surprisals = scores.values["surprisal"]
        return Reading(-float(surprisals.mean()), -float(surprisals.sum()), said)

    def _said(self, prompt: str) -> str:
        address, _, model = self.name.partition("#")
        url = f"{address.rstrip('/')}/chat/completions"
        messages = [{"role": "user", "content": prompt}]
        payload = {"model": model, "messages": messages, "temperature": 0, "max_tokens": 4 * LONGEST}
        answer = post_json(url, payload, headers=bearer((KEY,)))
        try:
            content = answer["choices"][0]["message"]["content"]
        except (KeyError, IndexError, TypeError) as error:
            raise RemoteError(f"{url!r} answered no chat completion: {str(answer)[:120]!r}.") from error
        return first_line(content) if isinstance(content, str) else ""


def first_line(text: str) -> str:
    """The first line that says something."""
    return text.strip().split("\n", 1)[0].strip()


def open_reader(name: str, *, answers: bool = True, device: str = "auto") -> Reader:
    """Open a reader by name.

    Args:
        name: "mini-lm" (embedded: probabilities, no answers of its own), a folder, a GGUF file or a hub id of any
            causal language model of transformers, or `http(s)://host[:port]/v1#model`.
        answers: whether it is to answer by itself, too, where it can.
        device: of a model of transformers.

    Raises:
        InvalidInput: it is not to answer, and gives no log-probabilities either.
        ModelNotFound, ModelCorrupt, MissingExtra, UnknownName: as `load_causal`.
    """
    if name.startswith(("http://", "https://")):
        judge = _judge(name)
        if judge is None and not answers:
            raise InvalidInput(f"{name!r} gives no log-probabilities of prompts.", hint="Let it answer.")
        return RemoteReader(name, judge, answers)
    folder = WEIGHTS / name if (WEIGHTS / name).is_dir() else Path(name).expanduser()
    if folder.is_dir() and read_config(folder).get("format") == FORMAT:
        return LocalReader(name, load_causal(name), answers=False)
    from tamis.models.causal.chat import open_chat

    chat = open_chat(name, device=device)
    return LocalReader(name, chat.model, chat, answers)


def _judge(name: str) -> CausalLM | None:
    """The model behind a server as one that gives log-probabilities of prompts; None where it gives none."""
    model = load_causal(name)
    try:
        model.surprisals(["a b"])
    except (NoLogprobs, RemoteError):
        return None
    return model
