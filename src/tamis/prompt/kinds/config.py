"""Whether a text is a configuration file, and of which family, by what its lines are: settings, pins, rules, globs.

Families with a shape of their own are told from a few lines (`configured`); plain settings and files that are mostly
comments only where nothing else fits (`settings`). Does not parse; YAML and JSON are told by their parsers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType

import regex

from tamis.prompt.kinds.kind import Kind

LEAST = 3  # lines that say something
SAMPLE = 1000  # lines that are looked at
SHARE = 0.9  # of the lines that are no comments must be what the family has
COMMENTED = 0.3  # of all lines, from which on comments tell
CODED = 0.3  # of the lines that end as those of programs do, from which on comments tell nothing
ENTRIES = 5  # lines with a key
SAID = 0.1  # of the lines that read like sentences, from which on nothing is a configuration file
COMMENT = regex.compile(
    r"\s*(?:\#(?!(?:if|else|error|warning|import)\b|\s*(?:include\s*[<\"]|define\s+[A-Z_]|undef|ifn?def\s|elif|endif|pragma\s))|;|//)"
)
SECTION = regex.compile(r"\s*\[{1,2}[^\[\]=]+\]{1,2}\s*(?:[\#;].*)?$")
ASSIGNED = regex.compile(r"\s*(?:export\s+)?[\w.\"'*/%-]+(?:\s?[\w.\"'-]+){0,2}(?:\[[^\]\s]*\])?\s*[?:+!]?=")
NAMED = regex.compile(r"\s*(?:export\s+)?[\w.-]+(?:\[[^\]\s]*\])?\s*[?:+!]?=(?!=|\s*>)(?!.*[;{]\s*$)")
TARGET = regex.compile(r"[^\s:=\#][^:=\#]*::?(?![=\\])(?:\s.*)?$")
_PIN = regex.compile(
    r"[A-Za-z0-9][\w.-]*\s*;\s*(?:python_version|sys_platform|platform_\w+|extra)\b.*"
    r"|[A-Za-z0-9][\w.-]*(?:\[[\w, .-]+\])?\s*(?:(?:[=~!<>]=|[<>]|===)\s*[\w.*+!-]+\s*,?\s*)+(?:;.*|\\|\#.*)?$"
    r"|-(?:r|c|e|i|f)\s\S+$|--[a-z-]+(?:[= ]\S+)?(?:\s*\\)?$|[\w.-]+\s@\s\S+|(?:git|hg)\+\w+://\S+"
)
_BARE = regex.compile(r"\s*[A-Za-z0-9][\w.-]*(?:\[[\w,.-]+\])?(?:\s*;.*)?$")
_FROM = regex.compile(r"(?:FROM|ARG)\s+\S+")
_DOCKER = regex.compile(
    r"\s*(?:FROM|RUN|CMD|LABEL|MAINTAINER|EXPOSE|ENV|ADD|COPY|ENTRYPOINT|VOLUME|USER|WORKDIR|ARG|ONBUILD|STOPSIGNAL"
    r"|HEALTHCHECK|SHELL)\s"
)
_MADE = regex.compile(r"\.PHONY|\$[({@<^*]|^[A-Za-z_]\w*\s*[:?]=")
_MAKE = regex.compile(r"\s*-?(?:ifn?eq|ifn?def|else|endif|s?include|define|endef|export|unexport|override|vpath)\b")
_GLOB = regex.compile(r"!?(?:[*./\[]|.*(?:[*]|/$))")
_OWNED = regex.compile(r"\S*[*/.]\S*(?:\s+(?:@[\w/.-]+|[\w.+-]+@[\w.-]+\.\w+))+\s*$")
_NGINX = regex.compile(
    r"\s*(?:(?:server|http|events|upstream\s+\S+|location\s.+|types|stream|map\s+\$\S+\s+\S+|geo\s+\S+)\s*\{"
    r"|(?:listen|server_name|proxy_\w+|add_header|gzip(?:_\w+)?|ssl_\w+|worker_\w+|access_log|error_log|try_files"
    r"|keepalive_\w+|fastcgi_\w+|default_type|client_\w+)\s[^=]*;?)$"
)
_HCL = regex.compile(
    r"(?:(?:resource|data|variable|output|module|provider|backend|job|source|check|group|task|import)\s+\"[^\"]+\""
    r"(?:\s+\"[^\"]+\")?|terraform|locals|moved|build|packer)\s*\{"
)
_DIRECTIVE = regex.compile(
    r"\s*(?:\}|[a-z][\w/.+-]*(?:\s+(?!=)[^{]*)?[;{]?|[\"'$~*].*[;\"']|if\s*\(.*\)\s*\{)\s*(?:\#.*)?$"
)
_ATTRIBUTE = regex.compile(
    r"\s*(?:[\])},;\s]+.*|[\w.\"'$-]+\s*[=:]\s*.*|.*[\[({,]|\"[^\"]*\",?|[\w.\[\]*?:()]+,?|[?:&|].*)\s*(?:\#.*)?$"
)
_SENTENCE = regex.compile(r"(?:[^\s]+\s+){4,}[^\s]+[a-z][.?!]$")
_ENTRY = regex.compile(r"\s*(?:- )?[a-z_$][\w.$/-]*:(?:\s|$)")
_ITEM = regex.compile(r"\s*- \S")
_QUOTED = regex.compile(r"=\s*\"[^\"]*\"")
_FENCE = regex.compile(r" {0,3}(?:`{3,}|~{3,})")


def configured(bodies: Sequence[str]) -> Kind | None:
    """The kind of a text that is a configuration file of a family with a shape of its own; else None.

    bodies -- its lines, without the white space behind them
    """
    lines = _said(bodies)
    for name, share in _FAMILIES.items() if lines else ():
        if (found := share(lines)) >= SHARE:
            return Kind("config", f"{found:.0%} of its lines are those of {name}")
    return None


def settings(bodies: Sequence[str]) -> Kind | None:
    """The kind of a text that is settings, or comments with some lines between them; else None. A last resort."""
    lines = _QUOTED.sub('=""', "\n".join(_said(bodies))).splitlines()
    count = sum(NAMED.match(line) is not None for line in lines)
    if len(lines) >= LEAST and count >= SHARE * len(lines):
        return Kind("config", f"{count:,} of {len(lines):,} lines are settings")
    if (entries := _entries(lines)) >= ENTRIES:
        return Kind(
            "config", f"{entries:,} lines are entries as in YAML, which does not parse, or nothing here parses it"
        )
    if sum(line.endswith((";", "{", "}")) for line in lines) > CODED * len(lines):
        return None
    marks = [_single(body) for body in bodies[:SAMPLE] if body]
    paired = sum(one and other for one, other in pairwise(marks))
    if sum(marks) < COMMENTED * len(marks) or paired < LEAST or (not lines and any(map(_fenced, bodies))):
        return None
    if lines or not any(body for body in bodies if body and not COMMENT.match(body)):
        return Kind("config", f"{sum(marks):,} of {len(marks):,} lines are comments, and stand together")
    return None


def _entries(lines: Sequence[str]) -> int:
    """How many lines are entries of a nested mapping, as in YAML; 0 where others are too many, or none is nested."""
    keys = [line for line in lines if _ENTRY.match(line)]
    items = sum(_ITEM.match(line) is not None and not _ENTRY.match(line) for line in lines)
    nested = any(line.endswith(":") for line in keys) and any(line[0] == " " for line in keys)
    return len(keys) if nested and len(keys) + items >= 0.8 * len(lines) else 0


def _said(bodies: Sequence[str]) -> list[str]:
    """The lines that are no comments; none where they read like sentences, or hold a fence of Markdown."""
    lines = [body for body in bodies[:SAMPLE] if body and not COMMENT.match(body)]
    spoken = sum(_SENTENCE.match(line) is not None for line in lines)
    return [] if spoken > SAID * len(lines) or any(map(_fenced, lines)) else lines


def _fenced(body: str) -> bool:
    return _FENCE.match(body) is not None


def _single(body: str) -> bool:
    """Whether a line is a comment, and no heading below the first rank."""
    return COMMENT.match(body) is not None and not body.startswith(("##", "//", ";"))


def _sectioned(lines: Sequence[str]) -> float:
    """The share of lines of INI, TOML, units of systemd: sections, settings under them, and what goes on."""
    sections = sum(SECTION.match(line) is not None for line in lines)
    first = next((i for i, line in enumerate(lines) if ASSIGNED.match(line)), -1)
    if not sections or first < 0 or not (SECTION.match(lines[0]) or ASSIGNED.match(lines[0])):
        return 0.0
    return _share(lines, lambda line: bool(SECTION.match(line) or ASSIGNED.match(line)), goes_on=True)


def _made(lines: Sequence[str]) -> float:
    """The share of lines of a Makefile: targets, recipes after tabs, variables, conditions."""
    recipes = sum(line.startswith("\t") for line in lines)
    targets = sum(TARGET.match(line) is not None for line in lines)
    if not recipes or not targets or not any(_MADE.search(line) for line in lines):
        return 0.0
    return _share(
        lines, lambda line: bool(line[0] == "\t" or TARGET.match(line) or NAMED.match(line) or _MAKE.match(line))
    )


def _docked(lines: Sequence[str]) -> float:
    """The share of lines of a Dockerfile: instructions, and what goes on behind a backslash."""
    if not _FROM.match(lines[0]) or not any(line.lstrip().startswith("FROM ") for line in lines):
        return 0.0
    return _share(lines, lambda line: _DOCKER.match(line) is not None)


def _pinned(lines: Sequence[str]) -> float:
    """The share of lines of requirements of packages: names with versions, a few without."""
    pins = sum(_PIN.match(line) is not None for line in lines)
    if pins < LEAST or pins < 0.2 * len(lines):
        return 0.0
    return _share(lines, lambda line: bool(_PIN.match(line) or _BARE.match(line)))


def _globbed(lines: Sequence[str]) -> float:
    """The share of lines of a list of globs: what is ignored."""
    wild = sum("*" in line or line[0] == "!" or line[-1] == "/" for line in lines)
    if wild < max(2, 0.2 * len(lines)) or any(" " in line.strip() or line.startswith("./") for line in lines):
        return 0.0
    return 1.0 if sum(_GLOB.match(line) is not None for line in lines) >= 0.5 * len(lines) else 0.0


def _owned(lines: Sequence[str]) -> float:
    """The share of lines that say who owns which paths."""
    return sum(_OWNED.match(line) is not None for line in lines) / len(lines) if len(lines) > 1 else 0.0


def _braced(mark: regex.Pattern[str], own: regex.Pattern[str], lines: Sequence[str]) -> float:
    """The share of lines of blocks in braces.

    mark -- of lines that only this family has
    own -- of all its lines
    """
    strong = sum(mark.match(line) is not None for line in lines)
    if not strong or strong < 0.02 * len(lines):
        return 0.0
    return sum(own.match(line) is not None for line in lines) / len(lines)


def _share(lines: Sequence[str], fits: Callable[[str], bool], *, goes_on: bool = False) -> float:
    """The share of lines that fit, or go on with one that does; 0 for a few lines.

    goes_on -- also lines that are indented, in brackets or in quotes of three
    """
    good, open_end, quoted, last = 0, False, "", False
    for line in lines:
        inside = open_end or quoted != "" or (goes_on and last and line[0] in " \t])}\"'{")
        last = inside or fits(line)
        good += last
        open_end = line.endswith("\\")  # (comments in between are gone already)
        quoted = _quoted(line, quoted)
    return good / len(lines) if len(lines) >= LEAST else 0.0


def _quoted(line: str, quoted: str) -> str:
    """The quotes of three that are open behind a line, "" for none.

    quoted -- those that are open before it
    """
    for mark in ('"""', "'''"):
        if quoted in ("", mark) and line.count(mark) % 2:
            return "" if quoted else mark
    return quoted


_FAMILIES: Mapping[str, Callable[[Sequence[str]], float]] = MappingProxyType(
    {
        "sections and settings": _sectioned,
        "a Makefile": _made,
        "a Dockerfile": _docked,
        "requirements": _pinned,
        "globs": _globbed,
        "owners of paths": _owned,
        "nginx": lambda lines: _braced(_NGINX, _DIRECTIVE, lines),
        "HCL": lambda lines: _braced(_HCL, _ATTRIBUTE, lines),
    }
)
"""How large a share of the lines of a text each family explains."""
