"""Detectors: what is novel is noticed, false alarms are rare, files hold everything, bad input is refused."""

from __future__ import annotations

import os

import numpy as np
import pytest

from tamis.errors import InvalidInput, UnknownName, UnreadableInput
from tamis.novelty import COMPONENTS, Detector
from tamis.novelty.components.phrases import Phrases
from tamis.novelty.components.vectors import Density, Neighbours, k_means
from tamis.novelty.inputs import Inputs, excerpt, plain
from tests.novelty.making import KNOWN, NOVEL, HashedWords


@pytest.fixture(scope="module")
def detector():
    return Detector.fit(KNOWN, encoder=None)


@pytest.fixture(scope="module")
def both():
    return Detector.fit(KNOWN, encoder=HashedWords(), components=tuple(COMPONENTS))


@pytest.mark.parametrize("which", ["detector", "both"])
def test_novel_texts_are_noticed_and_usual_ones_are_not(which, request):
    detector = request.getfixturevalue(which)
    assert [result.verdict for result in detector.check(NOVEL, rate=0.05)] == ["novel"] * 3
    usual = detector.check(["Please move the train at nine", "Please check a room tomorrow"], rate=0.05)
    assert [result.verdict for result in usual] == ["known"] * 2


def test_each_component_says_alone_that_nonsense_is_new(both):
    for result in both.check(NOVEL[2:]):
        assert set(result.evidence) == set(COMPONENTS)
        assert all(score > 1 for score in result.evidence.values())


def test_why(detector):
    (result,) = detector.check(["Please cancel my frobnicator on Monday, frobnicator!"], rate=0.05)
    assert result.unseen == ("frobnicator",)
    assert result.nearest.text == KNOWN[result.nearest.number]
    assert "on Monday" in result.nearest.text


def test_a_text_is_judged_by_itself(both):
    alone = [both.check([text])[0] for text in NOVEL]
    together = both.check(NOVEL)
    assert [one.verdict for one in alone] == [one.verdict for one in together]
    assert [one.score for one in alone] == pytest.approx([one.score for one in together], abs=1e-5)


def test_the_same_fit_is_the_same_detector(detector):
    again = Detector.fit(KNOWN, encoder=None)
    assert np.array_equal(again.scores(NOVEL), detector.scores(NOVEL))
    assert not np.array_equal(Detector.fit(KNOWN, encoder=None, seed=1).scores(KNOWN), detector.scores(KNOWN))


def test_false_alarms_on_texts_of_the_same_source():
    """Over divisions of one source the share is at most the rate, up to what chance does to 1,000 texts."""
    alarms = total = 0
    for seed in range(20):
        order = np.random.default_rng(seed).permutation(len(KNOWN))
        learn, rest = ([KNOWN[row] for row in part] for part in (order[:150], order[150:]))
        detector = Detector.fit(learn, encoder=None, held_out=0.39, seed=seed)
        alarms += sum(result.novel for result in detector.check(rest, rate=0.05))
        total += len(rest)
    assert (
        alarms / total <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / total) + 0.01
    )  # (texts of one division share a calibration)


def test_a_file_holds_all_of_it(detector, both, tmp_path):
    for name, one in (("plain", detector), ("both", both)):
        path = tmp_path / name
        one.save(path)
        again = Detector.load(path, encoder=one.encoder)
        assert again.check(NOVEL) == one.check(NOVEL)
        assert np.array_equal(again.calibration.scores, one.calibration.scores)
    size = (tmp_path / "both").stat().st_size
    Detector.fit(KNOWN, encoder=HashedWords(), components=tuple(COMPONENTS), keep_texts=False).save(tmp_path / "less")
    assert (tmp_path / "less").stat().st_size < size
    assert b"Please" not in (tmp_path / "less").read_bytes()


@pytest.mark.parametrize("damage", [lambda d: d[:50], lambda d: d[:-9], lambda d: b"", lambda d: b"PK" + d])
def test_damaged_files(detector, tmp_path, damage):
    path = tmp_path / "one"
    detector.save(path)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(UnreadableInput):
        Detector.load(path)


@pytest.mark.skipif(os.name == "nt", reason="modes of POSIX")
def test_a_file_is_its_owners_alone(detector, tmp_path):
    detector.save(tmp_path / "one")
    assert (tmp_path / "one").stat().st_mode & 0o077 == 0


def test_a_file_of_an_encoder_of_ones_own_needs_it(both, tmp_path):
    both.save(tmp_path / "one")
    with pytest.raises(InvalidInput, match=r"encoder of your own.*encoder="):
        Detector.load(tmp_path / "one")


def test_ten_texts_promise_little():
    detector = Detector.fit(KNOWN[:10], encoder=None)
    assert not detector.promise(0.01).kept
    verdicts = {result.verdict for result in detector.check(NOVEL)}
    assert verdicts == {"undecided"}


def test_recalibrating_takes_the_other_texts(detector):
    shifted = detector.calibrated([f"{text}, thanks a lot and see you" for text in KNOWN])
    text = ["Please book a table at nine, thanks a lot and see you"]
    assert detector.check(text, rate=0.05)[0].novel
    assert not shifted.check(text, rate=0.05)[0].novel
    with pytest.raises(InvalidInput, match="calibrate"):
        detector.calibrated([" "])


@pytest.mark.parametrize(
    "text", ["", " \n", "?", "a", "\ud800", "word" * 5_000, "ｐｌｅａｓｅ bооk а tаblе", "👩‍👩‍👧" * 50]
)
def test_odd_texts_have_an_answer(both, text):
    (result,) = both.check([text])
    assert np.isfinite(result.score)
    assert result.verdict in {"novel", "known", "undecided"}
    assert result.verdict == "undecided" or text.strip()


def test_homoglyphs_and_spacing_look_new(detector):
    usual, glyphs, spaced = detector.scores(["Please book a table", "Plеаsе bооk а tаblе", "P l e a s e b o o k"])
    assert glyphs > 1 > usual
    assert spaced > usual


def test_nothing_to_check(both):
    assert both.check([]) == []
    assert both.scores([]).shape == (0,)


@pytest.mark.parametrize(
    ("texts", "settings", "error", "says"),
    [
        ("one text", {}, InvalidInput, "one text"),
        ([1, 2], {}, InvalidInput, r"texts\[0\] is no text: 1"),
        ([], {}, InvalidInput, "0 texts.*too few"),
        ([" "] * 50, {}, InvalidInput, "0 texts.*too few"),
        (KNOWN, {"components": ["charakters"]}, UnknownName, "'charakters'.*'characters'"),
        (KNOWN, {"components": ["neighbours"]}, InvalidInput, "needs an encoder"),
        (KNOWN, {"components": []}, InvalidInput, "components is empty"),
        (KNOWN, {"held_out": 1.5}, InvalidInput, "held_out"),
        (KNOWN, {"encoder": 5}, InvalidInput, "no encoder"),
    ],
)
def test_what_cannot_be_used(texts, settings, error, says):
    with pytest.raises(error, match=says):
        Detector.fit(texts, **{"encoder": None, **settings})


def test_blank_texts_are_left_out_and_counted():
    detector = Detector.fit([*KNOWN[:20], "", "  "], encoder=None)
    assert detector.left_out == 2


def naive_cosine(one, other):
    keys = sorted(set(one) | set(other))
    a, b = (np.array([part.get(key, 0.0) for key in keys]) for part in (one, other))
    return float(a @ b / np.sqrt((a @ a) * (b @ b)))


def test_phrases_against_a_naive_sum():
    texts = ["book a table", "a table for two", "cancel it"]
    index = Phrases.fit(Inputs.of(texts, None))
    spelled = [f" {text} " for text in texts]
    grams = [[s[i : i + n] for n in (2, 3, 4, 5) for i in range(len(s) - n + 1)] for s in spelled]

    def weights(row):
        having = {gram: sum(gram in other for other in grams) for gram in row}
        return {g: (1 + np.log(row.count(g))) * (np.log(4 / (having[g] + 1)) + 1) for g in row}

    naive = [naive_cosine(weights(grams[0]), weights(other)) for other in grams]
    assert index.cosines(texts[0]) == pytest.approx(naive, abs=2e-3)  # (weights are kept in half precision)


def test_neighbours_and_density_by_hand():
    memory = np.eye(3, dtype=np.float32)
    look = Neighbours(memory).look(Inputs(("x",), memory[:1]))
    assert look.scores[0] == pytest.approx(1 - 1 / 3)  # cosines 1, 0, 0, all three are the nearest
    assert (look.nearest[0], look.cosines[0]) == (0, 1.0)
    energy = Density(Neighbours(memory)).look(Inputs(("x",), memory[:1])).scores[0]
    assert energy == pytest.approx(-0.03 * np.log((1 + 2 * np.exp(-1 / 0.03)) / 3))


def test_k_means_finds_what_lies_together():
    rng = np.random.default_rng(0)
    points = np.repeat(np.eye(4, dtype=np.float32), 20, axis=0) + rng.normal(0, 0.05, (80, 4)).astype(np.float32)
    labels = k_means(points / np.linalg.norm(points, axis=1, keepdims=True), 4, seed=1)
    assert len({*labels[:20]}) == 1 or len(set(labels)) < 4  # (a start may have two centres in one heap)
    assert len(labels) == 80


def test_of_a_long_text_the_encoder_sees_three_runs():
    assert excerpt("aa bb cc dd ee ff gg hh ii", 15) == "aa bb\nee\nhh ii"
    assert excerpt("short", 12) == "short"
    assert excerpt("x" * 50, 9) == "xxx\nxxx\nxxx"  # no words: cut anywhere
    assert excerpt("one two three", None) == "one two three"
    texts = [" ".join(KNOWN[row : row + 30]) for row in range(100)]
    whole, parts = (Detector.fit(texts, encoder=HashedWords(), read=read) for read in (None, 90))
    assert not np.array_equal(whole.scores(texts[:1]), parts.scores(texts[:1]))


def test_plain_spelling():
    assert plain("Room  12\n B") == "room 00 b"
