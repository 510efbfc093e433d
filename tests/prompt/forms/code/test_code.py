"""The form of code, by hand, and with input that nobody would write."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tamis
from tamis.errors import InvalidInput, UnknownName
from tamis.prompt.forms.code.form import Code
from tamis.prompt.forms.code.languages import LANGUAGES
from tamis.prompt.forms.code.syntax import SYNTAX
from tamis.prompt.forms.prose import Prose
from tamis.prompt.kinds.marks import MARKS, language_by_look
from tests.prompt.forms.code.programs import SAMPLES

TEXT = '''import os
import sys


def lamp(name, size):
    """A lamp.

    It is red.
    """
    # The size counts.
    watts = size * 2
    if size > 3:
        watts += 1
        watts += 2
        watts += 3
        watts += 4
        watts += 5
        print(name)
        print(watts)

        for part in name:
            print(part)
            print(part)
            print(part)
            print(part)
    return watts


class Stove:
    pass
'''


def rendered(form, text, *kept):
    """What is left of a text with the lines of these numbers, and what they need."""
    units = form.parse(text)
    return form.render(units, units.closed(np.isin(units.numbers[0], kept))).of(text)


def lines(text):
    return text.splitlines()


def test_a_line_brings_what_is_around_it():
    out = lines(rendered(Code("python"), TEXT, 26))
    assert out == [
        "# … lines 1-2 …",
        "def lamp(name, size):",
        '    """A lamp.',
        "",
        "    … line 8 …",
        '    """',
        "    # … lines 10-25 …",
        "    return watts",
        "",
        "",
        "# … lines 29-30 …",
    ]


def test_an_empty_block_says_so_in_a_statement():
    assert lines(rendered(Code("python"), TEXT, 12)) == [
        "# … lines 1-2 …",
        "def lamp(name, size):",
        '    """A lamp.',
        "",
        "    … line 8 …",
        '    """',
        "    # … lines 10-11 …",
        "    if size > 3:",
        "        ...  # … lines 13-30 …",
    ]
    pure = rendered(Code("python", omissions=False), TEXT, 12)
    assert lines(pure)[-2:] == ["    if size > 3:", "        ..."]
    assert "…" not in pure


def test_a_short_run_has_a_short_note():
    text = "import os\nx = 1\n\nimport os.path as path_of_the_system\n\ny = 2\n"
    assert rendered(Code("python"), text, 1, 6) == "import os\nx = 1\n\n# … line 4 …\ny = 2\n"
    text = "import os.path as long_name\n\nx = 1\n\nimport os.path as path_of_the_system\n"
    assert (
        rendered(Code("python"), text, 1, 5)
        == "import os.path as long_name\n\n# …\nimport os.path as path_of_the_system\n"
    )


def test_braces_keep_their_ends():
    text = SAMPLES["java"]
    out = rendered(
        Code("java"), text, text.splitlines().index("    public int mend(List<String> parts) throws Exception {") + 1
    )
    assert [line for line in lines(out) if "…" not in line and line] == [
        "public final class Kettle implements Comparable<Kettle> {",
        "    public int mend(List<String> parts) throws Exception {",
        "    }",
        "}",
    ]


def test_a_comment_needs_what_it_precedes_and_not_the_other_way_round():
    text = "a = 1\n\n# About b.\n# In two lines.\nb = 2\n\n# Alone.\n\nc = 3\n"
    units = Code("python").parse(text)
    comment, b, alone = 1, 3, 4
    assert units.parents[[comment, comment + 1]].tolist() == [b, b]
    assert units.parents[[b, alone]].tolist() == [-1, -1]
    assert units.bonds[comment] == units.bonds[comment + 1]


def test_lines_that_would_go_on_with_another_statement_stay_with_the_one_before():
    text = "let a = b\nlet lamps = 1\n\nfoo()\n;(function () {})()\n"
    units = Code("javascript").parse(text)
    assert units.bonds[2] == units.bonds[3]


def test_the_question_decides_which_function_stays():
    text = "".join(
        f"def {name}(x):\n    {name}_total = x\n    for {name} in range(x):\n        print({name})\n    return x\n\n\n"
        for name in ("kettle", "lamp", "stove", "chair")
    )
    result = tamis.compress(
        text, rate=0.5, question="What does stove print?", options=tamis.Options(form=Code("python"))
    )
    assert "def stove" in result.text
    assert Code("python").check(result.text)


def test_auto_takes_code_for_code():
    text = SAMPLES["go"]
    result = tamis.compress(text, rate=0.4, question="How are kettles mended?", options=tamis.Options(form="auto"))
    assert [part.name for part in result.kinds] == ["code"]
    assert "// … lines" in result.text
    assert Code("go").check(result.text)


@pytest.mark.parametrize("language", SAMPLES)
def test_what_a_language_looks_like(language):
    assert language_by_look(SAMPLES[language]) == {"tsx": "typescript"}.get(language, language)


@pytest.mark.parametrize("text", ["", "hello", "One, two. If so, then not.\n" * 20, '{"a": 1}', "a,b\n1,2\n" * 9])
def test_what_looks_like_no_language(text):
    assert language_by_look(text) is None
    with pytest.raises(InvalidInput, match="No programming language"):
        Code().parse(text)


def test_tables_are_of_the_same_languages():
    assert set(SYNTAX) == set(LANGUAGES)
    assert set(MARKS) == set(LANGUAGES) - {"tsx"}


def test_a_language_that_it_does_not_know():
    with pytest.raises(UnknownName, match="python"):
        Code("pyhton")
    assert Code("go").speaking("css") == Code()
    assert Code().speaking("go") == Code("go")


def test_minified_code_is_refused():
    with pytest.raises(InvalidInput, match="characters"):
        Code("javascript").parse("var a=1;" * 500 + "\n")


def test_what_does_not_parse_for_the_most_part_is_refused():
    with pytest.raises(InvalidInput, match="parse as java"):
        Code("java").parse("One, two. If so; then (not.\nWhere to?\nThere, 'he said.\n" * 5)


def test_units_of_another_form_are_refused():
    units = Prose("words").parse("a b")
    with pytest.raises(TypeError, match="Units"):
        Code("go").render(units, np.ones(2, bool))


@pytest.mark.parametrize("language", SAMPLES)
@pytest.mark.parametrize("ends", ["\r\n", "\r"])
def test_other_line_ends(language, ends):
    text = SAMPLES[language].replace("\n", ends)
    form = Code(language)
    whole = form.check(text)
    units = form.parse(text) if whole else None
    if units is not None:
        for seed in range(10):
            mask = units.closed(np.random.default_rng(seed).random(len(units)) < 0.3)
            assert form.check(form.render(units, mask).of(text))
        assert form.render(units, np.ones(len(units), bool)).of(text) == text


@settings(max_examples=200, deadline=None)
@given(data=st.data(), language=st.sampled_from(sorted(SAMPLES)))
def test_broken_code_is_refused_or_cut(data, language):
    """Half files, lost lines, strange characters: never an exception but the named one."""
    text = SAMPLES[language]
    low, high = sorted(data.draw(st.integers(0, len(text))) for _ in range(2))
    junk = data.draw(
        st.sampled_from(["", "\0", "\ufeff", "\ud800", "é\u2028", "}}}}", "((((", '"""', "\x0c", "`", "<<EOF\n", "𝒳"])
    )
    text = data.draw(st.sampled_from([text[:low] + junk + text[high:], text[low:high], junk + text]))
    form = Code(language)
    try:
        units = form.parse(text)
    except InvalidInput:
        return
    if not len(units):
        return
    assert form.render(units, np.ones(len(units), bool)).of(text) == text
    mask = units.closed(np.random.default_rng(low).random(len(units)) < 0.3)
    out = form.render(units, mask).of(text)
    assert form.check(out) or not form.check(text)


def test_deep_nesting():
    depth = 900
    text = "x = " + "(" * depth + "1" + ")" * depth + "\n"
    Code("python").parse(text)
    text = "".join(" " * i + "if x:\n" for i in range(90)) + " " * 90 + "pass\n"
    units = Code("python").parse(text)
    assert Code("python").check(Code("python").render(units, units.closed(np.arange(len(units)) == 60)).of(text))
    text = "class A {\n" * depth + "}\n" * depth
    units = Code("java").parse(text)
    assert len(units) == 2 * depth
