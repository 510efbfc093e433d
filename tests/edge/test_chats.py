"""`tamis compress --messages` and `tamis advise` as people type them."""

from __future__ import annotations

import json
import re

import pytest

from tests.prompt.chats.making import DIALECTS, chat_of, script

FAST = ("--method", "truncate", "--tokenizer", "words")


@pytest.fixture
def chat(desk, monkeypatch):
    monkeypatch.setenv("TAMIS_STORE", str(desk / "originals.db"))
    messages = chat_of(script(seed=1, turns=12), "chat")
    (desk / "chat.json").write_text(json.dumps(messages))
    return messages


def test_a_chat_goes_in_and_a_chat_comes_out(tamis, chat):
    done = tamis("compress", "chat.json", "--messages", *FAST)
    assert done.code == 0
    assert len(done.json) == len(chat)
    assert re.search(r"[\d,]+ -> [\d,]+ tokens \(.* words\), \d+ messages: \d+ shortened", done.err)


def test_requests_and_lines_keep_their_form(tamis, chat, desk):
    (desk / "request.json").write_text(json.dumps({"model": "m", "input": chat, "temperature": 0}))
    done = tamis("compress", "request.json", "--messages", *FAST)
    assert set(done.json) == {"model", "input", "temperature"}
    lines = "".join(json.dumps(message) + "\n" for message in chat)
    done = tamis("compress", "--messages", *FAST, stdin=lines.encode())
    assert [json.loads(line) for line in done.text.splitlines()] == tamis(
        "compress", "chat.json", "--messages", *FAST
    ).json


@pytest.mark.parametrize("dialect", DIALECTS)
def test_originals_are_restored(tamis, chat, desk, dialect):
    steps = list(script(seed=2, turns=6))
    (desk / "chat.json").write_text(json.dumps(chat_of(steps, dialect)))
    done = tamis("compress", "chat.json", "--messages", "--store", "default", "--json", *FAST)
    ids = [decision["id"] for decision in done.json["decisions"] if decision["id"]]
    results = {step[4] for step in steps if step[0] == "call"}
    assert ids
    assert {tamis("restore", ident).text for ident in ids} <= results


def test_options_that_do_not_go_together(tamis, chat):
    assert tamis("compress", "chat.json", "--messages", "--show").code == 2
    assert tamis("compress", "chat.json", "chat.json", "--messages").code == 2
    assert tamis("compress", "good.txt", "--limit", "5").code == 2
    assert tamis("compress", "good.txt", "--messages").code == 2
    assert "holds no list of messages" in tamis("compress", "--messages", stdin=b'{"a": 1}').err


def test_on_risk_for_texts(tamis):
    words = ("--method", "stopwords", "--style", "words", "-r", "0.6")
    assert tamis("compress", "good.txt", "--on-risk", "raise", *words).code in (0, 2)
    assert tamis("compress", "good.txt", "--on-risk", "keep", *words).code == 0


def test_advise(tamis, chat):
    done = tamis("advise", "chat.json", "--turns", "20", *FAST)
    assert done.code == 0
    assert done.text.startswith("shorten")
    assert "estimated" in done.text
    values = tamis("advise", "chat.json", "--model", "gpt-5.4", "--json", *FAST).json
    assert values["tariff"]["model"] == "gpt-5.4"
    assert values["verdict"] in values["dollars"]
    assert tamis("advise", "chat.json", "--model", "nobody", *FAST).code == 2
