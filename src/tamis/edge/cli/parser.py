"""The arguments of every command, as values and as `--help`. Imports nothing that is slow."""

from __future__ import annotations

import argparse

from tamis import __version__
from tamis.edge.cli.bench_parser import add_bench
from tamis.edge.cli.distill_parser import add_distill
from tamis.edge.cli.memory_parser import (
    RECALL,
    RECALL_EXAMPLES,
    REMEMBER,
    REMEMBER_EXAMPLES,
    add_memory,
    add_recall,
    add_remember,
)
from tamis.io.files import LIMIT

RATE = 0.5  # said in the help; the library's own default

_TAMIS = """\
examples:
  tamis compress report.txt -r 0.33                  keep a third of the tokens
  tamis compress *.md -t 2000 -q "Who signed it?"    documents and a question: keep what answers it
  tamis compress docs/ --out short/ -r 0.5           a folder, file by file
  tamis remember conversations.json                  a chat export into a memory
  tamis recall "Where does she live?" -t 500         what answers, from all that was said
  tamis bench scbench                                what sparse attention and small caches cost a model
  tamis doctor                                       is everything in place?"""

_COMPRESS = """\
Only deletes: what is kept is byte for byte the input's, in order. The result never exceeds the budget, counted by the
target model's own tokenizer. One line of figures goes to stderr. <keep>...</keep> in the text pins what it wraps.

Several files are documents of one prompt, joined by blank lines, under one budget. With --out DIR they are separate:
each is compressed by itself, into the same place below DIR; folders and patterns are welcome then, a bad file does not
stop the others, and the exit code is 1 if there was one. Files are written whole or not at all."""

_COMPRESS_EXAMPLES = """\
examples:
  tamis compress meeting.txt -r 0.33 > short.txt
  cat meeting.txt | tamis compress -t 500 | llm "Summarise this"
  tamis compress a.md b.md c.md -t 1500 -q "When did the mill burn down?" --order sort
  tamis compress log.txt -r 0.2 --keep 'ERROR \\d+' --keep 'EIP-\\d+' --json -o short.json
  tamis compress meeting.txt -r 0.33 --show --html meeting.html
  tamis compress 'docs/**/*.md' notes/ --out short/ -r 50%

exit codes: 0 done, 1 some files failed, 2 arguments or input cannot be used, 130 interrupted"""

_MODELS_EXAMPLES = """\
examples:
  tamis models
  tamis models --json"""

_DOCTOR_EXAMPLES = """\
examples:
  tamis doctor
  tamis doctor && echo all is well"""


class Arguments(argparse.Namespace):
    """What the command line says; options of commands that were not called are missing."""

    command: str | None = None
    debug: bool = False
    files: list[str]
    rate: float | None
    tokens: int | None
    threshold: float | None
    question: str | None
    keep: list[str]
    tokenizer: str
    method: str
    model: str | None
    detectors: tuple[str, ...] | None
    order: str
    min_words: int
    dynamic: float | None
    clean: bool
    pool: str
    seed: int
    threads: int | None
    segment: int
    ranker: str | None
    tags: bool
    output: str | None
    out: str | None
    json: bool
    html: str | None
    show: bool
    quiet: bool
    max_mb: int


def build() -> argparse.ArgumentParser:
    """Return the parser of `tamis`."""
    parser = argparse.ArgumentParser(
        prog="tamis",
        description="Keep what matters in a language model's context.",
        epilog=_TAMIS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"tamis {__version__}")
    commands = parser.add_subparsers(dest="command", title="commands", required=False)
    _add_compress(_command(commands, "compress", "shorten a text to a budget of tokens", _COMPRESS_EXAMPLES, _COMPRESS))
    add_distill(_command(commands, "distill", "make a model of your own from a teacher's deletions", ""))
    add_remember(_command(commands, "remember", "store talks in a memory", REMEMBER_EXAMPLES, REMEMBER))
    add_recall(_command(commands, "recall", "ask a memory", RECALL_EXAMPLES, RECALL))
    add_memory(_command(commands, "memory", "look into a memory, forget, export, check", ""))
    add_bench(_command(commands, "bench", "measure methods on a model", ""))
    models = _command(commands, "models", "list the models that are installed", _MODELS_EXAMPLES)
    models.add_argument("--json", action="store_true", help="print them as JSON")
    _command(commands, "doctor", "check the installation", _DOCTOR_EXAMPLES)
    return parser


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    says: str,
    examples: str,
    more: str = "",
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        name,
        help=says,
        description=f"{says[0].upper()}{says[1:]}.\n\n{more}".rstrip(),
        epilog=examples,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--debug", action="store_true", help="show where an error comes from")
    return parser


def _add_compress(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="*", metavar="FILE", help="what to compress; without any, or for -, stdin")
    _add_budget(parser)
    _add_choice(parser)
    _add_protection(parser)
    _add_output(parser)
    _add_knobs(parser)


def _add_budget(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group(f"budget (one of; without any, -r {RATE})")
    one = group.add_mutually_exclusive_group()
    one.add_argument("-r", "--rate", type=share, help="share of the tokens to keep: 0.33 or 33%%")
    one.add_argument("-t", "--tokens", type=int, help="keep at most so many tokens")
    one.add_argument("--threshold", type=float, metavar="P", help="keep every word that scores at least P, 0 to 1")


def share(text: str) -> float:
    """Return a share that is written as a number or in percent.

    Example: "33%" -> 0.33
    """
    number = text.strip().removesuffix("%")
    return float(number) / 100 if number != text.strip() else float(number)


def _add_choice(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("what decides")
    group.add_argument("-q", "--question", metavar="TEXT", help="what the reader will want to know: ranks by relevance")
    group.add_argument(
        "--method",
        default="auto",
        metavar="M",
        help="auto (default), llmlingua, llmlingua2, with a question longllmlingua, or a baseline: random, truncate, "
        "stopwords, tfidf-words, with a question bm25-sentences, embedding-sentences",
    )
    group.add_argument(
        "--model",
        metavar="NAME",
        help="mini, mini-lm (by method), a classifier's or language model's folder or hub id, or http://host/v1#model",
    )
    group.add_argument(
        "--ranker",
        metavar="R",
        help="what ranks documents: auto, embedding, bm25, gzip, perplexity, cross-encoder, openai, cohere, voyage",
    )
    group.add_argument(
        "--tokenizer",
        default="o200k_base",
        metavar="T",
        help="whose tokens count: o200k_base (default), cl100k_base, gpt-4o, words, chars, a tokenizer.json, a folder",
    )


def _add_protection(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("what stays")
    group.add_argument(
        "--keep", action="append", default=[], metavar="REGEX", help="pin what matches; may be repeated; binds or fails"
    )
    group.add_argument(
        "--tags", action="store_true", help="read <llmlingua, rate=0.2>...</llmlingua> and compress=False in the input"
    )
    one = group.add_mutually_exclusive_group()
    one.add_argument(
        "--detectors", type=names, metavar="A,B", help="prefer what these find (numbers,negations,names,urls,...)"
    )
    one.add_argument(
        "--no-protect", dest="detectors", action="store_const", const=(), help="prefer nothing; pins still bind"
    )


def names(text: str) -> tuple[str, ...]:
    """Return a list that is written with commas."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _add_output(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("output")
    group.add_argument("-o", "--output", metavar="FILE", help="write the result there instead of stdout")
    group.add_argument("--out", metavar="DIR", help="compress each file by itself, into the same place below DIR")
    group.add_argument("--json", action="store_true", help="text, figures, and what was kept and dropped, as JSON")
    group.add_argument(
        "--html", metavar="OUT", help="also write a page: kept and dropped, heat map, a slider for the rate"
    )
    group.add_argument("--show", action="store_true", help="paint kept and dropped words instead of printing the text")
    group.add_argument("--quiet", action="store_true", help="no figures on stderr")


def _add_knobs(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("knobs that few need")
    group.add_argument("--order", default="original", metavar="O", help="of documents: original, sort, two_stage")
    group.add_argument(
        "--min-words", type=int, default=0, metavar="N", help="a document goes altogether if fewer words survive"
    )
    group.add_argument(
        "--dynamic", type=float, metavar="X", help="how much more the best document keeps, 0 to 1 (by method)"
    )
    group.add_argument("--pool", default="mean", metavar="P", help="word scores from token scores: mean, first, max")
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
