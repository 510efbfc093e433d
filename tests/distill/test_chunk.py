"""Chunks: within the limit, in order, of whole sentences, with ids that stay."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis.distill.chunk import NamedText, cut, load_chunks, save_chunks
from tamis.errors import InvalidInput
from tamis.text.counting import counter
from tests.distill.conftest import MEETING

O200K = counter("o200k_base")
TEXTS = st.text(st.sampled_from("ab .!\né東😀\ud800 Z9"), max_size=300)


@given(text=TEXTS, limit=st.integers(16, 40))
def test_chunks_fit_and_hold_all_that_is_not_blank(text, limit):
    made = cut([NamedText("a", text)], O200K, limit)
    assert all(chunk.tokens == O200K(chunk.text) <= limit for chunk in made)
    if len({chunk.text for chunk in made}) == len(made):  # repeats are asked once
        seen = "".join("".join(chunk.text.split()) for chunk in made)
        expected = "".join(text.replace("\ud800", "\ufffd").split())
        assert set(seen) == set(expected)


def test_a_transcript_is_cut_at_sentences_and_none_of_it_is_lost():
    made = cut([NamedText("meeting", MEETING)], O200K, 128)
    assert len(made) > 60
    at, inside = 0, 0
    for chunk in made:
        start = MEETING.index(chunk.text, at)
        before, gap = MEETING[at:start].rstrip() or MEETING[:at].rstrip(), MEETING[at:start]
        inside += bool(before) and before[-1] not in ".!?:\"')]" and "\n" not in gap
        at = start + len(chunk.text)
    assert inside <= 0.1 * len(made)  # sentences of more than 128 tokens: people talk
    assert sum(len("".join(c.text.split())) for c in made) > 0.97 * len("".join(MEETING.split()))  # less repeated lines


def test_ids_are_those_of_text_and_settings():
    (one,) = cut([NamedText("a", "It rained all day.")], O200K)
    (same,) = cut([NamedText("another name", "It rained all day.\n\n")], O200K)
    (other,) = cut([NamedText("a", "It rained all day.")], O200K, 100)
    (words,) = cut([NamedText("a", "It rained all day.")], counter("words"))
    assert one.id == same.id
    assert len({one.id, other.id, words.id}) == 3


def test_ids_do_not_depend_on_the_process():
    import subprocess
    import sys

    code = (
        "from tamis.text.counting import counter; from tamis.distill.chunk import *;"
        "print(cut([NamedText('a', 'It rained.')], counter('o200k_base'))[0].id)"
    )
    ids = {subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout for _ in range(2)}
    assert ids == {cut([NamedText("a", "It rained.")], O200K)[0].id.encode() + b"\n"}


def test_texts_that_repeat_are_asked_once():
    made = cut([NamedText("a", "Same text here."), NamedText("b", "Same text here."), NamedText("c", " \n")], O200K)
    assert [(chunk.document, chunk.text) for chunk in made] == [("a", "Same text here.")]


def test_files(tmp_path):
    made = cut([NamedText("é 1", MEETING[:3000])], O200K, 64)
    save_chunks(tmp_path / "chunks.jsonl", made)
    assert load_chunks(tmp_path / "chunks.jsonl") == made
    with pytest.raises(InvalidInput, match="There is no"):
        load_chunks(tmp_path / "none.jsonl")
    (tmp_path / "bad.jsonl").write_text('{"id": "x"}\n')
    with pytest.raises(InvalidInput, match="cannot be read"):
        load_chunks(tmp_path / "bad.jsonl")


def test_a_limit_without_room_is_refused():
    with pytest.raises(InvalidInput, match="room for 16 tokens, got 3"):
        cut([NamedText("a", "One.")], O200K, 3)
