"""Words by surprisal: token i by its own, segment by segment, behind what was kept before."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tamis
from tamis.core import Span
from tamis.errors import ModelError
from tamis.models.causal import load_causal
from tamis.prompt.documents.source import Source
from tamis.prompt.methods import llmlingua
from tamis.prompt.options import Options, Surprisal
from tamis.prompt.request import Request
from tamis.text.align import pool_tokens
from tamis.text.words import words
from tests.prompt.cache_lm import CacheLM

ROOT = Path(__file__).resolve().parents[2]
MEETING = (ROOT / "examples" / "meeting.txt").read_text(encoding="utf-8")
NO_CLEANING = tamis.Options(clean=False, detectors=(), form="bare")
METHODS = ["llmlingua", "longllmlingua"]
QUESTION = "Who researches the options for a chat?"


def asked(text, share=0.5, *, question=None, pinned=None, documents=None, **knobs):
    """What the scorers see; `share` for each word, or one for all."""
    units = words(text)
    shares = None if share is None else np.broadcast_to(np.asarray(share, np.float64), (len(units),)).copy()
    options = Options(surprisal=Surprisal(**knobs), form="bare")
    spans = documents or (Span(0, len(text)),)
    nothing = np.zeros(len(units), np.bool_)
    return Request(units, Source(text, spans), nothing, question, "mini-lm", options, shares, pinned)


def auc(scores, kept):
    """The chance that a kept word scores higher than a dropped one; ties count half."""
    high, low = scores[kept][:, None], scores[~kept][None]
    return float(((high > low) + 0.5 * (high == low)).mean()) if high.size and low.size else 1.0


def naive(request, model, question=None):
    """Every segment read from scratch behind the ids that were kept so far: (scores of words, segments, kept ids).

    A second way to the same end: by loops over words, with a list of kept ids and no context kept for later.
    """
    (pieces,) = model.cut([request.text])
    units, size = request.units, request.options.surprisal.segment
    owner = [
        next((i for i, end in enumerate(units.ends) if end > stop - 1), len(units) - 1) for _, stop in pieces.offsets
    ]
    before = [[], *([list(model.cut([question + "\n\n"])[0].ids)] if question else [])]
    found, segments, kept = np.full(len(units), np.nan), [], []
    at = 0
    while at < len(owner):
        stop = at + 1
        while stop < len(owner) and (stop - at < size or owner[stop] == owner[stop - 1]):
            stop += 1
        ids = pieces.ids[at:stop]
        told = []
        for told_first in before:
            prefix = np.array([*told_first, *kept], np.int64)
            _, context = model.read(model.start(), prefix)
            told.append(model.read(context, ids)[0])
        values = told[0] - told[1] if question else told[0]
        inside = sorted(set(owner[at:stop]))
        pooled = pool_tokens(pieces.offsets[at:stop], values, units.starts[inside], units.ends[inside])
        best_first = sorted(inside, key=lambda w, p=pooled, i=inside: -p[i.index(w)])
        spent = 0
        for word in best_first:
            mine = owner[at:stop].count(word)
            # kept if more than half of the word lies within the share of the segment
            found[word] = ((1 - (spent + mine / 2) / (stop - at)) + request.shares[word]) / 2
            spent += mine
        going = {w for w in inside if 2 * found[w] - request.shares[w] > 1 - request.shares[w]}
        kept += [i for i, w in zip(ids, owner[at:stop], strict=True) if w in going]
        segments.append((at, stop))
        at = stop
    return found, segments, kept


TEXT = " ".join(f"{w}{'.' if i % 9 == 8 else ''}" for i, w in enumerate(MEETING[:2300].split()))


@pytest.mark.parametrize("segment", [1, 7, 40, 10_000])
@pytest.mark.parametrize("share", [0.2, 0.5, 1.0])
@pytest.mark.parametrize("question", [None, QUESTION])
def test_iterative_reading_is_reading_everything_anew(segment, share, question):
    """To the last bit of the ranks: what a segment is judged behind is what was kept, and nothing else."""
    request = asked(TEXT, share, segment=segment)
    fast, slow = CacheLM(), CacheLM()
    reading = llmlingua.Iterative(request, fast, question)
    found = reading.scores()
    expected, segments, kept = naive(request, slow, question)
    covered = ~np.isnan(expected)
    assert covered.mean() > 0.8
    np.testing.assert_allclose(found[covered], expected[covered], atol=1e-12)
    assert [(s.first, s.last) for s in reading.segments()] == segments
    assert fast.words(reading.reading.view) == slow.words(kept)


@pytest.mark.parametrize("kind", ["gpt2", "llama"])
def test_iterative_reading_on_a_transformer_is_reading_everything_anew(kind):
    pytest.importorskip("transformers")
    model = load_causal(ROOT / "tests" / "golden" / "reference" / kind)
    request = asked(MEETING[:900], 0.5, segment=60)
    expected, segments, _ = naive(request, model, QUESTION)
    found = llmlingua.Iterative(request, model, QUESTION).scores()
    assert len(segments) >= 3
    covered = ~np.isnan(expected)
    np.testing.assert_allclose(found[covered], expected[covered], atol=1e-9)


@pytest.mark.parametrize("kind", ["gpt2", "llama"])
@pytest.mark.parametrize("rate", [0.3, 0.6])
def test_a_word_is_kept_for_its_own_surprisal_and_not_for_its_neighbours(kind, rate):
    """Within each segment, kept words are those that surprise more; the `llmlingua` package has an AUC of 0.5 here."""
    pytest.importorskip("transformers")
    folder = str(ROOT / "tests" / "golden" / "reference" / kind)
    model = load_causal(folder)
    text = MEETING[:1500]
    result = tamis.compress(text, rate=rate, method="llmlingua", model=folder, options=NO_CLEANING)
    request = asked(text, rate, segment=200)
    told, reading = np.zeros(len(request.units)), llmlingua.Iterative(request, model, None)
    per_segment = []
    for segment in reading.segments():
        inside, part = reading._words(segment), slice(segment.first, segment.last)
        values = reading.reading.judge(reading.pieces.ids[part])
        starts, ends = request.units.starts[inside], request.units.ends[inside]
        told[inside] = pool_tokens(reading.pieces.offsets[part], values, starts, ends)
        kept = result.selection.chosen[inside]
        per_segment.append(auc(told[inside], kept))
        # what follows is read behind what the scorer kept, so that the surprisals are the same
        scored = result.selection.scores[inside] * 2 - request.shares[inside]
        mine = reading.word_of[part]
        reading.reading.keep(reading.pieces.ids[part], np.isin(mine, inside[scored > 1 - rate]))
    assert len(per_segment) >= 3
    assert min(per_segment) >= 0.99
    assert auc(told, result.selection.chosen) > 0.9  # (over all segments: each has a threshold of its own)
    following = np.append(told[1:], 0.0)
    assert auc(following, result.selection.chosen) < 0.75


def test_each_segment_keeps_its_share_the_last_one_too():
    """A dull half and a telling half: by one threshold for all the dull one would go, by segments it does not."""
    dull, telling = "the cat and the cat and the cat and the " * 12, MEETING[:500]
    reading = llmlingua.Iterative(asked(dull + telling, 0.4, segment=50), CacheLM(), None)
    scores = reading.scores()
    segments = list(reading.segments())
    assert len(segments) >= 4
    assert segments[-1].last - segments[-1].first < 50  # a partial one
    for segment in segments:
        inside = reading._words(segment)
        tokens = np.bincount(reading.word_of[segment.first : segment.last] - inside[0], minlength=len(inside))
        kept = tokens[scores[inside] > 0.5].sum()  # rank + share > 1
        longest = tokens.max()
        assert abs(kept - 0.4 * tokens.sum()) <= longest / 2 + 1


def test_ranks_are_by_tokens():
    # scores 3, 9, 5 with 1, 1, 2 tokens: best first 9 (0 to 1), 5 (1 to 3), 3 (3 to 4); middles .5, 2, 3.5 of 4
    np.testing.assert_allclose(llmlingua.ranks(np.array([3.0, 9, 5]), np.array([1, 1, 2])), [0.125, 0.875, 0.5])
    assert llmlingua.ranks(np.zeros(0), np.zeros(0, np.int64)).shape == (0,)
    assert np.isfinite(llmlingua.ranks(np.array([1.0, 2]), np.array([0, 0]))).all()


@given(st.lists(st.tuples(st.floats(-5, 5), st.integers(0, 4)), min_size=1, max_size=30), st.floats(0.05, 0.95))
def test_a_share_of_a_segment_is_that_share_of_its_tokens(rows, share):
    scores, sizes = np.array([s for s, _ in rows]), np.array([n for _, n in rows])
    ranked = llmlingua.ranks(scores, sizes)
    kept = ranked > 1 - share
    assert abs(sizes[kept].sum() - share * sizes.sum()) <= sizes.max() / 2 + 1e-6
    if kept.any() and (~kept & (sizes > 0)).any():
        assert scores[kept].min() >= scores[~kept & (sizes > 0)].max()


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("count", [1, 2, 3, 5, 9, 20, 35, 50])
@pytest.mark.parametrize("rate", [0.2, 0.5, 0.8])
def test_there_is_no_shortest_text(lm_of, method, count, rate):
    lm_of()
    text = " ".join(MEETING.split()[:count])
    result = tamis.compress(text, rate=rate, method=method, question=QUESTION, options=NO_CLEANING)
    limit = int(rate * result.original_tokens + 1e-9)
    dearest = int(result.selection.costs.max())
    assert limit - dearest < result.tokens <= limit


@pytest.mark.parametrize("method", METHODS)
@settings(max_examples=25)
@given(length=st.integers(50, 2000), rate=st.floats(0.1, 0.9), start=st.integers(0, 5000))
def test_the_budget_is_never_exceeded_and_used(method, length, rate, start):
    source = MEETING[start : start + 5 * length]
    with pytest.MonkeyPatch.context() as patch:
        from tests.prompt.conftest import stand_in

        stand_in(patch, CacheLM())
        bare = tamis.Options(form="bare")
        result = tamis.compress(source, rate=rate, method=method, question=QUESTION, options=bare)
    limit = int(rate * result.original_tokens + 1e-9)
    assert result.tokens <= limit
    if limit >= 200:
        assert result.tokens >= 0.97 * limit


@pytest.mark.parametrize("method", METHODS)
def test_a_number_of_tokens_is_kept_to(lm_of, method):
    lm_of()
    result = tamis.compress(MEETING[:6000], tokens=300, method=method, question=QUESTION)
    assert 291 <= result.tokens <= 300


def test_words_that_the_question_predicts_win(lm_of):
    """By hand: all words of four letters are new to the model but for those that it has seen, in the question."""
    lm_of()
    text = "lamp desk mill fire road tree ship rope"
    long = tamis.compress(text, tokens=2, method="longllmlingua", question="mill fire?", options=NO_CLEANING)
    assert long.text == "mill fire"
    plain = tamis.compress(text, tokens=2, method="llmlingua", question="mill fire?", options=NO_CLEANING)
    assert plain.text != "mill fire"
    both = tamis.Options(clean=False, detectors=(), form="bare", surprisal=Surprisal(contrast=True))
    assert tamis.compress(text, tokens=2, method="llmlingua", question="mill fire?", options=both).text == "mill fire"
    off = tamis.Options(clean=False, detectors=(), form="bare", surprisal=Surprisal(contrast=False))
    neither = tamis.compress(text, tokens=2, method="longllmlingua", question="mill fire?", options=off)
    assert neither.text == plain.text


def test_contrast_is_the_fall_of_surprisal_in_nats():
    """Eq. 3 by hand: `mill` is 1 of 1 + 3 tokens in view after "mill\\n\\n", and 0 of 1 before it."""
    model = CacheLM()
    reading = llmlingua.KeptContext(model, "mill")
    (pieces,) = model.cut(["mill"])
    rare = model.rare[pieces.ids[0]]
    (fall,) = reading.judge(pieces.ids)
    # in view: the token that begins every text, "mill", "\n\n" -> (1 + q) / 4; without the question: q / 2
    assert fall == pytest.approx(-np.log(rare / 2) + np.log((1 + rare) / 4))


def test_the_question_stays_in_view_of_a_text_longer_than_the_window():
    """At the end of a text of ten windows the question helps as at its beginning; a view that slides would lose it."""
    filler = " ".join(f"{w[:4]}" for w in MEETING.split()[:700])
    text = f"mill fire {filler} mill fire"
    request = asked(text, 0.5, segment=10)
    model = CacheLM(window=60)
    reading = llmlingua.Iterative(request, model, "mill fire?")
    reading.scores()
    falls = []
    again = llmlingua.KeptContext(CacheLM(window=60), "mill fire?")
    (pieces,) = again.model.cut([text])
    for start in range(0, len(pieces), 10):
        ids = pieces.ids[start : start + 10]
        falls.append(again.judge(ids))
        again.keep(ids, np.ones(len(ids), np.bool_))
        assert again.contexts[1].length <= 60  # never slid
        assert again.contexts[1].memory[: again.begun[1].length] == again.begun[1].memory
    told = np.concatenate(falls)
    assert min(told[0], told[1], told[-1], told[-2]) > 2
    assert np.median(told) < 0.5


@pytest.mark.parametrize("window", [12, 30, 64])
@pytest.mark.parametrize("threshold", [None, 0.5])
def test_of_a_question_longer_than_the_window_both_ends_are_read(lm_of, window, threshold):
    """No error, and no silence: the first and the last part count, and fit beside the text."""
    model = lm_of(window=window)
    long = "mill " + "why should anybody know what this is about " * 40 + " fire"
    text = "lamp desk mill fire road tree ship rope"
    budget = {"threshold": threshold} if threshold else {"tokens": 2}
    result = tamis.compress(text, **budget, method="longllmlingua", question=long, options=NO_CLEANING)
    assert {"mill", "fire"} <= set(result.text.split())
    question = model.words(model.reads[0])
    assert question.startswith("mill")
    assert question.endswith("fire\n\n")
    assert len(model.reads[0]) <= window // 2 + 2


@pytest.mark.parametrize("given", [{"rate": 0.5}, {"threshold": 0.5}])
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("broken", [float("nan"), float("inf")])
def test_surprisals_that_are_no_numbers_are_an_error(lm_of, given, method, broken):
    lm_of(broken=broken)
    with pytest.raises(ModelError, match=r"cache.*no numbers|cache.*beyond"):
        tamis.compress("one two three", **given, method=method, question="two?")


@pytest.mark.parametrize("method", METHODS)
def test_under_a_threshold_every_word_counts_for_itself(lm_of, method):
    lm_of()
    text = "mill fire lamp mill fire desk mill fire road"
    result = tamis.compress(text, threshold=0.9, method=method, question="mill fire?", options=NO_CLEANING)
    scores = result.selection.scores
    assert ((scores >= 0) & (scores <= 1)).all()
    assert result.selection.chosen.tolist() == (scores >= 0.9).tolist()
    if method == "longllmlingua":  # the first "mill fire" is news, and the question says it
        assert result.text.startswith("mill fire")
    else:  # what was not said before
        assert result.text == "mill fire lamp desk road"


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("rate", [0.0, 0.4, 1.0])
@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t ",
        "word",
        "...",
        "我们今天讨论人工智能的问题。",
        "👩‍👩‍👧‍👦 🇩🇪 ok 👍🏽",
        "););",
        "\x00\x00",
        "a" * 300,
        "\ufffd\ud800",
    ],
)
def test_odd_texts(lm_of, method, rate, text):
    lm_of()
    result = tamis.compress(text, rate=rate, method=method, question="what?")
    assert result.tokens <= rate * result.original_tokens + 1e-9
    assert result.restore() == text
    assert np.isfinite(result.selection.scores).all()
    if rate == 1:
        assert result.text == text


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "documents", [[], [""], ["", ""], ["", "one two three", " \n "], [tamis.Document("", title="T")]]
)
def test_empty_documents(lm_of, method, documents):
    lm_of()
    result = tamis.compress(documents, rate=0.5, method=method, question="two?")
    assert result.tokens <= 0.5 * result.original_tokens
    assert len(result.documents) == len(documents)
    assert all(shown.score is None or np.isfinite(shown.score) for shown in result.documents)


def test_what_is_pinned_is_read_with_what_is_kept_and_spends_nothing(lm_of):
    """The model reads on behind the pinned words, which are in the result, and the others keep their share."""
    text = "the the the the the the lamp desk road tree ship rope"
    pinned = np.array([True] * 6 + [False] * 6)
    reading = llmlingua.Iterative(asked(text, 0.5, pinned=pinned, segment=100), CacheLM(), None)
    scores = reading.scores()
    assert (scores[6:] > 0.5).sum() == 3
    kept = reading.reading.model.words(reading.reading.view)
    assert kept.startswith("thethethethethethe")
    assert len(reading.reading.view) == 9


def test_words_without_a_share_are_not_read_and_come_last():
    model = CacheLM()
    text = "one two. three four. five six."
    shares = [0.5, 0.5, 0.5, 0, 0, 0, 0.5, 0.5, 0.5]
    scores = llmlingua.Iterative(asked(text, shares, segment=100), model, None).scores()
    assert "thre" not in "".join(model.words(ids) for ids in model.reads)
    assert scores[[3, 4, 5]].max() < min(scores[i] for i in (0, 1, 2, 6, 7, 8))
    assert scores[3] > scores[4] > scores[5]  # among themselves from the end


def test_other_models_by_folder(tmp_path):
    """Any causal language model: here the one that the tests beside the package use."""
    pytest.importorskip("transformers")
    folder = str(ROOT / "tests" / "golden" / "reference" / "gpt2")
    result = tamis.compress(MEETING[:400], rate=0.5, method="longllmlingua", model=folder, question=QUESTION)
    assert result.model == folder
    assert 0 < result.tokens <= 0.5 * result.original_tokens


def test_under_a_threshold_the_score_is_the_logistic_of_the_fall():
    """Eq. 3 over the whole text, from two batched readings that know nothing of segments."""
    text, model = MEETING[:800], CacheLM()
    request = asked(text, None, question=QUESTION, segment=50)
    plain, told = model.surprisals([text, text], given=["", QUESTION + "\n\n"])
    fall = plain.values["surprisal"] - told.values["surprisal"]
    wanted = pool_tokens(plain.offsets, fall, request.units.starts, request.units.ends)
    np.testing.assert_allclose(llmlingua.expected(request, model, QUESTION), 1 / (1 + np.exp(-wanted)), atol=1e-12)


@pytest.mark.parametrize("method", METHODS)
def test_ranking_sentences_and_words_share_one_model(monkeypatch, method):
    """Whatever the number of threads is: a model that is opened by other settings is opened twice."""
    opened, model = [], CacheLM()

    def load(name, **settings):
        opened.append((name, *sorted(settings.items())))
        return model

    for module in ("tamis.models.causal", "tamis.prompt.documents.rankers.perplexity"):
        monkeypatch.setattr(f"{module}.load_causal", load)
    options = tamis.Options(threads=1, form="bare", surprisal=Surprisal(sentences=1.4, coarse=0))
    tamis.compress(["One two. Three.", "Four."], rate=0.5, method=method, question="two?", options=options)
    assert set(opened) == {("mini-lm", ("threads", 1))}
    assert len(opened) == 3
