"""What is known of a language: its closed classes, the words that carry how things are said rather than what."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

# In order of precedence: an expression that a language lists under two kinds is the first of them.
KINDS = (
    "negator",
    "condition",
    "exception",
    "limit",
    "focus",
    "quantifier",
    "modal",
    "light",
    "binder",
    "opener",
    "stranded",
)
_NONE: frozenset[str] = frozenset()


def expressions(listing: str) -> frozenset[str]:
    """Return the expressions between commas and line breaks; an expression may be several words.

    Example: "not, no longer" -> {"not", "no longer"}
    """
    listing = unicodedata.normalize("NFC", listing)
    return frozenset(entry.strip() for line in listing.splitlines() for entry in line.split(",")) - {""}


@dataclass(frozen=True, slots=True)
class Pair:
    """Two halves of one expression with words between them: "ne ... pas", "weder ... noch".

    The first half is an expression of a kind of its own. The second is one of this kind only within `reach` words
    behind a first half, in the same sentence, and where no other second half stands between.

    Example: Pair("negator", frozenset({"ne", "n'"}), frozenset({"plus"})): "il ne dort plus" denies, "plus de sel" not
    """

    kind: str
    first: frozenset[str]
    second: frozenset[str]
    reach: int = 8


@dataclass(frozen=True, slots=True)
class Language:
    """The closed classes of a language: lower-case expressions, one set a kind (see `KINDS`).

    mild: modals of time, ability and wish ("will", "can"), which neither oblige nor doubt; without a list none is.
    starters: light, but only at the start of a sentence ("also", "moreover").
    initial: conditions, but only where a clause begins ("se" of Portuguese, elsewhere a pronoun).
    behind_comma: words of expressions that a comma may stand in front of ("до того, как").
    nouns: listed words that are nouns or names with a capital inside a sentence ("in May", "Will Smith", "das Muss") or
        behind one of `articles` ("a must", "le pouvoir").
    articles: the words behind which one of `nouns` is one.
    labels: listed words that stand for "number" before one, with a capital and a full stop ("No. 5").
    plain: expressions that hold a listed word and are no operator ("last but not least"); the longest match wins.
    shapes: regular expressions, each with its kind, for a whole lower-case word, where a language inflects what it
        lists ("ne" in Czech verbs, -me- in Turkish ones); looked at for words that are listed nowhere.
    patterns: the same for running text in a language that is written without spaces.
    proclitics: words that are written together with the next one ("and" in Arabic).
    variants: pairs of letters that are written for each other; the second of each pair is the one of the listings.
    spaced: words are written apart.
    elision: an apostrophe ends a word ("n'ai" is "n'" and "ai").
    denials: its commonest negators that are no ordinary word of another language of the script.
    common: its most frequent function words, which tell it from others of its script.
    """

    code: str
    name: str
    script: str
    negators: frozenset[str]
    conditions: frozenset[str] = _NONE
    exceptions: frozenset[str] = _NONE
    limits: frozenset[str] = _NONE
    focus: frozenset[str] = _NONE
    quantifiers: frozenset[str] = _NONE
    modals: frozenset[str] = _NONE
    mild: frozenset[str] = _NONE
    light: frozenset[str] = _NONE
    starters: frozenset[str] = _NONE
    binders: frozenset[str] = _NONE
    openers: frozenset[str] = _NONE
    stranded: frozenset[str] = _NONE
    initial: frozenset[str] = _NONE
    behind_comma: frozenset[str] = _NONE
    nouns: frozenset[str] = _NONE
    articles: frozenset[str] = _NONE
    labels: frozenset[str] = _NONE
    plain: frozenset[str] = _NONE
    pairs: tuple[Pair, ...] = ()
    shapes: tuple[tuple[str, str], ...] = ()
    patterns: tuple[tuple[str, str], ...] = ()
    proclitics: tuple[str, ...] = ()
    variants: str = ""
    spaced: bool = True
    elision: bool = False
    denials: frozenset[str] = _NONE
    common: frozenset[str] = _NONE

    def by_kind(self) -> dict[str, frozenset[str]]:
        """Return the expressions by kind, in the order of `KINDS`."""
        return dict(
            zip(
                KINDS,
                (
                    self.negators,
                    self.conditions,
                    self.exceptions,
                    self.limits,
                    self.focus,
                    self.quantifiers,
                    self.modals,
                    self.light,
                    self.binders,
                    self.openers,
                    self.stranded,
                ),
                strict=True,
            )
        )
