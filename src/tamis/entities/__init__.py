"""What is named and numbered in a text."""

from tamis.entities.numeric import KINDS, Numeral, TimeReading, numerals
from tamis.entities.redaction import PRIVATE, Redaction, RedactionTable, Restorer, redact, restore

__all__ = [
    "KINDS",
    "PRIVATE",
    "Numeral",
    "Redaction",
    "RedactionTable",
    "Restorer",
    "TimeReading",
    "numerals",
    "redact",
    "restore",
]
