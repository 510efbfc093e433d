"""The syntax tree of Python by `ast`, in the words of its grammar, for where that is not installed."""

from __future__ import annotations

import ast
import io
import tokenize
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tamis.errors import InvalidInput

_KINDS = {
    "FunctionDef": "function_definition",
    "AsyncFunctionDef": "function_definition",
    "ClassDef": "class_definition",
    "If": "if_statement",
    "For": "for_statement",
    "AsyncFor": "for_statement",
    "While": "while_statement",
    "Try": "try_statement",
    "TryStar": "try_statement",
    "With": "with_statement",
    "AsyncWith": "with_statement",
}
_CLAUSES = (("orelse", "else"), ("finalbody", "finally"))


@dataclass(slots=True)
class PythonNode:
    """A node, as `SyntaxNode` has it."""

    type: str
    start_byte: int
    end_byte: int
    children: Sequence[PythonNode] = ()
    is_named: bool = True


def python_tree(text: str) -> PythonNode:
    """The tree of a text.

    Raises:
        InvalidInput: it is no Python, or no line of it ends as Python reads it.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            module = ast.parse(text)
        tokens = list(tokenize.generate_tokens(io.StringIO(text, newline="\n").readline))
    except (SyntaxError, ValueError, RecursionError, MemoryError, tokenize.TokenError) as error:
        raise InvalidInput(f"This does not parse as python: {error}.", hint="form='prose' takes any text.") from error
    if "\r" in text.replace("\r\n", "\n") or "\f" in text:
        raise InvalidInput("This Python has line ends of its own.", hint="form='prose' takes any text.")
    return _Maker(text, tokens).module(module)


class _Maker:
    """Makes nodes of those of `ast`."""

    def __init__(self, text: str, tokens: Sequence[tokenize.TokenInfo]) -> None:
        self.lines = text.split("\n")
        self.starts = [0]
        for line in self.lines:
            self.starts.append(self.starts[-1] + len(line.encode("utf-8", "surrogatepass")) + 1)
        self.comments: list[PythonNode] = []
        self.words: list[tuple[int, str]] = []
        for token in tokens:
            start, end = self._token(token.start), self._token(token.end)
            if token.type == tokenize.COMMENT and not token.line[: token.start[1]].strip():
                self.comments.append(PythonNode("comment", start, end))
            elif token.type == tokenize.NAME and token.string in {"else", "finally"}:
                self.words.append((start, token.string))

    def _token(self, place: tuple[int, int]) -> int:
        row, column = place
        line = self.lines[row - 1] if row <= len(self.lines) else ""
        return self.starts[min(row - 1, len(self.lines))] + len(line[:column].encode("utf-8", "surrogatepass"))

    def module(self, tree: ast.Module) -> PythonNode:
        """The whole."""
        children = [self._statement(one) for one in tree.body]
        return PythonNode("module", 0, self.starts[-1] - 1, self._with_comments(children, 0, self.starts[-1]))

    def _statement(self, node: ast.stmt) -> PythonNode:
        start, end = self._place(node)
        made = PythonNode(_KINDS.get(type(node).__name__, "statement"), start, end)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            made.children = [PythonNode("string", start, end)]
        elif made.type != "statement":
            made.children = list(self._suites(node, made))
        return made

    def _place(self, node: ast.stmt | ast.ExceptHandler) -> tuple[int, int]:
        """Where a statement stands, with its decorators."""
        decorators = getattr(node, "decorator_list", [])
        row = min([node.lineno, *(one.lineno for one in decorators)])
        start = self.starts[node.lineno - 1] + node.col_offset
        if row < node.lineno:
            start = self.starts[row - 1] + len(self.lines[row - 1]) - len(self.lines[row - 1].lstrip())
        return start, self.starts[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)

    def _suites(self, node: ast.stmt, whole: PythonNode) -> Iterator[PythonNode]:
        """The block of a compound statement, and its clauses."""
        body = self._block(getattr(node, "body", []))
        yield body
        last = body.end_byte
        for handler in getattr(node, "handlers", []):
            start, last = self._place(handler)
            yield PythonNode("except_clause", start, last, [self._block(handler.body)])
        for name, word in _CLAUSES:
            if not (statements := getattr(node, name, [])):
                continue
            if isinstance(node, ast.If) and isinstance(statements[0], ast.If) and self._is_elif(statements[0]):
                yield from self._elif(statements[0], whole)
                return
            block = self._block(statements)
            start = next(at for at, said in self.words if last <= at < block.start_byte and said == word)
            yield PythonNode(f"{word}_clause", start, block.end_byte, [block])
            last = block.end_byte

    def _elif(self, node: ast.If, whole: PythonNode) -> Iterator[PythonNode]:
        """A clause that `ast` has for a statement of its own, and those behind it."""
        first, *rest = self._suites(node, whole)
        yield PythonNode("elif_clause", self._place(node)[0], first.end_byte, [first])
        yield from rest

    def _is_elif(self, node: ast.If) -> bool:
        return self.lines[node.lineno - 1].encode("utf-8", "surrogatepass")[node.col_offset :].startswith(b"elif")

    def _block(self, statements: Sequence[ast.stmt]) -> PythonNode:
        children = [self._statement(one) for one in statements]
        start, end = children[0].start_byte, children[-1].end_byte
        return PythonNode("block", start, end, self._with_comments(children, start, end))

    def _with_comments(self, children: list[PythonNode], start: int, end: int) -> list[PythonNode]:
        """The statements of a block, and the comments on lines of their own between them."""
        inside = [
            one
            for one in self.comments
            if start <= one.start_byte < end
            and not any(child.start_byte <= one.start_byte < child.end_byte for child in children)
        ]
        return sorted([*children, *inside], key=lambda one: one.start_byte)
