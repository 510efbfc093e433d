"""Entities: numerals against the cases of Recognizers-Text."""
