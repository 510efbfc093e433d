"""A student of the embedded recogniser: trained on texts of a new domain that nobody labelled, measured beside it."""

from __future__ import annotations

import argparse

from tamis.entities.recognition.recognizer import Recognizer
from tamis.entities.transfer import common_texts, teach
from training.entities.run import held_out, interval, rows


def run(options: argparse.Namespace) -> int:
    """Print F1 of the teacher, of a student of all texts, and of one of the texts that tell their domain least."""
    teacher = Recognizer.pretrained()
    texts = [row["text"] for row in rows(options.data, "wnut17") if row["split"] == "train"]
    source = [row["text"] for row in rows(options.data, "wikigold")]
    dev = next(examples for name, examples in held_out(options.data) if name == "wnut17 dev")
    chosen = {"all": texts, "common": [texts[n] for n in common_texts(texts, source)]}
    readers = {"teacher": teacher}
    for name, part in chosen.items():
        result = teach([teacher], part, least=options.least)
        print(f"{name}: {result.names} names, expected precision {result.precision:.2f}, unsure {result.unsure:.3f}")
        readers[f"student, {name}"] = Recognizer.fit(result.examples)
    for name, reader in readers.items():
        read = reader.many([one.text for one in dev])
        pairs = [({(e.start, e.end, e.kind) for e in row}, set(one.spans)) for row, one in zip(read, dev, strict=True)]
        print(f"{name:20} {interval(pairs)}", flush=True)
    return 0
