"""Any cross-encoder of transformers: how well a document answers a question, read together. Extra `torch`.

Pairs are (question, document), the order that rerankers are trained in. A document that does not fit is read in
windows that end at sentences, and the best one counts. A question takes at most half of a window: of a longer one the
first and the last part are read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tamis.core import Floats, Span
from tamis.errors import ModelCorrupt
from tamis.io.surrogates import encodable
from tamis.models.chunks import chunks, ends
from tamis.models.padded import run
from tamis.models.sequences import TextSequence
from tamis.models.shared import once
from tamis.models.transformers.hub import (
    Place,
    bare,
    check_vocabulary,
    fast_tokenizer,
    imports,
    opened,
    placed,
    sequence_limit,
)

_NOTHING = np.zeros(0, np.int64)


@dataclass(frozen=True, eq=False)
class CrossEncoder:
    """An open reranker; obtained from `load_reranker`.

    Attributes:
        name: what it was loaded from.
        model: of `transformers`, with one label, or two of which the second means relevant.
        tokenizer: the fast tokenizer behind that of `transformers`; joins a pair with its own special tokens.
        limit: longest pair in pieces, special tokens included.
    """

    name: str
    model: Any
    tokenizer: Any
    limit: int

    def scores(self, question: str, documents: Sequence[str]) -> Floats:
        """(d,) the logit of each document's best window, higher = more relevant."""
        trimmed_question = self._trimmed(encodable(question))
        sequences = [
            r
            for number, text in enumerate(documents)
            for r in self._sequences(number, trimmed_question, encodable(text))
        ]
        best = np.full(len(documents), -np.inf)
        for sequence, logits in zip(
            sequences, run(self.model, sequences, lambda output, _: output.logits), strict=True
        ):
            best[sequence.number] = max(best[sequence.number], logits[0] if logits.size == 1 else logits[1] - logits[0])
        return best

    def _trimmed(self, question: str) -> str:
        code = self.tokenizer.encode(question, add_special_tokens=False)
        return ends(question, np.array(code.offsets, np.int64).reshape(-1, 2), self.limit // 2)

    def _sequences(self, number: int, question: str, text: str) -> list[TextSequence]:
        def measure(texts: Sequence[str]) -> list[int]:
            return [len(code.ids) for code in self.tokenizer.encode_batch([(question, t) for t in texts])]

        spans = list(chunks(text, measure, self.limit)) or [Span(0, len(text))]
        codes = self.tokenizer.encode_batch([(question, s.of(text)) for s in spans])
        return [TextSequence(number, code.ids, code.type_ids, _NOTHING, _NOTHING) for code in codes]


def load_reranker(name: str, place: Place | None = None) -> CrossEncoder:
    """Open a reranker from a folder or the hub; once a process, then shared.

    Raises:
        MissingExtra: torch or transformers is not installed.
        ModelNotFound: no such folder, or the hub has no such model or cannot be reached.
        ModelCorrupt: a file is missing or broken, or the model has more than two labels.
    """
    folder = Path(name).expanduser()
    return _shared(str(folder.resolve()) if folder.is_dir() else name, place or Place())


@once(size=2)
def _shared(name: str, place: Place) -> CrossEncoder:
    _, transformers = imports()
    tokenizer = fast_tokenizer(name, place)
    kind = transformers.AutoModelForSequenceClassification
    model, loading = opened(name, kind, place, output_loading_info=True)
    if missing := sorted(loading["missing_keys"]):  # transformers would go on with random weights
        hint = "Is it a plain encoder? Those are for ranker='embedding'."
        raise ModelCorrupt(f"{name!r} is no reranker: it has no weights {', '.join(missing[:3])}.", hint=hint)
    if (labels := model.config.num_labels) not in (1, 2):
        hint = "A reranker has one label, or two of which the second means relevant."
        raise ModelCorrupt(f"{name!r} is no reranker: it has {labels} labels.", hint=hint)
    check_vocabulary(tokenizer, model, name)
    limit = sequence_limit(model, tokenizer)
    return CrossEncoder(name, placed(model, place), bare(tokenizer), limit)
