"""Where texts come from, and which of them are held out.

Attacks that are held out by source: jailbreaks of GPTFuzz; goals of Agent Security Bench and InjecAgent, with the
wordings of `prompts`; seeds of spikee. Ordinary texts: the corpus sources in `MEASURE_CORPUS`, banking77, OWASP's list
for language models. Where there is one source of a kind only (role prompts, self-instruct, BIPIA's documents, texts in
a language, configurations), a quarter of the documents by their hash, and another quarter for thresholds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from zlib import crc32

from tamis.io.rows import read_jsonl

MEASURE_CORPUS = frozenset(
    [
        "react-docs",
        "rust-book",
        "prometheus-docs",
        "code:prometheus/prometheus",
        "taskmaster-4",
        "changelog-news",
        "gum-news",
        "gum-voyage",
        "scitldr-train",
    ]
)
# Thresholds come from sources that are not learned from either: of new sources, which is what will come.
THRESHOLD_CORPUS = frozenset(
    [
        "ms-powershell-docs",
        "crd3",
        "code:TheAlgorithms/Java",
        "us-presidential",
        "18f",
        "sgd",
        "qmsum-trainval",
        "eltec-eng",
        "openstax:osbooks-psychology",
        "wiki-2wiki-passages",
        "gum-academic",
        "gum-bio",
    ]
)
LEARN, THRESHOLD, MEASURE = "learn", "threshold", "measure"
# Code that speaks of prompts, models and users, as agents read it all day: files of installed packages.
PACKAGES = {
    THRESHOLD: ("huggingface_hub", "httpx", "hypothesis", "jinja2"),
    MEASURE: ("tamis", "pip", "typer"),
}
PARTS = (LEARN, LEARN, THRESHOLD, MEASURE)
CORPUS = ("docs.jsonl.xz", "books_wiki.jsonl.zst", "dialogue.jsonl.zst", "code.jsonl.xz", "qa_news_other.jsonl.xz")
THEME = re.compile(
    r"\b(?:malicious|attacker|exploit|vulnerab\w+|injection|phishing|malware|bypass|password|credential|unauthori[sz]ed|"
    r"jailbreak|security policy|ransomware|override|ignore the previous)\b",
    re.I,
)


def part(text: str) -> str:
    """Which part a document of a source of ordinary texts is in, by its first 60 characters: half of them teach."""
    return PARTS[crc32(text.strip()[:60].encode("utf-8", "replace")) % 4]


def prompts(data: Path, kind: str) -> list[dict[str, Any]]:
    """The rows of `guard/prompts` of a kind."""
    return [row for row in read_jsonl(data / "guard" / "prompts.jsonl.zst") if row["kind"] == kind]


def corpus(data: Path, part: str, *, each: int) -> Iterator[tuple[str, str]]:
    """(source, text) of a part of the corpus: at most `each` documents of a source, every third one."""
    counts: dict[str, int] = {}
    for name in CORPUS:
        for number, row in enumerate(read_jsonl(data / "corpus" / name)):
            source = "/".join(row["source"].split("/")[: 2 if row["source"].startswith("code:") else 1])
            if number % 3 == 0 and _part_of(source) == part and counts.get(source, 0) < each:
                counts[source] = counts.get(source, 0) + 1
                yield source, row["text"]


def _part_of(source: str) -> str:
    return MEASURE if source in MEASURE_CORPUS else THRESHOLD if source in THRESHOLD_CORPUS else LEARN


def packages(part: str, *, each: int) -> Iterator[tuple[str, str]]:
    """(source, text) of Python files of the packages of a part, at most `each` of one, spread over it."""
    for name in PACKAGES[part]:
        spec = find_spec(name)
        files = sorted(Path(spec.origin).parent.rglob("*.py")) if spec is not None and spec.origin else []
        for path in files[:: max(1, len(files) // each)][:each]:
            yield f"package:{name}", path.read_text(encoding="utf-8", errors="replace")


def pages(folder: Path, pattern: str) -> Iterator[tuple[str, str]]:
    """(name, text) of the pages of a folder."""
    for path in sorted(folder.glob(pattern)):
        yield path.stem, path.read_text(encoding="utf-8", errors="replace")
