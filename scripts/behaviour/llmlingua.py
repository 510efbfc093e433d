"""For those who come from llmlingua: PromptCompressor, its steps and what it refuses."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from .inputs import BURN, DOCUMENTS, ENGLISH
from .outcomes import Calls
from .places import renamed, resolve

MAKERS: dict[str, dict[str, Any]] = {
    "lm": {},
    "two": {"use_llmlingua2": True},
    "replayed": {"reference_compat": True},
}
CALLS: dict[str, dict[str, Any]] = {
    "rate": {"rate": 0.5}, "target": {"target_token": 40}, "question": {"question": BURN, "instruction": "Answer."},
    "long": {"question": BURN, "rank_method": "longllmlingua", "condition_compare": True, "reorder_context": "sort",
             "dynamic_context_compression_ratio": 0.3},
    "number": {"force_context_number": 2, "question": BURN}, "ids": {"force_context_ids": [1], "rate": 0.4},
    "sentences": {"use_sentence_level_filter": True, "keep_first_sentence": 1, "rate": 0.5},
    "documents": {"use_token_level_filter": False, "rate": 0.6}, "budget": {"context_budget": "*1.3", "rate": 0.4},
    "force": {"force_tokens": ["\n", "mill"], "force_reserve_digit": True, "rate": 0.4},
    "labels": {"return_word_label": True, "rate": 0.5}, "bm25": {"rank_method": "bm25", "question": BURN},
    "eval": {"context_budget": "__import__('os')"}, "ratio": {"ratio": 0.5}, "ranker": {"rank_method": "best"},
    "order": {"reorder_context": "up"},
}  # fmt: skip
NOT_REPLAYED = ("sentences", "bm25", "labels", "force")
TAGGED = "<llmlingua, compress=False>Speaker:</llmlingua><llmlingua, rate=0.4> It rained all day in May.</llmlingua>"
CONSTRUCTED: dict[str, dict[str, Any]] = {
    "device": {"device_map": 7},
    "code": {"model_config": {"trust_remote_code": True}},
    "s": {"use_slingua": True},
    "both": {"reference_compat": True, "use_llmlingua2": True},
    "key": {"open_api_config": {"k": "v"}},
}


def compressing_prompts(_: Path) -> Calls:
    """PromptCompressor."""
    make = resolve("PromptCompressor")
    for label, settings in MAKERS.items():
        yield from _prompts(label, make(**settings))
    compressor = make()
    yield from _steps(compressor)
    yield from _budgets(compressor)
    yield from _replays()
    for label, settings in CONSTRUCTED.items():
        yield f"made/{label}", partial(_constructed, **settings)


def _constructed(**settings: Any) -> str:
    return type(resolve("PromptCompressor")(**settings)).__name__


def _prompts(label: str, compressor: Any) -> Calls:
    for name, settings in CALLS.items():
        if label == "replayed" and name in NOT_REPLAYED:
            continue
        yield f"{label}/{name}", partial(compressor.compress_prompt, [*DOCUMENTS[:3]], **settings)
    yield f"{label}/tags", lambda: compressor.structured_compress_prompt([TAGGED])
    table = {"a": ENGLISH[:200], "b": [1, "two words here"]}
    yield f"{label}/json", lambda: compressor.compress_json(table, rate=0.5)
    yield f"{label}/empty", partial(compressor.compress_prompt, [])


def _steps(compressor: Any) -> Calls:
    text, documents = DOCUMENTS[0], list(DOCUMENTS)
    yield "steps/ppl", partial(compressor.get_ppl, text)
    yield "steps/tokens", partial(compressor.get_ppl, text, granularity="token")
    for condition in ("none", "before", "after"):
        yield f"steps/condition/{condition}", partial(compressor.get_condition_ppl, text, BURN, condition)
    yield "steps/length", partial(compressor.get_token_length, text)
    yield "steps/prefix", partial(compressor.get_prefix_length, text[:20], text)
    for method in ("longllmlingua", "bm25", "gzip"):
        yield f"steps/ranks/{method}", partial(compressor.get_rank_results, documents, BURN, method, "none")


def _budgets(compressor: Any) -> Calls:
    documents = list(DOCUMENTS)
    lengths = [compressor.get_token_length(text) for text in documents]
    answer = ("captain cancel crossing", "The captain cancel crossing.")
    yield "steps/context", partial(compressor.control_context_budget, documents, lengths, 50, question=BURN)
    yield "steps/sentences", partial(compressor.control_sentence_budget, documents, 40, question=BURN)
    yield "steps/ratios", partial(compressor.get_dynamic_compression_ratio, documents, 60, 20, None)
    yield "steps/recover", partial(compressor.recover, DOCUMENTS[3], *answer)
    yield "steps/left out", lambda: compressor.token_segment


def _replays() -> Calls:
    compat = resolve("tamis.compat")
    yield "ratios", lambda: compat.segment_ratios([250, 90], 126.5, size=100, offsets=[0.1, -0.1])
    yield "ratios/wrong", lambda: compat.segment_ratios([250], 10, offsets=[0, 0])
    yield "replay", lambda: _replayed(compat)


def _replayed(compat: Any) -> Any:
    model = resolve("load_causal")("mini-lm")
    prompt = compat.prompt_of(model, list(DOCUMENTS), question=BURN)
    ratios = compat.segment_ratios(prompt.lengths, 60, size=40)
    rule = renamed(compat, "ReplayRule", "Rule")(size=40, prefix=prompt.prefix)
    mask = compat.replay(model, prompt.ids, ratios, rule=rule)
    return prompt.rendered(mask), prompt.prefix, mask
