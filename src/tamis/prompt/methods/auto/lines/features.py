"""What is known of each line: its words in common with the question, and what it looks like. No model.

Every feature is a number of about 0 to 1, so that weights can be read.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

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
    "lead",  # as "share", for the first line of the question
    "scope",  # the best "share" of the lines that it is indented under
    "peers",  # mean "words" of the lines of the same file, or folder
    "under",  # the "share" of the heading, head or file that it stands under
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
    "new",  # whether its template comes up for the first time
    "test",  # whether it is about tests
    "generated",  # whether it is of a file that nobody reads: locks, bundles, what is minified
    "again",  # whether the same template stood right before it
    "first",  # 1 for the first line, falling
    "last",  # 1 for the last line
    "early",  # the same, falling slower: .5 for the 31st
    "late",
    "depth",  # how deep it is indented
    "length",  # log of its length
    "values",  # the share of its characters that are digits
)
PROFILE = ("hunks", "paths", "found", "loud", "nested")  # shares of a text: of a diff, a listing, a search, a log, code
QUESTION = 9  # features that a question must be known for
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
_TEST = regex.compile(r"(?:^|[^a-z])(?:tests?|specs?|fixtures?)(?:[^a-z]|$)|Test[A-Z]|[a-z]Tests?\b", regex.IGNORECASE)
_FILE = regex.compile(r"\+\+\+ |diff --git ")
_HEADING = regex.compile(r"@@ |_{4,} |={4,} |#{1,6} |\w+\(.*\{$|--- FAIL|● |[\w./-]+:$")
_GENERATED = regex.compile(
    r"(?:package-lock|npm-shrinkwrap|pnpm-lock|composer\.lock|poetry\.lock|uv\.lock|Cargo\.lock|Gemfile\.lock|yarn\.lock|go\.sum)"
    r"|\.min\.(?:js|css)\b|\.(?:map|snap|pb\.go|svg|pyc)\b|_pb2\.pyi?\b|/(?:dist|vendor|node_modules|__pycache__|generated)/"
)
_PATH = regex.compile(r"[^\s:]*[/.][^\s:]*")
_FOUND = regex.compile(r"(?:\S*[/.]\S*?)?[:-]?\d+[:-]")
_RESULT = regex.compile(r"([^\s:]*[/.][^\s:]*?)[:-]\d+[:-]")
MINIFIED = 500  # characters of a line that nobody wrote by hand


def features(lines: Sequence[str], indents: Ints, question: str | None) -> Floats:
    """(n, len(FEATURES)) of each line; those of the question are 0 where there is none.

    lines -- without their indentation
    indents -- (n,) characters of it
    """
    asked = asking(lines, indents, question) if question else np.zeros((len(lines), QUESTION))
    return np.concatenate([asked, looks(lines, indents)], axis=1)


def profile(lines: Sequence[str], rows: Floats) -> Floats:
    """(len(PROFILE),) what kind of text lines make up, as shares: a weight may be another one in search results.

    rows -- their features
    """
    n = max(len(lines), 1)
    hunks = min(1.0, 10 * sum(line.startswith("@@ ") for line in lines) / n)
    paths = sum(_PATH.fullmatch(line) is not None for line in lines) / n
    found = sum(_FOUND.match(line) is not None for line in lines) / n
    loud = min(1.0, 5 * float(rows[:, FEATURES.index("trouble")].mean()) if len(lines) else 0.0)
    spread = float(rows[:, FEATURES.index("depth")].mean() > 0.05) if len(lines) else 0.0
    return np.array([hunks, paths, found, loud * (1 - hunks) * (1 - found), spread * (1 - hunks)])


def looks(lines: Sequence[str], indents: Ints) -> Floats:
    """(n, k) what each line looks like, among the others."""
    n = len(lines)
    size = np.array([len(line) for line in lines], np.float64)
    said = [content(line) for line in lines]
    shapes = [
        np.array([pattern.search(line[:400]) is not None for line in lines], np.float64)
        for pattern in (_TROUBLE, _WARNING, _SUMMARY)
    ]
    shapes += [
        np.array([pattern.match(line) is not None for line in texts], np.float64)
        for texts, pattern in ((said, _DEFINITION), (said, _IMPORT), (said, _COMMENT), (lines, _CHANGED))
    ]
    shapes += [
        np.array([pattern.search(line[:400]) is not None for line in lines], np.float64) for pattern in (_PLACE, _NOISE)
    ]
    wordless = np.array([_WORD.search(line[:400]) is None for line in lines], np.float64)
    digits = np.array([sum(map(str.isdigit, line[:200])) for line in lines], np.float64)
    place = np.arange(n)
    same = np.array([a == b for a, b in pairwise(lines)], np.float64)
    return np.stack(
        [
            *shapes,
            wordless,
            *_templates(lines),
            np.array([_TEST.search(line[:200]) is not None for line in lines], np.float64),
            _carried(lines, [_GENERATED.search(line[:300]) is not None for line in lines]),
            np.concatenate(([0.0], same)) if n else same,
            1 / (1 + place),
            1 / (1 + place[::-1]),
            1 / (1 + place / 30),
            1 / (1 + place[::-1] / 30),
            np.minimum(indents / 24, 1.0),
            np.minimum(np.log1p(size) / 6, 1.5),
            digits / np.maximum(np.minimum(size, 200), 1),
        ],
        axis=1,
    )


def _templates(lines: Sequence[str]) -> tuple[Floats, Floats]:
    """(n,) how rare the template of each line is, and (n,) whether it comes up for the first time."""
    number = template_numbers([line[:300] for line in lines])
    count = np.bincount(number, minlength=1)[number] if number.size else number
    rare = 1 - np.log1p(count - 1) / np.log1p(max(len(lines), 2))
    new = np.zeros(number.size)
    new[np.unique(number, return_index=True)[1]] = 1.0
    return rare.astype(np.float64), new


def _carried(lines: Sequence[str], generated: Sequence[bool]) -> Floats:
    """(n,) whether a line, or in a diff the file that it is of, is such as nobody reads; very long lines are."""
    values, inside = np.zeros(len(lines)), False
    for number, line in enumerate(lines):
        if _FILE.match(line):
            inside = generated[number]
        own = len(line) > MINIFIED or (generated[number] and "/" in line)
        values[number] = inside or own
    return values


def asking(lines: Sequence[str], indents: Ints, question: str) -> Floats:
    """(n, QUESTION) what each line has in common with a question."""
    terms = _terms(question)
    matrix, size = _counts(lines, terms)
    n = max(len(lines), 1)
    idf = np.log(1 + (n - (matrix > 0).sum(axis=0) + 0.5) / ((matrix > 0).sum(axis=0) + 0.5))
    norm = 1.2 * (0.25 + 0.75 * size / max(float(size.mean()) if size.size else 1.0, 1.0))
    words = _relative((matrix * 2.2 / (matrix + norm[:, None])) @ idf)
    share = np.minimum(matrix, 1) @ idf / max(float(idf.sum()), 1e-9)
    lead = np.array([term in _terms(question.strip().partition("\n")[0]) for term in terms] or [True], np.float64)
    leads = np.minimum(matrix, 1) @ (idf * lead) / max(float(idf @ lead), 1e-9)
    name = np.zeros(len(lines))
    for literal in _names(question):
        name += [literal in line for line in lines]
    near, around = _near(words, 3), _mean(words, 10)
    above = _scope(share, indents), _peers(words, lines), _under(share, lines)
    return np.stack([words, share, near, around, np.minimum(name, 2) / 2, leads, *above], axis=1)


def _peers(words: Floats, lines: Sequence[str]) -> Floats:
    """(n,) the mean value of the lines that name the same file, or stand in the same folder of a listing."""
    known: dict[str, int] = {}
    group = np.array([known.setdefault(_file_of(line), len(known)) for line in lines], np.int64)
    if not group.size:
        return words
    mean = np.bincount(group, words) / np.bincount(group)
    nameless = known.get("", -1)
    return np.where(group == nameless, 0.0, mean[group])


def _file_of(line: str) -> str:
    """The file that a search result is of, the folder of a path; "" where a line is neither."""
    if result := _RESULT.match(line):
        return str(result.group(1))
    return line.rpartition("/")[0] if _PATH.fullmatch(line) else ""


def content(line: str) -> str:
    """A line without the path and number of a search result, or the sign of a diff.

    Example: "src/app.py:12:    def run():" -> "def run():"
    """
    if result := _RESULT.match(line):
        return line[result.end() :].lstrip()
    return line[1:].lstrip() if line[:1] in ("+", "-") else line


def _scope(share: Floats, indents: Ints) -> Floats:
    """(n,) the best value of the lines that each is indented under."""
    best = np.zeros(share.size)
    above: list[tuple[int, float]] = []
    for number, (indent, value) in enumerate(zip(indents.tolist(), share.tolist(), strict=True)):
        while above and above[-1][0] >= indent:
            above.pop()
        best[number] = above[-1][1] if above else 0.0
        above.append((indent, max(value, best[number])))
    return best


def _under(share: Floats, lines: Sequence[str]) -> Floats:
    """(n,) the value of the last file and heading before each, the better of these."""
    values = np.zeros(share.size)
    file = heading = 0.0
    for number, line in enumerate(lines):
        values[number] = max(file, heading)
        if _FILE.match(line):
            file, heading = float(share[number]), 0.0
        elif _HEADING.match(line):
            heading = float(share[number])
    return values


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
