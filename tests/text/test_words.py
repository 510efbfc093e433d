from pathlib import Path

import numpy as np
import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from tamis.text import words as module
from tamis.text.words import words
from tests.text.texts import texts


def units(text):
    return words(text).bodies()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \n\t ", [" \n\t "]),
        ("Hello, wide world!", ["Hello", ",", "wide", "world", "!"]),
        ("don't state-of-the-art and/or", ["don't", "state-of-the-art", "and/or"]),
        ("$3.50 -5 12% 20° C++ C# --flag", ["$3.50", "-5", "12%", "20°", "C++", "C#", "--flag"]),
        ("see https://a.b/c?d=1, ok", ["see", "https://a.b/c?d=1", ",", "ok"]),
        ("me@x.org.", ["me@x.org", "."]),
        ("run f(x)[0].", ["run", "f(x)[0]", "."]),
        ("fast—but slow", ["fast—", "but", "slow"]),
        ("well...maybe", ["well...", "maybe"]),
        ("(aside)", ["(", "aside", ")"]),
        # Two Latin words in a text without spaces: whatever goes, "PythonJava" must not come out.
        ("用Python写Java码", ["用", "Python写", "Java码"]),
        ("我们今天讨论", ["我们", "今天讨论"]),
        ("👩‍👩‍👧‍👦 1️⃣ 🇩🇪", ["👩‍👩‍👧‍👦", "1️⃣", "🇩🇪"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("- item", ["-", "item"]),
    ],
)
def test_hand_worked(text, expected):
    assert units(text) == expected


def code_like():
    """The lines of the list; those that begin with "# " name the kinds."""
    lines = (Path(__file__).parent / "code_like.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("# ")]


FRAMES = ("{}", "run {} now", "run {}, then", "so {}.", "({})", "“{}” here", "{}\n\nnext", "见 {} 。", "at: {}")


@pytest.mark.parametrize("token", code_like())
def test_no_unit_begins_or_ends_inside_what_is_one_word_to_a_reader(token):
    frames = FRAMES
    if token.startswith(">"):
        frames = [frame for frame in frames if frame[0] != "{"]  # there it is the sign of a quotation
    if token.endswith("."):
        frames = [frame for frame in frames if "{} " in frame or "{}," in frame]  # elsewhere it ends the sentence
    if token in {":)", ":-)", ";-)"}:
        frames = [frame for frame in frames if frame[0] not in "(“"]
    for frame in frames:
        text, start = frame.format(token), frame.index("{}")
        w = words(text)
        inside = {c for c in (*w.starts.tolist(), *w.ends.tolist()) if start < c < start + len(token)}
        assert not inside, (text, w.bodies())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("git rebase --onto main", ["git", "rebase", "--onto", "main"]),
        ("type :q! or :wq.", ["type", ":q!", "or", ":wq", "."]),
        ("see [the manual](https://a.b/c)", ["see", "[", "the", "manual", "]", "(", "https://a.b/c", ")"]),
        # Inline code is one unit up to six words.
        ("run `git push -f` now", ["run", "`git push -f`", "now"]),
        ("`a b c d e f g`", ["`", *"abcdefg", "`"]),
        # The stop of an abbreviation belongs to it, unless it ends the sentence.
        (
            "Dr. Lee of the U.S. Army came. I left.",
            ["Dr.", "Lee", "of", "the", "U.S.", "Army", "came", ".", "I", "left", "."],
        ),
        ("It is in the U.S. The rest", ["It", "is", "in", "the", "U.S", ".", "The", "rest"]),
        ("am 3. und 4. Mai", ["am", "3.", "und", "4", ".", "Mai"]),
        ("в 1990 г. он пришёл.", ["в", "1990", "г.", "он", "пришёл", "."]),
        ("80 000 of 1990 100", ["80 000", "of", "1990", "100"]),
        ("<b>bold</b> &amp; <Esc>", ["<b>", "bold", "</b>", "&amp;", "<Esc>"]),
        ('he said "go" (or "went")', ["he", "said", '"', "go", '"', "(", "or", '"', "went", '"', ")"]),
        ("*it* and **bold** by *args", ["*", "it", "*", "and", "**", "bold", "**", "by", "*args"]),
        ("pay $5 or $6, not $x^2$", ["pay", "$5", "or", "$6", ",", "not", "$x^2$"]),
    ],
)
def test_signs_that_belong_to_a_word(text, expected):
    assert units(text) == expected


@given(texts)
def test_units_partition_the_text(text):
    w = words(text)
    assert "".join(s.of(text) for s in w.spans) == text
    assert all(len(s) > 0 for s in w.spans)


@given(texts)
def test_gaps_are_white_space_and_bodies_have_none_at_their_edges(text):
    if regex.fullmatch(r"\s*", text):
        return
    w = words(text)
    edges = [0, *np.stack([w.starts, w.ends], 1).ravel().tolist(), len(text)]
    gaps = [text[a:b] for a, b in zip(edges[0::2], edges[1::2], strict=True)]
    assert regex.fullmatch(r"\s*", "".join(gaps))
    # A blank inside a cluster (" " before a joiner) counts as part of a letter.
    solid = regex.sub(r"\X", lambda m: m[0] if len(m[0]) == 1 else "x" * len(m[0]), text)
    bodies = [solid[a:b] for a, b in zip(w.starts.tolist(), w.ends.tolist(), strict=True)]
    assert all(regex.fullmatch(r"\S(?s:.*)(?<!\s)", body) for body in bodies)


@given(texts)
def test_no_grapheme_cluster_is_cut(text):
    starts = {m.start() for m in regex.finditer(r"\X", text)} | {len(text)}
    w = words(text)
    cuts = {*w.starts.tolist(), *w.ends.tolist()}
    # White space may begin a cluster of its own accord ("\r\n"); inside a gap nothing is cut.
    assert cuts <= starts


@given(texts)
def test_gap_strength_counts_line_ends(text):
    w = words(text)
    for i in range(len(w)):
        gap = text[int(w.ends[i]) : int(w.starts[i + 1]) if i + 1 < len(w) else len(text)]
        lines = len(regex.findall(r"\r\n?|\n|\v|\f|\x85|\u2028|\u2029", gap))
        assert int(w.gap[i]) == (min(3, 1 + lines) if lines else int(bool(gap)))


@settings(max_examples=20)
@given(texts)
def test_no_unit_is_huge(text):
    assert all(len(body) <= 500 for body in units(text * 40))


LONG = ("a", "(", "a(", "[", "a.", "我", "-", "a—", "$", "#", "é", "\ud800", "http://", '"', "='a", "=('", "<a ", "[a")
LONG += (
    "` a",
    "*a",
    "%",
    "&a;",
    "~/",
    "{",
    "$(a",
    "\\(",
    "C-x ",
    "Ctrl+",
    "123 ",
    "^a$",
    "/a",
    ":",
    "A.",
    "e.g. ",
    "ア・",
)


@pytest.mark.parametrize("piece", LONG)
def test_a_long_run_of_one_thing_is_cut_in_linear_time(piece):
    text = piece * 100_000
    assert sum(len(s) for s in words(text).spans) == len(text)


@pytest.mark.parametrize("second", [" \u200dtwo", " \u0301 two", "\x85 \u200c\u200dtwo"])
def test_a_cluster_that_begins_with_a_blank_glues_no_documents(second):
    alone = len(words("one")) + len(words(second))
    assert len(words(f"one\n\n{second}")) == len(words(f"{second}\n\none")) == alone


def test_a_cluster_that_ends_with_a_blank_glues_no_documents():
    assert len(words("one \u0600 \n\ntwo")) == len(words("one \u0600 ")) + len(words("two"))


JOINING = "ab \r\n\u0301\u200d\u0903\u0600\u1100\u1161\U0001f1e9\U0001f468\ufe0f\u00e9–"


@given(st.text(st.sampled_from(JOINING) | st.characters(), max_size=12))
def test_a_text_without_what_joins_has_only_clusters_of_one_character(text):
    several = any(m.end() - m.start() > 1 for m in module._CLUSTER.finditer(text))
    assert several <= (module._JOINS.search(text) is not None)
