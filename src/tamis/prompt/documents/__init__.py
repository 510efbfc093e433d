"""Prompts of several parts: documents and sections, their ranking, their order, their shares of the budget."""
