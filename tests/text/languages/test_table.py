"""The table of languages: what each module must hold, and the page that lists them."""

from pathlib import Path

import pytest

from tamis.text.languages import KINDS, LANGUAGES

PAGE = Path(__file__).resolve().parents[3] / "docs" / "languages.md"


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_language_is_whole(code):
    language = LANGUAGES[code]
    assert language.code == code
    assert language.common
    assert language.denials
    empty = [kind for kind, listing in language.by_kind().items() if not listing]
    assert empty == []
    assert list(language.by_kind()) == list(KINDS)
    assert all(pair.kind in KINDS for pair in language.pairs)


@pytest.mark.parametrize("code", [code for code in LANGUAGES if code != "tr"])
def test_listings_are_in_lower_case(code):
    for listing in LANGUAGES[code].by_kind().values():
        assert all(expression == expression.lower() for expression in listing)


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_page_lists_it(code):
    assert f"{LANGUAGES[code].name} (`{code}`)" in PAGE.read_text(encoding="utf-8")
