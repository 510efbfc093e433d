"""Labels on pieces: by offsets, on natural text, none on special pieces. What the reference gets wrong, one by one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tamis.distill.align import annotate
from tamis.distill.label import Marked
from tamis.distill.lessons import NOBODY_KNOWS, lessons
from tamis.errors import UnknownName
from tamis.models.sequences import SequenceReader
from tamis.models.transformers.hub import Place, bare, fast_tokenizer
from tamis.text.words import words
from tests.distill.conftest import MEETING
from tests.models.conftest import LINES, bert, xlmr  # noqa: F401 (fixtures)

TEXTS = st.text(st.sampled_from("ab é東😀.!\n Z9"), min_size=1, max_size=200)


def marked(text: str, answer: str) -> Marked:
    found = annotate(text, answer)
    spans = zip(found.words.starts[found.keep].tolist(), found.words.ends[found.keep].tolist(), strict=True)
    return Marked("id", "document", text, tuple(spans))


@pytest.fixture(scope="module", params=["bert", "xlmr"])
def reader(request: pytest.FixtureRequest) -> SequenceReader:
    folder: Path = request.getfixturevalue(request.param)
    return SequenceReader(bare(fast_tokenizer(str(folder), Place())), 64)


def test_a_hand_worked_example(reader):
    text = "The committee met on Tuesday."
    (one,) = lessons([marked(text, "committee met Tuesday")], reader)
    code = reader.tokenizer.encode(text)
    for label, (start, end), special in zip(one.labels, code.offsets, code.special_tokens_mask, strict=True):
        body = text[start:end].strip()
        if special or not body:
            assert label == NOBODY_KNOWS
        else:
            within = next(w for w in ("The", "committee", "met", "on", "Tuesday", ".") if _inside(text, w, start, end))
            assert label == (within in ("committee", "met", "Tuesday")), (body, within)


def _inside(text: str, word: str, start: int, end: int) -> bool:
    at = text.index(word)
    return at < end and start < at + len(word)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=TEXTS, drop=st.sets(st.integers(0, 60)))
def test_every_piece_is_labelled_as_its_word_and_no_special_piece_is(reader, text, drop):
    units = words(text)
    keep = np.array([at not in drop for at in range(len(units))], np.bool_)
    one = Marked("id", "d", text, tuple(zip(units.starts[keep].tolist(), units.ends[keep].tolist(), strict=True)))
    assert (one.labels()[1] == keep).all()
    reads = reader.read([text])
    taught = lessons([one], reader)
    assert [lesson.ids.tolist() for lesson in taught] == [read.ids for read in reads]  # nothing is cut off or changed
    for lesson, read in zip(taught, reads, strict=True):
        special = np.ones(len(read.ids), bool)
        special[read.content] = False
        assert (lesson.labels[special] == NOBODY_KNOWS).all()
        for (start, end), label in zip(read.offsets.tolist(), lesson.labels[read.content].tolist(), strict=True):
            owners = [k for a, b, k in zip(units.starts, units.ends, keep, strict=True) if a <= start < b]
            wanted = int(owners[0]) if owners and start < end else NOBODY_KNOWS
            assert label == wanted


def test_the_last_word_and_the_closing_piece_are_not_mixed_up(reader):
    """The reference puts the closing piece's label before the last word's."""
    (one,) = lessons([marked("They met Tuesday", "Tuesday")], reader)
    assert one.labels[-1] == NOBODY_KNOWS
    assert one.labels[-2] == 1
    assert one.labels[0] == NOBODY_KNOWS
    assert one.labels[1] == 0


def test_the_text_is_read_as_it_is(reader):
    """The reference trains on lemmas without commas, and then compresses real text."""
    text = "Costs rose, 3.5 % more than voted, nobody objected."
    (one,) = lessons([marked(text, "Costs rose 3.5 %")], reader)
    assert one.ids.tolist() == reader.tokenizer.encode(text).ids


def test_long_texts_become_several_sequences_with_all_their_pieces(reader):
    text = MEETING[:4000]
    taught = lessons([marked(text, text)], reader)
    assert len(taught) > 3
    assert max(len(one.ids) for one in taught) <= reader.limit
    labels = np.concatenate([one.labels for one in taught])
    assert set(labels.tolist()) == {1, NOBODY_KNOWS}


def test_the_policy_for_the_pieces_of_a_word(reader):
    one = marked(LINES[1], "Alvarez library close")
    (every,), (first,) = lessons([one], reader), lessons([one], reader, policy="first")
    fewer = first.labels != every.labels
    assert fewer.any()
    assert (first.labels[fewer] == NOBODY_KNOWS).all()
    units = len(words(LINES[1]))
    known = int((first.labels != NOBODY_KNOWS).sum())
    assert known <= units + 2  # (a word piece may hold several units: "9", "p.m", ".")
    with pytest.raises(UnknownName, match="'last'"):
        lessons([one], reader, policy="last")
