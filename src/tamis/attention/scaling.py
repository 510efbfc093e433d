"""What a long context costs a decoder-only transformer, on paper: memory and operations, from the model's shape.

Counts multiplications and additions of matrix products (2 for each pair of numbers) and bytes of what is held. Norms,
activations, rotary embeddings and softmax are left out, as are the buffers of a back-end. Models with experts, latent
attention, recurrent layers or windows are not of this shape.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tamis.attention.geometry import BLOCK
from tamis.errors import InvalidInput, UnsupportedModel
from tamis.models.transformers.shape import AttentionShape, text_config

BYTE = 8
GIB, TERA = 2**30, 1e12
FAMILIES = ("llama", "mistral", "qwen2", "qwen3")  # whose configurations `ModelShape.of` reads
UNCOUNTED = ("sliding_window", "attention_bias", "mlp_bias")  # settings that add or take away what is not counted


@dataclass(frozen=True, slots=True)
class ModelShape:
    """The sizes of a decoder-only transformer with gated feed-forward layers.

    Attributes:
        layers: of attention and feed-forward.
        hidden: numbers of a hidden state.
        heads, kv_heads: of queries; of keys and values.
        head_size: numbers of a head.
        inner: numbers between the matrices of a feed-forward layer.
        vocabulary: tokens.
        tied: embeddings and output share one matrix.
        biased: queries, keys and values have biases.
        normed: queries and keys go through norms of their own.
        reach: positions that the model was made for; 0 = not known.
    """

    layers: int
    hidden: int
    heads: int
    kv_heads: int
    head_size: int
    inner: int
    vocabulary: int
    tied: bool = False
    biased: bool = False
    normed: bool = False
    reach: int = 0

    @classmethod
    def of(cls, config: Any) -> ModelShape:
        """The shape that a configuration of transformers says.

        Raises:
            UnsupportedModel: of another family, or with settings that change the counts.
        """
        text = text_config(config)
        odd = [name for name in UNCOUNTED if getattr(text, name, None)]
        if text.model_type not in FAMILIES or odd:
            raise UnsupportedModel(
                f"A configuration of {text.model_type!r} with {', '.join(odd) or 'other parts'}.",
                hint=f"Known are {', '.join(FAMILIES)}; give the sizes of a model that is like them yourself.",
            )
        attention = AttentionShape.of(text)
        return cls(
            layers=attention.layers,
            hidden=text.hidden_size,
            heads=attention.heads,
            kv_heads=attention.kv_heads,
            head_size=attention.head_size,
            inner=text.intermediate_size,
            vocabulary=text.vocab_size,
            tied=bool(text.tie_word_embeddings),
            biased=text.model_type == "qwen2",
            normed=text.model_type == "qwen3",
            reach=text.max_position_embeddings,
        )

    # --- bytes ----------------------------------------------------------------------------------------------------

    @property
    def parameters(self) -> int:
        """Weights in all, biases and norms included."""
        biases = (self.heads + 2 * self.kv_heads) * self.head_size if self.biased else 0
        norms = 2 * self.hidden + (2 * self.head_size if self.normed else 0)
        tables = self.vocabulary * self.hidden * (1 if self.tied else 2)
        return self.layers * (self._matrices + biases + norms) + self.hidden + tables

    def weight_bytes(self, *, bits: float = 16) -> int:
        """Of all weights."""
        return round(self.parameters * bits / BYTE)

    def kv_bytes(self, tokens: int, *, bits: float = 16, kept: float = 1.0) -> int:
        """Of keys and values in the cache, of one text; kept: share of the entries that a policy keeps."""
        entries = self.layers * self.kv_heads * math.ceil(tokens * kept)
        return round(2 * entries * self.head_size * bits / BYTE)

    def plan_bytes(self, tokens: int, density: float = 1.0, *, lists: int | None = None, block: int = BLOCK) -> int:
        """Of one layer's block plan for a prompt; lists of their own for each key/value head if not said otherwise.

        4 bytes for each listed block and for where each row begins. A plan lives while its layer is computed.
        """
        rows, own = math.ceil(tokens / block), self.kv_heads if lists is None else lists
        blocks = round(density * rows * (rows + 1) // 2)
        return 4 * (own * blocks + own * rows + 1)

    # --- operations -----------------------------------------------------------------------------------------------

    def linear_flops(self, tokens: int) -> int:
        """Of all matrices that each token goes through, but the output."""
        return 2 * tokens * self.layers * self._matrices

    def logits_flops(self, tokens: int = 1) -> int:
        """Of the output, for so many tokens; a prompt needs it for its last one only."""
        return 2 * tokens * self.hidden * self.vocabulary

    def attention_flops(self, queries: int, keys: int, density: float = 1.0, *, causal: bool = True) -> int:
        """Of both matrix products of attention, all layers; the queries are the last of the keys.

        density: share of the pairs that dense causal attention sees; causal=False counts pairs of later keys too, as
        back-ends do that compute them and throw them away.
        """
        pairs = queries * keys - (queries * (queries - 1) // 2 if causal else 0)
        return round(4 * self.layers * self.heads * self.head_size * pairs * density)

    def prefill_flops(self, tokens: int, density: float = 1.0) -> int:
        """To read a prompt, up to the logits of its last token."""
        return self.linear_flops(tokens) + self.attention_flops(tokens, tokens, density) + self.logits_flops()

    def decode_flops(self, tokens: int, kept: float = 1.0) -> int:
        """Of one more token behind so many; kept: share of the cache that it looks at."""
        return self.linear_flops(1) + self.attention_flops(1, math.ceil(tokens * kept) + 1) + self.logits_flops()

    def decode_bytes(self, tokens: int, *, bits: float = 16, kv_bits: float = 16, kept: float = 1.0) -> int:
        """Read from memory for one more token: weights (of the input table one row) and cache."""
        table = 0 if self.tied else (self.vocabulary - 1) * self.hidden
        return round((self.parameters - table) * bits / BYTE) + self.kv_bytes(tokens, bits=kv_bits, kept=kept)

    def attention_share(self, tokens: int, density: float = 1.0) -> float:
        """Of the operations of a prefill, those of attention."""
        return self.attention_flops(tokens, tokens, density) / self.prefill_flops(tokens, density)

    @property
    def _matrices(self) -> int:
        """Weights of the matrices of a layer."""
        attention = self.hidden * self.head_size * (2 * self.heads + 2 * self.kv_heads)
        return attention + 3 * self.hidden * self.inner


SHAPES: Mapping[str, ModelShape] = {  # as their published configurations say
    "Qwen2.5-0.5B": ModelShape(24, 896, 14, 2, 64, 4_864, 151_936, tied=True, biased=True, reach=32_768),
    "Llama-3.1-8B": ModelShape(32, 4_096, 32, 8, 128, 14_336, 128_256, reach=131_072),
}

COLUMNS: Mapping[str, Callable[[ModelShape, int, float], str]] = {
    "KV cache, GiB": lambda shape, tokens, _: f"{shape.kv_bytes(tokens) / GIB:.2f}",
    "linear, TFLOP": lambda shape, tokens, _: f"{shape.linear_flops(tokens) / TERA:,.1f}",
    "attention, TFLOP": lambda shape, tokens, _: f"{shape.attention_flops(tokens, tokens) / TERA:,.1f}",
    "its share": lambda shape, tokens, _: f"{shape.attention_share(tokens):.0%}",
    "prefill, sparse/dense": lambda shape, tokens, density: (
        f"{shape.prefill_flops(tokens, density) / shape.prefill_flops(tokens):.2f}"
    ),
    "plan, MiB": lambda shape, tokens, density: f"{shape.plan_bytes(tokens, density) / 2**20:.2f}",
    "decode, GFLOP": lambda shape, tokens, _: f"{shape.decode_flops(tokens) / 1e9:,.1f}",
    "decode, GiB read": lambda shape, tokens, _: f"{shape.decode_bytes(tokens) / GIB:.1f}",
}


def table(shape: ModelShape, lengths: Sequence[int] = (8_192, 32_768, 131_072, 1_048_576), density: float = 0.1) -> str:
    """A table in Markdown, one line a length; `density` is that of the sparse prefill and its plan.

    Raises:
        InvalidInput: a length or density that is none.
    """
    if not all(length >= 1 for length in lengths) or not 0 < density <= 1:
        raise InvalidInput(f"Lengths {list(lengths)!r}, density {density!r}.", hint="1 or more; above 0, at most 1.")
    head = ["tokens", *COLUMNS]
    rows = [[f"{length:,}", *(cell(shape, length, density) for cell in COLUMNS.values())] for length in lengths]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (head, ["--:"] * len(head), *rows))
