"""The frame of every page: what is filled in cannot break out, the browser runs one script, both palettes are whole."""

from __future__ import annotations

import base64
import hashlib
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis.io.page import PALETTE, Markup, escape, fill, fills, page, palette, policy, script_json

PAGES = ("tamis.prompt.views:page", "tamis.edge:timeline", "tamis.bench.scbench:page", "tamis.screen:page")


class Anything(dict):
    """A value for every field."""

    def __missing__(self, name: str) -> str:
        return f"<{name}>"


def test_text_is_escaped_and_markup_is_not():
    fields = {"text": "<i>&\"'", "html": Markup("<i>x</i>"), "number": 3}
    assert fill("{{text}}|{{html}}|{{number}}", fields) == "&lt;i&gt;&amp;&quot;&#x27;|<i>x</i>|3"


def test_a_field_s_own_braces_stay():
    assert fill("{{a}}{{b}}", {"a": "{{b}}", "b": "x"}) == "{{b}}x"
    with pytest.raises(KeyError):
        fill("{{nobody}}", {})


@given(st.text(st.characters()))
def test_what_is_escaped_can_be_written_and_ends_nothing(text):
    written = escape(text).encode("utf-8").decode()
    assert not set("<>\"'") & set(written)
    assert escape(Markup(written)) == written


@given(st.text(st.characters()))
def test_data_comes_back_and_ends_no_script(text):
    written = script_json({"text": text})
    assert not set("<>&") & set(written)
    assert json.loads(written.encode("utf-8")) == json.loads(json.dumps({"text": text}))


@pytest.mark.parametrize("place", PAGES)
def test_every_page_has_the_frame(place):
    text = page(place, title="</title><script>alert(1)</script>", fields=Anything(), data={"a": 1})
    assert text.startswith("<!doctype html>")
    assert "<title>&lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt;</title>" in text
    assert "{{" not in text
    for name in PALETTE:
        assert f"--{name}:" in text
    assert not re.search(r"(?:src|href|action)=|@import|url\(", text)


@pytest.mark.parametrize("place", PAGES)
def test_the_policy_admits_the_page_s_script_and_no_other(place):
    text = page(place, title="", fields=Anything())
    (rule,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
    assert rule.startswith("default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'unsafe-inline'; ")
    scripts = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    hashes = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts]
    assert rule.endswith("script-src " + (f"'sha256-{hashes[0]}'" if hashes else "'none'"))
    assert len(scripts) <= 1


def test_colours_that_a_page_uses_are_in_the_palette():
    for place in PAGES:
        text = page(place, title="", fields=Anything())
        assert set(re.findall(r"var\(--([\w-]+)", text)) <= {*PALETTE, "width", "s"}


def test_the_palette_follows_the_system_and_the_attribute():
    light, dark, forced = palette().strip().split("\n")
    assert light.startswith(":root {")
    assert "prefers-color-scheme: dark" in dark
    assert forced.startswith(":root[data-theme=dark] {")
    for name, pair in PALETTE.items():
        assert f"--{name}: {pair[0]};" in light
        assert all(f"--{name}: {pair[1]};" in line for line in (dark, forced))
    css = fills({"a": "ink"})
    assert css == ".a{fill:#1d1c19}@media(prefers-color-scheme:dark){.a{fill:#eae7df}}"


def test_a_page_without_code_runs_none():
    assert policy("").endswith("script-src 'none'")
