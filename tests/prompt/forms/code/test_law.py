"""The law of code: what parsed parses, whatever part that hangs together stays. At any granularity."""

from __future__ import annotations

import ast
import shutil
import subprocess

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tamis.prompt.forms.code import parts
from tamis.prompt.forms.code.form import Code
from tamis.prompt.forms.code.languages import LANGUAGES
from tests.prompt.forms.code.programs import SAMPLES, python_programs

every_language = pytest.mark.parametrize("language", SAMPLES)


@pytest.fixture(params=[1, 4, 12], ids=lambda size: f"whole={size}")
def size(request, monkeypatch):
    """Parts of any size: of single statements, and as they are."""
    monkeypatch.setattr(parts, "WHOLE", request.param)
    monkeypatch.setattr(parts, "PARAGRAPH", min(request.param, 3))
    return request.param


def masks(units, seed, share):
    """A random mask that is closed: what it needs added, or what cannot stay taken away."""
    random = np.random.default_rng(seed).random(int(units.bonds.max()) + 1)[units.bonds]
    return units.closed(random < share), ~units.dependent(random < share)


def parses(language, text):
    if language == "python":
        ast.parse(text)
    return Code(language).check(text)


def test_there_is_a_sample_for_each_language():
    assert set(SAMPLES) == set(LANGUAGES)
    assert all(parses(language, text) for language, text in SAMPLES.items())


@every_language
def test_every_part_that_hangs_together_parses(language, size):
    text = SAMPLES[language]
    units = Code(language).parse(text)
    for seed in range(60):
        for mask in masks(units, seed, seed / 60):
            for omissions in (True, False):
                form = Code(language, omissions)
                assert parses(language, form.render(units, mask).of(text)), form.render(units, mask).of(text)


@every_language
def test_each_part_alone_parses_with_what_it_needs_and_so_does_all_without_it(language, size):
    text, form = SAMPLES[language], Code(language)
    units = form.parse(text)
    for part in np.unique(units.bonds):
        one = units.bonds == part
        for mask in (units.closed(one), ~units.dependent(one)):
            out = form.render(units, mask).of(text)
            assert parses(language, out), out


@settings(max_examples=150, deadline=None)
@given(text=python_programs(), seed=st.integers(0, 2**31), share=st.floats(0, 1), omissions=st.booleans())
def test_python_of_any_shape(text, seed, share, omissions):
    form = Code("python", omissions)
    ast.parse(text)
    units = form.parse(text)
    for mask in masks(units, seed, share):
        out = form.render(units, mask).of(text)
        ast.parse(out)
        assert form.check(out)


@every_language
def test_lines_are_those_of_the_source_or_say_what_went(language):
    text, form = SAMPLES[language], Code(language)
    units, source = form.parse(text), text.splitlines()
    for seed in range(20):
        for mask in masks(units, seed, seed / 20):
            lines = form.render(units, mask).of(text).splitlines()
            noted = [line for line in lines if "…" in line]
            stays = iter(source)
            assert all(line in stays for line in lines if line not in noted)  # in order
            assert all(line.strip(" \t.:#/…-0123456789") in {"", "lines", "line"} for line in noted)


@every_language
def test_every_line_that_went_is_counted(language):
    text, form = SAMPLES[language], Code(language)
    units = form.parse(text)
    for seed in range(20):
        mask = masks(units, seed, 0.3)[0]
        notes = [note.text for note in form.render(units, mask).insertions]
        runs = np.flatnonzero(np.diff(np.concatenate(([1], mask.astype(int)))) < 0).size
        assert len(notes) == (runs if mask.any() else 0)
        for note in notes:
            if "lines" in note:
                first, last = (int(number) for number in note.split("lines ")[1].split(" ")[0].split("-"))
                inside = (units.numbers[0] >= first) & (units.numbers[1] <= last)
                assert inside.any()
                assert not mask[inside].any()


def test_without_omissions_only_what_the_syntax_asks_for_is_put_in():
    for language, text in SAMPLES.items():
        form = Code(language, omissions=False)
        units = form.parse(text)
        for seed in range(20):
            notes = form.render(units, masks(units, seed, 0.4)[0]).insertions
            assert {note.text.strip() for note in notes} <= {LANGUAGES[language].filler} - {""}


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash")
def test_the_shell_itself_reads_what_is_left(size):
    text, form = SAMPLES["bash"], Code("bash")
    units = form.parse(text)
    for seed in range(40):
        for mask in masks(units, seed, seed / 40):
            out = form.render(units, mask).of(text)
            run = subprocess.run(["bash", "-n"], input=out, capture_output=True, text=True, check=False)
            assert run.returncode == 0, run.stderr + out
