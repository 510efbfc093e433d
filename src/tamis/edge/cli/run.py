"""`tamis run`: a command, with what it prints shortened."""

from __future__ import annotations

import argparse
import errno
import os
import shlex
import sys
from contextlib import ExitStack, closing
from typing import BinaryIO

from tamis.edge.cli.command import describe
from tamis.edge.cli.messages import say, spell
from tamis.edge.cli.questions import checked_question
from tamis.edge.cli.restore import StoreArguments, add_store, store_of
from tamis.edge.process import NOT_EXECUTABLE, NOT_FOUND, become, end_like, watched
from tamis.errors import InvalidBudget, InvalidInput, OutputError, TamisError
from tamis.io.files import LIMIT, MEGABYTE, reason

MORE = """\
Runs a command and prints what it printed, shortened, when it has ended:
standard output and standard error, as they came. A note at the end says which
lines were left out, and `tamis restore` brings them back. The exit code and
signals are the command's own. Short or binary output, and output to a terminal,
passes as it is."""

EXAMPLES = """\
examples:
  tamis run -- pytest -q
  tamis run --question "Why does the build fail?" -- make all
  tamis run --rate 0.2 --raw-to build.log -- cargo build"""


class ShellArguments(StoreArguments):
    """The command line of `tamis run`."""

    rate: float | None
    tokens: int | None
    least: int
    question: str | None
    raw_to: str | None
    apart: bool
    always: bool
    max_mb: int
    words: list[str]


def add(parser: argparse.ArgumentParser) -> None:
    """The options of `tamis run`."""
    describe(parser, more=MORE, epilog=EXAMPLES)
    parser.add_argument("-r", "--rate", type=float, metavar="R", help="the share of the tokens that stays (0.3)")
    parser.add_argument("-t", "--tokens", type=int, metavar="N", help="in its place, how many tokens stay at most")
    parser.add_argument("-q", "--question", metavar="TEXT", help="what the output is to answer")
    parser.add_argument(
        "--least", type=int, default=1_000, metavar="N", help="shorter output passes as it is (1000 tokens)"
    )
    parser.add_argument("--raw-to", metavar="FILE", help="also write the whole output there, as it comes")
    parser.add_argument("--apart", action="store_true", help="leave standard error where it is")
    parser.add_argument("--always", action="store_true", help="shorten on a terminal, too")
    parser.add_argument(
        "--max-mb", type=int, default=LIMIT, metavar="N", help=f"longer output passes as it is ({LIMIT})"
    )
    parser.add_argument("--quiet", action="store_true", help="nothing on stderr of its own")
    add_store(parser)
    parser.add_argument("words", nargs=argparse.REMAINDER, metavar="-- COMMAND", help="the command and its arguments")


def run(arguments: ShellArguments) -> int:
    """Run the command; its exit code."""
    command = arguments.words[1:] if arguments.words[:1] == ["--"] else arguments.words
    _check(arguments, command)
    try:
        if sys.stdout is not None and sys.stdout.isatty() and not arguments.always:
            return become(command)
        return end_like(_shortened(command, arguments))
    except OSError as error:
        if isinstance(error, TamisError) or error.filename != command[0]:
            raise
        say(f"{command[0]}: {reason(error)}")
        return NOT_FOUND if error.errno == errno.ENOENT else NOT_EXECUTABLE


def _check(arguments: ShellArguments, command: list[str]) -> None:
    if not command:
        raise InvalidInput("There is no command.", hint="For example: tamis run -- pytest -q.")
    if arguments.rate is not None and arguments.tokens is not None:
        raise InvalidBudget("Give one of --rate and --tokens, not both.")
    if arguments.rate is not None and not 0 < arguments.rate <= 1:
        raise InvalidBudget(f"--rate is a share between 0 and 1, got {arguments.rate}.")
    if arguments.tokens is not None and arguments.tokens < 1:
        raise InvalidBudget(f"--tokens must be at least 1, got {arguments.tokens}.")
    if arguments.max_mb < 1:
        raise InvalidInput(f"--max-mb must be at least 1, got {arguments.max_mb}.")
    if arguments.question is not None:
        checked_question(arguments.question)


def _shortened(command: list[str], arguments: ShellArguments) -> int:
    with ExitStack() as files:
        copy = RawCopy(files.enter_context(_raw(arguments.raw_to)), arguments.raw_to) if arguments.raw_to else None
        limit = arguments.max_mb * MEGABYTE
        outcome = watched(command, limit=limit, flow=_out, copy=copy, apart=arguments.apart)
    if outcome.output is None:
        _say(f"more than {arguments.max_mb} MB: passed as it is", arguments)
    else:
        _out(_short(outcome.output, command, arguments))
    return outcome.code


class RawCopy:
    """A file that takes all output as it comes; where it cannot, it says so once, and the command goes on."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._file, self._name, self._broken = file, name, False

    def __call__(self, data: bytes) -> None:
        """Take some output."""
        try:
            view = memoryview(data)
            while view and not self._broken:
                view = view[self._file.write(view) :]
        except OSError as error:
            self._broken = True
            say(f"{self._name!r} is not whole: {reason(error)}")


def _raw(path: str) -> BinaryIO:
    try:
        return open(path, "wb", buffering=0)
    except (OSError, ValueError) as error:
        raise OutputError(f"Cannot write {path!r}: {reason(error)}.") from error


def _out(data: bytes) -> None:
    """Write to standard output."""
    if sys.stdout is None:
        return
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def _say(message: str, arguments: ShellArguments) -> None:
    if not arguments.quiet:
        say(message)


def _short(output: bytes, command: list[str], arguments: ShellArguments) -> bytes:
    """The output, shortened; as it was where that cannot be, or does not pay."""
    if len(output) < arguments.least or b"\0" in output:
        return output
    try:
        text = output.decode("utf-8")
        short = _decided(text, command, arguments)
    except UnicodeDecodeError:
        return output
    except Exception as error:  # (whatever it is: the output is the user's, and the command will not run again)
        why = spell(error) if isinstance(error, TamisError) else f"{type(error).__name__} {error}".strip()
        _say(f"not shortened: {why}", arguments)
        return output
    return output if short is None else short.encode("utf-8") + b"\n" * (not short.endswith("\n"))


def _decided(text: str, command: list[str], arguments: ShellArguments) -> str | None:
    """The short text; None where it stays as it is."""
    from tamis.edge.hook.answer import Reachable, Wishes, decision_on, hopeless
    from tamis.edge.hook.transcript import LastTurns

    wishes = Wishes(arguments.rate, arguments.tokens, arguments.least)
    call = {"command": shlex.join(command)}
    if reason := hopeless(text, "Bash", call):
        _say(f"not shortened: {reason}", arguments)
        return None
    with closing(store_of(arguments.store, read_only=False)) as store:
        reachable = Reachable(store, os.environ.get("PATH") or "")
        short, decision = decision_on(text, "Bash", call, LastTurns(arguments.question or ""), wishes, reachable)
    if decision.action != "shortened":
        if decision.original_tokens >= arguments.least:
            _say(f"not shortened: {decision.reason}", arguments)
        return None
    return short
