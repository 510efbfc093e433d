"""Questions as they are typed."""

from __future__ import annotations

from tamis.errors import InvalidInput


def checked_question(question: str) -> str:
    """Return the question.

    Raises:
        InvalidInput: it is empty, or not text.
    """
    if not question.strip():
        raise InvalidInput(f"The question {question!r} is empty.", hint="Ask something.")
    if any("\ud800" <= char <= "\udfff" for char in question):
        raise InvalidInput(f"The question {question!r} is not valid UTF-8.", hint="Check the terminal's encoding.")
    return question
