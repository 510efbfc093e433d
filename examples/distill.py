"""A rehearsal of `tamis distill`: a teacher by rule, a tiny encoder with random weights, a real transcript.

    python examples/distill.py

Takes half a minute, costs nothing, needs the extras `train` and `remote`. With a real teacher and a real encoder the
line is the same: only `--teacher` and `--encoder` name something else.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from teacher import Rule, served

from tamis.distill.quiet import quiet
from tamis.edge.cli import main

HERE = Path(__file__).parent


def tiny_encoder(folder: Path, lines: list[str], *, words: int = 800) -> Path:
    """A BERT of two layers that knows nothing, with a tokenizer trained on a few lines."""
    import torch
    from tokenizers import BertWordPieceTokenizer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    trained = BertWordPieceTokenizer(lowercase=False)
    trained.train_from_iterator(lines, vocab_size=words, show_progress=False)
    tokenizer = BertTokenizerFast(tokenizer_object=trained._tokenizer, model_max_length=128)
    shape = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 64}
    config = BertConfig(vocab_size=len(tokenizer), max_position_embeddings=128, **shape)
    with torch.random.fork_rng(), quiet():
        torch.manual_seed(7)
        BertModel(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def rehearse(folder: Path) -> int:
    """Distil from the transcript in chunks of 64 tokens, then compress it with the result."""
    source = HERE / "meeting.txt"
    encoder = tiny_encoder(folder / "tiny", source.read_text(encoding="utf-8").splitlines())
    with served(Rule(faults=0.1, silence=0.5)) as address:
        arguments = ["distill", "run", str(source), "--out", str(folder / "work"), "--teacher", address, "--yes"]
        prices = ["--price-in", "0.15", "--price-out", "0.60", "--backoff", "0.05"]
        training = ["--encoder", str(encoder), "--epochs", "6", "--lr", "0.003", "--batch-tokens", "1024"]
        code = main([*arguments, "--chunk-tokens", "64", *prices, *training])
    if code:
        return code
    return main(["compress", str(source), "-r", "0.5", "--method", "llmlingua2", "--model", str(folder / "work/model")])


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        raise SystemExit(rehearse(Path(scratch)))
