"""JSON over HTTP to a model that runs elsewhere: one POST that waits, tries again, and fails with a typed error.

The one client of everything in tamis that asks a server: rankers, causal models behind an endpoint, teachers. Needs
the extra `remote` (httpx). Never shows headers, which carry keys; sends nothing to any address but the one it is given.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Mapping
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any

from tamis.errors import InvalidInput, RemoteError, missing_extra
from tamis.io.surrogates import encodable

TIMEOUT = 60.0  # seconds of one try
TRIES = 4
PAUSE = 0.5  # seconds before the second try, doubled for each further one
LONGEST_PAUSE = 60.0  # a server that asks for more patience than this is reported instead
PASSING = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})  # may succeed when tried again
_SHOWN = 200  # characters of an answer that an error quotes


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
    for tried in range(1, tries + 1):
        last = tried == tries
        answer = _asked(url, payload, headers or {}, timeout, last=last)
        if answer is not None and answer.status_code not in PASSING:
            return understood(url, answer)
        pause = PAUSE * 2 ** (tried - 1) * (1 + random.random() / 4)
        if answer is not None:
            pause = wait_of(answer, pause)
            if last or pause > LONGEST_PAUSE:
                raise refused(url, answer, tried, pause)
        time.sleep(pause)
    raise AssertionError("the last try returns or raises")


def bearer(variables: tuple[str, ...]) -> dict[str, str]:
    """The header with the first of these environment variables that holds a key; {} where none does."""
    key = next((os.environ[name] for name in variables if os.environ.get(name)), "")
    return {"Authorization": f"Bearer {key}"} if key else {}


def _asked(url: str, payload: Mapping[str, Any], headers: Mapping[str, str], timeout: float, *, last: bool) -> Any:
    """One try: the answer, or None where none came and another try is left."""
    try:
        import httpx
    except ImportError as error:
        raise missing_extra("remote", "httpx") from error
    try:
        return httpx.post(url, json=sendable(payload), headers=dict(headers), timeout=timeout, verify=_trusted())
    except httpx.TransportError as error:
        if last:
            reason = str(error) or type(error).__name__
            hint = "Check the address and the connection, or allow more time."
            raise RemoteError(f"{url!r} does not answer: {reason}.", hint=hint) from error
        return None
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeEncodeError) as error:  # (a key that no header can hold)
        raise RemoteError(f"{url!r} cannot be asked: {type(error).__name__}.", hint="Check address and key.") from error


@lru_cache(maxsize=1)
def _trusted() -> Any:
    """The certificates that are trusted, read once: that takes longer (25 ms) than a request to a server nearby."""
    import httpx

    return httpx.create_ssl_context()


def sendable(value: Any) -> Any:
    """The value without lone surrogates, which are no valid JSON to many servers."""
    if isinstance(value, str):
        return encodable(value)
    if isinstance(value, Mapping):
        return {key: sendable(part) for key, part in value.items()}
    return [sendable(part) for part in value] if isinstance(value, (list, tuple)) else value


def understood(url: str, answer: Any) -> dict[str, Any]:
    """The JSON object of an answer of httpx; `RemoteError` if it refuses or holds none."""
    if not answer.is_success:
        raise refused(url, answer, 1, 0.0)
    try:
        made = answer.json()
    except ValueError as error:
        raise RemoteError(
            f"{url!r} answers no JSON: {answer.text[:_SHOWN]!r}.",
            status=answer.status_code,
            hint="Is it the right path?",
        ) from error
    if not isinstance(made, dict):
        raise RemoteError(f"{url!r} answers no JSON object: {answer.text[:_SHOWN]!r}.", status=answer.status_code)
    return made


def wait_of(answer: Any, otherwise: float) -> float:
    """Seconds that `Retry-After` asks for, as a number or as a date (RFC 9110, section 10.2.3)."""
    said = answer.headers.get("retry-after", "").strip()
    try:
        return max(0.0, float(said))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(said) - datetime.now(timezone.utc)).total_seconds())
    except (TypeError, ValueError):  # neither, or a date without a time zone
        return otherwise


def refused(url: str, answer: Any, tried: int, pause: float) -> RemoteError:
    """The error for an answer that refuses, after so many tries; `pause` is how long it asks to wait."""
    hints = {401: "Is the key set, and valid?", 403: "May this key use this model?", 404: "Check address and model."}
    hint = f"It asks to wait {pause:.0f} seconds." if pause > LONGEST_PAUSE else hints.get(answer.status_code, "")
    often = f" after {tried} tries" if tried > 1 else ""
    said = answer.text[:_SHOWN]
    return RemoteError(
        f"{url!r} answers with status {answer.status_code}{often}: {said!r}.", status=answer.status_code, hint=hint
    )
