"""What an instruction asks for, and how names are compared."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis.errors import InvalidInput
from tamis.screen.instruction import MOST, Description, wish_of
from tamis.screen.matching import Names, plain, runs_of


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("the Save button", Description("Save", "button")),
        ("Click on Save.", Description("Save")),
        ('click "Log in"', Description("Log in", literal=True)),
        ("Open the 'Docs' link", Description("Docs", "link", literal=True)),
        ("the second Revoke link", Description("Revoke", "link", 1)),
        ("last checkbox", Description("", "checkbox", -1)),
        ("type hello into the Email field", Description("Email", "textbox")),
        ("fill in the Town", Description("Town", "textbox")),
        ("search icon in the top right corner", Description("search", "icon", place=(1.0, 0.0))),
        ("the button at the bottom", Description("", "button", place=(None, 1.0))),
        ('the link below "News of today"', Description("", "link", relation="below", anchor="News of today")),
        ("the field to the right of Name", Description("", "textbox", relation="right", anchor="Name")),
        ('click "above all" link', Description("above all", "link", literal=True)),  # no relation inside of quotes
        ("press the link that is below News", Description("", "link", relation="below", anchor="News")),
        ("above News there is a button", Description("", "button", relation="above", anchor="News")),
        ('the nearest link left of "News"', Description("", "link", relation="left", anchor="News")),
        ('click Edit in the row with "Ada"', Description("Edit", relation="row", anchor="Ada")),
        ("the button in the row of Ada", Description("", "button", relation="row", anchor="Ada")),
        ("the first link under the heading News", Description("", "link", 0, relation="section", anchor="News")),
        ("in the section News, the first link", Description("", "link", 0, relation="section", anchor="News")),
        ('the input labelled "Search"', Description("Search", "textbox", literal=True)),
        ('the field with "a b" in it', Description("a b", "textbox", literal=True)),
        ("the field that contains Ada", Description("Ada", "textbox")),
        ("Home in the footer", Description("Home", place=(None, 1.0))),
        ("the Home link of the menu", Description("Home", "link")),
        ("tick Holiday plans", Description("Holiday plans", "checkbox")),
        ("switch Town Hall on or off", Description("Town Hall", "checkbox")),
        ("open the list of Font", Description("Font", "combobox")),
        ("edit Job title", Description("Job title", "textbox")),
        ("put the cursor into First name", Description("First name", "textbox")),
        ("the icon called settings", Description("settings", "icon")),
        ("Don't save", Description("Don't save")),
        ("Speichern", Description("Speichern")),
        ("保存", Description("保存")),
        ("点击保存", Description("保存")),
        ("the trash can next to Invoice 42", Description("trash", relation="near", anchor="Invoice 42")),
        ("Click on the 'Submit' button to proceed", Description("Submit", "button", literal=True)),
        ("Delete in the row of Ada Lovelace", Description("Delete", relation="row", anchor="Ada Lovelace")),
        ("select Germany from the Country dropdown", Description("Country", "combobox")),
        ("the second link from the right", Description("", "link", -2)),
        ("the last but one Edit link", Description("Edit", "link", -2)),
        ("could you hit the button that reads Continue", Description("Continue", "button")),
        ("which checkbox is ticked?", Description("", "checkbox", state="on")),
        ("I'd like to change my password", Description("change my password")),
        ("the gear icon in the upper left corner", Description("gear", "icon", place=(0.0, 0.0))),
    ],
)
def test_instructions_by_hand(text, wish):
    assert wish_of(text) == wish


@pytest.mark.parametrize("text", ["", "  \n", "...", "word " * 2000])
def test_what_is_no_instruction_is_refused(text):
    with pytest.raises(InvalidInput):
        wish_of(text)


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused(text):
    with contextlib.suppress(InvalidInput):
        wish = wish_of(text)
        assert len(wish.name) <= MOST


def test_plain_is_what_people_compare():
    assert plain("  Größe: „Ä“_x! ") == "große a x".replace("ß", "ss")
    assert plain("...") == ""


def test_the_same_name_is_best_then_a_part_then_a_misreading():
    names = Names(["Save", "Save changes", "Savc", "Cancel", ""])
    same, part, misread, other, empty = names.scores("save")
    assert same == 1 > part > misread > other == empty == 0


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=20))
def test_a_name_is_most_alike_to_itself(text):
    score = Names([text]).scores(text)[0]
    assert score == (1.0 if plain(text) else 0.0)


@given(st.lists(st.text(max_size=12), max_size=6), st.text(max_size=12))
def test_scores_are_shares(texts, name):
    scores = Names(texts).scores(name)
    assert len(scores) == len(texts)
    assert ((scores >= 0) & (scores <= 1)).all()


def test_a_quoted_name_is_read_with_the_mistakes_of_ocr_and_no_others():
    texts = ["Log in", "Log out", "Logout", "L0g out", "Log out now", "Blog outside", "Page 12", "", "Page 13"]
    assert Names(texts).literal("Log out").tolist() == [False, True, True, True, True, False, False, False, False]
    assert Names(texts).literal("Page 12").tolist() == [False] * 6 + [True, False, False]


@given(st.lists(st.sampled_from(["save", "save as", "log in", "保存", "a1", "x"]), min_size=1), st.text(max_size=9))
def test_counts_of_runs_are_those_of_sets(texts, name):
    names, wanted = Names(texts), plain(name)
    common, size = names.common(wanted)
    assert size == len(runs_of(wanted))
    assert common.tolist() == [len(runs_of(plain(text)) & runs_of(wanted)) for text in texts]


@pytest.mark.parametrize("text", ["Do not click Save", 'don\'t press "Delete"', "anything but Save"])
def test_what_not_to_click_is_refused(text):
    with pytest.raises(InvalidInput, match="what not to point at"):
        wish_of(text)


@pytest.mark.parametrize("text", ['click "Do not disturb"', "All", "Never mind", "Don't save"])
def test_names_that_deny_are_names(text):
    wish_of(text)
