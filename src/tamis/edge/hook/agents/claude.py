"""Claude Code: `PostToolUse` and `hookSpecificOutput.updatedToolOutput`.

What replaces a result must have the shape of the tool's own, or is dropped without a word: for Bash an object with
`stdout`, `stderr` and `interrupted`, for a tool of MCP a text or a list of parts. So the response comes back as it was,
with other texts. It reads the same events as `Agent.read` of others that imitate it, who are asked first.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tamis.edge.hook.event import Agent, Event, SettingsEntry, failed, parts, word
from tamis.text.messages import Path

_PLACES: dict[str, tuple[Path, ...]] = {
    "Bash": (("stdout",), ("stderr",)),
    "PowerShell": (("stdout",), ("stderr",)),
    "Grep": (("content",),),
    "WebFetch": (("result",),),
    "Read": (("file", "content"),),
}
_ASIDE = "persistedOutputPath"  # large output lies in a file already, and the model sees its beginning alone


def read(event: Mapping[str, Any]) -> Event | None:
    """A `PostToolUse` event."""
    if event.get("hook_event_name") != "PostToolUse" or "tool_response" not in event:
        return None
    tool, response = word(event, "tool_name"), event["tool_response"]
    arguments = event.get("tool_input")
    return Event(
        agent="claude",
        tool=tool,
        arguments=arguments if isinstance(arguments, Mapping) else {},
        response=response,
        places=parts(response) if tool.startswith("mcp__") else _PLACES.get(tool, ()),
        session=word(event, "session_id"),
        call=word(event, "tool_use_id"),
        transcript=word(event, "transcript_path"),
        reason=_reason(response),
    )


def _reason(response: Any) -> str:
    if failed(response):
        return "the call failed, was interrupted, or gave a picture"
    if isinstance(response, Mapping) and response.get(_ASIDE):
        return "Claude Code has put the output into a file already"
    if isinstance(response, Mapping) and response.get("backgroundTaskId"):
        return "the command goes on in the background"
    return ""


def answer(event: Event, response: Any) -> Mapping[str, Any]:
    """The replacement, in the shape of the tool's own result."""
    return {"hookSpecificOutput": {"hookEventName": "PostToolUse", "updatedToolOutput": response}}


_HOOK = {"type": "command", "command": "{command}", "timeout": 10}
CLAUDE = Agent(
    name="claude",
    title="Claude Code",
    source="https://code.claude.com/docs/en/hooks",
    read=read,
    answer=answer,
    user=".claude/settings.json",
    project=".claude/settings.local.json",
    entries=(
        SettingsEntry(("hooks", "PostToolUse"), {"matcher": "Bash|PowerShell|Grep|WebFetch|mcp__.*", "hooks": [_HOOK]}),
        SettingsEntry(("hooks", "SessionStart"), {"hooks": [_HOOK]}, warm=True),
    ),
    takes="Bash, Grep, WebFetch, tools of MCP (from 2.1.121 on)",
)
