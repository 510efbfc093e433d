"""Any token classifier of the hub or of a local folder as a keep-scorer (LLMLingua-2, arXiv 2403.12968). Extra `torch`.

Faithful to the paper: the keep-probability of a piece is its softmax. Unlike the reference: the tokenizer's own special
tokens and offsets whatever the model's name; chunks end at sentences, are never cut short and never split a word; no
padding to the longest length. Does not merge pieces into words (`text/align.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tamis.core import Floats
from tamis.errors import ModelCorrupt
from tamis.models.padded import run
from tamis.models.scores import TokenScores
from tamis.models.sequences import SequenceReader, TextSequence, joined
from tamis.models.shared import once
from tamis.models.transformers.hub import (
    Place,
    bare,
    check_vocabulary,
    dtype_of,
    fast_tokenizer,
    imports,
    opened,
    placed,
    sequence_limit,
)

KEEP_LABELS = ("keep", "preserve", "preserved", "important", "label_1", "1")


@dataclass(frozen=True, eq=False)
class TokenClassifier:
    """An open classifier; obtained from `load_classifier`.

    Attributes:
        name: what it was loaded from.
        model: of `transformers`.
        tokenizer: the fast tokenizer behind that of `transformers`; adds its own special tokens.
        keep_label: index of the label that means keep.
        limit: longest sequence in pieces, special tokens included.
    """

    name: str
    model: Any
    tokenizer: Any
    keep_label: int
    limit: int

    def keep(self, texts: Sequence[str]) -> list[TokenScores]:
        """The keep-probability of every piece ("keep", 0 to 1)."""
        sequences = SequenceReader(self.tokenizer, self.limit).read(texts)
        return joined(len(texts), sequences, self._probabilities(sequences))

    def _probabilities(self, sequences: Sequence[TextSequence]) -> list[Floats]:
        """(c,) of each chunk."""
        rows = run(self.model, sequences, lambda output, _: output.logits.float().softmax(-1)[..., self.keep_label])
        return [row[read.content] for row, read in zip(rows, sequences, strict=True)]


@once(size=2)
def classifier(name: str, place: Place) -> TokenClassifier:
    """`load_classifier`, once a process for each name and place."""
    return load_classifier(name, place)


def load_classifier(source: str | Path, place: Place | None = None) -> TokenClassifier:
    """Open a token classifier from a local folder, or from the hub by its id.

    Raises:
        MissingExtra: torch or transformers is not installed.
        ModelNotFound: no such folder, or the hub cannot be reached or has no such model.
        ModelCorrupt: a file is missing, cut short, or the model is of another kind.
        InvalidInput: unknown device or dtype.
    """
    place, name = place or Place(), str(source)
    _, transformers = imports()
    from tamis.models.packed import pack

    dtype = dtype_of(place)
    tokenizer = fast_tokenizer(name, place)
    model = opened(name, transformers.AutoModelForTokenClassification, place, dtype=dtype)
    label = keep_label(model.config.id2label, name)
    check_vocabulary(tokenizer, model, name)
    limit = sequence_limit(model, tokenizer)
    model = placed(model, place)
    pack(model)
    return TokenClassifier(name, model, bare(tokenizer), label, limit)


def keep_label(labels: dict[int, str], name: str) -> int:
    """Index of the label that means keep: by its name, else the second of two.

    Example: {0: "LABEL_0", 1: "LABEL_1"} -> 1; {0: "KEEP", 1: "DROP"} -> 0

    Raises:
        ModelCorrupt: none of more than two labels is called so.
    """
    for name_of_keep in KEEP_LABELS:
        for index, label in labels.items():
            if str(label).lower() == name_of_keep:
                return int(index)
    if len(labels) == 2:
        return 1
    names = ", ".join(map(str, labels.values()))
    hint = f"One label must be called one of: {', '.join(KEEP_LABELS)}."
    raise ModelCorrupt(f"{name!r} is no keep-or-drop classifier: its labels are {names}.", hint=hint)
