"""`tamis attention search`: the sparsest reading that costs a model no more than a bound."""

from __future__ import annotations

from pathlib import Path

from tamis.edge.cli.command import Arguments, Parser, add_quiet, describe
from tamis.edge.cli.messages import say
from tamis.io.files import read_text, refuse_overwriting
from tamis.io.progress import watch

MORE = """\
Reads texts densely, then over the blocks that hold 90 to 99 % of the attention,
and keeps the sparsest way that costs no more nats a token than the bound, by
the upper end of a 95 % interval; where none does, the plan says: densely.
The plan goes into Python: `with sparse(model, plan="plan.json"): ...`."""

EXAMPLES = """\
examples:
  tamis attention search --model ./SmolLM2-135M book.txt talk.txt -o plan.json
  tamis attention search --model ./Qwen2.5-0.5B *.md --bound 0.01 -o plan.json

exit codes: 0 done, 2 arguments or input cannot be used"""


class SearchArguments(Arguments):
    """The command line of `tamis attention search`."""

    files: list[str]
    model: str
    out: str
    bound: float
    tokens: int
    dtype: str | None
    state: str | None


def add(parser: Parser) -> None:
    """The options of `tamis attention search`."""
    describe(parser, more=MORE, epilog=EXAMPLES)
    parser.add_argument("files", nargs="+", metavar="FILE", help="texts as long as the prompts will be")
    parser.add_argument("--model", required=True, metavar="M", help="micro (embedded), a folder, GGUF file or hub id")
    parser.add_argument("-o", "--out", required=True, metavar="OUT", help="the plan, a JSON file")
    parser.add_argument(
        "--bound", type=float, default=0.02, metavar="B", help="nats a token that a text may cost more (0.02)"
    )
    parser.add_argument("--tokens", type=int, default=8192, metavar="N", help="of each text, at most (8192)")
    parser.add_argument("--dtype", metavar="T", help="of the weights, as bfloat16; the model's own")
    parser.add_argument("--state", metavar="FILE", help="keep readings here: the same line again goes on")
    add_quiet(parser, bar=True)


def run(arguments: SearchArguments) -> int:
    """Find and write the sparsest plan within the bound."""
    from tamis.attention import within
    from tamis.models.causal.plain import open_plain

    out = Path(arguments.out)
    refuse_overwriting(out, arguments.files)
    texts = [read_text(name) for name in arguments.files]
    model, tokenizer = open_plain(arguments.model, dtype=arguments.dtype or "auto")
    with watch("reading", on=arguments.bar):
        plan = within(
            model, texts, bound=arguments.bound, tokens=arguments.tokens, tokenizer=tokenizer,
            state=arguments.state, progress=False,
        )  # fmt: skip
    plan.save(out)
    if not arguments.quiet:
        say(f"{out}: {plan}")
    return 0
