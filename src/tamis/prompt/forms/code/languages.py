"""Which programming language a text is in: by a file's name, a fence's word, or what the text looks like.

The last is a careful guess: where nothing stands out the answer is None. Does not parse.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath
from types import MappingProxyType

SAMPLE = 20_000  # characters of a text that are looked at
ENOUGH = 3  # different marks of a language that make it likely
_QUOTED = re.compile(r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'")


@dataclass(frozen=True)
class CodeLanguage:
    """A programming language that the form knows.

    Attributes:
        name: its own, in small letters.
        package: the Python package of its grammar.
        maker: the function there that gives the grammar.
        comment: what begins a comment that ends with its line.
        filler: a statement that does nothing, where a block must not be empty; "" = it may be.
        suffixes: of file names.
        words: other names, as in fences and file names ("Rakefile").
        marks: regular expressions of lines that hardly any other language has.
    """

    name: str
    package: str
    maker: str = "language"
    comment: str = "//"
    filler: str = ""
    suffixes: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()

    @cached_property
    def patterns(self) -> tuple[re.Pattern[str], ...]:
        """The marks, each at the beginning of a line."""
        return tuple(re.compile(rf"^[ \t]*(?:{mark})", re.MULTILINE) for mark in self.marks)


_TYPED = r"(?:public|private|protected|internal|static|final|abstract|sealed|override|async|readonly|virtual)"
_TABLE = (
    CodeLanguage(
        "python",
        "tree_sitter_python",
        comment="#",
        filler="...",
        suffixes=(".py", ".pyi", ".pyw"),
        words=("py", "python3", "py3", "pyi"),
        marks=(
            r"(?:async )?def \w+\(.*(?::|,|\()$",
            r"class \w+(?:\([^)]*\))?:$",
            r"from [\w.]+ import ",
            r"import [\w.]+(?: as \w+)?$",
            r"(?:if|elif|while|for|with|except|try|else)\b[^{}]*:$",
            r"@\w+[\w.]*(?:\(.*\))?$",
            r"self\.\w+ = |return self\.|raise \w+\(",
            r"if __name__ == ",
        ),
    ),
    CodeLanguage(
        "javascript",
        "tree_sitter_javascript",
        suffixes=(".js", ".mjs", ".cjs", ".jsx"),
        words=("js", "node", "jsx", "ecmascript"),
        marks=(
            r"(?:const|let|var) [\w{\[].* = (?:await )?require\(",
            r"(?:export )?(?:default )?(?:async )?function\*? ?\w*\(.*\) \{$",
            r"(?:const|let) [\w{},\[\] ]+ = ",
            r"import .* from ['\"]|import ['\"]",
            r"module\.exports|exports\.\w+ =|export (?:default|const|function|class|\{)",
            r".*=> \{$",
            r".*\b(?:===|!==)",
            r"console\.\w+\(|\}\);?$",
        ),
    ),
    CodeLanguage(
        "typescript",
        "tree_sitter_typescript",
        "language_typescript",
        suffixes=(".ts", ".mts", ".cts"),
        words=("ts",),
        marks=(
            r"(?:export )?(?:declare )?interface \w+(?:<.*>)?(?: extends .*)? \{$",
            r"(?:export )?type \w+(?:<.*>)? = ",
            r"import type |export type ",
            r"(?:private|public|protected|readonly) \w+[?!]?: ",
            r"(?:export )?(?:const|let) \w+: .* =",
            r".*\): (?:Promise|void|string|number|boolean|any|unknown|never|[A-Z]\w*)\S* (?:\{|=>)",
            r"(?:export )?(?:enum|namespace|declare) \w+.*\{$",
            r"\w+\??: (?:string|number|boolean|any|unknown)(?:\[\])?[;,]$",
        ),
    ),
    CodeLanguage(
        "tsx",
        "tree_sitter_typescript",
        "language_tsx",
        suffixes=(".tsx",),
    ),
    CodeLanguage(
        "java",
        "tree_sitter_java",
        suffixes=(".java",),
        marks=(
            r"package [a-z][\w.]*;$",
            r"import (?:static )?[a-z][\w.]*\.(?:\w+|\*);$",
            rf"{_TYPED} (?:\w+ )*(?:class|interface|enum|record) \w+.*\{{$",
            rf"{_TYPED}[\w<>\[\], ?]* \w+\(.*\)(?: throws [\w, ]+)? \{{$",
            r"@Override$|@\w+(?:\(.*\))?$",
            r"(?:final )?[A-Z]\w*(?:<.*>)? \w+ = new ",
            r"System\.out\.",
            r"throw new \w+(?:Exception|Error)\(",
        ),
    ),
    CodeLanguage(
        "c",
        "tree_sitter_c",
        suffixes=(".c", ".h"),
        words=("h",),
        marks=(
            r"#\s*include [<\"]",
            r"#\s*(?:define|ifdef|ifndef|endif|pragma)\b",
            r"(?:static |const |unsigned |extern |inline )+\w+[\s*]+\w+",
            r"(?:typedef )?(?:struct|union|enum)(?: \w+)? \{$",
            r"(?:int|void|char|size_t|uint\d+_t|double|float|long|bool)\b[\s*]+\w+(?:\(|;| =|\[)",
            r".*\w->\w",
            r"(?:return -?\w+|goto \w+|break);$",
            r".*\b(?:NULL|sizeof|malloc|free|printf)\b",
        ),
    ),
    CodeLanguage(
        "cpp",
        "tree_sitter_cpp",
        suffixes=(".cc", ".cpp", ".cxx", ".hpp", ".hh", ".hxx", ".ipp"),
        words=("c++", "cc", "cxx", "hpp"),
        marks=(
            r"#\s*include <\w+>",
            r"template ?<",
            r"(?:inline )?namespace(?: [\w:]+)? \{$|using namespace ",
            r"(?:public|private|protected):$",
            r".*\bstd::",
            r"class \w+(?: final)?(?: : (?:public|private) .*)? \{$",
            r".*\w+::~?\w+\(.*\)(?: const)?.*\{$",
            r".*\b(?:nullptr|constexpr|noexcept|static_cast|auto&|const auto)\b",
        ),
    ),
    CodeLanguage(
        "csharp",
        "tree_sitter_c_sharp",
        suffixes=(".cs", ".csx"),
        words=("c#", "cs", "c_sharp"),
        marks=(
            r"using (?:static )?[A-Z][\w.]*;$",
            r"namespace [A-Z][\w.]*(?:;|$| ?\{)",
            rf"{_TYPED} (?:\w+ )*(?:class|interface|struct|enum|record) \w+[^{{]*$",
            rf"{_TYPED}[\w<>\[\], ?]* \w+(?:<.*>)?\(.*\)(?:$| =>)",
            r".*\{ get;",
            r"\[\w+(?:\(.*\))?\]$",
            r"(?:var|foreach \(var) \w+",
            r".*\b(?:string|Task|IEnumerable|nameof|Console)\b",
        ),
    ),
    CodeLanguage(
        "go",
        "tree_sitter_go",
        suffixes=(".go",),
        words=("golang",),
        marks=(
            r"package \w+$",
            r"func (?:\(\w+ \*?\w+(?:\[.*\])?\) )?\w+(?:\[.*\])?\(.*\{$",
            r"import (?:\($|\")",
            r"type \w+ (?:struct|interface) \{$",
            r"[\w, ]+ := ",
            r"if err != nil \{$|if .*; .* \{$",
            r"(?:defer|go) \w",
            r"var \w+ (?:=|\*?[\w.\[\]]+$)|\"[\w./-]+\"$",
        ),
    ),
    CodeLanguage(
        "rust",
        "tree_sitter_rust",
        suffixes=(".rs",),
        words=("rs",),
        marks=(
            r"(?:pub(?:\(\w+\))? )?(?:async |unsafe |const )*fn \w+(?:<.*>)?\(",
            r"use (?:\w+::)+[\w{*]",
            r"impl(?:<.*>)? \w+",
            r"let (?:mut )?[\w(]+(?:: .*)? = ",
            r"#!?\[\w+(?:\(.*\))?\]$",
            r"(?:pub(?:\(\w+\))? )?(?:struct|enum|trait|mod) \w+",
            r".*(?:=> \{?$|\bmatch .* \{$|\.unwrap\(\)|\?;$|Ok\()",
            r".*&(?:mut |self|str|'a)",
        ),
    ),
    CodeLanguage(
        "ruby",
        "tree_sitter_ruby",
        comment="#",
        suffixes=(".rb", ".rake", ".gemspec", ".ru"),
        words=("rb", "rakefile", "gemfile"),
        marks=(
            r"def (?:self\.)?\w+[?!=]?(?: ?\(.*\))?$",
            r"(?:class|module) [A-Z][\w:]*(?: < [\w:]+)?$",
            r"end$",
            r"require(?:_relative)? ['\"]",
            r".*\bdo(?: \|.*\|)?$",
            r"attr_(?:reader|accessor|writer) :",
            r"(?:unless|elsif|rescue|ensure|when)\b",
            r"@\w+ (?:\|\|)?= ",
        ),
    ),
    CodeLanguage(
        "php",
        "tree_sitter_php",
        "language_php",
        suffixes=(".php", ".phtml"),
        marks=(
            r"<\?php",
            r"<\?php",
            r"<\?php",
            r"namespace [A-Z][\w\\]*;$",
            r"use [A-Z][\w\\]*(?: as \w+)?;$",
            r"(?:public|private|protected)? ?(?:static )?function \w+\(",
            r"\$\w+ = |\$this->",
        ),
    ),
    CodeLanguage(
        "bash",
        "tree_sitter_bash",
        comment="#",
        filler=":",
        suffixes=(".sh", ".bash", ".bats"),
        words=("sh", "shell", "zsh", "ksh"),
        marks=(
            r"#!.*\b(?:ba|z|k|da)?sh\b",
            r"#!.*\b(?:ba|z|k|da)?sh\b",
            r"if \[\[? .* \]\]?; then$|(?:then|fi|done|esac)$",
            r"(?:while|for|until) .*; do$",
            r"(?:local|export|readonly|declare) \w+(?:=|$)",
            r"[A-Za-z_]\w*=[\"$\w]|\w+\(\) \{$",
            r"(?:echo|cd|set|source|exit|mkdir|rm|grep) [-\"$\w/]",
            r".*\$\{?\w+",
        ),
    ),
)
LANGUAGES: Mapping[str, CodeLanguage] = MappingProxyType({language.name: language for language in _TABLE})
"""The languages by name."""

_BY_WORD = MappingProxyType(
    {word: one.name for one in _TABLE for word in (one.name, *one.words, *(s[1:] for s in one.suffixes))}
)
_NEARER = {"typescript": "javascript", "cpp": "c"}  # (these have all marks of the others, too)


def language_of(text: str = "", *, name: str = "", fence: str = "") -> str | None:
    """The name of the language that a text is in; None where that is not clear.

    text -- the code
    name -- of its file
    fence -- the word behind the opening fence of a Markdown block

    Example: name="src/main.rs" -> "rust"; fence="py" -> "python"; "hello" -> None
    """
    file = PurePosixPath(name.replace("\\", "/"))
    for word in (fence.strip().split(" ")[0].strip("{.}"), file.suffix[1:], file.name):
        if word.lower() in _BY_WORD:
            return _by_header(_BY_WORD[word.lower()], word, text)
    return _by_look(text[:SAMPLE])


def _by_header(language: str, word: str, text: str) -> str:
    """A header of C may be one of C++."""
    if language == "c" and word.lower() == "h" and _marks("cpp", _QUOTED.sub("", text[:SAMPLE])) >= ENOUGH:
        return "cpp"
    return language


def _by_look(text: str) -> str | None:
    """The language with the most marks, if these are enough and more than those of any other."""
    text = _QUOTED.sub('""', text)
    scores = {name: _marks(name, text) for name in LANGUAGES}
    for nearer, other in _NEARER.items():
        if scores[nearer] >= 2 and scores[other]:
            scores[nearer] += scores[other]
    best, second = sorted(scores.values(), reverse=True)[:2]
    if best < ENOUGH or best == second:
        return None
    return max(scores, key=scores.__getitem__)


def _marks(name: str, text: str) -> int:
    """How many different marks of a language a text has."""
    return sum(pattern.search(text) is not None for pattern in LANGUAGES[name].patterns)
