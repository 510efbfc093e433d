"""The trainable `mini-lm` says what the embedded one says."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from tamis.models.causal.load import load_causal  # noqa: E402
from tamis.models.causal.trainable import trainable_mini  # noqa: E402


@pytest.mark.slow
def test_it_is_as_surprised_as_the_embedded_one():
    text = "The committee met on Monday; nobody had read the report before."
    scores = load_causal("mini-lm").surprisals([text])[0].values["surprisal"]
    model, tokenizer = trainable_mini()
    ids = torch.tensor([[0, *tokenizer.encode(text).ids]])
    with torch.inference_mode():
        logits = model(ids).logits[0, :-1].log_softmax(-1)
    surprisals = -logits[torch.arange(len(logits)), ids[0, 1:]].numpy()
    assert np.abs(surprisals - scores).max() < 1e-2
