"""The idea: units, what we think of them, a budget, and what is kept.

Vocabulary, the same everywhere in tamis:

- a *unit* is what is kept or dropped whole (a word, a sentence, a document, a key/value entry);
- its *score* says how much it matters: higher = keep;
- its *cost* is what it spends of the budget;
- its *priority* is `FREE`, `PREFERRED` (before all free ones while the budget lasts) or `PINNED` (always, or the call
  fails);
- a *mask* is True for what is kept.

Standard library and NumPy only. Knows nothing of text, tokens or models.
"""

from tamis.core.budget import AtLeast, Budget, Ratio, Total
from tamis.core.combine import blend, contrast, normalise, pool
from tamis.core.scored import FREE, PINNED, PREFERRED, Bools, Floats, Ints, Kept, Priorities, Scored, Span
from tamis.core.select import Cost, Selector, disjoint, fill, limit_of, per_group, ranking, runs, snug, top

__all__ = [
    "FREE",
    "PINNED",
    "PREFERRED",
    "AtLeast",
    "Bools",
    "Budget",
    "Cost",
    "Floats",
    "Ints",
    "Kept",
    "Priorities",
    "Ratio",
    "Scored",
    "Selector",
    "Span",
    "Total",
    "blend",
    "contrast",
    "disjoint",
    "fill",
    "limit_of",
    "normalise",
    "per_group",
    "pool",
    "ranking",
    "runs",
    "snug",
    "top",
]
