import re

import pytest
from hypothesis import given

from tamis.text.sentences import sentences
from tests.text.texts import texts


def cut(text):
    return [span.of(text).strip() for span in sentences(text)]


WHOLE = [  # one sentence each
    "Dr. Smith met Mrs. Jones at St. James.",
    "Use a fruit, e.g. Apples or pears.",
    "He lives in the U.S. Capitol with J. K. Rowling.",
    "Pi is 3.14 and e is 2.718.",
    "See Fig. 2 and Sec. 3.1 on p. 5.",
    "On Jan. 12 we met at 5 p.m. sharp.",
    "Well... you know how it is.",
    '"Why?" she asked.',
    "“Stop!” he cried.",
    "She works at Acme Inc. Berlin.",
    "Visit www.example.com/a.b?c=d today.",
    "1. First item",
    "The quick brown\nfox jumps over\nthe lazy dog.",
    "The committee met in the large hall of the old town with\nMayor Smith and talked.",
    "「行く？」と言った。",
    "Title\n=====",
    "I saw Dr.\nSmith yesterday, as I do on every Monday of the year in town.",
]


@pytest.mark.parametrize("text", WHOLE)
def test_one_sentence(text):
    assert cut(text) == [text]


CUT = [
    ("She left. He stayed.", ["She left.", "He stayed."]),
    ("Really?! Yes! no", ["Really?!", "Yes!", "no"]),
    ("He moved to the U.S. The end.", ["He moved to the U.S.", "The end."]),
    ("Apples, pears, etc. They rot.", ["Apples, pears, etc.", "They rot."]),
    ('He said "Go." Then he left.', ['He said "Go."', "Then he left."]),
    ("(It rained.) We stayed.", ["(It rained.)", "We stayed."]),
    ("**Done.** Next one.", ["**Done.**", "Next one."]),
    ("It works... Then it broke… Again", ["It works...", "Then it broke…", "Again"]),
    ("okay. so i think we go. yeah", ["okay.", "so i think we go.", "yeah"]),
    ("I said no. Then I left.", ["I said no.", "Then I left."]),
    ("It was 1998. 12 people came.", ["It was 1998.", "12 people came."]),
    ("今天很好。明天呢？不知道！", ["今天很好。", "明天呢？", "不知道！"]),
    ("यह एक वाक्य है। यह दूसरा है।", ["यह एक वाक्य है।", "यह दूसरा है।"]),
    ("هل أنت بخير؟ نعم.", ["هل أنت بخير؟", "نعم."]),
    ("- one item\n- another\nText", ["- one item", "- another", "Text"]),
    ("- an item that\n  goes on\n- two", ["- an item that\n  goes on", "- two"]),
    ("# Heading\nand text", ["# Heading", "and text"]),
    ("| a | b |\n| c | d |\nafter", ["| a | b |", "| c | d |", "after"]),
    ("Grad C: we could\nPhD A: yeah\nso do it", ["Grad C: we could", "PhD A: yeah\nso do it"]),
    ("user: hi\nassistant: hello", ["user: hi", "assistant: hello"]),
    ("first part\n\nsecond part", ["first part", "second part"]),
    ("Short Title\nThe text begins.", ["Short Title", "The text begins."]),
    ("```\na = 1. Then\nb = 2\n```\nthe end", ["```", "a = 1. Then", "b = 2", "```", "the end"]),
    ("x = f(a);\ny = g(b);", ["x = f(a);", "y = g(b);"]),
    ("a line\r\n\r\nnext", ["a line", "next"]),
    ("Title\n=====\ntext", ["Title\n=====", "text"]),
    ("1. One thing. Two things.\n2. Next", ["1. One thing.", "Two things.", "2. Next"]),
]


@pytest.mark.parametrize(("text", "expected"), CUT)
def test_cut(text, expected):
    assert cut(text) == expected


def test_nothing_and_white_space():
    assert sentences("") == ()
    assert [span.of(" \n\n ") for span in sentences(" \n\n ")] == [" \n\n "]
    assert [span.of("\n\nHi. Yo.") for span in sentences("\n\nHi. Yo.")] == ["\n\nHi. ", "Yo."]


@given(texts)
def test_they_partition_any_text(text):
    found = sentences(text)
    assert "".join(span.of(text) for span in found) == text
    assert all(len(span) > 0 for span in found)
    assert all(span.of(text).strip() for span in found) or not text.strip()
    assert found == sentences(text)


@given(texts)
def test_none_crosses_a_blank_line(text):
    for span in sentences(text):
        assert not re.search(r"\n[^\S\n]*\n", span.of(text).strip())


@given(texts, texts)
def test_a_longer_text_keeps_the_sentences_but_the_last(one, two):
    shorter, longer = sentences(one + "\n\nX"), sentences(one + "\n\nX" + two)
    assert longer[: len(shorter) - 1] == shorter[:-1]


NASTY = [
    ".",
    ". ",
    "! ",
    "\n",
    " \n",
    "a.",
    "A. ",
    '."',
    "```\n",
    "# ",
    "a\n",
    "a: ",
    "。",
    "」",
    " ",
    "\r",
    "-\n",
    "A:\n",
    "(",
    "1.\n",
]


@pytest.mark.parametrize("piece", NASTY)
def test_linear_on_repetitions(piece):
    text = piece * (60_000 // len(piece))
    assert sentences(text)[-1].end == len(text)
