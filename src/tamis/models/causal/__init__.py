"""Causal language models behind one interface: per-token surprisal, with and without a condition.

Backends: `mini` (embedded, onnxruntime), `hf` (any causal LM of transformers, extra `torch`), `endpoint` (any
OpenAI-compatible server that returns the log-probabilities of a prompt). `load` opens one by name.
"""

from tamis.models.causal.load import close_causal, load_causal
from tamis.models.causal.protocol import SURPRISAL, CausalLM, Context, score_by_reading

__all__ = ["SURPRISAL", "CausalLM", "Context", "close_causal", "load_causal", "score_by_reading"]
