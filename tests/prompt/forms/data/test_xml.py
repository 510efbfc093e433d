"""XML: only deletion, well-formed after it, nothing expanded."""

from __future__ import annotations

import random
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tamis
from tamis.errors import InvalidInput
from tamis.prompt.forms.data.xml_form import Xml
from tamis.prompt.forms.prose import Prose
from tests.prompt.forms.data.masks import everything, renderings
from tests.prompt.forms.data.oracle import in_order
from tests.prompt.forms.data.texts import SAYING, xmls


def element(text):
    target = ElementTree.TreeBuilder(insert_comments=True, insert_pis=True)
    return ElementTree.fromstring(text.removeprefix("\ufeff"), ElementTree.XMLParser(target=target))


def said(node):
    """The text of an element itself, without white space."""
    return "".join(((node.text or "") + "".join(child.tail or "" for child in node)).split())


def within(part, whole):
    same = part.tag == whole.tag and part.attrib == whole.attrib
    own = said(whole)
    text = said(part) == own or (len(own) > 100 and in_order(said(part), own, str.__eq__)) or said(part) in own
    return same and (text or mixed(part, whole)) and in_order(list(part), list(whole), within)


def mixed(part, whole):
    return len(whole) > len(part) and in_order(said(part), said(whole), str.__eq__)


@settings(max_examples=200)
@given(text=xmls, seed=st.integers(0, 99))
def test_what_is_left_is_a_part_of_the_tree(text, seed):
    form = Xml()
    assert everything(form, text) == text
    for part in renderings(form, text, seed):
        assert form.check(part)
        assert not part or within(element(part), element(text))


def xml(rng, depth=0):
    """A random element, quickly."""
    tag = rng.choice(["a", "b", "row", "n:c"])
    attributes = rng.choice(["", ' id="7"', " k='>'"])
    if depth > 4 or rng.random() < 0.3:
        inside = rng.choice(["", "12", "a &lt; b", "<![CDATA[<x>]]>", SAYING.replace("&", "&amp;"), "lamp " * 70])
        return f"<{tag}{attributes}>{inside}</{tag}>" if inside else f"<{tag}{attributes}/>"
    gap = rng.choice(["", "\n  ", " and "])
    parts = [xml(rng, depth + 1) if rng.random() < 0.9 else "<!-- note -->" for _ in range(rng.randrange(6))]
    return f"<{tag}{attributes}>{gap}{gap.join(parts)}{gap}</{tag}>"


@pytest.mark.parametrize("block", [0, *(pytest.param(i, marks=pytest.mark.sweep) for i in range(1, 21))])
def test_ten_thousand_documents(block):
    """500 documents a block, of the quick one 80."""
    rng, form = random.Random(block), Xml(Prose("words"))
    for _ in range(500 if block else 80):
        text = f'<?xml version="1.0"?>\n<root xmlns:n="u">{xml(rng)}{xml(rng)}</root>\n'
        assert everything(form, text) == text
        for part in renderings(form, text, rng.randrange(1000), 3):
            assert not part or within(element(part), element(text)), (text, part)


BROKEN = [
    ("<a>\n<b></a>", "line 2, column 6"),
    ("<a/><b/>", "line 1, column 5"),
    ("<a>&nope;</a>", "undefined entity"),
    ("<a k=1/>", "line 1"),
    ("words", "line 1, column 1"),
    ("<é>\n é</é", "line 2"),
    ("<a>\ud800</a>", "UnicodeEncodeError"),
    ("</a>", "line 1, column 2"),
    ("<a/>\n\n<b>", "line 3"),
    ("<!-- only -->", "no element"),
]


@pytest.mark.parametrize(("text", "message"), BROKEN)
def test_what_is_no_xml_is_refused_with_its_place(text, message):
    with pytest.raises(InvalidInput, match=f"no XML: .*{message}"):
        Xml().parse(text)
    assert not Xml().check(text)


def test_an_entity_bomb_is_refused_or_left_alone():
    lines = "".join(f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(12))
    bomb = f'<!DOCTYPE a [<!ENTITY a "{"a" * 10}">{lines}]>'
    with pytest.raises(InvalidInput):
        Xml().parse(f'{bomb}<a k="&m;"/>')
    text = f"{bomb}<a><b>&m;</b><c>1</c></a>"
    assert everything(Xml(), text) == text
    outside = '<!DOCTYPE a SYSTEM "file:///etc/passwd" [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'
    assert everything(Xml(), outside) == outside


def test_depth_is_no_matter():
    text = "<a>" * 10_000 + "x" + "</a>" * 10_000
    assert everything(Xml(), text) == text


def bodies(form, text):
    units = form.parse(text)
    return [text[a:b] for a, b in zip(units.starts.tolist(), units.ends.tolist(), strict=True)]


def test_the_units_by_hand():
    inside = ' <n>3</n>\n <!-- c -->\n <lamp id="1"><w>5</w></lamp>\n <p>a <b>c</b> d</p>\n'
    text = f'<?xml version="1.0"?>\n<all>\n{inside}</all>\n<!-- e -->\n'
    assert bodies(Xml(), text) == [
        '<?xml version="1.0"?>\n<all>',
        "<n>3</n>",
        "<!-- c -->",
        '<lamp id="1"><w>5</w></lamp>',
        "<p>a <b>c</b> d</p>",
        "</all>\n<!-- e -->",
    ]
    assert bodies(Xml(), "<a><b/></a>\n\n<?xml version='1.0'?><c/>") == [
        "<a>",
        "<b/>",
        "</a>",
        "<?xml version='1.0'?><c/>",
    ]


def test_a_row_stays_with_what_names_it_and_a_long_text_is_shortened():
    rows = "".join(f"<row><w>{'x' * 300}</w><name>n{i}</name><text>{SAYING}</text></row>" for i in range(5))
    for seed in range(5):
        options = tamis.Options(form="xml", seed=seed)
        result = tamis.compress(f"<all>{rows}</all>", rate=0.4, method="random", options=options, style="sentences")
        left = element(result.text)
        assert len(left)
        assert all(row.find("name") is not None for row in left)
        assert all(row.find("text").text for row in left if row.find("text") is not None)
