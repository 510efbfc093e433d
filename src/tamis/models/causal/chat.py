"""A causal language model of transformers that is asked: its chat template where it has one, and a greedy answer."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

import numpy as np

from tamis.core import Ints
from tamis.models.causal.hf import TransformersLM, open_transformers
from tamis.models.causal.load import source_of_weights
from tamis.models.causal.protocol import Context
from tamis.models.transformers.hub import Place, fast_tokenizer


@dataclass(frozen=True, eq=False)
class ChatLM:
    """A model, and the tokenizer of transformers that knows its template; obtained from `open_chat`.

    Attributes:
        model: whose tokenizer takes special tokens in a text for text.
        tokenizer: that reads them.
    """

    model: TransformersLM
    tokenizer: Any

    @property
    def chats(self) -> bool:
        """Whether there is a template."""
        return bool(self.tokenizer.chat_template)

    def ids(self, prompt: str) -> Ints:
        """(n,) the tokens of a user's turn and of the beginning of the answer; without a template, of the prompt.

        The token that begins every text is not among them: `TransformersLM.start` has it.
        """
        if not self.chats:
            return self.model.cut([prompt])[0].ids
        turns = [{"role": "user", "content": prompt}]
        ids = self.tokenizer.apply_chat_template(turns, add_generation_prompt=True, return_dict=True)["input_ids"]
        begin = self.model.begin.tolist()
        return np.array(ids[len(begin) :] if ids[: len(begin)] == begin else ids, np.int64)

    def answer(self, context: Context, limit: int) -> str:
        """What the model says next, greedily, in at most so many tokens."""
        return str(self.tokenizer.decode(self.model.greedy(context, limit, self._stops), skip_special_tokens=True))

    @property
    def _stops(self) -> frozenset[int]:
        """The tokens that end an answer."""
        ends = self.model.model.generation_config.eos_token_id if self.model.model.can_generate() else None
        ids = [*(ends if isinstance(ends, list) else [ends]), self.tokenizer.eos_token_id]
        return frozenset(int(token) for token in ids if token is not None)


def open_chat(name: str, *, device: str = "auto", dtype: str = "auto") -> ChatLM:
    """Open a causal language model of transformers to be asked.

    Args:
        name: a folder, a GGUF file, or a hub id.
        device: as `open_transformers` takes it.
        dtype: the same.

    Raises:
        ModelNotFound, ModelCorrupt, MissingExtra, UnknownName, InvalidInput: as `load_causal`.
    """
    source = source_of_weights(name)
    tokenizer = fast_tokenizer(source, Place(device, dtype))
    reading = copy.deepcopy(tokenizer)  # `open_transformers` lets its own take special tokens for text
    return ChatLM(open_transformers(source, device=device, dtype=dtype, tokenizer=tokenizer), reading)
