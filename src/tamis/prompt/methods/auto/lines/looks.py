"""What lines look like among the others: trouble, definitions, changes, rare templates, places, noise.

Every feature is a number of about 0 to 1. Knows no question.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
import regex

from tamis.core import Floats, Ints
from tamis.prompt.methods.auto.lines.places import FILE, content
from tamis.text.templates import template_numbers

LOOKS = (
    "trouble",  # whether it says error, failed, exception, ...
    "warning",  # whether it says warning, deprecated, retry, ...
    "summary",  # whether it sums up: totals, exit codes, "3 failed, 2 passed"
    "definition",  # whether it defines something, or is a heading
    "import",  # whether it imports
    "comment",  # whether it is a comment
    "changed",  # whether it is an added or removed line of a diff
    "gone",  # whether it is a removed one
    "control",  # whether it branches or loops
    "leaves",  # whether it returns, raises, breaks
    "assigns",  # whether it gives something a value
    "calls",  # whether it calls something
    "logs",  # whether it logs, prints, asserts
    "where",  # whether it names a place: path:line
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
_GONE = regex.compile(r"-(?!-- )")
_DIGITS = regex.compile(r"\D+")
_WHERE = regex.compile(r"[\w./-]+\.\w{1,5}[:(\"]+,? ?(?:line )?\d+")
_NOISE = regex.compile(
    r"\s*\d+%\||[█▏▎▍▌▋▊▉]|\b\d{1,3}%|\b(?:download|fetch|unpack|collecting|resolving|cached|"
    r"already satisfied|progress|eta)\w*"
    r"|^\W*[=*_.#-]{6,}\W*$|\d+(?:\.\d+)? ?[kMG]i?B/s",
    regex.IGNORECASE,
)
_WORD = regex.compile(r"\w{2}")
_TEST = regex.compile(r"(?:^|[^a-z])(?:tests?|specs?|fixtures?)(?:[^a-z]|$)|Test[A-Z]|[a-z]Tests?\b", regex.IGNORECASE)
_GENERATED = regex.compile(
    r"(?:package-lock|npm-shrinkwrap|pnpm-lock|composer\.lock|poetry\.lock|uv\.lock|Cargo\.lock|Gemfile\.lock|yarn\.lock|go\.sum)"
    r"|\.min\.(?:js|css)\b|\.(?:map|snap|pb\.go|svg|pyc)\b|_pb2\.pyi?\b|/(?:dist|vendor|node_modules|__pycache__|generated)/"
)
_CONTROL = regex.compile(
    r"\s*[})]?\s*(?:if|else|elif|elsif|for|while|switch|case|match|try|catch|except|when|unless|loop|select)\b"
)
_LEAVES = regex.compile(r"\s*(?:return|raise|throw|yield|break|continue|panic!|goto)\b")
_ASSIGNS = regex.compile(r"[\w\])>] ?(?:[-+*/|&:?]|<<|>>)?= ?[^=>]|^\s*(?:let|var|const|auto)\b")
_CALLS = regex.compile(r"\w\(")
_LOGS = regex.compile(
    r"\b(?:log(?:ger|ging)?|print\w*|warn(?:ings)?|assert\w*|expect|require|console|debug|fmt\.\w+)\b ?[.(!]"
    r"|^\s*assert ",
    regex.IGNORECASE,
)

MINIFIED = 500  # characters of a line that nobody wrote by hand


def looks(lines: Sequence[str], indents: Ints) -> Floats:
    """(n, len(LOOKS)) what each line looks like, among the others.

    indents -- (n,) characters of indentation
    """
    n, place = len(lines), np.arange(len(lines))
    bodies = [content(line)[:400] for line in lines]
    whole = [line[:400] for line in lines]
    size = np.array([len(line) for line in lines], np.float64)
    digits = np.array([len(_DIGITS.sub("", line[:200])) for line in lines], np.float64)
    same = np.array([a == b for a, b in pairwise(lines)], np.float64)
    generated = [_GENERATED.search(line[:300]) is not None for line in lines]
    columns = (
        *(_marks(pattern.search, whole) for pattern in (_TROUBLE, _WARNING, _SUMMARY)),
        *(_marks(pattern.match, bodies) for pattern in (_DEFINITION, _IMPORT, _COMMENT)),
        *(_marks(pattern.match, lines) for pattern in (_CHANGED, _GONE)),
        *(_marks(pattern.match, bodies) for pattern in (_CONTROL, _LEAVES)),
        *(_marks(pattern.search, bodies) for pattern in (_ASSIGNS, _CALLS, _LOGS)),
        *(_marks(pattern.search, whole) for pattern in (_WHERE, _NOISE)),
        1 - _marks(_WORD.search, whole),
        *_templates(lines),
        _marks(_TEST.search, [line[:200] for line in lines]),
        _carried(lines, generated),
        np.concatenate(([0.0], same)) if n else same,
        1 / (1 + place),
        1 / (1 + place[::-1]),
        1 / (1 + place / 30),
        1 / (1 + place[::-1] / 30),
        np.minimum(indents / 24, 1.0),
        np.minimum(np.log1p(size) / 6, 1.5),
        digits / np.maximum(np.minimum(size, 200), 1),
    )
    return np.stack(columns, axis=1)


def _marks(matches: Callable[[str], object], texts: Sequence[str]) -> Floats:
    """(n,) 1 for each text that matches."""
    return np.array([matches(text) is not None for text in texts], np.float64)


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
        if FILE.match(line):
            inside = generated[number]
        own = len(line) > MINIFIED or (generated[number] and "/" in line)
        values[number] = inside or own
    return values
