"""Cursor: `postToolUse` and `updated_mcp_tool_output`, which replaces what tools of MCP give, and nothing else.

The result of a tool comes as JSON in a text; what replaces it is the object itself.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tamis.edge.hook.event import Agent, Event, SettingsEntry, failed, parts, word


def read(event: Mapping[str, Any]) -> Event | None:
    """A `postToolUse` event; also one that Cursor hands to a hook of Claude Code."""
    if "cursor_version" not in event:
        return None
    tool, arguments, response = word(event, "tool_name"), _value(event.get("tool_input")), _result(event)
    ours = tool.startswith(("MCP:", "mcp__")) and isinstance(response, Mapping)
    return Event(
        agent="cursor",
        tool=tool,
        arguments=arguments if isinstance(arguments, Mapping) else {},
        response=response,
        places=parts(response) if ours else (),
        session=word(event, "conversation_id", "session_id"),
        call=word(event, "tool_use_id"),
        transcript=word(event, "transcript_path"),
        reason=_reason(response, ours=ours),
    )


def _reason(response: Any, *, ours: bool) -> str:
    if not ours:
        return "Cursor lets hooks replace the results of tools of MCP alone"
    return "the call failed" if failed(response) else ""


def _result(event: Mapping[str, Any]) -> Any:
    return _value(event.get("tool_output", event.get("tool_response")))


def _value(text: Any) -> Any:
    """What a text of JSON says; what is none as it is."""
    if not isinstance(text, str):
        return text
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def answer(event: Event, response: Any) -> Mapping[str, Any]:
    """The replacement."""
    return {"updated_mcp_tool_output": response}


CURSOR = Agent(
    name="cursor",
    title="Cursor",
    source="https://cursor.com/docs/hooks",
    read=read,
    answer=answer,
    user=".cursor/hooks.json",
    project=".cursor/hooks.json",
    entries=(
        SettingsEntry(("hooks", "postToolUse"), {"command": "{command}", "matcher": "^MCP:", "timeout": 10}),
        SettingsEntry(("hooks", "sessionStart"), {"command": "{command}", "timeout": 10}, warm=True),
    ),
    fresh={"version": 1},
    takes="tools of MCP",
)
