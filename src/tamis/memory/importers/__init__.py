"""Talks from elsewhere as turns: ChatGPT, Claude, Slack, WhatsApp, chat message lists, JSON lines, plain text."""

from tamis.memory.importers.parsed import Parsed
from tamis.memory.importers.read import KINDS, read_talk

__all__ = ["KINDS", "Parsed", "read_talk"]
