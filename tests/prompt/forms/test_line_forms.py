"""The forms of lines: what stays is lines of the source, or notes of how many went; hunks and failures stay whole."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tamis
from tamis.prompt.forms.diff import Diff
from tamis.prompt.forms.log import Log
from tamis.prompt.forms.search import SearchResults

NOTE = re.compile(r"\s*… [\d,]+ (?:lines?|more like this.*) …")
FAILURES = """============================= test session starts ==============================
collected 3 items

test_a.py FF.                                                            [100%]

=================================== FAILURES ===================================
____________________________________ test_a ____________________________________

    def test_a():
>       assert f(1) == 2
E       assert 1 == 2

test_a.py:4: AssertionError
____________________________________ test_b ____________________________________

    def test_b():
>       f(None)

test_a.py:8: TypeError
=========================== short test summary info ============================
FAILED test_a.py::test_a - assert 1 == 2
========================= 2 failed, 1 passed in 0.12s ==========================
"""
LOG = (
    "".join(f"10:{i:02}:00 INFO worker: job {i} done in {i * 7} ms\n" for i in range(40)) + "10:59:00 ERROR disk full\n"
)
DIFF = "".join(
    f"diff --git a/f{n}.py b/f{n}.py\nindex 1..2 100644\n--- a/f{n}.py\n+++ b/f{n}.py\n"
    f"@@ -1,3 +1,3 @@\n a{n}\n-b{n}\n+B{n}\n c{n}\n@@ -9,2 +9,3 @@ def g():\n x{n}\n+y{n}\n z{n}\n"
    for n in range(5)
)
GREP = "a/x.py-1-one\na/x.py:2:two\na/x.py-3-three\n--\nb/y.py-7-one\nb/y.py:8:two\nb/y.py-9-three\n" * 3
HEADED = "src/a.py\n3:one\n9:two\n\nsrc/b.py\n4:three\n\nsrc/c.py\n1:four\n2:five\n"
CASES = {
    "log": LOG + FAILURES,
    "diff": DIFF,
    "search": GREP + HEADED,
    "lines": LOG,
    "auto": f"Some words.\n\n{LOG}\n{DIFF}",
}
METHODS = st.sampled_from(["random", "truncate", "auto"])


def shortened(form, text, **given):
    return tamis.compress(text, options=tamis.Options(form=form), **given)


@pytest.mark.parametrize("form", ["log", "diff", "search", "lines"])
@settings(max_examples=25, deadline=None)
@given(rate=st.floats(0, 1), method=METHODS)
def test_what_stays_is_lines_of_the_source_or_notes(form, rate, method):
    text = CASES[form]
    source = set(text.splitlines())
    for line in shortened(form, text, rate=rate, method=method).text.splitlines():
        assert line in source or NOTE.fullmatch(line)


@pytest.mark.parametrize("form", CASES)
def test_without_omissions_nothing_is_put_in(form):
    options = tamis.Options(form=form, omissions=False)
    result = tamis.compress(CASES[form], rate=0.3, options=options)
    assert result.inserted == ()
    assert "…" not in result.text


@settings(max_examples=40, deadline=None)
@given(rate=st.floats(0, 1), seed=st.integers(0, 9))
def test_short_hunks_stay_whole_under_their_heads(rate, seed):
    options = tamis.Options(form="diff", seed=seed)
    text = tamis.compress(DIFF, rate=rate, method="random", options=options).text
    for n in range(5):
        first = [f" a{n}\n", f"-b{n}\n", f"+B{n}\n", f" c{n}\n"]
        second = [f" x{n}\n", f"+y{n}\n", f" z{n}\n"]
        for hunk in (first, second):
            assert len({line in f"{text}\n" for line in hunk}) == 1
            if hunk[0] in f"{text}\n":
                assert f"+++ b/f{n}.py\n" in text
        if first[0] not in text and second[0] not in text:
            assert f"+++ b/f{n}.py" not in text


@settings(max_examples=40, deadline=None)
@given(rate=st.floats(0, 1), seed=st.integers(0, 9))
def test_the_core_of_a_failure_stays_whole(rate, seed):
    text = tamis.compress(FAILURES, rate=rate, method="random", options=tamis.Options(form="log", seed=seed)).text
    core = ["_ test_a _", ">       assert f(1) == 2", "E       assert 1 == 2\n", "test_a.py:4: AssertionError"]
    assert len({line in f"{text}\n" for line in core}) == 1


def test_repeats_are_counted_with_their_times():
    text = shortened("log", LOG, tokens=110, method="truncate", keep=["ERROR disk full"]).text
    assert "more like this, 10:" in text
    assert "ERROR disk full" in shortened("log", LOG, rate=0.3).text


@settings(max_examples=40, deadline=None)
@given(rate=st.floats(0, 1), seed=st.integers(0, 9))
def test_context_and_headings_stay_with_matches(rate, seed):
    text = tamis.compress(HEADED, rate=rate, method="random", options=tamis.Options(form="search", seed=seed)).text
    under = {"src/a.py": ("3:one", "9:two"), "src/b.py": ("4:three",), "src/c.py": ("1:four", "2:five")}
    for heading, matches in under.items():
        assert (heading in text) == any(match in text for match in matches)
    for line in ("a/x.py-1-one", "a/x.py-3-three"):
        one = "a/x.py-1-one\na/x.py:2:two\na/x.py-3-three\n--\nb/y.py:8:two\n"
        kept = tamis.compress(one, rate=rate, method="random", options=tamis.Options(form="search", seed=seed)).text
        assert line not in kept or "a/x.py:2:two" in kept


def test_colours_and_carriage_returns_go_or_stay_whole():
    text = (
        "".join(f"\x1b[32mINFO\x1b[0m job {i}\n" for i in range(20))
        + "".join(f"\r{i}%|███|" for i in range(30))
        + "\nERROR x\n"
    )
    result = shortened("log", text, rate=0.3)
    assert result.text.count("\x1b[32m") == result.text.count("\x1b[0m")
    assert "ERROR x" in result.text


@pytest.mark.parametrize("form", [Diff(), Log(), SearchResults()])
@given(text=st.text(st.sampled_from("+-@ \n\r\taE>_=:.1|/"), max_size=80))
def test_nothing_raises_from_the_depths(form, text):
    units = form.parse(text)
    mask = units.starts >= 0
    assert form.render(units, mask, mask).of(text) == text


def test_a_mixed_text_is_the_same_at_rate_1_and_its_parts_begin_on_lines_of_their_own():
    text = CASES["auto"] + "\n```python\n" + "def f():\n    return 1\n\n\n" * 6 + "```\n\nThe end.\n"
    assert shortened("auto", text, rate=1).text == text
    for rate in (0.1, 0.3, 0.6):
        result = shortened("auto", text, rate=rate, question="disk full?")
        assert result.tokens <= rate * result.original_tokens
        assert {part.name for part in result.kinds} >= {"markdown", "log", "diff"}
        assert result.text.count("```") in (0, 2)
        assert result.to_dict()["kinds"][0]["kind"] == "markdown"
