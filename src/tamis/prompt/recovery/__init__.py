"""The originals of what was shortened: written before the short text is handed out, byte for byte the same after.

A store is a SQLite file (`SqlOriginals`) or a plain folder (`FolderOriginals`). Ids follow from the text alone, so the
same text has the same id everywhere, and a chat that is compressed again points to the same originals.
"""

from tamis.prompt.recovery.folder import FolderOriginals
from tamis.prompt.recovery.opening import default_place, open_originals
from tamis.prompt.recovery.originals import Filing, Holdings, Originals, original_id
from tamis.prompt.recovery.sql import SqlOriginals

__all__ = [
    "Filing",
    "FolderOriginals",
    "Holdings",
    "Originals",
    "SqlOriginals",
    "default_place",
    "open_originals",
    "original_id",
]
