"""Numbers in the words of other languages than English: a table each, one grammar."""

from __future__ import annotations

from tamis.entities.numeric.languages.de import GERMAN
from tamis.entities.numeric.languages.es import SPANISH
from tamis.entities.numeric.languages.fr import FRENCH
from tamis.entities.numeric.languages.table import NumberTable
from tamis.entities.numeric.languages.zh import CHINESE

LANGUAGES: dict[str, NumberTable | None] = {"en": None, "de": GERMAN, "es": SPANISH, "fr": FRENCH, "zh": CHINESE}
"""By code; English has a grammar of its own, which came first."""
