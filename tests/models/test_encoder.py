import json
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tamis.errors import InvalidInput, ModelCorrupt, ModelNotFound
from tamis.models import Mini, ModelInfo, load, load_mini, models, verify
from tamis.models.encoder import MINI, EncoderInput
from tamis.models.pieces import CHUNK, Cutter
from tamis.models.windows import Window

SENTENCES = [
    "The reactor was shut down at 14:05 because pressure had risen to 3.2 bar.",
    "Well, I mean, you know, it was sort of a long day for all of us, really.",
    "Dr. Okafor asked who had signed the report; nobody answered.",
    "Il café naïve près de Zürich — 東京大学で研究 😀 👩‍👩‍👧 ended.",
]
LONG = "\n".join(SENTENCES * 12)


@pytest.fixture(scope="module")
def mini() -> Mini:
    return load_mini()


def same(a, b):
    return (a.offsets == b.offsets).all() and all((a.values[k] == b.values[k]).all() for k in a.values)


def test_scores_do_not_depend_on_batch_mates_or_threads(mini):
    alone = [mini.keep([text])[0] for text in (LONG, *SENTENCES)]
    together = mini.keep([LONG, *SENTENCES])
    assert all(same(a, b) for a, b in zip(alone, together, strict=True))
    assert all(same(a, b) for a, b in zip(alone, load_mini(threads=3).keep([LONG, *SENTENCES]), strict=True))
    assert len(alone[0]) > 2 * mini.settings.window  # several windows


def test_relevance_does_not_depend_on_batch_mates_or_threads(mini):
    question = "Who signed the report?"
    alone = [mini.relevance(question, [text])[0] for text in (LONG, *SENTENCES)]
    together = load_mini(threads=3).relevance(question, [LONG, *SENTENCES])
    assert all(same(a, b) for a, b in zip(alone, together, strict=True))
    assert set(alone[0].values) == {"evidence", "answer"}


def test_a_question_changes_what_is_relevant(mini):
    first, second = (mini.relevance(q, [LONG])[0].values["evidence"] for q in ("Who signed?", "Why was it shut down?"))
    assert not np.allclose(first, second)


def test_keep_says_what_its_card_promises(mini):
    said = mini.keep([LONG])[0].values
    weights, share = mini.settings.tiers, mini.settings.salience
    assert sum(weights) == pytest.approx(1)
    np.testing.assert_allclose(said["keep"], (1 - share) * said["tiers"] + share * said["salience"])
    assert all(((v >= 0) & (v <= 1)).all() for v in said.values())
    assert said["keep"].dtype == np.float64


def test_one_window_equals_the_bare_graph(mini):
    import onnxruntime

    code = Cutter(MINI / "tokenizer.json").cut([SENTENCES[0]])[0]
    ids = np.array([[mini.cutter.begin, *code.ids, mini.cutter.end]])
    feeds = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(str(MINI / "model.onnx"), options, providers=["CPUExecutionProvider"])
    salience, vector = session.run(["salience", "vector"], {**feeds, "deep": np.array(True)})
    np.testing.assert_allclose(mini.keep([SENTENCES[0]])[0].values["salience"], salience[0, 1:-1], atol=1e-4)
    np.testing.assert_allclose(mini.vectors([SENTENCES[0]]), vector, atol=1e-3)


def test_windows_agree_with_one_reading_where_they_are_the_same(mini):
    """The first window of a long text is judged as if the text ended behind it."""
    pieces = mini.cutter.cut([LONG])[0]
    size = mini.settings.window + 2 * mini.settings.margin
    head = LONG[: pieces.offsets[size - 1, 1]]
    judged = mini.settings.window + mini.settings.margin
    short, long = mini.keep([head])[0].values["keep"], mini.keep([LONG])[0].values["keep"]
    assert (short[:judged] == long[:judged]).all()
    assert not (short[judged:size] == long[judged:size]).all()


def test_a_pair_is_framed_as_in_training(mini):
    begin, end = mini.cutter.begin, mini.cutter.end
    ids, types, shift = mini._framed(np.array([7, 8]), np.array([9]))
    assert ids.tolist() == [[begin, 7, 8, end, 9, end]]
    assert types.tolist() == [[0, 0, 0, 0, 1, 1]]
    assert shift == 4
    ids, types, shift = mini._framed((), np.array([9]))
    assert (ids.tolist(), types.tolist(), shift) == ([[begin, 9, end]], [[0, 0, 0]], 1)


def test_a_long_question_keeps_both_ends(mini):
    asked = mini._question_ids("alpha " + "filler " * 500 + "omega")
    assert len(asked) == mini.settings.question
    whole = mini.cutter.cut(["alpha omega"])[0].ids
    assert (asked[0], asked[-1]) == (whole[0], whole[-1])
    assert np.isfinite(mini.relevance("why " * 9999, [LONG])[0].values["evidence"]).all()


def test_vectors_are_unit_and_near_for_like_meaning(mini):
    vectors = mini.vectors(
        ["A cat sat on the mat.", "There is a kitten on the rug.", "Interest rates rose.", "", LONG * 3]
    )
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert vectors.dtype == np.float32
    assert vectors.shape == (5, 384)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.2
    assert (mini.vectors([LONG * 3])[0] == vectors[4]).all()


def test_nothing_gives_nothing(mini):
    assert mini.keep([]) == mini.relevance("why?", []) == []
    assert mini.vectors([]).shape == (0, 384)
    assert [len(s) for s in mini.keep(["", " \n\t", "\x00"])] == [0, 0, 0]
    assert len(mini.relevance("", ["A passage without a question."])[0]) > 4


odd = st.text(st.one_of(st.characters(), st.sampled_from("ab \n.,'\ud800\udfff\x00\u0301\u200d😀東é́ไทย")), max_size=200)


@settings(max_examples=150)
@given(odd)
def test_offsets_are_ordered_and_inside_any_text(text):
    said = load_mini().keep([text])[0]
    starts, ends = said.offsets.T
    assert (starts < ends).all()
    assert (starts[1:] >= ends[:-1]).all()
    assert not len(ends) or (starts[0] >= 0 and ends[-1] <= len(text))
    assert np.isfinite(said.values["keep"]).all()


@pytest.mark.parametrize("text", ["Über 😀 café", "東京 大学", "a\ud800b c", "x\x00 y z", "👩‍👩‍👧 Zoë́ end"])
def test_offsets_are_characters_of_the_text_as_given(mini, text):
    offsets = mini.keep([text])[0].offsets
    last = text.split()[-1]
    assert text[offsets[-1, 0] : offsets[-1, 1]] == last[-(offsets[-1, 1] - offsets[-1, 0]) :]
    assert offsets[-1, 1] == len(text)


@given(st.lists(st.sampled_from(["word ", "a.b ", "\n", "é ", "東", "x" * 30 + " "]), min_size=1, max_size=300))
def test_chunking_changes_no_piece(parts):
    """Cut at white space, the text gives the pieces of the whole."""
    text = "".join(parts) * (1 + 2 * CHUNK // max(1, len("".join(parts))))
    cutter = load_mini().cutter
    whole = cutter._tokenizer.encode(text, add_special_tokens=False)
    found = cutter.cut([text])[0]
    if " " in text or "\n" in text:
        assert found.ids.tolist() == whole.ids
        assert found.offsets.tolist() == [list(o) for o in whole.offsets]


def test_a_megabyte_without_a_blank(mini):
    text = "".join(chr(97 + i % 26) for i in range(1 << 18))
    said = mini.keep([text])[0]
    assert 0 < len(said) < 1 << 18
    assert said.offsets[-1, 1] == len(text)


def test_eight_threads_open_one_session(tmp_path):
    folder = copied(tmp_path / "again")
    start = threading.Barrier(8, timeout=60)

    def opened(_):
        start.wait()
        made = load_mini(folder, threads=1)
        return made, made.keep([SENTENCES[0]])[0].values["keep"]

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(opened, range(8)))
    assert len({id(m.graph) for m, _ in made}) == 1
    assert all((scores == made[0][1]).all() for _, scores in made)
    assert load_mini(folder, threads=2).graph is made[0][0].graph


def copied(to):
    return shutil.copytree(MINI, to)


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json", "config.json"])
def test_files_cut_short(tmp_path, name):
    folder = copied(tmp_path / "broken one")
    (folder / name).write_bytes((folder / name).read_bytes()[:-300])
    with pytest.raises(ModelCorrupt, match=f"broken one/{name}"):
        load(folder)


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json", "config.json"])
def test_files_missing(tmp_path, name):
    folder = copied(tmp_path / "broken one")
    (folder / name).unlink()
    with pytest.raises(ModelCorrupt, match="broken one"):
        load(folder)


def test_a_card_of_nothing_usable(tmp_path):
    folder = copied(tmp_path / "odd")
    (folder / "config.json").write_text(json.dumps({"format": 1, "blend": {}}))
    with pytest.raises(ModelCorrupt, match=r"odd/config\.json"):
        load_mini(folder)
    (folder / "config.json").write_text(json.dumps({"format": 99}))
    with pytest.raises(ModelCorrupt, match=r"odd/config\.json"):
        load(folder)
    (folder / "config.json").write_text("[]")
    with pytest.raises(ModelCorrupt, match=r"odd/config\.json"):
        load(folder)


def test_no_such_model():
    with pytest.raises(ModelNotFound, match=r"\./nowhere"):
        load("./nowhere")
    with pytest.raises(ModelNotFound, match="nowhere"):
        load_mini("nowhere")
    with pytest.raises(InvalidInput, match=r"Unknown model 'mni'.*'mini'.*hub"):
        load("mni")
    with pytest.raises(InvalidInput, match="threads"):
        load_mini(threads=0)


def test_names_and_folders_open_the_same(mini):
    assert load("mini").graph is mini.graph
    assert load(MINI).graph is mini.graph


def test_the_installed_models_are_what_their_cards_say():
    (info,) = [info for info in models() if info.name == "mini"]
    assert isinstance(info, ModelInfo)
    assert info.size > 10_000_000
    assert {"tiers", "salience", "evidence", "answer", "vector"} <= set(info.heads)
    assert info.licence
    assert info.note
    verify(info)


def test_verify_finds_what_differs(tmp_path):
    (info,) = [info for info in models() if info.name == "mini"]
    folder = copied(tmp_path / "mini")
    other = ModelInfo("mini", folder, 0, "", info.sha256, (), "")
    (folder / "tokenizer.json").write_bytes(b"{}")
    with pytest.raises(ModelCorrupt, match=r"tokenizer.json.*sha256"):
        verify(other)
    (folder / "model.onnx").unlink()
    with pytest.raises(ModelCorrupt, match=r"model.onnx.*missing"):
        verify(other)


def test_a_job_knows_where_its_pieces_begin(mini):
    jobs = list(mini._inputs(3, mini.cutter.cut([LONG])[0], (), 40))
    assert all(isinstance(job, EncoderInput) and job.number == 3 and job.shift == 1 for job in jobs)
    assert jobs[0].window == Window(0, 40, 0, 40 - mini.settings.margin)
