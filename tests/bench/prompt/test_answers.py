"""Answers in texts, as the SQuAD metric compares them."""

import pytest

from tamis.bench.prompt.answers import contains, normalised


def test_normalised_as_squad_does():
    assert normalised("The U.S. Army's (1st) An-2!") == ["us", "armys", "1st", "an2"]


@pytest.mark.parametrize(
    ("text", "answers", "found"),
    [
        ("It was built in May, 1902.", ["may 1902"], True),
        ("It was built in 1902.", ["19"], False),  # whole words only
        ("He saw the University of Chicago", ["University of the Chicago"], True),  # articles do not count
        ("Anything", ["the"], False),  # nothing is left of the answer
        ("Nothing here", ["x", "here"], True),  # any answer will do
    ],
)
def test_contains(text, answers, found):
    assert contains(text, answers) is found
