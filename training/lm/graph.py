"""The ONNX graph of `mini-lm`, written node by node: a Llama with layers of 4 bits and embeddings of 8.

The embedding is the output as well. Activations stay floats: rounded to bytes, a difference in the last digit grows
from layer to layer, and what is said of a token would depend on how a text is handed over (measured: by up to 0.36
nats). Keys enter and leave before their rotation: positions are counted anew in each call, over [past | new], so a
caller may take entries out of the middle.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper

from training.graph import CONTRIB, FULL_RANGE, OPSET, Graph, State, quantise
from training.lm.calibrate import Seen
from training.lm.fourbit import BLOCK, four_bits

FLOATS = 32  # bits of a graph that is not quantised
EXACT = 0  # accuracy level of MatMulNBits: activations stay floats; as bytes (4) they said other things token by token
INPUTS = ("ids", "targets", "keys", "values")
OUTPUTS = ("surprisal", "new_keys", "new_values")


@dataclass(frozen=True)
class Shape:
    """What of a `LlamaConfig` the graph depends on."""

    layers: int
    heads: int
    kv_heads: int
    size: int
    theta: float
    eps: float

    @staticmethod
    def of(config: Any) -> Shape:
        """Of a `LlamaConfig` with plain rotary positions."""
        return Shape(
            layers=config.num_hidden_layers,
            heads=config.num_attention_heads,
            kv_heads=config.num_key_value_heads,
            size=config.hidden_size // config.num_attention_heads,
            theta=float(config.rope_parameters["rope_theta"]),
            eps=float(config.rms_norm_eps),
        )


def build(model: Any, *, bits: int = 4, seen: Seen | None = None) -> onnx.ModelProto:
    """The graph of a `LlamaForCausalLM` with tied embeddings.

    Inputs: `ids` (n,) and `targets` (t,), the tokens that follow the last t of them, t may be 0; `keys` and `values`
    (layers, kv heads, p, size) of what was read before, p may be 0. Outputs: `surprisal` (t,) of the targets in nats;
    `new_keys` and `new_values` (layers, kv heads, n, size).

    bits -- 4, or 32 for the same graph in float32
    seen -- what the model's products met on real text; without it, weights are rounded to the nearest
    """
    if bits not in (4, FLOATS):
        raise ValueError(f"bits must be 4 or {FLOATS}, got {bits}")
    if not model.config.tie_word_embeddings:
        raise ValueError("the embeddings must be tied")
    state = {name: value.detach().float().numpy() for name, value in model.state_dict().items()}
    llama = _Llama(Graph(FULL_RANGE), state, Shape.of(model.config), bits, seen)
    llama.write()
    return _model(llama.graph, llama.shape)


@dataclass
class _Llama:
    """The graph under construction; methods return the names of what they add."""

    graph: Graph
    state: State
    shape: Shape
    bits: int
    seen: Seen | None

    def write(self) -> None:
        """All nodes."""
        self._constants()
        self._positions()
        hidden, keys, values = self.graph.node("Gather", [self._words(), "ids"], "embedded"), [], []
        for index in range(self.shape.layers):
            hidden, key, value = self._layer(index, hidden)
            keys.append(key)
            values.append(value)
        self.graph.node("Concat", keys, "new_keys", axis=0)
        self.graph.node("Concat", values, "new_values", axis=0)
        self._surprisal(self._norm("model.norm.weight", hidden))

    def _constants(self) -> None:
        """Small numbers that many nodes share."""
        add, shape = self.graph.constant, self.shape
        for value in (0, 1):
            add(str(value), np.array([value]))
        add("zero", np.array(0))
        add("one", np.array(1))
        add("by head", np.array([0, shape.heads, shape.size]))
        add("by kv head", np.array([0, shape.kv_heads, shape.size]))
        add("joined heads", np.array([0, shape.heads * shape.size]))
        add("rows of kv heads", np.array([shape.kv_heads, -1, shape.size]))
        add("parts", np.array([shape.heads, shape.kv_heads, shape.kv_heads]) * shape.size)

    def _positions(self) -> None:
        """How many tokens there are; `cos`, `sin` (p + n, size / 2), and `mask` (n, p + n), -inf ahead of a token."""
        node, shape = self.graph.node, self.shape
        past = node("Squeeze", [node("Shape", ["keys"], "p.list", start=2, end=3)], "p")
        node("Shape", ["ids"], "n.list", start=0, end=1)
        count = node("Squeeze", ["n.list"], "n")
        whole = node("Add", [past, count], "whole")
        places = node("Range", ["zero", whole, "one"], "places")
        mine = node("Range", [past, whole, "one"], "mine")
        node("Unsqueeze", [places, "0"], "places.row")
        node("Unsqueeze", [mine, "0"], "mine.row")
        ahead = node("Greater", ["places.row", node("Unsqueeze", [mine, "1"], "mine.column")], "ahead")
        never = self.graph.constant("never", np.array(-np.inf, np.float32))
        node("Where", [ahead, never, self.graph.constant("always", np.array(0.0, np.float32))], "mask")
        rates = shape.theta ** -(np.arange(0, shape.size, 2) / shape.size)
        column = node("Unsqueeze", [node("Cast", [places], "places.float", to=TensorProto.FLOAT), "1"], "places.column")
        angles = node("Mul", [column, self.graph.constant("rates", rates.astype(np.float32)[None])], "angles")
        node("Cos", [angles], "cos")
        node("Sin", [angles], "sin")

    def _words(self) -> str:
        """(vocabulary, d) the embedding, which is the output as well; bytes are made floats when the file is opened."""
        node, add, weight = self.graph.node, self.graph.constant, self.state["model.embed_tokens.weight"]
        if self.bits == FLOATS:
            return add("words", weight)
        codes, scale = quantise(weight, FULL_RANGE)
        floats = node("Cast", [add("words.codes", codes)], "words.floats", to=TensorProto.FLOAT)
        return node("Mul", [floats, add("words.scale", scale[:, None])], "words")

    def _layer(self, index: int, hidden: str) -> tuple[str, str, str]:
        """The hidden state (n, d) behind a layer, and its new keys and values (1, kv heads, n, size)."""
        name, node = f"model.layers.{index}", self.graph.node
        normed = self._norm(f"{name}.input_layernorm.weight", hidden)
        mixed, key, value = self._attention(index, normed)
        out = self._linear(f"{name}.o", mixed, self.state[f"{name}.self_attn.o_proj.weight"])
        middle = node("Add", [hidden, out], f"{name}.middle")
        normed = self._norm(f"{name}.post_attention_layernorm.weight", middle)
        both = np.concatenate([self.state[f"{name}.mlp.{part}_proj.weight"] for part in ("gate", "up")])
        parts = [f"{name}.gate", f"{name}.up"]
        widths = self.graph.constant(f"{name}.widths", np.array([len(both) // 2] * 2))
        wide = self._linear(f"{name}.wide", normed, both)
        self.graph.nodes.append(helper.make_node("Split", [wide, widths], parts, name=f"{name}.split", axis=1))
        active = node("QuickGelu", [parts[0]], f"{name}.active", domain=CONTRIB, alpha=1.0)
        inner = node("Mul", [active, parts[1]], f"{name}.inner")
        down = self._linear(f"{name}.down", inner, self.state[f"{name}.mlp.down_proj.weight"])
        return node("Add", [middle, down], f"{name}.hidden"), key, value

    def _attention(self, index: int, hidden: str) -> tuple[str, str, str]:
        """What the heads gather (n, d), and the new keys and values (1, kv heads, n, size)."""
        name, node = f"model.layers.{index}", self.graph.node
        weights = [self.state[f"{name}.self_attn.{part}_proj.weight"] for part in "qkv"]
        weights[0] = weights[0] * np.float32(self.shape.size**-0.5)
        wide = self._linear(f"{name}.qkv", hidden, np.concatenate(weights))
        parts = [f"{name}.{part}" for part in "qkv"]
        self.graph.nodes.append(helper.make_node("Split", [wide, "parts"], parts, name=f"{name}.parts", axis=1))
        queries, key, value = (self._by_head(part, "by head" if part[-1] == "q" else "by kv head") for part in parts)
        keys, values = (
            node("Concat", [self._past(index, kind), new], f"{name}.all {kind}", axis=2)
            for kind, new in (("keys", key), ("values", value))
        )
        turned = self._rotated(queries, "mine.row")
        rows = node("Reshape", [node("Squeeze", [turned, "0"], f"{name}.q3"), "rows of kv heads"], f"{name}.q rows")
        across = node("Transpose", [self._rotated(keys, "places.row")], f"{name}.across", perm=[0, 1, 3, 2])
        product = node("MatMul", [rows, node("Squeeze", [across, "0"], f"{name}.across3")], f"{name}.product")
        shares = self._shares(name, product)
        mixed = node("MatMul", [shares, node("Squeeze", [values, "0"], f"{name}.values3")], f"{name}.mixed")
        heads = self.graph.constant(f"{name}.heads", np.array([self.shape.heads, -1, self.shape.size]))
        apart = node("Reshape", [mixed, heads], f"{name}.apart")
        beside = node("Transpose", [apart], f"{name}.beside", perm=[1, 0, 2])
        return node("Reshape", [beside, "joined heads"], f"{name}.mixed rows"), key, value

    def _shares(self, name: str, product: str) -> str:
        """Softmax over the tokens before; (kv heads, heads of one * n, p + n) like the product."""
        node = self.graph.node
        node("Shape", [product], f"{name}.square")
        apart = self.graph.constant(f"{name}.heads first", np.array([self.shape.heads]))
        size = node("Concat", [apart, "n.list", node("Shape", ["mask"], f"{name}.w", start=1)], f"{name}.cube", axis=0)
        cube = node("Add", [node("Reshape", [product, size], f"{name}.scores"), "mask"], f"{name}.masked")
        return node("Reshape", [node("Softmax", [cube], f"{name}.soft", axis=-1), f"{name}.square"], f"{name}.shares")

    def _by_head(self, part: str, shape: str) -> str:
        """(1, h, n, size)."""
        heads = self.graph.node("Reshape", [part, shape], f"{part}.heads")
        return self.graph.node(
            "Unsqueeze",
            [self.graph.node("Transpose", [heads], f"{part}.first", perm=[1, 0, 2]), "0"],
            f"{part}.batch",
        )

    def _past(self, index: int, kind: str) -> str:
        at = self.graph.constant(f"{kind}.{index}.at", np.array([index]))
        return self.graph.node("Gather", [kind, at], f"{kind}.{index}", axis=0)

    def _rotated(self, vectors: str, places: str) -> str:
        return self.graph.node("RotaryEmbedding", [vectors, places, "cos", "sin"], f"{vectors}.turned", domain=CONTRIB)

    def _norm(self, name: str, hidden: str) -> str:
        scale = self.graph.constant(name, self.state[name])
        options: dict[str, Any] = {"axis": -1, "epsilon": self.shape.eps, "stash_type": 1}
        return self.graph.node("SimplifiedLayerNormalization", [hidden, scale], f"{name}.normed", **options)

    def _linear(self, name: str, hidden: str, weight: Any) -> str:
        """`hidden @ weight.T`, weight as torch keeps it, (out, in)."""
        if self.bits == FLOATS:
            return self.graph.node("MatMul", [hidden, self.graph.constant(f"{name}.weight", weight.T)], f"{name}.out")
        matrix = four_bits(weight, self.seen.together[name] if self.seen else None)
        codes = self.graph.constant(f"{name}.codes", matrix.packed())
        half = self.graph.constant(f"{name}.half", matrix.scales.reshape(-1))
        scales = self.graph.node("Cast", [half], f"{name}.scales", to=TensorProto.FLOAT)
        options = {"K": weight.shape[1], "N": len(weight), "bits": 4, "block_size": BLOCK, "accuracy_level": EXACT}
        return self.graph.node("MatMulNBits", [hidden, codes, scales], f"{name}.out", domain=CONTRIB, **options)

    def _surprisal(self, hidden: str) -> None:
        """-log softmax at the targets; with fewer targets than tokens, those of the last tokens."""
        node = self.graph.node
        behind = node("Sub", ["n.list", node("Shape", ["targets"], "t.list", start=0, end=1)], "unasked.list")
        rows = node("Slice", [hidden, behind, "n.list", "0"], "asked")
        logits = node("MatMul", [rows, node("Transpose", ["words"], "words.across", perm=[1, 0])], "logits")
        chances = node("LogSoftmax", [logits], "chances", axis=-1)
        wanted = node("Unsqueeze", ["targets", "1"], "targets.column")
        log_probs = node("Squeeze", [node("GatherElements", [chances, wanted], "said.column", axis=1), "1"], "said")
        node("Neg", [log_probs], "surprisal")


def _model(graph: Graph, shape: Shape) -> onnx.ModelProto:
    def info(name: str, kind: int, size: list[str | int]) -> onnx.ValueInfoProto:
        return helper.make_tensor_value_info(name, kind, size)

    def cache(name: str, count: str) -> onnx.ValueInfoProto:
        return info(name, TensorProto.FLOAT, [shape.layers, shape.kv_heads, count, shape.size])

    inputs = [info(name, TensorProto.INT64, [size]) for name, size in zip(INPUTS[:2], ("n", "t"), strict=True)]
    inputs += [cache(name, "p") for name in INPUTS[2:]]
    outputs = [info("surprisal", TensorProto.FLOAT, ["t"]), *(cache(name, "n") for name in OUTPUTS[1:])]
    proto = helper.make_graph(graph.nodes, "mini-lm", inputs, outputs, graph.constants)
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(CONTRIB, 1)]
    return helper.make_model(proto, opset_imports=opsets, ir_version=8, producer_name="tamis.train")
