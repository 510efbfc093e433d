"""Which kind the output of a command, or the result of a tool, is, by the name of what was called."""

from __future__ import annotations

import re
import shlex
from pathlib import PurePosixPath

from tamis.prompt.kinds.kind import Kind
from tamis.prompt.kinds.languages import kind_named

_NAMES = {
    "search": """
    grep egrep fgrep rg ag ack find fd ls tree locate dir
        """,
    "log": """
    pytest tox nox jest vitest mocha cargo make cmake ninja mvn mvnw gradle gradlew bazel npm yarn pnpm pip
    pip3 uv apt apt-get brew docker journalctl dmesg kubectl gcc g++ cc clang rustc tsc javac mypy ruff
    flake8 eslint phpunit rspec ctest unittest nosetests terraform ansible-playbook
        """,
    "showing": """
    cat head tail sed less more bat nl type
        """,
    "wrappers": """
    sudo time env nohup nice timeout poetry uv pipenv npx bunx xargs command exec stdbuf run
        """,
}
_SETS = {name: frozenset(names.split()) for name, names in _NAMES.items()}
_GIT = {"diff": "diff", "show": "diff", "grep": "search", "ls-files": "search", "status": "lines", "log": "lines"}
_SPLIT = re.compile(r"\s*(?:&&|\|\||;|\n)\s*")
_TOOLS = (
    (
        re.compile(r"grep|glob|(?:search|find|list)_?(?:files?|code|dir\w*)|^ls$|codebase_search", re.IGNORECASE),
        "search",
    ),
    (re.compile(r"diff", re.IGNORECASE), "diff"),
    (re.compile(r"(?:run_?)?tests?$|test_?runner|build_?logs?|get_?logs?", re.IGNORECASE), "log"),
)


def kind_by_command(command: str) -> Kind | None:
    """The kind of what a shell command prints; None if its name does not tell.

    Example: "cd app && git diff HEAD~1 | head -50" -> diff
    """
    for single in reversed(_SPLIT.split(command.strip())):
        if (words := _words(single.split("|")[0])) and (kind := _kind(words)):
            return kind
    return None


def kind_by_tool(tool: str) -> Kind | None:
    """The kind of what a tool gives back; None if its name does not tell.

    Example: "Grep" -> search
    """
    for pattern, kind in _TOOLS:
        if pattern.search(tool):
            return Kind(kind, f"the tool {tool!r}")
    return None


def _words(command: str) -> list[str]:
    try:
        words = shlex.split(command)
    except ValueError:
        words = command.split()
    while words and ("=" in words[0] or words[0] in _SETS["wrappers"] or words[0].isdigit()):
        words = words[1:]
    return words


def _kind(words: list[str]) -> Kind | None:
    name, reason = PurePosixPath(words[0]).name, f"the command {words[0]!r}"
    plain = [word for word in words[1:] if not word.startswith("-")]
    if name == "git":
        verb = plain[0] if plain else ""
        patch = verb == "log" and not {"-p", "--patch", "-u"}.isdisjoint(words)
        kind = "diff" if patch else _GIT.get(verb, "")
        return Kind(kind, f"the command 'git {verb}'") if kind else None
    if re.fullmatch(r"python[\d.]*", name) and "-m" in words[:-1]:
        return _kind(words[words.index("-m") + 1 :])
    if name == "go" and plain and plain[0] in ("test", "build", "vet"):
        return Kind("log", reason)
    if name == "diff":
        return Kind("diff", reason)
    if name in _SETS["search"] or name in _SETS["log"]:
        return Kind("search" if name in _SETS["search"] else "log", reason)
    return _shown(plain, reason) if name in _SETS["showing"] else None


def _shown(names: list[str], reason: str) -> Kind | None:
    """The kind of a file that a command such as `cat` prints, by its ending."""
    path = PurePosixPath(names[-1]) if names else PurePosixPath()
    ending = path.suffix[1:] or path.name
    return kind_named(ending, f"{reason} of a file *{path.suffix or path.name}")
