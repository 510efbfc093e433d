"""What a question asks for, and how much of it a passage says: its words, names and figures, and what kind of answer.

A question without an answer is often one about another year, another name or the opposite (SQuAD 2.0, arXiv
1806.03822): what of the question is nowhere in the sentence that should answer it counts against an answer. English; in
another language words, figures and names still count.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import Stemmer

from tamis.text.function_words import FUNCTION_WORDS
from tamis.text.languages import operators
from tamis.text.languages.table import LANGUAGES
from tamis.text.protect.proper_names import names
from tamis.text.protect.values import dates, numbers

MEASURES = (
    "missing",  # content words of the question that the sentence does not say
    "missing around",  # and that its passage does not say either
    "names",  # names of the question that neither the sentence nor the one before it says
    "figures",  # figures of the question that the sentence does not say
    "kind",  # 1 if something of the kind that is asked for is there: a name, a date, a number; 1 where any kind will do
    "amount",  # 1 if a number is asked for
    "denied",  # 1 if question or sentence denies, and not both
    "opposites",  # words of the question whose opposite stands in the sentence in their place
)
_WORD = re.compile(r"[^\W_]+(?:[.,]\d+)*(?:['’][^\W_]+)?")
_FIGURE = re.compile(r"\d(?:[\d,.]*\d)?")
_AMOUNT = re.compile(
    r"\bhow (?:many|much|long|old|far|large|big|tall|high|often|fast)\b|\bpercent"
    r"|\bwhat (?:number|amount|portion|size)\b"
)
_TIME = re.compile(r"\bwhen\b|\b(?:what|which) (?:year|date|day|month|century|decade|time)\b")
_NAME = re.compile(r"\bwho(?:se|m)?\b|\bwhere\b|\b(?:what|which) (?:country|city|state|place|region|county)\b")
_ASKING = frozenset(["who", "whom", "whose", "what", "which", "when", "where", "why", "how", "name"])
_OPPOSITES = """
before after, first last, first second, more less, more fewer, most least, increase decrease, increase decline
high low, higher lower, highest lowest, large small, larger smaller, largest smallest, long short, longer shorter
earlier later, earliest latest, old new, oldest newest, old young, begin end, start end, open close, win lose
north south, northern southern, east west, eastern western, include exclude, allow forbid, allow prohibit
support oppose, accept reject, agree disagree, success failure, succeed fail, positive negative, good bad, best worst
better worse, strong weak, male female, men women, man woman, left right, upper lower, inside outside
internal external, public private, major minor, majority minority, easy difficult, fast slow, hot cold, legal illegal
common rare, build destroy, gain lose, join leave, attack defend, buy sell, import export, maximum minimum
always never, same different, rich poor, natural artificial, ancient modern, victory defeat, birth death, born died
cause prevent, possible impossible, known unknown, stable unstable, active inactive, direct indirect
dependent independent, formal informal, wide narrow
"""


@dataclass(frozen=True)
class Asked:
    """What a question asks for.

    Attributes:
        terms: stems of its content words, in order.
        names: stems of its capitalised words behind the first.
        figures: as they are written.
        kind: "number", "date", "name"; "" where any kind will do.
        denies: whether it denies something.
        opposites: stems of its words that have opposites, and these.
    """

    terms: tuple[str, ...]
    names: tuple[str, ...]
    figures: tuple[str, ...]
    kind: str
    denies: bool
    opposites: tuple[tuple[str, frozenset[str]], ...]

    def measures(self, before: str, sentence: str, passage: frozenset[str]) -> tuple[float, ...]:
        """Measure one sentence that may answer, see `MEASURES`.

        before -- the sentence before it; "" for none
        passage -- stems of all that its passage says, title included
        """
        said = stems(sentence)
        near = said | stems(before)
        return (
            float(sum(stem not in said for stem in self.terms)),
            float(sum(stem not in passage for stem in self.terms)),
            float(sum(name not in near for name in self.names)),
            float(sum(figure not in sentence for figure in self.figures)),
            float(self._offers(sentence)),
            float(self.kind == "number"),
            float(self.denies != denies(sentence)),
            float(sum(bool(others & said) for stem, others in self.opposites if stem not in said)),
        )

    def _offers(self, sentence: str) -> bool:
        """Whether a sentence says something of the kind that is asked for, other than what the question says itself."""
        known = set(self.terms)
        finders = {"number": (numbers,), "date": (dates,), "name": (names,)}.get(self.kind, ())
        spans = (span for find in finders for span in find(sentence))
        return not finders or any(stems(span.of(sentence)) - known for span in spans)


@lru_cache(maxsize=256)
def asked(question: str) -> Asked:
    """What a question asks for.

    Example: "When did Rowe buy the mill?" -> terms row, buy, mill; names row; kind "date"
    """
    bodies = _WORD.findall(question)
    content = [b for b in bodies if b.lower() not in FUNCTION_WORDS and b.lower() not in _ASKING]
    proper = [b for b in bodies[1:] if b[0].isupper() and b in content]
    return Asked(
        tuple(_stem(b) for b in content),
        tuple(_stem(b) for b in proper),
        tuple(_FIGURE.findall(question)),
        _kind(question.lower()),
        denies(question),
        tuple((stem, opposites(stem)) for stem in map(_stem, bodies) if opposites(stem)),
    )


def _kind(question: str) -> str:
    for kind, pattern in (("number", _AMOUNT), ("date", _TIME), ("name", _NAME)):
        if pattern.search(question):
            return kind
    return ""


def denies(text: str) -> bool:
    """Whether a text denies something."""
    return any(operator.kind == "negator" for operator in operators(text, LANGUAGES["en"]))


def stems(text: str) -> frozenset[str]:
    """The stems of all words of a text."""
    return frozenset(_stem(body) for body in _WORD.findall(text))


@lru_cache(maxsize=1 << 16)
def _stem(word: str) -> str:
    lower = word.lower().removesuffix("'s").removesuffix("’s")
    stem: str = _STEMMER.stemWord(lower)
    return stem


_STEMMER = Stemmer.Stemmer("english", 0)


@lru_cache(maxsize=1)
def _table() -> dict[str, frozenset[str]]:
    table: dict[str, set[str]] = {}
    for pair in _OPPOSITES.replace("\n", ",").strip(",").split(","):
        one, other = (_stem(word) for word in pair.split())
        table.setdefault(one, set()).add(other)
        table.setdefault(other, set()).add(one)
    return {stem: frozenset(others) for stem, others in table.items()}


def opposites(stem: str) -> frozenset[str]:
    """The stems of what means the opposite, as far as that is listed.

    Example: "largest" -> "smallest"
    """
    return _table().get(stem, frozenset())
