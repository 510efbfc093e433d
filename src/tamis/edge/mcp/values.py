"""What tools answer, as schemas: names, types and meanings of the members."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict


class ShortText(TypedDict):
    """A shortened text."""

    text: Annotated[str, Field(description="The short text, with its note.")]
    tokens: Annotated[int, Field(description="Of the short text.")]
    original_tokens: Annotated[int, Field(description="Of the text as it was.")]
    tokenizer: Annotated[str, Field(description="What counted.")]
    shortened: Annotated[bool, Field(description="False where the text is as it was; reason says why.")]
    id: Annotated[str, Field(description="Of the original, for retrieve; empty where nothing was left out.")]
    kinds: Annotated[list[str], Field(description="What kinds of text it consists of.")]
    reason: Annotated[str, Field(description="Why it is as short as it is.")]
    risk: Annotated[float | None, Field(description="0 to 1: how likely it says something else than the original.")]
    warnings: Annotated[list[str], Field(description="What to know before it is relied on.")]


class Original(TypedDict):
    """What was left out."""

    text: Annotated[str, Field(description="The lines, byte for byte.")]
    id: Annotated[str, Field(description="As it was asked for.")]
    lines: Annotated[int, Field(description="How many.")]
    tokens: Annotated[int, Field(description="How many.")]


class Remembered(TypedDict):
    """What became of what was to be remembered."""

    ids: Annotated[list[str], Field(description="Of what was stored.")]
    skipped: Annotated[list[str], Field(description="Why something was not stored.")]
    flags: Annotated[list[str], Field(description="What was noticed, such as secret-masked.")]


class RecalledPassage(TypedDict):
    """Some turns of one session."""

    text: Annotated[str, Field(description="What was said, by whom.")]
    session: Annotated[str, Field(description="The conversation.")]
    speakers: Annotated[list[str], Field(description="Who speaks.")]
    turns: Annotated[list[str], Field(description="Ids of the turns.")]
    start: Annotated[str | None, Field(description="When the first was said, in ISO 8601.")]
    score: Annotated[float, Field(description="Higher = nearer to the question.")]


class Recalled(TypedDict):
    """What was recalled."""

    text: Annotated[str, Field(description="The passages under their dates, within the budget.")]
    tokens: Annotated[int, Field(description="Of the text.")]
    relevance: Annotated[float, Field(description="0 to 1; below about 0.25 it is hardly about the question.")]
    passages: Annotated[list[RecalledPassage], Field(description="In order of time.")]
