"""What no parser likes, through the default call: no exception from the depths, no other meaning."""

from __future__ import annotations

import json

import numpy as np
import pytest

import tamis
from tamis.text.counting import counter

LOG = "".join(f"2024-03-01 10:{i:02}:00 INFO web: GET /orders/{i} 200\n" for i in range(14))
JSON = '{"name": "pump", "values": [1, 2, 3], "nested": {"a": null, "b": true}}'
BROKEN = {
    "JSON that ends early": (JSON[:-9] + "\n") * 3,
    "JSON with a comma too many": '{"a": [1, 2, 3,], "b": {"c": "some words here", "d": 1,}}',
    "tool messages without their call": '[{"role": "tool", "tool_call_id": "x", "content": "12 lamps"}]',
    "unclosed fence": "See this:\n\n```python\nx = 1\n" + "print(x)\n" * 12,
    "fences in fences": "````md\n```python\nx = 1\n```\n````\n" + "~~~\n" * 5,
    "minified code": "var a=1;function b(c){return c+a}" * 200,
    "base64": "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo" * 200,
    "base64 in JSON": json.dumps({"tool": "screenshot", "result": "iVBORw0KGgoAAAANSUhEUg" * 200, "ok": True}),
    "binary in a log": LOG + "\x00\x01\x02\xff\xfe binary \x00" * 20 + "\n" + LOG,
    "colours": LOG.replace("INFO", "\x1b[32mINFO\x1b[0m"),
    "progress bars": "".join(f"\rDownloading {i}% [{'#' * i}]" for i in range(0, 100, 3)) + "\ndone\n" + LOG,
    "mixed encodings": "cafÃ© \ufffd \udcff naïve \ud83d and so on. It is not safe to send.\n" * 6,
    "line ends of three kinds": LOG.replace("\n", "\r\n") + LOG.replace("\n", "\r") + LOG,
    "a quote in CSV that nothing closes": "id,name,price\n" + "".join(f'{i},"lamp {i},3\n' for i in range(9)),
    "HTML that ends early": "<html><body><p>open <b>and<p>more<table><tr><td>1<tr><td>2",
    "XML that ends early": "<a><b>one</b><c>" * 5,
    "YAML with tabs": "key:\n\tother: [1, 2\n  - x: {\n" * 5,
    "half a diff": "diff --git a/x.py b/x.py\n--- a/x.py\n+++ b/x.py\n@@ -1,9 +1,9 @@\n a\n-b\n+",
    "brackets only": "{" * 2000,
    "angles only": "<" * 2000,
    "line ends only": "\n" * 1000,
    "nothing but zeros": "\x00" * 500,
    "right to left": "\u202eabc\u202c שלום " * 50,
}
WELL_FORMED = {
    "NaN": '{"a": NaN, "b": [Infinity, -Infinity, 1e999], "c": "some words that are here", "d": [1, 2, 3, 4]}',
    "duplicate keys": '{"a": 1, "a": 2, "a": {"b": 1, "b": 2}, "c": "some words that are here"}',
    "huge numbers": '{"n": ' + "9" * 3000 + ', "m": 123456789012345678901234567890.123456789, "k": "words"}',
    "100 levels": "[" * 100 + '1, 2, "three"' + "]" * 100,
    "1,000 levels": '{"a": [' * 500 + '1, 2, "three"' + "]}" * 500,
    "a byte order mark": "\ufeff" + JSON,
    "escapes": json.dumps({"text": 'Ünï \u2028 \x00 \\ " / \ud83d\ude00 ' * 60, "n": 3}),
}
ALL = {**BROKEN, **WELL_FORMED}


@pytest.mark.parametrize("question", [None, "lamp?"])
@pytest.mark.parametrize("name", ALL)
def test_it_is_shortened_or_passed_through_with_a_reason(name, question):
    text = ALL[name]
    for rate in (0.2, 0.7, 1.0):
        result = tamis.compress(text, rate=rate, question=question)
        assert result.tokens == counter()(result.text) <= rate * result.original_tokens
        assert result.restore() == text
        assert rate < 1 or result.text == text
        assert all(part.reason for part in result.kinds)
        assert "".join(text[piece.start : piece.end] for piece in result.kept) == result.text or result.inserted


@pytest.mark.parametrize("name", WELL_FORMED)
def test_json_stays_what_it_says(name):
    """Numbers, keys and short strings are those of the source; strings lose characters, no more."""
    for rate in (0.2, 0.5, 0.8):
        result = tamis.compress(WELL_FORMED[name], rate=rate)
        assert [part.name for part in result.kinds] == ["json"]
        assert result.inserted == ()
        if name != "1,000 levels" and result.text:
            json.loads(result.text.lstrip("\ufeff"))


def test_a_part_that_is_not_what_it_says_has_the_reason():
    text = "Here:\n\n```json\n{\n" + '  "a": 1,\n' * 9 + '  "b": \n}\n```\n'
    found = {part.name: part.reason for part in tamis.compress(text, rate=0.5).kinds}
    assert "json" in found["lines" if "lines" in found else "prose"]


def test_colours_stay_with_their_lines():
    result = tamis.compress(BROKEN["colours"], rate=0.5, question="GET /orders/3")
    assert result.kinds[0].name == "log"
    assert "\x1b[32mINFO\x1b[0m web: GET /orders/3 " in result.text


def test_the_same_again_and_on_numpy_s_random_state():
    np.random.seed(1)  # noqa: NPY002
    first = [tamis.compress(text, rate=0.4).text for text in list(ALL.values())[:8]]
    np.random.seed(2)  # noqa: NPY002
    assert [tamis.compress(text, rate=0.4).text for text in list(ALL.values())[:8]] == first
