"""What can be told by parsing a text: JSON, JSON Lines, XML, CSV, YAML. Cheap looks first; nothing raises."""

from __future__ import annotations

import csv
import json
import re
from importlib import import_module
from xml.etree import ElementTree

from tamis.errors import InvalidInput
from tamis.prompt.forms.data.json_nodes import nodes_of
from tamis.prompt.kinds.kind import Kind
from tamis.prompt.kinds.markdown import prose_kind

LEAST = 40  # characters; what is shorter is nobody's trouble
BEYOND: list[list[object]] = [[]]  # stands for a value that cannot be held
ROWS = 5  # of a table, or of a mapping in YAML, at least
SAMPLE = 200  # lines that are looked at
READABLE = 0.3  # of the lines must be keys or items, for the parser of YAML to be asked
PARSED = 1_000_000  # characters that it is asked about at most
_NOTHING = re.compile(r"(?!)")
_HTML = re.compile(r"<(?:!doctype html|html|head|body|div|p|table|ul|h[1-6]|section|article|nav|main)\b", re.IGNORECASE)
_PAGE = re.compile(r"(?:\s*<!--(?:(?!-->)[\s\S])*-->|\s*<\?[^>]*>)*\s*<(?:!doctype|html|head|body)\b", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_KEY = re.compile(r"(\s*)(?:- )?([\w.$/-]+|\"[^\"]*\"|'[^']*'):(?:\s(.*))?$")
_PLAIN = re.compile(r"[a-z_$][\w.$/-]*|\"[^\"]*\"|'[^']*'")
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
    """Mappings nested in mappings, told by lines with keys and items; where other lines hide them, by the parser."""
    lines = [line for line in text.splitlines()[:SAMPLE] if line.strip() and not line.lstrip().startswith("#")]
    keys = [m for line in lines if (m := _KEY.match(line))]
    items = sum(_ITEM.match(line) is not None and _KEY.match(line) is None for line in lines)
    nested = any(not (m.group(3) or "").strip() for m in keys)
    deep = items or any(m.group(1) for m in keys)
    if len(keys) < 2 or not nested or not deep or len(keys) + items < READABLE * len(lines):
        return None
    names = [m.group(2) for m in keys]
    if len(keys) >= ROWS and len(keys) + items >= 0.9 * len(lines) and _plain(names) >= 0.8 * len(names):
        return Kind("yaml", f"{len(keys)} keys in lines, nested")
    names = yaml_keys(text) if len(text) <= PARSED else []
    if len(names) < ROWS or _plain(names) < 0.5 * len(names):
        return None
    return Kind("yaml", f"it parses as YAML, {len(names)} keys")


def _plain(names: list[str]) -> int:
    """How many names are those of settings rather than the first words of sentences."""
    return sum(_PLAIN.fullmatch(name) is not None for name in names)


def yaml_keys(text: str) -> list[str]:
    """The keys of a YAML text, whatever its tags stand for: nothing is constructed. [] where it cannot be parsed."""
    try:
        yaml = import_module("yaml")
    except ImportError:
        return []
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        nodes = list(yaml.compose_all(text.removeprefix("\ufeff"), Loader=loader))
    except (yaml.YAMLError, ValueError, RecursionError):
        return []
    seen, keys = set[int](), list[str]()
    while nodes:
        node = nodes.pop()
        if node is None or id(node) in seen or node.id == "scalar":
            continue
        seen.add(id(node))
        pairs = node.value if node.id == "mapping" else [(None, item) for item in node.value]
        keys += [str(key.value) for key, _ in pairs if key is not None and key.id == "scalar"]
        nodes += [value for _, value in pairs]
    return keys
