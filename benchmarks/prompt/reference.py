"""Drive the `llmlingua` package in an environment of its own. Knows nothing of tamis.

Reads one JSON request a line from stdin, answers one JSON line on stdout:

    {"do": "build", "family": "mbert", "path": FOLDER, "text": FILE}   random weights of the true size
    {"do": "load", "path": FOLDER, "threads": 2}
    {"do": "compress", "text": FILE, "rate": 0.33}                     -> seconds, characters
    {"do": "words", "text": FILE}                                      -> the package's words and their probabilities
    {"do": "mend"}                                  from now on it wraps chunks in the special tokens of the model

Random weights are enough for speed, which does not depend on them. tiktoken's vocabulary is a download, so a stub that
counts words and punctuation stands in; that is faster than the real one and changes thresholds only.
"""

from __future__ import annotations

import json
import os
import re
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

PIECES_PER_WORD = 1.35  # of the real tokenizers on English transcripts, roughly; a word is what white space separates
SPREAD = 4.0  # random heads say 0.5 to everything; this spreads the probabilities over 0..1
MIXING = 0.1  # random attention averages all words into one within a few layers; this keeps them apart
SIZES = {"mbert": 119_547, "xlmr": 250_002}  # vocabulary entries of the real models


class _Counter:
    """Stands in for tiktoken's encoding."""

    _part = re.compile(r"\w+|[^\w\s]")

    def encode(self, text: str) -> list[str]:
        return self._part.findall(text)


class Reference:
    """The package's compressor, and what it thought of the words of the last text."""

    def __init__(self, path: str, threads: int) -> None:
        import tiktoken
        import torch

        torch.set_num_threads(threads)
        tiktoken.encoding_for_model = lambda _name: _Counter()
        from llmlingua import PromptCompressor

        self.words: list[tuple[str, float]] = []
        self.compressor = PromptCompressor(path, device_map="cpu", use_llmlingua2=True)
        self._listen()

    def _listen(self) -> None:
        """Note each chunk's words and mean probabilities as the package computes them."""
        inner = self.compressor._PromptCompressor__merge_token_to_word

        def noted(*given: Any, **named: Any) -> Any:
            words, probabilities, unforced = inner(*given, **named)
            self.words += [(w, float(sum(p) / len(p))) for w, p in zip(words, probabilities, strict=True)]
            return words, probabilities, unforced

        self.compressor._PromptCompressor__merge_token_to_word = noted

    def mend(self) -> dict[str, Any]:
        """Tell the package's data set which model it serves; it assumes BERT, whose special tokens XLM-R lacks."""
        from llmlingua import prompt_compressor

        whole = prompt_compressor.TokenClfDataset
        prompt_compressor.TokenClfDataset = partial(whole, model_name=self.compressor.model_name)
        return {}

    def compress(self, text: str, rate: float) -> dict[str, Any]:
        self.words.clear()
        start = time.perf_counter()
        result = self.compressor.compress_prompt(text, rate=rate)
        seconds = time.perf_counter() - start
        return {"seconds": seconds, "characters": len(result["compressed_prompt"])}


def build(family: str, path: str, text: str) -> dict[str, Any]:
    """Save a random token classifier of the family's true size with a tokenizer trained on `text`."""
    import torch
    from transformers import BertConfig, BertForTokenClassification, XLMRobertaConfig, XLMRobertaForTokenClassification

    lines = Path(text).read_text(encoding="utf-8").splitlines()
    tokenizer, per_word = (_wordpiece if family == "mbert" else _unigram)(lines)
    torch.manual_seed(0)
    if family == "mbert":
        model = BertForTokenClassification(BertConfig(vocab_size=SIZES[family], num_labels=2))
    else:
        sizes = {"hidden_size": 1024, "num_hidden_layers": 24, "num_attention_heads": 16, "intermediate_size": 4096}
        config = XLMRobertaConfig(
            vocab_size=SIZES[family], max_position_embeddings=514, type_vocab_size=1, num_labels=2, **sizes
        )
        model = XLMRobertaForTokenClassification(config)
    with torch.no_grad():
        model.classifier.weight *= SPREAD
        for name, weight in model.named_parameters():
            if name.endswith("attention.output.dense.weight"):
                weight.mul_(MIXING)
    model.save_pretrained(path)
    tokenizer.save_pretrained(path)
    return {"parameters": sum(p.numel() for p in model.parameters()), "pieces_per_word": per_word}


def _nearest(train: Callable[[int], Any], lines: list[str]) -> tuple[Any, float]:
    """Bisect the vocabulary size for the wanted number of pieces per word."""
    words = sum(len(line.split()) for line in lines)

    def per_word(tokenizer: Any) -> float:
        return sum(len(e.ids) for e in tokenizer.encode_batch(lines, add_special_tokens=False)) / words

    low, high = 300, 12_000
    while high - low > 100:
        middle = (low + high) // 2
        low, high = (middle, high) if per_word(train(middle)) > PIECES_PER_WORD else (low, middle)
    best = train(high)
    return best, per_word(best)


def _wordpiece(lines: list[str]) -> tuple[Any, float]:
    """Like bert-base-multilingual-cased: WordPiece, cased, as many entries (most of them unused)."""
    from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]

    def dressed(model: Any) -> Any:
        tokenizer = Tokenizer(model)
        tokenizer.normalizer = normalizers.BertNormalizer(lowercase=False, strip_accents=False)
        tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
        tokenizer.decoder = decoders.WordPiece()
        return tokenizer

    def train(size: int) -> Any:
        tokenizer = dressed(models.WordPiece(unk_token="[UNK]"))
        trainer = trainers.WordPieceTrainer(vocab_size=size, special_tokens=special, show_progress=False)
        tokenizer.train_from_iterator(lines, trainer)
        return tokenizer

    trained, per_word = _nearest(train, lines)
    vocabulary = trained.get_vocab()
    vocabulary |= {f"[unused{i}]": i for i in range(len(vocabulary), SIZES["mbert"])}
    whole = dressed(models.WordPiece(vocabulary, unk_token="[UNK]"))
    return _wrapped(whole, special, ("[CLS]", "[SEP]")), per_word


def _unigram(lines: list[str]) -> tuple[Any, float]:
    """Like xlm-roberta-large: Unigram with a mark before each word, as many entries (most of them unused)."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]

    def dressed(model: Any) -> Any:
        tokenizer = Tokenizer(model)
        tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
        tokenizer.decoder = decoders.Metaspace()
        return tokenizer

    def train(size: int) -> Any:
        # Unigram's own trainer finds no more than 1,500 pieces in so short a text; pairs of pieces go on merging.
        pairs = Tokenizer(models.BPE())
        pairs.pre_tokenizer = pre_tokenizers.Metaspace()
        pairs.train_from_iterator(lines, trainers.BpeTrainer(vocab_size=size, show_progress=False))
        found = [piece for piece, _ in sorted(pairs.get_vocab().items(), key=lambda item: item[1])]
        entries = [(token, 0.0) for token in special] + [(piece, -10 - i / size) for i, piece in enumerate(found)]
        return dressed(models.Unigram(entries, unk_id=3))

    trained, per_word = _nearest(train, lines)
    entries = [(p, s) for p, s in json.loads(trained.to_str())["model"]["vocab"]]
    entries += [(f"▁unused{i}", -99.0) for i in range(len(entries), SIZES["xlmr"])]
    whole = dressed(models.Unigram(entries, unk_id=3))
    return _wrapped(whole, special, ("<s>", "</s>")), per_word


def _wrapped(tokenizer: Any, special: list[str], ends: tuple[str, str]) -> Any:
    from tokenizers import AddedToken, processors
    from transformers import PreTrainedTokenizerFast

    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in special])
    first, last = ends
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{first} $A {last}",
        pair=f"{first} $A {last} $B {last}",
        special_tokens=[(t, tokenizer.token_to_id(t)) for t in ends],
    )
    names = {t.strip("[]<>").lower(): t for t in special}
    roles = {f"{role}_token": names[role] for role in ("pad", "unk", "mask")}
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, cls_token=first, sep_token=last, bos_token=first, eos_token=last, **roles
    )


def serve() -> None:
    """Answer requests until stdin ends; whatever the package prints goes to stderr."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    loaded: Reference | None = None
    for line in sys.stdin:
        request = json.loads(line)
        do = request.pop("do")
        if do == "build":
            answer = build(**request)
        elif do == "load":
            loaded, answer = Reference(**request), {}
        elif do == "mend":
            assert loaded is not None, "load a model first"
            answer = loaded.mend()
        else:
            assert loaded is not None, "load a model first"
            text = Path(request["text"]).read_text(encoding="utf-8")
            answer = loaded.compress(text, request.get("rate", 0.5))
            if do == "words":
                answer["words"] = loaded.words
        print(json.dumps(answer), file=out, flush=True)


if __name__ == "__main__":
    serve()
