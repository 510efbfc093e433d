"""The agents, and those that cannot be helped.

Of an event the first one that knows it decides: those that imitate Claude Code's hooks, and also read its settings,
come before it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tamis.edge.hook.agents.claude import CLAUDE
from tamis.edge.hook.agents.copilot import COPILOT
from tamis.edge.hook.agents.cursor import CURSOR
from tamis.edge.hook.event import Agent, Event
from tamis.errors import InvalidInput, unknown

AGENTS: dict[str, Agent] = {agent.name: agent for agent in (CURSOR, COPILOT, CLAUDE)}

WITHOUT = {
    "codex": "Codex shows hooks the results of tools, but does not let them be replaced (openai/codex #38135)",
    "gemini": "Gemini CLI puts a hook's text in place of a result only as 'Tool result blocked', a call that failed",
    "qwen": "Qwen Code's hooks can add to the result of a tool, not replace it",
    "droid": "Factory's hooks can add to the result of a tool, not replace it",
    "opencode": "OpenCode has plugins in JavaScript in place of hooks that are commands",
    "cline": "no hook of Cline is known that replaces the result of a tool",
    "windsurf": "no hook of Windsurf is known that replaces the result of a tool",
}
"""Why others are not in the table, as their documentation was in November 2026."""


def event_of(event: Mapping[str, Any]) -> Event | None:
    """The event, as the first agent reads it that knows it; None where none does."""
    return next((known for agent in AGENTS.values() if (known := agent.read(event)) is not None), None)


def agent_named(name: str) -> Agent:
    """The agent of a name.

    Raises:
        InvalidInput: it cannot be helped; says why.
        UnknownName: there is none of that name.
    """
    if name in WITHOUT:
        hint = "`tamis run -- COMMAND` shortens what a command prints, in any agent."
        raise InvalidInput(f"{WITHOUT[name]}.", hint=hint)
    if name not in AGENTS:
        raise unknown("agent", name, AGENTS)
    return AGENTS[name]
