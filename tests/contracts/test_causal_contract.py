"""What every causal language model promises, whatever runs it: one contract over all backends and a naive oracle."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tamis.models.causal import SURPRISAL, CausalLM, score_by_reading
from tamis.models.causal.endpoint import open_endpoint
from tamis.models.causal.load import load_causal
from tests.models.completions_server import Server
from tests.models.conftest import LINES
from tests.models.tiny_lms import CODE, SCRIPTS, Oracle, byte_level, config, mini, saved

QUESTION = "When did the committee meet?"
TEXTS = [LINES[0], "", SCRIPTS, " \n", LINES[1] + "\n\n" + LINES[2], "".join(CODE[:2]), "a"]
LONG = " ".join(LINES[:4]) + "\n" + "".join(CODE[:2])  # more tokens than the tiny models have positions
BACKENDS = ["oracle", "gpt2", "llama", "mistral", "no-begin", "uncached", "endpoint", "mini", "mini-32", "mini-4"]


def transformers_lm(kind, folder):
    pytest.importorskip("transformers")
    begin = {"no-begin": None, "gpt2": "<|endoftext|>"}.get(kind, "<s>")
    shape = config({"no-begin": "llama", "uncached": "llama"}.get(kind, kind))
    from tamis.models.causal.hf import open_transformers

    return open_transformers(str(saved(folder / kind, shape, byte_level(begin=begin))), device="cpu")


@pytest.fixture(scope="module", params=BACKENDS)
def model(request, tmp_path_factory):
    if request.param == "oracle":
        yield Oracle()
    elif request.param == "endpoint":
        pytest.importorskip("httpx")
        with Server() as server:
            yield open_endpoint(server.address)
    elif request.param.startswith("mini-"):
        pytest.importorskip("onnx")
        yield load_causal(mini(tmp_path_factory.mktemp("mini"), bits=int(request.param[5:])))
    elif request.param == "mini":
        yield load_causal("mini-lm")
    else:
        made = transformers_lm(request.param, tmp_path_factory.mktemp("models"))
        yield replace(made, cached=False) if request.param == "uncached" else made


def equal(found, expected):
    assert (found.offsets == expected.offsets).all()
    np.testing.assert_allclose(found.values[SURPRISAL], expected.values[SURPRISAL], atol=1e-4)


def test_it_is_one(model):
    assert isinstance(model, CausalLM)
    assert model.name
    assert model.window > 1


@pytest.mark.parametrize("text", TEXTS)
def test_offsets_are_the_texts_own_characters(model, text):
    (pieces,) = model.cut([text])
    starts, ends = pieces.offsets.T
    assert pieces.offsets.shape == (len(pieces), 2)
    assert ((starts >= 0) & (starts <= ends) & (ends <= len(text))).all()
    assert (np.diff(starts) >= 0).all()
    assert (np.diff(ends) >= 0).all()
    assert not [text[s:e] for s, e in pieces.offsets.tolist() if e > s and text[s].isspace()]


def test_every_letter_belongs_to_a_token(model):
    text = " ".join(LINES[:4])
    covered = {i for s, e in model.cut([text])[0].offsets.tolist() for i in range(s, e)}
    assert covered >= {i for i, character in enumerate(text) if character.isalnum()}


def test_each_token_has_a_surprisal(model):
    for found, pieces in zip(model.surprisals(TEXTS), model.cut(TEXTS), strict=True):
        values = found.values[SURPRISAL]
        assert (found.offsets == pieces.offsets).all()
        assert values.shape == (len(pieces),)
        assert np.isfinite(values).all()
        assert (values >= 0).all()


@pytest.mark.parametrize("given", ["", QUESTION, LONG], ids=["alone", "question", "long"])
@pytest.mark.parametrize("text", [*TEXTS, LONG])
def test_surprisals_are_what_reading_gives(model, text, given):
    equal(model.surprisals([text], given=[given])[0], score_by_reading(model, text, given))


def test_a_batch_is_its_texts_one_by_one(model):
    texts = [*TEXTS, LONG, LINES[0]]
    given = [QUESTION, QUESTION, QUESTION, "", QUESTION, LINES[1], QUESTION, LONG, LINES[1]]
    for text, before, found in zip(texts, given, model.surprisals(texts, given=given), strict=True):
        equal(found, model.surprisals([text], given=[before])[0])
    assert model.surprisals([]) == []


def test_no_condition_is_an_empty_one(model):
    for found, expected in zip(model.surprisals(TEXTS), model.surprisals(TEXTS, given=[""] * len(TEXTS)), strict=True):
        equal(found, expected)


def test_a_condition_counts(model):
    bare, told = (model.surprisals([LINES[0]], given=[given])[0].values[SURPRISAL] for given in ("", QUESTION))
    assert abs(bare - told).max() > 1e-3


def test_reading_in_parts_is_reading_at_once(model):
    ids = model.cut([LONG])[0].ids
    whole, end = model.read(model.start(), ids)
    context, found = model.start(), []
    for part in np.array_split(ids, [1, 2, 30, 30, 61, 62, 63, 64, 65, 66, 90]):
        scores, context = model.read(context, part)
        found.append(scores)
    np.testing.assert_allclose(np.concatenate(found), whole, atol=1e-4)
    assert context.length == end.length == model.start().length + len(ids)


def test_extending_is_reading_without_surprisals(model):
    first, second = (pieces.ids for pieces in model.cut([LONG, QUESTION]))
    expected, read = model.read(model.read(model.start(), first)[1], second)
    context = model.start()
    for part in np.array_split(first, [0, 1, 2, 30, 64, 90]):
        context = model.extend(context, part)
    found, extended = model.read(context, second)
    np.testing.assert_allclose(found, expected, atol=1e-4)
    assert extended.length == read.length


def test_a_context_never_changes(model):
    before, segment, other = (pieces.ids for pieces in model.cut([QUESTION, LONG, LINES[3]]))
    context = model.read(model.start(), before)[1]
    first, _ = model.read(context, segment)
    kept, after = model.read(context, segment[::3])
    model.read(after, other)
    model.read(context, other)
    again, _ = model.read(context, segment)
    kept_again, after_again = model.read(context, segment[::3])
    np.testing.assert_allclose(again, first, atol=1e-4)
    np.testing.assert_allclose(kept_again, kept, atol=1e-4)
    np.testing.assert_allclose(model.read(after, other)[0], model.read(after_again, other)[0], atol=1e-4)


def test_reading_nothing(model):
    none = np.zeros(0, np.int64)
    scores, context = model.read(model.start(), none)
    assert scores.shape == (0,)
    assert context.length == model.start().length
    ids = model.cut([LINES[0]])[0].ids
    np.testing.assert_allclose(model.read(context, ids)[0], model.read(model.start(), ids)[0], atol=1e-4)
