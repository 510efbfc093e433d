"""The closed classes of a language as one table to walk: by words, or by characters where no spaces are written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from tamis.text.languages.language import Language
from tamis.text.languages.table import LANGUAGES

# Letters with the marks that combine with them (\w alone leaves out the vowels of Devanagari and the points of Hebrew).
_LETTERS = r"[\w\u0300-\u036f\u0591-\u05c7\u064b-\u0655\u0670\u0900-\u0963\u0966-\u0dff\u200c]+"
_WORD = rf"{_LETTERS}(?:['\-]{_LETTERS})*"
_ELIDED_WORD = rf"{_LETTERS}'(?={_LETTERS})|{_LETTERS}(?:-{_LETTERS})*"
_ELIDED_PART = rf"{_LETTERS}'|{_LETTERS}(?:-{_LETTERS})*"  # of a listed expression: "n'" ends there
# What may stand between the words of an expression: "z.B", "παρ' όλα", "à\nmoins"; a comma is a matter of the second.
_GAP = rf"(?:\.(?={_LETTERS})|'?[ \t\u00a0\u202f]{{0,4}}\n?[ \t\u00a0]{{0,4}})"
UNSPACED = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]")
PLAIN = "plain"  # the kind of an expression that is no operator
_KANJI = {"Han", "Kana"}  # scripts that share characters
_DISTINCT = 4  # letters from which on a negator of a language is hardly a word of another one of its script
_LONGEST = 48  # letters of a word that is looked at for its shape
_MOST_WORDS = 50_000  # words whose shape is remembered


class Node:
    """What is known behind the words of an expression so far: its kind if it ends here, and how it can go on.

    ends: an expression ends here. starter: its kind at the start of a sentence (or a clause).
    noun, label: it may be a noun or a name, or stand for "number" (see `Language`).
    initials: the first letters of the words that it can go on with (and what may stand before those, twice).
    firsts, seconds: the halves of pairs that it is; groups of first halves by number, and (group, kind, reach).
    """

    __slots__ = ("children", "ends", "firsts", "initials", "kind", "label", "noun", "seconds", "starter")

    def __init__(self, kind: str = "") -> None:
        self.kind = kind
        self.ends = bool(kind)
        self.starter = ""
        self.noun = self.label = False
        self.firsts: tuple[int, ...] = ()
        self.seconds: tuple[tuple[int, str, int], ...] = ()
        self.children: dict[str, Node] = {}
        self.initials = set(" \n\t\u00a0")


class Words(dict[str, "Node | None"]):
    """First words of expressions; a word that is not listed is looked at once: behind a proclitic, for its shape."""

    def __init__(self, shapes: Iterable[tuple[str, str]], proclitics: tuple[str, ...]) -> None:
        super().__init__()
        self._shapes = [(re.compile(pattern), Node(kind)) for kind, pattern in shapes]
        self._proclitics = proclitics

    def __missing__(self, word: str) -> Node | None:
        if len(word) > _LONGEST:
            return None
        bare = (word[len(clitic) :] for clitic in self._proclitics if word.startswith(clitic))
        node = next((node for rest in bare if (node := self.get(rest))), None)
        if node is None:
            node = next((node for pattern, node in self._shapes if pattern.fullmatch(word)), None)
        if len(self) < _MOST_WORDS:
            self[word] = node
        return node


class Lexicon:
    """What `operators` walks for one language.

    Attributes:
        word: what a word is; `further` is a comma (group 1), a gap and the next word (group 2) of an expression.
        words: nodes by first word, of what is written with spaces.
        runs: nodes by whole expression, of what is written without; `starts` matches their first characters.
        patterns: regular expressions for running text, each with its node.
        letter: characters of one unit of a pair's reach.
        articles: words behind which a noun stands.
        spelling: letters, each with the one to read it as.
    """

    def __init__(self, language: Language, others: Mapping[bool, frozenset[str]]) -> None:
        word = _ELIDED_WORD if language.elision else _WORD
        self.word = re.compile(word)
        self.further = re.compile(f"(,?){_GAP}({word})")
        self._parts = re.compile(_ELIDED_PART if language.elision else _WORD)
        self.words = Words(language.shapes, language.proclitics)
        self.runs: dict[str, Node] = {}
        self.letter = 7 if language.spaced else 2
        self.articles = language.articles
        self._spaced = language.spaced
        self._behind_comma = language.behind_comma
        self.spelling = tuple(zip(language.variants[::2], language.variants[1::2], strict=True))
        for expression in others[True]:
            if language.elision or not expression.endswith("'"):
                self._end(expression, spaced=True).kind = "negator"
        for expression in others[False]:
            self._end(expression, spaced=False).kind = "negator"
        self._fill(language)
        self.patterns = [(re.compile(pattern), Node(kind)) for kind, pattern in language.patterns]
        lengths: dict[str, set[int]] = {}
        for expression in self.runs:
            lengths.setdefault(expression[0], set()).add(len(expression))
        self.lengths = {first: tuple(sorted(sizes, reverse=True)) for first, sizes in lengths.items()}
        self.starts = re.compile("[" + "".join(map(re.escape, self.lengths)) + "]" if lengths else r"(?!)")

    def _fill(self, language: Language) -> None:
        for kind, listing in reversed(language.by_kind().items()):
            for expression in listing:
                self._end(expression).kind = kind
        for expression in language.plain:
            self._end(expression).kind = PLAIN
        for expression in language.starters:
            self._end(expression).starter = "light"
        for expression in language.initial:
            self._end(expression).starter = "condition"
        self._fill_doubtful(language)
        self._fill_pairs(language)

    def _fill_doubtful(self, language: Language) -> None:
        for expression in language.nouns:
            self._end(expression).noun = True
        for expression in language.labels:
            self._end(expression).label = True

    def _fill_pairs(self, language: Language) -> None:
        groups = list(dict.fromkeys(pair.first for pair in language.pairs))
        for pair in language.pairs:
            group = groups.index(pair.first)
            for expression in pair.first:
                node = self._end(expression)
                node.firsts = tuple({*node.firsts, group})
            for expression in pair.second:
                node = self._end(expression)
                node.seconds = (*node.seconds, (group, pair.kind, pair.reach * self.letter))

    def _end(self, expression: str, *, spaced: bool | None = None) -> Node:
        """Return the node where an expression ends; `spaced` as the language is, by default."""
        node = self._node(expression, self._spaced if spaced is None else spaced)
        node.ends = True
        return node

    def _node(self, expression: str, spaced: bool) -> Node:  # noqa: FBT001
        """Return the node of an expression, made on the way if it is new."""
        if not spaced:
            return self.runs.setdefault(expression, Node())
        first, *rest = self._parts.findall(expression)
        node = self.words.get(first)
        if node is None:
            node = self.words[first] = Node()
        for word in rest:
            node.initials.add(word[0])
            parent, node = node, node.children.setdefault(word, Node())
            if word in self._behind_comma:
                parent.children["," + word] = node
        return node


@lru_cache(maxsize=128)
def lexicon(language: Language | None) -> Lexicon:
    """Return the lexicon of a language; its other half is the commonest negators of the others.

    Without a language, the commonest negators of all.
    """
    languages = tuple(LANGUAGES.values())
    if language is None:
        return Lexicon(Language("", "", "", frozenset(), elision=True), _denials(languages))
    alike = _KANJI if language.script in _KANJI else {language.script}
    foreign = _denials([one for one in languages if one.script not in alike])
    if not language.spaced:
        return Lexicon(language, foreign)
    relatives = [one for one in languages if one.script == language.script and one.code != language.code]
    common = {word for one in (language, *relatives) for word in one.common - one.denials}
    familiar = {denial for one in relatives for denial in one.denials - common if len(denial) >= _DISTINCT}
    return Lexicon(language, {**foreign, True: foreign[True] | familiar})


def _denials(languages: Iterable[Language]) -> dict[bool, frozenset[str]]:
    """The commonest negators, of languages with spaces (True) and without (False)."""
    listed = list(languages)
    return {
        spaced: frozenset(denial for one in listed if one.spaced is spaced for denial in one.denials)
        for spaced in (True, False)
    }
