"""The generated cases, and that the judge of the invariants sees a broken one."""

import random
from dataclasses import replace

import numpy as np
import pytest

import tamis

TEXT = "Anna met Bob at noon, on 3 May. They spoke about the budget (which is small) and went home late. " * 4


@pytest.fixture
def given(cases):
    return cases.Case(7, ("prose",), TEXT, {"rate": 0.5, "method": "random", "options": {}})


@pytest.fixture
def result(fuzz, given):
    return fuzz.compress(given)


def test_a_number_is_a_case(cases):
    assert cases.case(12, 0) == cases.case(12, 0)
    assert cases.case(12, 0) != cases.case(12, 1)


def test_every_maker_makes_text(cases):
    for make in cases.MAKERS.values():
        assert isinstance(make(random.Random(0), 30), str)


def test_a_case_in_two_thousand_is_a_megabyte(cases):
    source = cases.case(cases.MEGABYTE_EVERY - 1, 0).source
    text = source if isinstance(source, str) else "".join(source)
    assert 990_000 < len(text.encode(errors="surrogatepass")) <= 1_000_000


def test_the_laws_hold_on_the_first_cases(fuzz):
    report = fuzz.run(range(80), seed=3)
    assert report.cases == 80
    assert [v.violations for v in report.violations] == []


# Documents of several kinds that change places after they were read (1452, 5329), code in pages (6660).
@pytest.mark.parametrize("number", [1452, 5329, 6660])
def test_what_once_went_wrong_holds(fuzz, number):
    report = fuzz.run([number], seed=0)
    assert [violation for verdict in report.violations for violation in verdict.violations] == []


def test_a_good_result_is_not_accused(fuzz, given, result):
    assert fuzz.judge(given).violations == ()
    assert list(fuzz._deletion(result)) == []


def test_too_many_tokens_are_seen(fuzz, result):
    assert any("overshoot" in v for v in fuzz._budget(result, result.tokens - 1))


def test_a_wrong_count_is_seen(fuzz, result):
    assert any("claims" in v for v in fuzz._budget(replace(result, tokens=result.tokens - 1), 10_000))


def test_an_added_word_is_seen(fuzz, result):
    assert any("not a deletion" in v for v in fuzz._deletion(replace(result, text=result.text + " more")))


def test_a_lost_pin_is_seen(fuzz, given, result):
    missing = next(w for w in ("Anna", "Bob", "noon", "home", "late") if result.text.count(w) < TEXT.count(w))
    pinned = replace(given, arguments={**given.arguments, "keep": [missing]})
    assert any("lost" in v for v in fuzz._pins(result, pinned))


def test_glued_words_are_seen(fuzz, result):
    starts, ends = np.array([0, 5]), np.array([4, 8])  # "Anna" "met" without the blank between them
    edits = replace(result.selection.edits, starts=starts, ends=ends)
    broken = replace(result, selection=replace(result.selection, edits=edits))
    assert any("glued" in v for v in fuzz._glued(broken))


def test_half_a_cluster_is_seen(fuzz):
    whole = tamis.compress("e\u0301 a", rate=1.0, method="truncate")
    broken = replace(whole.selection, units=replace(whole.selection.units, ends=np.array([1, 4])))
    assert any("cut" in v for v in fuzz._clusters(replace(whole, selection=broken)))


def test_shrinking_keeps_the_violation(fuzz, given):
    def judged(case):
        found = ("crash: x",) if "noon" in case.source else ()
        return fuzz.Verdict(case.number, "", found)

    assert fuzz.shrink(given, judged).source == "noon"


def test_a_crash_is_a_violation(fuzz, given):
    broken = replace(given, arguments={**given.arguments, "tokenizer": lambda text: 1 // 0})
    assert fuzz.judge(broken).violations[0].startswith("crash: ZeroDivisionError")


def test_the_command_says_what_it_found(program, capsys):
    assert program.main(["fuzz", "--cases", "5", "--methods", "truncate"]) == 0
    assert "5 cases" in capsys.readouterr().out
