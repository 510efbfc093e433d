"""What is named and numbered in a text."""

from tamis.entities.numeric import KINDS, Numeral, TimeReading, numerals

__all__ = ["KINDS", "Numeral", "TimeReading", "numerals"]
