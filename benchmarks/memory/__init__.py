"""Memories: evidence recalled, speed, kills."""
