"""Tasks over documents: generated facts in place of books and papers, code of installed packages as a repository."""

from __future__ import annotations

import ast
import inspect
import json.decoder
import statistics
import textwrap
from random import Random
from types import ModuleType

from tamis.bench.scbench.numbers import needles
from tamis.bench.scbench.sessions import Made, SessionTurn
from tamis.bench.scbench.strings import kv
from tamis.bench.scbench.wording import Wording
from tamis.errors import InvalidInput

RELATIONS = ("home", "trade", "colour", "dish")
CHINESE = dict(zip(RELATIONS, ("住处", "职业", "颜色", "食物"), strict=True))
MODULES: tuple[ModuleType, ...] = (textwrap, statistics, json.decoder, inspect, ast)


def facts(random: Random, units: int, turns: int, words: Wording) -> Made:
    """Facts about persons in random order; each turn asks for one of them."""
    rows = _rows(random, units, words)
    questions = [SessionTurn(f'What is the {r} of "{n}"?', (v,), "contains") for r, n, v in random.sample(rows, turns)]
    return " ".join(map(_sentence, rows)), tuple(questions)


def facts_zh(random: Random, units: int, turns: int, words: Wording) -> Made:
    """The same in Chinese sentences."""
    rows = _rows(random, units, words)
    context = "".join(f"{name}的{CHINESE[relation]}是{value}。" for relation, name, value in rows)
    questions = [SessionTurn(f"{n}的{CHINESE[r]}是什么?", (v,), "contains") for r, n, v in random.sample(rows, turns)]
    return context, tuple(questions)


def choice(random: Random, units: int, turns: int, words: Wording) -> Made:
    """Facts; each turn offers four values, one of them right, and asks for its letter."""
    rows, questions = _rows(random, units, words), []
    for relation, name, value in random.sample(rows, turns):
        others = words.keys(random, 4)
        options = [value, *[other for other in others if other != value][:3]]
        random.shuffle(options)
        listed = ", ".join(f"{letter}) {option}" for letter, option in zip("ABCD", options, strict=True))
        gold = "ABCD"[options.index(value)]
        questions.append(SessionTurn(f'What is the {relation} of "{name}": {listed}?', (gold,), "letter"))
    return " ".join(map(_sentence, rows)), tuple(questions)


def summary(random: Random, units: int, turns: int, words: Wording) -> Made:
    """Facts; each turn asks for all that is said of a person: the share of its values that are told."""
    rows = _rows(random, units, words)
    by_name: dict[str, list[str]] = {}
    for _, name, value in rows:
        by_name.setdefault(name, []).append(value)
    names = (list(by_name) * turns)[:turns]
    questions = [SessionTurn(f'What are all the facts of "{name}"?', tuple(by_name[name]), "share") for name in names]
    return " ".join(map(_sentence, rows)), tuple(questions)


def repository(random: Random, units: int, turns: int, words: Wording) -> Made:
    """Functions of Python's library without their docstrings; a turn gives one's docstring and asks for its code."""
    functions = _functions()
    if units > len(functions):
        raise InvalidInput(f"{units} functions of {len(functions)}.", hint=f"Ask for at most {len(functions)}.")
    sample = random.sample(functions, units)
    questions = [
        SessionTurn(f"Which function does this: {docstring}?", (code,), "code", code)
        for code, docstring in random.sample(sample, turns)
    ]
    return "\n\n".join(code for code, _ in sample), tuple(questions)


def summary_with_needles(random: Random, units: int, turns: int, words: Wording) -> Made:
    """Facts and passkeys in one context, asked in turn."""
    return _mixed(summary(random, units, turns, words), needles(random, max(units // 4, 1), turns, words), turns)


def repository_and_kv(random: Random, units: int, turns: int, words: Wording) -> Made:
    """Code and key-value pairs in one context, asked in turn."""
    return _mixed(repository(random, units, turns, words), kv(random, max(4 * units, turns), turns, words), turns)


def _mixed(a: Made, b: Made, turns: int) -> Made:
    """One context behind the other; turns from either in turn."""
    return f"{a[0]}\n{b[0]}", tuple((a, b)[i % 2][1][i // 2] for i in range(turns))


def _rows(random: Random, units: int, words: Wording) -> list[tuple[str, str, str]]:
    """(relation, name, value), in random order: four facts a person, no fact twice."""
    names, values = words.names(random, -(-units // len(RELATIONS))), words.names(random, units)
    rows = [(RELATIONS[i % 4], names[i // 4], value) for i, value in enumerate(values)]
    random.shuffle(rows)
    return rows


def _sentence(row: tuple[str, str, str]) -> str:
    return f"The {row[0]} of {row[1]} is {row[2]}."


def _functions() -> list[tuple[str, str]]:
    """(code without its docstring, first line of the docstring) of documented functions, by name."""
    rows: dict[str, tuple[str, str]] = {}
    for module in MODULES:
        for name, function in sorted(vars(module).items()):
            if inspect.isfunction(function) and function.__module__ == module.__name__ and function.__doc__:
                rows[name] = (_bare(inspect.getsource(function)), function.__doc__.strip().splitlines()[0].rstrip("."))
    return [row for row in rows.values() if len(row[0]) < 1_500]


def _bare(source: str) -> str:
    tree = ast.parse(textwrap.dedent(source))
    function = tree.body[0]
    if isinstance(function, ast.FunctionDef) and ast.get_docstring(function) is not None and len(function.body) > 1:
        function.body = function.body[1:]
    return ast.unparse(tree)
