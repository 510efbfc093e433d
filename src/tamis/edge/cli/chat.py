"""Chats on the command line: how their files are read and written, and `tamis compress --messages`."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from contextlib import closing, nullcontext
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from tamis.edge.cli.messages import say
from tamis.edge.cli.settings import CompressArguments, settings
from tamis.errors import InvalidInput, UnreadableInput
from tamis.io.files import STDIN, read_text, refuse_overwriting, write
from tamis.io.progress import watch

if TYPE_CHECKING:
    from tamis.prompt.chats import Messages

LISTS = ("messages", "input")  # of an object that is a request: OpenAI chat and Anthropic, OpenAI responses
DEFAULT = "default"  # the store that `tamis restore` looks into


@dataclass(frozen=True)
class Chat:
    """A chat in a file.

    Attributes:
        messages: as they stand there.
        request: what stands around them, if anything.
        key: the member of the request that has them.
        lines: whether the file is JSON Lines.
    """

    messages: list[Any]
    request: Mapping[str, Any] | None = None
    key: str = ""
    lines: bool = False

    def written(self, messages: list[Any]) -> bytes:
        """Other messages in the form of this file."""
        if self.lines:
            return "".join(f"{_json(message)}\n" for message in messages).encode("utf-8", "backslashreplace")
        whole = messages if self.request is None else {**self.request, self.key: messages}
        return (_json(whole) + "\n").encode("utf-8", "backslashreplace")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def read_chat(path: str, *, limit: int) -> Chat:
    """The chat in a file: a list of messages, a request that has one, or a message a line.

    Raises:
        UnreadableInput: it is none of these.
    """
    text = read_text(path, limit=limit)
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        try:
            return Chat([json.loads(line) for line in text.splitlines() if line.strip()], lines=True)
        except (ValueError, RecursionError):
            hint = 'Give a list of messages, a request with "messages" or "input", or a message a line.'
            raise UnreadableInput(f"{path!r} is no JSON: {error}.", hint=hint) from error
    if isinstance(value, list):
        return Chat(value)
    for key in LISTS if isinstance(value, dict) else ():
        if isinstance(value.get(key), list):
            return Chat(value[key], value, key)
    hint = 'Give a list of messages, a request with "messages" or "input", or a message a line.'
    raise UnreadableInput(f"{path!r} holds no list of messages.", hint=hint)


def run_messages(arguments: CompressArguments) -> int:
    """Compress a chat, and write it in the form in which it came."""
    _check(arguments)
    (path,) = arguments.files or [STDIN]
    if arguments.output:
        refuse_overwriting(Path(arguments.output), [path])
    chat = read_chat(path, limit=arguments.max_mb)
    started = perf_counter()
    with watch("reading", on=arguments.bar):
        result = _compressed(chat, arguments)
    data = (_json(result.to_dict()) + "\n").encode("utf-8", "backslashreplace")
    data = data if arguments.json else chat.written(result.messages)
    if arguments.output:
        write(Path(arguments.output), data)
    else:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
    if not arguments.quiet:
        for warning in result.warnings:
            say(warning)
        print(_figures(result, perf_counter() - started), file=sys.stderr)
    return 0


def _check(arguments: CompressArguments) -> None:
    given: dict[str, Any] = {
        "--out": arguments.out,
        "--html": arguments.html,
        "--show": arguments.show,
        "--keep": arguments.keep,
    }
    given |= {"--threshold": arguments.threshold, "--min-relevance": arguments.min_relevance, "--tags": arguments.tags}
    stray = [name for name, value in given.items() if value not in (None, "", False, [])]
    if stray:
        raise InvalidInput(f"--messages does not go with {' and '.join(stray)}.", hint="Leave one out.")
    if len(arguments.files) > 1:
        raise InvalidInput(f"--messages takes one chat, got {len(arguments.files)} files.")


def _compressed(chat: Chat, arguments: CompressArguments) -> Messages:
    from tamis.edge.cli.restore import store_of
    from tamis.prompt.chats import compress_messages

    names = ("rate", "tokens", "question", "tokenizer", "method", "model", "style", "options")
    given = {name: value for name, value in settings(arguments).items() if name in names}
    place = None if arguments.store == DEFAULT else arguments.store
    opened = closing(store_of(place, read_only=False)) if arguments.store else nullcontext(None)
    risk = arguments.on_risk or "keep"
    with opened as store:
        return compress_messages(chat.messages, limit=arguments.limit, store=store, on_risk=risk, **given)


def _figures(result: Messages, seconds: float) -> str:
    """The line of figures."""
    actions = [decision.action for decision in result.decisions]
    counts = {name: actions.count(name) for name in ("shortened", "referred", "cut")}
    said = ", ".join(f"{count} {name}" for name, count in counts.items() if count) or "nothing shortened"
    return (
        f"{result.original_tokens:,} -> {result.tokens:,} tokens ({100 * result.rate:.1f} %, {result.tokenizer}), "
        f"{len(result.messages)} messages: {said} ({seconds:.2f} s)"
    )
