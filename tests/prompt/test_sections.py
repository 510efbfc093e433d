"""Structured prompts: sections keep their own rates, protected means protected, in every method."""

import json
import re

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import tamis
from tamis.core import Span
from tamis.errors import InvalidBudget, InvalidInput, UnknownName
from tamis.prompt.documents.sections import CONTEXT, INSTRUCTION, QUESTION, Rule, tagged_sections
from tamis.prompt.documents.source import reordered, source_of
from tamis.text.counting import counter

pytestmark = pytest.mark.usefixtures("some_lm")

count = counter("o200k_base")
METHODS = sorted(tamis.METHODS)
CONTROLLED = sorted(name for name, m in tamis.METHODS.items() if m.share)
FREE = sorted(set(METHODS) - set(CONTROLLED))
ASKED = "When did the mill burn down?"
SAFE = "Clause 7 (b): the tenant, if any, must not -- under no circumstances! -- pay <b>$3.50</b> twice;  see `a < b`."
FILLER = (
    "The mill on the Aire was built in 1826, and it burned down in 1887. Ferries cross the river every day, but not in "
    "winter, when the ice is too thick for them and the carts go over it instead."
)
LONG = " ".join([FILLER] * 6)


def part(result, span):
    """What is left of a stretch of the source."""
    kept = [(max(p.start, span.start), min(p.end, span.end)) for p in result.kept]
    return "".join(result.source[a:b] for a, b in kept if a < b)


def span_of(result, text):
    at = result.source.index(text)
    return Span(at, at + len(text))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("filler", [FILLER, LONG], ids=["under 200 tokens", "over"])
@pytest.mark.parametrize("budget", [{"rate": 0.3}, {"threshold": 0.9}])
def test_what_is_not_to_be_compressed_stays_to_the_last_byte(method, filler, budget):
    prompt = tamis.Prompt([[filler, "\n", tamis.Section(SAFE, compress=False), "\n", filler]])
    result = tamis.compress(prompt, **budget, method=method, question=ASKED)
    assert SAFE in result.text
    assert result.tokens < result.original_tokens or "threshold" in budget
    assert "section" in {f.rule for f in result.protected}
    if "rate" in budget:  # the whole section counts, and the rest is cut to its share
        free = result.original_tokens - count(SAFE)
        assert result.tokens <= 0.3 * free + count(SAFE) + 1e-9


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("own", [0.0, 0.15, 0.6, 1.0])
@pytest.mark.parametrize("budget", [{"rate": 0.4}, {"tokens": 150}, {"threshold": 0.5}], ids=str)
def test_a_section_keeps_to_its_own_rate(method, own, budget):
    """Never over it; and under a rate or a threshold, where it need not make room for others, all of it is used."""
    section = " ".join([f"Section {i} of the log says that pump {i * 7} ran." for i in range(12)])
    prompt = tamis.Prompt([[LONG, "\n", tamis.Section(section, rate=own), "\n", FILLER]])
    limit = int(own * count(section) + 1e-9)
    for style in (None, "words"):  # (whole clauses do not fill a small share)
        result = tamis.compress(prompt, **budget, method=method, question=ASKED, style=style)
        left = count(part(result, span_of(result, section)).strip())
        assert left <= limit
    if "tokens" not in budget:
        assert left >= 0.9 * limit - 2
    if own == 0:
        assert "pump" not in result.text
    if "rate" in budget:
        assert result.tokens <= int(0.4 * (result.original_tokens - count(section)) + own * count(section) + 1)
    if "tokens" in budget:
        assert result.tokens <= 150


@pytest.mark.parametrize("method", METHODS)
def test_tags_work_in_every_method(method):
    text = f"{FILLER} <llmlingua, compress=False>{SAFE}</llmlingua> {FILLER}<llmlingua, rate=0> gone gone</llmlingua>"
    result = tamis.compress(tamis.Prompt.tagged(text), rate=0.4, method=method, question=ASKED)
    assert result.source == f"{FILLER} {SAFE} {FILLER} gone gone"
    assert SAFE in result.text
    assert "gone" not in result.text
    outside = part(result, Span(0, len(FILLER)))
    assert 0 < len(outside) < len(FILLER)  # text between tags is compressed at the rate of the call, not lost


@pytest.mark.parametrize("method", FREE)
@pytest.mark.parametrize("rate", [0.3, 0.6])
def test_instruction_and_question_stay_whole(method, rate):
    instruction = "Answer in one (short) sentence, and do not guess."
    prompt = tamis.Prompt(instruction=instruction, context=[FILLER, LONG], question=ASKED)
    result = tamis.compress(prompt, rate=rate, method=method)
    assert result.text.startswith(instruction)
    assert result.text.endswith(ASKED)
    assert result.question == ASKED


@pytest.mark.parametrize("method", METHODS)
def test_an_instruction_with_a_rate_keeps_to_it(method):
    instruction = "Answer in one short sentence, and do not guess what you do not know for certain, please."
    prompt = tamis.Prompt(instruction=tamis.Section(instruction, rate=0.5), context=[LONG], question=ASKED)
    result = tamis.compress(prompt, rate=0.4, method=method, style="words")
    left = part(result, result_span(result, 0)).strip()
    assert 0 < count(left) <= 0.5 * count(instruction)
    if method in FREE:
        assert result.text.endswith(ASKED)


def result_span(result, number):
    return Span(result.documents[number].start, result.documents[number].end)


@pytest.mark.parametrize("method", CONTROLLED)
def test_the_controller_has_shares_for_instruction_and_question(method):
    """tau_ins 0.85 and tau_que 0.9 guide; the context pays."""
    instruction = " ".join(f"Rule {i}: name the page, the year and the author of every source." for i in range(6))
    prompt = tamis.Prompt(instruction=instruction, context=[LONG, LONG[:400]], question=ASKED)
    result = tamis.compress(prompt, rate=0.4, method=method, options=tamis.Options(clean=False))
    spans = [result_span(result, i) for i in range(len(result.documents))]
    instructed = count(part(result, spans[0])) / count(instruction)
    context = sum(count(part(result, s)) for s in spans[1:-1]) / sum(count(s.of(result.source)) for s in spans[1:-1])
    assert 0.6 < instructed <= 1
    assert context < 0.35
    assert instructed > 2 * context


@pytest.mark.parametrize("method", CONTROLLED)
def test_under_a_threshold_nobody_shares_out_and_the_instruction_stays_whole(method):
    prompt = tamis.Prompt(instruction="Answer in one sentence.", context=[LONG], question=ASKED)
    result = tamis.compress(prompt, threshold=0.999, method=method)
    assert result.text.startswith("Answer in one sentence.")
    assert result.text.endswith(ASKED)
    assert result.tokens < 0.5 * result.original_tokens


@pytest.mark.parametrize("order", ["original", "sort", "two_stage"])
@pytest.mark.parametrize("method", ["longllmlingua", "bm25-sentences", "auto"])
def test_rules_move_with_their_documents(method, order):
    safe = "Keep (this) -- as it is;  to the byte."
    documents = [
        [FILLER, " ", tamis.Section(safe, compress=False)],
        ["Log: ", tamis.Section("gone", rate=0)],
        "The mill burned down.",
    ]
    prompt = tamis.Prompt(instruction="Be brief.", context=documents, question=ASKED)
    result = tamis.compress(prompt, rate=0.7, method=method, options=tamis.Options(order=order))
    assert safe in result.text
    assert "gone" not in result.text
    assert result.source.startswith("Be brief.")
    assert result.source.endswith(ASKED)
    assert sorted(s.number for s in result.documents) == [0, 1, 2, 3, 4]
    if order == "sort":
        assert [s.number for s in result.documents] != [0, 1, 2, 3, 4]


def test_reordered_moves_rules_and_cuts_those_that_reach_over_borders():
    source = source_of(["abc", "defg", "hi"])
    ruled = type(source)(
        source.text, source.documents, rules=(Rule(Span(1, 7), 0.5), Rule(Span(11, 13), 1.0, whole=True))
    )
    moved = reordered(ruled, [2, 1, 0])
    assert moved.text == "hi\n\ndefg\n\nabc"
    assert [(r.span.of(moved.text), r.rate, r.whole) for r in moved.rules] == [
        ("hi", 1.0, True), ("de", 0.5, False), ("bc", 0.5, False),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "sections"),
    [
        ("", []),
        ("no tags", [("no tags", None, True)]),
        ("a <llmlingua, rate=0.3>b < c</llmlingua>", [("a ", None, True), ("b < c", 0.3, True)]),
        ("<llmlingua rate = .5 , compress=true>x</llmlingua>", [("x", 0.5, True)]),
        ("<llmlingua, compress=False>x\n\ny</llmlingua>z", [("x\n\ny", None, False), ("z", None, True)]),
        ("<llmlingua>x</llmlingua >", [("x", None, True)]),
        ("<llmlingua, rate=0.5></llmlingua>x", [("x", None, True)]),
        ("<llmlingua, rate=0>x</llmlingua>", [("x", 0.0, True)]),
        ("a </b> < llmlingua <i> &lt; 1<2", [("a </b> < llmlingua <i> &lt; 1<2", None, True)]),
        ("a <llmlingua b", [("a <llmlingua b", None, True)]),
        ("the <llmlingua-2> paper, <llmlinguas>", [("the <llmlingua-2> paper, <llmlinguas>", None, True)]),
        ("<llmlingua, rate=0.1>if a < b and c</b> : </llmlingua>", [("if a < b and c</b> : ", 0.1, True)]),
        ("<LLMLingua, rate=0.1>x</LLMLingua>", [("<LLMLingua, rate=0.1>x</LLMLingua>", None, True)]),
    ],
)  # fmt: skip
def test_tags_are_read_and_all_else_is_text(text, sections):
    assert [(s.text, s.rate, s.compress) for s in tagged_sections(text)] == sections


snippets = st.lists(st.sampled_from(["<", ">", "</", "a", " ", "\n", "<llmlingua", "llmlingua>", "é", "<b>", "="])).map(
    "".join
)


def tagged(text, rate, compress):
    """A section as its tag, or bare where it says nothing."""
    said = ([f"rate={rate}"] if rate is not None else []) + ([] if compress else ["compress=False"])
    return f"<llmlingua, {', '.join(said)}>{text}</llmlingua>" if said else text


@settings(max_examples=200)
@given(st.lists(st.tuples(snippets, st.sampled_from([None, 0.0, 0.3, 1.0]), st.booleans()), max_size=6))
def test_no_character_is_lost_or_made(rows):
    """Whatever is written inside and outside of well-formed tags comes back, in order, with its settings."""
    text = "".join(tagged(*row) for row in rows)
    texts_alone = "".join(f"<>{t}<>" if r is not None or not c else t for t, r, c in rows)
    assume(not re.search(r"</?llmlingua(?![\w-])[^<>]*>", texts_alone))
    found = tagged_sections(text)
    assert "".join(s.text for s in found) == "".join(t for t, _, _ in rows)
    assert [s for s in found if s.rate is not None or not s.compress] == [
        tamis.Section(t, r, c) for t, r, c in rows if t and (r is not None or not c)
    ]


@pytest.mark.parametrize(
    ("text", "error", "says"),
    [
        ("a <llmlingua, rate=0.5>b", InvalidInput, "'<llmlingua, rate=0.5>' has no partner"),
        ("a</llmlingua> b", InvalidInput, "'</llmlingua>' has no partner"),
        ("<llmlingua, rate=0.5>a<llmlingua, rate=0.2>b</llmlingua>c</llmlingua>", InvalidInput, "inside of another"),
        ("<llmlingua, rat=0.5>a</llmlingua>", UnknownName, "'rat'"),
        ("<llmlingua, rate=half>a</llmlingua>", InvalidBudget, "'half'"),
        ("<llmlingua, rate=1.5>a</llmlingua>", InvalidBudget, "1.5"),
        ("<llmlingua, rate=-0.5>a</llmlingua>", InvalidBudget, "-0.5"),
        ("<llmlingua, rate=nan>a</llmlingua>", InvalidBudget, "nan"),
        ("<llmlingua, compress=no>a</llmlingua>", InvalidInput, "compress=no"),
        ("<llmlingua, 0.5>a</llmlingua>", InvalidInput, "cannot be read"),
        ("<llmlingua, rate>a</llmlingua>", InvalidInput, "cannot be read"),
        (None, InvalidInput, "NoneType"),
        ([b"x"], InvalidInput, "bytes"),
    ],
)
def test_tags_that_make_no_sense_are_refused_by_name(text, error, says):
    with pytest.raises(error, match=re.escape(says)):
        tamis.Prompt.tagged([None] if text is None else text)


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: tamis.Section(None), InvalidInput),
        (lambda: tamis.Section("x", rate=1.01), InvalidBudget),
        (lambda: tamis.Section("x", rate="0.5"), InvalidBudget),
        (lambda: tamis.Section("x", rate=float("nan")), InvalidBudget),
        (lambda: tamis.compress(tamis.Prompt([None]), method="truncate"), InvalidInput),
        (lambda: tamis.compress(tamis.Prompt([["a", 5]]), method="truncate"), InvalidInput),
        (lambda: tamis.compress(tamis.Prompt(["a"], instruction=5), method="truncate"), InvalidInput),
        (lambda: tamis.compress(tamis.Prompt(["a"], question=b"q"), method="truncate"), InvalidInput),
        (lambda: tamis.compress(tamis.Prompt(5), method="truncate"), InvalidInput),
        (lambda: tamis.compress(tamis.Prompt([5]), method="truncate"), InvalidInput),
    ],
)
def test_what_is_no_section_is_refused(make, error):
    with pytest.raises(error):
        make()


def test_a_prompt_is_one_source_with_roles_and_rules():
    prompt = tamis.Prompt(
        instruction="Do <keep>this</keep>.",
        context=["one", tamis.Section("two", rate=0.5), ["th", tamis.Section("ree", compress=False)], ""],
        question=tamis.Section(" Why? ", rate=0.9),
    )
    source = source_of(prompt)
    assert source.text == "Do this.\n\none\n\ntwo\n\nthree\n\n\n\n Why? "
    assert source.roles == (INSTRUCTION, CONTEXT, CONTEXT, CONTEXT, CONTEXT, QUESTION)
    assert [(r.span.of(source.text), r.rate, r.whole) for r in source.rules] == [
        ("two", 0.5, False), ("ree", 1.0, True), (" Why? ", 0.9, False),
    ]  # fmt: skip
    assert [f.span.of(source.text) for f in source.pinned] == ["this"]
    assert source.question == "Why?"


@pytest.mark.parametrize("prompt", [tamis.Prompt(), tamis.Prompt([]), tamis.Prompt([""]), tamis.Prompt.tagged("")])
@pytest.mark.parametrize("method", METHODS)
def test_a_prompt_may_be_empty(prompt, method):
    assert tamis.compress(prompt, rate=0.5, method=method, question="what?").text.strip() == ""


def test_one_text_is_one_document():
    assert source_of(tamis.Prompt("one text")).text == "one text"
    assert source_of(tamis.Prompt(tamis.Section("one", rate=0.5))).rules[0].rate == 0.5


@pytest.mark.parametrize("own", [0.0, 1.0])
def test_a_word_over_a_border_stays_only_if_both_sides_let_it(own):
    prompt = tamis.Prompt([["foo ba", tamis.Section("r baz", rate=own), " qux"]])
    text = tamis.compress(prompt, rate=1, method="truncate").text
    assert text == ("foo bar baz qux" if own else "foo qux")


def test_two_sections_share_a_word_and_the_stricter_decides():
    for first, second in ((0.0, 1.0), (1.0, 0.0)):
        prompt = tamis.Prompt([[tamis.Section("foo ba", rate=first), tamis.Section("r baz", rate=second)]])
        text = tamis.compress(prompt, rate=1, method="truncate").text
        assert "bar" not in text
        assert text.strip() == ("baz" if second else "foo")


def test_the_json_lists_the_documents_with_their_scores():
    prompt = tamis.Prompt(instruction="Be brief.", context=["The mill burned.", "", "Ferries."], question=ASKED)
    result = tamis.compress(prompt, rate=0.8, method="bm25-sentences")
    data = json.loads(json.dumps(result.to_dict(), allow_nan=False))
    assert [d["number"] for d in data["documents"]] == [0, 1, 2, 3, 4]
    assert [d["score"] is None for d in data["documents"]] == [True, False, True, False, True]
    assert [data["text"][:9], result.source[data["documents"][1]["start"] : data["documents"][1]["end"]]] == [
        "Be brief.", "The mill burned.",
    ]  # fmt: skip
    assert np.isfinite([d["score"] for d in data["documents"] if d["score"] is not None]).all()


def test_many_prompts_are_as_one_by_one():
    prompts = [tamis.Prompt.tagged(f"{FILLER}<llmlingua, rate={r}> {FILLER}</llmlingua>") for r in (0.1, 0.5)]
    many = tamis.compress_many(prompts, rate=0.5, method="llmlingua")
    assert [m.text for m in many] == [tamis.compress(p, rate=0.5, method="llmlingua").text for p in prompts]


@settings(max_examples=60)
@given(
    parts=st.lists(
        st.tuples(st.text("ab .,(\n", max_size=30), st.sampled_from([None, 0.0, 0.4, 1.0]), st.booleans()), max_size=5
    ),
    rate=st.floats(0, 1),
    method=st.sampled_from(["truncate", "random", "llmlingua"]),
)
def test_any_sections_at_any_rate(parts, rate, method):
    """Protected stretches come back, the budget holds, and what is kept is the source's."""
    sections = [tamis.Section(t, r, c) for t, r, c in parts]
    result = tamis.compress(tamis.Prompt([[s, "\n\n"] for s in sections]), rate=rate, method=method)
    assert result.restore() == result.source
    for number, section in enumerate(sections):
        if not section.compress:
            assert section.text.strip() in part(result, result_span(result, number))
