"""`tamis distill`: from texts and a teacher to a model of one's own. Each step is a module of this folder."""

from __future__ import annotations

import argparse

from tamis.edge.cli.command import Arguments, CommandEntry, LazyCommand, add_commands, describe

MORE = """\
Texts are cut into chunks, a teacher behind any OpenAI-compatible server
shortens them, its deletions become labels, an encoder learns them and is
calibrated, judged on held-out documents, and written to DIR/model with a card:

  tamis compress FILE --method llmlingua2 --model DIR/model

What it will cost is said before, and while it runs. Every answer is put on the
disk before anything else happens to it: after Ctrl-C, a kill or a power failure
run the same line again, and nothing that was answered is asked twice."""

EXAMPLES = """\
examples:
  tamis distill run notes/ --out work \\
      --teacher https://api.openai.com/v1#gpt-4o-mini \\
      --price-in 0.15 --price-out 0.60 --encoder FacebookAI/xlm-roberta-base
  tamis distill run corpus.jsonl --out work \\
      --teacher http://127.0.0.1:8080/v1#local --yes
  tamis distill status work
  tamis distill label work --drop-variation 0.1 && tamis distill train work

exit codes: 0 done, 1 some chunks have no answer, 2 arguments or input cannot be
used, 130 interrupted"""

STEPS: dict[str, CommandEntry] = {
    "run": LazyCommand("tamis.edge.cli.distill.all_steps", "do all steps"),
    "ask": LazyCommand("tamis.edge.cli.distill.ask", "cut texts into chunks and ask the teacher"),
    "label": LazyCommand("tamis.edge.cli.distill.label", "label words by the answers, leave out the worst"),
    "train": LazyCommand("tamis.edge.cli.distill.train", "train an encoder on the labels"),
    "export": LazyCommand("tamis.edge.cli.distill.export", "calibrate, judge and write the model"),
    "status": LazyCommand("tamis.edge.cli.distill.status", "say how far a work folder is"),
}


def add(parser: argparse.ArgumentParser) -> None:
    """The steps of `tamis distill`."""
    describe(parser, more=MORE, epilog=EXAMPLES)
    add_commands(parser, STEPS)


def run(arguments: Arguments) -> int:
    """Do one step."""
    return STEPS[arguments.step].load().run(arguments)
