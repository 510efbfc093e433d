"""The embedded recogniser of names."""
