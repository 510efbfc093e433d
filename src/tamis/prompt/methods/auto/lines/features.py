"""What is known of each line: its words in common with the question, and what it looks like. No model.

Every feature is a number of about 0 to 1, so that weights can be read.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import regex

from tamis.core import Floats, Ints
from tamis.text.identifiers import TOKEN, stems_of
from tamis.text.templates import template_numbers

FEATURES = (
    "words",  # BM25 of the line's words and their parts to the question, 1 for the best
    "share",  # the share of the question's words, by their rarity, that the line says
    "near",  # the best "words" of the three lines before and behind it
    "around",  # mean "words" of the ten lines before and behind it
    "name",  # whether it says an identifier, path or number of the question as it stands there
    "trouble",  # whether it says error, failed, exception, ...
    "warning",  # whether it says warning, deprecated, retry, ...
    "summary",  # whether it sums up: totals, exit codes, "3 failed, 2 passed"
    "definition",  # whether it defines something, or is a heading
    "import",  # whether it imports
    "comment",  # whether it is a comment
    "changed",  # whether it is an added or removed line of a diff
    "place",  # whether it names a place: path:line
    "noise",  # progress bars, downloads, separators
    "sign",  # whether it has no word on it, as closing brackets have
    "rare",  # how rare its template is in the text: 1 for once, 0 for always
    "again",  # whether the same template stood right before it
    "first",  # 1 for the first line, falling
    "last",  # 1 for the last line
    "depth",  # how deep it is indented
    "length",  # log of its length
    "values",  # the share of its characters that are digits
)
QUESTION = 5  # features that a question must be known for
_TROUBLE = regex.compile(
    r"\b(?:errors?|err|fail(?:ed|ure|ures|s|ing)?|exceptions?|traceback|fatal|panic(?:ked)?|crash(?:ed)?|critical|severe|"
    r"assert(?:ion)?(?:error)?|abort(?:ed)?|denied|refused|undefined|unexpected|invalid|cannot|could not|"
    r"unable|not found|"
    r"no such|timed? ?out|killed|segfault|corrupt(?:ed)?|rejected|conflict)\b|\w+(?:Error|Exception|"
    r"Failure)\b|^E  |[✕✗×●]",
    regex.IGNORECASE,
)
_WARNING = regex.compile(
    r"\b(?:warn(?:ing|ings)?|deprecat\w+|retry\w*|slow|skipp?\w*|missing|unused|ignored|todo|fixme)\b", regex.IGNORECASE
)
_SUMMARY = regex.compile(
    r"\b\d+ (?:passed|failed|errors?|warnings?|skipped|tests?|files? changed|insertions|deletions)\b|"
    r"\b(?:total|summary|result|"
    r"finished|completed|exit(?:ed)?(?: code| status)?|returned|elapsed|succeeded|success(?:ful|fully)?|done)\b[ :=]",
    regex.IGNORECASE,
)
_DEFINITION = regex.compile(
    r"\s*(?:@\w|(?:export |default |public |private |protected |static |async |abstract |final |"
    r"pub(?:\(\w+\))? |unsafe |inline |virtual )*"
    r"(?:def|class|fn|func|function|struct|enum|trait|impl|interface|type|module|namespace|package|const|macro_rules!|void|int)\b"
    r" ?[\w(<&*]|#{1,6} |\[[\w.-]+\]$|diff --git|@@ |\w[\w ]*:$|={4,} )"
)
_IMPORT = regex.compile(r"\s*(?:import |from \S+ import|use [\w:]+|#include|require[ (]|using |package )")
_COMMENT = regex.compile(r"\s*(?:#(?!include|\[)|//|/?\*|--\s|<!--|\"\"\"|''')")
_CHANGED = regex.compile(r"[+-](?![+-]{2} )")
_PLACE = regex.compile(r"[\w./-]+\.\w{1,5}[:(\"]+,? ?(?:line )?\d+")
_NOISE = regex.compile(
    r"\s*\d+%\||[█▏▎▍▌▋▊▉]|\b\d{1,3}%|\b(?:download|fetch|unpack|collecting|resolving|cached|"
    r"already satisfied|progress|eta)\w*"
    r"|^\W*[=*_.#-]{6,}\W*$|\d+(?:\.\d+)? ?[kMG]i?B/s",
    regex.IGNORECASE,
)
_WORD = regex.compile(r"\w{2}")


def features(lines: Sequence[str], indents: Ints, question: str | None) -> Floats:
    """(n, len(FEATURES)) of each line; those of the question are 0 where there is none.

    lines -- without their indentation
    indents -- (n,) characters of it
    """
    asked = asking(lines, question) if question else np.zeros((len(lines), QUESTION))
    return np.concatenate([asked, looks(lines, indents)], axis=1)


def looks(lines: Sequence[str], indents: Ints) -> Floats:
    """(n, k) what each line looks like, among the others."""
    n = len(lines)
    size = np.array([len(line) for line in lines], np.float64)
    shapes = [
        np.array([pattern.search(line[:400]) is not None for line in lines], np.float64)
        for pattern in (_TROUBLE, _WARNING, _SUMMARY)
    ]
    shapes += [
        np.array([pattern.match(line) is not None for line in lines], np.float64)
        for pattern in (_DEFINITION, _IMPORT, _COMMENT, _CHANGED)
    ]
    shapes += [
        np.array([pattern.search(line[:400]) is not None for line in lines], np.float64) for pattern in (_PLACE, _NOISE)
    ]
    wordless = np.array([_WORD.search(line[:400]) is None for line in lines], np.float64)
    digits = np.array([sum(map(str.isdigit, line[:200])) for line in lines], np.float64)
    place = np.arange(n)
    return np.stack(
        [
            *shapes,
            wordless,
            *_templates(lines),
            1 / (1 + place),
            1 / (1 + place[::-1]),
            np.minimum(indents / 24, 1.0),
            np.minimum(np.log1p(size) / 6, 1.5),
            digits / np.maximum(np.minimum(size, 200), 1),
        ],
        axis=1,
    )


def _templates(lines: Sequence[str]) -> tuple[Floats, Floats]:
    """(n,) how rare the template of each line is, and (n,) whether the line before has the same one."""
    number = template_numbers([line[:300] for line in lines])
    count = np.bincount(number, minlength=1)[number] if number.size else number
    rare = 1 - np.log1p(count - 1) / np.log1p(max(len(lines), 2))
    again = np.concatenate(([False], number[1:] == number[:-1])) if number.size else number
    return rare.astype(np.float64), again.astype(np.float64)


def asking(lines: Sequence[str], question: str) -> Floats:
    """(n, QUESTION) what each line has in common with a question."""
    terms = _terms(question)
    matrix, size = _counts(lines, terms)
    n = max(len(lines), 1)
    idf = np.log(1 + (n - (matrix > 0).sum(axis=0) + 0.5) / ((matrix > 0).sum(axis=0) + 0.5))
    norm = 1.2 * (0.25 + 0.75 * size / max(float(size.mean()) if size.size else 1.0, 1.0))
    words = _relative((matrix * 2.2 / (matrix + norm[:, None])) @ idf)
    share = np.minimum(matrix, 1) @ idf / max(float(idf.sum()), 1e-9)
    name = np.zeros(len(lines))
    for literal in _names(question):
        name += [literal in line for line in lines]
    return np.stack([words, share, _near(words, 3), _mean(words, 10), np.minimum(name, 2) / 2], axis=1)


def _terms(question: str) -> dict[str, int]:
    """The stems that a question asks for, numbered."""
    found = [stem for token in TOKEN.findall(question) for stem in stems_of(token)]
    return {stem: number for number, stem in enumerate(dict.fromkeys(found))}


def _names(question: str) -> list[str]:
    """What in a question looks like taken from the text: identifiers, paths, figures, what is quoted."""
    quoted = regex.findall(r"[`\"']([^`\"'\n]{3,80})[`\"']", question)
    plain = regex.findall(r"[\w./-]*(?:[a-z][A-Z]|_|\w[./]\w|\d\d)[\w./-]*\w", question)
    return list(dict.fromkeys([*quoted, *(word for word in plain if len(word) > 3)]))[:20]


def _counts(lines: Sequence[str], terms: dict[str, int]) -> tuple[Floats, Floats]:
    """(n, terms) how often each line says each term, by its words or their parts (half); (n,) words of each."""
    known: dict[str, list[tuple[int, float]]] = {}
    matrix, size = np.zeros((len(lines), max(len(terms), 1))), np.zeros(len(lines))
    for row, line in enumerate(lines):
        tokens = TOKEN.findall(line[:2000])
        size[row] = len(tokens)
        for token in tokens:
            if token not in known:
                stems = stems_of(token)
                known[token] = [(terms[s], 1.0 if i == 0 else 0.7) for i, s in enumerate(stems) if s in terms]
            for term, weight in known[token]:
                matrix[row, term] += weight
    return matrix, size


def _relative(values: Floats) -> Floats:
    return values / max(float(values.max(initial=0.0)), 1e-9)


def _near(values: Floats, reach: int) -> Floats:
    """(n,) the best value of so many lines before and behind each, less the farther it is."""
    best = np.zeros_like(values)
    for step in range(1, min(reach + 1, values.size)):
        best[step:] = np.maximum(best[step:], values[:-step] / step**0.5)
        best[:-step] = np.maximum(best[:-step], values[step:] / step**0.5)
    return best


def _mean(values: Floats, reach: int) -> Floats:
    """(n,) the mean of so many lines before and behind each."""
    total = np.concatenate(([0.0], np.cumsum(values)))
    place = np.arange(values.size)
    low, high = np.maximum(place - reach, 0), np.minimum(place + reach + 1, values.size)
    return np.asarray((total[high] - total[low]) / np.maximum(high - low, 1), np.float64)
