"""Prompt compression: speed, size, invariants, answers kept, the `llmlingua` package."""
