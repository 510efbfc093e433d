"""Code where the extra is not installed: Python by `ast`, other languages by their brackets."""

from __future__ import annotations

import ast
import importlib.util
import sys

import numpy as np
import pytest

import tamis
from tamis import errors
from tamis.errors import MissingExtra
from tamis.prompt.forms.code import parts
from tamis.prompt.forms.code.brackets import Brackets
from tamis.prompt.forms.code.form import Code
from tests.prompt.forms.code.programs import SAMPLES

CLIKE = """// A shop.
package shop;

class Kettle {
    int price(int size) {
        if (size > 3) {
            return 9;
        } else {
            log("small",
                size);
            return 4;
        }
    }

    int weight() {
        int[] sizes = {
            1,
            2,
            3,
        };
        return sizes
            .length;
    }
}
"""


@pytest.fixture
def without(monkeypatch):
    """No grammar, no YAML."""

    def find(name, *rest):
        return None if name.startswith("tree_sitter") or name == "yaml" else importlib.util.find_spec(name, *rest)

    monkeypatch.setattr(errors, "find_spec", find)
    monkeypatch.setitem(sys.modules, "yaml", None)


@pytest.mark.parametrize("size", [1, 12])
def test_python_parses_without_a_grammar(without, monkeypatch, size):
    monkeypatch.setattr(parts, "WHOLE", size)
    text, form = SAMPLES["python"], Code("python")
    units = form.parse(text)
    assert len(np.unique(units.bonds)) > 5
    for seed in range(40):
        rng = np.random.default_rng(seed)
        mask = units.closed(rng.random(len(units)) < seed / 80)
        out = form.render(units, mask).of(text)
        ast.parse(out)
        assert form.check(out)
    assert not form.check("def f(:\n")


def test_other_languages_say_so_by_name_and_go_by_brackets_by_themselves(without):
    with pytest.raises(MissingExtra, match="tamis\\[code\\]"):
        tamis.compress(SAMPLES["go"], options=tamis.Options(form=Code("go")))
    result = tamis.compress(SAMPLES["go"], rate=0.4)
    assert [part.name for part in result.kinds] == ["brackets"]
    assert "tamis[code]" in result.kinds[0].reason
    assert result.text.count("{") == result.text.count("}")


def test_yaml_without_its_extra_goes_by_lines(without):
    text = "service:\n  name: web\n  ports:\n    - 80\n    - 443\n  env:\n    debug: false\n    level: info\n"
    result = tamis.compress(text * 2, rate=0.5)
    assert [part.name for part in result.kinds] == ["lines"]
    assert "tamis[yaml]" in result.kinds[0].reason


@pytest.mark.parametrize("language", ["", "java", "kotlin"])
def test_brackets_stay_in_pairs(language):
    form = Brackets(language)
    units = form.parse(CLIKE)
    for seed in range(60):
        mask = units.closed(np.random.default_rng(seed).random(len(units)) < seed / 90)
        out = form.render(units, mask).of(CLIKE)
        assert all(out.count(a) == out.count(b) for a, b in ("{}", "()", "[]"))
        assert ("if (size" in out) == ("} else {" in out)
        assert ('log("small",' in out) == ("           size);" in out)
        assert ("return sizes" in out) == (".length" in out)


@pytest.mark.parametrize("language", ["go", "javascript", "typescript", "php", "tsx", "cpp"])
def test_most_of_what_is_left_parses(language):
    """A guess, so not all of it: 91 % of 1,100 parts of 190 files in twelve languages."""
    form, units = Brackets(language), Brackets(language).parse(SAMPLES[language])
    outs = []
    for seed in range(12):
        mask = units.closed(np.random.default_rng(seed).random(len(units)) < 0.15)
        outs.append(form.render(units, mask).of(SAMPLES[language]))
    assert sum(map(Code(language).check, outs)) >= 9


def test_a_fence_in_an_unknown_language_keeps_its_brackets():
    entry = "@misc{lamp,\n  author = {Ann Rowe},\n  title = {Lamps},\n  year = {2025},\n}\n"
    text = f"Cite it so:\n\n```bibtex\n{entry}```\n\nThat is all.\n"
    result = tamis.compress(text, rate=0.6)
    assert "brackets" in [part.name for part in result.kinds]
    assert result.text.count("{") == result.text.count("}")
