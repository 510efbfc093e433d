"""The callback in the real LiteLLM: its SDK, and its proxy as a process, against a server that speaks as providers."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import tamis
from tamis.errors import InvalidBudget
from tamis.prompt.chats import Policy
from tests.pages import ROOT
from tests.sockets.providers import ANSWER, LOG, MESSAGES, RESPONSES, provider
from tests.sockets.providers import CHAT as WITH_NULL
from tests.sockets.real import real, run_pages

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # (it asks the network for one else)
real("litellm", "litellm")

import litellm  # noqa: E402

from tamis.edge.adapters.litellm import TamisCallback  # noqa: E402

POLICY = Policy(floor=0)
CHAT = [{key: value for key, value in message.items() if value is not None} for message in WITH_NULL]  # (as it sends)
KEY = f"sk-{secrets.token_hex(32)}"  # (the proxy refuses weaker ones)


@pytest.fixture
def server(serve, monkeypatch):
    server = serve(provider)
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    monkeypatch.setenv("OPENAI_BASE_URL", server.url)
    monkeypatch.setenv("OPENAI_API_BASE", server.url)
    monkeypatch.setenv("ANTHROPIC_API_KEY", "k")
    monkeypatch.setenv("ANTHROPIC_API_BASE", server.url)
    return server


@pytest.fixture
def callback(monkeypatch):
    callback = TamisCallback(rate=0.2, policy=POLICY)
    monkeypatch.setattr(litellm, "callbacks", [callback])
    return callback


def sent(server: Any) -> list[dict[str, Any]]:
    return [payload for _, payload, _ in server.asked]


def test_the_sdk(server, callback):
    async def talk() -> list[str]:
        plain = await litellm.acompletion(model="openai/m", messages=CHAT)
        stream = await litellm.acompletion(model="openai/m", messages=CHAT, stream=True)
        words = [chunk.choices[0].delta.content or "" async for chunk in stream]
        response = await litellm.aresponses(model="openai/m", input=RESPONSES)
        other = await litellm.acompletion(model="anthropic/m", messages=CHAT, max_tokens=9)
        texts = [plain.choices[0].message.content, "".join(words), response.output[0].content[0].text]
        return [*texts, other.choices[0].message.content]

    assert asyncio.run(talk()) == [ANSWER] * 4
    short = tamis.compress_messages(CHAT, rate=0.2, policy=POLICY)
    first, second, third, fourth = sent(server)
    assert first["messages"] == second["messages"] == short.messages
    assert third["input"] == tamis.compress_messages(RESPONSES, rate=0.2, policy=POLICY).messages
    assert json.dumps(short.messages[3]["content"])[1:-1] in json.dumps(fourth)
    assert callback.ledger.calls == 4
    assert 0 < callback.ledger.tokens < 0.5 * callback.ledger.original_tokens


def test_the_router(server, callback):
    deployment = {"model_name": "gpt", "litellm_params": {"model": "openai/m"}}
    router = litellm.Router(model_list=[deployment])
    reply = asyncio.run(router.acompletion(model="gpt", messages=CHAT))
    assert reply.choices[0].message.content == ANSWER
    assert len(json.dumps(sent(server)[0])) < 0.5 * len(LOG)


def test_embeddings_are_no_chats(callback):
    data = {"model": "m", "input": [LOG, LOG], "messages": None}
    assert asyncio.run(callback.async_pre_call_hook(None, None, data, "aembedding")) is data
    assert asyncio.run(callback.async_pre_call_hook(None, None, data, "moderation")) is data
    assert callback.ledger.calls == 0


def test_falling_open_or_not(server, monkeypatch):
    for on_error in ("send", "raise"):
        callback = TamisCallback(limit=10, on_error=on_error)
        monkeypatch.setattr(litellm, "callbacks", [callback])
        if on_error == "send":
            asyncio.run(litellm.acompletion(model="openai/m", messages=CHAT))
            assert sent(server)[0]["messages"] == CHAT
        else:
            with pytest.raises(Exception, match="the limit is 10"):
                asyncio.run(litellm.acompletion(model="openai/m", messages=CHAT))
        assert "BudgetTooSmall" in callback.ledger.failures[0]
    assert len(server.asked) == 1
    with pytest.raises(InvalidBudget):
        TamisCallback(rate=7)


CONFIG = """
model_list:
  - model_name: gpt
    litellm_params: {model: openai/m, api_base: URL, api_key: k}
  - model_name: claude
    litellm_params: {model: anthropic/m, api_base: URL, api_key: k}
litellm_settings:
  callbacks: tamis_callback.callback
"""
CALLBACK = """
import json
from tamis.edge.adapters.litellm import TamisCallback
from tamis.prompt.chats import Policy


class Callback(TamisCallback):
    async def async_log_success_event(self, kwargs, response_obj, start_time, end_time):
        with open("ledger.json", "w") as file:
            json.dump([self.ledger.calls, self.ledger.tokens, self.ledger.original_tokens], file)

    async_pre_call_hook = TamisCallback.async_pre_call_hook


callback = Callback(rate=0.2, policy=Policy(floor=0))
"""


@pytest.fixture
def proxy(server, tmp_path) -> Iterator[str]:
    """The proxy, and where it listens."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (tmp_path / "config.yaml").write_text(CONFIG.replace("URL", server.url))
    (tmp_path / "tamis_callback.py").write_text(CALLBACK)
    source = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
    environment = {**os.environ, "LITELLM_MASTER_KEY": KEY, "PYTHONPATH": source}
    command = [Path(sys.executable).with_name("litellm"), "--config", "config.yaml", "--port", str(port)]
    with (tmp_path / "log.txt").open("w") as log:
        process = subprocess.Popen(command, cwd=tmp_path, stdout=log, stderr=log, env=environment)
    try:
        url = f"http://127.0.0.1:{port}"
        wait_for(f"{url}/health/liveliness", process, tmp_path / "log.txt")
        yield url
    finally:
        process.terminate()
        process.wait(30)


def wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        assert process.poll() is None, log.read_text()[-3_000:]
        try:
            with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(log.read_text()[-3_000:])


def post(url: str, payload: dict[str, Any]) -> str:
    headers = {"content-type": "application/json", "authorization": f"Bearer {KEY}"}
    request = urllib.request.Request(url, json.dumps(payload).encode(), headers)
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=60) as response:
        return response.read().decode()


def test_the_proxy(server, proxy, tmp_path):
    chat = post(f"{proxy}/v1/chat/completions", {"model": "gpt", "messages": CHAT})
    assert json.loads(chat)["choices"][0]["message"]["content"] == ANSWER
    streamed = post(f"{proxy}/v1/chat/completions", {"model": "gpt", "messages": CHAT, "stream": True})
    assert "data: [DONE]" in streamed
    response = post(f"{proxy}/v1/responses", {"model": "gpt", "input": RESPONSES})
    assert json.loads(response)["output"][0]["content"][0]["text"] == ANSWER
    message = post(f"{proxy}/v1/messages", {"model": "claude", "max_tokens": 9, "messages": MESSAGES})
    assert json.loads(message)["content"][0]["text"] == ANSWER
    first, second, third, fourth = sent(server)
    short = tamis.compress_messages(CHAT, rate=0.2, policy=POLICY)
    assert first["messages"] == second["messages"] == short.messages
    assert third["input"] == tamis.compress_messages(RESPONSES, rate=0.2, policy=POLICY).messages
    assert fourth["messages"] == tamis.compress_messages(MESSAGES, rate=0.2, policy=POLICY).messages
    for _ in range(50):
        if (tmp_path / "ledger.json").exists() and json.loads((tmp_path / "ledger.json").read_text())[0] == 4:
            break
        time.sleep(0.2)
    calls, tokens, original = json.loads((tmp_path / "ledger.json").read_text())
    assert calls == 4
    assert tokens < 0.5 * original


def test_what_the_documentation_shows(desk, server, monkeypatch):
    monkeypatch.setattr(litellm, "callbacks", [])
    assert run_pages("litellm", desk) == 3
