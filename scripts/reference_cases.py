"""What the `llmlingua` package is asked for the golden files. Texts are our own, or slices of examples/meeting.txt."""

from __future__ import annotations

from pathlib import Path
from typing import Any

MEETING = (Path(__file__).resolve().parents[1] / "examples" / "meeting.txt").read_text(encoding="utf-8")
SLICES = {  # name -> characters of the meeting; about 3.2 a token
    "short": (3000, 3380),
    "call": (3000, 3900),
    "middle": (4000, 6900),
    "long": (3000, 9200),
}
DOCUMENTS = {
    "ferry": "The harbour ferry runs every twenty minutes from the old customs house to the island. In winter, when "
    "the north wind rises above force eight, the captain may cancel the crossing without notice. Tickets bought that "
    "day stay valid for a week.",
    "archive": "The city archive keeps ship manifests from 1871 onwards. Readers order up to five boxes a day; they "
    "arrive within an hour. Photography is allowed, flash is not. The oldest manifests were copied by hand in "
    "1923, after a fire had damaged the originals.",
    "client": "Geth and Parity are two clients of the network. After the last fork, Geth reorganised 3 blocks, while "
    "Parity stopped for 40 minutes. The team said that a cap on the length of a reorg would not have helped.",
    "gas": "EIP-2046 lowers the gas cost of a static call to a precompile from 700 to 40. Alex asked the client teams "
    "for benchmarks first, since a cheap call that is slow to run could be used for an attack.",
    "recipe": "Soak the beans overnight. Fry two onions in olive oil until they are brown, add the beans, three "
    "tomatoes and a litre of water, and simmer for an hour and a half. Salt goes in last.",
    "empty": "None.",
}
QUESTIONS = {
    "gas": "Why did Alex ask for benchmarks of EIP-2046?",
    "ferry": "When may the captain cancel the crossing?",
}
ALL = tuple(DOCUMENTS)
RESTRICT = " We can get the answer to this question in the given documents."


def text_of(name: str) -> str:
    """A named text: a document, a question, or a slice of the meeting."""
    if name in SLICES:
        start, end = SLICES[name]
        return MEETING[start:end]
    return QUESTIONS[name[2:]] if name.startswith("q:") else DOCUMENTS[name]


LOSSES: list[dict[str, Any]] = [
    *({"text": name, "question": "", "condition": "none"} for name in ("call", "middle", *ALL[:3])),
    *(
        {"text": name, "question": question, "condition": condition}
        for name in ("client", "gas", "recipe")
        for question in QUESTIONS
        for condition in ("before", "after")
    ),
]
CACHED: list[dict[str, Any]] = [{"text": "call", "at": 50}, {"text": "call", "at": 200}, {"text": "gas", "at": 1}]
RANKS: list[dict[str, Any]] = [
    {"method": method, "condition": condition, "question": question}
    for method, condition in (
        ("llmlingua", "none"),
        ("longllmlingua", "after"),
        ("longllmlingua", "before"),
        ("bm25", "none"),
        ("gzip", "none"),
    )
    for question in QUESTIONS
]
RATIOS: list[dict[str, Any]] = [
    {"lengths": lengths, "rate": rate, "size": size, "offsets": offsets}
    for lengths, offsets in (
        ((90,), (0.0,)),
        ((450,), (0.0,)),
        ((61, 67, 58), (0.3, 0.0, -0.3)),
        ((30, 700, 45, 199), (0.4, 0.4 / 3, -0.4 / 3, -0.4)),
    )
    for rate in (0.1, 0.5, 0.9)
    for size in (50, 200)
]
ORDERS: list[dict[str, Any]] = [
    {"order": order, "dynamic": dynamic, "rate": rate}
    for order in ("original", "sort", "two_stage")
    for dynamic in (0.0, 0.3, 0.4)
    for rate in (0.2, 0.9)
]
KEPT: list[dict[str, Any]] = [
    *(
        {"texts": [name], "rate": rate, "size": size}
        for name, sizes in (("short", (200, 50)), ("call", (200, 100)), ("middle", (200, 50)), ("long", (200, 128)))
        for size in sizes
        for rate in (0.2, 0.5, 0.8)
    ),
    *({"texts": list(ALL), "rate": rate, "size": size} for rate in (0.0, 0.3, 1.0) for size in (200, 60)),
    {"texts": list(ALL), "rate": 0.5, "size": 100, "offsets": [0.3, 0.18, 0.06, -0.06, -0.18, -0.3]},
    {"texts": ["call", "gas", "ferry"], "rate": 0.4, "size": 150, "offsets": [-0.4, 0.4, 0.0]},
    *(
        {"texts": ["gas", "middle", "ferry"], "rate": rate, "size": size, "question": question, "compare": compare}
        for question in QUESTIONS
        for compare in (True, False)
        for rate, size in ((0.3, 200), (0.6, 100))
    ),
    {"texts": ["gas", "call"], "rate": 0.5, "size": 80, "question": "gas", "compare": True, "offsets": [0.2, -0.2]},
    {"texts": ["long"], "rate": 0.5, "size": 150, "question": "ferry", "compare": True},
]
RECOVER: list[dict[str, Any]] = [
    {
        "original": "ferry",
        "compressed": "ferry runs twenty minutes customs house island. captain cancel crossing. Tickets valid week.",
        "response": "The captain cancel the crossing; Tickets valid week.",
    },
    {
        "original": "gas",
        "compressed": "EIP-2046 lowers gas cost static call precompile 700 40. Alex asked benchmarks first",
        "response": "It lowers gas cost static call from 700 40.",
    },
    {"original": "recipe", "compressed": "Soak beans. Fry two onions", "response": "Nothing of this is there"},
    {"original": "client", "compressed": "Geth Parity two clients. a cap", "response": "a Geth Parity a"},
]
_LONG = {
    "rank_method": "longllmlingua",
    "condition_compare": True,
    "reorder_context": "sort",
    "dynamic_context_compression_ratio": 0.3,
    "condition_in_question": "after",
}
COMPRESS: list[dict[str, Any]] = [
    {"texts": ["gas"], "rate": 0.5},
    {"texts": ["archive", "ferry"], "rate": 0.5, "use_context_level_filter": False},
    {"texts": list(ALL), "rate": 0.3, "instruction": "Read this.", "question": "ferry"},
    {"texts": list(ALL), "target_token": 120, "iterative_size": 50},
    {"texts": list(ALL), "target_token": 120, "question": "gas", "concate_question": False, "iterative_size": 60},
    {"texts": list(ALL), "rate": 0.4, "question": "gas", **_LONG},
    {"texts": list(ALL), "rate": 0.4, "question": "ferry", **_LONG, "reorder_context": "two_stage"},
    {"texts": list(ALL), "rate": 0.5, "question": "gas", "rank_method": "bm25", "use_token_level_filter": False},
]
_FIRST, _THEN = DOCUMENTS["client"], DOCUMENTS["ferry"] + " " + DOCUMENTS["archive"]
STRUCTURED: list[dict[str, Any]] = [
    {"context": ["<llmlingua>true if a < b</llmlingua><llmlingua> and then some</llmlingua>"]},
    {"context": ["before <llmlingua, compress=False>tagged</llmlingua> after"]},
    {"context": ["<llmlingua, rate=0>" + DOCUMENTS["gas"] + "</llmlingua>"]},
    {"context": [f"<llmlingua, compress=False>{_FIRST}</llmlingua><llmlingua, rate=0.3>{_FIRST}</llmlingua>"]},
    {"context": [f"<llmlingua, compress=False>{_FIRST}</llmlingua><llmlingua, rate=0.3>{_THEN}</llmlingua>"]},
    {
        "context": [
            f"<llmlingua, rate=0.8>{_FIRST}</llmlingua><llmlingua, rate=0.3>{_THEN}",
            f"<llmlingua, compress=False>Keep this: </llmlingua><llmlingua>{DOCUMENTS['gas']}</llmlingua>",
        ],
        "iterative_size": 60,
    },
]
DECISIONS: list[dict[str, Any]] = [
    {"texts": ["long"], "rate": 0.5, "size": 200},
    {"texts": ["gas", "middle", "ferry"], "rate": 0.4, "size": 200, "question": "ferry", "compare": True},
]
LENGTHS = (50, 84, 100, 150, 199, 250, 450, 900, 1800, 3600)
RATES = (0.1, 0.2, 0.3, 0.5, 0.7, 0.8, 0.9)
