"""Tiny token classifiers, made here: random weights, tokenizers trained on a few lines."""

from __future__ import annotations

from pathlib import Path

import pytest

LINES = [
    "The committee met on Tuesday, 14 March 2023, to discuss the budget.",
    "Mrs. Alvarez said that the library will not close before 9 p.m.",
    "Costs rose by 3.5 % and nobody objected; the motion carried 7-0.",
    "Ünïcödé naïve café 東京 大学 emoji 😀 and 'quotes'.",
] * 4


@pytest.fixture(scope="session")
def bert(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BERT of two layers with a WordPiece tokenizer, 64 positions."""
    transformers = pytest.importorskip("transformers")
    from tokenizers import BertWordPieceTokenizer

    folder = tmp_path_factory.mktemp("models") / "a folder named anything"
    trained = BertWordPieceTokenizer(lowercase=False)
    trained.train_from_iterator(LINES, vocab_size=300, show_progress=False)
    tokenizer = transformers.BertTokenizerFast(tokenizer_object=trained._tokenizer, model_max_length=64)
    shape = {"vocab_size": 300, "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4}
    config = transformers.BertConfig(**shape, intermediate_size=64, max_position_embeddings=64, initializer_range=0.5)
    return _saved(folder, transformers.BertForTokenClassification, config, tokenizer)


@pytest.fixture(scope="session")
def xlmr(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An XLM-R of two layers with a Unigram tokenizer, <s> and </s>, 66 positions of which 64 can be used."""
    transformers = pytest.importorskip("transformers")
    from tokenizers import SentencePieceUnigramTokenizer, processors

    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    trained = SentencePieceUnigramTokenizer()
    trained.train_from_iterator(LINES, vocab_size=200, special_tokens=special, unk_token="<unk>", show_progress=False)
    trained._tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    names = {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", "pad_token": "<pad>"}
    tokenizer = transformers.PreTrainedTokenizerFast(tokenizer_object=trained._tokenizer, **names)
    shape = {"vocab_size": 200, "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4}
    config = transformers.XLMRobertaConfig(
        **shape, intermediate_size=64, max_position_embeddings=66, type_vocab_size=1, initializer_range=0.5
    )
    folder = tmp_path_factory.mktemp("models") / "another"
    return _saved(folder, transformers.XLMRobertaForTokenClassification, config, tokenizer)


def _saved(folder: Path, kind, config, tokenizer) -> Path:
    import torch

    with torch.random.fork_rng():
        torch.manual_seed(7)
        kind(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
