"""The idea: units, what we think of them, a budget, and what is kept.

Vocabulary, the same everywhere in tamis:

- a *unit* is what is kept or dropped whole (a word, a sentence, a document, a key/value entry);
- its *score* says how much it matters: higher = keep;
- its *cost* is what it spends of the budget;
- its *priority* is `FREE`, `PREFERRED` (before all free ones while the budget lasts) or `PINNED` (always, or the call
  fails);
- a *mask* is True for what is kept.

Standard library and NumPy only. Knows nothing of text, tokens or models; holds nothing that no other room uses.
"""

from tamis.core.budget import AtLeast, Budget, Ratio, Total
from tamis.core.pack import packed, whole
from tamis.core.scored import FREE, PINNED, PREFERRED, Bools, Floats, Ints, Priorities, Scored, Span
from tamis.core.select import fill, limit_of, ranking, snug, top

__all__ = [
    "FREE",
    "PINNED",
    "PREFERRED",
    "AtLeast",
    "Bools",
    "Budget",
    "Floats",
    "Ints",
    "Priorities",
    "Ratio",
    "Scored",
    "Span",
    "Total",
    "fill",
    "limit_of",
    "packed",
    "ranking",
    "snug",
    "top",
    "whole",
]
