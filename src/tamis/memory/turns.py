"""What callers hand over as turns: `Turn`, mappings as chat APIs have them, plain text; and ids for those without."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timezone
from hashlib import blake2b
from typing import Any, TypeAlias

from tamis.errors import InvalidTurn
from tamis.memory.types import Turn
from tamis.text.messages import ROLES, known, slots

LONGEST = 4_000_000  # characters of one turn: a book has about a million
_TEXT, _SPEAKER = ("text", "content"), ("speaker", "role", "name")

TurnLike: TypeAlias = Turn | Mapping[str, Any] | str


def as_turns(values: TurnLike | Iterable[TurnLike]) -> list[Turn]:
    """The turns that these values mean, in order, their times in UTC; one alone is a list of one.

    Mappings have "text" or "content", and may have "speaker" or "role", "time" (datetime, ISO 8601, or seconds since
    1970), "session", "id". Messages as chat APIs take them mean what they say: one that only calls tools, thinks or
    shows images means no turn, one with results of tools a turn of the tool's.

    Raises:
        InvalidTurn: one that means no turn, has no text or too much; the message says which one.
    """
    if isinstance(values, (Turn, str, Mapping)):
        values = [values]
    return [_as_turn(turn, place) for place, value in enumerate(values) for turn in _said(value)]


def _said(value: TurnLike) -> Sequence[TurnLike]:
    """What a message says, by whom: a turn for each speaker of it; any other value as it is."""
    if not isinstance(value, Mapping) or not _is_message(value):
        return [value]
    said: dict[str, list[str]] = defaultdict(list)
    for slot in slots(value, 0):
        speaker = str(value["role"]) if slot.role == ROLES.get(str(value.get("role"))) else slot.role
        said[speaker].append(slot.text)
    whole = {speaker: "\n".join(texts) for speaker, texts in said.items()}
    shared = {key: value.get(key) for key in ("time", "session", "id")}
    turns = [{**shared, "speaker": speaker, "text": text} for speaker, text in whole.items() if text.strip()]
    return [turn if number == 0 else {**turn, "id": None} for number, turn in enumerate(turns)]


def _is_message(value: Mapping[str, Any]) -> bool:
    """Whether a mapping is a message whose texts are in parts, or that may have none: a call, a thought, an image."""
    if value.get("text") is not None or not known(value):
        return False
    content = value.get("content")
    if content is None:
        return "content" in value or "type" in value or bool(value.get("tool_calls"))
    return isinstance(content, list) or (isinstance(content, str) and bool(value.get("tool_calls")))


def _as_turn(value: TurnLike, place: int) -> Turn:
    try:
        turn = value if isinstance(value, Turn) else _of_text(value) if isinstance(value, str) else _of_mapping(value)
        if not turn.text.strip():
            raise InvalidTurn("It has no text.", hint="Leave it out.")
        if len(turn.text) > LONGEST:
            hint = "Store a document in parts."
            raise InvalidTurn(f"It has {len(turn.text):,} characters; {LONGEST:,} are the most.", hint=hint)
        return replace(turn, time=utc(turn.time))
    except InvalidTurn as error:
        message = str(error).removesuffix(error.hint).rstrip()
        raise InvalidTurn(f"Turn {place} ({value!r:.60}): {message}", hint=error.hint) from error


def _of_text(text: str) -> Turn:
    return Turn(text)


def _of_mapping(value: Any) -> Turn:
    if not isinstance(value, Mapping):
        raise InvalidTurn("It is no turn.", hint="Give a tamis.memory.Turn, a mapping with 'text', or text.")
    text = next((value[name] for name in _TEXT if value.get(name) is not None), None)
    if isinstance(text, list):  # content in parts, as chat APIs have it
        text = "\n".join(
            part["text"] for part in text if isinstance(part, Mapping) and isinstance(part.get("text"), str)
        )
    if text is None:
        raise InvalidTurn("It has neither 'text' nor 'content'.", hint=f"It has: {', '.join(map(str, value)) or '-'}.")
    speaker = next((value[name] for name in _SPEAKER if value.get(name)), "")
    return Turn(text, speaker, read_time(value.get("time")), _name(value.get("session")), _name(value.get("id")))


def _name(value: Any) -> Any:
    """Numbers are names, too; what else is no text is left for `Turn` to refuse."""
    if value is None:
        return ""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def read_time(value: Any) -> datetime | None:
    """A time from a datetime, ISO 8601, or seconds since 1970; None stays None.

    Raises:
        InvalidTurn: anything else.
    """
    hint = "Give a datetime, ISO 8601 such as '2023-05-08T13:56:00Z', or seconds since 1970."
    try:
        if value is None or isinstance(value, datetime):
            return value
        if isinstance(value, str):
            return datetime.fromisoformat(value.strip().replace("Z", "+00:00"))
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return datetime.fromtimestamp(value, timezone.utc)
    except (ValueError, OverflowError, OSError) as error:
        raise InvalidTurn(f"{value!r} is no time.", hint=hint) from error
    raise InvalidTurn(f"{value!r} is no time.", hint=hint)


def utc(time: datetime | None) -> datetime | None:
    """The time in UTC; one without a zone is taken for UTC.

    Raises:
        InvalidTurn: it is before or after all time there.
    """
    if time is None:
        return None
    try:
        return time.replace(tzinfo=timezone.utc) if time.tzinfo is None else time.astimezone(timezone.utc)
    except OverflowError as error:
        raise InvalidTurn(f"{time.isoformat()} is before or after all time.") from error


def with_ids(turns: Iterable[Turn], in_use: Callable[[str], bool]) -> list[Turn]:
    """The turns with an id each; a made one follows from what is said, so the same talk gets the same ids.

    in_use -- whether an id is in use
    """
    batch_ids: set[str] = set()
    complete = []
    for turn in turns:
        ident, number = turn.id or digest(turn), 2
        while not turn.id and (ident in batch_ids or in_use(ident)):
            ident, number = f"{digest(turn)}-{number}", number + 1
        batch_ids.add(ident)
        complete.append(replace(turn, id=ident))
    return complete


def digest(turn: Turn) -> str:
    """An id that follows from what is said, by whom, when, in which session."""
    time = "" if turn.time is None else turn.time.isoformat()
    identity = "\0".join((turn.session, turn.speaker, time, turn.text))
    return blake2b(identity.encode(), digest_size=8).hexdigest()
