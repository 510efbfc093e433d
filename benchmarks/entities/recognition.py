"""Recognition on sets with a development part: strict F1 with 95 % intervals (bootstrap over sentences).

    python -m benchmarks.entities.recognition DATA SET... [--epochs N] [--spelling]

DATA is a folder of .jsonl.zst; SET is wnut17, ncbi_disease, bc5cdr, crossner-ai (and so on) or `general` (the recipe).
Trained on the training part alone with the defaults of `Recognizer.fit`, measured on the development part; an entity
counts if place and type are right. `--spelling` takes the encoder away: a plain CRF over features of spelling.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter
from unittest.mock import patch

from tamis.entities.recognition import recognizer as module
from tamis.entities.recognition.network import Sentence
from tamis.entities.recognition.recognizer import Recognizer
from tamis.entities.recognition.tags import Example
from tamis.entities.recognition.training import FitSettings
from training.entities.run import held_out, interval, rows, training_examples


def parts(data: Path, name: str) -> tuple[list[Example], list[tuple[str, list[Example]]]]:
    """Training and development examples of a set."""
    if name == "general":
        return training_examples(data), list(held_out(data))
    file, _, domain = name.partition("-")
    chosen = [row for row in rows(data, file) if not domain or row["domain"] == domain]
    split: dict[str, list[Example]] = {"train": [], "dev": []}
    for row in chosen:
        split[row["split"]].append(Example(row["text"], row["entities"]))
    return split["train"], [(f"{name} dev", split["dev"])]


def without_states(texts: list[str]) -> list[Sentence]:
    """What the network reads, with nothing from the encoder."""
    return [Sentence(one.places, one.states * 0, one.features) for one in READ(texts)]


READ = module.sentences


def lines(data: Path, name: str, settings: FitSettings) -> Iterator[str]:
    """The table of a set."""
    train, development = parts(data, name)
    started = perf_counter()
    recognizer = Recognizer.fit(train, settings)
    fitted = perf_counter() - started
    for title, examples in development:
        started = perf_counter()
        found = recognizer.many([one.text for one in examples])
        seconds = perf_counter() - started
        pairs = [
            ({(e.start, e.end, e.kind) for e in row}, set(one.spans)) for row, one in zip(found, examples, strict=True)
        ]
        words = sum(len(one.text.split()) for one in examples)
        yield f"{title:22} {interval(pairs)}   fit {fitted:.0f} s, {words / seconds:,.0f} words/s"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=Path)
    parser.add_argument("sets", nargs="+")
    parser.add_argument("--epochs", type=int, default=FitSettings().epochs)
    parser.add_argument("--batch", type=int, default=FitSettings().batch)
    parser.add_argument("--spelling", action="store_true", help="without the encoder")
    arguments = parser.parse_args()
    hidden = 0.2 if arguments.spelling else FitSettings().feature_dropout  # (all that a plain CRF has)
    settings = FitSettings(epochs=arguments.epochs, batch=arguments.batch, feature_dropout=hidden)
    with patch.object(module, "sentences", without_states if arguments.spelling else READ):
        for name in arguments.sets:
            for line in lines(arguments.data, name, settings):
                print(line, flush=True)


if __name__ == "__main__":
    main()
