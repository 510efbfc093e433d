"""Whether a text attacks the model that reads it, and what it wants once its wrapping is taken off."""

from tamis.guard.guard import Guard
from tamis.guard.reading import TextReading, readings
from tamis.guard.training import GuardExample, GuardSettings
from tamis.guard.verdict import AttackSpan, MessageVerdict, Verdict, describe_intent

__all__ = [
    "AttackSpan",
    "Guard",
    "GuardExample",
    "GuardSettings",
    "MessageVerdict",
    "TextReading",
    "Verdict",
    "describe_intent",
    "readings",
]
