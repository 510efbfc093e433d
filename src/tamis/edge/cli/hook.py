"""`tamis hook`: the results of a coding agent's tools, shortened before its model reads them."""

from __future__ import annotations

import argparse
import difflib
import json
import shlex
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tamis.edge.cli.command import Arguments, CommandEntry, Step, add_commands, add_json, describe
from tamis.edge.cli.messages import say
from tamis.edge.hook import places
from tamis.edge.hook.agents.table import AGENTS, agent_named
from tamis.edge.hook.event import Agent
from tamis.edge.hook.settings import has_hook, is_bare, with_hook, without_hook
from tamis.errors import InvalidInput, OutputError, TamisError
from tamis.io.files import read_text, reason, write

MORE = """\
Without a step it reads the event of an agent on stdin, and writes what the
agent is told to stdout, as `tamis-hook` does, which starts faster and is what
`install` puts into the settings. Whatever goes wrong, the exit code is 0 and
the result stays as it is."""

EXAMPLES = """\
examples:
  tamis hook install claude            shows what would change, and asks
  tamis hook install claude --project --rate 0.5 --yes
  tamis hook status
  tamis hook uninstall claude"""


class HookArguments(Arguments):
    """The command line of `tamis hook`."""

    agent: str | None
    project: bool
    yes: bool
    rate: float | None
    least: int | None
    reads: bool


def add(parser: argparse.ArgumentParser) -> None:
    """The steps of `tamis hook`."""
    describe(parser, more=MORE, epilog=EXAMPLES)
    add_commands(parser, STEPS, required=False)


def run(arguments: HookArguments) -> int:
    """Do one step; without one, answer an event."""
    if getattr(arguments, "step", None):
        return STEPS[arguments.step].load().run(arguments)
    from tamis.edge.hook.client import answer_event

    return answer_event()


def _place_options(parser: argparse.ArgumentParser) -> None:
    known = f"{', '.join(AGENTS)}; left out: those whose settings folder is there"
    parser.add_argument("agent", nargs="?", metavar="AGENT", help=known)
    group = parser.add_mutually_exclusive_group()
    group.add_argument("--project", action="store_true", help="in the settings of the project in this folder")
    group.add_argument("--user", dest="project", action="store_false", help="in the user's own settings (the default)")
    parser.add_argument("--yes", action="store_true", help="do not ask")


def _install_options(parser: argparse.ArgumentParser) -> None:
    _place_options(parser)
    parser.add_argument("--rate", type=float, metavar="R", help="the share of the tokens that stays (0.3)")
    parser.add_argument("--least", type=int, metavar="N", help="tokens from which on a result is shortened (1000)")
    parser.add_argument("--reads", action="store_true", help="also shorten files that are read: edits may fail then")


def _install(arguments: HookArguments) -> int:
    command = _command(arguments)
    for agent in _agents(arguments):
        path = _path(agent, project=arguments.project)
        before = _text(path)
        _change(path, before, with_hook(before, agent, command), yes=arguments.yes)
        print(f"{agent.title}: shortens what comes of {agent.takes}.")
    return 0


def _command(arguments: HookArguments) -> str:
    """The command line that agents call."""
    from tamis.edge.hook.answer import wishes_of

    given = {"--rate": arguments.rate, "--least": arguments.least}
    words = [word for name, value in given.items() if value is not None for word in (name, str(value))]
    words += ["--reads"] * arguments.reads
    wishes = wishes_of(words)
    if wishes.rate is not None and not 0 < wishes.rate < 1:
        raise InvalidInput(f"--rate is a share between 0 and 1, got {wishes.rate}.")
    beside = Path(sys.executable).with_name("tamis-hook")
    script = str(beside) if beside.exists() else shutil.which("tamis-hook")
    return shlex.join([script] if script else [sys.executable, "-m", "tamis.edge.hook.client"]) + "".join(
        f" {word}" for word in words
    )


def _agents(arguments: HookArguments) -> list[Agent]:
    """The agent that is named, or those that are there.

    Raises:
        InvalidInput: there is none, or it cannot be helped.
    """
    if arguments.agent is not None:
        return [agent_named(arguments.agent)]
    root = Path() if arguments.project else Path.home()
    there = [agent for agent in AGENTS.values() if (root / Path(agent.user).parts[0]).is_dir()]
    if not there:
        raise InvalidInput("There are no settings of an agent.", hint=f"Name one: {', '.join(AGENTS)}.")
    return there


def _path(agent: Agent, *, project: bool) -> Path:
    return Path.cwd() / agent.project if project else Path.home() / agent.user


def _text(path: Path) -> str:
    return read_text(str(path)) if path.exists() else ""


def _change(path: Path, before: str, after: str, *, yes: bool) -> None:
    """Show what would change, ask, and write."""
    if before == after:
        print(f"{path}: nothing to change.")
        return
    lines = difflib.unified_diff(
        before.splitlines(keepends=True), after.splitlines(keepends=True), str(path), str(path)
    )
    sys.stdout.writelines(line if line.endswith("\n") else f"{line}\n" for line in lines)
    sys.stdout.flush()
    if not yes and not _asked():
        raise InvalidInput("Nothing was changed.")
    write(path, after.encode("utf-8"))


def _asked() -> bool:
    if sys.stdin is None or not sys.stdin.isatty():
        raise InvalidInput("Nobody is there to ask; nothing was changed.", hint="Say --yes.")
    try:
        return input("Write this? [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        return False


def _uninstall(arguments: HookArguments) -> int:
    named = [agent_named(arguments.agent)] if arguments.agent is not None else list(AGENTS.values())
    there = [(agent, path) for agent in named if (path := _path(agent, project=arguments.project)).exists()]
    for agent, path in there:
        before = _text(path)
        after = without_hook(before) if before.strip() else before
        if before == after:
            continue
        _change(path, before, after, yes=arguments.yes)
        if agent.fresh and is_bare(after, agent):
            _remove(path)
    if not there:
        print("There are no settings to change.")
    return 0


def _remove(path: Path) -> None:
    try:
        path.unlink()
    except OSError as error:
        raise OutputError(f"Cannot remove {str(path)!r}: {reason(error)}.") from error


def _status(arguments: HookArguments) -> int:
    status = {
        "installed": [str(path) for path in _installed()],
        "server": _server(),
        "exchanges": _exchanges(),
        "log": places.last_lines(5),
    }
    print(json.dumps(status) if arguments.json else "\n".join(_spelled(status)))
    return 0


def _installed() -> Iterator[Path]:
    """The settings files with the hook."""
    for agent in AGENTS.values():
        for path in dict.fromkeys((_path(agent, project=False), _path(agent, project=True))):
            try:
                if has_hook(_text(path)):
                    yield path
            except TamisError as error:
                say(f"{path}: {error}")


def _server() -> str:
    from tamis.edge.hook.client import server_is_there, server_pid

    return (
        f"warm, process {server_pid()}"
        if server_is_there()
        else "not running: the next hook, or the next session, starts it"
    )


def _exchanges() -> list[dict[str, Any]]:
    from contextlib import closing
    from dataclasses import asdict

    from tamis.edge.hook.ledger import HookLedger

    with closing(HookLedger()) as ledger:
        ledger.look()
        return [asdict(total) for total in ledger.sums()]


def _spelled(status: dict[str, Any]) -> Iterator[str]:
    yield from (f"installed in {path}" for path in status["installed"] or ["no settings"])
    yield f"server: {status['server']}"
    if not status["exchanges"]:
        yield "nothing was handed over yet"
    for one in status["exchanges"]:
        counts = f"{one['results']:,} results, {one['before']:,} -> {one['after']:,} tokens"
        yield f"{one['agent']}: {counts}, {MEANINGS[one['state']]}"
    yield from (f"log: {line}" for line in status["log"])


MEANINGS = {
    "taken": "taken: the transcript has the short text",
    "dropped": "dropped by the agent: its model read the whole text, nothing was saved",
    "handed over": "handed over; whether they were taken is not known, so they count as no saving",
}


def _stop(arguments: HookArguments) -> int:
    from tamis.edge.hook.client import send_away

    print("The server goes." if send_away() else "There is no server.")
    return 0


def _json_option(parser: argparse.ArgumentParser) -> None:
    add_json(parser, "as JSON")


STEPS: dict[str, CommandEntry] = {
    "install": Step("put the hook into an agent's settings", "tamis hook install claude", _install, _install_options),
    "uninstall": Step("take it out again", "tamis hook uninstall claude", _uninstall, _place_options),
    "status": Step("where it is, what it did, what went wrong", "tamis hook status", _status, _json_option),
    "stop": Step("send the server away", "tamis hook stop", _stop),
}
