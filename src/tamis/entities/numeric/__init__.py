"""Numbers, money, units, times, addresses and ids of a text, with what they mean."""

from tamis.entities.numeric.extract import numerals
from tamis.entities.numeric.languages import LANGUAGES
from tamis.entities.numeric.numeral import KINDS, MOMENTS, Numeral, TimeReading

__all__ = ["KINDS", "LANGUAGES", "MOMENTS", "Numeral", "TimeReading", "numerals"]
