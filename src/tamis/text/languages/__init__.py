"""What languages are written with: closed classes, detection, and the operators of a text.

An operator is a word or expression that says how something holds rather than what: whoever shortens a text must keep it
with what it governs. `KINDS` are its kinds:

- negator: denies ("not", "never", "nicht", "ne ... pas", "不", "ない"); governs its clause.
- condition: makes one clause depend on another ("if", "unless", "until", "before", "wenn", "如果"); governs both.
- exception: takes something out ("except", "without", "ohne", "除了"); governs its clause.
- limit: bounds what follows ("at most", "at least", "bis zu", "至少"); governs the next number or noun phrase.
- focus: says of what alone or how surely the clause holds ("only", "even", "perhaps", "nur", "只"); governs its clause.
- quantifier: says of how many ("all", "some", "a few", "jeder", "所有"); governs the words up to the next content word.
- modal: says whether it must, may, can or will be ("must", "may", "darf", "必须"); governs up to its main verb.
- light: can be deleted anywhere and nothing else is said: fillers, intensifiers, articles where they carry no case.
- binder: ties the following noun phrase to what stands before ("by", "from", "mit", "par"); stays with it.
- opener: opens a clause ("and", "because", "which", "weil", "que").
- stranded: introduces what follows and says nothing without it (possessives, auxiliaries, pronouns, articles that are
  not light); should not be all that stays of its phrase.

A language is one module that holds its data, and one line in `CODES`.
"""

from tamis.text.languages.detection import language_of, languages_of
from tamis.text.languages.language import KINDS, Language, Pair
from tamis.text.languages.scan import Operator, operators
from tamis.text.languages.table import LANGUAGES

__all__ = ["KINDS", "LANGUAGES", "Language", "Operator", "Pair", "language_of", "languages_of", "operators"]
