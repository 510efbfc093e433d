"""HTML pages through the default: their text as Markdown, in the order of the page, without what is no content."""

from __future__ import annotations

import html
import random
import re

import pytest

import tamis
from tamis.errors import InvalidInput
from tamis.prompt.forms.pages.reader import PageReader
from tamis.text.counting import counter

PAGE = """<!DOCTYPE html>
<html><head><title>Kettles &amp; more</title><style>p { color: red }</style><script>var a = "<p>no</p>";</script></head>
<body><nav><ul><li><a href="/">Home</a></li><li><a href="/shop">Shop</a></li></ul></nav>
<div class="cookie-banner">We use cookies.</div>
<main><h1>Kettles</h1><p>Red &lt;ones&gt; are
small.&nbsp;Blue ones are <b>large</b>. None of them may be sold after May.</p>
<ul><li>One <a href="x">thing</a></li><li>Two<ul><li>Under</li></ul></li></ul>
<table><tr><th>Name</th><th>Price</th></tr><tr><td><p>Small</p></td><td>3.50</td></tr><tr><td>Big<br>one</td><td></td></tr></table>
<pre><code>def f(a):
    return &quot;x&quot;
</code></pre><h2>Care</h2><p>Dry them well. Do not use soap.</p></main><footer>Copyright</footer></body></html>
"""
READ = """Kettles & more

Home

Shop

We use cookies.

# Kettles

Red <ones> are small. Blue ones are large. None of them may be sold after May.

- One thing
- Two
  - Under

| Name | Price |
|---|---|
| Small | 3.50 |
| Big one |  |

```
def f(a):
    return "x"
```

## Care

Dry them well. Do not use soap.

Copyright"""


def squeezed(text: str) -> str:
    """Letters and figures, in order."""
    return re.sub(r"\W", "", text)


def subsequence(short: str, long: str) -> bool:
    rest = iter(long)
    return all(character in rest for character in short)


def test_a_page_is_read_as_markdown():
    view = PageReader(PAGE).read().view
    assert re.sub(r"- (Home|Shop)\n*", r"\1\n\n", view.text) == READ
    for i, character in enumerate(view.text):
        written = PAGE[int(view.starts[i]) : int(view.ends[i])]
        assert written == character or html.unescape(written) == character or not written or character == " "
    assert (view.starts[1:] >= view.starts[:-1]).all()


@pytest.mark.parametrize("omissions", [True, False])
@pytest.mark.parametrize("rate", [0.05, 0.1, 0.2, 0.3, 0.5, 0.9])
def test_what_stays_are_its_words_in_order(rate, omissions):
    result = tamis.compress(PAGE, rate=rate, options=tamis.Options(omissions=omissions))
    assert [part.name for part in result.kinds] == ["page"]
    assert result.tokens == counter()(result.text) <= rate * result.original_tokens
    assert result.restore() == PAGE
    assert subsequence(squeezed(html.unescape(re.sub("<[^>]*>", "", result.text))), squeezed(READ))
    assert not {"Home", "cookies", "Copyright", "var", "color"} & set(re.findall(r"\w+", result.text))
    assert omissions or result.inserted == ()
    plain = "".join(PAGE[piece.start : piece.end] for piece in result.kept)
    assert omissions or plain == result.text
    if omissions:
        assert "<" not in result.text.replace("<ones>", "")
        assert ("Care" in result.text) == ("Dry" in result.text or "soap" in result.text)
        assert "3.50" not in result.text or "| Name | Price |\n|---|---|\n" in result.text
        assert result.text.count("```") in (0, 2)


def test_all_of_it_is_the_page_as_it_was():
    assert tamis.compress(PAGE, rate=1).text == PAGE
    assert tamis.compress(PAGE, tokens=10_000).text == PAGE


def test_what_is_no_content_stays_only_where_it_is_pinned():
    assert "Copyright" in tamis.compress(PAGE, rate=0.3, keep=["Copyright"]).text
    reasons = {PAGE[piece.start : piece.end]: piece.reason for piece in tamis.compress(PAGE, rate=0.4).dropped}
    assert reasons["Copyright"] == "aside"


def test_pins_in_tags_hold():
    result = tamis.compress(PAGE, rate=0.6, keep=['<a href="/shop">'])
    assert '<a href="/shop">' in result.text


def test_a_question_finds_its_row_and_its_sentence():
    rows = "".join(f"<tr><td>kettle {i}</td><td>{i}.50</td></tr>" for i in range(40))
    page = f"<html><body><p>A shop.</p><table><tr><th>Name</th><th>Price</th></tr>{rows}</table></body></html>"
    result = tamis.compress(page, rate=0.1, question="What is the price of kettle 27?")
    assert "| kettle 27 | 27.50 |" in result.text
    assert "| Name | Price |" in result.text


def test_links_alone_are_content_where_there_is_nothing_else():
    links = "".join(f'<li><a href="/{i}">Result {i} about kettles and stoves</a></li>' for i in range(30))
    page = f"<html><head><title>Results</title></head><body><ul>{links}</ul></body></html>"
    assert "Result" in tamis.compress(page, rate=0.2).text


def test_html_in_markdown_loses_its_tags():
    html_block = '<p align="center">\n  <img src="logo.svg" alt="x">\n  <b>Red</b> lamps\n</p>'
    text = f"# Lamps\n\n{html_block}\n\nThey are sold in Leeds, near the river.\n"
    result = tamis.compress(text, rate=0.6)
    assert [part.name for part in result.kinds] == ["markdown", "page", "markdown"]
    assert "<" not in result.text
    assert "# Lamps" in result.text
    assert tamis.compress(text, rate=1).text == text


def test_a_page_among_other_documents():
    result = tamis.compress(["The mill burned down in 1901.", PAGE.strip()], rate=0.3, question="What of soap?")
    assert [part.name for part in result.kinds] == ["prose", "page"]
    assert "soap" in result.text
    assert "<" not in result.text.replace("<ones>", "")


def test_nothing_to_read_is_said():
    empty = "<html><head><script>" + "var a = 1;" * 40 + "</script></head><body><div></div><div></div></body></html>"
    with pytest.raises(InvalidInput, match="No text"):
        tamis.compress(empty, options=tamis.Options(form="page"))
    result = tamis.compress(empty, rate=0.5)
    assert "No text can be read" in result.kinds[0].reason


@pytest.mark.parametrize("number", range(30))
def test_any_soup_is_read(number):
    rng = random.Random(number)
    odd = ["<", ">", "&", "&#x;", "&nosuch;", "<!--", "-->", "<![CDATA[", "</", "<p", "\r\n", "</b></i>"]
    bits = [*re.findall(r"<[^>]*>|[^<]+", PAGE), *odd]
    text = "<html>" + "".join(rng.choice(bits) for _ in range(60)) + "<p>a</p><p>b</p><p>c</p>"
    result = tamis.compress(text, rate=rng.choice([0.1, 0.4, 0.8]), options=tamis.Options(omissions=number % 2 == 0))
    assert result.tokens <= 0.8 * result.original_tokens
    assert result.restore() == text
