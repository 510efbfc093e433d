"""What the house must not have: import circles, names that clash, folders that the newcomer's map leaves out.

    python scripts/structure.py

Prints one line for each fault and exits with 1 if there are any. Imports count wherever they stand: at the top of a
module, inside a function, under TYPE_CHECKING. `tests/test_house.py` holds the same.
"""

from __future__ import annotations

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = "tamis"
Graph = Mapping[str, frozenset[str]]


def main() -> int:
    """Print the faults."""
    faults = [
        *(f"circle: {' -> '.join(circle)}" for circle in circles(imports(ROOT))),
        *(f"class {name} is defined in {', '.join(places)}" for name, places in repeated_classes(ROOT).items()),
        *(f"{package} exports {name}, which hides its module" for package, name in hidden_modules(ROOT)),
        *(f"docs/development.md does not list {folder}/" for folder in unlisted_folders(ROOT)),
        *(f"{place} claims a contract test and names none" for place in unnamed_contracts(ROOT)),
    ]
    for fault in faults:
        print(fault)
    return bool(faults)


def modules(root: Path) -> dict[str, Path]:
    """The package's modules by dotted name."""
    source = root / "src"
    files = sorted((source / PACKAGE).rglob("*.py"))
    return {".".join(file.relative_to(source).with_suffix("").parts).removesuffix(".__init__"): file for file in files}


def imports(root: Path) -> dict[str, frozenset[str]]:
    """For each module, the modules of the package that it imports anywhere in its text."""
    files = modules(root)
    return {name: frozenset(_imported(file, files)) - {name} for name, file in files.items()}


def _imported(file: Path, known: Mapping[str, Path]) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom) and node.module in known:
            for alias in node.names:  # `from package import module` and `from module import name`
                below = f"{node.module}.{alias.name}"
                yield below if below in known else str(node.module)


def circles(graph: Graph) -> list[list[str]]:
    """The groups of modules that reach one another (strongly connected components), each sorted."""
    reach = {name: _reachable(graph, name) for name in graph}
    groups = {frozenset({name, *(other for other in reach[name] if name in reach[other])}) for name in graph}
    return sorted(sorted(group) for group in groups if len(group) > 1)


def _reachable(graph: Graph, start: str) -> set[str]:
    seen: set[str] = set()
    pending = [*graph[start]]
    while pending:
        name = pending.pop()
        if name not in seen:
            seen.add(name)
            pending.extend(graph[name])
    return seen


def repeated_classes(root: Path) -> dict[str, list[str]]:
    """Public classes at the top of more than one module, with their modules."""
    places: dict[str, list[str]] = defaultdict(list)
    for name, file in modules(root).items():
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(name)
    return {name: where for name, where in sorted(places.items()) if len(where) > 1}


def hidden_modules(root: Path) -> list[tuple[str, str]]:
    """(package, name) of what a package exports under the name of one of its own modules."""
    files = modules(root)
    return [
        (package, name)
        for package, file in files.items()
        if file.name == "__init__.py"
        for name in sorted(_bound(file, package))
        if f"{package}.{name}" in files
    ]


def _bound(file: Path, package: str) -> Iterator[str]:
    """Names that a package's `__init__` binds to something else than the module of that name."""
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom) and node.module != package:
            yield from (alias.asname or alias.name for alias in node.names)
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            yield node.name


def unlisted_folders(root: Path) -> list[str]:
    """Folders of the package that the map in docs/development.md leaves out."""
    text = (root / "docs" / "development.md").read_text(encoding="utf-8")
    folders = {file.parent.name for file in (root / "src" / PACKAGE).glob("*/*.py")}
    return sorted(folder for folder in folders if not re.search(rf"^  {folder}/ ", text, re.MULTILINE))


def unnamed_contracts(root: Path) -> list[str]:
    """Places of the source that speak of a contract test without naming a file of tests/ that exists."""
    faults = []
    for name, file in modules(root).items():
        for paragraph in file.read_text(encoding="utf-8").split("\n\n"):
            if "contract test" in paragraph.lower():
                named = re.findall(r"tests/[\w/]+\.py", paragraph)
                if not named or not all((root / path).is_file() for path in named):
                    faults.append(name)
    return faults


if __name__ == "__main__":
    sys.exit(main())
