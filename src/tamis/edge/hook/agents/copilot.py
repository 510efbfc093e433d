"""GitHub Copilot CLI and its cloud agent: `postToolUse` and `modifiedResult`.

Events come in two spellings: `toolResult.textResultForLlm`, or `tool_result.text_result_for_llm` for hooks that are
named as in VS Code (also those that it reads from the settings of Claude Code). The answer has one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tamis.edge.hook.event import Agent, Event, SettingsEntry, word

_TEXTS = ("textResultForLlm", "text_result_for_llm")
_TYPES = ("resultType", "result_type")


def read(event: Mapping[str, Any]) -> Event | None:
    """A `postToolUse` event, in either spelling."""
    result = event.get("toolResult", event.get("tool_result"))
    if not isinstance(result, Mapping) or not any(name in result for name in _TEXTS):
        return None
    arguments = event.get("toolArgs", event.get("tool_input"))
    return Event(
        agent="copilot",
        tool=word(event, "toolName", "tool_name"),
        arguments=_object(arguments),
        response=result,
        places=tuple((name,) for name in _TEXTS if name in result),
        session=word(event, "sessionId", "session_id"),
        reason="" if word(result, *_TYPES) in ("success", "") else "the call failed",
    )


def _object(arguments: Any) -> Mapping[str, Any]:
    """Arguments, which also come as JSON in a text."""
    if isinstance(arguments, str):
        try:
            arguments = json.loads(arguments)
        except (ValueError, RecursionError):
            return {}
    return arguments if isinstance(arguments, Mapping) else {}


def answer(event: Event, response: Any) -> Mapping[str, Any]:
    """The replacement."""
    return {"modifiedResult": {"resultType": "success", "textResultForLlm": word(response, *_TEXTS)}}


COPILOT = Agent(
    name="copilot",
    title="GitHub Copilot CLI",
    source="https://docs.github.com/en/copilot/reference/hooks-reference",
    read=read,
    answer=answer,
    user=".copilot/hooks/tamis.json",
    project=".github/hooks/tamis.json",
    entries=(
        SettingsEntry(("hooks", "postToolUse"), {"type": "command", "command": "{command}", "timeoutSec": 10}),
        SettingsEntry(
            ("hooks", "sessionStart"), {"type": "command", "command": "{command}", "timeoutSec": 10}, warm=True
        ),
    ),
    fresh={"version": 1},
    takes="all tools; files that are viewed stay whole",
)
