"""A pattern for each head, found before use: kernel-aware search (MInference, arXiv 2407.02490, section 3.2).

All candidates cost the same, in operations or in seconds of this machine; each head gets the one whose output differs
least from dense attention.

    from tamis.attention import search, sparse

    search(model, texts, share=0.2, state="search.jsonl").save("patterns.json")
    with sparse(model, "patterns.json"):
        model.generate(**prompt)
"""

from tamis.attention.pattern_search.cost import CostModel
from tamis.attention.pattern_search.measure import Losses, losses
from tamis.attention.pattern_search.run import SearchOptions, search
from tamis.attention.pattern_search.space import OBJECTIVES, Candidate, Objective, candidates
from tamis.attention.pattern_search.texts import Tokenizer, retrieval_texts
from tamis.attention.patterns.configuration import Configuration, Head

__all__ = [
    "OBJECTIVES", "Candidate", "Configuration", "CostModel", "Head", "Losses", "Objective", "SearchOptions",
    "Tokenizer", "candidates", "losses", "retrieval_texts", "search",
]  # fmt: skip
