"""`style="sentences"`: whole sentences, a heading with what stands under it, and the best one where somebody asks."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import tamis
from tamis.text.sentences import sentences

SHARED = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
SENTENCE = st.sampled_from(
    [
        "The boiler was built in 1851 by Titus Rowe.",
        "It burned down in March, on a cold night.",
        "Nobody noticed, although the whole town was awake.",
        "Coal came by boat until 1948.",
        "A pump lifts water from the river!",
        "Why did the valve stick?",
    ]
)


@SHARED
@given(st.lists(SENTENCE, min_size=2, max_size=9), st.sampled_from([0.25, 0.4, 0.6, 0.8]))
def test_a_sentence_is_there_whole_or_not_at_all(parts, rate):
    text = " ".join(parts)
    whole = {span.of(text).strip() for span in sentences(text)}
    left = tamis.compress(text, rate=rate, style="sentences").text
    assert {span.of(left).strip() for span in sentences(left)} <= whole


@pytest.mark.parametrize("rate", [0.3, 0.5, 0.7])
def test_no_heading_stays_without_what_stands_under_it(rate):
    text = (
        "Boilers\n\nThe boiler of the mill was built in 1851 by Titus Rowe, who had learned it in Leeds.\n\n"
        "Pumps\n\nA pump lifts water from the river to the mill at forty strokes a minute.\n\n"
        "Valves\n\nNobody knows why the valve stuck on that night in March, or who had closed it.\n"
    )
    lines = [line for line in tamis.compress(text, rate=rate, style="sentences").text.splitlines() if line]
    names = {"Boilers", "Pumps", "Valves"}
    assert lines
    assert all(
        line not in names or (after not in names) for line, after in zip(lines, [*lines[1:], "Valves"], strict=True)
    )


def test_with_a_question_its_sentence_stays():
    text = (
        "The town hall has a clock from Leeds. It has been slow since it was hung. The mill burned down in 1901, on a "
        "night in March, after a lamp had fallen over. Coal came by boat. Ferries cross the river daily."
    )
    left = tamis.compress(text, tokens=26, style="sentences", question="When did the mill burn down?").text
    assert "The mill burned down in 1901" in left
