"""What an agent says after a call of a tool, whichever agent it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tamis.text.messages import Path


@dataclass(frozen=True, slots=True)
class Event:
    """The result of a call, before the model reads it.

    Attributes:
        agent: whose convention it follows.
        tool: that was called, by the agent's own name for it.
        arguments: of the call.
        response: the result in the agent's own shape.
        places: where in it the texts are that may be shortened.
        session: the conversation; "" where it is not told.
        call: the id of the call; "" where it is not told.
        transcript: a file with the conversation so far; "" where it is not told.
        reason: why the result stays as it is; "" where nothing speaks against shortening it.
    """

    agent: str
    tool: str
    arguments: Mapping[str, Any]
    response: Any
    places: tuple[Path, ...] = ()
    session: str = ""
    call: str = ""
    transcript: str = ""
    reason: str = ""

    @property
    def texts(self) -> dict[Path, str]:
        """The texts that may be shortened, by where they are."""
        return {place: text for place in self.places if isinstance(text := at(self.response, place), str)}


@dataclass(frozen=True, slots=True)
class SettingsEntry:
    """What stands in the settings of an agent for the hook.

    Attributes:
        keys: from the outermost object to the list that it is an item of.
        item: it; {command} in a text stands for the command line.
        warm: whether it starts the server at the beginning of a session.
    """

    keys: tuple[str, ...]
    item: Mapping[str, Any]
    warm: bool = False


@dataclass(frozen=True, slots=True)
class Agent:
    """A coding agent that lets a hook replace the result of a tool.

    Attributes:
        name: on the command line.
        title: of the product.
        source: the documentation that this follows.
        read: an event of this agent; None for one of another.
        answer: what the agent is told, from the event and the response in its shape.
        user, project: the settings file, in the home folder and in that of a project.
        entries: of the settings.
        fresh: what a new settings file begins with.
        takes: what of it can be replaced, for people.
    """

    name: str
    title: str
    source: str
    read: Callable[[Mapping[str, Any]], Event | None]
    answer: Callable[[Event, Any], Mapping[str, Any]]
    user: str
    project: str
    entries: tuple[SettingsEntry, ...]
    takes: str
    fresh: Mapping[str, Any] = field(default_factory=dict)


def at(value: Any, place: Path) -> Any:
    """What stands at a place of nested mappings and lists; None where there is no such place."""
    for key in place:
        fits = isinstance(value, Mapping) if isinstance(key, str) else isinstance(value, list)
        if not fits or (key not in value if isinstance(key, str) else not 0 <= key < len(value)):
            return None
        value = value[key]
    return value


def word(value: Mapping[str, Any], *names: str) -> str:
    """The first of these members that is a text; "" for none."""
    return next((value[name] for name in names if isinstance(value.get(name), str)), "")


def parts(response: Any, above: Path = ()) -> tuple[Path, ...]:
    """The places of the texts in a result of MCP: itself, or those of its text parts."""
    if isinstance(response, str):
        return (above,)
    if isinstance(response, Mapping):
        return parts(response["content"], (*above, "content")) if isinstance(response.get("content"), list) else ()
    if not isinstance(response, list):
        return ()
    texts = [n for n, part in enumerate(response) if isinstance(part, Mapping) and part.get("type") == "text"]
    return tuple((*above, n, "text") for n in texts)


def failed(response: Any) -> bool:
    """Whether a result says that the call failed, or holds what is no text."""
    if not isinstance(response, Mapping):
        return False
    return any(response.get(name) for name in ("isError", "is_error", "interrupted", "isImage", "error"))
