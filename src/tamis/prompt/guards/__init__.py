"""What a shortened text may say wrongly: numbers, denials, names and terms of the question, beside its source."""

from tamis.prompt.guards.risk import RISKY, Finding, Risk, guard

__all__ = ["RISKY", "Finding", "Risk", "guard"]
