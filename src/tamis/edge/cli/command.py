"""What every command stands on: how it is found, how its arguments are declared and what all of them share.

A command is a module (or anything else) with two functions beside each other:

    add(parser)      its arguments, its description, its examples
    run(arguments)   its work; returns the exit code

A table names commands. What it names is imported when it is called or asked for help, so that a command costs the
others nothing. Knows no command.
"""

from __future__ import annotations

import argparse
import difflib
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, NoReturn, Protocol, cast

DEBUG = "show where an error comes from"


class Command(Protocol):
    """What the command line calls."""

    def add(self, parser: Parser, /) -> None:
        """Declare the arguments."""

    def run(self, arguments: Any, /) -> int:
        """Do the work; return the exit code."""


class CommandEntry(Protocol):
    """A line of a table of commands."""

    @property
    def summary(self) -> str:
        """What the command does, in one line."""

    def load(self) -> Command:
        """The command."""


@dataclass(frozen=True, slots=True)
class LazyCommand:
    """A command that is imported when it is called.

    Attributes:
        module: its full name.
    """

    module: str
    summary: str

    def load(self) -> Command:
        """Import the module."""
        return cast(Command, import_module(self.module))


@dataclass(frozen=True, slots=True)
class Step:
    """A command that stands in the file of the one above it: both functions, and an example of a line or two."""

    summary: str
    example: str
    run: Callable[[Any], int]
    options: Callable[[argparse.ArgumentParser], None] | None = None

    def add(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""
        describe(parser, epilog=f"example:\n  {self.example}")
        if self.options is not None:
            self.options(parser)

    def load(self) -> Step:
        """It is loaded already."""
        return self


class Arguments(argparse.Namespace):
    """What the command line says. Commands add what they declare, as classes below this one: for types only."""

    command: str | None = None
    step: str
    debug: bool = False
    quiet: bool = False
    no_progress: bool = False
    json: bool = False

    @property
    def bar(self) -> bool:
        """Whether a bar, or a line now and then, may say how far the work is."""
        return not (self.quiet or self.no_progress)


class Parser(argparse.ArgumentParser):
    """A parser that asks its command for arguments when they are needed, and answers for what it cannot read itself.

    `argparse` reports an option that a command does not know with the usage of the whole program, and guesses nothing.

    Attributes:
        values: names that an option knows, for completion, where something else than `choices` refuses the others.
        more: the optional arguments that may go on behind options, which `argparse` alone does not see.
    """

    def __init__(self, *, entry: CommandEntry | None = None, **settings: Any) -> None:
        super().__init__(formatter_class=argparse.RawDescriptionHelpFormatter, **settings)
        self._entry = entry
        self.values: dict[str, tuple[str, ...]] = {}
        self.more = ""

    def fill(self) -> None:
        """Declare the command's arguments, once."""
        entry, self._entry = self._entry, None
        if entry is not None:
            self.add_argument("--debug", action="store_true", default=argparse.SUPPRESS, help=DEBUG)
            entry.load().add(self)

    def walk(self, *path: str) -> Iterator[tuple[tuple[str, ...], Parser]]:
        """Yield this parser and those of all commands below it, each filled, with what is typed to reach it."""
        self.fill()
        yield path, self
        for name, parser in self._commands().items():
            yield from parser.walk(*path, name)

    def own_actions(self) -> Sequence[argparse.Action]:
        """The arguments of this command."""
        return tuple(self._actions)

    def _commands(self) -> Mapping[str, Parser]:
        groups = [action for action in self._actions if isinstance(action, argparse._SubParsersAction)]
        return {name: parser for group in groups for name, parser in group.choices.items()}

    def format_help(self) -> str:
        """What `--help` prints."""
        self.fill()
        return super().format_help()

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Read the arguments; there are no unknown ones: the first ends the program with this command's usage."""
        self.fill()
        arguments, rest = super().parse_known_args(args, namespace)
        if self.more and not any(word.startswith("-") for word in rest):
            setattr(arguments, self.more, [*getattr(arguments, self.more), *rest])
            rest = []
        if rest:
            self._refuse(rest)
        return arguments, rest

    def _refuse(self, rest: Sequence[str]) -> NoReturn:
        option = next((word for word in rest if word.startswith("-")), rest[0]).partition("=")[0]
        guess = nearest(option, self._option_string_actions) if option.startswith("-") else ""
        self.error(f"unrecognized arguments: {' '.join(rest)}. {guess or f'`{self.prog} --help` lists what there is.'}")

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        if action.choices is not None and value not in action.choices:
            names = [str(name) for name in action.choices]
            guess = nearest(str(value), names) or f"Choose from {', '.join(names)}."
            raise argparse.ArgumentError(action, f"invalid choice: {value!r}. {guess}")


def nearest(name: str, names: Iterable[str]) -> str:
    """A question whether a known name was meant; nothing where none is near.

    Example: "comprss" -> "Did you mean compress?"
    """
    guesses = difflib.get_close_matches(name, list(names), n=1)
    return f"Did you mean {guesses[0]}?" if guesses else ""


def add_commands(
    parser: argparse.ArgumentParser,
    table: Mapping[str, CommandEntry],
    *,
    title: str = "steps",
    dest: str = "step",
    required: bool = True,
) -> None:
    """Give a parser the commands of a table; one of them must be called unless it says otherwise."""
    commands = parser.add_subparsers(dest=dest, title=title, metavar=dest.upper(), required=required)
    for name, entry in table.items():
        commands.add_parser(name, help=entry.summary, description=sentence(entry.summary), entry=entry)


def sentence(summary: str) -> str:
    """A summary as a sentence.

    Example: "ask a memory" -> "Ask a memory."
    """
    return f"{summary[0].upper()}{summary[1:]}."


def describe(parser: argparse.ArgumentParser, *, more: str = "", epilog: str = "") -> None:
    """Say more than the summary: below it, and at the end."""
    parser.description = f"{parser.description or ''}\n\n{more}".strip()
    parser.epilog = epilog


def add_json(parser: argparse._ActionsContainer, what: str) -> None:
    """`--json`."""
    parser.add_argument("--json", action="store_true", help=what)


def add_quiet(parser: argparse._ActionsContainer, *, bar: bool) -> None:
    """`--quiet`, and where there is a bar (elsewhere than on a terminal, a line now and then) `--no-progress`."""
    parser.add_argument("--quiet", action="store_true", help="nothing on stderr but errors")
    if bar:
        parser.add_argument("--no-progress", action="store_true", help="no bar on stderr while it runs")


def names(text: str) -> tuple[str, ...]:
    """A list that is written with commas.

    Example: "kv, vt" -> ("kv", "vt")
    """
    return tuple(part.strip() for part in text.split(",") if part.strip())


def listing(title: str, lines: Mapping[str, str]) -> str:
    r"""A table for a description: a name and what it is, wrapped to 80 columns.

    Example: listing("pools", {"mean": "of the tokens"}) -> "pools:\n  mean  of the tokens"
    """
    indent = max(map(len, lines)) + 4
    rows = [
        textwrap.fill(f"  {name:<{indent - 2}}{says}", 78, subsequent_indent=" " * indent)
        for name, says in lines.items()
    ]
    return "\n".join([f"{title}:", *rows])
