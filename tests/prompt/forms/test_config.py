# ruff: noqa: E501  (the samples are as long as they are)
"""Configuration files: what they are told by, and that what is left of them is still one."""

from __future__ import annotations

import configparser
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tamis
from tamis.prompt.forms.config import Config
from tamis.prompt.kinds.commands import kind_by_command
from tamis.prompt.kinds.detection import parts
from tamis.text.source_lines import line_units
from tests.prompt.forms.configs import SAMPLES

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parents[3]
FILES = {name: (ROOT / name).read_text("utf-8") for name in ("pyproject.toml", "training/encoder/encoder.toml")}
SETTINGS = "A = 1\nB = two\nlong_name = 3\n" * 3
NONE = [
    "Ingredients:\n\tflour\n\teggs\nMethod:\n\tmix it\n\tbake it\n",
    "From: a@b.org\nTo: c@d.org\nSubject: lamps\n\nThey came.\n",
    "# Lamps\n\nname = lamp, and that is all there is to say about it.\n\n# Stoves\n\nThey are hot.\n",
    "[1] First note of all.\n[2] Second note of all.\n[3] Third note of all.\n",
    "red\nblue\ngreen\ngrey\nwhite\n",
    "x = 3; y = 4\nThen the sum of both of them is 7, as everybody knows.\nz = 9\nWhich was to be shown to us.\n",
    "# a\n## b\n### c\n\nSome words.\n",
]


def shortened(text, rate, seed=0, **given_options):
    options = tamis.Options(form="config", seed=seed, **given_options)
    return tamis.compress(text, rate=rate, method="random", options=options).text


def read_ini(text):
    configparser.ConfigParser(interpolation=None).read_string(text)


@pytest.mark.parametrize("name", SAMPLES)
def test_families_are_told(name):
    (part,) = parts(SAMPLES[name])
    assert part.name == "config", part.reason


@pytest.mark.parametrize("text", NONE)
def test_what_is_no_configuration_file(text):
    assert "config" not in {part.name for part in parts(text)}


@pytest.mark.parametrize("path", sorted((ROOT / "docs").rglob("*.md")), ids=lambda path: path.name)
def test_pages_of_documentation_are_none(path):
    assert "config" not in {part.name for part in parts(path.read_text("utf-8")) if part.inside is None}


def test_programs_are_none():
    programs = [path.read_text("utf-8") for path in sorted((ROOT / "src/tamis/prompt").rglob("*.py"))]
    assert sum(part.name == "config" for text in programs for part in parts(text)) == 0


@pytest.mark.parametrize(
    "command", ["cat pyproject.toml", "cat Makefile", "head -5 .gitignore", "cat a/.env", "cat x.tf"]
)
def test_names_of_files_tell(command):
    assert kind_by_command(command).name == "config"


def test_yaml_with_a_comment_or_tags_is_yaml():
    pytest.importorskip("yaml")
    hooks = "# Which checks run.\nrepos:\n  - repo: local\n    hooks:\n      - {id: ruff, name: a b, entry: x}\n"
    site = "site: lamps\nnav:\n  - Home page: a.md\n  - Red lamps: b.md\nfences:\n  - name: m\n    form: !!python/name:a.b\n"
    for text in (hooks, site, "key: |\n" + "  some words and so on\n" * 3 + "jobs:\n  a: 1\n  b: 2\n  c: 3\n  d: 4\n"):
        assert [part.name for part in parts(text)] == ["yaml"], text


def test_yaml_that_does_not_parse_is_configuration():
    chart = "kind: Service\nspec:\n  ports:\n    - port: 80\n      name: http\n{{- if .wide }}\n  type: wide\n{{- end }}\n  size: 3\n  a: 1\n  b: 2\n"
    assert [part.name for part in parts(chart)] == ["config"]


@pytest.mark.parametrize("omissions", [True, False])
@pytest.mark.parametrize("text", [*FILES.values(), SAMPLES["toml"]], ids=[*FILES, "sample"])
@settings(max_examples=25, deadline=None)
@given(rate=st.floats(0.05, 1), seed=st.integers(0, 99))
def test_toml_stays_toml(text, omissions, rate, seed):
    tomllib.loads(shortened(text, rate, seed, omissions=omissions))


@pytest.mark.parametrize("name", ["ini", "unit"])
@settings(max_examples=40, deadline=None)
@given(rate=st.floats(0, 1), seed=st.integers(0, 99))
def test_ini_stays_ini(name, rate, seed):
    read_ini(shortened(SAMPLES[name], rate, seed))


@pytest.mark.parametrize("name", SAMPLES)
@settings(max_examples=20, deadline=None)
@given(rate=st.floats(0, 1), seed=st.integers(0, 99))
def test_lines_are_lines_of_the_source_or_notes(name, rate, seed):
    text = shortened(SAMPLES[name], rate, seed)
    left = [line for line in text.splitlines() if "…" not in line]
    source = iter(SAMPLES[name].splitlines())
    assert all(line in source for line in left)
    assert all(line.strip().startswith(("# …", "; …")) for line in text.splitlines() if "…" in line)


@pytest.mark.parametrize(
    ("name", "line", "needs"),
    [
        ("toml", '    "httpx>=0.27",', ["[project]", "dependencies = [", "]"]),
        ("toml", "and [stoves].", ["[project]", 'description = """', "Lamps of all kinds,"]),
        ("toml", "# Lines of screens.", ["[tool.lint]", "line-length = 120"]),
        ("toml", "ignore = true", ["[[tool.types.overrides]]", 'module = ["yaml.*"]']),
        ("toml", "x = 1", ["[[shelf]]", "[shelf.size]"]),
        ("ini", "    ruff", ["[testenv]", "deps ="]),
        ("make", "\t$(VENV)/bin/pytest \\", ["test: $(VENV)", "\t\t--quiet \\", "\t\ttests"]),
        ("make", "\truff check --fix", ["ifdef CI", "else", "endif"]),
        ("make", "# Everything.", ["all: lint test"]),
        ("dockerfile", "RUN apt-get update && \\", ["FROM python:${VERSION} AS build", "    apt-get install -y gcc"]),
        ("env", "b", ['KEY="a', 'c"']),
        ("nginx", "        proxy_read_timeout 30s;", ["server {", "    location / {", "    }", "}"]),
        ("hcl", '    Place = "Leeds"', ['resource "shelf" "main" {', "  tags = {", "  }", "}"]),
        ("hcl", '    "green",', ["  lamps = [", "  ]"]),
        ("unit", "  --port 8000", ["[Service]", "ExecStart=/usr/bin/lamps \\"]),
    ],
)
def test_what_a_line_needs(name, line, needs):
    text = SAMPLES[name]
    at = text.index(line)
    kept = tamis.compress(
        text,
        tokens=70,
        keep=[(at, at + len(line))],
        method="random",
        options=tamis.Options(form="config", omissions=False),
    ).text.splitlines()
    assert {line, *needs} <= set(kept)


def test_by_hand():
    text = "[shop]\n# How many there are.\nlamps = 12 pieces\nstoves = 4 pieces, all of them of iron\n\n[house]\nrooms = 9 of them\n"
    at = text.index("lamps")
    left = tamis.compress(text, rate=0.6, keep=[(at, at + 17)], method="truncate", options=tamis.Options(form="config"))
    assert left.text.startswith("[shop]\n")
    assert "[house]" not in left.text or "rooms" in left.text
    bare = tamis.compress(SETTINGS, rate=0.5, method="truncate")
    assert [part.name for part in bare.kinds] == ["config"]
    assert bare.text.splitlines()[-1].startswith("# … ")


def test_a_question_finds_its_setting():
    for name, question, answer in [
        ("toml", "How long may lines be?", "line-length = 120"),
        ("env", "Which port is used?", "PORT=8000"),
        ("make", "How do the tests run?", "$(VENV)/bin/pytest"),
    ]:
        result = tamis.compress(SAMPLES[name], rate=0.7, question=question)
        assert answer in result.text, result.text


def test_long_lines_are_not_cut():
    text = f"[a]\nx = {'y' * 3000}\nz = 1\nw = 2\n"
    kept = shortened(text, 0.9)
    assert all(line in text for line in kept.splitlines() if "…" not in line)
    assert len(line_units(text)) == 4


def test_large_files_are_quick():
    deep, remarks = "a = 1\n" + "  b x\n" * 5000, "# some words here\n" * 5000
    for text in (deep, remarks, SAMPLES["hcl"] * 100):
        begin = time.process_time()
        units = Config().parse(text)
        assert len(units) >= 1000
        assert time.process_time() - begin < 3
