"""The embedded causal model's runtime, on a tiny random Llama that went through the same export."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from tamis.errors import InvalidInput, ModelCorrupt, ModelNotFound
from tamis.models import models, verify
from tamis.models.causal import SURPRISAL, load_causal, score_by_reading
from tamis.models.causal.mini import CHUNK, open_mini
from tests.models.conftest import LINES
from tests.models.tiny_lms import CODE, SCRIPTS, WINDOW, mini

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")
pytest.importorskip("onnx")

LONG = " ".join(LINES[:4]) + "\n" + "".join(CODE[:2])
SINKS = 4


@pytest.fixture(scope="session")
def folders(tmp_path_factory):
    at = tmp_path_factory.mktemp("mini-lm")
    made = {bits: mini(at / f"{bits} bits", bits=bits) for bits in (32, 4)}
    return made | {"wide": mini(at / "wide", bits=32, window=1024)}


@pytest.fixture(scope="session")
def exact(folders):
    return open_mini(folders[32], threads=1)


@pytest.fixture(scope="session")
def small(folders):
    return open_mini(folders[4], threads=1)


@pytest.fixture(scope="session")
def plain(folders):
    """The same weights, opened by transformers alone."""
    return transformers.AutoModelForCausalLM.from_pretrained(folders[32] / "original").eval()


def surprisals(model, text, given=""):
    return model.surprisals([text], given=[given])[0].values[SURPRISAL]


def log_probabilities(plain, ids):
    with torch.no_grad():
        said = plain(torch.tensor([ids[:-1]])).logits[0].double().log_softmax(-1)
    return [-said[i, token].item() for i, token in enumerate(ids[1:])]


@pytest.mark.parametrize("text", [LINES[0], CODE[0], "東京 😀", "a"])
def test_the_sum_is_transformers_own_loss(exact, plain, text):
    ids = [0, *exact.cut([text])[0].ids.tolist()]
    assert len(ids) <= WINDOW
    with torch.no_grad():
        loss = plain(torch.tensor([ids]), labels=torch.tensor([ids])).loss.item()
    found = surprisals(exact, text)
    assert found.mean() == pytest.approx(loss, abs=1e-4)
    np.testing.assert_allclose(found, log_probabilities(plain, ids), atol=1e-4)


def test_many_chunks_are_one_pass(folders, plain):
    model = open_mini(folders["wide"], threads=1)
    text = " ".join(LINES[:8])
    ids = [0, *model.cut([text])[0].ids.tolist()]
    assert CHUNK * 2 < len(ids) <= 1024
    np.testing.assert_allclose(surprisals(model, text), log_probabilities(plain, ids), atol=1e-4)


def test_four_bits_stay_near(small, exact):
    """Random weights suffer more than trained ones: in bits, the mean moves by a tenth, and most ranks stay."""
    near, true = (np.concatenate([surprisals(m, text) for text in [*LINES[:4], *CODE[:2]]]) for m in (small, exact))
    assert abs(near.mean() - true.mean()) < 0.1 * true.mean()
    assert np.corrcoef(near, true)[0, 1] > 0.8
    assert abs(near - true).max() > 1e-3  # or it would not be rounded at all


def naive(state, tokens):
    """A Llama read token by token in NumPy; of a full window, the sinks and the last half stay, counted anew."""
    cache, found = [], []
    for token, wanted in zip([0, *tokens[:-1]], tokens, strict=True):
        if len(cache) == WINDOW:
            cache = cache[:SINKS] + cache[-(WINDOW // 2) :]
        logits, entry = said(state, token, cache)
        cache.append(entry)
        found.append(np.log(np.exp(logits - logits.max()).sum()) + logits.max() - logits[wanted])
    return found


def said(state, token, cache, *, heads=4, groups=2, size=8):
    """Logits behind a token, and its unrotated keys and its values, by layer."""
    hidden, entry, place = state["model.embed_tokens.weight"][token], [], len(cache)

    def turned(rows, at):
        angles = at * 10000.0 ** -(np.arange(0, size, 2) / size)
        first, second = rows[:, : size // 2], rows[:, size // 2 :]
        cos, sin = np.cos(angles), np.sin(angles)
        return np.concatenate([first * cos - second * sin, second * cos + first * sin], axis=1)

    def normed(row, name):
        return row / np.sqrt((row**2).mean() + 1e-6) * state[name]

    for layer in range(2):
        at = f"model.layers.{layer}."
        row = normed(hidden, at + "input_layernorm.weight")
        query, key, value = (
            (state[f"{at}self_attn.{part}_proj.weight"] @ row).reshape(-1, size) for part in ("q", "k", "v")
        )
        entry.append((key, value))
        keys = [turned(past[layer][0], i) for i, past in enumerate(cache)] + [turned(key, place)]
        values = [past[layer][1] for past in cache] + [value]
        mixed = []
        for head, asked in enumerate(turned(query, place)):
            scores = np.array([k[head // (heads // groups)] @ asked for k in keys]) / np.sqrt(size)
            shares = np.exp(scores - scores.max())
            mixed.append(shares / shares.sum() @ np.array([v[head // (heads // groups)] for v in values]))
        hidden = hidden + state[at + "self_attn.o_proj.weight"] @ np.concatenate(mixed)
        row = normed(hidden, at + "post_attention_layernorm.weight")
        gate, up = (state[f"{at}mlp.{part}_proj.weight"] @ row for part in ("gate", "up"))
        hidden = hidden + state[at + "mlp.down_proj.weight"] @ (gate / (1 + np.exp(-gate)) * up)
    return state["model.embed_tokens.weight"] @ normed(hidden, "model.norm.weight"), entry


def test_longer_than_the_window_is_the_rule_token_by_token(exact, plain):
    pieces = exact.cut([LONG])[0]
    assert len(pieces) > 2 * WINDOW
    state = {name: value.double().numpy() for name, value in plain.state_dict().items()}
    expected = naive(state, pieces.ids.tolist())
    np.testing.assert_allclose(surprisals(exact, LONG), expected, atol=1e-4)
    np.testing.assert_allclose(score_by_reading(exact, LONG).values[SURPRISAL], expected, atol=1e-4)


@pytest.mark.parametrize(
    "text", [SCRIPTS, "x" * 3000, "東京" * 300 + "😀", "\n" * 500], ids=["scripts", "x", "東", "n"]
)
def test_every_text_can_be_read(small, text):
    (found,) = small.surprisals([text])
    assert len(found) > 0
    assert np.isfinite(found.values[SURPRISAL]).all()
    assert {i for s, e in found.offsets.tolist() for i in range(s, e)} >= {
        i for i, character in enumerate(text) if not character.isspace() and character != "\x00"
    }


def test_nothing_and_one_token(small):
    nothing, one = small.surprisals(["", "a"])
    assert nothing.values[SURPRISAL].shape == (0,)
    assert one.values[SURPRISAL].shape == (1,)
    assert small.surprisals([]) == []


def test_a_context_is_never_written_to(small):
    before, after = (p.ids for p in small.cut([LINES[0], LINES[1]]))
    context = small.read(small.start(), before)[1]
    keys = context.memory.keys.copy()
    first = small.read(context, after)[0]
    small.read(context, after[::-1].copy())
    assert (context.memory.keys == keys).all()
    assert (small.read(context, after)[0] == first).all()


def test_neither_threads_nor_neighbours_change_a_result(folders, small):
    texts, given = [*LINES[:4], LONG, "", "a"], [LINES[0]] * 3 + [LONG, "", "", LINES[1]]
    alone = [small.surprisals([t], given=[g])[0].values[SURPRISAL] for t, g in zip(texts, given, strict=True)]
    many = open_mini(folders[4], threads=4)
    with ThreadPoolExecutor(3) as pool:
        rounds = list(pool.map(lambda _: many.surprisals(texts, given=given), range(3)))
    for found in rounds:
        for made, expected in zip(found, alone, strict=True):
            assert (made.values[SURPRISAL] == expected).all()


def test_special_tokens_in_a_text_are_letters(small):
    assert 0 not in small.cut(["<s> and <s>"])[0].ids


def test_a_number_that_is_no_token(small):
    for wrong in (-1, 300):
        with pytest.raises(InvalidInput, match=f"{wrong} is no token"):
            small.read(small.start(), np.array([1, wrong]))


def test_no_torch_is_needed(folders):
    code = (
        "import sys; from tamis.models.causal import load_causal; m = load_causal(sys.argv[1]);"
        "m.surprisals(['It rains.']); assert 'torch' not in sys.modules and 'transformers' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code, str(folders[4])], check=True, timeout=120)


def test_there_is_no_folder(tmp_path):
    with pytest.raises(ModelNotFound):
        load_causal(tmp_path / "nothing")


BROKEN = {
    "model.onnx": lambda path: path.write_bytes(path.read_bytes()[:1000]),
    "tokenizer.json": lambda path: path.write_text("{"),
    "config.json": lambda path: path.write_text("[1]"),
}


@pytest.mark.parametrize("name", BROKEN)
@pytest.mark.parametrize("missing", [True, False], ids=["missing", "broken"])
def test_broken_files_are_named(folders, tmp_path, name, missing):
    folder = shutil.copytree(folders[4], tmp_path / "copy", ignore=shutil.ignore_patterns("original"))
    (folder / name).unlink() if missing else BROKEN[name](folder / name)
    with pytest.raises(ModelCorrupt) as caught:
        open_mini(folder)
    assert name in str(caught.value)
    assert caught.value.hint


@pytest.mark.parametrize(
    "change", [{"vocabulary": 299}, {"window": 4}, {"begin": 300}, {"sinks": -1}, {"layers": "two"}, {"window": None}]
)
def test_a_card_that_cannot_be_true(folders, tmp_path, change):
    folder = shutil.copytree(folders[4], tmp_path / "copy", ignore=shutil.ignore_patterns("original"))
    card = json.loads((folder / "config.json").read_text()) | change
    (folder / "config.json").write_text(json.dumps(card))
    with pytest.raises(ModelCorrupt):
        open_mini(folder)


def test_another_models_graph(folders, tmp_path):
    folder = shutil.copytree(folders[4], tmp_path / "copy", ignore=shutil.ignore_patterns("original"))
    shutil.copy(next(info.path for info in models() if info.name == "mini") / "model.onnx", folder / "model.onnx")
    with pytest.raises(ModelCorrupt, match="has no output"):
        open_mini(folder)


def test_the_shipped_folder_is_what_its_card_says():
    (found,) = (info for info in models() if info.name == "mini-lm")
    verify(found)
    assert found.size < 48e6
