"""Code as a form: statements, blocks and definitions go or stay whole, and what parsed still parses."""
