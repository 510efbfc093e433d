"""From an event to what the agent is told: the texts of a result shortened by what the conversation asks.

What shortens is `tamis.compress_messages`, on a chat of the user's last words, the call and its result, so that kinds,
questions, notes and guards are those of chats.
"""

from __future__ import annotations

import argparse
import json
import shlex
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from tamis.edge.hook.agents.table import AGENTS, event_of
from tamis.edge.hook.event import Event
from tamis.edge.hook.exact import exact
from tamis.edge.hook.ledger import Exchange, HookLedger
from tamis.edge.hook.transcript import LastTurns, last_turns
from tamis.errors import InvalidInput
from tamis.prompt.chats import Policy, compress_messages
from tamis.prompt.chats.question import form_by_call
from tamis.prompt.chats.result import Decision
from tamis.prompt.kinds.detection import parts
from tamis.prompt.options import Options
from tamis.prompt.recovery import Originals, original_id
from tamis.prompt.recovery.originals import Filing, Holdings, LineRanges
from tamis.text.messages import ToolCall, with_texts

LEAST = 1_000  # tokens from which on a result is shortened
LONGEST = 1_000_000  # characters of a text that goes by whole lines: 250,000 tokens in a few seconds
LONGEST_READ = 60_000  # of one that a model reads sentence by sentence, or record by record
BY_LINES = frozenset(("log", "search", "diff", "lines", "csv", "tsv", "config"))  # kinds that no model reads
CALL = "call"
SHELLS = frozenset(("bash", "powershell", "shell", "run_shell_command", "run_in_terminal"))  # tools that run commands


@dataclass(frozen=True, slots=True)
class Wishes:
    """How results are shortened: the words behind `tamis-hook`.

    Attributes:
        rate, tokens: of a result that stay at most, one of both; None for the rate of chats.
        least: tokens from which on a result is shortened.
        reads: also files that are read.
    """

    rate: float | None = None
    tokens: int | None = None
    least: int = LEAST
    reads: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What the agent is told.

    Attributes:
        body: JSON, to be printed; b"" where the result stays as it is.
        reason: why it stays, or how it was shortened.
        exchange: what is noted once it is handed over.
    """

    body: bytes
    reason: str
    exchange: Exchange | None = None


class _Words(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise InvalidInput(f"tamis-hook: {message}.")


def wishes_of(words: Sequence[str]) -> Wishes:
    """The wishes that the words behind `tamis-hook` say.

    Raises:
        InvalidInput: they cannot be understood.
    """
    parser = _Words(add_help=False, prog="tamis-hook")
    parser.add_argument("--rate", type=float)
    parser.add_argument("--tokens", type=int)
    parser.add_argument("--least", type=int, default=LEAST)
    parser.add_argument("--reads", action="store_true")
    return Wishes(**vars(parser.parse_args(list(words))))


def answered(payload: bytes, wishes: Wishes, store: Originals, ledger: HookLedger | None) -> Answer:
    """What an agent is told about an event.

    Raises:
        TamisError: the wishes make no sense.
    """
    try:
        value = json.loads(payload)
    except (ValueError, RecursionError) as error:
        return Answer(b"", f"the event is no JSON: {error}")
    event = event_of(value) if isinstance(value, Mapping) else None
    if event is None:
        return Answer(b"", "no event of an agent that is known, after a call of a tool")
    reason = event.reason or exact(event.tool, event.arguments, reads=wishes.reads)
    if reason or not any(event.texts.values()):
        return Answer(b"", reason or "there is no text that may be shortened")
    faults = {place: hopeless(text, event.tool, event.arguments) for place, text in event.texts.items()}
    texts = {place: text for place, text in event.texts.items() if not faults[place]}
    if not texts:
        return Answer(b"", "; ".join(dict.fromkeys(faults.values())))
    if ledger is not None and any(ledger.has(event.session, original_id(text)) for text in texts.values()):
        return Answer(b"", "it was shortened before, and is read again")
    return _shortened(event, texts, wishes, store)


def _shortened(event: Event, texts: Mapping[Any, str], wishes: Wishes, store: Originals) -> Answer:
    """The answer with those texts shortened for which it pays."""
    about = last_turns(event.transcript) if event.transcript else LastTurns()
    decisions = {
        place: decision_on(text, event.tool, event.arguments, about, wishes, store) for place, text in texts.items()
    }
    short = {place: text for place, (text, decision) in decisions.items() if decision.action == "shortened"}
    if not short:
        return Answer(b"", "; ".join(dict.fromkeys(decision.reason for _, decision in decisions.values())))
    counts = [decisions[place][1] for place in short]
    exchange = Exchange(
        event.agent,
        event.tool,
        event.session,
        event.call,
        event.transcript,
        ids=tuple(decision.id for decision in counts),
        before=sum(decision.original_tokens for decision in counts),
        after=sum(decision.tokens for decision in counts),
    )
    told = AGENTS[event.agent].answer(event, with_texts(event.response, short))
    return Answer(json.dumps(told).encode("ascii"), "shortened", exchange)


def decision_on(
    text: str, tool: str, arguments: Mapping[str, Any], about: LastTurns, wishes: Wishes, store: Originals | None
) -> tuple[str, Decision]:
    """A result of a tool as the model should read it, and what was decided about it."""
    policy = Policy(tool=wishes.least, user=None, repeats=False, floor=0)
    call = {"type": "tool_use", "id": CALL, "name": tool, "input": dict(arguments)}
    said = [{"type": "text", "text": about.assistant}] if about.assistant else []
    chat = [
        {"role": "user", "content": about.user},
        {"role": "assistant", "content": [*said, call]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": CALL, "content": text}]},
    ]
    options = Options(form=form_of(text, tool, arguments))
    result = compress_messages(
        chat, rate=wishes.rate, tokens=wishes.tokens, policy=policy, store=store, options=options
    )
    decision = next(one for one in result.decisions if one.message == 2)
    return result.messages[2]["content"][0]["content"], decision


def hopeless(text: str, tool: str, arguments: Mapping[str, Any]) -> str:
    """Why a text is not even tried, since that would take long and come to nothing; "" for one that is."""
    if "<keep" in text:
        return "it holds <keep> tags"
    if len(text) <= LONGEST_READ:
        return ""
    if len(text) > LONGEST:
        return f"it has more than {LONGEST:,} characters"
    call = ToolCall(CALL, tool, json.dumps(dict(arguments)), 1)
    lines = form_of(text, tool, arguments) == "lines" or form_by_call(text, call)
    if lines or {part.name for part in parts(text)} <= BY_LINES:
        return ""
    return f"it has more than {LONGEST_READ:,} characters that a model would have to read"


def form_of(text: str, tool: str, arguments: Mapping[str, Any]) -> str:
    """The form of a result: what commands print is never prose, its lines stay whole; the rest is looked up in it.

    Example: of "git log" -> "lines"
    """
    if tool.lower() not in SHELLS or form_by_call(text, ToolCall(CALL, tool, json.dumps(dict(arguments)), 1)):
        return "auto"
    return "lines" if any(part.name in ("prose", "markdown") for part in parts(text)) else "auto"


class Reachable:
    """A store whose notes name a command that the reader's shell finds."""

    def __init__(self, store: Originals, path: str) -> None:
        """Of a store, for a shell with this search path."""
        self._store = store
        beside = Path(sys.executable).with_name("tamis")
        self._command = (
            "tamis" if shutil.which("tamis", path=path or None) or not beside.exists() else shlex.quote(str(beside))
        )

    def put(self, text: str) -> str:
        """Keep a text; see `Originals.put`."""
        return self._store.put(text)

    def file(self, text: str, besides: frozenset[str] = frozenset()) -> Filing:
        """Keep a text; see `Originals.file`."""
        return self._store.file(text, besides)

    def get(self, ident: str, *, lines: LineRanges | None = None, query: str | None = None) -> str:
        """The text; see `Originals.get`."""
        return self._store.get(ident, lines=lines, query=query)

    def expire(self) -> tuple[str, ...]:
        """Remove what has expired."""
        return self._store.expire()

    def holdings(self) -> Holdings:
        """How much is in it."""
        return self._store.holdings()

    def pointer(self, ident: str, lines: str = "") -> str:
        """The command that prints these lines."""
        words = self._store.pointer(ident, lines)
        return f"{self._command}{words[5:]}" if words.startswith("tamis ") else words

    def close(self) -> None:
        """Let go of it."""
        self._store.close()
