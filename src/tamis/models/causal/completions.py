"""How prompt log-probabilities are asked for and read, in the dialects of OpenAI's completions. Sends nothing itself.

Echoed prompts with `logprobs` (OpenAI's legacy answer with `tokens` and `token_logprobs`, or a list of entries), and
`prompt_logprobs` (vLLM). A server that returns log-probabilities of what it generated only, as that of llama.cpp did
until 2026 at least, is told apart from one that answers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from tamis.core import Floats, Ints
from tamis.errors import NoLogprobs, RemoteError
from tamis.models.causal.spelling import Token, byte_ends

DIALECTS = (
    MappingProxyType({"echo": True, "logprobs": 1, "max_tokens": 1}),
    MappingProxyType({"prompt_logprobs": 0, "max_tokens": 1}),
)
"""What is asked besides model and prompt, in the order in which servers are tried.

One token is generated for nothing: 0 is refused by some servers and means "without end" to others (llama-cpp-python).
"""

FIRST = math.log(1 << 16)  # nats of a first token that has no condition: a guess among a usual vocabulary
SLACK = 1e-3  # a log-probability a little over 0 is rounding


@dataclass(frozen=True, eq=False)
class Reply:
    """What a server says about a text: tokens that cover its UTF-8 bytes.

    Attributes:
        ends: (m,) the byte behind each token, rising.
        scores: (m,) surprisals in nats.
    """

    ends: Ints
    scores: Floats

    def over(self, ends: Ints) -> Floats:
        """The surprisals (k,) of other tokens of the same text, from byte 0 on: each byte has a share of its token."""
        sizes = np.diff(self.ends, prepend=0)
        total = np.concatenate([[0.0], np.cumsum(np.repeat(self.scores / sizes, sizes))])
        return np.maximum(np.diff(total[ends], prepend=0.0), 0.0)  # a share of 0 may be rounded below it


@dataclass(frozen=True, eq=False)
class _Listing:
    """What an answer holds.

    Attributes:
        tokens: as the server names them; None for one that it does not name.
        values: their log-probabilities.
        starts: where the server says that they start, in characters.
        added: how many tokens at the end may have been generated.
    """

    tokens: Sequence[Token | None]
    values: Sequence[float | None]
    starts: Sequence[int] | None = None
    added: tuple[int, ...] = (0,)


def understood(answer: dict[str, Any], text: str, *, name: str) -> Reply:
    """The surprisals of the text's own tokens, without a token that begins every text or one that was generated.

    Raises:
        NoLogprobs: there are none of the prompt.
        RemoteError: the answer is malformed, a number is not finite, or the tokens do not make up the text.
    """
    try:
        listing = _listing(answer)
        if len(listing.tokens) != len(listing.values):
            raise ValueError(f"{len(listing.tokens)} tokens but {len(listing.values)} log-probabilities")
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        reason = f"{type(error).__name__}: {error}"
        raise RemoteError(
            f"{name!r} answers in an unknown form ({reason}).", hint="Does it serve completions?"
        ) from error
    for added in listing.added:
        for skipped in (0, 1):
            stop = len(listing.tokens) - added
            if (ends := _placed(listing, text, skipped, stop)) is not None:
                return _folded(ends, _surprisals(listing.values[skipped:stop], name))
    if len(listing.tokens) <= max(listing.added):
        hint = "Its server must return them with echo=true or prompt_logprobs (vLLM does)."
        raise NoLogprobs(f"{name!r} gives no log-probabilities of the prompt.", hint=hint)
    excerpt = "|".join(str(token) for token in listing.tokens[:8])
    hint = "Does it cut or rewrite prompts (a chat template, a shorter context)?"
    raise RemoteError(f"The tokens of {name!r} do not make up the text it was sent: {excerpt!r}...", hint=hint)


def _listing(answer: dict[str, Any]) -> _Listing:
    """The dialects told apart; any of a handful of errors where it is none of them."""
    choice = answer["choices"][0]
    prompt = choice.get("prompt_logprobs") or answer.get("prompt_logprobs")
    if prompt:
        return _prompt_listing(prompt)
    logprobs, usage = choice.get("logprobs") or {}, answer.get("usage") or {}
    counted = usage.get("completion_tokens")
    added = (1, 0) if counted is None else (int(counted),)
    if "content" in logprobs:
        entries = logprobs["content"] or []
        tokens = [bytes(entry["bytes"]) if entry.get("bytes") else _string(entry["token"]) for entry in entries]
        return _Listing(tokens, [_number(entry["logprob"]) for entry in entries], added=added)
    starts = logprobs.get("text_offset")
    return _Listing(
        [_string(token) for token in logprobs.get("tokens") or []],
        [_number(value) for value in logprobs.get("token_logprobs") or []],
        None if starts is None else [int(start) for start in starts],
        added,
    )


def _prompt_listing(prompt: Sequence[Any]) -> _Listing:
    """The form of vLLM: for each token a table of one entry, but for the first, which is not even named."""
    tokens: list[Token | None] = []
    values: list[float | None] = []
    for entry in prompt:
        if entry is None:
            tokens.append(None)
            values.append(None)
        else:
            (candidate,) = entry.values()
            tokens.append(_string(candidate["decoded_token"]))
            values.append(_number(candidate["logprob"]))
    return _Listing(tokens, values)


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"token {value!r} is no string")
    return value


def _number(value: object) -> float | None:
    if value is not None and (isinstance(value, bool) or not isinstance(value, (int, float))):
        raise TypeError(f"log-probability {value!r} is no number")
    return value


def _placed(listing: _Listing, text: str, skipped: int, stop: int) -> Ints | None:
    """Where the tokens from `skipped` up to `stop` end in the text; None if they do not make it up."""
    tokens, starts = listing.tokens[skipped:stop], None if listing.starts is None else listing.starts[skipped:stop]
    if skipped and (not listing.values or listing.values[0] is not None):
        return None  # a token with a condition is one of the text's own
    if None not in tokens:
        return byte_ends([token for token in tokens if token is not None], text, starts)
    rest = [token for token in tokens[1:] if token is not None]
    if len(rest) != len(tokens) - 1:
        return None
    length = sum(len(str(token)) for token in rest)
    return byte_ends([text[: max(0, len(text) - length)], *rest], text)


def _surprisals(values: Sequence[float | None], name: str) -> Floats:
    """NaN for a first token without a condition."""
    surprisals = np.array([math.nan if value is None else -float(value) for value in values])
    wrong = ~np.isfinite(surprisals) | (surprisals < -SLACK)
    if len(surprisals) and values[0] is None:
        wrong[0] = False
    if wrong.any():
        raise RemoteError(f"{name!r} answers {values[int(wrong.argmax())]!r} as a log-probability.")
    clipped: Floats = np.maximum(surprisals, 0.0)
    return clipped


def _folded(ends: Ints, scores: Floats) -> Reply:
    """Tokens that stand for no byte count to the next that does, those at the end to the last.

    A first token without a condition is dropped where it stands for no byte, and otherwise has `FIRST`.
    """
    if len(scores) and math.isnan(scores[0]):
        scores = np.concatenate([[FIRST if ends[0] else 0.0], scores[1:]])
    solid = np.diff(ends, prepend=0) > 0
    if not solid.any():
        return Reply(np.zeros(0, np.int64), np.zeros(0))
    owner = np.minimum(np.cumsum(solid) - solid, solid.sum() - 1)
    return Reply(ends[solid], np.bincount(owner, weights=scores).astype(np.float64))
