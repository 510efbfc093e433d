"""The server behind a port: who may ask (Host, Origin, a token), where it listens, what it says of itself."""

from __future__ import annotations

import hmac
import os
import socket
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import uvicorn
from mcp.server import MCPServer
from mcp.server.transport_security import TransportSecuritySettings

from tamis.edge.cli.messages import say
from tamis.errors import InvalidInput, OutputError
from tamis.io.files import read_text, reason

LOCAL = ("127.0.0.1", "localhost", "[::1]")
PATH = "/mcp"
LARGEST = 32 << 20  # bytes of a request
LEAST = 16  # characters of a token
PATIENCE = 5  # seconds that calls may take to end, once the server is asked to

App = Callable[[Any, Any, Any], Awaitable[None]]


def token_of(file: str | None) -> str:
    """The token that callers must bring: of a file, of $TAMIS_MCP_TOKEN, or "" for none.

    Raises:
        InvalidInput: one that is too short, or that no header can hold. UnreadableInput: the file.
    """
    token = (read_text(file) if file is not None else os.environ.get("TAMIS_MCP_TOKEN", "")).strip()
    if file is None and not token:
        return ""
    if len(token) < LEAST or not token.isascii() or not token.isprintable() or " " in token:
        hint = "Make one: python -c 'import secrets; print(secrets.token_urlsafe(32))'."
        raise InvalidInput(f"A token has at least {LEAST} characters, all of them visible ASCII.", hint=hint)
    return token


def guarded(app: App, token: str) -> App:
    """The app, for those who bring the token."""
    wanted = f"Bearer {token}".encode()

    async def door(scope: Any, receive: Any, send: Any) -> None:
        given = dict(scope.get("headers", ())).get(b"authorization", b"")
        if scope["type"] != "http" or hmac.compare_digest(given, wanted):
            await app(scope, receive, send)
            return
        headers = [(b"content-type", b"application/json"), (b"www-authenticate", b"Bearer")]
        await send({"type": "http.response.start", "status": 401, "headers": headers})
        await send({"type": "http.response.body", "body": b'{"error": "a bearer token is needed"}'})

    return door


def app_of(server: MCPServer, host: str, allowed: Sequence[str], token: str) -> App:
    """The server as a web application that answers under known names only, whatever a browser was made to believe."""
    names = [*LOCAL, _bracketed(host), *map(_bracketed, allowed)]
    hosts = [form for name in names for form in (name, f"{name}:*")]
    origins = [f"{scheme}://{form}" for scheme in ("http", "https") for form in hosts]
    security = TransportSecuritySettings(allowed_hosts=hosts, allowed_origins=origins)
    # (no tool calls back: sessions would only die with the process)
    app: App = server.streamable_http_app(
        streamable_http_path=PATH,
        stateless_http=True,
        max_request_body_size=LARGEST,
        transport_security=security,
        host=host,
    )
    return guarded(app, token) if token else app


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens there.

    Raises:
        OutputError: the port is taken, or the address is none of this machine's.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server(address[:2], family=family)
    except (OSError, OverflowError, UnicodeError) as error:
        hint = "Choose another with --host and --port; port 0 takes a free one."
        raise OutputError(f"Cannot listen on {host!r}, port {port}: {reason(error)}.", hint=hint) from error


def checked_host(host: str, token: str) -> None:
    """Raise `InvalidInput` where others than this machine could ask, without a token."""
    if token or host in ("127.0.0.1", "localhost", "::1"):
        return
    hint = "Give a token, in $TAMIS_MCP_TOKEN or with --token-file, or listen on 127.0.0.1."
    raise InvalidInput(f"On {host!r} everybody who reaches this machine could read what is stored.", hint=hint)


async def serve(app: App, sock: socket.socket) -> None:
    """Serve until the process is asked to stop."""
    host, port = sock.getsockname()[:2]
    config = uvicorn.Config(app, log_config=None, log_level="error", timeout_graceful_shutdown=PATIENCE)
    say(f"MCP at http://{_bracketed(host)}:{port}{PATH}; Ctrl-C ends it")
    await uvicorn.Server(config).serve(sockets=[sock])


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host and not host.startswith("[") else host
