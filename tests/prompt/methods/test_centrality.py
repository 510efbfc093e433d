"""What whole sentences are worth: a naive greedy pass beside the lazy one, and what a good extract has to do."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tamis.prompt.headings import headings, under_headings, with_headings
from tamis.prompt.methods.auto import centrality
from tamis.prompt.methods.auto.centrality import EXTRACT, Extract, Said, sentence_worth, turns, worth
from tamis.prompt.methods.auto.relevance import judged
from tests.text.texts import texts

SHARED = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
WORDS = ["alpha", "beta", "gamma", "delta", "epsilon", "the", "of"]
SOME = st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=6), min_size=1, max_size=8)


def worth_of(request, encoder):
    (tokens,) = encoder.keep([request.text])
    return sentence_worth(request, tokens)


def asked(request):
    return sentence_worth(request, None, judged([request])[0])


@SHARED
@given(parts=st.lists(texts, max_size=3), question=st.none() | st.just("What broke in May?"))
def test_sentences_get_different_numbers_from_0_to_1(request_of, plain_encoder, parts, question):
    request = request_of(parts, question)
    values = worth_of(request, plain_encoder) if question is None else asked(request)
    assert values.shape == (max(len(request.sentences), 1),)
    assert len(set(values.tolist())) == values.size
    assert ((values > 0) & (values <= 1)).all()


@SHARED
@given(SOME, st.sampled_from([0.0, 0.1, 1.0]))
def test_the_lazy_pass_equals_the_naive_one(request_of, plain_encoder, sentences, again):
    request = request_of(" ".join(" ".join(words).capitalize() + "." for words in sentences))
    (tokens,) = plain_encoder.keep([request.text])
    said = Said.of(request, tokens)
    weights, factors = said.weights(EXTRACT), 1 / said.costs
    order, gains = turns(said, weights, np.zeros(factors.size), factors, again)
    left, rest = np.ones(said.terms), list(range(factors.size))

    def naive(number):
        mine = said.sentence == number
        return factors[number] * float(weights[mine] @ left[said.term[mine]])

    for number, gain in zip(order.tolist(), gains.tolist(), strict=True):
        assert naive(number) == pytest.approx(max(map(naive, rest)))
        assert gain == pytest.approx(naive(number))
        rest.remove(number)
        left[said.term[said.sentence == number]] *= again


def test_worth_by_hand():
    # Two words of weight 1/2 (logit 0). The first two sentences say the same one in 2 and 3 tokens, the third another
    # in 8: the first gains 1/4 (less two thirds, as all of them: one content word is a scrap); after it the second has
    # 1/2 * .1 / 3 = 1/60 and the third 1/16.
    said = Said(
        sentence=np.array([0, 1, 2]),
        term=np.array([0, 0, 1]),
        logit=np.zeros(3),
        spread=np.ones(3, int),
        bounds=np.arange(4),
        terms=2,
        costs=np.array([2.0, 3.0, 8.0]),
        place=np.zeros(3),
        centrality=np.zeros(3),
        heading=np.zeros(3, bool),
        under=np.zeros((3, 2), int),
    )
    plain = Extract(topic=0, again=0.1, base=0)
    np.testing.assert_allclose(worth(said, plain), [1, 4 / 60, 4 / 16], atol=1e-6)


def test_a_repetition_comes_after_all_that_is_new(request_of, plain_encoder):
    request = request_of("The boiler exploded. The boiler exploded. The valve stuck. Nobody noticed.")
    assert worth_of(request, plain_encoder).argmin() == 1


def test_a_fragment_without_content_comes_last(request_of, plain_encoder):
    request = request_of("Well, there it is. The boiler exploded in Birmingham. And so on. The valve was replaced.")
    values = worth_of(request, plain_encoder)
    assert set(np.argsort(-values)[:2].tolist()) == {1, 3}


def test_with_a_question_relevance_comes_first(request_of, plain_encoder):
    request = request_of("Birmingham has canals everywhere. The pump broke. Engineers were astonished.", "pump broke?")
    assert asked(request).argmax() == 1


def test_with_a_question_the_same_sentence_again_comes_last(request_of, plain_encoder):
    text = "The pump broke in May. The pump broke in May. The pump broke because of frost."
    request = request_of(text, "When did the pump break?")
    assert asked(request).argmin() == 1


def test_a_text_of_like_sentences_is_read_once(request_of, plain_encoder, monkeypatch):
    looks = 0
    original = centrality._next

    def counted(heap, gain):
        def looked(number):
            nonlocal looks
            looks += 1
            return gain(number)

        return original(heap, looked)

    monkeypatch.setattr(centrality, "_next", counted)
    worth_of(request_of("The boiler exploded again. " * 300), plain_encoder)
    assert looks <= 300 * centrality.LOOKS


def test_a_heading_comes_right_behind_the_best_under_it(request_of, plain_encoder):
    text = "Pumps\n\nThe boiler exploded in Birmingham yesterday.\n\nValves\n\nIt is so.\n"
    request = request_of(text)
    values = worth_of(request, plain_encoder)
    assert np.argsort(-values).tolist() == [1, 0, 3, 2]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Intro\n\nA boiler is hot. It hums.\n\nUse\n- on\n- off\n", [0, 3]),
        ("# Marked\nA boiler is hot.", [0]),
        ("Roses are red\n\nViolets are blue\n\nSugar is sweet\n\nAnd so are you\n", []),
        ("User: hello\nBot: hi there\nUser: bye\n", []),
        ("A boiler is hot.\n\nThe end", []),
    ],
)
def test_headings(request_of, text, numbers):
    assert np.flatnonzero(headings(request_of(text))).tolist() == numbers


def under(request):
    return under_headings(request, headings(request)).tolist()


def test_of_two_headings_in_a_row_the_upper_stands_over_the_lower(request_of):
    request = request_of("# One\n## Two\nA boiler is hot. It hums.\n# Three\nCold.")
    assert under(request) == [[1, 2], [2, 4], [0, 0], [0, 0], [5, 6], [0, 0]]


def test_a_lead_in_stands_over_the_list_behind_it(request_of):
    request = request_of("It hums. Two files are made:\n\n- one\n- two\n\nThen it stops. And so on:\n")
    assert under(request) == [[0, 0], [2, 4], [0, 0], [0, 0], [0, 0], [0, 0]]


def test_a_lead_in_never_comes_before_what_it_leads_to(request_of, plain_encoder):
    text = "Extraordinary engineers manufactured interesting machinery:\n- red boilers hum\n- old valves do leak\n"
    assert worth_of(request_of(text), plain_encoder).argmax() != 0


def test_a_heading_is_bonded_with_the_best_sentence_under_it(request_of):
    request = request_of("# One\n## Two\nA boiler. It hums loudly.\n# Three\nCold.")
    scores = np.array([0.0, 0.1, 0.2, 0.9, 0.0, 0.5])[request.sentence_of]
    bonds = with_headings(request, np.arange(len(request.units)), scores)
    of_sentence = [set(bonds[request.sentence_of == i].tolist()) for i in range(6)]
    assert len(of_sentence[0]) == 1
    assert of_sentence[0] == of_sentence[1] == of_sentence[3]
    assert of_sentence[4] == of_sentence[5]
    assert len(of_sentence[4]) == 1
    assert of_sentence[2].isdisjoint(of_sentence[3])


def test_without_headings_bonds_are_as_they_were(request_of):
    request = request_of("A boiler. It hums loudly.")
    bonds = np.zeros(len(request.units), int)
    assert with_headings(request, bonds, np.ones(len(request.units))) is bonds
