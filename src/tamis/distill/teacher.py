"""One question to a teacher behind an OpenAI-compatible `/chat/completions`, asked until it is answered.

The asynchronous sibling of `tamis.io.http`, whose rules it shares. Every try of a question carries the same
`Idempotency-Key`, so that a server that knows such keys bills it once, whatever gets lost on the way.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import json
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from tamis.distill.chunk import Chunk
from tamis.distill.cost import Meter
from tamis.distill.journal import Answer
from tamis.distill.pace import Pace
from tamis.distill.wording import most
from tamis.errors import InvalidInput, RemoteError, missing_extra
from tamis.io.http import PASSING, refused, understood, wait_of

LONGEST_PAUSE = 600.0  # seconds; a server that asks for more patience is reported instead
LONGEST_BACKOFF = 60.0
CONNECT = 15.0  # seconds
_HOPELESS = frozenset({401, 402, 403, 404})  # no chunk will fare better
_NO_MONEY = ("insufficient_quota", "billing")  # a 429 that no waiting mends, as OpenAI spells it
_SHOWN = 200


class Hopeless(RemoteError):
    """What will fail for every other chunk as well: a wrong key, a wrong address, an empty account."""


class Stopped(Exception):
    """The user wants no further requests; internal."""


@dataclass
class Gate:
    """Where askers wait: for their turn, after a failure, or until somebody says stop."""

    pace: Pace
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

    def client(self, together: int) -> Any:
        """A client of httpx for so many requests at a time; to be closed. `MissingExtra` without httpx."""
        try:
            import httpx
        except ImportError as error:
            raise missing_extra("remote", "httpx") from error
        return httpx.AsyncClient(
            headers=dict(self.headers),
            timeout=httpx.Timeout(self.timeout, connect=CONNECT),
            limits=httpx.Limits(max_connections=together),
            trust_env=not _here(self.url),  # no proxy stands before this very machine
        )

    async def ask(self, chunk: Chunk, client: Any, gate: Gate) -> Answer:
        """The answer about a chunk.

        Raises:
            Hopeless: no chunk would be answered.
            RemoteError: this one is not, after all tries.
            Stopped: the gate was closed while it waited.
        """
        tokens = self.meter.tokens_in(chunk) + most(chunk)
        for tried in range(1, self.tries + 1):
            await gate.turn(tokens)
            last = tried == self.tries
            pause = min(self.pause * 2 ** (tried - 1), LONGEST_BACKOFF) * (0.5 + gate.rng.random() / 2)
            response = await self._tried(chunk, client, last=last)
            if response is not None and not _passing(response):
                try:
                    return self._answer(chunk, understood(self.url, response))
                except RemoteError as error:  # (a 200 that holds nonsense may come from a proxy on the way)
                    if error.status in _HOPELESS or _penniless(response):
                        said = str(error).removesuffix(error.hint).rstrip()
                        raise Hopeless(said, status=error.status, hint=error.hint) from None
                    if error.status != 200 or last:
                        raise
            busy = response is not None and response.status_code in (429, 503)
            pause = wait_of(response, pause) if response is not None else pause
            if pause > LONGEST_PAUSE:
                raise Hopeless(str(refused(self.url, response, tried, pause)), status=response.status_code)
            if last:
                raise refused(self.url, response, tried, 0.0)
            await gate.again(pause, everyone=busy)
        raise AssertionError("the last try returns or raises")

    async def _tried(self, chunk: Chunk, client: Any, *, last: bool) -> Any:
        """One try: what the server answered, None if nothing came and another try is left."""
        import httpx

        wording = self.meter.wording
        content = json.dumps(wording.request(chunk)).encode()
        headers = {"Content-Type": "application/json", "Idempotency-Key": wording.key(chunk)}
        try:
            sent = client.post(self.url, content=content, headers=headers)
            return await asyncio.wait_for(sent, self.timeout)
        except (httpx.TransportError, asyncio.TimeoutError) as error:
            if not last:
                return None
            reason = str(error) or type(error).__name__
            hint = "Check the address and the connection, or allow more time: --timeout."
            raise RemoteError(f"{self.url!r} does not answer: {reason}.", hint=hint) from error
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeEncodeError) as error:  # (a key that no header can hold)
            hint = "Check address and key."
            raise Hopeless(f"{self.url!r} cannot be asked: {type(error).__name__}.", hint=hint) from error

    def _answer(self, chunk: Chunk, made: Mapping[str, Any]) -> Answer:
        """What a completion says; `RemoteError` with status 200 where it says nothing of the kind."""
        try:
            choice = made["choices"][0]
            text = choice["message"]["content"]
            if not isinstance(text, str) and text is not None:  # (None: a refusal; paid for like an answer)
                raise TypeError(f"content is {type(text).__name__}")
        except (KeyError, IndexError, TypeError) as error:
            said = json.dumps(made)[:_SHOWN]
            raise RemoteError(f"{self.url!r} answers no completion: {said}.", status=200) from error
        text, meter, used = text or "", self.meter, _used(made)
        tokens_in, tokens_out = used or (meter.tokens_in(chunk), meter.count(text))
        finish = str(choice.get("finish_reason") or "stop")
        return Answer(meter.wording.key(chunk), chunk.id, text, finish, tokens_in, tokens_out, counted=used is None)


def _used(made: Mapping[str, Any]) -> tuple[int, int] | None:
    """Tokens of request and answer, where the server says them."""
    usage = made.get("usage")
    if not isinstance(usage, Mapping):
        return None
    counts = usage.get("prompt_tokens"), usage.get("completion_tokens")
    return counts if all(type(n) is int and n >= 0 for n in counts) else None  # type: ignore[return-value]


def _passing(response: Any) -> bool:
    return response.status_code in PASSING and not _penniless(response)


def _penniless(response: Any) -> bool:
    return response.status_code == 429 and any(word in response.text for word in _NO_MONEY)


def endpoint(said: str) -> tuple[str, str]:
    """Address and model of a teacher that is written as URL#MODEL.

    Example: "https://api.openai.com/v1#gpt-4o-mini" -> ("https://api.openai.com/v1/chat/completions", "gpt-4o-mini")

    Raises:
        InvalidInput: it is written in another way.
    """
    address, _, model = said.partition("#")
    try:
        parts = urlsplit(address)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and bool(model) and not parts.query
        _ = parts.port
    except ValueError:
        usable = False
    if not usable:
        hint = "For example: https://api.openai.com/v1#gpt-4o-mini, http://127.0.0.1:8080/v1#local."
        raise InvalidInput(f"--teacher {said!r} is not of the form URL#MODEL.", hint=hint)
    if parts.username or parts.password:
        raise InvalidInput("--teacher holds a password.", hint="Put the key into an environment variable: --key-env.")
    path = parts.path.rstrip("/") or "/v1"
    path = path if path.endswith("/chat/completions") else f"{path}/chat/completions"
    return f"{parts.scheme}://{parts.netloc}{path}", model


def _here(url: str) -> bool:
    """Whether an address is this machine's own."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
