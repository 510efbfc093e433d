"""A causal language model behind any server that speaks OpenAI's completions and returns prompt log-probabilities.

There are no token ids on this side: a token is the bytes it stands for, and gets a number when it is first seen.
Reading behind a context sends the whole text so far, which is one request a `read`; servers with a prefix cache (vLLM)
compute little of it anew. The server cuts what it is sent by itself: where tokens merge over a border, or kept tokens
become others, the surprisal of a token is that of its bytes, and each byte has its share of the server's token.

Does not slide: what the server's context does not hold, it refuses, with its own words in a `RemoteError`.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from urllib.parse import urlsplit

import numpy as np

from tamis.core import Floats, Ints
from tamis.errors import InvalidInput, NoLogprobs, RemoteError
from tamis.io.http import TIMEOUT, TRIES, bearer, post_json
from tamis.io.surrogates import encodable
from tamis.models.causal.completions import DIALECTS, Reply, understood
from tamis.models.causal.protocol import SURPRISAL, Context, conditions
from tamis.models.causal.spelling import character_offsets
from tamis.models.parallel import spread
from tamis.models.pieces import Pieces
from tamis.models.scores import TokenScores
from tamis.models.sequences import trimmed

KEY = "OPENAI_API_KEY"
WORKERS = 8  # requests at a time
REMEMBERED = 256  # answers: a text is cut, scored and continued from without being sent three times
UNKNOWN_WINDOW = 1 << 20  # the server alone knows; it refuses what is longer
_UNSUPPORTED = frozenset({400, 422, 501})  # statuses of a server that does not know what it is asked for


@dataclass(eq=False)
class EndpointLM:
    """A model behind a server; obtained from `open_endpoint`. Thread-safe.

    A text's first token has no condition unless the server itself begins texts with one (BOS): its surprisal is then
    that of a guess among 2^16 tokens, as the server's vocabulary is not known.

    Attributes:
        name: the address it was opened by.
        url: where requests go.
        model: which model of the server; "" leaves it to the server.
        headers: with the key, if there is one; never shown.
        window: a large number, as only the server knows.
        timeout: seconds of one try of one request.
        tries: how often a request is sent at most.
        workers: requests at a time.
    """

    name: str
    url: str
    model: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    window: int = UNKNOWN_WINDOW
    timeout: float = TIMEOUT
    tries: int = TRIES
    workers: int = WORKERS
    _lock: Lock = field(default_factory=Lock, init=False, repr=False)
    _dialects: list[int] = field(default_factory=lambda: list(range(len(DIALECTS))), init=False, repr=False)
    _known: OrderedDict[str, Reply] = field(default_factory=OrderedDict, init=False, repr=False)
    _numbers: dict[bytes, int] = field(default_factory=dict, init=False, repr=False)
    _tokens: list[bytes] = field(default_factory=list, init=False, repr=False)

    def cut(self, texts: Sequence[str]) -> list[Pieces]:
        """The server's tokens of each text, numbered as they come; offsets without the white space before a token.

        Raises:
            RemoteError: the server cannot be reached, refuses, or answers what cannot be used.
        """
        replies = self._ask(texts)
        return [self._pieces(text, replies[encodable(text)]) for text in texts]

    def surprisals(self, texts: Sequence[str], *, given: Sequence[str] | None = None) -> list[TokenScores]:
        """The surprisal of every token of each text, several requests at a time.

        The tokens are those of the text by itself, behind every condition, so that scores can be compared.

        Raises:
            RemoteError: the server cannot be reached, refuses, or answers what cannot be used.
            InvalidInput: not as many conditions as texts.
        """
        befores = conditions(texts, given)
        replies = self._ask([*texts, *(before + text for before, text in zip(befores, texts, strict=True) if text)])
        scored = []
        for text, before in zip(texts, befores, strict=True):
            alone = replies[encodable(text)]
            offsets = trimmed(character_offsets(alone.ends, encodable(text)), text)
            past = len(encodable(before).encode())
            scores = _behind(replies[encodable(before + text)], past, alone.ends) if text else alone.scores
            scored.append(TokenScores(offsets, {SURPRISAL: scores}))
        return scored

    def start(self) -> Context:
        """The context of nothing; what the server begins texts with is its own affair and not counted."""
        return Context(0, b"")

    def read(self, context: Context, ids: Ints) -> tuple[Floats, Context]:
        """The surprisal (n,) of tokens behind a context, and the context with them in it: one request.

        Bytes that make no whole character, as when some tokens of an emoji are left out, cannot be sent and score 0.

        Raises:
            InvalidInput: a number that no `cut` of this model gave.
            RemoteError: the server cannot be reached, refuses, or answers what cannot be used.
        """
        after = self.extend(context, ids)
        pieces = [self._token(int(number)) for number in ids]
        if not pieces:
            return np.zeros(0), after
        text, sent = _decodable(after.memory)
        ends = sent[np.cumsum([len(piece) for piece in pieces]) + len(context.memory)]
        past = int(sent[len(context.memory)])
        return _behind(self._ask([text])[text], past, ends - past), after

    def extend(self, context: Context, ids: Ints) -> Context:
        """The context with tokens in it; nothing is sent."""
        pieces = [self._token(int(number)) for number in ids]
        return Context(context.length + len(pieces), context.memory + b"".join(pieces))

    def _ask(self, texts: Sequence[str]) -> dict[str, Reply]:
        """What the server says about each different text."""
        wanted = list(dict.fromkeys(encodable(text) for text in texts))
        first = wanted[:1] if len(self._dialects) > 1 else []  # alone, to find out which dialect is understood
        rest = wanted[len(first) :]
        return dict(zip(wanted, [*map(self._reply, first), *spread(self._reply, rest, self.workers)], strict=True))

    def _reply(self, text: str) -> Reply:
        if not text:
            return Reply(np.zeros(0, np.int64), np.zeros(0))
        with self._lock:
            if text in self._known:
                self._known.move_to_end(text)
                return self._known[text]
        reply = self._sent(text)
        with self._lock:
            self._known[text] = reply
            while len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        return reply

    def _sent(self, text: str) -> Reply:
        """Try the dialects in their order, and stay with the first that is understood."""
        failed: RemoteError | None = None
        for dialect in list(self._dialects):
            payload = {**DIALECTS[dialect], "prompt": text, "temperature": 0}
            payload |= {"model": self.model} if self.model else {}
            try:
                answer = post_json(self.url, payload, headers=self.headers, timeout=self.timeout, tries=self.tries)
                reply = understood(answer, text, name=self.name)
            except RemoteError as error:
                if not isinstance(error, NoLogprobs) and error.status not in _UNSUPPORTED:
                    raise
                failed = failed if isinstance(failed, NoLogprobs) else error
            else:
                self._dialects[:] = [dialect]
                return reply
        assert failed is not None
        raise failed

    def _pieces(self, text: str, reply: Reply) -> Pieces:
        whole = encodable(text).encode()
        begins = np.concatenate([[0], reply.ends[:-1]]).astype(np.int64)[: len(reply.ends)]
        ids = [self._number(whole[a:b]) for a, b in zip(begins.tolist(), reply.ends.tolist(), strict=True)]
        offsets = character_offsets(reply.ends, encodable(text))
        return Pieces(np.array(ids, np.int64), trimmed(offsets, text))

    def _number(self, token: bytes) -> int:
        with self._lock:
            if token not in self._numbers:
                self._numbers[token] = len(self._tokens)
                self._tokens.append(token)
            return self._numbers[token]

    def _token(self, number: int) -> bytes:
        if not 0 <= number < len(self._tokens):
            raise InvalidInput(f"{number} is no token of {self.name!r}.", hint="Use the ids that `cut` gives.")
        return self._tokens[number]


def open_endpoint(
    address: str, *, key: str | None = None, timeout: float = TIMEOUT, tries: int = TRIES, workers: int = WORKERS
) -> EndpointLM:
    """A model behind a server; nothing is sent yet.

    Args:
        address: `http(s)://host[:port]/v1#model`; without `#model` the server chooses.
        key: sent as a bearer token; by default that of the variable `OPENAI_API_KEY`, if it is set.
        timeout: seconds of one try of one request.
        tries: how often a request is sent at most.
        workers: requests at a time.

    Raises:
        InvalidInput: no address of a server, or one with a password in it.
    """
    hint = "Give http(s)://host[:port]/v1#model."
    try:
        parts = urlsplit(address)
        usable = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0 and not parts.query
    except ValueError as error:
        raise InvalidInput(f"{address!r} is no address of a server: {error}.", hint=hint) from error
    if "@" in parts.netloc:
        raise InvalidInput(f"The address of {parts.hostname!r} holds a name.", hint=f"Put the key into {KEY}.")
    if not usable:
        raise InvalidInput(f"{address!r} is no address of a server.", hint=hint)
    headers = bearer((KEY,)) if key is None else {"Authorization": f"Bearer {key}"}
    if not all(value.isascii() and value.isprintable() for value in headers.values()):
        raise InvalidInput("The key holds characters that no header can.", hint=f"Look for a line end in {KEY}.")
    url = f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}/completions"
    return EndpointLM(address, url, parts.fragment, headers, timeout=timeout, tries=tries, workers=workers)


def _behind(reply: Reply, past: int, ends: Ints) -> Floats:
    """The surprisals (m,) of tokens that end at these bytes behind the first `past` bytes of what was asked."""
    if not past:
        return reply.over(ends)
    return reply.over(np.concatenate([[past], ends + past]))[1:]


def _decodable(whole: bytes) -> tuple[str, Ints]:
    """The text without bytes that make no character, and how many bytes of it (n + 1,) lie before each byte given."""
    good, text, start = np.ones(len(whole), np.int64), "", 0
    while start < len(whole):
        try:
            text, start = text + whole[start:].decode(), len(whole)
        except UnicodeDecodeError as error:
            text += whole[start : start + error.start].decode()
            good[start + error.start : start + error.end] = 0
            start += error.end
    return text, np.concatenate([[0], np.cumsum(good)])
