"""Which programming language a text is in, by what its lines look like.

A careful guess: where nothing stands out the answer is None. Does not parse.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

SAMPLE = 20_000  # characters of a text that are looked at
ENOUGH = 3  # different marks of a language that make it likely
_QUOTED = re.compile(r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'")
_TYPED = r"(?:public|private|protected|internal|static|final|abstract|sealed|override|async|readonly|virtual)"
_MARKS: Mapping[str, tuple[str, ...]] = {
    "python": (
        r"(?:async )?def \w+\(.*(?::|,|\()$",
        r"class \w+(?:\([^)]*\))?:$",
        r"from [\w.]+ import ",
        r"import [\w.]+(?: as \w+)?$",
        r"(?:if|elif|while|for|with|except|try|else)\b[^{}]*:$",
        r"@\w+[\w.]*(?:\(.*\))?$",
        r"self\.\w+ = |return self\.|raise \w+\(",
        r"if __name__ == ",
    ),
    "javascript": (
        r"(?:const|let|var) [\w{\[].* = (?:await )?require\(",
        r"(?:export )?(?:default )?(?:async )?function\*? ?\w*\(.*\) \{$",
        r"(?:const|let) [\w{},\[\] ]+ = ",
        r"import .* from ['\"]|import ['\"]",
        r"module\.exports|exports\.\w+ =|export (?:default|const|function|class|\{)",
        r".*=> \{$",
        r".*\b(?:===|!==)",
        r"console\.\w+\(|\}\);?$",
    ),
    "typescript": (
        r"(?:export )?(?:declare )?interface \w+(?:<.*>)?(?: extends .*)? \{$",
        r"(?:export )?type \w+(?:<.*>)? = ",
        r"import type |export type ",
        r"(?:private|public|protected|readonly) \w+[?!]?: ",
        r"(?:export )?(?:const|let) \w+: .* =",
        r".*\): (?:Promise|void|string|number|boolean|any|unknown|never|[A-Z]\w*)\S* (?:\{|=>)",
        r"(?:export )?(?:enum|namespace|declare) \w+.*\{$",
        r"\w+\??: (?:string|number|boolean|any|unknown)(?:\[\])?[;,]$",
    ),
    "java": (
        r"package [a-z][\w.]*;$",
        r"import (?:static )?[a-z][\w.]*\.(?:\w+|\*);$",
        rf"{_TYPED} (?:\w+ )*(?:class|interface|enum|record) \w+.*\{{$",
        rf"{_TYPED}[\w<>\[\], ?]* \w+\(.*\)(?: throws [\w, ]+)? \{{$",
        r"@Override$|@\w+(?:\(.*\))?$",
        r"(?:final )?[A-Z]\w*(?:<.*>)? \w+ = new ",
        r"System\.out\.",
        r"throw new \w+(?:Exception|Error)\(",
    ),
    "c": (
        r"#\s*include [<\"]",
        r"#\s*(?:define|ifdef|ifndef|endif|pragma)\b",
        r"(?:static |const |unsigned |extern |inline )+\w+[\s*]+\w+",
        r"(?:typedef )?(?:struct|union|enum)(?: \w+)? \{$",
        r"(?:int|void|char|size_t|uint\d+_t|double|float|long|bool)\b[\s*]+\w+(?:\(|;| =|\[)",
        r".*\w->\w",
        r"(?:return -?\w+|goto \w+|break);$",
        r".*\b(?:NULL|sizeof|malloc|free|printf)\b",
    ),
    "cpp": (
        r"#\s*include <\w+>",
        r"template ?<",
        r"(?:inline )?namespace(?: [\w:]+)? \{$|using namespace ",
        r"(?:public|private|protected):$",
        r".*\bstd::",
        r"class \w+(?: final)?(?: : (?:public|private) .*)? \{$",
        r".*\w+::~?\w+\(.*\)(?: const)?.*\{$",
        r".*\b(?:nullptr|constexpr|noexcept|static_cast|auto&|const auto)\b",
    ),
    "csharp": (
        r"using (?:static )?[A-Z][\w.]*;$",
        r"namespace [A-Z][\w.]*(?:;|$| ?\{)",
        rf"{_TYPED} (?:\w+ )*(?:class|interface|struct|enum|record) \w+[^{{]*$",
        rf"{_TYPED}[\w<>\[\], ?]* \w+(?:<.*>)?\(.*\)(?:$| =>)",
        r".*\{ get;",
        r"\[\w+(?:\(.*\))?\]$",
        r"(?:var|foreach \(var) \w+",
        r".*\b(?:string|Task|IEnumerable|nameof|Console)\b",
    ),
    "go": (
        r"package \w+$",
        r"func (?:\(\w+ \*?\w+(?:\[.*\])?\) )?\w+(?:\[.*\])?\(.*\{$",
        r"import (?:\($|\")",
        r"type \w+ (?:struct|interface) \{$",
        r"[\w, ]+ := ",
        r"if err != nil \{$|if .*; .* \{$",
        r"(?:defer|go|case) \w|.*\bfunc\(",
        r".*\bnil\b|fmt\.\w+\(",
        r"var \w+ (?:=|\*?[\w.\[\]]+$)|\"[\w./-]+\"$",
    ),
    "rust": (
        r"(?:pub(?:\(\w+\))? )?(?:async |unsafe |const )*fn \w+(?:<.*>)?\(",
        r"use (?:\w+::)+[\w{*]",
        r"impl(?:<.*>)? \w+",
        r"let (?:mut )?[\w(]+(?:: .*)? = ",
        r"#!?\[\w+(?:\(.*\))?\]$",
        r"(?:pub(?:\(\w+\))? )?(?:struct|enum|trait|mod) \w+",
        r".*(?:=> \{?$|\bmatch .* \{$|\.unwrap\(\)|\?;$|Ok\()",
        r".*&(?:mut |self|str|'a)",
    ),
    "ruby": (
        r"def (?:self\.)?\w+[?!=]?(?: ?\(.*\))?$",
        r"(?:class|module) [A-Z][\w:]*(?: < [\w:]+)?$",
        r"end$",
        r"require(?:_relative)? ['\"]",
        r".*\bdo(?: \|.*\|)?$",
        r"attr_(?:reader|accessor|writer) :",
        r"(?:unless|elsif|rescue|ensure|when)\b",
        r"@\w+ (?:\|\|)?= ",
    ),
    "php": (
        r"<\?php",
        r"<\?php",
        r"<\?php",
        r"namespace [A-Z][\w\\]*;$",
        r"use [A-Z][\w\\]*(?: as \w+)?;$",
        r"(?:public|private|protected)? ?(?:static )?function \w+\(",
        r"\$\w+ = |\$this->",
        r".*\$\w+->\w",
        r"\* @(?:param|var|return) [\w\\|\[\]<>]+ \$|.*\bnew \w+\(.*\);$|.*(?: => .*,|::class)",
    ),
    "bash": (
        r"#!.*\b(?:ba|z|k|da)?sh\b",
        r"#!.*\b(?:ba|z|k|da)?sh\b",
        r"if \[\[? .* \]\]?; then$|(?:then|fi|done|esac)$",
        r"(?:while|for|until) .*; do$",
        r"(?:local|export|readonly|declare) \w+(?:=|$)",
        r"[A-Za-z_]\w*=[\"$\w]|\w+\(\) \{$",
        r"(?:echo|cd|set|source|exit|mkdir|rm|grep) [-\"$\w/]",
        r".*\$\{?\w+",
    ),
}
"""Beginnings of lines that hardly any other language has."""
MARKS = {
    name: tuple(re.compile(rf"^[ \t]*(?:{mark})", re.MULTILINE) for mark in marks) for name, marks in _MARKS.items()
}
_NEARER = {"typescript": ("javascript", 1), "cpp": ("c", 2)}  # (these have the marks of the others, too)


def language_by_look(text: str, enough: int = ENOUGH) -> str | None:
    r"""The language with the most marks, if these are enough and more than those of any other.

    enough -- different marks

    Example: "import os\nfrom sys import path\ndef f(x):\n" -> "python"; "hello" -> None
    """
    text = _QUOTED.sub('""', text[:SAMPLE])
    scores = {name: _marks(name, text) for name in MARKS}
    for nearer, (other, least) in _NEARER.items():
        if scores[nearer] >= least and scores[other]:
            scores[nearer] += scores[other]
    best, second = sorted(scores.values(), reverse=True)[:2]
    if best < enough or best == second:
        return None
    return max(scores, key=scores.__getitem__)


def _marks(name: str, text: str) -> int:
    """How many different marks of a language a text has."""
    return sum(pattern.search(text) is not None for pattern in MARKS[name])
