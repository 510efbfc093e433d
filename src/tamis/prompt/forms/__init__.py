"""Forms of text: what is a unit in it, how the units that stay become a text again, and whether that is well-formed."""
