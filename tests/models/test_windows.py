from hypothesis import given
from hypothesis import strategies as st

from tamis.models.windows import Window, windows

sizes = st.integers(1, 60).flatmap(lambda size: st.tuples(st.just(size), st.integers(0, (size - 1) // 2)))


@given(st.integers(0, 500), sizes)
def test_every_piece_is_scored_once_from_the_window_where_it_lies_deepest(count, size_and_margin):
    size, margin = size_and_margin
    made = windows(count, size, margin)
    assert [p for w in made for p in range(w.first, w.last)] == list(range(count))
    for w in made:
        assert 0 <= w.start <= w.first < w.last <= w.end <= count
        assert w.end - w.start <= size
        assert w.first - w.start >= margin or w.start == 0
        assert w.end - w.last >= margin or w.end == count

    def depth(w, p):  # context on the poorer side; the text's own ends are no edges
        left = p - w.start if w.start else count
        right = w.end - 1 - p if w.end < count else count
        return min(left, right)

    for w in made:
        for p in (w.first, w.last - 1):
            assert depth(w, p) + 1 >= max(depth(o, p) for o in made if o.start <= p < o.end)


@given(st.integers(0, 300), st.integers(0, 100), sizes)
def test_a_longer_text_repeats_the_windows_of_a_shorter_one(count, more, size_and_margin):
    short, long = windows(count, *size_and_margin), windows(count + more, *size_and_margin)
    assert short[:-1] == long[: max(len(short) - 1, 0)]


def test_two_windows():
    # Ten pieces, six at a time, one of context: pieces 4 and 5 are in both, 5 is deeper in the second.
    assert windows(10, 6, 1) == (Window(0, 6, 0, 5), Window(4, 10, 5, 10))
