"""Where memories are kept: one protocol, SQLite and PostgreSQL."""
