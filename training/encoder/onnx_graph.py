"""The int8 ONNX graph of the encoder, written node by node with fused operators. Does not choose or fit anything.

Weights of the large matrices are int8 with one scale a column, activations are quantised as they come
(DynamicQuantizeMatMul); attention, norms and the last head layers stay float32. The layers above the tap live in an
`If` on the input `deep`: fed false, they do not run and their outputs are empty. (ONNX Runtime
does not skip them by itself when only the tap's outputs are fetched: measured.)
"""

from __future__ import annotations

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from training.encoder.model import MiniEncoder
from training.graph import CONTRIB, FULL_RANGE, OPSET, REDUCED_RANGE, Graph, State, quantise


def build(model: MiniEncoder, *, levels: int = REDUCED_RANGE) -> onnx.ModelProto:
    """The whole model: three int64 inputs (b, t) and `deep`; outputs as `config.json` lists them."""
    graph = Graph(levels)
    state = {name: value.detach().float().numpy() for name, value in model.state_dict().items()}
    hidden = _embeddings(graph, state)
    mask = graph.node("Cast", ["attention_mask"], "mask", to=TensorProto.INT32)
    for index in range(model.shape.keep_layer):
        hidden = _layer(graph, state, index, (hidden, mask), heads=model.shape.heads)
    _keep_outputs(graph, state, hidden)
    branches = {"then_branch": _deep(model, state, hidden, levels), "else_branch": _nothing(model.shape.width)}
    graph.nodes.append(helper.make_node("If", ["deep"], list(DEEP), name="above", **branches))
    return _model(graph)


DEEP = ("evidence", "answer", "vector")


def _deep(model: MiniEncoder, state: State, hidden: str, levels: int) -> onnx.GraphProto:
    """The layers above the tap with their outputs; reads `hidden` and the masks from the graph around it."""
    graph = Graph(levels)
    mask = graph.node("Cast", ["attention_mask"], "deep.mask", to=TensorProto.INT32)
    for index in range(model.shape.keep_layer, len(model.layers)):
        hidden = _layer(graph, state, index, (hidden, mask), heads=model.shape.heads)
    _answer_outputs(graph, state, hidden)
    _vector_output(graph, hidden)
    outputs = [helper.make_tensor_value_info(f"deep.{name}", TensorProto.FLOAT, None) for name in DEEP]
    return helper.make_graph(graph.nodes, "deep", [], outputs, graph.constants)


def _nothing(width: int) -> onnx.GraphProto:
    """Empty outputs."""
    graph = Graph(FULL_RANGE)
    for name in DEEP:
        empty = numpy_helper.from_array(np.zeros((0, width if name == "vector" else 0), np.float32))
        graph.nodes.append(helper.make_node("Constant", [], [f"empty.{name}"], value=empty, name=f"empty.{name}"))
    outputs = [helper.make_tensor_value_info(f"empty.{name}", TensorProto.FLOAT, None) for name in DEEP]
    return helper.make_graph(graph.nodes, "nothing", [], outputs)


def _embeddings(graph: Graph, state: State) -> str:
    codes, scale = quantise(state["words.weight"], FULL_RANGE)
    rows = graph.node("Gather", [graph.constant("words.int8", codes), "input_ids"], "words.rows")
    floats = graph.node("Cast", [rows], "words.float", to=TensorProto.FLOAT)
    table = graph.constant("words.scale", scale[:, None])
    words = graph.node("Mul", [floats, graph.node("Gather", [table, "input_ids"], "words.scales")], "words.real")
    length = graph.node("Shape", ["input_ids"], "length", start=1, end=2)
    zero = graph.constant("zero", np.array([0], np.int64))
    places = graph.node("Slice", [graph.constant("positions", state["positions.weight"]), zero, length], "places")
    types = graph.node("Gather", [graph.constant("types", state["types.weight"]), "token_type_ids"], "types.rows")
    total = graph.node("Add", [graph.node("Add", [words, types], "embedded.words"), places], "embedded")
    return _norm(graph, state, "norm", [total], "embeddings")


def _norm(graph: Graph, state: State, name: str, inputs: list[str], output: str) -> str:
    """Layer norm of one input, or of the sum of two."""
    gain, shift = (
        graph.constant(f"{name}.gain", state[f"{name}.weight"]),
        graph.constant(f"{name}.shift", state[f"{name}.bias"]),
    )
    # Not SkipLayerNormalization: that fused operator is scalar code on CPUs, four times as slow as these two.
    value = inputs[0] if len(inputs) == 1 else graph.node("Add", inputs, f"{name}.sum")
    return graph.node("LayerNormalization", [value, gain, shift], output, epsilon=1e-12, axis=-1)


def _layer(graph: Graph, state: State, index: int, inputs: tuple[str, str], *, heads: int) -> str:
    """One transformer layer on `inputs` (hidden, int32 mask)."""
    name, (hidden, mask) = f"layers.{index}", inputs
    codes, scale = quantise(state[f"{name}.qkv.weight"], graph.levels)
    names = [f"{name}.in.{part}" for part in ("int8", "scale", "zero")]
    graph.nodes.append(helper.make_node("DynamicQuantizeLinear", [hidden], names, name=names[0]))
    attended = [
        names[0],
        graph.constant(f"{name}.qkv.int8", codes.T),
        graph.constant(f"{name}.qkv.bias", state[f"{name}.qkv.bias"]),
        names[1],
        graph.constant(f"{name}.qkv.scale", scale),
        mask,
        names[2],
        graph.constant(f"{name}.qkv.zero", np.zeros(len(scale), np.int8)),
    ]
    mixed = graph.node("QAttention", attended, f"{name}.mixed", domain=CONTRIB, num_heads=heads)
    out = graph.matmul(f"{name}.out", mixed, state[f"{name}.out.weight"], state[f"{name}.out.bias"])
    hidden = _norm(graph, state, f"{name}.norm1", [out, hidden], f"{name}.middle")
    up = graph.matmul(f"{name}.up", hidden, state[f"{name}.up.weight"], None)
    bias = graph.constant(f"{name}.up.shift", state[f"{name}.up.bias"])
    inner = graph.node("BiasGelu", [up, bias], f"{name}.inner", domain=CONTRIB)
    down = graph.matmul(f"{name}.down", inner, state[f"{name}.down.weight"], state[f"{name}.down.bias"])
    return _norm(graph, state, f"{name}.norm2", [down, hidden], f"{name}.hidden")


def _head(graph: Graph, state: State, name: str, hidden: str) -> str:
    inner = graph.matmul(f"{name}.0", hidden, state[f"{name}.0.weight"], None)
    bias = graph.constant(f"{name}.0.shift", state[f"{name}.0.bias"])
    active = graph.node("BiasGelu", [inner, bias], f"{name}.active", domain=CONTRIB)
    last = graph.constant(f"{name}.2.weight", state[f"{name}.2.weight"].T)
    product = graph.node("MatMul", [active, last], f"{name}.product")
    return graph.node("Add", [product, graph.constant(f"{name}.2.bias", state[f"{name}.2.bias"])], f"{name}.logits")


def _keep_outputs(graph: Graph, state: State, hidden: str) -> None:
    chances = graph.node("Sigmoid", [_head(graph, state, "keep_head", hidden)], "chances")
    bounds = [graph.constant(f"tiers.{k}", np.array([v], np.int64)) for k, v in (("from", 0), ("to", 4), ("axis", 2))]
    graph.node("Slice", [chances, *bounds], "tiers")
    graph.node("Gather", [chances, graph.constant("salience.at", np.array(4, np.int64))], "salience", axis=2)


def _answer_outputs(graph: Graph, state: State, hidden: str) -> None:
    logits = _head(graph, state, "answer_head", hidden)
    for at, name in enumerate(("evidence", "answer")):
        place = graph.constant(f"{name}.at", np.array(at, np.int64))
        graph.node("Gather", [logits, place], f"deep.{name}", axis=2)


def _vector_output(graph: Graph, hidden: str) -> None:
    axis = graph.constant("last", np.array([2], np.int64))
    middle = graph.constant("middle", np.array([1], np.int64))
    real = graph.node("Cast", ["attention_mask"], "mask.float", to=TensorProto.FLOAT)
    weight = graph.node("Unsqueeze", [real, axis], "mask.column")
    total = graph.node("ReduceSum", [graph.node("Mul", [hidden, weight], "masked"), middle], "pooled", keepdims=0)
    length = graph.node("ReduceL2", [total], "pooled.length", axes=[1], keepdims=1)
    graph.node("Div", [total, length], "deep.vector")  # the mean's divisor cancels in the normalisation


def _model(graph: Graph) -> onnx.ModelProto:
    shapes: dict[str, list[str | int] | None] = {"tiers": ["b", "t", 4], "salience": ["b", "t"]}
    shapes |= dict.fromkeys(DEEP)  # these may be empty, so no shape is promised
    outputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in shapes.items()]
    names = ("input_ids", "attention_mask", "token_type_ids")
    inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, ["b", "t"]) for name in names]
    inputs.append(helper.make_tensor_value_info("deep", TensorProto.BOOL, []))
    proto = helper.make_graph(graph.nodes, "mini", inputs, outputs, graph.constants)
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(CONTRIB, 1)]
    return helper.make_model(proto, opset_imports=opsets, ir_version=8, producer_name="tamis.train")
