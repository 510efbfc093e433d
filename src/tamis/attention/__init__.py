"""Sparse attention for long prompts: block plans, selectors that make them, back-ends that run them. Extra `torch`."""
