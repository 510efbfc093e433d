"""Talks from elsewhere as turns: ChatGPT, Claude, Slack, WhatsApp, chat message lists, JSON lines, plain text."""

from tamis.memory.importers.parsed import Parsed
from tamis.memory.importers.read import read_talk
from tamis.memory.importers.table import IMPORTERS, KINDS
from tamis.memory.importers.talk import Importer, Talk

__all__ = ["IMPORTERS", "KINDS", "Importer", "Parsed", "Talk", "read_talk"]
