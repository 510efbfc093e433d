"""`tamis compress`: a filter for one prompt. Many files, each by itself, are `batch`; what is printed is `output`."""

from __future__ import annotations

import argparse
import contextlib
import sys
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from tamis.edge.cli.command import Parser, add_json, add_quiet, describe, listing, names
from tamis.edge.cli.messages import say
from tamis.edge.cli.output import Figures, Remarks, Sum, deliver, irrelevant
from tamis.edge.cli.questions import add_minimum
from tamis.edge.cli.settings import CompressArguments, open_all, settings, share, source
from tamis.errors import InvalidInput, TamisError
from tamis.io.files import LIMIT, STDIN, read_text, refuse_overwriting
from tamis.io.inputs import expand
from tamis.io.progress import watch

if TYPE_CHECKING:
    from tamis.prompt import Compression

RATE = 0.5  # said in the help; the library's own default
TOKENIZER = "o200k_base"
FORM = "auto"

MORE = """\
Only deletes: what is kept is byte for byte the input's, in order; but for lines
such as "… 212 lines …" in code and in what tools print (--no-omissions). JSON,
code, logs, diffs, tables and pages are taken by what fits them. The result
never exceeds the budget, counted by the target model's own tokenizer. One line
of figures goes to stderr. <keep>...</keep> in the text pins what it wraps.

Several files are documents of one prompt, joined by blank lines, under one
budget. With --out DIR they are separate: each is compressed by itself, into the
same place below DIR; folders and patterns are welcome then, a bad file does not
stop the others, and the exit code is 1 if there was one. Files are written
whole or not at all."""

EXAMPLES = """\
examples:
  tamis compress meeting.txt -r 0.33 > short.txt
  cat meeting.txt | tamis compress -t 500 | llm "Summarise this"
  tamis compress a.md b.md -t 1500 -q "When did the mill burn?" --order sort
  tamis compress log.txt -r 0.2 --keep 'ERROR \\d+' --json -o short.json
  tamis compress meeting.txt -r 0.33 --show --html meeting.html
  tamis compress 'docs/**/*.md' notes/ --out short/ -r 50%
  tamis compress chat.json --messages --store default > short.json

exit codes: 0 done, 1 some files failed or nothing reaches --min-relevance,
2 arguments or input cannot be used, 130 interrupted"""


def add(parser: Parser) -> None:
    """The options of `tamis compress`."""
    from tamis.prompt import METHODS
    from tamis.prompt.documents.rankers import RANKERS
    from tamis.prompt.forms.table import FORMS
    from tamis.prompt.options import ORDERS, POOLS, STYLES
    from tamis.text.counting import COUNTERS

    names_of = {
        "form": FORMS,
        "method": METHODS,
        "ranker": RANKERS,
        "order": ORDERS,
        "pool": POOLS,
        "style": STYLES,
        "tokenizer": COUNTERS,
    }
    parser.values = {option: tuple(values) for option, values in names_of.items()}

    methods = listing("methods", {name: method.says for name, method in METHODS.items()})
    rankers = listing("rankers of documents", {name: ranker.says for name, ranker in RANKERS.items()})
    describe(parser, more=MORE, epilog=f"{methods}\n\n{rankers}\n\n{EXAMPLES}")
    parser.add_argument("files", nargs="*", metavar="FILE", help="what to compress; without any, or for -, stdin")
    _add_budget(parser)
    _add_choice(parser)
    _add_protection(parser)
    _add_chat(parser)
    _add_output(parser)
    _add_knobs(parser)


def _add_budget(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group(f"budget (one of; without any, -r {RATE})")
    limits = group.add_mutually_exclusive_group()
    limits.add_argument("-r", "--rate", type=share, help="share of the tokens to keep: 0.33 or 33%%")
    limits.add_argument("-t", "--tokens", type=int, help="keep at most so many tokens")
    limits.add_argument("--threshold", type=float, metavar="P", help="keep every word that scores at least P, 0 to 1")


def _add_choice(parser: argparse.ArgumentParser) -> None:
    from tamis.prompt.forms.table import FORMS
    from tamis.prompt.options import STYLES
    from tamis.text.counting import COUNTERS

    group = parser.add_argument_group("what decides")
    group.add_argument("-q", "--question", metavar="TEXT", help="what the reader will want to know: ranks by relevance")
    add_minimum(group, "documents")
    group.add_argument("--method", default="auto", metavar="M", help="how words are scored, see below (auto)")
    group.add_argument(
        "--style",
        metavar="S",
        help=f"what goes or stays: {', '.join(STYLES)} (clauses for auto, else words)",
    )
    group.add_argument("--ellipsis", default="", metavar="TEXT", help='what stands where something went, such as "…"')
    group.add_argument("--form", metavar="F", help=f"what kind of text it is: {', '.join(FORMS)} ({FORM}: looked up)")
    group.add_argument(
        "--no-omissions", dest="omissions", action="store_false", help='no "… 212 lines …" where lines were left out'
    )
    group.add_argument(
        "--path",
        action="append",
        default=[],
        metavar="RULE",
        help="a rule for values of JSON, YAML or XML: '$.items[*].body=0.3', '$..id=keep', '$.debug=drop', "
        "'$.users[*]=whole' (repeatable)",
    )
    group.add_argument(
        "--model",
        metavar="NAME",
        help="mini, mini-lm (by method), a classifier's or language model's folder or hub id, or http://host/v1#model",
    )
    group.add_argument("--ranker", metavar="R", help="what ranks documents for a question, see below (by method)")
    group.add_argument(
        "--tokenizer",
        default=TOKENIZER,
        metavar="T",
        help=f"whose tokens count: {', '.join(COUNTERS)}, a model such as gpt-4o, a tokenizer.json or its folder "
        f"({TOKENIZER})",
    )


def _add_protection(parser: argparse.ArgumentParser) -> None:
    from tamis.text.protect import DETECTORS

    group = parser.add_argument_group("what stays")
    group.add_argument(
        "--keep", action="append", default=[], metavar="REGEX", help="pin what matches; may be repeated; binds or fails"
    )
    group.add_argument(
        "--tags", action="store_true", help="read <llmlingua, rate=0.2>...</llmlingua> and compress=False in the input"
    )
    preferred = group.add_mutually_exclusive_group()
    preferred.add_argument(
        "--detectors", type=names, metavar="A,B", help=f"prefer what these find: {', '.join(DETECTORS)}"
    )
    preferred.add_argument(
        "--no-protect", dest="detectors", action="store_const", const=(), help="prefer nothing; pins still bind"
    )


def _add_chat(parser: argparse.ArgumentParser) -> None:
    from tamis.prompt.options import ON_RISK

    group = parser.add_argument_group("chats")
    group.add_argument(
        "--messages",
        action="store_true",
        help="FILE is a chat (OpenAI or Anthropic messages as JSON, a request, or a message a line): results of tools "
        "are shortened, each by what was asked then (-r 0.3), and the chat is written in the same form",
    )
    group.add_argument("--limit", type=int, metavar="N", help="tokens of the whole chat; older results give way")
    group.add_argument(
        "--store", metavar="PATH", help="keep originals there, for `tamis restore`; 'default' for its own store"
    )
    group.add_argument(
        "--on-risk",
        choices=ON_RISK,
        help="if it says something else: keep the source (for chats), warn, raise",
    )


def _add_output(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("output")
    group.add_argument("-o", "--output", metavar="FILE", help="write the result there instead of stdout")
    group.add_argument("--out", metavar="DIR", help="compress each file by itself, into the same place below DIR")
    add_json(group, "text, figures, and what was kept and dropped, as JSON")
    group.add_argument("--no-words", dest="words", action="store_false", help="JSON without kept and dropped words")
    group.add_argument(
        "--html", metavar="OUT", help="also write a page: kept and dropped, heat map, a slider for the rate"
    )
    group.add_argument("--show", action="store_true", help="paint kept and dropped words instead of printing the text")
    add_quiet(group, bar=True)


def _add_knobs(parser: argparse.ArgumentParser) -> None:
    from tamis.prompt.options import ORDERS, POOLS

    group = parser.add_argument_group("knobs that few need")
    group.add_argument("--order", default="original", metavar="O", help=f"of documents: {', '.join(ORDERS)}")
    group.add_argument(
        "--min-words", type=int, default=0, metavar="N", help="a document goes altogether if fewer words survive"
    )
    group.add_argument(
        "--dynamic", type=float, metavar="X", help="how much more the best document keeps, 0 to 1 (by method)"
    )
    group.add_argument("--pool", default="mean", metavar="P", help=f"word scores from token scores: {', '.join(POOLS)}")
    group.add_argument(
        "--no-clean", dest="clean", action="store_false", help="keep punctuation whose words are all gone"
    )
    group.add_argument(
        "--segment", type=int, default=200, metavar="N", help="tokens judged together by llmlingua, longllmlingua (200)"
    )
    group.add_argument("--seed", type=int, default=0, metavar="N", help="of the method random")
    group.add_argument("--threads", type=int, metavar="N", help="that the model may use (all cores)")
    group.add_argument(
        "--max-mb", type=int, default=LIMIT, metavar="N", help=f"refuse inputs larger than this many MB ({LIMIT})"
    )


def run(arguments: CompressArguments) -> int:
    """Compress what the arguments name; return the exit code."""
    if arguments.messages:
        from tamis.edge.cli.chat import run_messages

        return run_messages(arguments)
    _check(arguments)
    if arguments.out is not None:
        from tamis.edge.cli.batch import run_batch

        return run_batch(arguments)
    if not arguments.files and sys.stdin is not None and sys.stdin.isatty():
        return _explain()
    paths = expand(arguments.files or [STDIN])
    for target in (arguments.output, arguments.html):
        if target:
            refuse_overwriting(Path(target), paths)
    texts = [read_text(path, limit=arguments.max_mb) for path in paths]
    result, figures = _compressed(texts, arguments)
    deliver(result, paths, arguments)
    if not arguments.quiet:
        remarks = Remarks(arguments)
        for text in texts:
            remarks.read(text)
        remarks.add(result)
        for remark in remarks:
            say(remark)
        print(figures, file=sys.stderr)
    return int(irrelevant(result))


def _explain() -> int:
    say("nothing to compress: give a FILE, or pipe a text in.")
    parser = Parser(prog="tamis compress", description="Shorten a text to a budget of tokens.")
    add(parser)
    parser.print_help(sys.stderr)
    return 2


def _check(arguments: CompressArguments) -> None:
    """Refuse options that contradict each other."""
    single = {"-o": arguments.output, "--html": arguments.html, "--show": arguments.show}
    clash = [name for name, value in single.items() if value]
    if arguments.out is not None and clash:
        raise InvalidInput(
            f"--out writes one result per file; {' and '.join(clash)} belong to a single one.", hint="Leave one out."
        )
    if arguments.out is not None and not arguments.files:
        raise InvalidInput("--out DIR needs files, folders or patterns to compress.")
    if arguments.show and arguments.json and not arguments.output:
        raise InvalidInput("--show and --json both want stdout.", hint="Give the JSON a file: -o FILE.")
    if arguments.output and arguments.html and Path(arguments.output).resolve() == Path(arguments.html).resolve():
        raise InvalidInput(f"-o and --html both name {arguments.output!r}.", hint="Give the page another name.")
    if arguments.limit is not None or arguments.store is not None:
        raise InvalidInput("--limit and --store are for chats.", hint="Add --messages.")
    if not arguments.words and not arguments.json:
        raise InvalidInput("--no-words leaves words out of JSON.", hint="Add --json.")
    if arguments.max_mb < 1:
        raise InvalidInput(f"--max-mb must be at least 1, got {arguments.max_mb}.", hint=f"The default is {LIMIT}.")


def _compressed(texts: list[str], arguments: CompressArguments) -> tuple[Compression, Figures]:
    keywords = settings(arguments)
    started = perf_counter()
    with contextlib.suppress(TamisError):  # what cannot be opened is told by `compress`, after what is wrong before it
        open_all(arguments)
    from tamis.prompt import compress

    opened = perf_counter()
    with watch("reading", on=arguments.bar):
        result = compress(source(texts, arguments), **keywords)
    return result, Figures([Sum.of(result)], perf_counter() - opened, opened - started)
