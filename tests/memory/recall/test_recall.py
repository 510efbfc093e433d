"""Laws of recall, a hand-worked memory, and the search by signs against one that reads everything."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tamis.core import Total
from tamis.errors import InvalidInput
from tamis.memory import Memory
from tamis.memory.recall import Index, RecallOptions, recall
from tamis.memory.recall.wide import Signs, best, nearest, ones, ones_by_table, rotation, shortlist
from tamis.memory.types import Changes
from tests.memory.making import SIZE, entry, noon, tiles

WORDS = ("boat", "garden", "violin", "Paris", "sister", "bread", "exam", "dog")
TALKS = st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join), min_size=1, max_size=12)


def words(text):
    """A counter that anyone can check by hand."""
    return len(text.split())


def index_of(entries):
    made = Index()
    made.apply(Changes(1, reset=True, added=tuple(entries), segments=tuple(tiles(entries))))
    return made


def talk(texts):
    return [
        entry(f"t{n}", text, session=f"s{n // 5}", speaker="Ann" if n % 2 else "Bob", time=noon(1 + n // 5))
        for n, text in enumerate(texts)
    ]


FIVE = ("I bought a boat.", "Where is it moored?", "In the harbour of Brest.", "My sister plays the violin.", "Lovely.")


def asked(index, question, tokens, **options):
    return recall(index, question, Total(tokens), RecallOptions(words, **options), encoder=None, now=noon(9))


def test_five_turns_by_hand():
    # "violin" is said once; "Ann: My sister plays the violin." is 6 words, its header "[2023-05-01, s0]" 2.
    found = asked(index_of(talk(FIVE)), "Who plays the violin?", 9)
    assert found.text == "[2023-05-01, s0]\nAnn: My sister plays the violin."
    assert (found.turn_ids, found.tokens) == (("t3",), 8)
    assert found.passages[0].segments == ("s0:t2",)


def test_why_names_the_words_in_common():
    found = asked(index_of(talk(FIVE)), "Who plays the violin?", 9, explain=True)
    assert found.passages[0].why.endswith("words: play, violin")


@given(TALKS, st.sampled_from(WORDS), st.integers(0, 60))
@settings(max_examples=60, deadline=None)
def test_the_budget_holds_no_turn_comes_twice_and_time_goes_on(texts, question, tokens):
    entries = talk(texts)
    found = asked(index_of(entries), question, tokens)
    assert found.tokens == words(found.text) <= tokens
    numbers = [int(ident[1:]) for ident in found.turn_ids]
    assert numbers == sorted(set(numbers))
    for passage in found.passages:
        assert found.text[passage.offset :].startswith(passage.text)


@given(TALKS, st.data())
@settings(max_examples=60, deadline=None)
def test_what_is_removed_is_never_recalled_and_the_rest_ranks_as_if_it_had_never_been(texts, data):
    entries = talk(texts)
    gone = data.draw(st.sets(st.sampled_from([one.turn.id for one in entries])))
    index = index_of(entries)
    index.apply(Changes(2, removed=tuple(sorted(gone))))
    never = index_of([one for one in entries if one.turn.id not in gone])
    for question in WORDS[:4]:
        found, expected = asked(index, question, 40), asked(never, question, 40)
        assert not gone & set(found.turn_ids)
        assert found.turn_ids == expected.turn_ids


@given(TALKS, st.integers(1, 11))
@settings(max_examples=40, deadline=None)
def test_turn_by_turn_gives_what_all_at_once_gives(texts, size):
    entries = talk(texts)
    step = Index()
    for at in range(0, len(entries), size):
        step.apply(Changes(at + 1, added=tuple(entries[at : at + size])))
    whole = Index()
    whole.apply(Changes(1, reset=True, added=tuple(entries)))
    np.testing.assert_array_equal(step.after.rows, whole.after.rows)
    np.testing.assert_array_equal(step.before.rows, whole.before.rows)
    assert asked(step, "boat", 40).text == asked(whole, "boat", 40).text


@given(st.integers(0, 2**32 - 1), st.integers(1, 300), st.integers(1, 40))
@settings(max_examples=60, deadline=None)
def test_a_search_among_few_finds_what_reading_everything_finds(seed, count, wanted):
    rng = np.random.default_rng(seed)
    spread = np.geomspace(1, 0.01, SIZE)
    vectors = (rng.standard_normal((count, SIZE)) * spread).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    query, among = vectors[rng.integers(count)], rng.random(count) < 0.8
    found = nearest(vectors, Signs(vectors), query, wanted, among)
    products = np.where(among, vectors.astype(np.float64) @ query.astype(np.float64), -np.inf)
    expected = np.sort(products)[::-1][: min(wanted, int(among.sum()))]
    assert len(set(found.tolist())) == len(found)
    np.testing.assert_allclose(np.sort(products[found])[::-1], expected, atol=1e-6)


@given(st.integers(0, 2**32 - 1), st.sampled_from((16, 64, 100, 384)))
@settings(max_examples=20, deadline=None)
def test_signs_are_counted_as_one_by_one(seed, size):
    rng = np.random.default_rng(seed)
    vectors, query = rng.standard_normal((2, 40, size)).astype(np.float32)
    signs = Signs(vectors[:7])
    signs.sync(vectors)
    turned, asked_ = vectors @ rotation(size), query[:1] @ rotation(size)
    own, random = (vectors > 0) != (query[0] > 0), (turned > 0) != (asked_ > 0)
    assert np.abs(signs.distances(query[0]) - (own.sum(1) + random.sum(1))).max() <= 2  # products near 0 may round
    np.testing.assert_allclose(rotation(size) @ rotation(size).T, np.eye(size), atol=1e-5)
    near = shortlist(signs, query[0], 10, np.arange(40) != 3)
    distances = signs.distances(query[0]).astype(int)
    assert set(near) == {n for n in range(40) if n != 3 and distances[n] <= distances[near].max()}
    assert len(near) >= 10


@given(st.lists(st.integers(0, 2**64 - 1), max_size=20))
def test_ones_of_words(numbers):
    words_ = np.array(numbers, np.uint64)
    assert ones(words_).tolist() == ones_by_table(words_).tolist() == [number.bit_count() for number in numbers]


def test_a_shortlist_among_many_holds_the_nearest():
    """Clusters of 40 in 96 directions: of the 20 nearest of 20,000, all are found, with signs of 5 % of them read."""
    rng = np.random.default_rng(0)
    centres = rng.standard_normal((500, 96))
    vectors = (np.repeat(centres, 40, axis=0) + 0.8 * rng.standard_normal((20_000, 96))).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    signs, everything = Signs(vectors), np.ones(len(vectors), np.bool_)
    for number in range(0, 20_000, 1_000):
        oracle = np.sort(best(vectors @ vectors[number], 20))
        np.testing.assert_array_equal(nearest(vectors, signs, vectors[number], 20, everything), oracle)


@given(st.lists(st.integers(0, 5), max_size=30), st.integers(0, 35))
def test_best_is_a_stable_sort(values, count):
    scores = np.array(values, np.float64)
    np.testing.assert_array_equal(best(scores, count), np.argsort(-scores, kind="stable")[:count])


@pytest.mark.parametrize("question", ["", " ", "the of and", "🚤🚤", "ボートはどこ", "\x00", "a" * 1_000_000, "(["])
def test_any_question_is_answered_within_the_budget(question):
    assert asked(index_of(talk(FIVE)), question, 20).tokens <= 20


def test_nothing_known_nothing_recalled():
    assert asked(Index(), "boat", 20).text == ""


@pytest.mark.parametrize("tokens", [-1, 1.5, True, "9"])
def test_a_budget_is_a_whole_number(tokens):
    with Memory(":memory:", scope="a", encoder=None) as memory, pytest.raises(InvalidInput, match="whole number"):
        memory.recall("boat", tokens, tokenizer=words)
