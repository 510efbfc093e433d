"""The arguments of `tamis remember`, `tamis recall` and `tamis memory`. Imports nothing that is slow."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from pathlib import Path

SCOPE = "me"
TOKENS = 1_000
KINDS = ("auto", "chatgpt", "claude", "slack", "whatsapp", "messages", "text")

REMEMBER = """\
Stores the turns of talks: exports of ChatGPT and Claude (conversations.json or the zip), Slack (folder or zip),
WhatsApp (text), lists of chat messages (JSON), turns as JSON lines, transcripts and notes in plain text. What is stored
already is left alone, so the same export may be read again. Secrets are masked before anything is written."""
REMEMBER_EXAMPLES = """\
examples:
  tamis remember conversations.json
  tamis remember slack-export.zip --memory team.db --scope acme/support
  tamis remember WhatsApp.txt --day-first
  echo "Ann moved to Lyon in May." | tamis remember -
  tamis remember notes.txt --session holidays --ttl 30d"""

RECALL = """\
Prints the passages that answer the question, in time order, within a budget of tokens, and one line of figures on
stderr. Nothing leaves the machine."""
RECALL_EXAMPLES = """\
examples:
  tamis recall "Where does the sister live?" -t 500
  tamis recall "What did we decide last May?" --explain
  tamis recall "the boat" -t 2000 --json | jq '.passages[].turn_ids'
  tamis recall "the boat" -t 300 --compress 0.5"""

_MEMORY_EXAMPLES = """\
examples:
  tamis memory ls
  tamis memory show "Trip to Lyon"
  tamis memory show --html timeline.html -q "Where does the sister live?"
  tamis memory forget --query "old address"            (says what would go; --yes does it)
  tamis memory export backup.jsonl && tamis memory import backup.jsonl --scope copy"""

_STEPS = {
    "ls": ("list the sessions of a memory, or its scopes", "tamis memory ls --scopes"),
    "show": ("print a session, or draw all as a page", "tamis memory show --html timeline.html -q 'Where is she now?'"),
    "forget": ("remove turns and all that is derived from them", "tamis memory forget --session 'Trip to Lyon' --yes"),
    "export": ("write a memory as JSON lines", "tamis memory export backup.jsonl"),
    "import": ("take in what was exported", "tamis memory import backup.jsonl --scope acme/ann"),
    "stats": ("say what a memory holds", "tamis memory stats --json"),
    "check": ("prove that a memory is whole", "tamis memory check && echo all is well"),
    "expire": ("remove what has outlived its time", "tamis memory expire"),
    "reembed": ("make vectors anew that another encoder made", "tamis memory reembed"),
}


class Remembering(argparse.Namespace):
    """What the command line says; options of commands that were not called are missing."""

    step: str | None
    debug: bool
    files: list[str]
    memory: str
    scope: str
    kind: str
    session: str | None
    day_first: bool | None
    denoise: bool
    allow_secrets: bool
    ttl: float | None
    question: str
    tokens: int
    tokenizer: str
    explain: bool
    compress: float | None
    now: str | None
    json: bool
    quiet: bool
    scopes: bool
    html: str | None
    ids: list[str]
    query: str | None
    everything: bool
    yes: bool
    file: str


def place() -> str:
    """Where the memory is unless the command line says otherwise."""
    home = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return os.environ.get("TAMIS_MEMORY") or str(Path(home) / "tamis" / "memory.db")


def _add_place(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("which memory")
    group.add_argument(
        "--memory",
        metavar="PATH",
        default=None,
        help="a file or a PostgreSQL URL ($TAMIS_MEMORY, else memory.db in the user's data folder; "
        "$TAMIS_MEMORY_PASSWORD encrypts a file)",
    )
    scope = os.environ.get("TAMIS_SCOPE") or SCOPE
    group.add_argument(
        "--scope", default=scope, metavar="A/B", help=f"whose: one to three names ($TAMIS_SCOPE or {SCOPE})"
    )


def add_remember(parser: argparse.ArgumentParser) -> None:
    """The options of `tamis remember`."""
    parser.add_argument("files", nargs="*", metavar="FILE", help="talks; without any, or for -, stdin")
    parser.add_argument("--kind", default="auto", choices=KINDS, help="what they are; auto looks")
    parser.add_argument("--session", metavar="NAME", help="of talks that name none (the file's name)")
    parser.add_argument("--ttl", type=age, metavar="AGE", help="forget after so long: 90s, 12h, 30d, 2w")
    one = parser.add_mutually_exclusive_group()
    one.add_argument(
        "--day-first", dest="day_first", action="store_const", const=True, help="WhatsApp: 3/4 is the 3rd of April"
    )
    one.add_argument(
        "--month-first", dest="day_first", action="store_const", const=False, help="WhatsApp: 3/4 is the 4th of March"
    )
    parser.add_argument("--denoise", action="store_true", help="find turns by three quarters of their words; slower")
    parser.add_argument("--allow-secrets", action="store_true", help="store keys, cards and passwords as they are")
    parser.add_argument("--json", action="store_true", help="print what was stored as JSON")
    parser.add_argument("--quiet", action="store_true", help="no bar and no figures on stderr")
    _add_place(parser)


def add_recall(parser: argparse.ArgumentParser) -> None:
    """The options of `tamis recall`."""
    parser.add_argument("question", metavar="QUESTION", help="what to look for")
    parser.add_argument("-t", "--tokens", type=int, default=TOKENS, help=f"at most so many tokens ({TOKENS:,})")
    parser.add_argument("--tokenizer", default="o200k_base", metavar="T", help="whose tokens count, as in compress")
    parser.add_argument("--explain", action="store_true", help="say of each passage why it was chosen")
    parser.add_argument("--compress", type=float, metavar="RATE", help="shorten passages to that share; more fit")
    parser.add_argument("--now", metavar="DATE", help="what 'last week' is counted from (the present)")
    parser.add_argument("--json", action="store_true", help="text, figures and passages with their sources as JSON")
    parser.add_argument("--quiet", action="store_true", help="no figures on stderr")
    _add_place(parser)


def add_memory(parser: argparse.ArgumentParser) -> None:
    """The steps of `tamis memory`."""
    parser.epilog = _MEMORY_EXAMPLES
    steps = parser.add_subparsers(dest="step", title="steps", required=True)
    for name, (says, example) in _STEPS.items():
        step = steps.add_parser(
            name,
            help=says,
            description=f"{says[0].upper()}{says[1:]}.",
            epilog=f"example:\n  {example}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        step.add_argument("--debug", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
        if name in _OPTIONS:
            _OPTIONS[name](step)
        _add_place(step)


def _ls(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--scopes", action="store_true", help="all scopes of the store instead of sessions")
    parser.add_argument("--json", action="store_true", help="as JSON")


def _show(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("session", nargs="?", metavar="SESSION", help="its name (all of them)")
    parser.add_argument("--html", metavar="OUT", help="write a page: sessions, segments, what a question finds")
    parser.add_argument("-q", "--query", metavar="TEXT", help="a question: mark what it recalls")
    parser.add_argument("-t", "--tokens", type=int, default=TOKENS, help=f"its budget ({TOKENS:,})")


def _forget(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("ids", nargs="*", metavar="ID", help="of turns, as recall --json says them")
    parser.add_argument("--query", metavar="TEXT", help="turns that have all its words, or say nearly the same")
    parser.add_argument("--session", metavar="NAME", help="all turns of a session")
    parser.add_argument("--everything", action="store_true", help="the scope and those under it")
    parser.add_argument("--yes", action="store_true", help="do it; without it, only what would go is said")
    parser.add_argument("--json", action="store_true", help="the receipt as JSON")


def _file(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="JSON lines")


def _json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="as JSON")


_OPTIONS: dict[str, Callable[[argparse.ArgumentParser], None]] = {
    "ls": _ls,
    "show": _show,
    "forget": _forget,
    "export": _file,
    "import": _file,
    "stats": _json,
}
_UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}


def age(text: str) -> float:
    """Seconds of an age such as 90s, 12h, 30d, 2w.

    Example: "2h" -> 7200.0
    """
    number, unit = text.strip()[:-1], text.strip()[-1:]
    if unit not in _UNITS:
        raise argparse.ArgumentTypeError(f"{text!r} is no age; write 90s, 15m, 12h, 30d or 2w")
    try:
        return float(number) * _UNITS[unit]
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no age; write 90s, 15m, 12h, 30d or 2w") from error
