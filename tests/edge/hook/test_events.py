"""What agents write, and what they are told: each convention from its documentation."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis.edge.hook.agents.table import AGENTS, WITHOUT, agent_named, event_of
from tamis.edge.hook.answer import answered, hopeless, wishes_of
from tamis.edge.hook.event import Event, at
from tamis.edge.hook.exact import exact
from tamis.edge.hook.transcript import last_turns, results
from tamis.errors import InvalidInput, UnknownName
from tamis.prompt.recovery import open_originals
from tamis.text.messages import with_texts

from .conftest import LOG, claude

PARTS = [{"type": "text", "text": "one"}, {"type": "image", "data": "x"}, {"type": "text", "text": "two"}]
CASES = {  # event, texts that may be shortened, what is told with other texts
    "claude Bash": (
        claude("out"),
        ["out", ""],
        {"hookSpecificOutput": {"updatedToolOutput": {"stdout": "OUT", "stderr": "", "interrupted": False}}},
    ),
    "claude Grep": (
        claude(tool_name="Grep", tool_response={"mode": "content", "content": "a:1:b", "numLines": 1}),
        ["a:1:b"],
        {"hookSpecificOutput": {"updatedToolOutput": {"mode": "content", "content": "A:1:B", "numLines": 1}}},
    ),
    "claude MCP text": (
        claude(tool_name="mcp__github__issues", tool_response="text"),
        ["text"],
        {"hookSpecificOutput": {"updatedToolOutput": "TEXT"}},
    ),
    "claude MCP parts": (
        claude(tool_name="mcp__github__issues", tool_response=PARTS),
        ["one", "two"],
        {"hookSpecificOutput": {"updatedToolOutput": [{"type": "text", "text": "ONE"}, PARTS[1]]}},
    ),
    "copilot": (
        {"toolName": "bash", "toolArgs": '{"command": "make"}', "toolResult": {"textResultForLlm": "out"}},
        ["out"],
        {"modifiedResult": {"resultType": "success", "textResultForLlm": "OUT"}},
    ),
    "copilot, as in VS Code": (
        {"hook_event_name": "PostToolUse", "tool_name": "Bash", "tool_result": {"text_result_for_llm": "out"}},
        ["out"],
        {"modifiedResult": {"resultType": "success", "textResultForLlm": "OUT"}},
    ),
    "cursor": (
        {
            "cursor_version": "2",
            "tool_name": "MCP:issues",
            "tool_input": '{"number": 7}',
            "tool_output": json.dumps({"content": PARTS}),
        },
        ["one", "two"],
        {"updated_mcp_tool_output": {"content": [{"type": "text", "text": "ONE"}, PARTS[1]]}},
    ),
}


def contains(whole, part):
    """Whether each member of a value, and of what is in it, is in another."""
    if isinstance(part, dict):
        return all(contains(whole[key], value) for key, value in part.items())
    if isinstance(part, list):
        return all(contains(a, b) for a, b in zip(whole, part, strict=False))
    return whole == part


@pytest.mark.parametrize("name", CASES)
def test_what_is_read_and_what_is_told(name):
    value, texts, told = CASES[name]
    event = event_of(value)
    assert event.agent == name.split()[0].rstrip(",")
    assert event.reason == ""
    assert list(event.texts.values()) == texts
    loud = with_texts(event.response, {place: text.upper() for place, text in event.texts.items()})
    assert contains(AGENTS[event.agent].answer(event, loud), told)


def test_all_of_the_response_but_its_texts_comes_back():
    event = event_of(claude("out", tool_response={"stdout": "out", "stderr": "", "interrupted": False, "new": [1]}))
    answer = AGENTS["claude"].answer(event, with_texts(event.response, {("stdout",): "short"}))
    whole = {"stdout": "short", "stderr": "", "interrupted": False, "new": [1]}
    assert answer["hookSpecificOutput"] == {"hookEventName": "PostToolUse", "updatedToolOutput": whole}


def test_cursor_lets_nothing_else_be_replaced():
    shell = {"cursor_version": "2", "tool_name": "Shell", "tool_output": '{"output": "x", "exitCode": 0}'}
    assert "MCP" in event_of(shell).reason
    hook_of_claude = claude(cursor_version="2", tool_name="Shell")
    assert event_of(hook_of_claude).agent == "cursor"


@pytest.mark.parametrize("name", WITHOUT)
def test_who_cannot_be_helped_is_told_why(name):
    with pytest.raises(InvalidInput, match="tamis run"):
        agent_named(name)


def test_an_unknown_agent():
    with pytest.raises(UnknownName, match="claude"):
        agent_named("clod")


class Plain:
    """An agent from outside, whose events are texts."""

    @staticmethod
    def read(value):
        return Event("plain", "Bash", {}, value["plain"], places=((),)) if "plain" in value else None

    @staticmethod
    def answer(event, response):
        return {"plain": response}


def test_an_agent_from_outside_is_one_line_of_the_table(monkeypatch):
    plain = replace(AGENTS["claude"], name="plain", read=Plain.read, answer=Plain.answer)
    monkeypatch.setitem(AGENTS, "plain", plain)
    store = open_originals(":memory:")
    answer = answered(json.dumps({"plain": LOG}).encode(), wishes_of([]), store, None)
    short = json.loads(answer.body)["plain"]
    assert "FAILED tests/test_sum.py::test_sum" in short
    assert store.get(answer.exchange.ids[0]) == LOG
    assert answer.exchange.after < answer.exchange.before / 2
    store.close()


def test_what_would_take_long_is_not_tried():
    log = "".join(f"2026-01-02 03:04:05 INFO request {n} took {n % 90} ms\n" for n in range(15_000))
    assert hopeless(log, "Bash", {"command": "make"}) == ""
    assert "characters" in hopeless(log * 2, "Bash", {"command": "make"})
    assert "model" in hopeless(json.dumps([{"id": n, "said": "a word or two"} for n in range(3_000)]), "mcp__a__b", {})
    assert "keep" in hopeless("<keep>x</keep>", "Bash", {})


NAMES = st.sampled_from(
    [
        *("hook_event_name", "tool_name", "tool_input", "tool_response", "toolResult", "tool_result", "cursor_version"),
        *(
            "tool_output",
            "textResultForLlm",
            "stdout",
            "content",
            "file",
            "text",
            "type",
            "transcript_path",
            "PostToolUse",
        ),
    ]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | NAMES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=6),
    max_leaves=20,
)


@given(st.dictionaries(NAMES, VALUES, max_size=8))
def test_any_json_is_an_event_or_none(value):
    event = event_of(value)
    if event is not None:
        assert all(at(event.response, place) == text for place, text in event.texts.items())
        json.dumps(AGENTS[event.agent].answer(event, event.response))


EXACT = {
    "cat src/app.py": True,
    "cd app && cat README.md": True,
    "cat Makefile | head -50": True,
    "sed -n '10,90p' notes.txt": True,
    "git show HEAD~2:src/app.py": True,
    "tamis restore ab12cd34 --lines 3-9": True,
    "cd x; /opt/bin/tamis run -- make": True,
    "python -m tamis store status": True,
    "cat server.log": False,
    "cat data.json": False,
    "cat /proc/meminfo": False,
    "cat src/app.py | grep import": False,
    "git log --stat": False,
    "git show HEAD": False,
    "ls -R src/tamis": False,
    "pytest -q": False,
    "head -c 'unclosed": True,
    "": False,
}


@pytest.mark.parametrize("command", EXACT)
def test_what_stays_word_for_word(command):
    assert bool(exact("Bash", {"command": command})) is EXACT[command]


OURS = ["tamis restore ab12", "'/my home/bin/tamis' restore ab12", "TAMIS_STORE=x.db tamis restore ab12"]


@pytest.mark.parametrize("command", [*OURS, "uv run tamis restore ab12", "cd x && .venv/bin/tamis restore ab12"])
def test_what_tamis_brings_back_stays(command):
    assert exact("Bash", {"command": command}, reads=True)


def test_files_that_are_read():
    assert exact("Read", {"file_path": "a.py"})
    assert not exact("Read", {"file_path": "a.py"}, reads=True)
    assert not exact("Grep", {"pattern": "x"})
    assert exact("Bash", {"command": "tamis restore ab12"}, reads=True)


def line(role, content, **more):
    return json.dumps({"type": role, "message": {"role": role, "content": content}, **more})


def test_the_last_turns(tmp_path):
    path = tmp_path / "t.jsonl"
    result = [{"type": "tool_result", "tool_use_id": "a", "content": "output"}]
    lines = [
        line("user", "Old."),
        line("user", [{"type": "text", "text": "Fix it.<system-reminder>no</system-reminder>"}]),
        line("user", "meta", isMeta=True),
        line("assistant", [{"type": "text", "text": "I look."}, {"type": "tool_use", "id": "a", "name": "Bash"}]),
        line("user", result),
        line("assistant", [{"type": "text", "text": "And again."}]),
        "torn {",
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    assert last_turns(str(path)).user == "Fix it."
    assert last_turns(str(path)).assistant == "I look.\nAnd again."
    assert results(str(path), frozenset(["a", "b"])) == {"a": "output"}


@given(st.binary(max_size=200))
def test_a_transcript_of_anything(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("t") / "t.jsonl"
    path.write_bytes(data)
    last_turns(str(path))
    results(str(path), frozenset("a"))


def test_no_transcript():
    assert last_turns("/nowhere\0").user == ""
    assert last_turns("/nowhere").user == ""


@given(st.dictionaries(NAMES, VALUES, max_size=8) | VALUES)
def test_any_json_is_answered_or_let_be(value):
    """Events of agents with anything in any member; what comes back is JSON in the agent's convention, or nothing."""
    event = value if not isinstance(value, dict) else {**claude(), **value}
    store = open_originals(":memory:")
    try:
        answer = answered(json.dumps(event).encode(), wishes_of([]), store, None)
    finally:
        store.close()
    assert answer.reason
    assert not answer.body or isinstance(json.loads(answer.body), dict)
