"""`guard`: what a shortened text says otherwise than its source, and what of weight it leaves out.

Altered is what contradicts: a denial gone whose words stay (or a denial that is new), a number gone from a sentence
that stays, a number that the source does not have. Omitted is what a reader may miss: numbers, names and terms of the
question that went with all that is said around them. Works on any two texts, whoever shortened; knows words, not
meaning: a paraphrase that turns the sense round without a denial or a number passes.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from math import prod

from tamis.core import Span
from tamis.errors import InvalidInput
from tamis.prompt.guards.changed import Excerpt, changed
from tamis.prompt.guards.tokens import Token, aligned, tokens
from tamis.prompt.methods.auto.features import terms
from tamis.text.contrast import contrasts
from tamis.text.function_words import FUNCTION_WORDS
from tamis.text.languages import language_of, operators
from tamis.text.protect import detect

LONG = 60_000  # characters of both texts, from which on only what changed is looked at
RISKY = 0.5  # from here on a result is risky: one thing altered is enough, whatever is omitted is not
ALTERED = {"negation": 0.9, "number": 0.6, "name": 0.15}
OMITTED = 0.45  # at most, for all that is left out
REACH = 8  # words between a denial, or a number, and what it is about
NEAR = 3  # of these the nearest with content are looked at
_EDGES = frozenset(".;:!?…。！？；：،؛|")
_INNER = frozenset(",()[]{}—–、，")
_NONE: frozenset[str] = frozenset()
_SIGNS = frozenset("-−–+%‰$€£¥<>≤≥±~")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something of weight that the shortened text does not say as its source does.

    Attributes:
        kind: "negation", "number", "name" or "question".
        text: what it is.
        where: in the source; in the shortened text if it is new there.
        new: it is in the shortened text and not in the source.
        altered: what stays says something else without it (or with it); else it went with what is said around it.
    """

    kind: str
    text: str
    where: Span | None
    new: bool = False
    altered: bool = True

    def __str__(self) -> str:
        if self.new:
            return f"{self.kind} {self.text!r} is not in the source"
        return f"{self.kind} {self.text!r} is gone" + (", what it belongs to is there" if self.altered else "")


@dataclass(frozen=True, slots=True)
class Risk:
    """How likely a shortened text misleads.

    Attributes:
        score: 0 to 1; from `RISKY` on something is altered.
        findings: why, the gravest first.
    """

    score: float
    findings: tuple[Finding, ...] = ()

    @property
    def altered(self) -> tuple[Finding, ...]:
        """What says something else."""
        return tuple(finding for finding in self.findings if finding.altered)

    @property
    def omitted(self) -> tuple[Finding, ...]:
        """What went with all around it."""
        return tuple(finding for finding in self.findings if not finding.altered)

    @property
    def reasons(self) -> tuple[str, ...]:
        """The findings as sentences."""
        return tuple(map(str, self.findings))

    @property
    def risky(self) -> bool:
        """Whether something is altered."""
        return self.score >= RISKY


@dataclass(frozen=True, slots=True)
class _Text:
    """A text, its words, which words its numbers, denials and names are made of; the whole that it is an excerpt of."""

    text: str
    tokens: list[Token]
    facts: dict[str, list[tuple[Span, range]]]
    whole: str

    @classmethod
    def of(cls, text: str, whole: str = "") -> _Text:
        parts = tokens(text)
        starts = [token.span.start for token in parts]
        spans = {
            "number": [d.span for d in detect(text, ("numbers",))],
            "name": [d.span for d in detect(text, ("names",))],
            "negation": [o.span for o in operators(text, language_of(text)) if o.kind in ("negator", "exception")],
        }
        facts = {kind: [(span, _places(parts, starts, span)) for span in some] for kind, some in spans.items()}
        return cls(text, parts, {kind: [f for f in some if f[1]] for kind, some in facts.items()}, whole)


def _places(parts: Sequence[Token], starts: Sequence[int], span: Span) -> range:
    """The numbers of the words that a span touches."""
    first, last = bisect_left(starts, span.start), bisect_left(starts, span.end)
    if first and parts[first - 1].span.end > span.start:
        first -= 1
    return range(first, last)


def guard(source: str, shortened: str, *, question: str | None = None) -> Risk:
    """Compare a shortened text with its source.

    question -- what the reader wants to know: its terms should not be lost

    Raises:
        InvalidInput: what are no texts.

    Example: guard("Do not take it.", "Do take it.").risky -> True
    """
    for text in (source, shortened):
        if not isinstance(text, str):
            raise InvalidInput(f"The guard compares texts, got {text!r:.80}.")
    if source == shortened:
        return Risk(0.0)
    if len(source) + len(shortened) > LONG:
        return _of_long(source, shortened, question)
    return _compared(source, shortened, source, shortened, question)


def _of_long(source: str, shortened: str, question: str | None) -> Risk:
    """The same for long texts: by the lines that changed alone; what went with whole lines is not listed."""
    before, after = changed(source, shortened)
    risk = _compared(before.text, after.text, source, shortened, question)
    return replace(risk, findings=tuple(_placed(finding, before, after) for finding in risk.findings))


def _placed(finding: Finding, before: Excerpt, after: Excerpt) -> Finding:
    if finding.where is None:
        return finding
    return replace(finding, where=(after if finding.new else before).there(finding.where))


def _compared(source: str, shortened: str, whole: str, whole_short: str, question: str | None) -> Risk:
    """The risk of two texts; terms of the question are looked for in the whole of them."""
    left, right = _Text.of(source, whole), _Text.of(shortened)
    there = aligned(source, shortened, left.tokens, right.tokens)
    altered = list(chain(_denials(left, right, there), _numbers(left, right, there), _names(left, right, there)))
    asked, remaining = _asked(question, whole, whole_short)
    lost = [Finding("question", term, None, altered=False) for term in asked if term not in remaining]
    return _judged(altered + lost, left, len(asked))


def _judged(findings: list[Finding], source: _Text, asked: int) -> Risk:
    """The score, and the findings with the gravest first."""
    grave = prod(1 - ALTERED.get(f.kind, 0.0) for f in findings if f.altered)
    numbers = len(source.facts["number"]) or 1
    names = len(source.facts["name"]) or 1
    count = Counter(f.kind for f in findings if not f.altered)
    share = max(count["question"] / (asked or 1), 0.6 * count["number"] / numbers, 0.3 * count["name"] / names)
    score = 1 - grave * (1 - OMITTED * min(share, 1.0))
    order = sorted(findings, key=lambda f: (not f.altered, -ALTERED.get(f.kind, 0.0)))
    return Risk(min(score, 1.0), tuple(order))


def _denials(left: _Text, right: _Text, there: Sequence[int]) -> Iterator[Finding]:
    """Denials that are gone from what stays, and denials that are new."""
    for span, places in left.facts["negation"]:
        if any(there[i] < 0 for i in places):
            yield Finding("negation", span.of(left.text), span, altered=_denied_stays(left, places, there))
    back = set(there)
    for span, places in right.facts["negation"]:
        if any(j not in back for j in places):
            yield Finding("negation", span.of(right.text), span, new=True)


def _denied_stays(left: _Text, places: range, there: Sequence[int]) -> bool:
    """Whether what a denial is about is there: of a mere "No", what stands on both sides of it."""
    near = _near(left.tokens, places, left.text)
    beside = [] if near else _beside(left.tokens, places, left.text)
    return any(there[i] >= 0 for i in near) or (bool(beside) and all(there[i] >= 0 for i in beside))


def _near(parts: Sequence[Token], places: range, text: str) -> list[int]:
    """The words that a denial is about: the next with content behind it, or those before it."""
    behind = _content(parts, range(places.stop, min(len(parts), places.stop + REACH)), text)
    before = _content(parts, range(places.start - 1, max(-1, places.start - 1 - REACH), -1), text)
    return behind[:NEAR] or before[:NEAR]


def _beside(parts: Sequence[Token], places: range, text: str) -> list[int]:
    """The next words on both sides in the line, whatever marks stand between; where there are none, beyond it."""
    for breaks in (0, 1):
        nearest = [*_side(parts, places.stop, 1, text, breaks), *_side(parts, places.start - 1, -1, text, breaks)]
        if nearest:
            return nearest
    return []


def _side(parts: Sequence[Token], start: int, step: int, text: str, breaks: int) -> list[int]:
    """The next word on one side, over so many line breaks at once."""
    for i in range(start, min(max(start + step * REACH, -1), len(parts)), step):
        if _between(parts, i, i - step, text).count("\n") > breaks:
            break
        if parts[i].key[0].isalnum():
            return [i]
    return []


def _between(parts: Sequence[Token], i: int, j: int, text: str) -> str:
    """What stands between two words that follow each other."""
    low, high = sorted((i, j))
    return text[parts[low].span.end : parts[high].span.start] if low >= 0 and high < len(parts) else ""


def _content(parts: Sequence[Token], order: range, text: str) -> list[int]:
    """The words with content in an order, up to a mark, a line end or a word that sets the next clause against it."""
    content: list[int] = []
    for i in order:
        key = parts[i].key
        if key in _EDGES or key in _INNER or contrasts(key) or "\n" in _between(parts, i, i - order.step, text):
            break
        if key not in FUNCTION_WORDS and key[0].isalnum():
            content.append(i)
    return content


def _numbers(left: _Text, right: _Text, there: Sequence[int]) -> Iterator[Finding]:
    """Numbers that are gone or changed, and numbers that are new."""
    for span, places in left.facts["number"]:
        value = [i for i in places if left.tokens[i].key[0].isalnum()]
        lost = [i for i in value if there[i] < 0]
        if lost:
            yield Finding("number", span.of(left.text), span, altered=_stays_around(left, places, there))
        elif _sign_lost(left, places, there):
            yield Finding("number", span.of(left.text), span)
    back = set(there)
    known = {token.key for token in left.tokens}
    for span, places in right.facts["number"]:
        unknown = [j for j in places if j not in back and right.tokens[j].key not in known]
        new = any(right.tokens[j].key[0].isalnum() for j in unknown)
        if new and span.of(right.text) not in left.whole:
            yield Finding("number", span.of(right.text), span, new=True)


def _sign_lost(left: _Text, places: range, there: Sequence[int]) -> bool:
    return any(there[i] < 0 for i in places if left.tokens[i].key in _SIGNS)


def _stays_around(left: _Text, places: range, there: Sequence[int]) -> bool:
    """Whether what a number stands in is there: other words between its marks; where it is alone, the next ones."""
    for inner in (_INNER, _NONE):
        around = [*_run(left, places, inner, 1)[: NEAR * 2], *_run(left, places, inner, -1)[: NEAR * 2]]
        content = [i for i in around if left.tokens[i].key not in FUNCTION_WORDS]
        if around:
            return any(there[i] >= 0 for i in content or around)
    beside = _beside(left.tokens, places, left.text)
    return bool(beside) and all(there[i] >= 0 for i in beside)


def _run(left: _Text, places: range, inner: frozenset[str], step: int) -> list[int]:
    """The words on one side of some words, up to a mark or a line end."""
    start, end = (places.stop, places.stop + REACH) if step > 0 else (places.start - 1, places.start - 1 - REACH)
    words: list[int] = []
    for i in range(start, min(max(end, -1), len(left.tokens)), step):
        key = left.tokens[i].key
        if key in _EDGES or key in inner or "\n" in _between(left.tokens, i, i - step, left.text):
            break
        if key[0].isalnum():
            words.append(i)
    return words


def _names(left: _Text, right: _Text, there: Sequence[int]) -> Iterator[Finding]:
    """Names that the shortened text does not have any more, anywhere."""
    known = {token.key for token in right.tokens}
    mentioned: set[str] = set()
    for span, places in left.facts["name"]:
        words = [left.tokens[i].key for i in places]
        name = " ".join(words)
        if name not in mentioned and not all(word in known for word in words):
            mentioned.add(name)
            gone = not any(there[i] >= 0 for i in places)
            yield Finding("name", span.of(left.text), span, altered=not gone or _stays_around(left, places, there))


def _asked(question: str | None, source: str, shortened: str) -> tuple[list[str], set[str]]:
    """The terms of a question that a source has, and those that the shortened text has."""
    if not question:
        return [], set()
    had = set(_terms(source))
    return [term for term in _terms(question) if term in had], set(_terms(shortened))


def _terms(text: str) -> list[str]:
    """The distinct words with content."""
    return [t for t in dict.fromkeys(term.casefold() for term in terms(text)) if t not in FUNCTION_WORDS]
