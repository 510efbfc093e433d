"""Sentence encoders from folders made here: the recipe of `modules.json` against transformers by hand."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from tamis.errors import ModelCorrupt, ModelNotFound
from tamis.models import unload
from tamis.models.encoder import Mini
from tamis.models.sentence import load_sentences
from tamis.models.transformers.hub import Place
from tamis.prompt.documents.rankers import Embedding, ranker

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

TEXTS = ["The committee met on Tuesday.", "Costs rose by 3.5 %.", "Nobody objected; the motion carried 7-0."]
TYPE = "sentence_transformers.models."
MODES = {
    "cls": "pooling_mode_cls_token",
    "mean": "pooling_mode_mean_tokens",
    "max": "pooling_mode_max_tokens",
    "lasttoken": "pooling_mode_lasttoken",
}


@pytest.fixture
def build(bert: Path, tmp_path: Path):
    """Make a sentence-transformers folder of the tiny BERT."""
    unload()

    def write(path: str, value: object) -> None:
        (tmp_path / "model" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "model" / path).write_text(json.dumps(value), encoding="utf-8")

    def make(*parts: str, pooling: object = None, config: object = None, longest: int = 64) -> Path:
        shutil.copytree(bert, tmp_path / "model")
        paths = {"Transformer": ""} | {part: f"{i}_{part}" for i, part in enumerate(parts, 1)}
        write("modules.json", [{"idx": i, "type": TYPE + t, "path": p} for i, (t, p) in enumerate(paths.items())])
        write("sentence_bert_config.json", {"max_seq_length": longest, "do_lower_case": False})
        write("1_Pooling/config.json", pooling or {MODES["mean"]: True, "pooling_mode_cls_token": False})
        write("config_sentence_transformers.json", config or {})
        return tmp_path / "model"

    return make


def by_hand(folder: Path, text: str, mode: str = "mean"):
    """The pooled vector (d,) of one short text, by transformers alone."""
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    model = transformers.AutoModel.from_pretrained(folder).eval()
    with torch.inference_mode():
        hidden = model(**tokenizer(text, return_tensors="pt")).last_hidden_state[0]
    return {"mean": hidden.mean(0), "cls": hidden[0], "max": hidden.max(0).values, "lasttoken": hidden[-1]}[mode]


def unit(vector):
    return (vector / vector.norm()).numpy()


@pytest.mark.parametrize("mode", sorted(MODES))
@pytest.mark.parametrize("newer", [False, True])
def test_pooling_is_what_the_folder_says(build, mode, newer):
    said = {"pooling_mode": mode} if newer else {name: key == mode for key, name in MODES.items()}
    folder = build("Pooling", pooling=said)
    made = load_sentences(str(folder)).vectors(TEXTS)
    np.testing.assert_allclose(made, [unit(by_hand(folder, t, mode)) for t in TEXTS], atol=1e-5)


def test_a_batch_says_what_one_by_one_does(build, monkeypatch):
    monkeypatch.setattr("tamis.models.padded.CPU_BATCH", 10_000)  # as on a GPU: padded, many at once
    model = load_sentences(str(build("Pooling")))
    together = model.vectors(TEXTS)
    np.testing.assert_allclose(together, np.concatenate([model.vectors([t]) for t in TEXTS]), atol=1e-5)


def test_a_model_taught_by_products_keeps_its_lengths(build):
    folder = build("Pooling", config={"similarity_fn_name": "dot"})
    made = load_sentences(str(folder)).vectors(TEXTS)
    np.testing.assert_allclose(made, [by_hand(folder, t).numpy() for t in TEXTS], atol=1e-5)


def test_a_dense_layer_and_normalisation_come_behind(build):
    from safetensors.torch import save_file

    folder = build("Pooling", "Dense", "Normalize", config={"similarity_fn_name": "dot"})
    weight, bias = torch.linspace(-1, 1, 5 * 32).reshape(5, 32), torch.linspace(0, 1, 5)
    (folder / "2_Dense").mkdir()
    said = {"in_features": 32, "out_features": 5, "activation_function": "torch.nn.modules.activation.Tanh"}
    (folder / "2_Dense" / "config.json").write_text(json.dumps(said), encoding="utf-8")
    save_file({"linear.weight": weight, "linear.bias": bias}, folder / "2_Dense" / "model.safetensors")
    made = load_sentences(str(folder)).vectors(TEXTS)
    expected = [unit(torch.tanh(weight @ by_hand(folder, t) + bias)) for t in TEXTS]
    np.testing.assert_allclose(made, expected, atol=1e-5)


def test_a_plain_encoder_is_the_mean_of_its_pieces(bert):
    unload()
    made = load_sentences(str(bert)).vectors(TEXTS)
    np.testing.assert_allclose(made, [unit(by_hand(bert, t)) for t in TEXTS], atol=1e-5)


def test_a_long_text_is_read_to_its_end_and_a_blank_one_is_nothing(build):
    model = load_sentences(str(build("Pooling", longest=24)))
    assert model.reader.limit == 24
    long = " ".join(TEXTS * 4)
    parts = model.reader.read([long])
    assert len(parts) > 3
    assert max(len(r.ids) for r in parts) <= 24
    made = model.vectors([long, long[:-40], "", " \n"])
    assert not np.allclose(made[0], made[1], atol=1e-4)
    np.testing.assert_allclose(np.linalg.norm(made[0]), 1, atol=1e-5)
    assert not made[2:].any()


def test_the_prompts_of_the_configuration_go_before(build):
    prompts = {"query": "Costs: ", "document": "Committee: "}
    folder = build("Pooling", config={"prompts": prompts})
    plain = Embedding(str(folder), query_prefix="", document_prefix="")
    expected = ranker(plain)("Costs: what rose?", [f"Committee: {t}" for t in TEXTS])
    np.testing.assert_allclose(ranker("embedding", model=str(folder))("what rose?", TEXTS), expected, atol=1e-6)
    assert not np.allclose(ranker(plain)("what rose?", TEXTS), expected, atol=1e-4)


def test_the_embedded_encoder_is_found_by_name():
    assert isinstance(load_sentences("mini", threads=1), Mini)


def test_a_model_is_opened_once(build):
    folder = str(build("Pooling"))
    assert load_sentences(folder) is load_sentences(folder)
    assert load_sentences(folder, place=Place("cpu")) is not load_sentences(folder)


@pytest.mark.parametrize(
    ("parts", "pooling", "message"),
    [
        (("Pooling", "CNN"), None, "has a part 'sentence_transformers.models.CNN'"),
        (("Pooling",), {"pooling_mode_weightedmean_tokens": True}, "pools by"),
        (("Pooling",), {MODES["cls"]: True, MODES["mean"]: True}, "pools by"),
        (("Pooling",), {MODES["mean"]: True, "include_prompt": False}, "pools by"),
        (("Pooling", "Dense"), None, "dense layer"),
    ],
)
def test_a_recipe_that_is_not_known_is_an_error(build, parts, pooling, message):
    with pytest.raises(ModelCorrupt, match=message):
        load_sentences(str(build(*parts, pooling=pooling)))


def test_a_broken_file_is_an_error(build):
    folder = build("Pooling")
    (folder / "modules.json").write_text("[{", encoding="utf-8")
    with pytest.raises(ModelCorrupt, match=r"modules.json that cannot be read"):
        load_sentences(str(folder))


def test_a_folder_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(ModelNotFound, match="nowhere"):
        load_sentences(str(tmp_path / "nowhere"))


def test_an_older_folder_keeps_its_transformer_in_a_subfolder(build, bert, tmp_path):
    folder = build("Pooling")
    old = tmp_path / "old"
    (old / "0_Transformer").mkdir(parents=True)
    for path in folder.iterdir():
        inside = path.is_file() and path.name not in {"modules.json", "config_sentence_transformers.json"}
        shutil.move(path, old / "0_Transformer" / path.name if inside else old / path.name)
    parts = json.loads((old / "modules.json").read_text(encoding="utf-8"))
    parts[0]["path"] = "0_Transformer"
    (old / "modules.json").write_text(json.dumps(parts), encoding="utf-8")
    made = load_sentences(str(old)).vectors(TEXTS)
    np.testing.assert_allclose(made, [unit(by_hand(bert, t)) for t in TEXTS], atol=1e-5)
