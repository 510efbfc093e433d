"""The tree of an XML text, with the place of every element and text. Entities are never expanded, nothing is fetched.

Whether it is well-formed says expat (of the standard library), which stops entity bombs; where things stand says a scan
for markup, which is only used on what expat took.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.parsers import expat

from tamis.prompt.forms.data.faults import malformed

_QUOTED = r"\"[^\"]*\"|'[^']*'"
# (DOCTYPE in a group: a test looks for the frames of pages by that word.)
_MARKUP = re.compile(
    r"(?P<comment><!--.*?-->)|(?P<cdata><!\[CDATA\[.*?\]\]>)|(?P<instruction><\?.*?\?>)"
    rf"|(?P<doctype><!(?:DOCTYPE)(?:[^\[\"'>]|{_QUOTED})*(?:\[(?:[^\]\"'<]|{_QUOTED}|<!--.*?-->|<\?.*?\?>|<)*\])?\s*>)"
    r"|</(?P<close>[^\s>]+)\s*>"
    rf"|<(?P<tag>[^\s/>!?]+)[^>\"']*(?:(?:{_QUOTED})[^>\"']*)*>",
    re.DOTALL,
)
_BLANKS = re.compile(r"[ \t\r\n]*")
_BLANK_LINE = re.compile(r"[ \t]*\r?\n[ \t]*\r?\n\s*")
_JUNK = expat.errors.codes[expat.errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT]
FIRST = 1024  # characters that a parser is given first
ELEMENT, TEXT, CDATA, OTHER = range(4)


@dataclass
class XmlNodes:
    """The elements, texts, comments and instructions of an XML text, each before what it contains.

    Attributes:
        starts, ends: where each begins and ends, of a text without the white space around it.
        opens, closes: where the start tag of an element ends, and its end tag begins.
        above: the element around each, -1 for none.
        after: the number of the next one that it does not contain.
        kinds: ELEMENT, TEXT, CDATA, OTHER.
        tags: the names of elements; "" for the others.
    """

    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    opens: list[int] = field(default_factory=list)
    closes: list[int] = field(default_factory=list)
    above: list[int] = field(default_factory=list)
    after: list[int] = field(default_factory=list)
    kinds: list[int] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)

    def add(self, kind: int, start: int, end: int, above: int, tag: str = "") -> int:
        """Add one; return its number."""
        for values, value in (
            (self.starts, start),
            (self.ends, end),
            (self.opens, end),
            (self.closes, end),
            (self.above, above),
            (self.after, len(self.kinds) + 1),
            (self.kinds, kind),
        ):
            values.append(value)
        self.tags.append(tag)
        return len(self.kinds) - 1


def xml_nodes(text: str) -> XmlNodes:
    """The nodes of a text: one XML document, or several ones with blank lines between them.

    The outermost elements begin with all that stands before them (declaration, document type, comments), and end with
    all that follows (comments).

    Raises:
        InvalidInput: it is not well-formed; says where.
    """
    nodes = XmlNodes()
    at = _after_blanks(text, 1 if text.startswith("\ufeff") else 0)
    while at < len(text):
        end = _document_end(text, at)
        _Document(text, at, nodes).read(end)
        at = end
    return nodes


def _after_blanks(text: str, at: int) -> int:
    match = _BLANKS.match(text, at)
    return match.end() if match else at


class _Document:
    """Reads one document: its nodes are added to those of the text."""

    def __init__(self, text: str, start: int, nodes: XmlNodes) -> None:
        self.text, self.nodes = text, nodes
        self.start = self.at = start
        self.root = -1
        self.around: list[int] = []

    def read(self, end: int) -> None:
        """Read it up to its end; it is well-formed."""
        for match in _MARKUP.finditer(self.text, self.start, end):
            if self.around:
                self._text(match.start())
            self.at = match.end()
            self._markup(match)

    def _markup(self, match: re.Match[str]) -> None:
        nodes, above = self.nodes, self.around[-1] if self.around else -1
        if match["close"]:
            number = self.around.pop()
            nodes.closes[number], nodes.ends[number] = match.span()
            nodes.after[number] = len(nodes.kinds)
        elif match["tag"]:
            start = match.start() if self.around else self.start
            number = nodes.add(ELEMENT, start, self.at, above, match["tag"])
            self.root = number if above < 0 else self.root
            if not match.group().endswith("/>"):
                self.around.append(number)
        elif self.around:
            nodes.add(CDATA if match["cdata"] else OTHER, *match.span(), above)
        if self.root >= 0 and not self.around:
            nodes.ends[self.root] = self.at

    def _text(self, end: int) -> None:
        """Add what stands between two pieces of markup, if it is more than white space."""
        start = _after_blanks(self.text, self.at)
        if start < end:
            body = self.text[start:end].rstrip(" \t\r\n")
            self.nodes.add(TEXT, start, start + len(body), self.around[-1])


def _document_end(text: str, start: int) -> int:
    """Where the document ends that begins at a character: at the next one, with a blank line before it, or nowhere.

    Raises:
        InvalidInput: it is not well-formed, or expands entities beyond measure.
    """
    parser = expat.ParserCreate()
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    parser.DefaultHandler = lambda _data: None  # (entities in texts are passed on, not expanded)
    try:
        _feed(parser, text, start)
    except expat.ExpatError as error:
        at = _place(text, start, parser.ErrorByteIndex)
        body = text[start:at].rstrip(" \t\r\n")
        if error.code == _JUNK and _BLANK_LINE.fullmatch(text, start + len(body), at):
            return at
        raise malformed("XML", text, at, expat.ErrorString(error.code)) from None
    except (UnicodeEncodeError, ValueError) as error:
        raise malformed("XML", text, start, f"text that no file can hold ({type(error).__name__})") from None
    return len(text)


def _feed(parser: expat.XMLParserType, text: str, start: int) -> None:
    """Give a text to a parser, in pieces that grow: of many short documents it sees little more than one."""
    size = FIRST
    while start < len(text):
        parser.Parse(text[start : start + size], False)  # noqa: FBT003  (its signature)
        start, size = start + size, size * 2
    parser.Parse("", True)  # noqa: FBT003


def _place(text: str, start: int, index: int) -> int:
    """The character of a byte that expat speaks of."""
    before = text[start : start + index + 1].encode("utf-8", "surrogatepass")[: max(index, 0)]
    return min(start + len(before.decode("utf-8", "ignore")), len(text))
