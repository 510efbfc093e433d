"""Tiny causal language models: random weights of transformers with tokenizers trained here, and an oracle in NumPy."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tamis.io.surrogates import encodable
from tamis.models.causal import SURPRISAL, Context
from tamis.models.pieces import Pieces
from tamis.models.scores import TokenScores
from tests.models.conftest import LINES

WINDOW = 64
CODE = ["def scan(rows):\n    return [row for row in rows if row]\n", "x = {'a': 1}\r\n\tif x: pass\n"] * 4
SCRIPTS = "东京大学的图书馆 😀👩‍👩‍👧 e\u0301 ก็ नमस्ते\u3000\ud800 \x00 naïve\n\n  end  "


def byte_level(*, begin: str | None, end: str | None = None):
    """A byte-level BPE tokenizer of transformers with 300 tokens, trained on a few lines."""
    import transformers
    from tokenizers import ByteLevelBPETokenizer

    special = [token for token in (begin, end) if token]
    trained = ByteLevelBPETokenizer()
    trained.train_from_iterator(LINES + CODE, vocab_size=300, special_tokens=special, show_progress=False)
    names = {"bos_token": begin, "eos_token": end or begin, "model_max_length": 1 << 30}
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=trained._tokenizer, **{name: value for name, value in names.items() if value}
    )


def config(kind: str):
    """The shape of a tiny model: gpt2, llama (grouped queries, rotary), mistral (attention over 16 tokens)."""
    import transformers

    if kind == "gpt2":
        shape = {"n_embd": 32, "n_layer": 2, "n_head": 4, "n_positions": WINDOW, "initializer_range": 0.3}
        return transformers.GPT2Config(vocab_size=300, **shape, bos_token_id=0, eos_token_id=0)
    shape = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4}
    shape |= {"num_key_value_heads": 2, "max_position_embeddings": WINDOW, "initializer_range": 0.3, "vocab_size": 300}
    if kind == "mistral":
        return transformers.MistralConfig(**shape, sliding_window=16)
    return transformers.LlamaConfig(**shape)


def saved(folder: Path, shape, tokenizer) -> Path:
    """A folder with random weights of that shape."""
    import torch
    import transformers

    with torch.random.fork_rng():
        torch.manual_seed(7)
        transformers.AutoModelForCausalLM.from_config(shape).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


class Oracle:
    """A recurrent network over bytes in plain NumPy, run from the start for every single token: slow and obvious."""

    name = "oracle"
    begin = 256

    def __init__(self, *, window: int = WINDOW, begins: bool = True) -> None:
        rng = np.random.default_rng(3)
        self.window, self.head = window, [self.begin] if begins else []
        self.inward = rng.normal(size=(257, 12))
        self.across = rng.normal(size=(12, 12)) * 0.4
        self.outward = rng.normal(size=(12, 257))

    def said(self, view: list[int]) -> np.ndarray:
        """-log p (257,) of what follows; uniform after nothing."""
        state = np.zeros(12)
        for token in view:
            state = np.tanh(self.inward[token] + self.across @ state)
        logits = state @ self.outward if view else np.zeros(257)
        return np.log(np.exp(logits).sum()) - logits

    def after(self, view: list[int], token: int) -> list[int]:
        """The view with a token more: shrunk to the head and half a window when the model cannot be fed all of it."""
        view = [*view, token]
        return view if len(view) <= self.window else [*self.head, *view[-(self.window // 2) :]]

    def cut(self, texts) -> list[Pieces]:
        """Bytes; each of those of a character has its offsets, those of a blank none."""
        found = []
        for text in texts:
            spans = [
                (i + character.isspace(), i + 1)
                for i, character in enumerate(encodable(text))
                for _ in character.encode()
            ]
            ids = np.frombuffer(encodable(text).encode(), np.uint8).astype(np.int64)
            found.append(Pieces(ids, np.array(spans, np.int64).reshape(-1, 2)))
        return found

    def surprisals(self, texts, *, given=None) -> list[TokenScores]:
        """One text after the other."""
        found = []
        for text, before in zip(texts, given or [""] * len(texts), strict=True):
            told, pieces = self.cut([before, text])
            context = self.read(self.start(), told.ids)[1]
            found.append(TokenScores(pieces.offsets, {SURPRISAL: self.read(context, pieces.ids)[0]}))
        return found

    def start(self) -> Context:
        """The view that begins every text."""
        return Context(len(self.head), tuple(self.head))

    def read(self, context, ids):
        """Token by token."""
        view, found = list(context.memory), []
        for token in ids.tolist():
            found.append(self.said(view)[token])
            view = self.after(view, token)
        return np.array(found, np.float64), Context(context.length + len(ids), tuple(view))

    def extend(self, context, ids):
        """As `read`."""
        return self.read(context, ids)[1]


def mini(folder: Path, *, bits: int = 4, window: int = WINDOW) -> Path:
    """A folder of the kind of `mini-lm`, with the random weights of a tiny Llama, which lie in `folder/original`."""
    import json

    import transformers

    from training.lm.config import load_lm_config
    from training.lm.export import described, save_folder
    from training.lm.graph import Shape, build

    made = config("llama")
    made.tie_word_embeddings, made.bos_token_id = True, 0
    tokenizer = byte_level(begin="<s>")
    model = transformers.LlamaForCausalLM.from_pretrained(saved(folder / "original", made, tokenizer)).eval()
    card = described(load_lm_config(), Shape.of(model.config)) | {"window": window, "vocabulary": 300}
    graph = build(model, bits=bits).SerializeToString()
    save_folder(folder, graph, json.loads(tokenizer.backend_tokenizer.to_str()), card)
    return folder
