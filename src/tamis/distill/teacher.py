"""One question to a teacher behind an OpenAI-compatible `/chat/completions`, asked until it is answered.

What is tried again, and after which pause, is `tamis.io.http`'s to say. Every try of a question carries the same
`Idempotency-Key`, so that a server that knows such keys bills it once, whatever gets lost on the way.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from tamis.distill.chunk import Chunk
from tamis.distill.cost import Meter
from tamis.distill.journal import TeacherAnswer
from tamis.distill.limiter import RateLimiter
from tamis.distill.wording import most
from tamis.errors import InvalidInput, RemoteError
from tamis.io.http import BUSY, PASSING, UNREACHED, AsyncClient, Retry, Unsendable, json_object

LONGEST_PAUSE = 600.0  # seconds; a server that asks for more patience is reported instead
_HOPELESS = frozenset({401, 402, 403, 404})  # no chunk will fare better
_NO_MONEY = ("insufficient_quota", "billing")  # a 429 that no waiting mends, as OpenAI spells it
_QUOTED = 200  # characters of a completion that an error quotes
_UNREACHED = f"{UNREACHED[:-1]}: --timeout."


class Hopeless(RemoteError):
    """What will fail for every other chunk as well: a wrong key, a wrong address, an empty account."""


class Stopped(Exception):
    """The user wants no further requests; internal."""


@dataclass
class Gate:
    """Where askers wait: for their turn, after a failure, or until somebody says stop."""

    pace: RateLimiter
    rng: random.Random
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    retries: int = 0

    async def wait(self, seconds: float) -> None:
        """Wait, but not longer than until `stop`; raises `Stopped` then."""
        if seconds > 0:
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self.stop.wait(), seconds)
        if self.stop.is_set():
            raise Stopped

    async def turn(self, tokens: int) -> None:
        """Wait until a request of so many tokens may start."""
        await self.wait(self.pace.book(time.monotonic(), tokens))
        while left := self.pace.paused(time.monotonic()):
            await self.wait(left * (1 + self.rng.random() / 10))

    async def again(self, pause: float, *, everyone: bool) -> None:
        """Wait before another try; `everyone` waits where it is the server that is busy."""
        self.retries += 1
        if everyone:
            self.pace.pause(time.monotonic(), pause)
        await self.wait(pause)


@dataclass(frozen=True)
class Teacher:
    """A teacher, and how patiently it is asked.

    Attributes:
        url: of its `/chat/completions`; see `endpoint`.
        meter: the wording, and the tokenizer that counts where the server does not.
        timeout: seconds of one try, from sending to the last byte.
        tries: of one question.
        pause: seconds before the second try; doubled for each further one, with jitter.
    """

    url: str
    meter: Meter
    headers: Mapping[str, str] = field(default_factory=dict)
    timeout: float = 120.0
    tries: int = 6
    pause: float = 1.0

    @property
    def retry(self) -> Retry:
        """The policy of attempts."""
        return Retry(self.tries, self.pause, LONGEST_PAUSE)

    def client(self, connections: int) -> AsyncClient:
        """A client for so many requests at a time; to be closed. `MissingExtra` without httpx."""
        return AsyncClient(
            self.url, headers=self.headers, timeout=self.timeout, connections=connections, hint=_UNREACHED
        )

    async def ask(self, chunk: Chunk, client: AsyncClient, gate: Gate) -> TeacherAnswer:
        """The answer about a chunk.

        Raises:
            Hopeless: no chunk would be answered.
            RemoteError: this one is not, after all tries.
            Stopped: the gate was closed while it waited.
        """
        tokens = self.meter.tokens_in(chunk) + most(chunk)
        for attempt in range(1, self.tries + 1):
            await gate.turn(tokens)
            last = attempt == self.tries
            response = await self._post(chunk, client, last=last)
            if response is not None and not _passing(response):
                answer = self._final(chunk, response, last=last)
                if answer is not None:
                    return answer
            wait = self.retry.wait(response, attempt, gate.rng.random())
            if wait > LONGEST_PAUSE:
                raise Hopeless(str(self.retry.refusal(self.url, response, attempt, wait)), status=response.status_code)
            if last:
                raise self.retry.refusal(self.url, response, attempt)
            await gate.again(wait, everyone=response is not None and response.status_code in BUSY)
        raise AssertionError("the last attempt returns or raises")

    async def _post(self, chunk: Chunk, client: AsyncClient, *, last: bool) -> Any:
        """The response to one attempt, None where none came and another is left."""
        wording = self.meter.wording
        try:
            return await client.post(wording.request(chunk), headers={"Idempotency-Key": wording.key(chunk)}, last=last)
        except Unsendable as error:
            raise _hopeless(error) from error.__cause__

    def _final(self, chunk: Chunk, response: Any, *, last: bool) -> TeacherAnswer | None:
        """The answer in a response that is no passing failure; None where another attempt may bring a better one."""
        try:
            return self._answer(chunk, json_object(self.url, response))
        except RemoteError as error:  # (a 200 that holds nonsense may come from a proxy on the way)
            if error.status in _HOPELESS or _penniless(response):
                raise _hopeless(error) from None
            if error.status != 200 or last:
                raise
        return None

    def _answer(self, chunk: Chunk, completion: Mapping[str, Any]) -> TeacherAnswer:
        """What a completion holds; `RemoteError` with status 200 where it says nothing of the kind."""
        try:
            choice = completion["choices"][0]
            text = choice["message"]["content"]
            if not isinstance(text, str) and text is not None:  # (None: a refusal; paid for like an answer)
                raise TypeError(f"content is {type(text).__name__}")
        except (KeyError, IndexError, TypeError) as error:
            quoted = json.dumps(completion)[:_QUOTED]
            raise RemoteError(f"{self.url!r} answers no completion: {quoted}.", status=200) from error
        text, meter, usage = text or "", self.meter, _usage(completion)
        tokens_in, tokens_out = usage or (meter.tokens_in(chunk), meter.count(text))
        finish = str(choice.get("finish_reason") or "stop")
        return TeacherAnswer(
            meter.wording.key(chunk), chunk.id, text, finish, tokens_in, tokens_out, counted=usage is None
        )


def _usage(completion: Mapping[str, Any]) -> tuple[int, int] | None:
    """Tokens of request and answer, where the server says them."""
    usage = completion.get("usage")
    if not isinstance(usage, Mapping):
        return None
    counts = usage.get("prompt_tokens"), usage.get("completion_tokens")
    return counts if all(type(n) is int and n >= 0 for n in counts) else None  # type: ignore[return-value]


def _hopeless(error: RemoteError) -> Hopeless:
    """The same error, as one that every other chunk would meet."""
    return Hopeless(str(error).removesuffix(error.hint).rstrip(), status=error.status, hint=error.hint)


def _passing(response: Any) -> bool:
    return response.status_code in PASSING and not _penniless(response)


def _penniless(response: Any) -> bool:
    return response.status_code == 429 and any(word in response.text for word in _NO_MONEY)


def endpoint(name: str) -> tuple[str, str]:
    """Address and model of a teacher that is written as URL#MODEL.

    Example: "https://api.openai.com/v1#gpt-4o-mini" -> ("https://api.openai.com/v1/chat/completions", "gpt-4o-mini")

    Raises:
        InvalidInput: it is written in another way.
    """
    address, _, model = name.partition("#")
    try:
        parts = urlsplit(address)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and bool(model) and not parts.query
        _ = parts.port
    except ValueError:
        usable = False
    if not usable:
        hint = "For example: https://api.openai.com/v1#gpt-4o-mini, http://127.0.0.1:8080/v1#local."
        raise InvalidInput(f"--teacher {name!r} is not of the form URL#MODEL.", hint=hint)
    if parts.username or parts.password:
        raise InvalidInput("--teacher holds a password.", hint="Put the key into an environment variable: --key-env.")
    path = parts.path.rstrip("/") or "/v1"
    path = path if path.endswith("/chat/completions") else f"{path}/chat/completions"
    return f"{parts.scheme}://{parts.netloc}{path}", model
