"""What the small encoder says of texts, read once a text."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock

from tamis.models.scores import TokenScores
from tamis.prompt.methods.auto.features import load_encoder

MOST = 4_000_000  # characters of the texts whose scores are remembered

_memory: OrderedDict[tuple[str, str], TokenScores] = OrderedDict()
_lock = Lock()


def token_scores(texts: Sequence[str], model: str, threads: int | None) -> list[TokenScores]:
    """What `Mini.keep` says of each text; the last few million characters are remembered.

    Raises: as `load_encoder`.
    """
    encoder = load_encoder(model, threads)
    keys = [(str(encoder.folder), text) for text in texts]
    with _lock:
        known = {key: _memory[key] for key in keys if key in _memory}
    new = [key for key in dict.fromkeys(keys) if key not in known]
    known.update(zip(new, encoder.keep([text for _, text in new]) if new else [], strict=True))
    with _lock:
        _memory.update((key, known[key]) for key in new)
        while len(_memory) > 1 and sum(len(text) for _, text in _memory) > MOST:
            _memory.popitem(last=False)
    return [known[key] for key in keys]
