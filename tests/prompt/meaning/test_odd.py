"""Odd texts: the laws hold for them too, whatever they are."""

from __future__ import annotations

import random

import pytest

import tamis
from tests.prompt.meaning.reading import Example, Reading, faults

CLAUSES = (
    "the clerk of ward {} did not sign the list of {} parcels",
    "nobody had seen the barge since the flood of {} except the {} men of the lock",
    "if the gate at post {} is shut you must not open it before {} o'clock",
    "the pump ran at {} litres a minute, which is less than {} per cent of what it can do",
    "she had no key to room {} and never asked for number {}",
    "the road over the hill is closed unless the plough has passed post {} by {}",
)
LINKS = (", and ", ", but ", " while ", ", because ", "; ", ", so ")


def endless(words: int, *, marks: bool, seed: int = 7) -> str:
    """One sentence of at least so many words; without marks not even a comma."""
    draw = random.Random(seed)
    parts: list[str] = []
    size = 0
    while size < words:
        part = draw.choice(CLAUSES).format(draw.randrange(2, 90), draw.randrange(100, 1900)) + draw.choice(LINKS)
        parts.append(part if marks else part.replace(",", "").replace(";", " then"))
        size += len(part.split())
    return "".join(parts).rstrip(" ,;") + ("." if marks else "")


ODD = {
    "no sentence end": endless(400, marks=False),
    "one sentence": endless(600, marks=True),
    "mixed languages in one line": (
        "The invoice nicht bezahlen, bis der Chef zurück ist, et ne pas appeler le client, porque no contesta, "
        "пока договор не подписан, 请不要在周五之前发邮件, and never use rm -rf / on ساعة الخادم قبل النسخ."
    ),
    "mixed scripts in one document": (
        "The office is closed on Monday. Das Büro öffnet nicht vor zehn. 办公室周二不开门。 "
        "オフィスは水曜日も開きません。 "
        "Офис не работает в четверг. لا يعمل المكتب يوم الجمعة. कार्यालय शनिवार को नहीं खुलता।"
    ),
    "right to left with numbers and Latin": (
        "לא להפעיל את git push --force לפני 14:30. الإصدار 2.10.3 لا يدعم Python 3.8، استخدم 3.11 فقط. "
        "אין לפתוח את config.yaml בלי גיבוי (ראו https://docs.example.org/he)."
    ),
    "poetry": "\n".join(
        (
            "the river does not ask the stone its name",
            "nor does the stone complain of being wet",
            "",
            "I kept no key, I never locked the gate,",
            "and nobody has come to visit yet",
        )
        * 4
    ),
    "a table in prose": (
        "Name, age, status: Ann 31 active; Bo 45 not active; Cy 27 active since May; Di 60 never active; "
        "Ed 33 active except Fridays; Flo 29 at most 10 hours; Gus 51 no contract."
    ),
    "a table of tabs": "id\tname\tstate\n17\tpump\tnot ready\n18\tvalve\tok\n19\tmotor\tnever started\n" * 5,
    "OCR noise": (
        "Tbe ship d1d not le@ve C a r d i f f\nbef0re the 9 th , as tlie  Capt.  would\nnot sa il w1th- \n"
        "out a p¡lot .\n"
        "||  NO  PASSENGERS  |  al1owed  ..\n~ ~ ~\n* 3 * The c0al was nev er unloa-\nded , exc ept  12 t0ns .\n"
    )
    * 3,
    "a transcript without punctuation": "\n".join(
        (
            "okay so we are not doing the launch in march",
            "yeah unless the provider signs",
            "right if they sign by friday we go on the fourteenth",
            "um and nobody talks to the press before that",
            "i can't make the demo by then though",
        )
        * 4
    ),
    "one word a line": "\n".join(["alpha", "beta", "not", "gamma", "17", "delta", "--flag", "never", "epsilon"] * 6),
    "no letters": "... !!! 12 34 -- 56 ??? (((  ))) *** 78\n" * 8,
    "emoji": "no 👩‍👩‍👧 allowed 🚫 except 🐕‍🦺 after 10️⃣ 🙏🏽 please don't 🚬 here 🇩🇪 " * 6,
}


def read(text: str, result: tamis.Compression) -> Reading:
    return Reading(Example("odd", text), result.text, tuple((piece.start, piece.end) for piece in result.kept))


@pytest.mark.parametrize("style", ["clauses", "sentences", "words"])
@pytest.mark.parametrize("rate", [0.7, 0.5, 0.33, 0.2])
@pytest.mark.parametrize("name", ODD)
def test_the_laws_hold(name, rate, style):
    text = ODD[name]
    result = tamis.compress(text, rate=rate, style=style)
    assert result.tokens <= rate * result.original_tokens
    assert result.restore() == text
    assert result.text == tamis.compress(text, rate=rate, style=style).text
    assert faults(read(text, result), prose=False) == [], result.text


@pytest.mark.parametrize("name", ["no sentence end", "one sentence", "poetry", "a transcript without punctuation"])
def test_what_has_clauses_or_lines_is_not_emptied(name):
    result = tamis.compress(ODD[name], rate=0.33)
    assert 0.2 <= result.rate <= 0.33


def test_a_sentence_of_20000_words():
    text = endless(20_000, marks=True)
    result = tamis.compress(text, rate=0.33)
    assert 0.2 <= result.rate <= 0.33
    assert faults(read(text, result), prose=False) == []


@pytest.mark.parametrize("style", ["clauses", "words"])
@pytest.mark.parametrize("rate", [0.2, 0.35, 0.5, 0.7])
def test_a_fence_that_is_cut_off_stays_with_its_code(style, rate):
    """A result of a tool is often cut off inside a fence: code without the sign before it reads as prose."""
    opening = "```cpp\n"
    code = "// C3498b.cpp\nint main()\n   String s;\n   f(s, 12);\n"
    text = "You cannot capture a variable of a managed type in a lambda. Pass it by a handle instead, or copy it.\n\n"
    shown = tamis.compress(text + opening + code, rate=rate, style=style, options=tamis.Options(form="prose")).text
    lines = [line for line in code.splitlines() if line in shown]
    assert ("cpp\n" in shown.replace("b.cpp", "")) == bool(lines)
    assert not lines or opening + lines[0] in shown


@pytest.mark.parametrize("rate", [0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8])
def test_the_end_of_a_list_does_not_go_on_with_what_stands_before_its_clause(rate):
    text = (
        "Activo como decorador desde 1676, con su hermano Francesco trabajó en Mirandola, Módena y Novellara, "
        "realizando una serie de ciclos de frescos actualmente destruidos. Enrique de Vicente nació en Aranda, "
        "en 1947. Me hablaron de este despacho ayer por la tarde. Aquella noche nadie quiso salir de la casa."
    )
    shown = tamis.compress(text, rate=rate).text
    assert ("Módena" in shown) == ("trabajó en Mirandola" in shown)


@pytest.mark.parametrize("rate", [0.2, 0.3, 0.4, 0.5, 0.6, 0.7])
def test_signs_in_brackets_stay_with_their_word(rate):
    """As `git log --stat` ends: once "deletion" went and "(-)" stayed, on the line before."""
    text = (
        "Pages say which reading, which weights, which texts\n---\n src/a.py | 12 +++-\n"
        " 1 file changed, 4 insertions(+), 1 deletion(-)\n\nThe rules call foo() and bar(x). It is (-) here."
    )
    shown = tamis.compress(text, rate=rate, options=tamis.Options(form="prose")).text
    assert "()" not in shown.replace("foo()", "")
    assert shown.count("(-)") == shown.count("deletion(-)") + shown.count("is (-) here")
