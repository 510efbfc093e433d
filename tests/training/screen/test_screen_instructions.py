"""What is asked of screens: sentences and meanings in two parts, right boxes, names that are not there."""

from __future__ import annotations

import json

import numpy as np
import pytest

pytest.importorskip("PIL")
from tamis.image import Box
from tamis.screen import Element
from tamis.screen.matching import plain
from training.screen.composing import KINDS, composed
from training.screen.instructions import Instruction, instructions_of
from training.screen.lookout import look_at, sights
from training.screen.meanings import glyph_meanings, glyph_name, glyph_words, label_meanings, meanings
from training.screen.places import counted, ordinals, relations, side
from training.screen.recall import Target
from training.screen.wordings import filled, noisy, wordings

DEVELOP, HELD_OUT = wordings("develop"), wordings("held-out")


def target(name: str, box: tuple[float, float, float, float], role: str = "button", **more: object) -> Target:
    kind = str(more.pop("kind", "text"))
    split = str(more.pop("split", "develop"))
    return Target("s", "source", split, 1, kind, role, name, Box(*box), control=role != "text", **more)  # type: ignore[arg-type]


SCENE = [
    target("Save", (10, 10, 60, 30)),
    target("Save", (10, 110, 60, 130)),
    target("Edit profile", (10, 210, 110, 230), "link"),
    target("Town", (200, 10, 240, 30), "text"),
    target("Town", (260, 10, 400, 30), "textbox", kind="input", state={"value": "Ghent"}),
    target("Remove", (500, 10, 520, 30), icon="lucide/trash-2", kind="icon"),
    target("", (540, 10, 560, 30), icon="fas fa-bell fa-fw", kind="icon"),
]
OTHERS = [target(name, (0, 0, 9, 9)) for name in ("Edit article", "Purchase history", "Saves", "Print preview")]


def test_no_sentence_is_in_both_parts():
    assert sum(map(len, DEVELOP.frames.values())) >= 900
    assert sum(map(len, HELD_OUT.frames.values())) >= 60
    held_out = {sentence for sentences in HELD_OUT.frames.values() for sentence in sentences}
    for kind in DEVELOP.frames:
        drawn = {DEVELOP.sentence(kind, str(number)) for number in range(300)}
        assert len(drawn) > 30, kind
        assert drawn.isdisjoint(held_out), kind
        assert not [sentence for sentence in drawn if "<" in sentence or ">" in sentence.replace(" > ", "")]
    for kind, words in DEVELOP.relations.items():
        assert set(words).isdisjoint(HELD_OUT.relations[kind])


def test_halves_of_sentences_have_nothing_in_common_and_all_of_them_together():
    halves = [wordings("develop", half) for half in (0, 1)]
    for kind, frames in DEVELOP.frames.items():
        first, second = (set(half.frames[kind]) for half in halves)
        assert first | second == set(frames), kind
        assert first.isdisjoint(second), kind
    phrases = [phrase for one in meanings().values() for phrase in one.does[0]]
    assert set(halves[0].some(phrases)).isdisjoint(halves[1].some(phrases))


def test_words_stand_where_the_slots_were():
    text, spans = filled('the {which=first} {role} "{name}"', {"role": "link", "name": "Save as"})
    assert text == 'the first link "Save as"'
    assert [(slot, text[low:high]) for slot, low, high in spans] == [
        ("which", "first"),
        ("role", "link"),
        ("name", "Save as"),
    ]


def test_composed_sentences_say_all_their_slots():
    some = list(composed(DEVELOP, ["Save", "Log out", "Größe"], 300, np.random.default_rng(0)))
    assert some == list(composed(DEVELOP, ["Save", "Log out", "Größe"], 300, np.random.default_rng(0)))
    assert {one.kind for one in some} == {kind for kind, _ in KINDS}
    for one in some:
        said = {slot.partition(" ")[0]: one.text[low:high] for slot, low, high in one.spans}
        assert all(words for words in said.values()), one
        assert one.kind not in ("relation", "row", "heading") or said["anchor"].lower() in ("save", "log out", "größe")


def test_no_phrase_of_a_meaning_is_in_both_parts():
    assert len(meanings()) >= 100
    for one in meanings().values():
        for field in (one.called, one.looks, one.does):
            develop, held_out = field
            assert set(develop).isdisjoint(held_out), one.name


@pytest.mark.parametrize(
    ("icon", "words", "name"),
    [
        ("fas fa-trash-alt fa-fw", "trash alt", "trash"),
        ("nav-icon far fa-envelope", "envelope", "envelope"),
        ("lucide/trash-2", "trash", "trash"),
        ("ic/outline-screen-share", "screen share", "screen share"),
        ("material-icons arrow_back", "arrow back", "arrow back"),
        ("icon icon-1", "", ""),
        ("save.svg", "save", "save"),
        ("", "", ""),
    ],
)
def test_an_icon_says_its_name_in_many_ways(icon, words, name):
    assert (glyph_words(icon), glyph_name(icon)) == (words, name)


def test_things_mean_what_they_are_called_or_drawn_as():
    assert label_meanings("Log in") == {"login"}
    assert not label_meanings("Log in to read the news")
    assert glyph_meanings("fas fa-trash-alt") == {"delete"} == glyph_meanings("ph/trash-fill")
    assert not glyph_meanings("fas fa-unheard-of")


def test_an_instruction_is_right_wherever_its_words_are():
    asked = instructions_of(SCENE, OTHERS)
    assert asked == instructions_of(SCENE, OTHERS)
    save = [one for one in asked if one.meta["name"] == "Save" and one.way in ("name", "press", "role")]
    assert save
    assert all(set(one.boxes) == {SCENE[0].box, SCENE[1].box} for one in save)
    icons = [one for one in asked if one.way in ("synonym", "glyph", "looks", "function") and one.kind == "icon"]
    assert {one.meta["icon"] for one in icons} <= {"lucide/trash-2", "fas fa-bell fa-fw"}
    assert icons
    assert all(one.boxes == (SCENE[5 + ("bell" in one.meta["icon"])].box,) for one in icons)
    assert {one.meta["pack"] for one in icons if "lucide" in one.meta["icon"]} <= {"lucide"}


def test_held_out_shots_are_asked_in_other_words():
    held_out = [Target(**{**_fields(one), "split": "held-out"}) for one in SCENE]
    sentences = {one.meta["sentence"] for one in instructions_of(SCENE, OTHERS)}
    assert sentences.isdisjoint(one.meta["sentence"] for one in instructions_of(held_out, OTHERS))


def test_what_is_asked_for_as_absent_is_not_there_by_any_word():
    absent = [one for one in instructions_of(SCENE, OTHERS, "Print preview") if one.kind == "absent"]
    assert absent
    assert all(not one.boxes for one in absent)
    names = [one.meta["name"] for one in absent if one.way in ("near", "far", "anchor")]
    assert "Edit article" in names  # (shares a word with "Edit profile")
    assert not {"Saves", "Print preview"} & set(names)  # (nearly "Save"; read on the screen)
    there = {name for one in SCENE for name in label_meanings(one.name) | glyph_meanings(one.icon)}
    assert not there & {one.meta.get("meaning") for one in absent}


def test_relations_are_to_a_text_that_is_there_once_and_to_the_nearest():
    field = SCENE[4]
    found = [one for one in relations(SCENE, SCENE, lambda one: one.role) if one[1] is field]
    assert not [one for one in found if one[3] == "Town"]  # (there are two)
    anchor = target("Price", (200, 10, 240, 30), "text")
    near, far = target("", (260, 10, 300, 30), "textbox"), target("", (330, 10, 400, 30), "textbox")
    proposals = list(relations([near, far], [anchor], lambda one: one.role))
    assert {one[1].box for one in proposals} == {near.box}
    assert side(near.box, anchor.box) == "right"
    assert side(anchor.box, near.box) == "left"


def test_ordinals_count_in_the_order_of_reading():
    boxes = [(10, 40, 20, 50), (10, 10, 20, 20), (30, 11, 40, 21)]
    found = list(ordinals([target("Edit", box) for box in boxes], lambda one: one.role))
    order = [boxes[1], boxes[2], boxes[0], boxes[0], boxes[2]]
    assert [one.box.edges for one, _ in found] == order
    assert [which for _, which in found] == ["first", "second", "third", "last", "last but one"]
    row = [target("Edit", (10 + 40 * number, 10, 20 + 40 * number, 20)) for number in range(3)]
    sides = list(counted(row, lambda one: one.role))
    assert [which for one, which, side in sides if one is row[0] and side == "left"] == ["first"]
    assert [which for one, which, side in sides if one is row[0] and side == "right"] == ["third"]
    assert not [side for *_, side in sides if side in ("top", "bottom")]


def test_noise_changes_case_or_two_letters_at_most():
    texts = [f"click number {number} of them" for number in range(200)]
    kinds = {noise for text in texts for noisy_text, noise in [noisy(text, "k")] if plain(noisy_text) == plain(text)}
    assert kinds == {"", "lower", "upper"}
    slips = [(text, *noisy(text, "k")) for text in texts]
    assert all(abs(len(other) - len(text)) <= 1 for text, other, _ in slips)
    assert 0 < sum(noise in ("swap", "gap") for *_, noise in slips) < 40


def test_shots_are_looked_at_once(tmp_path):
    from PIL import Image

    for name in ("a", "b"):
        Image.new("RGB", (20, 10), "white").save(tmp_path / f"{name}.png")
    rows = [{"name": name, "ratio": 1} for name in ("a", "b")]
    (tmp_path / "shots.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    calls: list[tuple[int, int]] = []

    def source(shot):
        return (Element(Box(1, 2, 3, 4), "x", "button", "text", 0.5, {"checked": True}),)

    assert look_at(tmp_path, source, lambda done, total: calls.append((done, total))) == 2
    assert calls == [(1, 2), (2, 2)]
    assert look_at(tmp_path, source) == 0
    assert sights(tmp_path)["b"] == source(None)
    Image.new("RGB", (20, 10), "black").save(tmp_path / "b.png")
    assert look_at(tmp_path, lambda shot: ()) == 1
    assert sights(tmp_path)["b"] == ()


def _fields(one: Target) -> dict[str, object]:
    return {name: getattr(one, name) for name in Target.__slots__}


def test_an_instruction_needs_no_way():
    assert Instruction("s", "text", "Save", ()).way == ""
