"""The arguments of `tamis bench`. Imports nothing that is slow."""

from __future__ import annotations

import argparse

SCBENCH = """\
Reads contexts that several questions share, under each method, and says what is left of the answers, of the time and
of the cache. Without --model it runs the embedded micro model, which looks up made-up words: enough to compare methods
in minutes and without a download, and no evidence about real language models. Contexts are generated from seeds.

A method is one or more parts joined by +, each with its share behind @:
  dense                                        nothing; always there: all others are compared with it
  a_shape tri_shape tri_mix vertical_slash vertical_slash_spaced block_mean xattention flex_prefill oracle random
                                               the context is read sparsely: share of attention that is computed
  streaming knorm key_diff value_norm random_entries h2o snapkv tova expected_attention kvzip
                                               the cache keeps a share of its entries; /adaptive and /pyramid spread it
  int8 int4 int2                               the cache is quantised
  prompt                                       the context is compressed as text first: share of tokens that is read

Rows are kept in OUT/rows.jsonl as they come: the same line again goes on where it was. OUT/report.html draws them."""

EXAMPLES = """\
examples:
  tamis bench scbench
  tamis bench scbench --methods snapkv@0.5,snapkv@0.25/adaptive,vertical_slash+snapkv@0.25+int4
  tamis bench scbench --model ./Qwen2.5-0.5B-Instruct --size small --tasks kv,qa_en --sessions 10
  tamis bench scbench --model ./Llama-3.1-8B --data ./SCBench --tasks kv,repo --shown"""

_STEPS = "compare sparse attention, caches and prompt compression on shared contexts"


class Benching(argparse.Namespace):
    """What the command line says."""

    step: str | None
    debug: bool
    model: str
    device: str
    dtype: str
    methods: tuple[str, ...] | None
    tasks: tuple[str, ...] | None
    modes: tuple[str, ...]
    size: str | None
    sessions: int
    turns: int
    seed: int
    own: bool
    shown: bool
    block: int | None
    layout: str
    longest: int | None
    data: str | None
    out: str
    json: bool
    quiet: bool


def add_bench(parser: argparse.ArgumentParser) -> None:
    """The steps of `tamis bench`."""
    parser.epilog = EXAMPLES
    steps = parser.add_subparsers(dest="step", title="steps", required=True)
    step = steps.add_parser(
        "scbench",
        help=_STEPS,
        description=f"{_STEPS[0].upper()}{_STEPS[1:]}.\n\n{SCBENCH}",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    step.add_argument("--debug", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    _add_model(step)
    _add_what(step)
    _add_how(step)
    step.add_argument("--out", metavar="DIR", default="scbench", help="rows, table and report go there (scbench)")
    step.add_argument("--json", action="store_true", help="print the table as JSON")
    step.add_argument("--quiet", action="store_true", help="no bar on stderr")


def _add_model(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("model")
    group.add_argument("--model", default="micro", metavar="NAME", help="micro (embedded), a folder, or a hub id")
    group.add_argument("--device", default="auto", metavar="D", help="auto, cpu, cuda, ...")
    group.add_argument("--dtype", default="auto", metavar="T", help="auto, float32, bfloat16, float16")
    group.add_argument("--layout", default="auto", choices=("auto", "plain", "chat"), help="how texts are put to it")


def _add_what(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("what is measured")
    usual = "a_shape,vertical_slash,streaming,snapkv,prompt"
    group.add_argument("--methods", type=_names, metavar="A,B", help=f"beside dense ({usual})")
    group.add_argument("--tasks", type=_names, metavar="A,B", help="the twelve of the paper, or some of them")
    group.add_argument(
        "--modes", type=_names, metavar="A,B", default=("multi_turn", "multi_request"), help="both, or one of them"
    )
    group.add_argument("--size", metavar="S", help="micro, ci, small, full, or a number of units (micro or ci)")
    group.add_argument("--sessions", type=int, default=4, metavar="N", help="contexts of each task (4)")
    group.add_argument("--turns", type=int, default=5, metavar="N", help="questions of each context (5)")
    group.add_argument("--seed", type=int, default=0, metavar="N", help="of the first context (0)")
    group.add_argument("--data", metavar="DIR", help="the published data set as JSON lines, instead of generated texts")


def _add_how(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("how")
    group.add_argument("--own", action="store_true", help="later turns see the model's own answers, not golden ones")
    group.add_argument("--shown", action="store_true", help="questions are read and compressed with the context")
    group.add_argument("--block", type=int, metavar="N", help="of sparse patterns (128; micro model 64)")
    group.add_argument("--longest", type=int, metavar="N", help="tokens of an answer, at most (256; micro model 64)")


def _names(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())
