"""The laws of prose, worked by hand on units: what a choice of words brings along, and what it leaves behind."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tamis
from tamis.prompt.forms.prose import Prose
from tamis.text.units import Units, united
from tests.text.texts import texts


def shortened(text: str, words: str, style: str = "words", *, whole: bool = False) -> str:
    """The text that is rendered where these words are chosen, each at its first place."""
    form = Prose(style, whole=whole)
    units = form.parse(text)
    bodies = units.bodies()
    mask = np.zeros(len(units), np.bool_)
    mask[[bodies.index(word) for word in words.split()]] = True
    return form.render(units, units.closed(mask)).of(text)


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("The pump ran well. The valve broke in May.", "pump broke", "pump. broke."),
        ("We met in the old mill and talked. The valve held.", "met valve", "met. valve."),
        ("They sold the pump and the valve in May.", "pump valve", "pump and valve."),
        ("They sold the pump and the valve in May.", "pump May", "pump May."),
        ("Give her at most four doses a day now.", "most", "at most four doses a day."),
        ("The ship did not leave Cardiff.", "leave", "ship did not leave Cardiff."),
        ("We ship it if the bank pays, and Ann calls Tom.", "pays", "We ship it if bank pays and Ann calls Tom."),
    ],
)
def test_words_bring_along_what_they_cannot_do_without(text, words, expected):
    assert shortened(text, words).removeprefix("The ") == expected


def test_a_clause_needs_what_it_is_attached_to_and_not_the_other_way_round():
    text = (
        "The committee approved the new budget for the harbour in Leeds, because the old pumps had failed twice in May."
    )
    assert shortened(text, "committee", "clauses").startswith("The committee approved")
    assert "because" not in shortened(text, "committee", "clauses")
    assert shortened(text, "pumps", "clauses").endswith("because old pumps had failed twice in May.")
    assert "committee approved" in shortened(text, "pumps", "clauses")


LONG = (
    "Many of the old families of the province, including Edmund Bohun of Suffolk of the line of Charlemagne, "
    "Jean Postell of Dieppe in France, Antoine Poitevin of Orsement in France, Alexander Pepin of the town of Tours in "
    "France, and Jacques de Bordeaux of Grenoble, went by ship to the new town of Charleston in the south of America."
)
APPOSED = "The school color is crimson, which is also the name of the teams and of the daily newspaper, The Crimson."
DASHED = "He said that a system, based on work at Dartmouth—which used a computer on loan from GE—could be profitable."


@pytest.mark.parametrize(
    ("text", "word", "parts"),
    [
        (LONG, "went", ("Many of old", "went by ship to the new town of Charleston")),  # the verb behind a list
        (LONG, "Alexander", ("including Edmund Bohun", "Alexander Pepin", "went by ship")),  # an item with its list
        (APPOSED, "school", ("which is also", "The Crimson")),  # what an aside ends with may be the aside's
        (DASHED, "said", ("could be profitable",)),
        ("You reach it by the old road, or, by linking a node, from the sea.", "linking", ("road, or, by linking",)),
        (
            "We met the medical, dental, and public health staff of the town on the pier.",
            "met",
            ("dental, and public",),
        ),
    ],
)
def test_what_a_sentence_says_is_complete(text, word, parts):
    """Light words apart: "the ship" is "ship" where it is rendered."""
    result = shortened(text, word, "clauses", whole=True)
    plain = " ".join(result.split())
    for part in parts:
        assert " ".join(w for w in part.split() if w not in {"the", "a"}) in plain, result


def test_marks_that_stand_apart_go_with_their_sentence():
    text = "That made nobody laugh ... ! The service was quick and the food was always fresh."
    assert shortened(text, "service", "clauses", whole=True).startswith("The service")


def test_marks_that_stand_apart_in_another_script():
    assert tamis.compress("Τι κάνεις ; ! Όλα καλά εδώ στο χωριό . … . Ναι .", rate=0.5).text is not None


def test_what_is_compared_stays():
    text = (
        "Цена на эти кроссовки заметно выше, чем на другие кроссовки той же фирмы, поэтому они стали символом роскоши."
    )
    assert "чем на другие" in shortened(text, "Цена", "clauses")


@pytest.mark.parametrize("style", ["clauses", "sentences", "words"])
def test_a_label_goes_and_stays_with_the_sentence_behind_it(style):
    text = "Tercera. La renta mensual es de 750 euros. Cuarta. No habrá obras en la casa. Bien. No. Fin."
    assert "Tercera. " in shortened(text, "renta", style)
    assert "Tercera" not in shortened(text, "habrá", style)
    assert "Cuarta. No habrá obras" in shortened(text, "habrá", style)
    spoken = "Anna: Hmm. How long does the audit of the release take?\nBela: Three days at least."
    assert "Hmm" not in shortened(spoken, "Three", style)


def test_a_statement_with_a_link_is_whole():
    text = "The guide of the team for filters in the old forum stands in [the manual](https://a.b/c) of Leeds."
    assert "[the manual](https://a.b/c)" in shortened(text, "filters", "clauses")


def test_items_of_a_long_list_may_go():
    assert "Pepin" not in shortened(LONG, "went", "clauses", whole=True)


@pytest.mark.parametrize(
    "text",
    ["They did not stay, but rather, built three halls in the town.", "Leeds grew, very, and then came the pier."],
)
def test_a_light_word_never_stands_alone(text):
    form = Prose("clauses")
    units = form.parse(text)
    light = [i for i, body in enumerate(units.bodies()) if body in {"rather", "very"}]
    mask = np.zeros(len(units), np.bool_)
    mask[light] = True
    left = form.render(units, units.closed(mask)).of(text)
    assert left.strip(" .,") not in {"rather", "very"}


def test_sentences_are_whole():
    text = "The pump ran well. The valve broke in May."
    assert shortened(text, "broke", "sentences") == "The valve broke in May."


def test_bonds_are_united():
    assert united(np.array([0, 0, 2, 3]), np.array([0, 1, 1, 3])).tolist() == [0, 0, 0, 3]


def _naive(units: Units, gone: np.ndarray) -> np.ndarray:
    """What cannot stay, looked for unit by unit until nothing changes."""
    out = set(np.flatnonzero(gone).tolist())
    parents = np.atleast_2d(units.parents)
    while True:
        more = {
            i
            for i in range(len(units))
            if any(p in out for p in parents[:, i].tolist() if p >= 0)
            or any(units.bonds[i] == units.bonds[j] for j in out)
        }
        if more <= out:
            return np.isin(np.arange(len(units)), sorted(out))
        out |= more


@settings(max_examples=40)
@given(texts, st.sampled_from(["clauses", "words"]), st.integers(0, 2**16))
def test_dependent_units_are_those_that_a_naive_search_finds(text, style, seed):
    units = Prose(style).parse(text[:200])
    gone = np.random.default_rng(seed).random(len(units)) < 0.1
    assert units.dependent(gone).tolist() == _naive(units, gone).tolist()
    kept = ~units.dependent(gone)
    assert units.closed(kept).tolist() == kept.tolist()


@pytest.mark.parametrize("clean", [True, False])
def test_sentences_keep_their_ends_whether_or_not_punctuation_is_cleaned_up(clean):
    form = Prose("words", clean=clean)
    units = form.parse("The pump ran well. The valve broke in May.")
    mask = np.isin(units.bodies(), ["pump", "valve"])
    assert form.render(units, mask).of(units.text) == "pump. valve."
