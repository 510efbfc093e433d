"""The shapes of single lines: what a line of a diff, a log, a test run, a search result, a listing looks like.

A shape is strong: prose hardly ever has it. How many lines must have one, and how near
each other, is not known here.
"""

from __future__ import annotations

import regex

LEVEL = regex.compile(
    r"\b(?:INFO|WARN(?:ING)?|ERROR|ERR|DEBUG|TRACE|FATAL|NOTICE|CRITICAL|SEVERE|VERBOSE)\b"
    r"|\[(?:info|warn(?:ing)?|error|debug|trace|fatal|notice|crit)\]|\blevel=\w+|\b(?:info|warn|error|debug):\s"
)
_ISO = r"\d{4}[-/.]\d\d[-/.]\d\d[T ]\d\d:\d\d(?::\d\d)?(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?"
_CLOCK = r"\d\d:\d\d:\d\d(?:[.,]\d+)?"
_SYSLOG = r"[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d"
_APACHE = r"\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d(?: [+-]\d{4})?"
TIME = regex.compile(rf"{_ISO}|{_APACHE}|{_SYSLOG}|{_CLOCK}")
TIMED = regex.compile(rf"[\[(<]?(?:{_ISO}|{_CLOCK}|{_SYSLOG}|[IWEF]\d{{4}} {_CLOCK}|\d{{10}}(?:\.\d+)?\s)")
_MACHINE = regex.compile(
    r"\[[\w.:/#-]+\]|\w+\[\d+\]:|\b\w+=\S|\b(?:GET|POST|PUT|DELETE|HEAD)\s+/|\b[a-z_]\w*(?:\.\w+){2,}\b|\S+:\d+\b|0x[0-9a-f]+"
)
_ISO, _CLOCK, _APACHE = (pattern.replace(" ", r"\ ") for pattern in (_ISO, _CLOCK, _APACHE))  # (in VERBOSE)
_LOGGED = regex.compile(
    rf"""\[?(?:INFO|WARN(?:ING)?|ERROR|DEBUG|TRACE|FATAL|CRITICAL)\]?(?:[:\s]\s*\S|\()
    |\S+\ \S+\ \S+\ \[{_APACHE}\]\ "
    |(?:time|ts|level|msg)="?[^\s"]+.*\s\w+=
    |\[\s*\d+\.\d{{6}}\]\s
    |\S+\s+\|\s+(?:{_ISO}|{_CLOCK}|\[|INFO|WARN|ERROR|DEBUG)""",
    regex.VERBOSE,
)
_RUN = regex.compile(
    r"""={3,}\ .*(?:test\ session\ starts|FAILURES|ERRORS|short\ test\ summary|warnings\ summary|passed|failed|error).*=
    |_{5,}\ .*\ _{3,}$|-{5,}\ Captured\ |E\ {3}\s*\S
    |(?:PASSED|FAILED|ERROR|SKIPPED|XFAIL)\ \S+::|\S+::\S+\ (?:PASSED|FAILED|ERROR|SKIPPED)
    |\S+\.py\ [.FEsx]+\s+\[\s*\d+%\]|platform\ \w+\ --\ Python|rootdir:\ |collected\ \d+\ item
    |=+\ ?(?:RUN|PAUSE|CONT)\s+\S|\s*---\ (?:PASS|FAIL|SKIP):\ \S|(?:ok|FAIL|\?)\s+\S+\s+(?:[\d.]+s|\(cached\)|\[)
    |test\ \S+(?:\ -\ .*)?\ \.\.\.\ (?:ok|FAILED|ignored)|test\ result:|running\ \d+\ tests?$
    |\s*(?:Compiling|Checking|Finished|Downloaded|Downloading|Updating|Running|Fresh)\ \S+\s.*(?:v\d|\[|\()
    |(?:error|warning)(?:\[[A-Z]\d+\])?:\ |\s*-->\ \S+:\d+:\d+|\s*\d+\ \|\s|\s*\|\s+[\^~-]+[^|]*$
    |(?:PASS|FAIL)\ \S+\.\w+|\s+[✓✔✕✗×√]\ |Tests?\ Suites?:\ |Tests:\s+\d|\s+●\ .+\ ›
    |\S+\.\w+:\d+:(?:\d+:)?\ (?:fatal\ )?(?:error|warning|note|undefined)
    |make(?:\[\d+\])?:\ |(?:gcc|cc|g\+\+|clang|ld)\ -|\[\s*\d+%\]\ (?:Building|Linking|Built)
    |\S+\(\d+,\d+\):\ (?:error|warning)|npm\ (?:ERR!|WARN|warn|error|notice)|yarn\ (?:install|run)|\[\d/\d\]\ \w
    |(?:Collecting|Downloading|Installing|Requirement\ already|Using\ cached|Successfully\ \w+|Building\ wheel)\b
    |(?:Get|Hit|Ign|Err):\d+\ |(?:Setting\ up|Unpacking|Selecting\ previously|Preparing\ to\ unpack)\ \S
    |\#\d+\ (?:\[|\d|DONE|CACHED|sha256)|Step\ \d+/\d+\ :|\ ?--->\ |\s*\d+%\|[█▏▎▍▌▋▊▉\s#]*\|
    |\[(?:INFO|WARNING|ERROR)\]\ |>\ Task\ :\S|BUILD\ (?:SUCCESS|FAILED)|\*{3}\ \[|Traceback\ \(most\ recent
    |\s+File\ ".*",\ line\ \d+|\s+at\ [\w.$<>]+\s?\(.*\)|Caused\ by:\ |goroutine\ \d+\ \[|thread\ '.*'\ panicked""",
    regex.VERBOSE,
)
_FOUND = regex.compile(
    r"(?:\.{0,2}/)?(?:[\w.@+-]+/)*[\w@+-][\w.@+-]*\.\w{1,10}(?::\d+:(?:\d+:)?|-\d+-)|(?:[\w.@+-]+/)+[\w.@+-]+(?::\d+:|-\d+-)"
)
_LISTED = regex.compile(r"[bcdlps-](?:[r-][w-][xsStT-]){3}[.+@]?\s+\d+\s|total \d+$|(?:[│|]\s+)*(?:├──|└──|\|--|`--)\s")
_PATH = regex.compile(r"(?:\.{0,2}/|[\w.@+-]+/)[\w.@+/-]*[\w@+/-]$")
_HEADED = regex.compile(r"\d+[:-](?:\d+:)?\s*\S|--$")
_NUMBERED = regex.compile(r"\s*\d+(?:\t|→|\|)")
HUNK = regex.compile(r"@@ -\d+(?:,\d+)? \+\d+(?:,\d+)? @@")
DIFF_HEAD = regex.compile(
    r"diff --(?:git|cc|combined) |index [0-9a-f]{6,}\.\.[0-9a-f]{6,}|(?:new|deleted) file mode \d|(?:old|new) mode \d"
    r"|similarity index \d|(?:rename|copy) (?:from|to) |Binary files .* differ|GIT binary patch|Index: \S|={67}$"
    r"|--- (?:a/|/dev/null|\S+\t|\S*/|\S+\.\w+)|\+\+\+ (?:b/|/dev/null|\S+\t|\S*/|\S+\.\w+)"
)


def timed(line: str) -> bool:
    """Whether a line begins with a time of day, as a log's do, and a chat's may."""
    return TIMED.match(line) is not None


def logged(line: str) -> bool:
    """Whether a line is one that a program logs: a level, or a time and something that only machines write."""
    if _LOGGED.match(line):
        return True
    return timed(line) and (LEVEL.search(line[:160]) is not None or _MACHINE.search(line, 8, 200) is not None)


def run(line: str) -> bool:
    """Whether a line is one of a test run, a build, an installation or a traceback."""
    return _RUN.match(line) is not None


def found(line: str) -> bool:
    """Whether a line is a search result: "path:12:what stands there"."""
    return _FOUND.match(line) is not None


def listed(line: str) -> bool:
    """Whether a line is one of `ls -l` or `tree`."""
    return _LISTED.match(line) is not None


def path(line: str) -> bool:
    """Whether a line is one path and nothing else."""
    return _PATH.fullmatch(line.strip()) is not None


def headed(line: str) -> bool:
    """Whether a line is a result under the path of its file, as `rg --heading` prints them."""
    return _HEADED.match(line) is not None


def numbered(line: str) -> bool:
    """Whether a line has its number before it, as `cat -n` prints them."""
    return _NUMBERED.match(line) is not None
