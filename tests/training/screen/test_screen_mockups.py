"""Made-up interfaces, applications that are served, desktop programs: without a browser, a network or a display."""

from __future__ import annotations

import random
import re
import urllib.request
from pathlib import Path

import pytest

pytest.importorskip("PIL")
from training.screen import mockups
from training.screen.desktop.shots import read_programs
from training.screen.icons.packs import Icon, read_packs
from training.screen.layouts import LAYOUTS
from training.screen.meanings import glyph_meanings, meanings
from training.screen.mockups import Glyphs, Mockups, Sketch, page
from training.screen.served import Application
from training.screen.sources import read_sources


def icon(name: str) -> Icon:
    return Icon("lucide", "train", name, tuple(name.split("-")), "<path d='M0 0h9'/>", "0 0 24 24")


NAMES = [one.glyphs[0].replace(" ", "-") for one in meanings().values() if one.glyphs]
GLYPHS = Glyphs(
    {meaning: [icon(name)] for name in NAMES for meaning in glyph_meanings(f"lucide/{name}")},
    [
        icon(name)
        for name in ("anchor", "tree", "umbrella", "boat", "violin", "cactus", "fish", "snail", "kite", "drum")
    ],
)


def sketch(seed: str) -> Sketch:
    return Sketch(random.Random(seed), GLYPHS)


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_layout_is_the_same_for_ever_and_full_of_icons(name):
    one, same, other = (page(drawn := sketch(seed), LAYOUTS[name](drawn)) for seed in ("7", "7", "8"))
    assert one == same != other
    icons = re.findall(r"data-glyph='lucide/([\w-]+)'", one)
    assert len(icons) >= 8
    assert len(set(icons)) >= 5


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_layout_asks_for_meanings_that_there_are(name):
    asked: set[str] = set()

    class Watched(Sketch):
        def _icon(self, names):
            asked.update(names)
            return super()._icon(names)

    for seed in range(30):
        LAYOUTS[name](Watched(random.Random(seed), GLYPHS))
    assert asked <= set(meanings())


def test_some_icons_say_what_they_are_called_and_some_do_not():
    bar = sketch("1").bar(sorted(GLYPHS.by_meaning)[:60])
    labelled = len(re.findall("<button class='b ' aria-label", bar))
    assert 20 < labelled < 55


def test_pages_are_written_and_served(tmp_path, monkeypatch):
    monkeypatch.setattr(mockups, "glyphs_of", lambda pack, cache: GLYPHS)
    source = Mockups("some", "Apache-2.0", "develop", ("lucide", "tabler"), ("mail", "player"), 3)
    with source.pages(tmp_path) as pages:
        names = [one.rpartition("/")[2] for one in pages]
        text = urllib.request.urlopen(pages[1]).read().decode()
    assert names == ["000-mail-lucide.html", "001-player-tabler.html", "002-mail-lucide.html"]
    assert "data-glyph='lucide/" in text


def test_held_out_mockups_have_other_layouts_and_the_packs_that_they_say():
    sources = {one.name: one for one in read_sources() if isinstance(one, Mockups)}
    roles = {pack.name: pack.role for pack in read_packs()}
    trained, known, new = (sources[name] for name in ("mockups", "mockups-known-packs", "mockups-new-styles"))
    assert set(trained.layouts).isdisjoint({*known.layouts, *new.layouts})
    assert {roles[pack] for pack in known.packs} == {"train"}
    assert {roles[pack] for pack in new.packs} == {"held-out"}
    assert "held-out" not in {roles[pack] for pack in trained.packs}


def test_an_application_is_prepared_once_served_and_ended(tmp_path):
    prepare = ("{python} -c \"open('count', 'a').write('x')\"",)
    source = Application("files", "MIT", "develop", ("sh",), prepare, "{python} -m http.server {port}", ("/count",))
    for _ in range(2):
        with source.pages(tmp_path) as pages:
            assert urllib.request.urlopen(pages[0]).read() == b"x"
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(pages[0])


def test_an_application_that_cannot_be_has_no_pages_or_says_why(tmp_path):
    lacking = Application("a", "MIT", "develop", ("no-such-program",), (), "true", ("/",))
    with lacking.pages(tmp_path) as pages:
        assert pages == []
    ends = Application("b", "MIT", "develop", (), (), "true", ("/",))
    with pytest.raises(OSError, match="no answer"), ends.pages(tmp_path):
        pass


def test_there_are_sources_of_many_kinds_two_to_one():
    sources = read_sources()
    held_out = sum(one.split == "held-out" for one in sources)
    assert len(sources) >= 50
    assert 0.25 < held_out / len(sources) < 0.45
    assert len({type(one) for one in sources}) == 3


def test_desktop_programs_have_names_of_their_own_and_licences():
    programs = read_programs()
    assert len({one.name for one in programs}) == len(programs) >= 8
    assert all(one.licence and one.command for one in programs)


def test_the_page_names_each_source_with_its_licence_and_part():
    text = (Path(__file__).parents[3] / "docs" / "screen-data.md").read_text(encoding="utf-8")
    rows = {
        tuple(cells[at].strip() for at in (1, 3, 4)) for line in text.splitlines() if len(cells := line.split("|")) == 6
    }
    assert {(one.name, one.licence, one.split) for one in read_sources()} <= rows
    assert all(f"{one.name} ({one.licence})" in text for one in read_programs())
