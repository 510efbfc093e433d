"""The settings files of agents: the entries of the hook put in and taken out, and not a character of the rest touched.

Edits are made in the text, by the places of its values, so that the order, the blanks and the numbers of the user's own
settings stay as they are.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from tamis.edge.hook.event import Agent, SettingsEntry, at
from tamis.errors import InvalidInput
from tamis.prompt.forms.data.json_nodes import ARRAY, BLANK, OBJECT, STRING, Nodes, nodes_of

OURS = re.compile(r"""(?:^|[\s/\\'"])tamis-hook(?:\.exe)?(?:$|[\s'"])|\s-m tamis\.edge\.hook\.client(?:$|\s)""")
_INDENT = re.compile(r"\n([ \t]+)")


def with_hook(text: str, agent: Agent, command: str) -> str:
    """The settings with the hook, which calls a command line; unchanged where it is there already.

    Raises:
        InvalidInput: they are no JSON, or of another shape.
    """
    items = [(entry.keys, _item(entry, command)) for entry in agent.entries]
    if text.strip() and _has(text, items):
        return text
    fresh = without_hook(text) if text.strip() else json.dumps(agent.fresh, indent=2) + "\n"
    for name, value in agent.fresh.items():
        if name not in _object(fresh):
            fresh = _inserted(fresh, (name,), value)
    for keys, item in items:
        fresh = _inserted(fresh, keys, item)
    return fresh


def without_hook(text: str) -> str:
    """The settings without the hook, and without what holds nothing when it is gone.

    Raises:
        InvalidInput: they are no JSON.
    """
    while (nodes := _nodes(text)) and (node := _ours(nodes)) >= 0:
        text = _cut(nodes, _emptied(nodes, node))
    return text


def has_hook(text: str) -> bool:
    """Whether the hook is in the settings."""
    return bool(text.strip()) and _ours(_nodes(text)) >= 0


def is_bare(text: str, agent: Agent) -> bool:
    """Whether settings hold nothing but what a new file begins with."""
    return bool(_object(text) == agent.fresh)


def _object(text: str) -> Any:
    return json.loads(text.removeprefix("\ufeff"))


def _nodes(text: str) -> Nodes:
    return nodes_of(text, BLANK, "The settings file: JSON")


def _item(entry: SettingsEntry, command: str) -> Any:
    """The item with the command line in it."""
    line = command + (" warm" if entry.warm else "")
    return json.loads(json.dumps(entry.item).replace('"{command}"', json.dumps(line)))


def _has(text: str, items: list[tuple[tuple[str, ...], Any]]) -> bool:
    """Whether exactly these items of ours are in it."""
    nodes = _nodes(text)
    settings = _object(text)
    lists = [(at(settings, keys), item) for keys, item in items]
    count = sum(_says_ours(nodes, n) for n in range(len(nodes)))
    return count == len(items) and all(isinstance(known, list) and item in known for known, item in lists)


def _says_ours(nodes: Nodes, node: int) -> bool:
    """Whether a value is a command line of ours: the `command` of an item in a list of hooks, and no other text."""
    item = nodes.above[node]
    if nodes.kinds[node] != STRING or item < 1 or nodes.kinds[nodes.above[item]] != ARRAY:
        return False
    place = nodes.kinds[item] == OBJECT and nodes.key(node) == '"command"' and _top(nodes, node) == '"hooks"'
    return place and bool(OURS.search(json.loads(nodes.text[nodes.values[node] : nodes.ends[node]])))


def _top(nodes: Nodes, node: int) -> str:
    """The key in the outermost object that leads to a value."""
    while nodes.above[node] > 0:
        node = nodes.above[node]
    return nodes.key(node)


def _ours(nodes: Nodes) -> int:
    """The first object that calls the hook; -1 for none."""
    return next((nodes.above[n] for n in range(len(nodes)) if _says_ours(nodes, n)), -1)


def _emptied(nodes: Nodes, node: int) -> int:
    """The outermost value that holds nothing else than this one: its group, its event, all hooks."""
    above = nodes.above[node]
    while above > 0 and (len(_inside(nodes, above)) == 1 or _is_group(nodes, node, above)):
        node, above = above, nodes.above[above]
    return node


def _is_group(nodes: Nodes, node: int, above: int) -> bool:
    """Whether a list of hooks that goes is what the object above is there for."""
    return nodes.kinds[node] == ARRAY and nodes.kinds[above] == OBJECT and nodes.key(node) == '"hooks"'


def _inside(nodes: Nodes, node: int) -> list[int]:
    return [n for n in range(node + 1, nodes.after[node]) if nodes.above[n] == node]


def _cut(nodes: Nodes, node: int) -> str:
    """The text without a value and the comma that goes with it."""
    text, siblings = nodes.text, _inside(nodes, nodes.above[node]) if nodes.above[node] >= 0 else [node]
    place = siblings.index(node)
    if place:
        return text[: nodes.ends[siblings[place - 1]]] + text[nodes.ends[node] :]
    if len(siblings) > 1:
        return text[: nodes.starts[node]] + text[nodes.starts[siblings[1]] :]
    above = nodes.above[node]
    return text[: nodes.values[above] + 1] + text[nodes.ends[above] - 1 :]


def _inserted(text: str, keys: tuple[str, ...], item: Any) -> str:
    """The text with an item more in the list that the keys lead to, or with a member where one key is missing."""
    nodes, node = _nodes(text), 0
    for depth, key in enumerate(keys):
        _check(nodes, node, OBJECT, keys[:depth])
        members = [n for n in _inside(nodes, node) if json.loads(nodes.key(n)) == key]
        if not members:
            return _added(nodes, node, key, _nested(keys[depth + 1 :], item))
        node = members[-1]
    _check(nodes, node, ARRAY, keys)
    return _added(nodes, node, None, item)


def _nested(keys: tuple[str, ...], item: Any) -> Any:
    """An item in what the missing keys lead to; by itself where it is the value of the last one that is missing."""
    if not isinstance(item, Mapping):
        return item
    value: Any = [item]
    for key in reversed(keys):
        value = {key: value}
    return value


def _check(nodes: Nodes, node: int, kind: str, keys: tuple[str, ...]) -> None:
    if nodes.kinds[node] != kind:
        what, where = "object" if kind == OBJECT else "list", ".".join(keys) or "its top"
        raise InvalidInput(f"The settings file has no {what} at {where}.", hint="Nothing was changed.")


def _added(nodes: Nodes, node: int, key: str | None, value: Any) -> str:
    """The text with one more value at the end of a container, in the manner of those that are there."""
    text, children = nodes.text, _inside(nodes, node)
    start, end = nodes.values[node], nodes.ends[node]
    name = "" if key is None else json.dumps(key) + ": "
    if children and "\n" not in text[start:end]:
        last = nodes.ends[children[-1]]
        return f"{text[:last]}, {name}{json.dumps(value, ensure_ascii=False)}{text[last:]}"
    unit = match.group(1) if (match := _INDENT.search(text)) else "  "
    outer = _indent(text, start)
    inner = _indent(text, nodes.starts[children[0]]) if children else outer + unit
    body = json.dumps(value, indent=unit, ensure_ascii=False).replace("\n", f"\n{inner}")
    if children:
        last = nodes.ends[children[-1]]
        return f"{text[:last]},\n{inner}{name}{body}{text[last:]}"
    return f"{text[: start + 1]}\n{inner}{name}{body}\n{outer}{text[end - 1 :]}"


def _indent(text: str, place: int) -> str:
    """The blank at the beginning of a line."""
    line = text[text.rfind("\n", 0, place) + 1 : place]
    return line[: len(line) - len(line.lstrip())]
