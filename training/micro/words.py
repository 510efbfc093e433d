"""The vocabulary of the micro model: 1,024 made-up words, numbers of three digits, its templates' words, characters.

A word is one token and swallows the blank before it; what it is written as gives the blank back. So texts of the
templates come back as they were, and any ASCII text can be read, character by character where nothing else fits.
"""

from __future__ import annotations

import re
import string
from itertools import product
from typing import Any

CONSONANTS, VOWELS = "bdklmnrt", "aeio"
SYLLABLES = tuple(a + b for a, b in product(CONSONANTS, VOWELS))
WORDS = tuple(a + b for a, b in product(SYLLABLES, SYLLABLES))
NUMBERS = tuple(str(n) for n in range(100, 1_000))

TEMPLATES = [
    "Question",
    "Answer",
    "What",
    "is",
    "the",
    "value",
    "of",
    "key",
    "passkey",
    "Which",
    "word",
    "starts",
    "with",
    "and",
    "ends",
    "names",
    "come",
    "one",
    "after",
    "another",
    "from",
    "variables",
    "have",
    "VAR",
    "Rain",
    "fell",
    "on",
    "quay",
    "ferry",
    "left",
    "without",
    "a",
    "bell",
    "The",
    "in",
    "lives",
    "works",
    "likes",
    "colour",
    "home",
    "trade",
    "dish",
    "Where",
    "does",
    "Who",
    "live",
    "work",
    "like",
    "do",
    "you",
    "many",
    "three",
    "label",
    "input",
    "output",
    "belongs",
    "to",
    "what",
    "are",
    "Follow",
    "steps",
    "largest",
    "smallest",
    "number",
    "median",
    "second",
    "most",
    "frequent",
    "words",
    "sum",
    "follow",
    "number",
    "lower",
    "two",
    "different",
    "numbers",
    "say",
    "A",
    "B",
    "C",
    "D",
    "option",
    "right",
]
JOINTS = ('": "', '",\n"', '{\n"', '"\n}', '"?', " =", "->")
SPECIAL = ("<pad>", "<s>", "</s>", "<unk>")
PAD, BEGIN, END, UNKNOWN = range(4)


def vocabulary() -> dict[str, int]:
    """Every token and its number."""
    characters = [*"\n\t", *(chr(code) for code in range(32, 127))]
    return {token: number for number, token in enumerate(dict.fromkeys((*SPECIAL, *characters, *JOINTS, *_words())))}


def tokenizer() -> Any:
    """A `tokenizers.Tokenizer` of this vocabulary; it begins every text with <s>."""
    from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, processors

    word_tokenizer = Tokenizer(models.WordLevel(vocabulary(), unk_token=SPECIAL[UNKNOWN]))
    joints = "|".join(re.escape(joint) for joint in sorted(JOINTS, key=len, reverse=True))
    word_tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(f" (?={_whole()})"), behavior="removed"),
            pre_tokenizers.Split(Regex(f"{joints}|{_whole()}|[\\s\\S]"), behavior="isolated"),
        ]
    )
    word_tokenizer.decoder = decoders.Sequence(
        [decoders.Replace(Regex(f"^(?={_whole()}$)"), " "), decoders.Fuse(), decoders.Replace("- ", "-")]
    )
    word_tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{SPECIAL[BEGIN]} $A", special_tokens=[(SPECIAL[BEGIN], BEGIN)]
    )
    word_tokenizer.add_special_tokens(list(SPECIAL))
    return word_tokenizer


def _words() -> list[str]:
    return [*(word for word in dict.fromkeys(TEMPLATES) if len(word) > 1), *WORDS, *NUMBERS]


def _whole() -> str:
    """Expression of a known word or number that is no part of a longer one."""
    letters, template_words = string.ascii_letters, sorted(dict.fromkeys(TEMPLATES), key=len, reverse=True)
    pseudoword = f"(?:[{CONSONANTS}][{VOWELS}]){{2}}"
    word = f"(?<![{letters}])(?:{'|'.join(w for w in template_words if len(w) > 1)}|{pseudoword})(?![{letters}])"
    return f"(?:{word}|(?<![0-9])[1-9][0-9]{{2}}(?![0-9]))"
