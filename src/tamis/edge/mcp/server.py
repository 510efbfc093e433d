"""The tools in the words of the protocol: names, titles, schemas, annotations; errors as answers that a model reads."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import Annotated, Any

import anyio.to_thread
from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.mcpserver.tools import Tool
from mcp.types import CallToolResult, TextContent, ToolAnnotations
from pydantic import Field, ValidationError

from tamis import __version__
from tamis.edge.cli.command import nearest
from tamis.edge.mcp.desk import MOST, RATE, Desk, ToolAnswer
from tamis.edge.mcp.values import Original, Recalled, Remembered, ShortText
from tamis.errors import InvalidInput, TamisError, unknown
from tamis.prompt.forms.table import FORMS

AT_ONCE = 2  # calls that work at a time; the others wait for their turn
KINDS = ["auto", *(name for name in FORMS if name not in ("auto", "bare"))]
Text = Annotated[str, Field(description="The whole text.", min_length=1)]
Question = Annotated[str, Field(description="What the text is read for: what answers it stays. Empty for none.")]
Rate = Annotated[float, Field(description="The share of the tokens to keep, 0 to 1.")]
Tokens = Annotated[
    int, Field(description="In place of the rate: the tokens to keep at most. 0 goes by the rate.", ge=0)
]
Kind = Annotated[
    str, Field(description="What kind of text it is; auto looks into it.", json_schema_extra={"enum": list(KINDS)})
]
FilePath = Annotated[str, Field(description="The file, as seen from the server's folder.", min_length=1)]
Ident = Annotated[str, Field(description="The id in the note of a shortened text, or its first digits.", min_length=4)]
Lines = Annotated[str, Field(description='Lines by number, such as "40-251,260"; the first is 1. Empty for all.')]
Query = Annotated[str, Field(description="Only lines that have to do with these words, and their neighbours.")]
MaxTokens = Annotated[int, Field(description="More than that is refused, with what it would be.", ge=1)]
Words = Annotated[str, Field(description="What to remember, in words that will be understood later.", min_length=1)]
Speaker = Annotated[str, Field(description="Who said it.")]
Session = Annotated[str, Field(description="The conversation that it belongs to.")]
Time = Annotated[str, Field(description="When it was said, in ISO 8601; empty for no time.")]
Asked = Annotated[str, Field(description="What you want to know, as a question.", min_length=1)]
Budget = Annotated[int, Field(description="The tokens that the answer may have at most.", ge=1)]
Call = Callable[..., Any]

INSTRUCTIONS = """\
Shorten what is long before it is read or passed on (compress), and fetch what was left out when it is needed (retrieve:
the note in a shortened text names its id and the lines). Keep what will matter in later conversations (remember), and
ask for it (recall)."""


class CheckedTool(Tool):
    """A tool that refuses arguments that it does not know, and says in a sentence which of them cannot be used."""

    async def run(self, arguments: dict[str, Any], context: Any, convert_result: bool = False) -> Any:  # noqa: FBT001, FBT002
        """Run the tool; see the SDK."""
        known = self.parameters.get("properties", {})
        if stray := sorted(arguments.keys() - known.keys()):
            guess = nearest(stray[0], known) or f"There are: {', '.join(known)}."
            raise ToolError(f"{self.name} has no argument {stray[0]!r:.80}. {guess}")
        try:
            return await super().run(arguments, context, convert_result)
        except ToolError as error:
            if isinstance(error.__cause__, ValidationError):
                raise ToolError(f"{self.name}: {_spelled(error.__cause__)}") from None
            raise (error.__cause__ if isinstance(error.__cause__, ToolError) else error) from None


def _spelled(error: ValidationError) -> str:
    """What is wrong with arguments, one after the other.

    Example: "rate: Input should be a valid number, got 'a third'."
    """
    faults = error.errors(include_url=False, include_context=False)
    names = [".".join(str(part) for part in one["loc"]) for one in faults]
    given = ["" if one["type"] == "missing" else f", got {one['input']!r:.80}" for one in faults]
    return " ".join(f"{n}: {one['msg']}{g}." for n, one, g in zip(names, faults, given, strict=True))


def tools_of(desk: Desk) -> dict[str, Call]:
    """The tools by name, as functions whose signatures are their schemas; docstrings are what models read."""
    gate = threading.Semaphore(AT_ONCE)

    async def compress(
        text: Text, question: Question = "", rate: Rate = RATE, tokens: Tokens = 0, kind: Kind = "auto"
    ) -> Annotated[CallToolResult, ShortText]:
        """Shorten a long text (logs, code, diffs, JSON, pages, prose): only deletion, each kind stays valid.

        The original is kept; the note at the end says which lines are not there and how to retrieve them.
        """
        return await _called(gate, partial(desk.compress, text, question, rate, tokens, kind))

    async def read(
        path: FilePath, question: Question = "", rate: Rate = RATE, tokens: Tokens = 0, kind: Kind = "auto"
    ) -> Annotated[CallToolResult, ShortText]:
        """Read a file, shortened: as compress, without the text passing through your context first."""
        return await _called(gate, partial(desk.read, path, question, rate, tokens, kind))

    async def retrieve(
        id: Ident,  # noqa: A002  (what the note calls it)
        lines: Lines = "",
        query: Query = "",
        max_tokens: MaxTokens = MOST,
    ) -> Annotated[CallToolResult, Original]:
        """Get the original of a shortened text back, byte for byte: all of it, some lines, or what a query names."""
        return await _called(gate, partial(desk.retrieve, id, lines, query, max_tokens))

    async def remember(
        text: Words, speaker: Speaker = "", session: Session = "", time: Time = ""
    ) -> Annotated[CallToolResult, Remembered]:
        """Put something into the memory that outlives this conversation. Secrets are masked."""
        return await _called(gate, partial(desk.remember, text, speaker, session, time))

    async def recall(question: Asked, tokens: Budget = 1_000) -> Annotated[CallToolResult, Recalled]:
        """Ask the memory: what was remembered, now or in earlier conversations, that answers a question, with dates."""
        return await _called(gate, partial(desk.recall, question, tokens))

    return {tool.__name__: tool for tool in (compress, read, retrieve, remember, recall)}


# read-only, destructive, idempotent, open-world: none deletes what it is told to (a full store drops its oldest),
# none reaches beyond this machine's stores
_HINTS = {
    "compress": ("Shorten a text", (False, False, True, False)),
    "read": ("Read a file, shortened", (False, False, True, False)),
    "retrieve": ("Get back what was left out", (True, False, True, False)),
    "remember": ("Remember", (False, False, False, False)),
    "recall": ("Recall", (True, False, True, False)),
}
TOOLS = tuple(_HINTS)


async def _called(gate: threading.Semaphore, work: Callable[[], ToolAnswer]) -> CallToolResult:
    """Do the work in a thread; a call that is cancelled while it waits never begins."""
    cancelled = threading.Event()

    def turn() -> ToolAnswer | None:
        with gate:
            return None if cancelled.is_set() else work()

    try:
        answer = await anyio.to_thread.run_sync(turn, abandon_on_cancel=True)
    except TamisError as error:
        raise ToolError(str(error)) from error
    except MemoryError as error:
        raise ToolError("There is not enough memory for this: send it in parts.") from error
    finally:
        cancelled.set()
    assert answer is not None
    return CallToolResult(content=[TextContent(type="text", text=answer.text)], structured_content=answer.values)


def server_of(desk: Desk, names: Sequence[str] = ()) -> MCPServer:
    """The server, with these tools; with all that it can serve where none are named.

    Raises:
        UnknownName: a tool that does not exist. InvalidInput: `read`, without a folder.
    """
    for name in names:
        if name not in TOOLS:
            raise unknown("tool", name, TOOLS)
    if "read" in names and desk.root is None:
        raise InvalidInput("The tool 'read' needs a folder.", hint="Start the server with --root FOLDER.")
    chosen = names or [name for name in TOOLS if name != "read" or desk.root is not None]
    calls = tools_of(desk)
    return MCPServer(
        "tamis",
        title="tamis",
        instructions=INSTRUCTIONS,
        version=__version__,
        tools=[_tool(name, calls[name]) for name in chosen],
        log_level="ERROR",
    )


def _tool(name: str, call: Call) -> Tool:
    title, (read_only, destructive, idempotent, open_world) = _HINTS[name]
    annotations = ToolAnnotations(
        title=title,
        read_only_hint=read_only,
        destructive_hint=destructive,
        idempotent_hint=idempotent,
        open_world_hint=open_world,
    )
    tool = CheckedTool.from_function(call, name=name, title=title, annotations=annotations)
    tool.description = " ".join(tool.description.split())
    tool.parameters = _untitled(tool.parameters) | {"additionalProperties": False}
    tool.fn_metadata.output_schema = _untitled(tool.fn_metadata.output_schema)
    return tool


def _untitled(schema: Any) -> Any:
    """A schema without the titles that repeat names: agents pay for every token of it."""
    if isinstance(schema, list):
        return [_untitled(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    return {key: _untitled(value) for key, value in schema.items() if key != "title" or not isinstance(value, str)}
