"""fit and measure `relevance`: how likely a text holds an answer to the question."""

from __future__ import annotations

import argparse
from pathlib import Path

from training.steps import DATA, steps_of


def add(parser: argparse.ArgumentParser) -> None:
    """Two steps: train (fit, and write the constants down; a person puts them into the source) and evaluate."""
    steps = steps_of(parser)
    train = steps.add_parser("train", help="fit on train articles, calibrate on dev articles; writes OUT/fitted.json")
    train.add_argument("--cases", type=int, default=3500, help="of the train articles, drawn at random (3500)")
    train.set_defaults(run=_train)
    evaluate = steps.add_parser("evaluate", help="AUROC by kind of case and a reliability table, of a split")
    evaluate.add_argument("--split", choices=("dev", "test"), default="dev")
    evaluate.add_argument("--contexts", type=int, default=0, help="questions with 20 documents, measured too (0)")
    evaluate.set_defaults(run=_evaluate)
    for step in (train, evaluate):
        step.add_argument("--data", type=Path, default=DATA, help=f"data folder ({DATA})")
        step.add_argument("--out", type=Path, default=Path("build/relevance"), help="where the figures go")
        step.add_argument("--seed", type=int, default=7)


def _train(options: argparse.Namespace) -> None:
    from training.relevance.run import fit_relevance

    fit_relevance(options.data, options.out, count=options.cases, seed=options.seed)


def _evaluate(options: argparse.Namespace) -> None:
    from training.relevance.run import evaluate_relevance

    evaluate_relevance(options.data, options.out, options.split, contexts=options.contexts, seed=options.seed)
