"""Count the locals that are named by what happened to a value instead of what it is.

    python scripts/participles.py            # names for each 100 functions of src/tamis, a line for each folder
    python scripts/participles.py --list     # every function that has one

A name counts once for each function in whose scope it is bound: parameters, assignments, loop and comprehension
variables, `with ... as`, `except ... as`. `tests/test_house.py` holds the bar.
"""

from __future__ import annotations

import argparse
import ast
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

PARTICIPLES = frozenset(["found", "made", "told", "said", "known", "asked", "held", "shown", "given", "taken"])
SOURCE = Path(__file__).resolve().parents[1] / "src" / "tamis"
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Finding:
    """A function, and the participles that are bound in its own scope."""

    file: Path
    line: int
    function: str
    names: frozenset[str]


def main() -> None:
    """Print the counts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="*", type=Path, default=[SOURCE], help="files or folders (default: src/tamis)")
    parser.add_argument("--list", action="store_true", help="list the functions")
    options = parser.parse_args()
    findings = [finding for path in options.paths for file in _files(path) for finding in read(file)]
    if options.list:
        for one in findings:
            if one.names:
                print(f"{one.file}:{one.line} {one.function}: {' '.join(sorted(one.names))}")
    _table(findings)


def read(file: Path) -> Iterator[Finding]:
    """Every function of a file with the participles that it binds."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, Function):
            yield Finding(file, node.lineno, node.name, frozenset(_bound(node)) & PARTICIPLES)


def share(findings: Iterable[Finding]) -> float:
    """Participles for each 100 functions."""
    counts = [len(finding.names) for finding in findings]
    return 100 * sum(counts) / max(1, len(counts))


def _files(path: Path) -> list[Path]:
    return sorted(path.rglob("*.py")) if path.is_dir() else [path]


def _bound(function: Function) -> Iterator[str]:
    """Names bound in the function's own scope; nested functions count for themselves."""
    pending: list[ast.AST] = [function.args, *function.body]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.ExceptHandler) and node.name:
            yield node.name
        if not isinstance(node, (Function, ast.ClassDef)):
            pending.extend(ast.iter_child_nodes(node))


def _table(findings: list[Finding]) -> None:
    functions: Counter[str] = Counter()
    participles: Counter[str] = Counter()
    for finding in findings:
        room = finding.file.relative_to(SOURCE).parts[0] if finding.file.is_relative_to(SOURCE) else str(finding.file)
        functions[room] += 1
        participles[room] += len(finding.names)
    for room, count in sorted(functions.items()):
        print(f"{room:16} {participles[room]:4} in {count:4} functions")
    print(f"{'all':16} {share(findings):.1f} for each 100 functions")


if __name__ == "__main__":
    main()
