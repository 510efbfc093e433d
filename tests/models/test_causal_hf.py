"""The backend of transformers against transformers itself, and what happens with models that lack something."""

from __future__ import annotations

import math
import shutil
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tamis.errors import InvalidInput, MissingExtra, ModelCorrupt, ModelNotFound, UnknownName
from tamis.models.causal import SURPRISAL, close_causal, load_causal, score_by_reading
from tamis.models.causal.sliding import passes, room, shrunk
from tests.models.conftest import LINES
from tests.models.tiny_lms import CODE, SCRIPTS, WINDOW, byte_level, config, saved

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

from tamis.models.causal.hf import open_transformers  # noqa: E402
from tamis.models.transformers.hub import Place, dtype_of  # noqa: E402

LONG = " ".join(LINES[:4]) + "\n" + "".join(CODE[:2])


@pytest.fixture(scope="session")
def folders(tmp_path_factory):
    made, at = {}, tmp_path_factory.mktemp("causal")
    for kind, begin in (("gpt2", "<|endoftext|>"), ("llama", "<s>"), ("mistral", "<s>")):
        made[kind] = saved(at / kind, config(kind), byte_level(begin=begin))
    made["no-begin"] = saved(at / "no-begin", config("llama"), byte_level(begin=None))
    made["end-of-text"] = saved(at / "end", config("llama"), byte_level(begin=None, end="<|endoftext|>"))
    return made


def opened(folder, **options):
    return open_transformers(str(folder), device="cpu", **options)


@pytest.fixture(scope="session", params=["gpt2", "llama", "mistral"])
def folder(request, folders):
    return folders[request.param]


@pytest.fixture(scope="session")
def model(folder):
    return opened(folder)


@pytest.fixture(scope="session")
def plain(folder):
    """The same weights, opened by transformers alone."""
    return transformers.AutoModelForCausalLM.from_pretrained(folder, attn_implementation="eager").eval()


def log_probabilities(plain, ids):
    """-log p of every token but the first, from one uncached pass."""
    with torch.no_grad():
        said = plain(torch.tensor([ids[:-1]])).logits[0].double().log_softmax(-1)
    return [-said[i, token].item() for i, token in enumerate(ids[1:])]


def naive(plain, model, before, text):
    """The rule in words, token by token, each from a whole uncached pass over its view."""
    view, found = model.begin.tolist(), []
    for token in [*before, *text]:
        found.append(log_probabilities(plain, [*view, token])[-1] if view else math.log(model.vocabulary))
        view.append(token)
        if len(view) > model.window:
            view = model.begin.tolist() + view[-(model.window // 2) :]
    return found[len(before) :]


def fed(model, work):
    """How many tokens the model is fed meanwhile, and the most logits it gives at once."""
    tokens, logits = [], []

    def note(_model, _args, options, out):
        tokens.append(options["input_ids"].numel())
        logits.append(out.logits.numel())

    hook = model.model.register_forward_hook(note, with_kwargs=True)
    try:
        work()
    finally:
        hook.remove()
    return sum(tokens), max(logits)


@pytest.mark.parametrize("text", [LINES[0], CODE[0], "東京 😀"])
def test_the_sum_is_transformers_own_loss(model, plain, text):
    ids = [*model.begin.tolist(), *model.cut([text])[0].ids.tolist()]
    assert 2 < len(ids) <= WINDOW
    with torch.no_grad():
        loss = plain(torch.tensor([ids]), labels=torch.tensor([ids])).loss.item()
    found = model.surprisals([text])[0].values[SURPRISAL]
    assert found.mean() == pytest.approx(loss, abs=1e-4)
    np.testing.assert_allclose(found, log_probabilities(plain, ids), atol=1e-4)
    assert found.std() > 0.1  # or the comparison would say nothing


@pytest.mark.parametrize("given", ["", "Short.", LONG], ids=["alone", "short", "long"])
def test_longer_than_the_window_is_the_rule_token_by_token(model, plain, given):
    before, pieces = model.cut([given, LONG])
    assert len(pieces) > 2 * model.window
    expected = naive(plain, model, before.ids.tolist(), pieces.ids.tolist())
    np.testing.assert_allclose(model.surprisals([LONG], given=[given])[0].values[SURPRISAL], expected, atol=1e-4)
    np.testing.assert_allclose(score_by_reading(model, LONG, given).values[SURPRISAL], expected, atol=1e-4)


def test_a_condition_is_its_ids_before_those_of_the_text(model, plain):
    before, pieces = model.cut(["The commit", "tee met."])  # joined as text, they would be cut otherwise
    ids = [*model.begin.tolist(), *before.ids.tolist(), *pieces.ids.tolist()]
    found = model.surprisals(["tee met."], given=["The commit"])[0].values[SURPRISAL]
    np.testing.assert_allclose(found, log_probabilities(plain, ids)[-len(pieces) :], atol=1e-4)


def test_the_probabilities_of_all_tokens_sum_to_one(model):
    context = model.read(model.start(), model.cut([LINES[0]])[0].ids)[1]
    found = [model.read(context, np.array([token]))[0][0] for token in range(model.vocabulary)]
    assert np.exp(-np.array(found)).sum() == pytest.approx(1, abs=1e-5)


@settings(max_examples=30)
@given(texts=st.lists(st.text(st.sampled_from("ab é東😀.!\n\ud800\x00 Z9"), max_size=60), max_size=4))
def test_any_text_is_scored_where_it_stands(folders, texts):
    model = load_causal(folders["llama"], device="cpu")
    for text, found in zip(texts, model.surprisals(texts), strict=True):
        starts, ends = found.offsets.T
        assert np.isfinite(found.values[SURPRISAL]).all()
        assert {i for s, e in zip(starts, ends, strict=True) for i in range(s, e)} >= {
            i for i, character in enumerate(text) if not character.isspace()
        }


def test_offsets_name_the_characters(model):
    (pieces,) = model.cut([SCRIPTS])
    for at, character in enumerate(SCRIPTS):
        mine = [(s, e) for s, e in pieces.offsets.tolist() if s <= at < e]
        assert bool(mine) != character.isspace(), (at, character)


def test_a_shared_condition_is_fed_once(model):
    given, texts = LINES[0] + LINES[1][:9], [" yes", " no, never", " maybe so"]
    lengths = [len(p) for p in model.cut([given, *texts])]
    assert lengths[0] + max(lengths[1:]) < WINDOW
    alone = replace(model, cached=False).surprisals(texts, given=[given] * 3)
    tokens, _ = fed(model, lambda: model.surprisals(texts, given=[given] * 3))
    assert tokens <= lengths[0] + 3 * (max(lengths[1:]) + 1)
    for found, expected in zip(model.surprisals(texts, given=[given] * 3), alone, strict=True):
        np.testing.assert_allclose(found.values[SURPRISAL], expected.values[SURPRISAL], atol=1e-4)


def test_reading_costs_its_own_tokens(model):
    context = model.read(model.start(), model.cut([LINES[0]])[0].ids[:20])[1]
    assert fed(model, lambda: model.read(context, np.arange(10)))[0] == 10


def test_extending_predicts_nothing(model):
    context = model.read(model.start(), model.cut([LINES[0]])[0].ids[:20])[1]
    tokens, most = fed(model, lambda: model.extend(context, np.arange(10)))
    assert tokens == 10
    assert most == model.vocabulary  # of one token: the least that a model can be asked for


def test_logits_stay_bounded(model, monkeypatch):
    texts, given = [LONG, *LINES[:4]], ["", LINES[1], LINES[1], LINES[1], ""]
    expected = model.surprisals(texts, given=given)
    monkeypatch.setattr("tamis.models.causal.hf.LOGITS", 7 * model.vocabulary)
    monkeypatch.setattr("tamis.models.causal.hf.SOFTMAX", 3 * model.vocabulary)
    small = replace(model)
    _, most = fed(small, lambda: small.surprisals(texts, given=given))
    assert most <= 7 * model.vocabulary
    for found, wanted in zip(small.surprisals(texts, given=given), expected, strict=True):
        np.testing.assert_allclose(found.values[SURPRISAL], wanted.values[SURPRISAL], atol=1e-4)


def test_only_what_is_asked_for_is_predicted(model):
    question = " Who met?"
    before, pieces = model.cut([LINES[0], question])
    _, most = fed(model, lambda: model.surprisals([question], given=[LINES[0]]))
    assert most == len(pieces) * model.vocabulary
    assert len(before) > len(pieces)


def test_attention_is_sdpa_and_float32_on_the_cpu(model):
    assert model.model.config._attn_implementation == "sdpa"
    assert model.model.dtype == torch.float32


def test_bfloat16_only_when_asked(folders):
    made = opened(folders["llama"], dtype="bfloat16")
    assert made.model.dtype == torch.bfloat16
    full = opened(folders["llama"]).surprisals(LINES[:1])[0].values[SURPRISAL]
    assert np.corrcoef(made.surprisals(LINES[:1])[0].values[SURPRISAL], full)[0, 1] > 0.99


@pytest.mark.parametrize(("able", "dtype"), [(True, torch.bfloat16), (False, torch.float32)])
def test_automatic_types(monkeypatch, able, dtype):
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda: able)
    assert dtype_of(Place(device="cuda", dtype="auto")) == dtype
    assert dtype_of(Place(device="cpu", dtype="auto")) == torch.float32


@pytest.mark.parametrize(("kind", "begin"), [("gpt2", 0), ("llama", 0), ("end-of-text", 0)])
def test_what_begins_a_text(folders, kind, begin):
    assert opened(folders[kind]).begin.tolist() == [begin]


def test_without_a_beginning_the_first_token_is_a_guess_among_all(folders):
    made = opened(folders["no-begin"])
    alone, told = made.surprisals(["Mrs. Alvarez"] * 2, given=["", "The"])
    assert made.begin.tolist() == []
    assert alone.values[SURPRISAL][0] == pytest.approx(math.log(300))
    assert told.values[SURPRISAL][0] != pytest.approx(math.log(300))


def test_special_tokens_in_a_text_are_text(folders):
    made = opened(folders["gpt2"])
    assert made.begin[0] not in made.cut(["a<|endoftext|>b"])[0].ids
    assert made.cut(["a<|endoftext|>b"])[0].offsets[:, 1].max() == len("a<|endoftext|>b")


def test_a_model_whose_cache_cannot_be_kept_reads_its_view_anew(tmp_path, monkeypatch):
    shape = {"hidden_size": 32, "state_size": 4, "num_hidden_layers": 2, "initializer_range": 0.3, "vocab_size": 300}
    tokenizer = byte_level(begin="<s>")
    tokenizer.model_max_length = WINDOW
    made = opened(saved(tmp_path / "mamba", transformers.MambaConfig(**shape), tokenizer))
    assert not made.cached
    assert made.window == WINDOW
    for before in ("", LINES[0]):
        expected = score_by_reading(made, LONG, before).values[SURPRISAL]
        np.testing.assert_allclose(made.surprisals([LONG], given=[before])[0].values[SURPRISAL], expected, atol=1e-4)


def test_as_many_conditions_as_texts(model):
    with pytest.raises(InvalidInput, match="2 texts but 1 conditions"):
        model.surprisals(["a", "b"], given=["c"])


@pytest.mark.parametrize("token", [-1, 300])
def test_ids_of_another_model(model, token):
    with pytest.raises(InvalidInput, match=rf"{token} is no token"):
        model.read(model.start(), np.array([1, token]))


def broken(folder, to, **tensors):
    from safetensors.torch import load_file, save_file

    shutil.copytree(folder, to)
    weights = load_file(to / "model.safetensors")
    for name, value in tensors.items():
        wanted = next(key for key in weights if key.endswith(name.replace("__", ".")))
        weights[wanted] = torch.full_like(weights[wanted], value)
    save_file(weights, to / "model.safetensors", metadata={"format": "pt"})
    return to


def test_no_finite_numbers(folders, tmp_path):
    made = opened(broken(folders["llama"], tmp_path / "nan", norm__weight=math.nan))
    with pytest.raises(ModelCorrupt, match=r"nan.*no finite numbers"):
        made.surprisals(["The committee"])
    with pytest.raises(ModelCorrupt, match=r"nan.*no finite numbers"):
        made.read(made.start(), np.array([5]))


def test_an_encoder_is_no_causal_model(tmp_path, bert):
    with pytest.raises(ModelCorrupt, match=r"lacks weights: cls"):
        opened(bert)
    shape = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 64}
    both_ways = transformers.BertConfig(vocab_size=300, **shape, initializer_range=0.3)
    with pytest.raises(ModelCorrupt, match="see what comes behind"):
        opened(saved(tmp_path / "bert", both_ways, byte_level(begin="<s>")))


def test_a_tokenizer_without_offsets(folders, tmp_path):
    shutil.copytree(folders["llama"], tmp_path / "slow", ignore=shutil.ignore_patterns("token*"))
    transformers.ByT5Tokenizer(extra_ids=0).save_pretrained(tmp_path / "slow")
    with pytest.raises(ModelCorrupt, match="no fast tokenizer"):
        opened(tmp_path / "slow")


def test_a_tokenizer_of_another_model(tmp_path):
    shape = config("llama")
    shape.vocab_size = 250
    with pytest.raises(ModelCorrupt, match="250 embeddings but its tokenizer 300"):
        opened(saved(tmp_path / "other", shape, byte_level(begin="<s>")))


def test_a_token_that_was_added_without_embedding(tmp_path):
    tokenizer = byte_level(begin="<s>")
    tokenizer.add_tokens(["frobnicate"])
    made = opened(saved(tmp_path / "added", config("llama"), tokenizer))
    assert len(made.surprisals(["Nobody objected."])[0])
    with pytest.raises(ModelCorrupt, match=r"300 tokens.*frobnicate"):
        made.cut(["to frobnicate it"])


@pytest.mark.parametrize("missing", ["model.safetensors", "tokenizer.json"])
def test_missing_files(folders, tmp_path, missing):
    shutil.copytree(folders["gpt2"], tmp_path / "broken")
    (tmp_path / "broken" / missing).unlink()
    with pytest.raises(ModelCorrupt, match="broken"):
        opened(tmp_path / "broken")


def test_unknown_device_and_dtype(folders):
    with pytest.raises(InvalidInput, match="float13"):
        opened(folders["llama"], dtype="float13")
    with pytest.raises(InvalidInput, match="abacus"):
        open_transformers(str(folders["llama"]), device="abacus")


def test_by_name(folders, tmp_path, monkeypatch):
    first = load_causal(folders["llama"], device="cpu")
    assert load_causal(str(folders["llama"]), device="cpu") is first
    close_causal()
    assert load_causal(folders["llama"], device="cpu") is not first
    with pytest.raises(ModelNotFound, match="no-such"):
        load_causal(tmp_path / "no-such")
    with pytest.raises(UnknownName, match="mini-ln"):
        load_causal("mini-ln")
    (tmp_path / "config.json").write_text('{"format": 1}')
    with pytest.raises(ModelCorrupt, match="no causal"):
        load_causal(tmp_path)
    close_causal()
    monkeypatch.setitem(__import__("sys").modules, "torch", None)
    with pytest.raises(MissingExtra, match=r"tamis\[torch\]"):
        load_causal(folders["llama"])


def test_the_example_of_the_sliding_rule():
    found = [(r.start, r.stop, r.first) for r in passes(10, 1, window=4, head=1)]
    assert found == [(1, 4, 1), (3, 6, 5), (5, 8, 7), (7, 9, 9)]


@given(count=st.integers(0, 80), first=st.integers(0, 80), window=st.integers(2, 20), head=st.integers(0, 1))
def test_every_token_is_judged_once_by_the_view_it_has(count, first, window, head):
    tokens = np.arange(count)
    views, view = [], tokens[:0]
    for token in tokens:  # the rule, token by token
        views.append(view)
        view = shrunk(np.append(view, token), window, head)
        assert room(view, window) >= 1
    judged = []
    for reading in passes(count, first, window=window, head=head):
        feed = [*tokens[:head], *tokens[reading.start : reading.stop]]
        assert len(feed) <= window
        for token in range(reading.first, reading.stop + 1):
            judged.append(token)
            assert feed[: len(feed) - (reading.stop - token)] == views[token].tolist()
    assert judged == list(range(max(first, 1), count))
