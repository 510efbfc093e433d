"""Scores of lines: of logs, search results, diffs, code; by the question, and by what any reader looks for."""
