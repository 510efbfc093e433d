"""Whether a text is source code, and in which language, by what its lines look like."""

from __future__ import annotations

import ast
import warnings

import regex

from tamis.prompt.kinds.kind import Kind
from tamis.prompt.kinds.marks import ENOUGH, language_by_look

LEAST = 8  # lines of code
SHARE = 0.6  # of the lines that are not comments must look like code
SAMPLE = 400
_BARE = frozenset({"ruby", "bash"})  # few brackets, and no semicolons
_STRONG = {
    "python": r"\s*(?:async\s+)?def \w+\(.*|\s*class \w+(?:\(.*\))?:$|from [\w.]+ import .+|"
    r"import \w[\w., ]*$|if __name__ ==",
    "go": r"package \w+$|func (?:\(\w+ \*?\w+\) )?\w+\(|import \($|\t\w+ := ",
    "rust": r"\s*(?:pub(?:\(\w+\))? )?(?:fn|struct|enum|impl|trait|mod) \w|use [\w:{}, *]+;$|#\[\w+",
    "java": r"package [\w.]+;$|import (?:static )?[\w.*]+;$|\s*(?:public|private|protected) [\w<>\[\], ]+[({]",
    "typescript": r"(?:export )?(?:interface|type) \w+.*[{=]|import type |\s*(?:private|public|readonly) \w+\??: ",
    "javascript": r"(?:import .* from ['\"]|(?:export |const |let |var |async )+.*[={(]|.*\brequire\(['\"]|"
    r"\s*function \w*\()",
    "cpp": r"#include <\w+>$|(?:template|namespace|using) .*|\s*std::\w+|\w+::\w+\(.*\{$",
    "c": r"#include [<\"]\S+\.h[>\"]|#(?:define|ifdef|ifndef|endif|pragma)\b|(?:static|struct|int|void|"
    r"char) [\w *]+[({;]",
    "ruby": r"\s*(?:def \w+[\w?!.]*|module [A-Z]\w*|class [A-Z]\w*(?: < \S+)?|require(?:_relative)? ['\"]|"
    r"end)$|\s*end$",
    "php": r"<\?php|\s*(?:public|private|protected) (?:static )?function |namespace [\w\\]+;|\s*\$\w+ = ",
    "bash": r"#!.*\b(?:ba|z)?sh\b|\s*(?:if \[|fi$|done$|esac$|export \w+=|echo ['\"$])",
    "csharp": r"using [A-Z][\w.]+;$|namespace [\w.]+|\s*(?:public|private|internal) (?:static |async |"
    r"override )*[\w<>\[\]?]+ \w+",
    "css": r"[.#@]?[\w-]+(?:[ ,>:.#\[][^{}]*)?\{$|\s+[a-z-]+:\s[^;]+;$",
    "sql": r"(?i)\s*(?:create (?:table|index|view)|insert into|select .* from|alter table)\b",
}
STRONG = {language: regex.compile(pattern) for language, pattern in _STRONG.items()}
_CODE = regex.compile(
    r".*[{};]\s*(?://.*|/\*.*)?$|.*\)\s*:$|\s*[\])}]+[,;)]*$|\s*(?:return|import|from|if|elif|else|for|while|try|except|"
    r"finally|with|raise|throw|switch|case|break|continue|def|class|func|fn|let|const|var|end)\b.*[:({=\w\"')]$"
    r"|\s*(?:self\.|this\.|\$)?[\w.\[\]\"']+\s*(?:[-+*/|:]?=|:=|\+\+|->)\s*\S|\s*[\w.]+\(.*\)?[,;]?$|\s*@\w+|\s*[\w\"'.\[\]]+,$"
    r"|\s*[\"'\w][\w\"' -]*:\s.*,$"
)
_COMMENT = regex.compile(r"\s*(?:#|//|/?\*|--|<!--|\"\"\"|''')")


def code(text: str) -> Kind | None:
    """The language of a text that is source code as a whole, else None."""
    lines = [line for line in text.splitlines()[:SAMPLE] if line.strip() and not _COMMENT.match(line)]
    if len(lines) < LEAST:
        return None
    share = sum(_CODE.match(line) is not None for line in lines) / len(lines)
    strong = {name: sum(p.match(line) is not None for line in lines) for name, p in STRONG.items()}
    if script := python(text):
        return script
    few = share < SHARE / 3  # (of prose: nothing below could say that it is code)
    looks = None if few else language_by_look(text, ENOUGH if share >= SHARE else 2 * ENOUGH - 2)
    if looks and (share >= SHARE or (looks in _BARE and share >= SHARE / 3)):
        return Kind("code", f"it has lines that only {looks} has", looks)
    language = max(strong, key=lambda name: strong[name])
    if share < SHARE or strong[language] < max(2, 0.03 * len(lines)):
        return None
    return Kind("code", f"{share:.0%} of its lines look like code, {strong[language]} like {language}", language)


def python(text: str) -> Kind | None:
    """Python that parses, with lines of which hardly any other language or prose has two."""
    lines = [line for line in text.splitlines()[:SAMPLE] if line.strip() and not _COMMENT.match(line)]
    strong = sum(STRONG["python"].match(line) is not None for line in lines)
    if len(lines) < LEAST or strong < 2 or not _parses(text):
        return None
    return Kind("code", f"it parses as Python, {strong} lines look like it", "python")


def _parses(text: str) -> bool:
    """Whether a text is Python."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
