"""`tamis redact`: placeholders for private values, and back."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from tamis.edge.cli.command import Arguments, Parser, add_json, add_quiet, describe, listing, names
from tamis.edge.cli.messages import say
from tamis.errors import InvalidInput
from tamis.io.files import LIMIT, atomic, read_text, refuse_overwriting
from tamis.io.progress import watch

if TYPE_CHECKING:
    from collections.abc import Callable

    from tamis.entities import Entity, Recognizer, Redaction, RedactionTable

MORE = """\
Prints the text with a placeholder such as [EMAIL_1] for each private value, and
keeps the values in a table that only you can read. The same value always gets
the same placeholder, also in later texts with the same table."""

EXAMPLES = """\
examples:
  tamis redact letter.txt --table t.json > safe.txt
  tamis redact letter.txt --table t.json --kinds email,phone,money
  tamis redact letter.txt --table t.json --term "Project Heron"
  tamis redact letter.txt --table t.json --names
  tamis redact --restore answer.txt --table t.json

exit codes: 0 done, 2 arguments or input cannot be used"""


class RedactArguments(Arguments):
    """The command line of `tamis redact`."""

    file: str
    table: str
    restore: bool
    kinds: str | None
    term: list[str]
    names: bool


def add(parser: Parser) -> None:
    """The options of `tamis redact`."""
    from tamis.entities import KINDS, PRIVATE

    kinds = listing("kinds", {"default": ", ".join(PRIVATE), "others": ", ".join(sorted(set(KINDS) - set(PRIVATE)))})
    describe(parser, more=MORE, epilog=f"{kinds}\n\n{EXAMPLES}")
    parser.add_argument("file", metavar="FILE", help="a text; - is stdin")
    parser.add_argument("--table", required=True, metavar="T", help="the file of values: gone on with if it is there")
    parser.add_argument("--restore", action="store_true", help="put the values back")
    parser.add_argument("--kinds", metavar="A,B", help="what to take out, see above")
    parser.add_argument("--term", action="append", default=[], metavar="WORD", help="also this; may be repeated")
    parser.add_argument("--names", action="store_true", help="also persons, places, organisations (English)")
    add_json(parser, "text and places as JSON")
    add_quiet(parser, bar=True)


def run(arguments: RedactArguments) -> int:
    """Print the redacted, or the restored text."""
    from tamis.entities import PRIVATE, Recognizer, redact, restore, strays

    path = Path(arguments.table)
    refuse_overwriting(path, [arguments.file])
    text = read_text(arguments.file, limit=LIMIT)
    if arguments.restore:
        if arguments.kinds or arguments.term or arguments.names or arguments.json:
            raise InvalidInput("--restore takes a file and a table, nothing else.")
        table = _table(path, missing_ok=False)
        _print(restore(text, table))
        if left := strays(text, table):
            say(f"{len(left)} placeholders were written otherwise, and stay: {', '.join(dict.fromkeys(left))}")
        return 0
    kinds = PRIVATE if arguments.kinds is None else names(arguments.kinds)
    find = _everywhere(Recognizer.pretrained()) if arguments.names else None
    with watch("reading", on=arguments.bar):
        redaction = redact(text, kinds=kinds, terms=arguments.term, find=find, table=_table(path, missing_ok=True))
    with atomic(path, mode=0o600) as temporary:
        temporary.write_text(redaction.table.dumps(), encoding="utf-8")
    _print(_json(redaction) if arguments.json else redaction.text)
    if not arguments.quiet:
        say(_summary(redaction))
    return 0


def _everywhere(recognizer: Recognizer) -> Callable[[str], tuple[Entity, ...]]:
    """What finds names, and all other places of a name that is sure once."""
    from tamis.entities import repeated

    return lambda text: repeated(text, recognizer(text))


def _table(path: Path, *, missing_ok: bool) -> RedactionTable:
    from tamis.entities import RedactionTable

    if missing_ok and not path.exists():
        return RedactionTable()
    return RedactionTable.loads(read_text(str(path)))


def _json(redaction: Redaction) -> str:
    spans = [{"start": start, "end": end, "placeholder": placeholder} for start, end, placeholder in redaction.spans]
    return json.dumps({"text": redaction.text, "spans": spans}, ensure_ascii=False) + "\n"


def _print(text: str) -> None:
    sys.stdout.write(text)
    if sys.stdout.isatty() and not text.endswith("\n"):
        sys.stdout.write("\n")


def _summary(redaction: Redaction) -> str:
    kinds = Counter(placeholder[1:].partition("_")[0].lower() for _, _, placeholder in redaction.spans)
    return f"{len(redaction.spans)} values taken out" + (
        f": {', '.join(f'{count} {kind}' for kind, count in kinds.most_common())}" if kinds else ""
    )
