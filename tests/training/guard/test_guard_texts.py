"""The texts that the guard learns from: spans are where they are said to be, parts share no source."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.guard import harmless, wrappers
from training.guard.build import crop, encoded, foreign, hidden, planted, styled, wrapped
from training.guard.sources import LEARN, MEASURE_CORPUS, PARTS, THRESHOLD_CORPUS, part

TEMPLATES = (
    *wrappers.OVERRIDE,
    *wrappers.AUTHORITY,
    *wrappers.PLANTED,
    *wrappers.PERSONA,
    *wrappers.RESEARCH,
    *wrappers.SUPPRESS,
    *wrappers.ENCODE,
)
DOCUMENT = "First line of a report.\nSecond line, which is longer. It has two sentences.\n\nThe end.\n"


@pytest.mark.parametrize("template", TEMPLATES)
def test_what_is_wanted_stands_where_its_span_says(template):
    text, spans = wrapped(template, "water the plants", random.Random(0))
    wanted = [text[low:high].lower() for low, high, kind in spans if kind == "intent"]
    assert wanted == ["water the plants"]
    assert "{" not in text.replace('{"role": "system"', "")
    assert [low for low, *_ in spans] == sorted(low for low, *_ in spans)


@given(st.sampled_from(TEMPLATES), st.integers(0, 1000))
def test_planting_and_hiding_move_spans_along(template, seed):
    chance = random.Random(seed)
    attack = hidden(wrapped(template, "water the plants", chance), chance)
    text, spans = planted(DOCUMENT, attack, chance)
    wanted = [text[low:high].lower() for low, high, kind in spans if kind == "intent"]
    assert wanted == ["water the plants"]
    assert text.replace(attack[0], "").split() == DOCUMENT.split()


@given(st.text(max_size=400), st.integers(0, 100))
def test_a_crop_is_part_of_its_text(text, seed):
    assert crop(text, random.Random(seed)) in text


@given(st.text(max_size=100), st.integers(0, 100))
def test_another_case_has_the_same_length(text, seed):
    assert len(styled(text, random.Random(seed))) == len(text)


@pytest.mark.parametrize("code", wrappers.FOREIGN)
def test_each_language_has_wrappings_and_wants(code):
    text, spans = foreign(code, random.Random(1))
    assert any(kind == "intent" for *_, kind in spans)
    assert "{" not in text


def test_codes_hide_what_is_wanted():
    assert all("plants" not in encoded("water the plants", random.Random(seed)) for seed in range(20))


def test_no_source_is_in_two_parts():
    assert not MEASURE_CORPUS & THRESHOLD_CORPUS
    assert set(harmless.MEASURE).isdisjoint((*harmless.LEARN, *harmless.GENRES))


def test_parts_go_by_the_beginning_of_a_document_and_half_of_them_teach():
    parts = [part(f"document number {n}") for n in range(2000)]
    assert set(parts) == set(PARTS)
    assert 0.45 < parts.count(LEARN) / 2000 < 0.55
    assert part("x" * 60 + "one end") == part("x" * 60 + "another")
