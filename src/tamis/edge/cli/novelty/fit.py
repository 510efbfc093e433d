"""`tamis novelty fit`: learn what known texts look like."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter

from tamis.edge.cli.command import Parser, add_quiet, describe, listing
from tamis.edge.cli.messages import say
from tamis.edge.cli.novelty.reading import NoveltyArguments, add_texts, read_texts
from tamis.io.files import refuse_overwriting
from tamis.io.progress import watch

MORE = """\
Needs no labels and nothing that is novel. A fifth of the texts is held out, so
that false alarms are as rare as `check` is told; the answer says what can be
promised with so many."""

EXAMPLES = """\
examples:
  tamis novelty fit prompts.jsonl --field prompt -o ours.safetensors
  tamis novelty fit 'tickets/*.txt' -o tickets.safetensors
  tamis novelty fit log.txt --unit lines --encoder none -o log.safetensors
  cut -f3 queries.tsv | tamis novelty fit -o queries.safetensors

exit codes: 0 done, 2 arguments or input cannot be used"""


class FitArguments(NoveltyArguments):
    """The command line of `tamis novelty fit`."""

    out: str
    encoder: str
    components: list[str] | None
    held_out: float
    no_texts: bool


def add(parser: Parser) -> None:
    """The options of `tamis novelty fit`."""
    from tamis.novelty.components import COMPONENTS

    parser.values = {"components": tuple(COMPONENTS)}
    kinds = listing("components", {name: kind.says for name, kind in COMPONENTS.items()})
    describe(parser, more=MORE, epilog=f"{kinds}\n\n{EXAMPLES}")
    add_texts(parser)
    parser.add_argument("-o", "--out", required=True, metavar="OUT", help="the detector, one file (.safetensors)")
    parser.add_argument(
        "--encoder", default="mini", metavar="NAME", help="of sentence vectors; none: no weights (mini)"
    )
    parser.add_argument(
        "--component",
        dest="components",
        action="append",
        metavar="C",
        help="what looks at texts, see below; repeatable",
    )
    parser.add_argument("--held-out", type=float, default=0.2, metavar="SHARE", help="of the texts, to calibrate (0.2)")
    parser.add_argument("--no-texts", action="store_true", help="do not store the texts; explanations quote none then")
    add_quiet(parser, bar=False)


def run(arguments: FitArguments) -> int:
    """Fit and write a detector."""
    from tamis.novelty import Detector

    out = Path(arguments.out)
    refuse_overwriting(out, arguments.files)
    texts = read_texts(arguments)
    started = perf_counter()
    with watch("fitting", on=arguments.bar):
        detector = Detector.fit(
            [text.text for text in texts],
            encoder=None if arguments.encoder == "none" else arguments.encoder,
            components=arguments.components,
            held_out=arguments.held_out,
            keep_texts=not arguments.no_texts,
        )
        detector.save(out)
    if not arguments.quiet:
        names = ", ".join(detector.ensemble.by_name)
        say(f"{len(texts):,} texts, {names} ({perf_counter() - started:.1f} s) -> {out}")
        say(str(detector.promise()))
    return 0
