"""Strategies of structured texts, well-formed, as the world writes them."""

from __future__ import annotations

import csv
import io
import json
import random
from xml.sax.saxutils import escape

from hypothesis import strategies as st

from tests.prompt.forms.data.yaml_texts import RandomYaml

SAYING = (
    "The committee met on 12 May and heard about the mill, which has been closed for years. Ms. Ito signed the "
    'report, but not the letter.\nIt costs "1,250.50" euros, at most; the roof isn\'t dry\\wet. Nobody knew why the '
    "pump had stopped at twelve, and the engineer said that he would not go there again without a lamp 💡 and a rope. "
    "Bring 3 lamps, 2 ropes and the map of Leeds. Otherwise the work stops on Friday, and the owner pays."
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(max_size=12),
    st.sampled_from(
        [
            SAYING,
            "lamp",
            "",
            "naïve 你好 \u2028",
            'a"b\\c\n',
            10**40,
            "[1, 2]",
            "{",
            json.dumps({"a": [1, 2], "b": SAYING}),
        ]
    ),
)
KEYS = st.one_of(st.sampled_from(["id", "name", "text", "items", "a b", "", "key\n"]), st.text(max_size=4))
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=5),
        st.dictionaries(KEYS, inner, max_size=5),
        st.lists(st.fixed_dictionaries({"id": st.integers(), "name": st.text(max_size=8), "more": inner}), max_size=6),
    ),
    max_leaves=25,
)


def dumped(value, indent, *, ascii_only):
    return json.dumps(value, indent=indent, ensure_ascii=ascii_only)


jsons = st.builds(dumped, VALUES, st.sampled_from([None, 1, 2, "\t"]), ascii_only=st.booleans())
json_lines = st.builds(
    "".join,
    st.lists(
        st.builds(
            "{}{}".format,
            st.builds(dumped, VALUES, st.none(), ascii_only=st.booleans()),
            st.sampled_from(["\n", "\r\n", "\n\n"]),
        ),
        max_size=6,
    ),
)

CELLS = st.one_of(st.text(max_size=6), st.sampled_from(["lamp", "12", "1.5", "", SAYING, 'a "b"', "x,y", "l\r\nm"]))


def table(cells, end, delimiter=",", *, mark):
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=delimiter, lineterminator=end).writerows(cells)
    return "\ufeff" * mark + file.getvalue()


CELLS_OF_TABLES = st.lists(st.lists(CELLS, min_size=1, max_size=4), max_size=7)
tables = st.builds(table, CELLS_OF_TABLES, st.sampled_from(["\n", "\r\n"]), mark=st.booleans())
tabbed = st.builds(table, CELLS_OF_TABLES, st.just("\n"), st.just("\t"), mark=st.just(False))

WORDS_OF_XML = st.sampled_from(
    ["lamp", " a &amp; b ", "&#233;", "  ", "<![CDATA[a < b]]>", escape(SAYING), "12", "\n  ", "é💡"]
)
TAGS = st.sampled_from(["a", "b", "row", "x:y", "название"])
ATTRIBUTES = st.sampled_from(["", ' id="1"', " k='a > b'", ' xmlns:q="u" q:z="&lt;"'])
XML_PARTS = st.recursive(
    st.one_of(WORDS_OF_XML, st.sampled_from(["<!-- n-o <a> -->", "<?pi x > y?>", "<e/>", '<e k="/>"/>'])),
    lambda inner: st.builds("<{0}{1}>{2}</{0}>".format, TAGS, ATTRIBUTES, st.lists(inner, max_size=5).map("".join)),
    max_leaves=20,
)
xmls = st.builds(
    '{}<root xmlns:x="urn:x"{}>{}</root>{}'.format,
    st.sampled_from(
        ["", "", '<?xml version="1.0"?>\n', '<!-- b --><!DOCTYPE root [<!ENTITY z "]>"> <!-- ] -->]>\n', "\ufeff"]
    ),
    ATTRIBUTES,
    st.lists(XML_PARTS, max_size=6).map("".join),
    st.sampled_from(["", "\n", "<!-- e -->\n", "<?p?>"]),
)

yamls = st.integers(0, 5000).map(lambda seed: RandomYaml(random.Random(seed)).document())
