"""Generated cases for the invariants: odd texts, budgets, pins. The same number always gives the same case.

Does not check anything; see `fuzz.py`.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from benchmarks.common.texts import MEETING

MEGABYTE_EVERY = 2_000  # cases; each of these is a text of a megabyte
LONG_EVERY = 100  # cases; each of these is a text of 2,000 to 20,000 words


@dataclass(frozen=True)
class Case:
    """One call of `tamis.compress`: its number, the kinds of text in it, the source and the arguments."""

    number: int
    kinds: tuple[str, ...]
    source: Any
    arguments: dict[str, Any]


Maker = Callable[[random.Random, int], str]  # (rng, about how many words) -> text


@lru_cache(maxsize=1)
def _prose_words() -> tuple[str, ...]:
    return tuple(re.findall(r"\S+\s*", MEETING.read_text(encoding="utf-8")))


def prose(rng: random.Random, size: int) -> str:
    words = _prose_words()
    at = rng.randrange(len(words))
    return "".join(words[(at + i) % len(words)] for i in range(size))


def _from_ranges(*ranges: tuple[int, int], gap: float, longest: int) -> Maker:
    """Make words from character ranges; a blank follows with probability `gap`."""

    def make(rng: random.Random, size: int) -> str:
        out: list[str] = []
        for _ in range(size):
            low, high = ranges[rng.randrange(len(ranges))]
            out.append("".join(chr(rng.randint(low, high)) for _ in range(rng.randint(1, longest))))
            if rng.random() < gap:
                out.append(rng.choice([" ", " ", " ", "\n", "، ", "。", "? ", ".\n\n", "-"]))
        return "".join(out)

    return make


def anything(rng: random.Random, size: int) -> str:
    """Any code point, surrogates and unassigned ones too."""
    return "".join(chr(rng.randrange(0x110000)) if rng.random() < 0.9 else " " for _ in range(3 * size))


CLUSTERS = [
    "👨\u200d👩\u200d👧\u200d👦",
    "👍🏽",
    "🇨🇭🇺🇳",
    "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
    "❤️\u200d🔥",
    "1️⃣",
    "é",
    "ȩ́",
    "ก็",
    "नि",
    "क्षि",
    "각",
    "한",
    "\r\n",
    "ﷺ",
    "Å",
    "ﬁ",
    "ß",
    "İ",
    "\u200d",
    "\ufeff",
    "\xad",
    "\u202e",
]


def emoji(rng: random.Random, size: int) -> str:
    return "".join(rng.choice(CLUSTERS) + rng.choice(["", "", " ", "ok ", "!"]) for _ in range(size))


SNIPPETS = (
    "def f(x: int) -> str:\n    return f'{x!r}'\n",
    "for (let i = 0; i < n; i++) { a[i] += b[i] * 2; }\n",
    "if (!ok || count >= -1.5e-3) {\n\tthrow new Error(`no ${name}`);\n}\n",
    "SELECT id, name FROM users WHERE age > 30 AND NOT deleted;\n",
    "```python\nimport os, sys\nprint(os.path.join('a', \"b\"))\n```\n",
    "#include <vector>\nstd::vector<std::pair<int, int>> v{{1, 2}, {3, 4}};\n",
    "$ git commit -m 'fix: x' && rm -rf ./build/*  # done\n",
    '{"a": [1, 2.50, null, {"b": "c\\"d"}], "e": true},\n',
    "\\frac{a}{b} \\cdot \\sum_{i=0}^{n} x_i^2 \\\\\n",
    "<div class='x'><a href=\"/y?z=1&amp;w=2\">t</a></div>\n",
)


def code(rng: random.Random, size: int) -> str:
    return "".join(" " * rng.choice([0, 0, 4, 8]) + rng.choice(SNIPPETS) for _ in range(size // 8 + 1))


TOKENS = [
    "https://example.org/a/b?c=d&e=f#g",
    "mail.me@example.co.uk",
    "/usr/local/lib/x.so",
    "C:\\Users\\me\\a.txt",
    "3.14",
    "-40°C",
    "1,234,567.89",
    "$5bn",
    "12:30",
    "2026-11-23",
    "23rd",
    "not",
    "never",
    "don't",
    "can't",
    "no-one",
    "“quoted",
    "words”",
    "'single'",
    "(aside)",
    "[1]",
    "§4.2",
    "50%",
    "10x",
    "#tag",
    "@who",
    "Dr.",
    "U.S.A.",
    "e.g.",
    "Anna-Lena",
    "O'Brien",
    "McDonald’s",
    "C++",
    "v1.2.3-rc.1",
    "0xDEADBEEF",
    "1e-9",
    "±2",
    "½",
    "²",
    "™",
    "…",
    "—",
    "–",
    "*",
    "**",
    "__",
    "~~",
    "|",
    ">",
    "#",
    "##",
    "-",
    "1.",
]


def figures(rng: random.Random, size: int) -> str:
    return "".join(rng.choice(TOKENS) + rng.choice([" ", " ", " ", ", ", "\n", ". "]) for _ in range(size))


def punctuation(rng: random.Random, size: int) -> str:
    return "".join(rng.choice("()[]{}<>\"'“”«»‘’,.;:!?-–—…/\\|@#$%^&*+=~`。，「」 \n a") for _ in range(2 * size))


def blob(rng: random.Random, size: int) -> str:
    """Runs without blanks: base64, hexadecimal, one letter."""
    letters = rng.choice(["ABCDEFabcdef0123456789+/", "0123456789abcdef", "a", "ab.", "=-"])
    return "".join(rng.choice(letters) for _ in range(6 * size))


BLANKS = [
    " ",
    "  ",
    "\t",
    "\n",
    "\r\n",
    "\r",
    "\n\n\n",
    "\u00a0",
    "\u2028",
    "\u2029",
    "\u3000",
    "\u200b",
    "\v",
    "\f",
    "\x85",
    "\x00",
]


def blanks(rng: random.Random, size: int) -> str:
    return "".join(rng.choice(BLANKS) + rng.choice(["", "word", "é", "x"]) for _ in range(size))


def markdown(rng: random.Random, size: int) -> str:
    lines = [
        "# Title {w}\n\n",
        "- [ ] item {w}\n",
        "1. step {w}\n",
        "| a | {w} |\n|---|---|\n",
        "> quote {w}\n\n",
        "**{w}** and `{w}`\n",
    ]
    return "".join(rng.choice(lines).format(w=prose(rng, 3).strip()) for _ in range(size // 5 + 1))


def speakers(rng: random.Random, size: int) -> str:
    return "\n".join(f"{rng.choice('ABCD')}: {prose(rng, rng.randint(1, 30)).strip()}" for _ in range(size // 15 + 1))


def tags(rng: random.Random, size: int) -> str:
    """Keep tags, well and badly nested."""
    pieces = ["<keep>", "</keep>", "<keep>must stay</keep> ", "<keep></keep>", "<KEEP>", "<keep >", " word ", "other. "]
    return "".join(rng.choice(pieces) for _ in range(size // 8 + 1)) + prose(rng, size)


def empty(rng: random.Random, size: int) -> str:
    return rng.choice(["", " ", "\n", "\t \r\n", "\u3000", "\x00", "\ufeff"])


def one(rng: random.Random, size: int) -> str:
    return rng.choice(
        [
            "a",
            "word",
            "。",
            "你",
            "👨‍👩‍👧‍👦",
            ".",
            "don't",
            "\ud800",
            " x ",
            "\n1\n",
            "<keep>x</keep>",
            "\u0301",
            "Ωmega\n",
        ]
    )


MAKERS: dict[str, Maker] = {
    "prose": prose,
    "cjk": _from_ranges((0x4E00, 0x9FFF), (0x3040, 0x30FF), (0xAC00, 0xD7A3), (0x20000, 0x200FF), gap=0.15, longest=6),
    "thai": _from_ranges((0x0E01, 0x0E3A), (0x0E40, 0x0E4E), (0x1780, 0x17D2), (0x1000, 0x103F), gap=0.2, longest=9),
    "rtl": _from_ranges((0x0621, 0x064A), (0x05D0, 0x05EA), (0x064B, 0x0652), (0x200E, 0x200F), gap=0.9, longest=7),
    "latin": _from_ranges((0x41, 0x24F), (0x300, 0x36F), (0x370, 0x52F), (0x1E00, 0x1EFF), gap=0.8, longest=8),
    "indic": _from_ranges((0x0905, 0x094D), (0x0B85, 0x0BCD), (0x0C05, 0x0C4D), gap=0.8, longest=7),
    "anything": anything,
    "emoji": emoji,
    "code": code,
    "figures": figures,
    "punctuation": punctuation,
    "blob": blob,
    "blanks": blanks,
    "markdown": markdown,
    "speakers": speakers,
    "tags": tags,
    "empty": empty,
    "one": one,
}
WEIGHTS = {"prose": 6, "empty": 0.5, "one": 1}
METHODS = {
    "random": 50,
    "truncate": 12,
    "stopwords": 8,
    "tfidf-words": 5,
    "auto": 14,
    "llmlingua2": 4,
    "bm25-sentences": 7,
}


def case(number: int, seed: int, methods: dict[str, float] | None = None) -> Case:
    """Return the case of that number."""
    rng = random.Random(f"{seed}:{number}")
    megabyte = number % MEGABYTE_EVERY == MEGABYTE_EVERY - 1
    kinds, text = _megabyte(rng) if megabyte else _text(rng, _size(rng, number))
    table = {"random": 3, "truncate": 1, "auto": 1} if megabyte else METHODS
    table = {name: weight for name, weight in table.items() if not methods or name in methods} or methods or table
    method = rng.choices(list(table), list(table.values()))[0]
    source = _documents(rng, text) if rng.random() < 0.15 else text
    return Case(number, kinds, source, _arguments(rng, method, text, documents=source is not text))


def _size(rng: random.Random, number: int) -> int:
    if number % LONG_EVERY == LONG_EVERY - 1:
        return rng.randint(2_000, 20_000)
    return int(10 ** rng.uniform(0, 2.9))


def _text(rng: random.Random, size: int) -> tuple[tuple[str, ...], str]:
    weights = [WEIGHTS.get(kind, 1.0) for kind in MAKERS]
    kinds = tuple(rng.choices(list(MAKERS), weights, k=rng.choice([1, 1, 1, 2, 3, 6])))
    joint = rng.choice(["", " ", "\n\n"])
    return kinds, joint.join(MAKERS[kind](rng, max(1, size // len(kinds))) for kind in kinds)


def _megabyte(rng: random.Random) -> tuple[tuple[str, ...], str]:
    kind = rng.choice(["prose", "code", "cjk", "blob", "anything"])
    text = MAKERS[kind](rng, 40_000)
    while len(text.encode(errors="replace")) < 1_000_000:
        text += "\n" + MAKERS[kind](rng, 40_000)
    return (kind, "megabyte"), text.encode(errors="surrogatepass")[:1_000_000].decode(errors="ignore")


def _documents(rng: random.Random, text: str) -> list[str]:
    cuts = sorted(rng.randrange(len(text) + 1) for _ in range(rng.randint(0, 5)))
    return [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]


def _arguments(rng: random.Random, method: str, text: str, *, documents: bool) -> dict[str, Any]:
    arguments: dict[str, Any] = {
        "method": method,
        "tokenizer": rng.choice(["o200k_base"] * 3 + ["cl100k_base", "words"]),
    }
    arguments |= _budget(rng, len(text))
    if method == "bm25-sentences" or rng.random() < 0.15:
        arguments["question"] = prose(rng, 6).strip() or "What?"
    if rng.random() < 0.35:
        arguments["keep"] = _keep(rng, text, spans=not documents and "<keep>" not in text)
    arguments["options"] = _options(rng)
    if "threshold" in arguments:  # nothing to share out: tamis refuses the two together
        arguments["options"].pop("dynamic", None)
    return arguments


def _budget(rng: random.Random, length: int) -> dict[str, Any]:
    chance = rng.random()
    if chance < 0.6:
        return {"rate": rng.choice([0, 0.01, 0.1, 0.33, 0.5, 0.9, 0.999, 1, rng.random(), rng.random(), rng.random()])}
    if chance < 0.95:
        return {"tokens": int(rng.choice([0, 1, 5, length, rng.random() * length / 3, rng.random() * length / 3]))}
    return {"threshold": rng.random()}


def _keep(rng: random.Random, text: str, *, spans: bool) -> list[Any]:
    """Terms that occur, regular expressions, offsets (where the source's offsets are the text's)."""
    keep: list[Any] = []
    for _ in range(rng.randint(1, 3)):
        kind = rng.random()
        start = rng.randrange(len(text) + 1)
        end = min(len(text), start + rng.randint(1, 25))
        if kind < 0.4 and end > start and text[start:end].strip():
            keep.append(text[start:end].strip())
        elif kind < 0.7:
            keep.append(
                re.compile(
                    rng.choice([r"\d+", r"[A-Z]\w+", r"\b\w{9,}", r"[。.!?]", r"not?\b", r"\S+@\S+", r"(?m)^\w+:"])
                )
            )
        elif spans and end > start:
            keep.append((start, end))
    return keep


def _options(rng: random.Random) -> dict[str, Any]:
    options: dict[str, Any] = {"seed": rng.randrange(5)}
    if rng.random() < 0.3:
        options["clean"] = False
    if rng.random() < 0.3:
        options["order"] = rng.choice(["sort", "two_stage"])
    if rng.random() < 0.2:
        options["dynamic"] = rng.random()
    if rng.random() < 0.2:
        options["detectors"] = ()
    if rng.random() < 0.1:
        options["min_words"] = rng.randint(1, 5)
    return options
