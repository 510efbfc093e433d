"""What an answer quotes from a compressed prompt is said in full again, and nothing else is touched."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tamis
from tamis import Compression, recover
from tamis.errors import InvalidInput

FERRY = (
    "The harbour ferry runs every twenty minutes from the old customs house to the island. In winter, when the north "
    "wind rises above force eight, the captain may cancel the crossing without notice. Tickets bought that day stay "
    "valid for a week."
)
SHORT = "ferry runs twenty minutes customs house island. captain cancel crossing. Tickets valid week."
TEXTS = st.lists(
    st.sampled_from(
        [
            "the",
            "ferry",
            "Ferry",
            "a",
            "captain",
            "may",
            "cancel",
            "crossing.",
            "week;",
            "3.5",
            "naïve",
            "東京大学",
            "🙂",
            "\n\n",
            "of",
            "not",
            "it’s",
        ]
    ),
    max_size=30,
).map(" ".join)


def compressed(text: str, kept: str) -> Compression:
    """A real compression that keeps the given words only, because they alone are pinned."""
    result = tamis.compress(
        text,
        tokens=len(kept.split()),
        keep=kept.split(),
        tokenizer="words",
        method="truncate",
        options=tamis.Options(form="bare"),
    )
    assert result.text.split() == kept.split()
    return result


@pytest.mark.parametrize(
    ("response", "text"),
    [
        ("captain cancel crossing", "captain may cancel the crossing"),
        # capitals of the answer's own first word stay, what follows the run stays
        ("Captain cancel crossing!", "Captain may cancel the crossing!"),
        # a word that the prompt does not show parts two runs: "captain cancel", "crossing"
        ("The captain cancel the crossing; Tickets valid week.", None),
        # no run crosses a stop of the prompt
        ("island. Tickets valid week", "island. Tickets bought that day stay valid for a week"),
        ("island captain", "island captain"),
        # one word is what it is
        ("captain", "captain"),
        ("nothing of this was ever said", "nothing of this was ever said"),
        ("", ""),
    ],
)
def test_worked_examples(response, text):
    found = recover(FERRY, SHORT, response).text
    wanted = "The captain may cancel the crossing; Tickets bought that day stay valid for a week."
    assert found == (wanted if text is None else text)


def test_spans_say_where_it_comes_from():
    (first, second) = recover(FERRY, SHORT, "So: captain cancel crossing, in twenty minutes").spans
    assert (first.start, first.end) == (4, 27)
    assert FERRY[first.source_start : first.source_end] == "captain may cancel the crossing"
    assert first.replaced
    assert first.confidence == 0.875  # three telling words: 1 - 1/8; the stretch is as dense as the prompt
    assert FERRY[second.source_start : second.source_end] == "twenty minutes"
    assert not second.replaced, "nothing was dropped there"


def test_the_letter_a_inside_words_is_no_quotation():
    """The package looks for strings of characters: "a" is in every text, and is traced to any place."""
    source = "Geth and Parity are a pair of clients. A fork came, a cap was lifted, and that was all."
    recovery = recover(source, "Geth Parity clients. a cap", "a Geth Parity a")
    assert recovery.text == "a Geth and Parity a"
    assert [source[s.source_start : s.source_end] for s in recovery.spans] == ["Geth and Parity"]


def test_what_was_never_quoted_is_not_replaced():
    """The package answers "The captain cancel the crossing; The" here (tests/golden/reference)."""
    found = recover(FERRY, SHORT, "The captain cancel the crossing; Tickets valid week.").text
    assert found.endswith("Tickets bought that day stay valid for a week.")


def test_grammar_words_alone_are_no_evidence():
    source = "to be sure of the end of it, he went to the end, and so it came to be"
    assert recover(source, "to be of the it", "It has to be of the same kind").spans == ()


def test_the_longest_run_comes_first():
    # "cancel crossing" stands in "captain cancel crossing" too, which is longer
    source = "They cancel a crossing. The captain may cancel the crossing."
    (span,) = recover(source, "cancel crossing. captain cancel crossing.", "captain cancel crossing").spans
    assert source[span.source_start : span.source_end] == "captain may cancel the crossing"


def test_of_several_stretches_the_shortest_counts_and_a_rival_lowers_the_confidence():
    source = "Red old sandy boats. Red sandy boats."
    (span,) = recover(source, "Red boats", "red boats").spans
    assert source[span.source_start : span.source_end] == "Red sandy boats"
    rivals = "Red sandy boats. Red small boats."
    (span,) = recover(rivals, "Red boats", "red boats").spans
    assert span.confidence == 0.375  # two telling words: 3/4, halved by the rival
    assert recover(rivals, "Red boats", "red boats").text == "red boats"
    assert recover(rivals, "Red boats", "red boats", confidence=0.3).text == "red sandy boats"


def test_a_compression_knows_which_of_several_places_it_was():
    source = "Boats sank. Red sandy boats. Red big old boats."
    text = recover(source, "Red boats", "red boats").text
    assert text == "red sandy boats", "as good a guess as any: it is the shortest"
    units = tamis.compress(source, rate=1.0, method="truncate").selection
    result = tamis.compress(
        source,
        tokens=2,
        options=tamis.Options(form="bare"),
        keep=[(source.rindex("Red"), source.rindex("Red") + 3), (source.rindex("boats"), source.rindex("boats") + 5)],
        tokenizer="words",
        method="truncate",
    )
    assert len(units.words) > 8
    recovery = recover(result, None, "red boats")
    assert recovery.text == "red big old boats"
    assert recovery.spans[0].confidence == 0.75


def test_no_stretch_crosses_a_blank_line():
    assert recover("The north wind.\n\nA cold house.", "north house", "north house").spans == ()


def test_scripts_without_spaces():
    source = "東京大学の図書館は、毎日朝の九時に開きます。"
    result = tamis.compress(source, rate=0.5, method="truncate")
    recovery = recover(result, None, result.text)
    assert "\ufffd" not in recovery.text
    assert recovery.text.startswith(result.text[:4])


@settings(max_examples=30)
@given(TEXTS)
def test_nothing_changes_where_nothing_was_dropped(text):
    assert recover(text, text, text).text == text
    assert recover(tamis.compress(text, rate=1.0, method="truncate"), None, text).text == text


@settings(max_examples=50)
@given(TEXTS, TEXTS, st.randoms(use_true_random=False), st.floats(0, 1))
def test_laws(source, answer, random, confidence):
    kept = " ".join(word for word in source.split(" ") if random.random() < 0.5)
    response = f"{answer} {kept}"
    recovery = recover(source, kept, response, confidence=confidence)
    rest, said, at = [], [], 0
    for span in recovery.spans:
        assert at <= span.start < span.end <= len(response), "in order and disjoint"
        assert 0 <= span.source_start < span.source_end <= len(source), "inside of the source"
        assert 0 < span.confidence <= 1
        assert not span.replaced or span.confidence >= confidence - 1e-4
        if span.replaced:
            rest.append(response[at : span.start])
            said.append(source[span.source_start : span.source_end])
            at = span.end
    rest.append(response[at:])
    text = recovery.text
    for outside, full in zip(rest, [*said, ""], strict=True):
        assert text.startswith(outside), "what stands outside of replaced spans is unchanged"
        text = text[len(outside) :]
        assert text[: len(full)].casefold() == full.casefold()
        text = text[len(full) :]
    assert text == ""


@given(TEXTS, st.floats(0.1, 0.9))
def test_the_words_of_a_compressed_text_are_traced_to_themselves(text, rate):
    result = tamis.compress(text, rate=rate, method="random")
    mask = result.selection.mask & ~result.selection.words.punct
    starts = set(result.selection.words.starts[mask].tolist())
    for span in recover(result, None, result.text).spans:
        assert span.source_start in starts
        assert np.isin(span.source_end, result.selection.words.ends)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((FERRY, SHORT, None), "response must be a text, got NoneType"),
        ((FERRY, None, "x"), "compressed prompt must be a text, got NoneType"),
        ((None, SHORT, "x"), "original must be a text, got NoneType"),
        ((["x"], SHORT, "x"), "original must be a text, got list"),
    ],
)
def test_bad_input(arguments, said):
    with pytest.raises(InvalidInput, match=said):
        recover(*arguments)


def test_a_compressed_text_of_another_compression_is_refused():
    result = compressed(FERRY, "captain cancel")
    assert recover(result, result.text, "captain cancel").text == "captain may cancel"
    with pytest.raises(InvalidInput, match="'something else' is not the text of this Compression"):
        recover(result, "something else", "captain cancel")
    with pytest.raises(InvalidInput, match="between 0 and 1, got 2"):
        recover(FERRY, SHORT, "x", confidence=2)
