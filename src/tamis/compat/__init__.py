"""For users of the `llmlingua` package: its calls, and on request its arithmetic, faults included.

    prompt_of                       documents, cut and joined as the package does it
    segment_ratios, tagged_ratios   how much of each segment it wants to keep
    replay                          which tokens it keeps

What tamis does otherwise by default, and why, is told in docs/reference.md. No code of the package is in here.
"""

from tamis.compat.ratios import Ratios, Tagged, segment_ratios, tagged_ratios
from tamis.compat.token_replay import PackagePrompt, ReplayRule, prompt_of, replay

__all__ = ["PackagePrompt", "Ratios", "ReplayRule", "Tagged", "prompt_of", "replay", "segment_ratios", "tagged_ratios"]
