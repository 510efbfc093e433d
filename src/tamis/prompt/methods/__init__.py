"""The ways to score words, and the table of them."""
