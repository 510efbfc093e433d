"""Texts that were well-formed until somebody typed into them: refused with a place, or taken and left well-formed."""

from __future__ import annotations

import csv
import io
import json
import random
from xml.etree import ElementTree

import pytest
import yaml

from tamis.errors import InvalidInput
from tamis.prompt.forms.data.csv_form import Csv
from tamis.prompt.forms.data.json_form import Json, JsonLines
from tamis.prompt.forms.data.xml_form import Xml
from tamis.prompt.forms.data.yaml_form import Yaml
from tests.prompt.forms.data.masks import everything, renderings
from tests.prompt.forms.data.yaml_texts import SAYING, RandomYaml

TYPED = [
    "{",
    "}",
    "[",
    "]",
    '"',
    "'",
    ",",
    ":",
    "\n",
    " ",
    "\\",
    "<",
    ">",
    "/",
    "&",
    "-",
    "#",
    "0",
    "é",
    "\x00",
    "\ufeff",
]
TYPED += [
    "\t",
    "\r",
    "|",
    "*a",
    "&a",
    "!",
    "?",
    "---",
    "...",
    "\ud800",
    "\x1b[31m",
    "\u2028",
    "\x85",
    "%",
    "=",
    "]]>",
    "<!--",
]
JSON = json.dumps({"a": [{"id": 1, "b": None}, {"id": 2, "c": [1, 2.5]}], "t": SAYING, "u": "é\n💡", "e": {}}, indent=1)
XML = (
    f'<?xml version="1.0"?><all><x k="1">{SAYING}</x><x>a &lt; <b>c</b> d</x><!-- n --><y/><z><![CDATA[ < ]]></z></all>'
)
CSV = f'id,text,n\n1,"{SAYING}",2\n2,"a ""b""\nc",3\n\nx;y\n4,,5\n'


def read_json(text):
    json.loads(text.removeprefix("\ufeff"))


def read_lines(text):
    for line in text.removeprefix("\ufeff").split("\n"):
        if line.strip():
            json.loads(line)


def read_xml(text):
    ElementTree.fromstring(text.removeprefix("\ufeff"))


def read_csv(text):
    list(csv.reader(io.StringIO(text, newline=""), strict=True))


def read_yaml(text):
    list(yaml.compose_all(text, Loader=yaml.CSafeLoader))


CASES = {
    "json": (Json(), lambda _: JSON, read_json),
    "jsonl": (JsonLines(), lambda _: '{"a": 1, "b": [2]}\n[3, "x"]\n\n"word"\n', read_lines),
    "xml": (Xml(), lambda _: XML, read_xml),
    "csv": (Csv(delimiter=","), lambda _: CSV, read_csv),
    "yaml": (Yaml(), lambda rng: RandomYaml(rng).text(), read_yaml),
}


def typed_into(rng, text):
    """A text with some characters typed in, or over, or out."""
    for _ in range(rng.randrange(1, 4)):
        at = rng.randrange(len(text) + 1)
        text = text[:at] + rng.choice([*TYPED, ""]) + text[at + rng.choice([0, 0, 1, 5]) :]
    return text


def reads(read, text):
    try:
        read(text)
    except (ValueError, SyntaxError, csv.Error, yaml.YAMLError):
        return False
    except RecursionError:
        return True
    return True


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("block", [0, *(pytest.param(i, marks=pytest.mark.sweep) for i in range(1, 10))])
def test_only_one_error_and_no_new_fault(name, block):
    form, source, read = CASES[name]
    rng = random.Random(f"{name} {block}")
    for _ in range(400 if block else 80):
        text = typed_into(rng, source(rng))
        try:
            form.parse(text)
        except InvalidInput as error:
            assert "line" in str(error)  # noqa: PT017
            continue
        assert everything(form, text) == text
        if not reads(read, text):
            continue
        for part in renderings(form, text, rng.randrange(1000), 3):
            assert form.check(part), (text, part)
            assert not part.strip("\ufeff \r\n\t") or reads(read, part), (text, part)
