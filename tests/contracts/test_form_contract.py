"""One contract over every form in the table, and over a toy from outside: nested, with insertions."""

from __future__ import annotations

import io
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

import tamis
from tamis.errors import BudgetTooSmall, InvalidInput, UnknownName
from tamis.prompt.forms.prose import Prose
from tamis.prompt.forms.table import FORMS
from tamis.prompt.options import Style
from tamis.text.counting import counter
from tamis.text.edits import Edits, Insertion
from tamis.text.units import Units
from tests.contracts.rows import OMITTED, Rows
from tests.prompt.forms.code.programs import SAMPLES as PROGRAMS
from tests.prompt.forms.code.programs import python_programs
from tests.prompt.forms.configs import SAMPLES as CONFIG_SAMPLES
from tests.prompt.forms.configs import configs
from tests.prompt.forms.data import texts as structured
from tests.text.texts import texts

TEXT = """lamps {
  red, 3 pieces
  blue, 4 pieces
  table lamps {
    green, 12 pieces, made in Leeds
    grey, 1 piece
  }
}
stove, 9 pieces
"""


def tables() -> st.SearchStrategy[str]:
    """Texts of rows in braces, up to three deep."""
    row = st.lists(st.sampled_from(["red", "blue", "lamp", "12", "pieces", "Leeds", "ok"]), min_size=1, max_size=6).map(
        " ".join
    )

    def block(inner):
        parts = st.tuples(st.sampled_from(["lamps {", "stoves {", "a b c {"]), st.lists(inner, max_size=5))
        return parts.map(lambda part: "\n".join([part[0], *part[1], "}"]))

    return st.lists(st.recursive(row, block, max_leaves=8), max_size=6).map("\n".join)


PARAGRAPHS = (
    "<p>One red lamp, and two blue ones.</p>\n",
    "<h2>Lamps</h2><ul><li>red<li>blue</ul>",
    "<table><tr><th>a<th>b</tr><tr><td>1<td>2</tr></table>",
    "<nav><a href=x>Home</a></nav>",
    "<div class=menu>Menu</div><br/>It ends.",
    "<pre>\nx = 1\n  y = 2</pre>",
    "<script>var a = '<p>';</script>words &amp; more words\n\n",
    "<p>Not closed <b>bold",
)
WELL_FORMED = {
    "json": structured.jsons,
    "jsonl": structured.json_lines,
    "csv": structured.tables,
    "tsv": structured.tabbed,
    "xml": structured.xmls,
    "yaml": structured.yamls,
    "code": python_programs(),
    "config": configs(),
    "page": st.lists(st.sampled_from(PARAGRAPHS), min_size=1, max_size=8).map("".join),
}
"""Texts of the forms that do not take any."""
SAMPLES = {
    "page": f"<html><body>{''.join(PARAGRAPHS)}</body></html>",
    "yaml": "lamps:\n  - {colour: red, n: 3}\n  - {colour: blue, n: 4}\nstove: 9\n",
    "code": PROGRAMS["python"],
    "config": CONFIG_SAMPLES["toml"],
    "xml": '<all><lamp n="3">red</lamp><lamp n="4">blue</lamp><!-- and --><stove>nine</stove></all>',
    "json": '{"lamps": [{"colour": "red", "n": 3}, {"colour": "blue", "n": 4}], "stove": 9}',
    "csv": "colour,pieces\nred,3\nblue,4\ngreen,12\n",
    "tsv": "colour\tpieces\nred\t3\nblue\t4\ngreen\t12\n",
    "jsonl": '{"colour": "red", "n": 3}\n{"colour": "blue", "n": 4}\n["stove", 9]\n',
}
CASES = {**{name: (name, WELL_FORMED.get(name, texts)) for name in FORMS}, "toy": (Rows(), tables())}
every_form = pytest.mark.parametrize("case", CASES.values(), ids=CASES)
METHODS = st.sampled_from(["random", "truncate", "stopwords", "tfidf-words", "bm25-sentences"])


def compress(form, text, **given):
    return tamis.compress(text, question="red lamp?", options=tamis.Options(form=form), **given)


def parsed(form, text):
    return (FORMS[form](tamis.Options(), Style()) if isinstance(form, str) else form), text


@every_form
@settings(max_examples=60)
@given(data=st.data(), rate=st.floats(0, 1), method=METHODS)
def test_the_budget_holds_for_what_is_rendered_and_what_was_well_formed_stays_so(case, data, rate, method):
    name, strategy = case
    text = data.draw(strategy)
    over = 0
    try:
        result, again = (compress(name, text, rate=rate, method=method) for _ in range(2))
    except BudgetTooSmall as error:
        over = error.needed - error.limit
    if over:  # what is pinned is never dropped: the call fails, and it must not have fitted
        assert "<keep>" in text
        assert over > 0
        return
    form = parsed(name, text)[0]
    assert result.text == again.text
    assert result.tokens == counter()(result.text) <= rate * result.original_tokens + 1e-6
    assert form.check(result.text) or not form.check(result.source)
    assert result.restore() == result.source
    assert json.loads(json.dumps(result.to_dict()))["text"] == result.text


@every_form
@settings(max_examples=40)
@given(data=st.data(), method=METHODS)
def test_rate_1_is_the_identity_without_insertions(case, data, method):
    name, strategy = case
    result = compress(name, data.draw(strategy), rate=1, method=method)
    assert result.text == result.source
    assert result.inserted == ()


@every_form
@settings(max_examples=60)
@given(data=st.data(), rate=st.floats(0, 1), method=METHODS)
def test_what_hangs_together_stays_together_and_the_rest_is_the_source(case, data, rate, method):
    name, strategy = case
    text = data.draw(strategy)
    try:
        result = compress(name, text, rate=rate, method=method)
    except BudgetTooSmall:
        assert "<keep>" in text
        return
    units, mask = result.selection.units, result.selection.mask
    core = mask if units.company is None else mask & units.company.core
    for parents in [] if units.parents is None else np.atleast_2d(units.parents):
        below = np.flatnonzero(core & (parents >= 0))
        assert mask[parents[below]].all()
    if units.bonds is not None:
        gone = ~mask if units.company is None else ~mask & units.company.core
        assert not set(units.bonds[core].tolist()) & set(units.bonds[gone].tolist())
    plain = Edits(mask, result.selection.starts, result.selection.ends).of(result.source)
    assert "".join(result.source[p.start : p.end] for p in result.kept) == plain
    assert (result.selection.starts[1:] >= result.selection.ends[:-1]).all()


@every_form
@settings(max_examples=40)
@given(data=st.data(), tokens=st.integers(0, 40), method=METHODS)
def test_what_is_pinned_stays_or_the_call_fails(case, data, tokens, method):
    name, strategy = case
    text = data.draw(strategy)
    units = parsed(name, text)[0].parse(text)
    if not len(units) or "<keep>" in text:
        return
    number = data.draw(st.integers(0, len(units) - 1))
    span = (int(units.starts[number]), int(units.ends[number]))
    needed, result = 0, None
    try:
        result = compress(name, text, tokens=tokens, keep=[span], method=method)
    except BudgetTooSmall as error:
        needed = error.needed
    assert "&" in text[slice(*span)] or (text[slice(*span)].strip() in result.text if result else needed > tokens)


@every_form
@settings(max_examples=30)
@given(data=st.data(), method=METHODS)
def test_a_larger_part_of_documents_and_sections_are_as_for_prose(case, data, method):
    """Documents move, sections keep to their own rate, whatever the form."""
    name, strategy = case
    parts = [data.draw(strategy) for _ in range(3)]
    if any("<" in part for part in parts):
        return
    prompt = tamis.Prompt([parts[0], tamis.Section(parts[1], rate=0.3), tamis.Section(parts[2], compress=False)])
    options = tamis.Options(form=name, order="sort")
    result = tamis.compress(prompt, rate=0.6, question="red lamp?", method=method, options=options)
    assert result.restore() == result.source
    whole = next(d for d in result.documents if d.number == 2)
    assert result.source[whole.start : whole.end].strip() in result.text


@every_form
@pytest.mark.parametrize("method", ["auto", "llmlingua2", "embedding-sentences"])
def test_learned_methods_score_any_units(case, method):
    name, _ = case
    text = SAMPLES.get(name, TEXT) if isinstance(name, str) else TEXT
    result = compress(name, text, rate=0.5, method=method)
    assert 0 < result.tokens <= 0.5 * result.original_tokens
    assert parsed(name, text)[0].check(result.text)


def test_by_hand():
    """Words: 3 for the pinned row, 5 and 2 for the headings around it and their braces, 4 for each of three notes."""
    result = compress(Rows(), TEXT, tokens=22, tokenizer="words", keep=["grey"], method="truncate")
    assert result.text == "\n".join(
        ["lamps {", "… 2 rows …", "  table lamps {", "… 1 row …", "    grey, 1 piece", "  }", "}", "… 1 row …"]
    )
    assert result.tokens == counter("words")(result.text) == 22
    assert [TEXT[: i.at].count("\n") for i in result.inserted] == [1, 4, 8]
    assert result.protected[0].span.of(TEXT) == "grey"
    assert {piece.reason for piece in result.kept if piece.score is not None} == {"pinned"}
    with pytest.raises(BudgetTooSmall, match="needs 22"):
        compress(Rows(), TEXT, tokens=21, tokenizer="words", keep=["grey"], method="truncate")


def test_insertions_are_paid_for():
    """Without them a row more would fit."""
    bare = TEXT.splitlines()[1].strip()
    for tokens in range(1, counter("words")(TEXT) + 1):
        result = compress(Rows(), TEXT, tokens=tokens, tokenizer="words", method="random")
        assert counter("words")(result.text) <= tokens
        rows = [line.strip() for line in TEXT.splitlines() if line.strip()[-1] not in "{}"]
        gone = sum(row not in result.text for row in rows)
        assert gone == sum(int(note.split()[1]) for note in OMITTED.findall(result.text)) or not result.text
    assert bare in result.text


def test_a_view_and_a_recovery_take_any_form():
    result = compress(Rows(), TEXT, rate=0.6)
    assert "lamps" in result.to_html()
    console = Console(width=80, record=True, file=io.StringIO())
    console.print(result)
    assert "lamps" in console.export_text()
    thin = compress(Rows(), TEXT, tokens=22, tokenizer="words", keep=["grey"], method="truncate")
    assert tamis.recover(thin, None, "Of table lamps, grey: 1 piece.").spans[0].source_start == TEXT.index("table")


def test_prose_only_deletes():
    result = tamis.compress("One, two (three) four. Five!", rate=0.5, method="random")
    assert result.inserted == ()
    text, options = result.source, tamis.Options(form=Prose("words"))
    named = tamis.compress(text, rate=0.5, method="random", options=options)
    assert named.text == result.text


def test_insertions_stand_between_what_stays():
    edits = Edits(
        np.ones(0, bool), np.array([0, 6]), np.array([3, 7]), (Insertion(3, "X"), Insertion(4, "Y"), Insertion(7, "Z"))
    )
    assert edits.of("a, b, c") == "a, XYcZ"


@pytest.mark.parametrize(
    ("parents", "bonds", "kept", "closed"),
    [
        ([-1, 0, 1], None, [2], [0, 1, 2]),
        (None, [0, 1, 0], [2], [0, 2]),
        ([-1, 0, -1], [0, 1, 0], [1], [0, 1, 2]),
        (None, None, [1], [1]),
        ([-1, 0, 0], [0, 1, 2], [], []),
    ],
)
def test_what_a_mask_needs_is_added(parents, bonds, kept, closed):
    units = Units(
        "a b c",
        np.array([0, 2, 4]),
        np.array([1, 3, 5]),
        np.zeros(3, np.int8),
        parents=None if parents is None else np.array(parents),
        bonds=None if bonds is None else np.array(bonds),
    )
    mask = np.isin(np.arange(3), kept)
    assert np.flatnonzero(units.closed(mask)).tolist() == closed


def test_what_is_no_form_is_refused():
    for form in ("pros", 3, None, object()):
        with pytest.raises(UnknownName, match="form"):
            tamis.compress("One two.", options=tamis.Options(form=form))


def test_a_form_that_breaks_its_own_text_is_told():
    class Careless(Rows):
        def render(self, units, mask, fixed=None):
            return super().render(units, mask & (units.kinds != 2))

    with pytest.raises(InvalidInput, match="Careless"):
        compress(Careless(), TEXT, rate=0.8, method="truncate")
