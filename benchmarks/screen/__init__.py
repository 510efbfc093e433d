"""Grounding where it counts: tasks that are done or not."""
