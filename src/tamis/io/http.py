"""JSON over HTTP to a model that runs elsewhere: one client, one policy of retries, typed errors.

The one client of everything in tamis that asks a server: rankers, causal models behind an endpoint, teachers. Blocking
(`post_json`) or many at a time (`AsyncClient`), both over the same pure functions: which statuses pass,
how long to wait, how a refusal becomes an error. Needs the extra `remote` (httpx). Never shows headers, which carry
keys; sends nothing to any address but the one it is given. Does not pace: who asks for much brings a limiter.
"""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from tamis.errors import InvalidInput, RemoteError, missing_extra
from tamis.io.surrogates import encodable

TIMEOUT = 60.0  # seconds of one attempt
CONNECT = 15.0  # seconds of an asynchronous attempt until the connection stands
TRIES = 4
PAUSE = 0.75  # seconds before the second attempt, doubled for each further one
LONGEST_BACKOFF = 60.0  # seconds; the doubling ends there
LONGEST_PAUSE = 60.0  # a server that asks for more patience than this is reported instead
PASSING = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})  # may succeed when tried again
BUSY = frozenset({429, 503})  # the server has too much to do: every client should hold back
UNREACHED = "Check the address and the connection, or allow more time."
_HINTS = {401: "Is the key set, and valid?", 403: "May this key use this model?", 404: "Check address and model."}
_QUOTED = 200  # characters of an answer that an error quotes


class Unsendable(RemoteError):
    """A request that cannot be sent at all: a broken address, a key that no header can hold."""


@dataclass(frozen=True, slots=True)
class Retry:
    """How patiently a server is asked.

    Attributes:
        tries: attempts in all.
        pause: seconds before the second attempt; doubled for each further one.
        longest: seconds; a server that asks for a longer wait is not waited for.
    """

    tries: int = TRIES
    pause: float = PAUSE
    longest: float = LONGEST_PAUSE

    def wait(self, response: Any, attempt: int, jitter: float) -> float:
        """Seconds until the next attempt: what `Retry-After` asks for, else a pause that doubles.

        response -- of the attempt just made (counted from 1); None where none came
        jitter -- in [0, 1): half of the pause is left to chance, so that many clients do not return at once
        """
        backoff = min(self.pause * 2 ** (attempt - 1), LONGEST_BACKOFF) * (1 + jitter) / 2
        return backoff if response is None else retry_after(response, backoff)

    def refusal(self, url: str, response: Any, attempt: int, wait: float = 0.0) -> RemoteError:
        """The error for a response that refuses, after so many attempts; `wait` is how long it asks to wait."""
        hint = f"It asks to wait {wait:.0f} seconds." if wait > self.longest else _HINTS.get(response.status_code, "")
        tries = f" after {attempt} tries" if attempt > 1 else ""
        message = f"{url!r} answers with status {response.status_code}{tries}: {response.text[:_QUOTED]!r}."
        return RemoteError(message, status=response.status_code, hint=hint)


def post_json(
    url: str,
    payload: Mapping[str, Any],
    *,
    headers: Mapping[str, str] | None = None,
    timeout: float = TIMEOUT,
    tries: int = TRIES,
) -> dict[str, Any]:
    """The JSON object that a server answers to a JSON object.

    A lost connection, a time-out and a passing status (429, 5xx, ...) are tried again after a pause: the one that
    `Retry-After` names, else one that doubles, with jitter so that many clients do not return at once.

    Raises:
        RemoteError: it cannot be reached, refuses, asks to wait longer than a minute, or answers no JSON object.
        InvalidInput: no `http://` or `https://` address.
        MissingExtra: httpx is not installed.
    """
    if not url.startswith(("http://", "https://")):
        raise InvalidInput(f"{url!r} is no address of a server.", hint="It begins with http:// or https://.")
    retry = Retry(tries, PAUSE)
    for attempt in range(1, tries + 1):
        last = attempt == tries
        response = _post(url, payload, headers or {}, timeout, last=last)
        if response is not None and response.status_code not in PASSING:
            return json_object(url, response)
        wait = retry.wait(response, attempt, random.random())
        if response is not None and (last or wait > retry.longest):
            raise retry.refusal(url, response, attempt, wait)
        time.sleep(wait)
    raise AssertionError("the last attempt returns or raises")


def _post(url: str, payload: Mapping[str, Any], headers: Mapping[str, str], timeout: float, *, last: bool) -> Any:
    """The response to one attempt; None where none came and another attempt is left."""
    httpx = _httpx()
    options = {"timeout": timeout, "verify": _certificates(), "trust_env": not is_loopback(url)}
    with _attempt(url, last=last, hint=UNREACHED):
        return httpx.post(url, json=sendable(payload), headers=dict(headers), **options)


class AsyncClient:
    """Many requests at a time to one server; an asynchronous context manager.

    url, headers -- of every request
    timeout -- seconds of one attempt, from sending to the last byte
    connections -- at a time
    hint -- what an error says where the server cannot be reached

    Raises:
        MissingExtra: httpx is not installed.
    """

    def __init__(
        self, url: str, *, headers: Mapping[str, str], timeout: float, connections: int, hint: str = UNREACHED
    ) -> None:
        httpx = _httpx()
        self.url, self.headers, self.timeout, self.hint = url, headers, timeout, hint
        self._client = httpx.AsyncClient(
            timeout=httpx.Timeout(timeout, connect=CONNECT),
            limits=httpx.Limits(max_connections=connections),
            trust_env=not is_loopback(url),
        )

    async def __aenter__(self) -> AsyncClient:
        await self._client.__aenter__()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._client.__aexit__(*error)

    async def post(self, payload: Mapping[str, Any], *, headers: Mapping[str, str], last: bool) -> Any:
        """The response to one attempt; None where none came and another attempt is left.

        Raises:
            RemoteError: none came, and it was the last attempt.
            Unsendable: no attempt would help.
        """
        import asyncio  # (40 ms that the command line would pay for nothing)

        content = json.dumps(payload).encode()
        headers = {"Content-Type": "application/json", **self.headers, **headers}
        with _attempt(self.url, last=last, hint=self.hint):
            request = self._client.post(self.url, content=content, headers=headers)
            try:
                return await asyncio.wait_for(request, self.timeout)
            except asyncio.TimeoutError as error:  # Python 3.10 has two errors of that name
                raise TimeoutError from error


@contextmanager
def _attempt(url: str, *, last: bool, hint: str) -> Iterator[None]:
    """Errors of httpx as ours. What another attempt may mend passes in silence while one is left."""
    httpx = _httpx()
    try:
        yield
    except (httpx.TransportError, TimeoutError) as error:
        if last:
            reason = str(error) or type(error).__name__
            raise RemoteError(f"{url!r} does not answer: {reason}.", hint=hint) from error
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeEncodeError) as error:  # (a key that no header can hold)
        raise Unsendable(f"{url!r} cannot be asked: {type(error).__name__}.", hint="Check address and key.") from error


def json_object(url: str, response: Any) -> dict[str, Any]:
    """The JSON object that a response of httpx holds; `RemoteError` if it refuses or holds none."""
    if not response.is_success:
        raise Retry().refusal(url, response, 1)
    quoted = repr(response.text[:_QUOTED])
    try:
        value = response.json()
    except ValueError as error:
        hint = "Is it the right path?"
        raise RemoteError(f"{url!r} answers no JSON: {quoted}.", status=response.status_code, hint=hint) from error
    if not isinstance(value, dict):
        raise RemoteError(f"{url!r} answers no JSON object: {quoted}.", status=response.status_code)
    return value


def retry_after(response: Any, default: float) -> float:
    """Seconds that `Retry-After` asks for, as a number or as a date (RFC 9110, section 10.2.3)."""
    header = response.headers.get("retry-after", "").strip()
    try:
        return max(0.0, float(header))
    except ValueError:
        pass
    from email.utils import parsedate_to_datetime  # (10 ms that the command line would pay for nothing)

    try:
        return max(0.0, (parsedate_to_datetime(header) - datetime.now(timezone.utc)).total_seconds())
    except (TypeError, ValueError):  # neither, or a date without a time zone
        return default


def bearer(variables: tuple[str, ...]) -> dict[str, str]:
    """The header with the first of these environment variables that holds a key; {} where none does."""
    key = next((os.environ[name] for name in variables if os.environ.get(name)), "")
    return {"Authorization": f"Bearer {key}"} if key else {}


def sendable(value: Any) -> Any:
    """The value without lone surrogates, which are no valid JSON to many servers."""
    if isinstance(value, str):
        return encodable(value)
    if isinstance(value, Mapping):
        return {key: sendable(part) for key, part in value.items()}
    return [sendable(part) for part in value] if isinstance(value, (list, tuple)) else value


def is_loopback(url: str) -> bool:
    """Whether an address is this machine's own: no proxy stands before that."""
    import ipaddress

    host = ""
    try:
        host = urlsplit(url).hostname or ""
        return ipaddress.ip_address(host).is_loopback
    except ValueError:  # a name, or no address at all
        return host == "localhost"


def _httpx() -> Any:
    try:
        import httpx
    except ImportError as error:
        raise missing_extra("remote", "httpx") from error
    return httpx


@lru_cache(maxsize=1)
def _certificates() -> Any:
    """The certificates that are trusted, read once: that takes longer (25 ms) than a request to a server nearby."""
    return _httpx().create_ssl_context()
