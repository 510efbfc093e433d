"""The guard sees what a shortened text says otherwise: planted flips and dropped numbers in real texts, and by hand."""

from __future__ import annotations

import random
import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tamis
from tamis.core import Span
from tamis.errors import InvalidInput, RiskyResult, UnknownName
from tamis.prompt.guards import RISKY, guard
from tamis.prompt.guards.risk import _Text
from tamis.prompt.guards.tokens import matching, tokens

ROOT = Path(__file__).parents[3]
DOSE = (
    "The patient must not take ibuprofen with warfarin. The dose is 500 mg twice a day, not 5 g. Ada Lovelace signed."
)


def kinds(risk):
    return [(finding.kind, finding.text, finding.new) for finding in risk.altered]


@pytest.mark.parametrize(
    ("short", "altered"),
    [
        (DOSE.replace("not take", "take"), [("negation", "not", False)]),
        (DOSE.replace("is 500", "is not 500"), [("negation", "not", True)]),
        (DOSE.replace("500 mg ", ""), [("number", "500 mg", False)]),
        (DOSE.replace("500", "50"), [("number", "500 mg", False), ("number", "50 mg", True)]),
        (DOSE.replace("Ada Lovelace ", ""), [("name", "Ada Lovelace", False)]),
        ("The dose is 500 mg twice a day. Ada Lovelace signed.", []),
        ("Ada Lovelace signed.", []),
        (DOSE, []),
        ("", []),
    ],
)
def test_by_hand(short, altered):
    risk = guard(DOSE, short)
    assert kinds(risk) == altered
    assert risk.risky == any(kind != "name" for kind, _, _ in altered)


@pytest.mark.parametrize(
    ("source", "short"),
    [
        ("Is it safe? No. Ask again.", "Is it safe? Ask again."),
        ("It isn't safe.", "It is safe."),
        ("Das ist nicht wahr und wird nie wahr sein.", "Das ist wahr und wird nie wahr sein."),
        ("Il ne dort pas dans la maison.", "Il dort dans la maison."),
        ("这个药不能给孩子吃。", "这个药能给孩子吃。"),
        ("a: -3 °C\nb: 4 °C", "a: 3 °C\nb: 4 °C"),
        ("It always works, never fails.", "It always works, always fails."),
        ("Ports 80, 443, 8080 are open.", "Ports 80, 8080 are open."),
        ("All files except logs were deleted.", "All files logs were deleted."),
    ],
)
def test_what_says_something_else_is_risky(source, short):
    assert guard(source, short).score >= RISKY


def test_terms_of_the_question_and_what_is_omitted():
    risk = guard(
        "The mill burned in 1891. The owner was Smith.", "The owner was Smith.", question="When did the mill burn?"
    )
    assert {(f.kind, f.text) for f in risk.omitted} == {("question", "mill"), ("number", "1891")}
    assert 0 < risk.score < RISKY
    assert risk.altered == ()
    assert risk.reasons == ("number '1891' is gone", "question 'mill' is gone") or len(risk.reasons) == 2
    assert guard("a b c", "a b c", question="a").score == 0


def texts():
    pages = [*(ROOT / "docs").rglob("*.md"), ROOT / "README.md", ROOT / "CHANGELOG.md"]
    bodies = [re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.S) for page in sorted(pages)]
    return [body[at : at + 3_000] for body in bodies for at in range(0, len(body), 3_000)]


def without(text, span):
    word = span.of(text)
    stem = word[:-3] if word.lower().endswith(("n't", "n’t")) else ""
    return text[: span.start] + stem + text[span.end :].removeprefix(" ")


def planted(kind, count, seed):
    """Real texts, each with one fact of a kind taken out."""
    rng = random.Random(seed)
    for text in texts():
        spans = [span for span, _ in _Text.of(text).facts[kind]]
        for span in rng.sample(spans, min(count, len(spans))):
            yield text, span


@pytest.mark.parametrize("kind", ["negation", "number"])
def test_planted_flips_and_dropped_numbers_are_caught(kind):
    verdicts = [guard(text, without(text, span)).risky for text, span in planted(kind, 3, seed=1)]
    assert len(verdicts) > 150
    assert sum(verdicts) >= 0.99 * len(verdicts)


def test_changed_digits_are_caught():
    verdicts = []
    for text, span in planted("number", 2, seed=2):
        digits = [at for at in range(span.start, span.end) if text[at] in "0123456789"]
        if digits:
            at = digits[0]
            verdicts.append(guard(text, f"{text[:at]}{(int(text[at]) + 1) % 10}{text[at + 1 :]}").risky)
    assert len(verdicts) > 100
    assert sum(verdicts) >= 0.99 * len(verdicts)


def test_whole_paragraphs_may_go():
    for text in texts():
        risk = guard(text, "\n\n".join(text.split("\n\n")[::2]))
        assert [f for f in risk.altered if f.kind != "name"] == []


WORDS = st.lists(st.sampled_from(["a", "b", "c", "d", "not", "5", "7", ".", ","]), max_size=30)


@given(left=WORDS, right=WORDS)
def test_matching_is_a_common_subsequence(left, right):
    partner = matching(left, right)
    pairs = [(i, j) for i, j in enumerate(partner) if j >= 0]
    assert all(left[i] == right[j] for i, j in pairs)
    assert all(a < b for (_, a), (_, b) in pairwise(pairs))


@given(words=st.lists(st.integers(0, 10_000).map(str), unique=True, max_size=40), seed=st.integers(0, 99))
def test_what_is_deleted_from_distinct_words_is_known_exactly(words, seed):
    kept = [random.Random(seed + i).random() < 0.5 for i in range(len(words))]
    partner = matching(words, [word for word, keep in zip(words, kept, strict=True) if keep])
    assert [j >= 0 for j in partner] == kept


@given(source=st.text(max_size=80), short=st.text(max_size=80), question=st.none() | st.text(max_size=20))
def test_any_two_texts_can_be_compared(source, short, question):
    risk = guard(source, short, question=question)
    assert 0 <= risk.score <= 1
    assert all(finding.where is None or finding.where.end > finding.where.start for finding in risk.findings)
    assert guard(source, source).findings == ()


def test_long_repetitive_texts_take_no_time_to_speak_of():
    source = "the value is not 5 and the value is 6\n" * 4_000
    assert guard(source, source[: len(source) // 2] + source[len(source) // 2 + 13 :]) is not None


def test_in_long_texts_only_what_changed_is_looked_at():
    lines = [f"Row {i} of the log is not ready before {i * 7} seconds have passed." for i in range(2_000)]
    whole = "\n".join(lines)
    assert guard(whole, "\n".join(lines[::3])).findings == ()
    flipped = [line.replace("not ", "") if i == 900 else line for i, line in enumerate(lines) if i % 3 == 0]
    (finding,) = guard(whole, "\n".join(flipped)).altered
    assert finding.where.of(whole) == "not"
    assert whole[: finding.where.start].count("\n") == 900
    lost = guard(whole, "\n".join(lines[:900]), question="What of row 1234?").omitted
    assert [one.text for one in lost] == ["1234"]


def test_what_is_no_text():
    with pytest.raises(InvalidInput, match="compares texts"):
        guard("a", None)


def test_tokens_of_scripts_and_numbers():
    assert [token.key for token in tokens("It isn’t 3,5 %. 你好")] == ["it", "isn't", "3,5", "%", ".", "你", "好"]
    assert tokens("x 12:30")[1].span == Span(2, 7)


# as a part of compress

STRONG = "The patient must not take ibuprofen. " * 4 + "It is 5 mg."


def only(*words):
    """A method that keeps everything but some words."""

    def score(requests):
        return [[0.0 if body.strip(".,") in words else 1.0 for body in r.units.bodies()] for r in requests]

    return score


def shortened(on_risk):
    options = tamis.Options(form="bare", on_risk=on_risk)
    return tamis.compress(STRONG, rate=0.9, method=only("not"), style="words", options=options)


def test_compress_tells_the_risk_and_does_what_is_asked():
    plain = shortened(None)
    assert "not" not in plain.text
    assert plain.risk.risky
    assert plain.warnings == ()
    assert "says something else" in shortened("warn").warnings[0]
    kept = shortened("keep")
    assert kept.text == kept.source == STRONG
    assert "kept whole" in kept.warnings[0]
    with pytest.raises(RiskyResult, match="negation 'not'"):
        shortened("raise")
    with pytest.raises(UnknownName, match="on_risk"):
        shortened("stop")
