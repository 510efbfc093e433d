"""The commands of `tamis`: one line each. A command is a module with `add(parser)` and `run(arguments)`."""

from __future__ import annotations

from tamis import __version__
from tamis.edge.cli.command import CommandEntry, LazyCommand, Parser, add_commands
from tamis.edge.cli.completion import SHELLS, PrintCompletion

COMMANDS: dict[str, CommandEntry] = {
    "compress": LazyCommand("tamis.edge.cli.compress", "shorten a text to a budget of tokens"),
    "advise": LazyCommand("tamis.edge.cli.advise", "say whether shortening a chat pays"),
    "restore": LazyCommand("tamis.edge.cli.restore", "the original of what was shortened"),
    "store": LazyCommand("tamis.edge.cli.store", "look into the store of originals, expire"),
    "hook": LazyCommand("tamis.edge.cli.hook", "shorten what the tools of a coding agent give"),
    "run": LazyCommand("tamis.edge.cli.run", "run a command, shorten what it prints"),
    "rank": LazyCommand("tamis.edge.cli.rank", "rank documents for a question"),
    "entities": LazyCommand("tamis.edge.cli.entities", "show names, numbers and times of a text"),
    "guard": LazyCommand("tamis.edge.cli.guard", "say whether a text attacks the model that reads it"),
    "redact": LazyCommand("tamis.edge.cli.redact", "take private values out of a text, put them back"),
    "ground": LazyCommand("tamis.edge.cli.ground", "say where on a screenshot an instruction points"),
    "novelty": LazyCommand("tamis.edge.cli.novelty", "say which texts are unlike the known ones"),
    "distill": LazyCommand("tamis.edge.cli.distill", "make a model of your own from a teacher's deletions"),
    "remember": LazyCommand("tamis.edge.cli.remember", "store talks in a memory"),
    "recall": LazyCommand("tamis.edge.cli.recall", "ask a memory"),
    "memory": LazyCommand("tamis.edge.cli.memory", "look into a memory, forget, export, check"),
    "mcp": LazyCommand("tamis.edge.cli.mcp", "serve tools to agents (Model Context Protocol)"),
    "attention": LazyCommand("tamis.edge.cli.attention", "say how sparsely a model may read long prompts"),
    "bench": LazyCommand("tamis.edge.cli.bench", "measure methods on a model"),
    "models": LazyCommand("tamis.edge.cli.models", "list the models that are installed"),
    "doctor": LazyCommand("tamis.edge.cli.doctor", "check the installation"),
}

_EXAMPLES = """\
examples:
  tamis compress report.txt -r 0.33              keep a third of the tokens
  tamis compress *.md -t 2000 -q "Who signed?"   documents, for a question
  tamis compress docs/ --out short/ -r 0.5       a folder, file by file
  tamis hook install claude                      results of an agent's tools
  tamis run -- pytest -q                         what a command prints
  tamis rank "Who signed?" *.md                  which of them answers
  tamis remember conversations.json              a chat export into a memory
  tamis recall "Where does she live?" -t 500     what answers, from all of it
  tamis bench scbench                            what small caches cost a model
  tamis doctor                                   is everything in place?"""


def build() -> Parser:
    """Return the parser of `tamis`."""
    parser = Parser(prog="tamis", description="Keep what matters in a language model's context.", epilog=_EXAMPLES)
    parser.add_argument("--version", action="version", version=f"tamis {__version__}")
    parser.add_argument(
        "--print-completion",
        action=PrintCompletion,
        choices=SHELLS,
        metavar="SHELL",
        help=f"print what a shell needs to complete command lines: {', '.join(SHELLS)}",
    )
    add_commands(parser, COMMANDS, title="commands", dest="command", required=False)
    return parser
