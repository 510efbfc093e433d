"""Expressions of several words that say nothing, or something else, in part: quantities, dates, versions, commands.

"500 mg", "four times a day", "14 March 2024", "PostgreSQL 16", "git rebase --onto main topic": whole or gone.
Rules over numbers and names, for any language of Latin letters; what they join needlessly costs little.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

import regex

from tamis.text.abbreviations import word_set
from tamis.text.function_words import FUNCTION_WORDS
from tamis.text.protect.detection import either_case
from tamis.text.protect.units import SPELLED, SPELLED_WORDS, UNITS
from tamis.text.relations import Places, Relations

WORDS = 16  # of a command
_SMALL = FUNCTION_WORDS | word_set(
    """
    und oder bis der die das den dem des ein eine mit von zu zur zum im am et ou le la les du de des un une dans sur
    pour y o el los las en con por e os as do da no na em com il lo gli di del che i van het een of och eller og
    not no never cannot can't couldn't won't wouldn't don't doesn't didn't isn't aren't wasn't weren't must shouldn't
    nicht kein keine nie ist sind war hat haben kann est sont a n'est ne pas son está es é são não foi
    """
)
_DAY = r"\d{1,2}(?:st|nd|rd|th|er|º|ª)?"
_MONTH = either_case(
    "januar jänner februar märz marts mars april mai maj juni juli august augusti september oktober november dezember"
    " desember december januari februari maart mei ledna února března dubna května června července srpna září října"
    " listopadu prosince"
)
_MONTHS = re.compile(
    f"(?:{_MONTH}|"
    + either_case("january february march may june july october december jan feb mar apr jun jul aug sep oct nov dec")
    + ")"
)
_DATED = re.compile(r"(?:1\d|20)\d\d(?:s|[–-]\d+)?|\d{1,2}(?:st|nd|rd|th)")  # 1066, 1990s, 1914–18, 19th
_NUMBER = r"(?:[$€£¥]|US\$)?\d++(?:[.,']\d++){0,8}(?:[ \u00a0\u202f]\d{3}(?!\d)){0,5}"
_RANGE = rf"{_NUMBER}%?(?:(?:[ ]?[–\-][ ]?|[ ](?:to|or|and|bis|und|à|a|e|y|и|до)[ ]){_NUMBER}%?)?"
_BLANK = r"[ \u00a0\u202f]"
_RATE = rf"(?:{_BLANK}(?:a|an|per|every|each|pro|par|por|al|am|all)\b{_BLANK}(?:\d+{_BLANK})?[\p{{L}}²³]+)"
_UNIT = rf"(?:{UNITS})(?!\w)"
_YEAR = r"(?:1[5-9]|20)\d\d\b"
_FEW = rf"(?:{SPELLED}|(?i:once|twice))\b"
_QUANTITY = regex.compile(
    rf"{_DAY}{_BLANK}(?:de|di|of)[ ]\p{{L}}{{3,12}}(?:[ ](?:del?[ ])?{_YEAR})?"  # 14 de março de 2024
    rf"|{_DAY}\.{_BLANK}(?:{_MONTH})\b(?:{_BLANK}{_YEAR})?"  # 14. März 2024
    rf"|{_RANGE}{_BLANK}?{_UNIT}{_RATE}?"  # 500 mg a day, 25 °C
    rf"|(?:{_RANGE}|{_FEW}){_RATE}"  # £48,000 a year, twice a day
    rf"|(?!{_YEAR}){_RANGE}{_BLANK}(?P<thing>\p{{L}}[\w'’\-]*)(?:{_BLANK}{_YEAR})?{_RATE}?"  # 14 March 2024, 5 wells
    rf"|{_FEW}{_BLANK}(?P<things>\p{{L}}[\w'’\-]*){_RATE}?"  # two hours, four times a day
)
_BEGIN = re.compile(rf"(?<![\w.,:/\-$€£¥])(?:(?:[$€£¥]|US\$)?\d|\b(?:{SPELLED}|[oO]nce|[tT]wice)\b)")
_NUMBER_BEHIND = regex.compile(rf"\d++(?:\.\w++)*+\w*+(?!:\d|,\d|{_BLANK}?{_UNIT})")
_LABELS = word_set(
    """
    version versions step page pages chapter section figure table line lines item option level phase issue issues
    milestone port room article rule part volume no. nr. no nr day week year build release ticket case point model type
    seite kapitel abschnitt schritt zeile seiten página capítulo paso étape chapitre version versión versão
    """
)
_NAME = regex.compile(r"(?<![\w.])\p{L}[\w.+\#\-]{0,30}(?<=[\p{L}+\#])[ \u00a0\u202f]")

_SURE = word_set(
    """
    git docker kubectl ssh scp rsync tar pip pip3 npm npx yarn pnpm cargo curl wget grep sed awk chmod chown systemctl
    journalctl apt-get apt brew dnf yum psql mysql pg_dump pg_restore sqlite3 redis-cli aws gcloud terraform helm
    ls cd cp mv rm mkdir rmdir ln crontab openssl ffmpeg gcc clang cmake ctest pytest ruff mypy rustc tmux dig nmap
    docker-compose podman ansible-playbook vim nano sudo
    """
)
# Words of English, too: commands only where an option or a path follows.
_DOUBTFUL = word_set(
    "find make cat head tail go node python python3 java kill sort cut echo export ping vi tee ps df du mount tamis"
)
_ARGUMENT = regex.compile(r"[ ]+(?P<word>(?:[^\s\"'`]|\"[^\"\n]{0,200}\"|'[^'\n]{0,200}')+)")
_PARTICLES = frozenset({"up", "down"})  # docker compose up


def is_amount(words: Sequence[str], number: int) -> bool:
    """Whether a word counts or measures something: a number that is no year, no part of a date and no ordinal.

    words -- of a text, in lower case, without stops

    Example: of "in 1066 some 700 ships crossed in three days", "700" and "three"
    """
    word = words[number]
    if word.isalpha():
        return word in SPELLED_WORDS
    if not any(map(str.isdigit, word)) or _DATED.fullmatch(word):
        return False
    return not any(_MONTHS.fullmatch(near) for near in words[max(0, number - 2) : number + 3])


def expressions(text: str, places: Places) -> Relations:
    """Find the expressions of a text."""
    relations = Relations()
    for start, end in [*_quantities(text), *_commands(text)]:
        units = places.units(start, end)
        if len(units) > 1:
            relations.wholes.append((units.start, units.stop))
    return relations


def _quantities(text: str) -> Iterator[tuple[int, int]]:
    """Numbers with what they count, and names with a number: PostgreSQL 16, Section 4.2, March 14."""
    resume = 0
    for begin in _BEGIN.finditer(text):
        if begin.start() < resume:
            continue
        match = _QUANTITY.match(text, begin.start())
        name = _name_before(text, begin.start())
        if match is not None and not _by_chance(match) and text[name : begin.start() - 1].lower() not in _LABELS:
            resume = match.end()
            yield match.start(), resume
        elif _NUMBER_BEHIND.match(text, begin.start()):
            yield name, begin.end()


def _by_chance(match: regex.Match[str]) -> bool:
    """Whether a number just stands before a word of grammar: "5 of them"."""
    thing = match["thing"] or match["things"]
    return thing is not None and thing.lower() in _SMALL


def _name_before(text: str, end: int) -> int:
    """Where the name begins that stands before a number; where the number does, if none does."""
    start = text.rfind(" ", max(0, end - 32), end - 1) + 1 if end > 1 else end
    match = _NAME.fullmatch(text, start, end)
    name = match[0].strip() if match else ""
    named = name.lower() in _LABELS or (name != name.lower() and name.lower() not in _SMALL)
    return start if named else end


def _commands(text: str) -> Iterator[tuple[int, int]]:
    """Command lines in running text, from the command to the last argument."""
    names = (_SURE | _DOUBTFUL).intersection(text.split())
    resume = 0
    for match in _command(frozenset(names)).finditer(text) if names else ():
        if match.start() < resume:
            continue
        resume = _arguments(text, match.end())
        if resume > match.end():
            yield match.start(), resume


@lru_cache(maxsize=64)
def _command(names: frozenset[str]) -> re.Pattern[str]:
    """What some commands begin with; one scan is as fast as there are few of them."""
    sure, doubtful = (
        "|".join(map(re.escape, sorted(names & words, key=lambda word: (-len(word), word)))) or "(?!)"
        for words in (_SURE, _DOUBTFUL)
    )
    option = r"(?=[ ]+(?:-|[./~]|[^\s]+[/=.][^\s]))"
    return re.compile(rf"\b(?<![/.\-@\"'`])(?:(?:{sure})(?=[ ]+[^\s—–|])|(?:{doubtful}){option})")


def _arguments(text: str, end: int) -> int:
    """Where the arguments end that begin here: before a word of grammar, or at a mark."""
    for _ in range(WORDS):
        match = _ARGUMENT.match(text, end)
        if match is None:
            return end
        word = match["word"]
        bare = word.rstrip(".,;:!?)”’") or word
        if bare.lower() in _SMALL and bare not in _PARTICLES:
            return end
        end = match.start("word") + len(bare)
        if word not in (bare, "."):
            return end
    return end
