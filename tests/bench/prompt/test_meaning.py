"""The laws of meaning, on examples that can be worked out by hand, and beside a naive count."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis.bench.prompt.meaning import UNMARKED, Denial, Gold, context, meaning
from tamis.core import Span


def span(text, part):
    start = text.index(part)
    return Span(start, start + len(part))


def annotate(text, sentences, words, denials=()):
    return Gold(
        tuple(span(text, s) for s in sentences),
        tuple(span(text, w) for w in words),
        tuple(Denial(span(text, a), span(text, b)) for a, b in denials),
    )


def kept(text, marked):
    """Starts and ends of what is left when the parts in square brackets of `marked` go."""
    assert marked.replace("[", "").replace("]", "") == text
    depth, mask = 0, []
    for char in marked:
        if char in "[]":
            depth += 1 if char == "[" else -1
        else:
            mask.append(not depth)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], mask, [0]))))
    return edges[::2], edges[1::2]


PILLS = "She must not smoke. He eats well-being!"
GOLD = annotate(
    PILLS,
    ["She must not smoke.", "He eats well-being!"],
    ["She", "must", "not", "smoke", ".", "He", "eats", "well-being", "!"],
    [("not", "smoke")],
)


@pytest.mark.parametrize(
    ("marked", "laws", "denials", "meetings", "words"),
    [
        ("She must not smoke. He eats well-being!", [], 1, 1, 7),
        ("She must [not ]smoke. He eats well-being!", ["inverted"], 1, 1, 6),
        ("She must not[ smoke]. He eats well-being!", ["dangling"], 1, 1, 6),
        ("She must[ not smoke]. He eats well-being!", [], 0, 1, 5),
        ("She must not smoke[.] He eats well-being!", ["joined"], 1, 1, 7),
        ("She must not smoke. [He eats well-being!]", [], 1, 0, 4),
        ("She must n[ot] smoke. He eats well-being!", ["inverted", "cut"], 1, 1, 7),
        ("She must not smoke. He eats well[-]being!", ["cut"], 1, 1, 7),
        ("She must not smoke. He eats well-being[!]", [], 1, 1, 7),
        ("She must not smo[ke. ]He eats well-being!", ["dangling", "joined", "cut"], 1, 1, 7),
        ("[She must not smoke. He eats well-being!]", [], 0, 0, 0),
    ],
)
def test_laws_by_hand(marked, laws, denials, meetings, words):
    result = meaning(PILLS, GOLD, *kept(PILLS, marked))
    assert [breach.law for breach in result.breaches] == laws
    assert (result.denials, result.meetings, result.words) == (denials, meetings, words)


def test_a_dropped_sentence_may_lend_its_end_to_those_around_it():
    text = "Ann left. Bob came. Cid slept."
    gold = annotate(text, ["Ann left.", "Bob came.", "Cid slept."], ["Ann", "left", "Bob", "came", "Cid", "slept"])
    assert not meaning(text, gold, *kept(text, "Ann left[. Bob came]. Cid slept.")).breaches
    (breach,) = meaning(text, gold, *kept(text, "Ann left[. Bob came.] Cid slept.")).breaches
    assert (breach.law, text[breach.first.start], text[breach.second.start]) == ("joined", "t", "C")


@pytest.mark.parametrize("mark", [":", ";", "\n", "。", "！", "؟", "।"])
def test_marks_of_every_script_keep_sentences_apart(mark):
    text = f"ab{mark} cd"
    gold = annotate(text, [f"ab{mark}", "cd"], ["ab", "cd"])
    assert not meaning(text, gold, [0], [len(text)]).breaches
    assert [b.law for b in meaning(text, gold, [0, 3], [2, 6]).breaches] == ["joined"]


def test_where_the_source_has_no_mark_none_can_be_kept():
    text = "A title Then a sentence."
    gold = annotate(text, ["A title", "Then a sentence."], ["A", "title", "Then", "sentence"])
    assert [b.law for b in meaning(text, gold, [0], [len(text)]).breaches] == [UNMARKED]


def test_a_stop_inside_the_last_word_ends_the_sentence():
    text = "He left the U.S. Then he came."
    gold = annotate(text, ["He left the U.S.", "Then he came."], ["U.S.", "Then", "came"])
    assert not meaning(text, gold, [0], [len(text)]).breaches
    result = meaning(text, gold, *kept(text, "He left the U.S[.] Then he came."))
    assert [b.law for b in result.breaches] == ["joined"]  # the word is whole but for its stop


def test_words_without_blanks_are_mapped_by_characters():
    text = "请不要在周五前发邮件。谢谢。"
    gold = annotate(
        text, ["请不要在周五前发邮件。", "谢谢。"], ["请", "不要", "周五", "前", "发", "邮件", "谢谢"], [("不要", "发")]
    )
    assert [b.law for b in meaning(text, gold, *kept(text, "请[不要]在周五前发邮件。谢谢。")).breaches] == ["inverted"]
    assert [b.law for b in meaning(text, gold, *kept(text, "请不要在周[五]前发邮件[。]谢谢。")).breaches] == [
        "joined",
        "cut",
    ]


def test_the_context_shows_what_went():
    starts, ends = kept(PILLS, "She must [not ]smoke. He eats well-being!")
    (breach,) = meaning(PILLS, GOLD, starts, ends).breaches
    assert context(PILLS, breach, starts, ends, around=5) == "must [not ]smoke. He"


@given(st.lists(st.booleans(), min_size=len(PILLS), max_size=len(PILLS)))
def test_a_naive_count_agrees(mask):
    edges = np.flatnonzero(np.diff(np.concatenate(([0], mask, [0]))))
    result = meaning(PILLS, GOLD, edges[::2], edges[1::2])
    negator, denied = all(mask[9:12]), all(mask[13:18])
    assert result.count("inverted") == (denied and not negator)
    assert result.count("dangling") == (negator and not denied)
    first = [i for i in range(18) if mask[i] and PILLS[i] != " "]
    second = [i for i in range(20, 38) if mask[i] and PILLS[i] not in " -"]
    assert result.count("joined") == bool(first and second and not mask[18])
    words = [(0, 3), (4, 8), (9, 12), (13, 18), (20, 22), (23, 27), (28, 38)]
    touched = [(a, b) for a, b in words if any(mask[i] and PILLS[i] != "-" for i in range(a, b))]
    assert result.words == len(touched)
    assert result.count("cut") == sum(not all(mask[a:b]) for a, b in touched)
