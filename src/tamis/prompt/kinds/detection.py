"""Detection: of what kind a text is, or which parts of it are of which kind. Cheap, explainable, without a model.

Prose is what nothing else is; a text of which one kind is sure only in part is divided. Does not shorten anything.
"""

from __future__ import annotations

from tamis.core import Span
from tamis.prompt.kinds.blocks import KindBlock, TextLines, blocks, lined
from tamis.prompt.kinds.commands import kind_by_command, kind_by_tool
from tamis.prompt.kinds.kind import PROSE, Kind, Part
from tamis.prompt.kinds.markdown import prose_kind
from tamis.prompt.kinds.parsers import loads, parsed

LONGEST = 50_000_000  # characters; beyond them nothing is looked for


def kind_of(text: str, tool: str | None = None, command: str | None = None) -> Kind:
    """What kind a text is: by what was called, if that is known and the text does not belie it, else by its looks.

    tool -- the name of the tool that gave it, such as "Grep"
    command -- the shell command that printed it, such as "git diff"

    Example: kind_of(output, command="cd app && git diff") -> diff, "the command 'git diff'"
    """
    told = (kind_by_command(command) if command else None) or (kind_by_tool(tool) if tool else None)
    if told is not None and not belied(text, told):
        return told
    found = parts(text)
    return max(found, key=lambda part: len(part.span)).kind if found else PROSE


def belied(text: str, kind: Kind) -> bool:
    """Whether a text can be seen not to be of a kind: broken JSON, a diff without a hunk, nothing to search."""
    if kind.name == "json":
        return loads(text) is None
    looks = parsed(text)
    if looks is not None and looks.name != kind.name:
        return True
    if kind.name in ("jsonl", "csv", "tsv", "yaml", "xml", "page"):
        return looks is None
    return kind.name == "diff" and not any(block.kind.name == "diff" for block in blocks(TextLines(text)))


def parts(text: str) -> tuple[Part, ...]:
    """The parts of a text, which tile it; one part where it is of one kind; none of an empty text.

    Example: an e-mail that quotes a log -> prose, log, prose
    """
    if not text:
        return ()
    kind = parsed(text) if len(text) <= LONGEST else PROSE
    if kind is not None:
        return (Part(Span(0, len(text)), kind),)
    lines = TextLines(text)
    if (kind := lined(lines)) is not None:
        return (Part(Span(0, len(text)), kind),)
    return pieces(lines)


def pieces(lines: TextLines) -> tuple[Part, ...]:
    """The parts of a text that is not of one kind as a whole: its blocks, and running text between them."""
    return tuple(_tiles(lines, list(blocks(lines))))


def _tiles(lines: TextLines, found: list[KindBlock]) -> list[Part]:
    """The blocks and what lies between them, in order."""
    tiles: list[Part] = []
    at, prose = 0, prose_kind(lines.text)
    for block in [*found, KindBlock(len(lines), len(lines), PROSE)]:
        if block.first > at:
            tiles.append(Part(Span(lines.bounds[at], lines.bounds[block.first]), prose))
        if block.last > block.first:
            inside = Span(lines.bounds[block.first + 1], lines.bounds[block.last - 1]) if block.fenced else None
            tiles.append(Part(Span(lines.bounds[block.first], lines.bounds[block.last]), block.kind, inside))
        at = block.last
    return tiles
