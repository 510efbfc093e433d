import sys

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tamis.errors import InvalidInput, MissingExtra, ModelCorrupt, ModelNotFound
from tamis.models import load, unload
from tamis.models.chunks import chunks
from tests.models.conftest import LINES

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

from tamis.models.classifier import TokenClassifier, keep_label, load_classifier  # noqa: E402
from tamis.models.sequences import SequenceReader  # noqa: E402
from tamis.models.transformers.hub import Place  # noqa: E402

TEXT = "\n".join(LINES) + "\n\n" + " ".join(LINES)


@pytest.fixture(scope="session", params=["bert", "xlmr"])
def folder(request):
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="session")
def classifier(folder):
    return load_classifier(folder)


def naive(folder, text, spans):
    """The paper's scoring with transformers alone: each chunk by itself, the tokenizer's own special tokens."""
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    model = transformers.AutoModelForTokenClassification.from_pretrained(folder, attn_implementation="eager").eval()
    found = []
    for span in spans:
        code = tokenizer(span.of(text), return_tensors="pt", return_special_tokens_mask=True)
        mask = code.pop("special_tokens_mask")[0] == 0
        assert code["input_ids"].shape[1] <= 64
        with torch.no_grad():
            found.append(model(**code).logits.softmax(-1)[0, mask, 1].numpy())
    return np.concatenate(found)


def test_probabilities_equal_a_naive_run(folder, classifier):
    assert classifier.limit == 64
    spans = list(chunks(TEXT, SequenceReader(classifier.tokenizer, 64).measure, 64))
    assert len(spans) > 4
    expected = naive(folder, TEXT, spans)
    found = classifier.keep([TEXT])[0].values["keep"]
    np.testing.assert_allclose(found, expected, atol=1e-4)
    assert expected.std() > 0.01  # or the comparison would say nothing


def test_batches_of_different_lengths_equal_single_runs(folder, classifier, monkeypatch):
    texts = [LINES[0], TEXT, "", " \n", LINES[1] + LINES[2]]
    single = [classifier.keep([text])[0] for text in texts]
    monkeypatch.setattr("tamis.models.padded.CPU_BATCH", 200)
    for one, many in zip(single, classifier.keep(texts), strict=True):
        assert (one.offsets == many.offsets).all()
        np.testing.assert_allclose(one.values["keep"], many.values["keep"], atol=1e-5)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.sampled_from("ab é東😀.!\n\ud800\x00 Z9"), max_size=300), cut=st.integers(0, 5))
def test_offsets_are_ordered_and_inside_the_text(classifier, text, cut):
    found = classifier.keep([text[cut:]])[0]
    starts, ends = found.offsets.T
    assert (starts <= ends).all()
    assert not len(ends) or ends.max() <= len(text[cut:])
    assert (np.diff(starts) >= 0).all()
    assert ((found.values["keep"] >= 0) & (found.values["keep"] <= 1)).all()
    assert not any(text[cut:][s].isspace() for s, e in found.offsets.tolist() if e > s)


def test_offsets_name_the_words(classifier):
    found = classifier.keep(["The committee met."])[0]
    covered = {i for s, e in found.offsets.tolist() for i in range(s, e)}
    assert covered == set(range(18)) - {3, 13}


@given(
    st.text(st.sampled_from("ab .!\n"), max_size=120),
    st.integers(1, 9),
)
def test_chunks_partition_and_fit(text, room):
    def measure(texts):
        return [2 + len(t.replace(" ", "")) for t in texts]

    found = list(chunks(text, measure, room + 2))
    assert "".join(s.of(text) for s in found) == (text if text.strip() else "")
    assert all(m <= room + 2 for m in measure([s.of(text) for s in found]))


def test_chunks_do_not_split_words_that_fit():
    text = "alpha beta gamma. " * 5
    spans = list(chunks(text, lambda texts: [2 + len(t.strip()) for t in texts], 20))
    assert {s.of(text) for s in spans} == {"alpha beta gamma. "}
    spans = list(chunks(text, lambda texts: [2 + len(t.strip()) for t in texts], 10))
    assert all(s.of(text).strip() in {"alpha", "beta", "gamma."} for s in spans)


def test_chunks_end_where_joining_lengthens():
    def measure(texts):  # joined text measures more than its parts: a guess must not loop forever
        return [2 + len(t) ** 2 for t in texts]

    spans = list(chunks("a b c d", measure, 6))
    assert "".join(s.of("a b c d") for s in spans) == "a b c d"
    assert all(len(s) <= 2 for s in spans)


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ({0: "LABEL_0", 1: "LABEL_1"}, 1),
        ({0: "KEEP", 1: "DROP"}, 0),
        ({0: "no", 1: "yes"}, 1),
        ({0: "O", 1: "B", 2: "preserve"}, 2),
    ],
)
def test_keep_label(labels, expected):
    assert keep_label(labels, "m") == expected


def test_labels_without_keep_are_refused():
    with pytest.raises(ModelCorrupt, match=r"'m'.*O, B-PER, I-PER"):
        keep_label({0: "O", 1: "B-PER", 2: "I-PER"}, "m")


def test_a_folder_is_what_its_config_says(folder):
    assert isinstance(load(folder), TokenClassifier)


def test_bfloat16_only_when_asked(bert):
    assert load_classifier(bert).model.dtype == torch.float32
    asked = load_classifier(bert, Place(dtype="bfloat16"))
    assert asked.model.dtype == torch.bfloat16
    assert len(asked.keep([LINES[0]])[0]) > 10


def copied(folder, to):
    to.mkdir()
    for path in folder.iterdir():
        (to / path.name).write_bytes(path.read_bytes())
    return to


def test_truncated_weights(bert, tmp_path):
    broken = copied(bert, tmp_path / "broken")
    weights = broken / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])
    with pytest.raises(ModelCorrupt, match="broken"):
        load(broken)


@pytest.mark.parametrize("missing", ["model.safetensors", "tokenizer.json", "config.json"])
def test_missing_files(bert, tmp_path, missing):
    broken = copied(bert, tmp_path / "broken")
    (broken / missing).unlink()
    with pytest.raises(ModelCorrupt, match="broken"):
        load(broken)


def test_unknown_device_and_dtype(bert):
    with pytest.raises(InvalidInput, match="float13"):
        load_classifier(bert, Place(dtype="float13"))
    with pytest.raises(InvalidInput, match="abacus"):
        load_classifier(bert, Place(device="abacus"))


def test_the_hub_out_of_reach(monkeypatch):
    def refuse(*_, **__):
        raise OSError("We couldn't connect")

    monkeypatch.setattr(transformers.AutoTokenizer, "from_pretrained", refuse)
    with pytest.raises(ModelNotFound, match=r"'owner/name'.*couldn't connect.*network"):
        load("owner/name")


def test_opened_once_until_unloaded(bert):
    first = load(bert)
    assert load(str(bert)).model is first.model
    unload()
    assert load(bert).model is not first.model


def test_without_torch(bert, monkeypatch):
    unload()
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(MissingExtra, match=r"tamis\[torch\]"):
        load(bert)
