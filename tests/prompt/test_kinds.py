# ruff: noqa: E501  (the samples are as long as they are)
"""Kinds of text: a table of samples, whole texts and mixed ones; prose is prose."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tamis
from tamis.prompt.kinds.commands import kind_by_command
from tamis.prompt.kinds.detection import kind_of, parts
from tests.text.texts import texts

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

PYTHON = (
    "import os\n\n\ndef run(path):\n    if os.path.exists(path):\n        return open(path).read()\n    return None\n"
)
LOG = "".join(f"2024-03-01 10:{i:02}:00 INFO worker[{i % 4}]: job {i} done in {i * 3} ms\n" for i in range(20))
HUNK = "--- a/app.py\n+++ b/app.py\n@@ -1,3 +1,3 @@\n import os\n-x = 1\n+x = 2\n y = 3\n"
DIFF = f"diff --git a/app.py b/app.py\nindex 3f2a1b0..9c8d7e6 100644\n{HUNK}"
GREP = "".join(f"src/app/file{i}.py:{i * 7 + 1}:    value = compute({i})\n" for i in range(12))
CONTEXT = "".join(f"src/a.py-{i}-x\nsrc/a.py:{i + 1}:y\nsrc/a.py-{i + 2}-z\n--\n" for i in range(1, 30, 5))
LS = "total 48\n" + "".join(f"-rw-r--r-- 1 root root {i * 100} Nov 30 06:35 file{i}.py\n" for i in range(12))
TREE = "src\n" + "".join(f"├── part{i}\n│   └── main.py\n" for i in range(8)) + "\n8 directories, 8 files\n"
FIND = "".join(f"./src/part{i}/main.py\n" for i in range(12))
PYTEST = "".join(f"tests/test_a.py::test_{i} PASSED   [ {i}%]\n" for i in range(12)) + "E   assert 1 == 2\n"
CARGO = (
    "running 12 tests\n"
    + "".join(f"test parse::case_{i} ... ok\n" for i in range(12))
    + "\ntest result: ok. 12 passed\n"
)
GOTEST = (
    "".join(f"=== RUN   TestCase{i}\n--- PASS: TestCase{i} (0.00s)\n" for i in range(8)) + "ok  \tapp/core\t0.01s\n"
)
GCC = "".join(f"src/main.c:{i}:5: warning: unused variable 'x{i}'\n" for i in range(1, 12))
NPM = "".join(f"npm WARN deprecated left-pad@{i}.0.0: use something else\n" for i in range(10))
APACHE = "".join(f'10.0.0.{i} - - [01/Mar/2024:10:0{i}:00 +0000] "GET /x{i} HTTP/1.1" 200 512\n' for i in range(9))
SYSLOG = "".join(f"Mar  1 10:00:{i:02} host sshd[{400 + i}]: Accepted key for root\n" for i in range(12))
TRACE = (
    "Traceback (most recent call last):\n"
    + "".join(f'  File "/app/a{i}.py", line {i + 1}, in f\n    g({i})\n' for i in range(6))
    + "ValueError: bad\n"
    + "\n".join(f"  at Foo.bar{i} (foo.js:{i}:2)" for i in range(4))
)
JSON = '{"name": "pump", "values": [1, 2, 3], "nested": {"a": null, "b": true}}'
JSONL = "".join(f'{{"id": {i}, "state": "open", "n": {i * i}}}\n' for i in range(6))
CSV = "id,name,price\n" + "".join(f"{i},thing{i},{i}.50\n" for i in range(8))
TSV = CSV.replace(",", "\t")
YAML = (
    "service:\n  name: web\n  ports:\n    - 80\n    - 443\n  env:\n    debug: false\n    level: info\n  replicas: 3\n"
)
XML = "<orders><order id='1'><item>lamp</item><count>3</count></order><order id='2'><item>stove</item></order></orders>"
HTML = "<!DOCTYPE html><html><head><title>T</title></head><body><h1>Lamps</h1><p>Red ones.</p><p>Blue ones.</p></body></html>"
GO = 'package main\n\nimport (\n\t"fmt"\n)\n\nfunc main() {\n\tx := 1\n\tfmt.Println(x)\n}\n\nfunc add(a int, b int) int {\n\treturn a + b\n}\n'
RUST = 'use std::io;\n\npub fn read(path: &str) -> String {\n    let x = load(path);\n    x.trim();\n    x\n}\n\nfn main() {\n    read("a");\n    run();\n}\n'
JS = "const fs = require('fs');\nconst path = require('path');\n\nfunction run(a) {\n  const b = a + 1;\n  return b;\n}\n\nmodule.exports = { run };\nrun(1);\nrun(2);\n"
NUMBERED = "".join(f"{i:6}\tsome line of a file that has number {i}\n" for i in range(1, 14))
ANSI = LOG.replace("INFO", "\x1b[32mINFO\x1b[0m")
WHOLE = {
    "json": [JSON, JSON.replace(", ", ",\n  "), f"[{JSON}, {JSON}]"],
    "jsonl": [JSONL],
    "csv": [CSV],
    "tsv": [TSV],
    "yaml": [YAML],
    "xml": [XML, f'<?xml version="1.0"?>\n{XML}'],
    "page": [HTML],
    "diff": [DIFF, HUNK, DIFF * 3],
    "search": [GREP, CONTEXT, LS, TREE, FIND],
    "log": [LOG, PYTEST, CARGO, GOTEST, GCC, NPM, APACHE, SYSLOG, TRACE, ANSI],
    "code": [PYTHON * 2, GO, RUST, JS],
    "lines": [NUMBERED],
}
PROSE = [
    "",
    " \n\n",
    "One line.",
    "Note: the pump runs. Warning: it is hot. Error: none so far. Info: see page 3.",
    "Dear Ms. Ito,\n\nthe order 4711 has left: it will come on Monday.\n\nRegards,\nSam",
    "From: a@b.org\nTo: c@d.org\nSubject: The mill\nDate: Mon, 4 Mar 2024 10:00:00 +0000\n\nIt burnt down.\n",
    "# Lamps\n\n- red ones, three pieces\n- blue ones, four pieces\n\n## Stoves\n\n1. one\n2. two\n",
    "| name | count |\n|---|--:|\n| lamp | 3 |\n| stove | 9 |\n",
    "The fog comes in,\non little feet,\nit sits looking,\nover the harbour,\nand then,\nit moves on.\nSlowly,\nquietly,\naway.\n",
    "Smith, John, 12 Main Street, Leeds\nIto, Mai, 4 High Street, York\nRowe, Ann, 9 Mill Lane, Hull\nKay, Tom, 1 Low Road, Ely\n"
    "Ash, Jo, 3 Bell Yard, Bath\nOak, Al, 5 Church Row, Ripon\n",
    "10:02 Anna: shall we ship it?\n10:03 Ben: I think so\n10:04 Anna: then do\n10:05 Ben: done\n" * 3,
    "[10:02:11] Anna: shall we ship it?\n[10:03:12] Ben: I think so\n" * 6,
    "Speaker 1: Good morning.\nSpeaker 2: Good morning, all.\n" * 8,
    "00:00:01.000 --> 00:00:04.000\nHello and welcome.\n\n00:00:04.500 --> 00:00:07.000\nThank you.\n\n",
    "Run it so:\n\n```\npip install lamp\n```\n\nand it will work.\n",
    "See this:\n\n```python\nx = 1\nprint(x)\n```\n\nThat is all.\n",
    "An open fence:\n\n```python\nx = 1\nand then prose goes on, for it was never closed.\n" * 1,
    "[1] First note. [2] Second note. {see below}",
    "{curly} words, not JSON, though they begin with a bracket and end with one {here}",
    "- eggs: two\n- milk: a cup\n- flour: 200 g\n\nMix: all of it.\nBake: an hour.\n",
    "We import goods from France. The class of 1990 met. If you return, let us know. For example, try this.",
    "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo" * 200,
    "var a=1;function b(c){return c+a}" * 100,
    "\x00\x01\x02binary\xff\xfe" * 50,
    "Der Zug kam um 10:15 an. Er fuhr um 10:20 ab.\n" * 12,
    "会议于三点开始。\n大家都到了。\n" * 8,
    "Traceback is a word. He said: Traceback (most recent call last) is what it prints.",
    "|  | Chinese | Pinyin |\n|---|---|---|\n" + "| ^ Ma Ling-Yee | 馬寧兒 | Ma5 Ning4 |\n" * 9,
    "On 2024-03-01 10:00 we met. On 2024-03-02 11:00 we met again.\n" * 10,
    "commit to it, and you will see: it works.\nAuthor: unknown\n",
    "- - -\n\n* * *\n\n---\n\nA rule stands above.\n",
]
COMMANDS = {
    "git diff HEAD~1": "diff", "cd app && git diff | head -50": "diff", "git show abc123": "diff", "git log -p": "diff",
    "rg -n foo src": "search", "grep -rn foo .": "search", "git grep foo": "search", "ls -la": "search", "find . -name x": "search",
    "tree -L 2": "search", "fd lamp": "search", "pytest -q": "log", "python -m pytest tests": "log", "cargo test": "log",
    "go test ./...": "log", "npm run build": "log", "make -j4": "log", "docker logs web": "log", "kubectl logs pod": "log",
    "cat src/app.py": "code", "sed -n 1,20p lib.rs": "code", "cat data.json": "json", "head -5 table.csv": "csv",
    "cat conf.yaml": "yaml", "tail -n 100 server.log": "log", "FOO=1 sudo journalctl -u x": "log", "git status": "lines",
}  # fmt: skip


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, rows in WHOLE.items() for text in rows])
def test_a_text_of_one_kind(kind, text):
    found = parts(text)
    assert [part.name for part in found] == [kind], found
    assert found[0].reason


@pytest.mark.parametrize("text", PROSE)
def test_prose_is_prose(text):
    assert {part.name for part in parts(text)} <= {"prose", "markdown"}


@pytest.mark.parametrize(("command", "kind"), COMMANDS.items())
def test_what_a_command_prints(command, kind):
    told = kind_by_command(command)
    assert told is not None
    assert told.name == kind


@pytest.mark.parametrize("command", ["echo hello", "", "curl https://x.org", "'unclosed", "cat notes.txt", "ssh host"])
def test_commands_that_tell_nothing(command):
    assert kind_by_command(command) is None


def test_what_was_called_counts_unless_the_text_belies_it():
    assert kind_of("a line\nanother line\n", command="rg lamp").name == "search"
    assert kind_of("nothing here looks like a diff\n", command="git diff").name == "prose"
    assert kind_of(JSON, command="cat x.yaml").name == "json"
    assert kind_of("a/b.py\n", tool="Grep").name == "search"
    assert kind_of("Some words.", tool="Bash").name == "prose"


def mixed():
    return [
        ("Hello,\n\nthis is what it printed:\n\n" + LOG * 2 + "\nWhat now?\n", ["prose", "log", "prose"]),
        ("Hello,\n\nthis is the log:\n\n" + LOG + "\nWhat shall I do?\n", ["prose", "log", "prose"]),
        ("Please review:\n\n" + DIFF + "\nThanks.\n", ["prose", "diff", "prose"]),
        (
            "It says:\n\n```json\n"
            + JSON.replace(", ", ",\n") * 1
            + "\n```\n\nand\n\n```python\n"
            + PYTHON * 2
            + "```\n",
            ["markdown", "json", "markdown", "code"],
        ),
        ("Found these.\n\n" + GREP + "\nThen I ran it.\n\n" + PYTEST, ["prose", "search", "prose", "log"]),
    ]


@pytest.mark.parametrize(("text", "names"), mixed())
def test_mixed_texts_are_divided(text, names):
    found = parts(text)
    assert [part.name for part in found][: len(names)] == names
    assert "".join(part.span.of(text) for part in found) == text


@given(texts)
def test_parts_tile_any_text(text):
    assert "".join(part.span.of(text) for part in parts(text)) == text


@given(
    st.lists(
        st.sampled_from(
            [
                LOG,
                DIFF,
                GREP,
                JSON,
                "Some words here.\n\n",
                "```py\n",
                "```\n",
                PYTHON,
                "\n",
                "{\n",
                "@@ -1,9 +1,9 @@\n",
            ]
        )
    )
)
def test_parts_tile_any_mixture(pieces):
    text = "".join(pieces)
    assert "".join(part.span.of(text) for part in parts(text)) == text


def strings(value):
    """All strings in a value of a TOML file."""
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return [text for one in inner for text in strings(one)]


def test_the_texts_of_meaning_are_prose():
    folder = Path(__file__).parent / "meaning"
    found = [text for file in sorted(folder.glob("*.toml")) for text in strings(tomllib.loads(file.read_text("utf-8")))]
    assert len(found) > 200
    assert [text for text in found if {part.name for part in parts(text)} - {"prose", "markdown"}] == []


@pytest.mark.parametrize("rate", [0.2, 0.5, 0.9])
def test_prose_is_shortened_as_by_its_own_form(rate):
    for text in PROSE[2:9]:
        auto = tamis.compress(text, rate=rate)
        plain = tamis.compress(text, rate=rate, options=tamis.Options(form="prose"))
        assert auto.text == plain.text
        assert [part.name for part in auto.kinds] in (["prose"], ["markdown"])


def test_markdown_is_told_by_its_marks():
    assert parts("# Lamps\n\nRed ones.\n")[0].reason == "1 heading"
    assert parts("Plain words, and #hashtags, and a - dash.\n")[0].name == "prose"
    text = "---\n" + "".join(f"key{i}: {i}\n" for i in range(9)) + "---\n\n# Lamps\n\nRed ones.\n"
    assert [part.name for part in parts(text)] == ["yaml", "markdown"]


def test_what_underlines_a_title_in_a_docstring_is_no_fence():
    body = "".join(f"def lamp_{i}(value):\n    return value + {i}\n\n\n" for i in range(9))
    script = f'"""\nlamps\n~~~~~\n\nLamps of all kinds.\n"""\n\nimport os\n\n{body}'
    (part,) = tamis.compress(script, rate=0.5, options=tamis.Options(form="auto")).kinds
    assert (part.kind.name, part.kind.language) == ("code", "python")
