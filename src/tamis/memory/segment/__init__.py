"""Turns into topical segments that tile their session."""
