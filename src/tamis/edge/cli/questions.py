"""Questions as they are typed, and how relevant to them something has to be."""

from __future__ import annotations

import argparse

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


def add_minimum(parser: argparse._ActionsContainer, what: str) -> None:
    """`--min-relevance`."""
    parser.add_argument(
        "--min-relevance", type=float, metavar="P", help=f"leave out {what} that answer with less of a chance, 0 to 1"
    )


def checked_minimum(minimum: float | None) -> float | None:
    """Return the least relevance that was asked for.

    Raises:
        InvalidInput: it is no chance.
    """
    if minimum is not None and not 0 <= minimum <= 1:
        raise InvalidInput(f"--min-relevance is a chance, 0 to 1, got {minimum:g}.")
    return minimum
