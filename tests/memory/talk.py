"""A talk of four turns, and a memory that anyone can check by hand."""

from __future__ import annotations

from tamis.memory import Memory, Turn
from tamis.memory.segment import every
from tests.memory.making import Hashed, noon

TALK = [
    Turn("My sister moved to Lyon in spring and works as a nurse.", "Ann", noon(1), "mon", "m1"),
    Turn("Does she like the hospital there at all?", "Bob", noon(1), "mon", "m2"),
    Turn("The boat needs a new sail before the regatta.", "Ann", noon(3), "wed", "w1"),
    Turn("I know a sailmaker in Brest who is quick.", "Bob", noon(3), "wed", "w2"),
]


NOW = noon(9)


def words(text):
    return len(text.split())


def opened(place, scope="acme/ann", **given):
    return Memory(place, scope=scope, encoder=Hashed(), segmenter=every(4), **given)


def ask(memory, question, tokens=40, **given):
    return memory.recall(question, tokens, tokenizer=words, now=NOW, **given)
