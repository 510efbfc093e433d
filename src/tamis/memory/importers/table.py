"""The table of importers: by its name, what reads each kind of talk. A new one is a file of its own and a line here."""

from __future__ import annotations

from tamis.memory.importers.chats import CHATGPT, CLAUDE, MESSAGES
from tamis.memory.importers.plain import TRANSCRIPT, WHATSAPP
from tamis.memory.importers.slack import SLACK
from tamis.memory.importers.talk import Importer

IMPORTERS: dict[str, Importer] = {
    "chatgpt": CHATGPT,
    "claude": CLAUDE,
    "slack": SLACK,
    "whatsapp": WHATSAPP,
    "messages": MESSAGES,
    "text": TRANSCRIPT,
}
"""The first that recognises a talk reads it, so what reads almost anything comes last."""

KINDS = ("auto", *IMPORTERS)
"""What a talk may be said to be."""
