"""Tables: rows whole, the header with them, and what `csv` reads of the rest is what it was."""

from __future__ import annotations

import csv
import io
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tamis
from tamis.errors import InvalidInput
from tamis.prompt.forms.data.csv_form import Csv
from tamis.prompt.forms.data.csv_rows import delimiter_of
from tamis.prompt.forms.prose import Prose
from tests.prompt.forms.data.masks import everything, renderings
from tests.prompt.forms.data.oracle import in_order, shortened
from tests.prompt.forms.data.texts import SAYING, tables


def rows(text, delimiter):
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=delimiter)
    return [row for row in reader if any(cell.strip() for cell in row)]


def row_within(part, whole):
    return len(part) == len(whole) and all(map(shortened, part, whole))


def is_part(part, text, delimiter):
    table, left = rows(text, delimiter), rows(part, delimiter)
    return in_order(left, table, row_within) and (not left or left[0] == table[0])


@settings(max_examples=150)
@given(text=tables, seed=st.integers(0, 99))
def test_what_is_left_is_rows_of_the_table(text, seed):
    form = Csv(delimiter=",")
    assert everything(form, text) == text
    for part in renderings(form, text, seed):
        assert form.check(part)
        assert is_part(part, text, ",")


def cell(rng):
    kind = rng.random()
    if kind < 0.5:
        return rng.choice(["lamp", "1", "-2.5", "", " ", "12 May", "a'b"])
    return rng.choice(['a "b" c', "x,y;z\tw", "two\nlines", "cr\rlf\r\n", SAYING, "💡 é", '"'])


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
@pytest.mark.parametrize("block", [0, *(pytest.param(i, marks=pytest.mark.sweep) for i in range(1, 8))])
def test_ten_thousand_tables(delimiter, block):
    """500 tables a block, of the quick one 80."""
    rng, form = random.Random(block), Csv(Prose("words"), delimiter)
    for _ in range(500 if block else 80):
        file, width = io.StringIO(newline=""), rng.randrange(1, 6)
        writer = csv.writer(file, delimiter=delimiter, lineterminator=rng.choice(["\n", "\r\n"]))
        writer.writerow([f"c{i}" for i in range(width)])
        for _ in range(rng.randrange(8)):
            writer.writerow([cell(rng) for _ in range(width + rng.choice([0, 0, 0, 1]))])
        text = rng.choice(["", "", "\ufeff"]) + file.getvalue()
        assert everything(form, text) == text
        for part in renderings(form, text, rng.randrange(1000), 3):
            assert is_part(part, text, delimiter), (text, part)


def bodies(form, text):
    units = form.parse(text)
    return [text[a:b] for a, b in zip(units.starts.tolist(), units.ends.tolist(), strict=True)]


def test_the_rows_by_hand():
    text = '\ufeffname,"a, note",n\r\nlamp,"two\r\nlines, ""both""",3\r\n\r\nother\rx"y"z\n'
    assert bodies(Csv(), text) == ['name,"a, note",n', 'lamp,"two\r\nlines, ""both""",3', "other", 'x"y"z']
    form = Csv()
    units = form.parse(text)
    mask = units.closed(units.starts == text.index("x"))
    assert form.render(units, mask).of(text) == '\ufeffother\rx"y"z\n'


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("a,b\n1,2\n", ","),
        ("a\tb c, d\n1\t2\n", "\t"),
        ("a;b\n1,5;2,5\n", ";"),
        ('"a,b";c\n1;2', ";"),
        ("one\n", ","),
        ("", ","),
    ],
)
def test_the_delimiter(text, delimiter):
    assert delimiter_of(text) == delimiter


def test_the_header_stays_and_a_long_text_loses_words():
    text = "id,text\n" + "".join(f'{i},"{SAYING.replace(chr(34), chr(34) * 2)}"\n' for i in range(4))
    for form in ("csv", Csv(Prose("sentences"), ",")):
        result = tamis.compress(text, rate=0.4, method="stopwords", options=tamis.Options(form=form))
        left = rows(result.text, ",")
        assert left[0] == ["id", "text"]
        assert len(left) > 1
        assert all(len(row) == 2 and row[1] for row in left)


def test_a_quote_that_nothing_closes_is_refused():
    with pytest.raises(InvalidInput, match=r"no CSV: .* at line 2, column 3"):
        Csv().parse('a,b\n1,"two\n3,4\n')
    assert not Csv().check('a,b\n1,"two\n3,4\n')
    assert (
        tamis.compress("a\tb\n1\t2\n", rate=1, options=tamis.Options(form="tsv"), method="random").text
        == "a\tb\n1\t2\n"
    )


def columns():
    rows = [["id", "body", "debug", "name"]]
    rows += [[str(i), f"Kettle {i}, which is red. " + SAYING * 2, f"x{i}", f"kettle, {i}"] for i in range(12)]
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue(), rows


@pytest.mark.parametrize(
    ("paths", "names"),
    [
        ({"$[*].body": 0.2, "$[*].debug": "drop"}, ["id", "body", "name"]),
        ({"$..id": "drop", "$..body": "drop"}, ["debug", "name"]),
        ({"$[*].name": "drop"}, ["id", "body", "debug"]),
        ({"$[*].*": "drop"}, None),
    ],
)
def test_columns_by_path(paths, names):
    text, rows = columns()
    result = tamis.compress(text, rate=0.6, options=tamis.Options(paths=paths))
    left = list(csv.reader(io.StringIO(result.text)))
    assert result.warnings == ()
    if names is None:
        assert left == []
        return
    assert left[0] == names
    source = {row[3]: row for row in rows} | {row[2]: row for row in rows}
    assert len(left) > 2
    for row in left[1:]:
        whole = source[row[names.index("name" if "name" in names else "debug")]]
        for name, cell in zip(names, row, strict=True):
            full = whole[rows[0].index(name)]
            assert cell == full or (name == "body" and len(cell) < len(full))


def test_a_column_that_stays_brings_its_rows():
    text, rows = columns()
    options = tamis.Options(paths={"$..name": "keep", "$..body": "drop"})
    left = list(csv.reader(io.StringIO(tamis.compress(text, rate=0.5, options=options).text)))
    assert [row[-1] for row in left] == [row[-1] for row in rows]
