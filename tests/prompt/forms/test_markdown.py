"""Markdown through the default: headings with their content, fences by their own kind, everything well-formed."""

from __future__ import annotations

import random
import re

import pytest

import tamis
from tamis.text.counting import counter

CODE = '''def cheapest(kettles, size):
    """The kettle of a size that costs least."""
    fitting = [kettle for kettle in kettles if kettle.size == size]
    if not fitting:
        raise LookupError(size)
    return min(fitting, key=lambda kettle: kettle.price)


def sell(kettle, customer):
    print("sold", kettle)
    print("to", customer)
    return kettle.price
'''
README = f"""---
title: Kettles
author: Ann Rowe
date: 2024-03-01
tags:
  - kettles
  - stoves
layout: page
draft: false
version: 3
---

# Kettles

A shop for kettles, which has sold them since 1901. It is in Leeds, near the river.

## Installing

Install it with the usual tool, which takes a minute on most machines:

```sh
pip install kettles
```

## Usage

Find the cheapest one, and sell it:

```python
{CODE}```

The shop does not sell stoves. It never lends a kettle to anybody.

### Prices

| kettle | price |
|--------|-------|
| small  | 3.50  |
| large  | 9.25  |
| copper | 40.00 |

## What it prints

```
{"".join(f"2024-03-01 10:{i:02}:00 INFO shop: sold kettle {i}" + chr(10) for i in range(20))}```

## Licence

Everything is free for all purposes.
"""
NAMES = ["yaml", "markdown", "code", "markdown", "log", "markdown"]
RATES = (0.1, 0.2, 0.33, 0.5, 0.7, 0.9)
HEADING = re.compile(r"(?m)^#{1,6} .*$")


def headings_over_nothing(text: str) -> list[str]:
    """Headings behind which comes a heading of the same level or above, or nothing."""
    outside = re.sub(r"(?ms)^```.*?^```$", "code", text)
    found = list(HEADING.finditer(outside))
    ends = [match.start() for match in found[1:]] + [len(outside)]
    bare = []
    for i, (match, end) in enumerate(zip(found, ends, strict=True)):
        level = len(match.group().split()[0])
        deeper = i + 1 < len(found) and len(found[i + 1].group().split()[0]) > level
        if not outside[match.end() : end].strip() and not deeper:
            bare.append(match.group())
    return bare


@pytest.mark.parametrize("question", [None, "How is the cheapest kettle found?"])
@pytest.mark.parametrize("rate", RATES)
def test_a_readme_stays_markdown(rate, question):
    result = tamis.compress(README, rate=rate, question=question)
    assert [part.name for part in result.kinds] == NAMES
    assert result.tokens == counter()(result.text) <= rate * result.original_tokens
    assert result.restore() == README
    fences = [line for line in result.text.splitlines() if line.startswith("```")]
    assert len(fences) % 2 == 0
    assert all(fence == "```" for fence in fences[1::2])
    assert headings_over_nothing(result.text) == []
    rows = [line for line in result.text.splitlines() if line.startswith("| ") and "price" not in line]
    assert not rows or "| kettle | price |\n|--------|-------|" in result.text
    assert len([line for line in result.text.splitlines() if line == "---"]) in (0, 2)


def test_what_is_under_a_heading_brings_it_also_from_a_fence():
    result = tamis.compress(README, tokens=110, keep=["raise LookupError(size)"])
    assert "## Usage" in result.text
    assert "Find the cheapest one, and sell it:" in result.text
    assert "## What it prints" not in result.text


def test_a_blank_line_divides_what_it_divided():
    text = "# A\n\n```python\n" + CODE + "```\n\nNothing much here, and it can all go. Kettles whistle.\n"
    result = tamis.compress(text, rate=0.8, keep=["def sell", "whistle"])
    assert "```\n\n" in result.text


def test_a_blank_line_stays_where_all_between_two_fences_went():
    text = f"# A\n\n```python\n{CODE}```\n\nNothing much.\n\n```python\n{CODE}```\n\n## B\n\nNothing.\n"
    result = tamis.compress(text, rate=0.9, keep=["def sell", "sold"])
    assert "```\n```" not in result.text


def test_markdown_between_tags_is_no_page():
    first = '<p align="center"><b>Lamps</b> <i>of</i> all <u>kinds</u></p>'
    text = f"{first}\n\n---\n\nIt prints `<!doctype html><html>`.\n\n## Usage\n\n```python\n{CODE}```\n\n<p>End</p>\n"
    assert [part.name for part in tamis.compress(text, rate=0.7).kinds] == ["page", "markdown", "code", "page"]


def test_the_form_by_name_takes_it_for_markdown():
    """A file that is nearly all one fence is code by itself; as Markdown it is a fence."""
    text = f"```python\n{CODE}```\n"
    named = tamis.compress(text, rate=0.6, options=tamis.Options(form="markdown"))
    assert named.text.startswith("```python\n")
    assert named.text.rstrip().endswith("```")


@pytest.mark.parametrize("number", range(15))
def test_any_mixture_of_sections_keeps_its_laws(number):
    rng = random.Random(number)
    blocks = [
        "Some words here, and more of them. They do not say much.\n",
        f"```python\n{CODE}```\n",
        "Run it so:\n\n```sh\nmake\nmake install\n```\n",
        "- one thing\n- another thing\n  - under it\n",
        '{"a": 1, "b": [1, 2, 3], "c": {"d": "a text", "e": null, "f": [true, false]}}\n' * 1,
        "| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |\n",
        "An open fence:\n\n```python\nx = 1\n",
        "Title\n=====\n\nText under it.\n",
        "\n",
    ]
    text = "\n".join(
        "#" * rng.randint(1, 4) + f" Heading {i}\n\n" + rng.choice(blocks) + rng.choice(["", "\n"]) for i in range(8)
    )
    for rate in (0.0, 0.15, 0.4, 0.8, 1.0):
        result = tamis.compress(text, rate=rate, question=rng.choice([None, "another thing?"]))
        again = tamis.compress(text, rate=rate, question=result.question)
        assert result.text == again.text
        assert result.tokens <= rate * result.original_tokens
        assert result.restore() == text
        assert rate < 1 or result.text == text
