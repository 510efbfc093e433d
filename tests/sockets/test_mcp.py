"""The MCP server as a process, asked by the official SDK's own client: both transports, both eras of the protocol."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.pages import ROOT
from tests.sockets.real import real, run_pages

real("mcp", "mcp")

import anyio  # noqa: E402
import httpx2  # noqa: E402
from mcp import Client, StdioServerParameters  # noqa: E402
from mcp.client.streamable_http import streamable_http_client  # noqa: E402

ERAS = {"auto": "2026-07-28", "legacy": "2025-11-25"}
PYTHON = (ROOT / "src" / "tamis" / "errors.py").read_text(encoding="utf-8")
LOG = "".join(
    f"2026-11-30 10:{n // 60:02}:{n % 60:02} {'ERROR disk full on db7' if n == 777 else f'INFO request {n} done'}\n"
    for n in range(1_000)
)
TOKEN = "0123456789abcdef-0123"


@pytest.fixture
def place(tmp_path: Path) -> list[str]:
    """Options of a server that keeps everything in this test's folder."""
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "app.log").write_text(LOG)
    (tmp_path / "secret.txt").write_text("not yours")
    (tmp_path / "files" / "link").symlink_to(tmp_path / "secret.txt")
    stores = ["--store", str(tmp_path / "originals.db"), "--memory", str(tmp_path / "memory.db")]
    return [*stores, "--root", str(tmp_path / "files")]


def command(*options: str) -> list[str]:
    return [sys.executable, "-m", "tamis", "mcp", *options]


def environment(**more: str) -> dict[str, str]:
    source = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
    return {**os.environ, "PYTHONPATH": source, "NO_PROXY": "127.0.0.1", **more}


@contextmanager
def http_server(*options: str, **variables: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A server on a port, and where it is."""
    process = subprocess.Popen(
        command("--http", *options), stderr=subprocess.PIPE, text=True, env=environment(**variables)
    )
    assert process.stderr is not None
    line = process.stderr.readline()
    match = re.search(r"http://\S+/mcp", line)
    assert match, line + process.stderr.read()
    reader = threading.Thread(target=process.stderr.read)  # (a full pipe would stop it)
    reader.start()
    try:
        yield match[0], process
    finally:
        process.kill()
        process.wait()
        reader.join()
        process.stderr.close()


def stdio(options: list[str]) -> StdioServerParameters:
    first, *rest = command(*options)
    return StdioServerParameters(command=first, args=rest, env=environment())


@asynccontextmanager
async def over_http(url: str, mode: str, token: str = "") -> AsyncIterator[Client]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with (
        httpx2.AsyncClient(headers=headers, timeout=120, trust_env=False) as web,
        Client(streamable_http_client(url, http_client=web), mode=mode) as client,
    ):
        yield client


def asked(talk: Callable[[Client], Awaitable[None]], transport: str, mode: str, options: list[str]) -> None:
    """Let a client talk to a server over a transport, in an era."""

    async def over_stdio() -> None:
        async with Client(stdio(options), mode=mode) as client:
            await talk(client)

    async def over_port(url: str) -> None:
        async with over_http(url, mode) as client:
            await talk(client)

    if transport == "stdio":
        anyio.run(over_stdio)
    else:
        with http_server(*options, "--port", "0") as (url, _):
            anyio.run(over_port, url)


def text_of(result: Any) -> str:
    return "".join(part.text for part in result.content)


@pytest.mark.parametrize("mode", ERAS)
@pytest.mark.parametrize("transport", ["stdio", "http"])
def test_the_whole_talk(transport, mode, place):
    async def talk(client: Client) -> None:
        assert client.protocol_version == ERAS[mode]
        assert client.server_info.name == "tamis"
        await well_described(client)
        await shortened_and_restored(client)
        await remembered(client)
        await refused(client)

    asked(talk, transport, mode, place)


async def well_described(client: Client) -> None:
    tools = (await client.list_tools()).tools
    assert [tool.name for tool in tools] == ["compress", "read", "retrieve", "remember", "recall"]
    for tool in tools:
        hints = tool.annotations.model_dump()
        assert tool.title == hints.pop("title")
        assert set(map(type, hints.values())) == {bool}
        assert hints["destructive_hint"] is hints["open_world_hint"] is False
        assert tool.description
        assert all(value["description"] for value in tool.input_schema["properties"].values())
        assert tool.input_schema["additionalProperties"] is False
        assert all(value["description"] for value in tool.output_schema["properties"].values())
    assert {"auto", "code", "log"} < set(tools[0].input_schema["properties"]["kind"]["enum"])
    assert len(json.dumps([[tool.name, tool.description, tool.input_schema] for tool in tools])) < 4_500


async def shortened_and_restored(client: Client) -> None:
    result = await client.call_tool("compress", {"text": PYTHON, "question": "Which errors has a store?"})
    values = result.structured_content
    assert values["tokens"] <= 0.3 * values["original_tokens"]
    assert (values["shortened"], values["kinds"], values["text"]) == (True, ["code"], text_of(result))
    note = re.search(r'retrieve\(id="(\w+)", lines="([\d,-]+)"\)', text_of(result))
    assert note
    whole = await client.call_tool("retrieve", {"id": note[1]})
    assert text_of(whole) == PYTHON
    some = await client.call_tool("retrieve", {"id": note[1], "lines": "2-3"})
    assert text_of(some) == "".join(PYTHON.splitlines(keepends=True)[1:3])
    wanted = await client.call_tool("retrieve", {"id": note[1], "query": "locked, read-only, disk full"})
    assert "class StoreUnavailable" in text_of(wanted)
    short = await client.call_tool("read", {"path": "app.log", "question": "Which disk is full?", "tokens": 300})
    assert "disk full on db7" in text_of(short)
    assert short.structured_content["tokens"] <= 300


async def remembered(client: Client) -> None:
    assert text_of(await client.call_tool("recall", {"question": "Where?"})) == "Nothing is remembered yet."
    turn = {"text": "Ann moved to Lyon in May.", "speaker": "Ann", "time": "2026-05-08T13:56:00Z", "session": "s1"}
    stored = await client.call_tool("remember", turn)
    recalled = await client.call_tool("recall", {"question": "Where does Ann live?"})
    (passage,) = recalled.structured_content["passages"]
    assert passage["turns"] == stored.structured_content["ids"]
    assert (passage["session"], passage["speakers"], passage["start"]) == ("s1", ["Ann"], "2026-05-08T13:56:00+00:00")


REFUSED = [
    ("compress", {}, "text: Field required"),
    ("compress", {"text": "a", "ratio": 0.5}, "no argument 'ratio'. Did you mean rate?"),
    ("compress", {"text": "a", "rate": "a third"}, "rate: .*got 'a third'"),
    ("compress", {"text": "a", "rate": 3}, "must lie between 0 and 1, got 3"),
    ("compress", {"text": "a", "kind": "pdf"}, "Unknown form 'pdf'"),
    ("compress", {"text": {"a": 1}}, "text: .*string"),
    ("read", {"path": "../secret.txt"}, "not below the folder"),
    ("read", {"path": "link"}, "not below the folder"),
    ("read", {"path": "/etc/passwd"}, "not below the folder"),
    ("read", {"path": "nothing.txt"}, "There is no file 'nothing.txt'"),
    ("retrieve", {"id": "ffffffffffff"}, "There is no original 'ffffffffffff'"),
    ("retrieve", {"id": "not an id"}, "'not an id' is no id"),
    ("remember", {"text": " "}, "nothing to remember"),
    ("remember", {"text": "a", "time": "yesterday"}, "'yesterday' is no time"),
    ("recall", {"question": "a", "tokens": -1}, "tokens: "),
    ("forget", {}, "Unknown tool"),
]


async def refused(client: Client) -> None:
    for name, arguments, expected in REFUSED:
        result = await client.call_tool(name, arguments)
        assert result.is_error, (name, arguments)
        assert re.search(expected, text_of(result)), (name, arguments, text_of(result))
        assert "Traceback" not in text_of(result)


@pytest.mark.parametrize("mode", ERAS)
def test_many_calls_at_once_and_a_cancelled_one(mode, place):
    async def talk(client: Client) -> None:
        results: dict[int, str] = {}

        async def one(number: int) -> None:
            log = f"{LOG[:9_000]}end of {number}\n"
            result = await client.call_tool("compress", {"text": log, "kind": "log", "rate": 0.1})
            results[number] = result.structured_content["id"]

        with anyio.move_on_after(0.5) as scope:
            await client.call_tool("compress", {"text": LOG * 8, "kind": "log", "rate": 0.1})
        assert scope.cancelled_caught
        async with anyio.create_task_group() as group:
            for number in range(8):
                group.start_soon(one, number)
        assert len(set(results.values())) == 8
        for number, ident in results.items():
            whole = await client.call_tool("retrieve", {"id": ident})
            assert text_of(whole) == f"{LOG[:9_000]}end of {number}\n"

    asked(talk, "stdio", mode, place)


def test_a_megabyte(place):
    large = "".join(f"{LOG[:-1]} of round {n}\n" for n in range(25))
    assert len(large) > 1_000_000

    async def talk(client: Client) -> None:
        result = await client.call_tool("compress", {"text": large, "question": "Which disk is full?", "rate": 0.05})
        assert result.structured_content["tokens"] <= 0.05 * result.structured_content["original_tokens"]
        assert "disk full on db7" in text_of(result)
        large_one = await client.call_tool("retrieve", {"id": result.structured_content["id"]})
        assert large_one.is_error
        assert "25,000 lines" in text_of(large_one)

    asked(talk, "stdio", "auto", place)


def test_nothing_but_the_protocol_on_stdout(place):
    opening = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "t", "version": "0"}}
    messages = [
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": opening},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {"name": "compress", "arguments": {"text": LOG}}},
        {"jsonrpc": "2.0", "id": 3, "method": "tools/call", "params": {"name": "compress", "arguments": [1]}},
        {"jsonrpc": "2.0", "id": 4, "method": "no/such"},
    ]
    lines = [*map(json.dumps, messages), "{broken", "[]", "\x00\x01", json.dumps(messages[2] | {"id": 5})]
    process = subprocess.Popen(
        command(*place),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("\n".join(lines) + "\n")
    process.stdin.flush()
    answers = {}
    while {1, 2, 3, 4, 5} - answers.keys():
        message = json.loads(process.stdout.readline())
        assert message["jsonrpc"] == "2.0"
        answers[message.get("id")] = message
    rest, errors = process.communicate(timeout=30)
    assert [json.loads(line)["jsonrpc"] for line in rest.splitlines()] == ["2.0"] * len(rest.splitlines())
    assert "Traceback" not in errors
    assert process.returncode == 0
    assert {ident for ident, answer in answers.items() if "error" in answer} >= {3, 4}
    assert answers[5]["result"] == answers[2]["result"]


def test_after_a_kill_originals_are_there(place):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    kept: list[str] = []

    async def talk(url: str, process: subprocess.Popen[str]) -> None:
        async with over_http(url, "auto") as client:
            first = await client.call_tool("compress", {"text": PYTHON})
            kept.append(first.structured_content["id"])
            threading.Timer(0.3, process.send_signal, [signal.SIGKILL]).start()
            for number in range(1_000):
                await client.call_tool("compress", {"text": f"{LOG}{number}"})

    async def go_on(url: str) -> None:
        async with over_http(url, "legacy") as client:
            assert text_of(await client.call_tool("retrieve", {"id": kept[0]})) == PYTHON

    with http_server(*place, "--port", port) as (url, process):
        with pytest.raises(Exception, match=r"."):  # (the SDK's client gives up with its connection, in a group)
            anyio.run(talk, url, process)
        assert process.wait(10) == -signal.SIGKILL
    with http_server(*place, "--port", port) as (url, _):
        anyio.run(go_on, url)


def test_who_may_ask_over_http(place):
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
    accept = {"accept": "application/json, text/event-stream"}
    bearer = {"authorization": f"Bearer {TOKEN}"}
    options = [*place, "--port", "0", "--allow-host", "mcp.example.com"]
    cases = [
        ({}, 401),
        ({"authorization": "Bearer nonsense"}, 401),
        (bearer, 200),
        (bearer | {"host": "mcp.example.com"}, 200),
        (bearer | {"origin": "https://mcp.example.com"}, 200),
        (bearer | {"host": "rebound.example"}, 421),
        (bearer | {"origin": "http://rebound.example"}, 403),
    ]

    async def talk(url: str) -> None:
        async with over_http(url, "auto", TOKEN) as client:
            assert (await client.list_tools()).tools

    with http_server(*options, TAMIS_MCP_TOKEN=TOKEN) as (url, _):
        with httpx2.Client(trust_env=False) as web:
            codes = [web.post(url, json=body, headers=accept | headers).status_code for headers, _ in cases]
            large = web.post(
                url, content=b" " * (33 << 20), headers=accept | bearer | {"content-type": "application/json"}
            )
        anyio.run(talk, url)
    assert codes == [code for _, code in cases]
    assert large.status_code == 413


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--http", "--host", "0.0.0.0"], "everybody who reaches this machine"),
        (["--http", "--port", "70000"], "'70000' is no port"),
        (["--http", "--host", "192.0.2.1", "--token-file", "token"], "Cannot listen on '192.0.2.1'"),
        (["--http", "--token-file", "short"], "at least 16 characters"),
        (["--tools", "compress,reed"], "Unknown tool 'reed'. *\n *Did you mean 'read'"),
        (["--tools", "read"], "needs a folder"),
        (["--root", "nowhere"], "'nowhere' is no folder"),
    ],
    ids=lambda value: value[-1] if isinstance(value, list) else "",
)
def test_a_command_line_that_cannot_be(options, expected, tmp_path):
    (tmp_path / "token").write_text(TOKEN)
    (tmp_path / "short").write_text("abc\n")
    done = subprocess.run(
        command(*options), capture_output=True, text=True, env=environment(), cwd=tmp_path, check=False, timeout=60
    )
    assert done.returncode == 2
    assert re.search(expected, done.stderr), done.stderr
    assert "Traceback" not in done.stderr


def test_what_the_documentation_shows(desk, monkeypatch):
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    assert run_pages("mcp", desk) == 1
