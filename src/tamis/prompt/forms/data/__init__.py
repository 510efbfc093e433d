"""Structured data: JSON, JSON Lines, CSV, YAML, XML, cut so that whatever is deleted leaves a valid document."""
