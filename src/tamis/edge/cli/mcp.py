"""`tamis mcp`: the tools for agents, over standard input and output or over HTTP."""

from __future__ import annotations

import argparse
import signal
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from tamis.edge.cli.command import describe, names
from tamis.edge.cli.messages import say
from tamis.edge.cli.opening import MemoryArguments, add_place, opened
from tamis.edge.cli.restore import add_store, store_of
from tamis.errors import InvalidInput, missing_extra, needs

if TYPE_CHECKING:
    from mcp.server import MCPServer

MORE = """\
Serves compress, retrieve, remember and recall (and, with --root, read) to
agents by the Model Context Protocol, both to clients of 2026-07-28 and to older
ones. Without --http it speaks over standard input and output: a client starts
it. Needs the extra mcp."""

EXAMPLES = """\
examples:
  tamis mcp                      as a client's configuration calls it
  tamis mcp --root . --tools compress,read,retrieve
  tamis mcp --http --port 8000   http://127.0.0.1:8000/mcp
  TAMIS_MCP_TOKEN=... tamis mcp --http --host 0.0.0.0 --allow-host example.com"""


class McpArguments(MemoryArguments):
    """The command line of `tamis mcp`."""

    store: str | None
    root: str | None
    tools: tuple[str, ...]
    on_risk: str
    http: bool
    host: str
    port: int
    allow_host: list[str]
    token_file: str | None


def add(parser: argparse.ArgumentParser) -> None:
    """The options of `tamis mcp`."""
    describe(parser, more=MORE, epilog=EXAMPLES)
    parser.add_argument("--tools", type=names, default=(), metavar="A,B", help="only these; each costs an agent tokens")
    parser.add_argument("--root", metavar="FOLDER", help="serve `read`: files below this folder, shortened")
    parser.add_argument(
        "--on-risk",
        default="warn",
        choices=("warn", "keep"),
        help="a short text that says something else than the original: say so, or keep it whole (%(default)s)",
    )
    add_store(parser)
    add_place(parser)
    group = parser.add_argument_group("over HTTP")
    group.add_argument("--http", action="store_true", help="listen on a port, at the path /mcp")
    group.add_argument("--host", default="127.0.0.1", metavar="NAME", help="where to listen (%(default)s)")
    group.add_argument("--port", type=_port, default=8000, metavar="N", help="0 takes a free one (%(default)s)")
    group.add_argument(
        "--allow-host",
        action="append",
        default=[],
        metavar="NAME",
        help="answer under this name, too; others than the host's are refused",
    )
    group.add_argument("--token-file", metavar="FILE", help="callers must bring this bearer token ($TAMIS_MCP_TOKEN)")


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65_535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port: 0 to 65535")
    return int(text)


def run(arguments: McpArguments) -> int:
    """Serve until the client, or the user, ends it."""
    needs("mcp", "mcp")
    from tamis.edge.mcp.desk import Desk

    try:
        from tamis.edge.mcp.server import server_of
    except ImportError as error:  # (version 1 has other names)
        raise missing_extra("mcp", "mcp>=2.3") from error
    desk = Desk(
        lambda: store_of(arguments.store, read_only=False),
        lambda: opened(arguments, make=True),
        root=_root(arguments.root),
        on_risk=arguments.on_risk,
    )
    with closing(desk):
        server = server_of(desk, arguments.tools)
        return _over_http(server, arguments) if arguments.http else _over_stdio(server)


def _root(folder: str | None) -> Path | None:
    if folder is not None and not Path(folder).is_dir():
        raise InvalidInput(f"{folder!r} is no folder.", hint="Give one that is there: --root FOLDER.")
    return None if folder is None else Path(folder)


def _over_stdio(server: MCPServer) -> int:
    import anyio

    if sys.stdin is None or sys.stdout is None:
        raise InvalidInput("Standard input or output is closed.", hint="Serve over HTTP: --http.")
    if sys.stdin.isatty():
        say("waiting for MCP messages on standard input: an agent's client starts this; Ctrl-C ends it")
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # (the thread that reads standard input would be waited for)
    anyio.run(server.run_stdio_async)
    return 0


def _over_http(server: MCPServer, arguments: McpArguments) -> int:
    import anyio

    from tamis.edge.mcp.http import app_of, checked_host, listening, serve, token_of

    token = token_of(arguments.token_file)
    checked_host(arguments.host, token)
    app = app_of(server, arguments.host, arguments.allow_host, token)
    with closing(listening(arguments.host, arguments.port)) as sock:
        anyio.run(serve, app, sock)
    return 0
