"""Names in a text, of types of one's own."""
