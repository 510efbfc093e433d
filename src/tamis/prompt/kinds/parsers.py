"""What can be told by parsing a text: JSON, JSON Lines, XML, CSV, YAML. Cheap looks first; nothing raises."""

from __future__ import annotations

import csv
import json
import re
from xml.etree import ElementTree

from tamis.errors import InvalidInput
from tamis.prompt.forms.data.json_nodes import nodes_of
from tamis.prompt.kinds.kind import Kind
from tamis.prompt.kinds.markdown import prose_kind

LEAST = 40  # characters; what is shorter is nobody's trouble
BEYOND: list[list[object]] = [[]]  # stands for a value that cannot be held
ROWS = 5  # of a table, or of a mapping in YAML, at least
SAMPLE = 200  # lines that are looked at
_NOTHING = re.compile(r"(?!)")
_HTML = re.compile(r"<(?:!doctype html|html|head|body|div|p|table|ul|h[1-6]|section|article|nav|main)\b", re.IGNORECASE)
_PAGE = re.compile(r"(?:\s*<!--(?:(?!-->)[\s\S])*-->|\s*<\?[^>]*>)*\s*<(?:!doctype|html|head|body)\b", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_KEY = re.compile(r"(\s*)(?:- )?([\w.$/-]+|\"[^\"]*\"|'[^']*'):(?:\s(.*))?$")
_ITEM = re.compile(r"\s*- \S")


def parsed(text: str) -> Kind | None:
    """The kind of a whole text that can be parsed; None if it is none of these."""
    if len(text.strip()) < LEAST:
        return None
    for look in (_json, _json_lines, _marked_up, _table, _yaml):
        if (kind := look(text)) is not None:
            return kind
    return None


def loads(text: str) -> object:
    """What a text in JSON says, None where it is none; `BEYOND` where Python cannot hold it: too deep, or too long."""
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError):
        return BEYOND if _reads(text) else None
    return value


def _reads(text: str) -> bool:
    try:
        nodes_of(text, _NOTHING)
    except InvalidInput:
        return False
    return True


def structured(value: object) -> bool:
    """Whether a value is more than a list of a few words, which may stand in any text."""
    if isinstance(value, list):
        return len(value) > 7 or any(isinstance(one, (dict, list)) for one in value)
    return isinstance(value, dict) and bool(value)


def _json(text: str) -> Kind | None:
    body = text.strip().removeprefix("\ufeff")
    if body[:1] + body[-1:] not in ("{}", "[]") or not structured(loads(body)):
        return None
    return Kind("json", "it parses as JSON")


def _json_lines(text: str) -> Kind | None:
    rows = [line for line in text.splitlines() if line.strip()]
    if len(rows) < 3 or rows[0].lstrip()[:1] not in ("{", "["):
        return None
    bad = sum(not isinstance(loads(row), (dict, list)) for row in rows[:SAMPLE])
    return Kind("jsonl", f"{len(rows):,} lines that parse as JSON") if bad == 0 else None


def _marked_up(text: str) -> Kind | None:
    body = text.strip().removeprefix("\ufeff")
    if not body.startswith("<") or not body.endswith(">"):
        return None
    if (_HTML.match(body) or (body.startswith("<!--") and _HTML.search(body[:2000]))) and _is_page(body):
        return Kind("page", "it begins as HTML does") if len(_TAG.findall(body[:20_000])) >= 6 else None
    if "<!ENTITY" in body or len(body) > 20_000_000:
        return None
    try:
        count = sum(1 for _ in ElementTree.fromstring(body).iter())
    except (ElementTree.ParseError, ValueError, RecursionError):
        return None
    return Kind("xml", "it parses as XML") if count > 3 else None


def _is_page(body: str) -> bool:
    """Whether a text with tags is more than Markdown that begins and ends with a few of them."""
    return _PAGE.match(body) is not None or prose_kind(body).name != "markdown"


def _table(text: str) -> Kind | None:
    lines = [line for line in text.splitlines() if line.strip()]
    for mark, name in ((",", "commas"), ("\t", "tabs"), (";", "semicolons")):
        width = lines[0].count(mark)
        if len(lines) > ROWS and width >= (1 if mark == "\t" else 2) and _even(lines[:SAMPLE], mark):
            return Kind("tsv" if mark == "\t" else "csv", f"{len(lines):,} rows of as many {name}")
    return None


def _even(lines: list[str], mark: str) -> bool:
    """Whether all lines have as many cells, and these are cells rather than the clauses of sentences."""
    try:
        rows = list(csv.reader(lines, delimiter=mark))
    except csv.Error:
        return False
    cells = [cell for row in rows for cell in row]
    airy = sum(cell.startswith(" ") for cell in cells) / len(cells)
    wordy = sum(cell.count(" ") > 7 for cell in cells) / len(cells)
    if len({len(row) for row in rows}) > 1 or wordy > 0.25 or not all(cell.strip() for cell in rows[0]):
        return False
    return len(rows[0]) > 1 and (airy < 0.2 or mark != ",") and len(set(rows[0])) == len(rows[0])


def _yaml(text: str) -> Kind | None:
    """Mappings nested in mappings, and nothing else than keys, items, comments, block texts below a key."""
    lines = [line for line in text.splitlines()[:SAMPLE] if line.strip() and not line.lstrip().startswith("#")]
    keys = [m for line in lines if (m := _KEY.match(line))]
    items = sum(_ITEM.match(line) is not None and _KEY.match(line) is None for line in lines)
    if len(keys) < ROWS or len(keys) + items < 0.9 * len(lines):
        return None
    plain = sum(re.fullmatch(r"[a-z_$][\w.$/-]*|\"[^\"]*\"|'[^']*'", m.group(2)) is not None for m in keys)
    nested = sum(not (m.group(3) or "").strip() for m in keys)
    deep = sum(len(m.group(1)) > 0 for m in keys)
    if plain < 0.8 * len(keys) or not nested or not (deep or items):
        return None
    return Kind("yaml", f"{len(keys)} keys in lines, nested")
