"""Folders of transformers in the place of the embedded models, and tokenizers from files.

The models are tiny ones with random weights; `distill` trains one of them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from .compress import compression
from .counting import counts
from .inputs import BURN, DOCUMENTS, ENGLISH, QUESTIONS, TEXTS, transcript
from .outcomes import Calls
from .places import resolve

SIZES: dict[str, Any] = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 64}
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")


def modelling(folder: Path) -> Calls:
    """Folders of transformers in the place of the embedded models, and tokenizers from files."""
    paths = {name: str(path) for name, path in model_folders(folder).items()}
    for name in ("en", "zh", "emoji", "md", "empty"):
        for method, model in {"llmlingua2": "classifier", "llmlingua": "llama", "longllmlingua": "llama"}.items():
            settings = {"rate": 0.4, "method": method, "model": paths[model], "question": QUESTIONS[name]}
            yield f"{method}/{name}", partial(compression, TEXTS[name], **settings)
    yield from _ranks(paths)
    yield "wrong/classifier", partial(compression, ENGLISH, method="llmlingua2", model=paths["llama"])
    for label, path in {"file": paths["llama"] + "/tokenizer.json", "folder": paths["cross"]}.items():
        yield f"tokenizer/{label}", partial(counts, path)
        yield f"tokenizer/{label}/compress", partial(compression, ENGLISH, tokens=90, tokenizer=path)
    yield from _llmlingua(paths["llama"])


def _ranks(paths: dict[str, str]) -> Calls:
    rank = resolve("tamis").rank
    for ranker, model in {"cross-encoder": "cross", "perplexity": "llama", "embedding": "encoder"}.items():
        yield f"rank/{ranker}", partial(rank, BURN, list(DOCUMENTS), ranker=ranker, model=paths[model])
    for label, (ranker, model) in {"labels": ("cross-encoder", "encoder"), "lm": ("perplexity", "cross")}.items():
        yield f"rank/wrong/{label}", partial(rank, BURN, list(DOCUMENTS), ranker=ranker, model=paths[model])


def _llmlingua(path: str) -> Calls:
    settings = {"question": BURN, "rank_method": "longllmlingua", "condition_compare": True, "rate": 0.5}
    for label, mode in {"lm": {}, "replayed": {"reference_compat": True}}.items():
        compress = resolve("PromptCompressor")(path, **mode).compress_prompt
        yield f"llmlingua/{label}", partial(compress, [ENGLISH, *DOCUMENTS], iterative_size=40)
        yield f"llmlingua/{label}/long", partial(compress, list(DOCUMENTS), **settings)


def model_folders(folder: Path) -> dict[str, Path]:
    """Tiny models with random weights and tokenizers made of a few lines, as folders of transformers."""
    bert, bpe = _tokenizers(transcript().splitlines()[:80])
    models = {**{name: (model, bert) for name, model in _encoders(len(bert)).items()}, "llama": (_causal(), bpe)}
    for name, (model, tokenizer) in models.items():
        model.save_pretrained(folder / name)
        tokenizer.save_pretrained(folder / name)
    return {name: folder / name for name in models}


def _tokenizers(lines: Sequence[str]) -> tuple[Any, Any]:
    from tokenizers import BertWordPieceTokenizer, ByteLevelBPETokenizer

    transformers = resolve("transformers")
    pieces, spelled = BertWordPieceTokenizer(vocab=_vocabulary(lines), lowercase=False), ByteLevelBPETokenizer()
    spelled.train_from_iterator(lines, vocab_size=300, special_tokens=["<s>"], show_progress=False)
    bert = transformers.BertTokenizerFast(tokenizer_object=pieces._tokenizer, model_max_length=64)
    bpe = transformers.PreTrainedTokenizerFast(tokenizer_object=spelled._tokenizer, bos_token="<s>", eos_token="<s>")
    return bert, bpe


def _encoders(vocabulary: int) -> dict[str, Any]:
    transformers = resolve("transformers")
    sizes: dict[str, Any] = {**SIZES, "max_position_embeddings": 64, "initializer_range": 0.5, "vocab_size": vocabulary}
    config = partial(transformers.BertConfig, **sizes)
    return {
        "encoder": transformers.BertModel(_seeded(config())),
        "classifier": transformers.BertForTokenClassification(_seeded(config())),
        "cross": transformers.BertForSequenceClassification(_seeded(config(num_labels=1))),
    }


def _causal() -> Any:
    transformers = resolve("transformers")
    sizes: dict[str, Any] = {**SIZES, "max_position_embeddings": 512, "initializer_range": 0.3, "vocab_size": 300}
    return transformers.LlamaForCausalLM(_seeded(transformers.LlamaConfig(**sizes, num_key_value_heads=2)))


def _vocabulary(lines: Sequence[str]) -> dict[str, int]:
    """Pieces of words, by hand: training breaks ties by chance."""
    words = Counter(word for line in lines for word in re.findall(r"\w+", line))
    signs = sorted({sign for line in lines for sign in line if not sign.isspace()})
    common = sorted(words, key=lambda word: (-words[word], word))[:200]
    return {piece: n for n, piece in enumerate(dict.fromkeys([*SPECIAL, *signs, *(f"##{s}" for s in signs), *common]))}


def _seeded(config: Any) -> Any:
    import torch

    torch.set_num_threads(1)
    torch.manual_seed(7)
    return config
