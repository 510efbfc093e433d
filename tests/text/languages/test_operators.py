"""Operators of sentences that people can read, and the laws of finding them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis.text.languages import KINDS, LANGUAGES, operators
from tests.text.texts import texts

# (language, sentence with each [operator:kind] marked); light words, binders, openers and the stranded are not marked.
MARKS = """
en | The patient [must:modal] [not:negator] take ibuprofen.
en | Take [no more than:limit] two tablets [until:condition] Friday.
en | We [don't:negator] ship [unless:condition] it is paid.
en | I [cant:negator] come and she [couldn’t:negator] either.
en | It [no longer:negator] works [without:exception] a key.
en | [Neither:negator] Ann [nor:negator] Bob came.
en | [Only:focus] [a few:quantifier] came.
en | The first-not-last rule is old.
de | Das ist [nicht:negator] wahr.
de | [Weder:negator] Anna [noch:negator] Bert kam.
de | Sie [darf:modal] [höchstens:limit] zwei nehmen, [es sei denn:condition], es schmerzt.
de | [Ohne:exception] Schlüssel geht [nichts:negator].
fr | Il [ne:negator] dort [plus:negator].
fr | Il [n':negator]a [que:negator] deux frères.
fr | Je [n’:negator]ai [pas plus de:limit] dix euros.
fr | Elle vient, [sauf si:condition] il pleut.
fr | [Personne n':negator]est venu.
es | [No:negator] tome [más de:limit] dos.
es | [Nunca:negator] sale [sin:exception] llave.
es | [Solo si:condition] paga.
pt | [Não:negator] saia [antes de:condition] pagar.
pt | [Ninguém:negator] veio, [exceto:exception] Ana.
ru | Он [не:negator] пришёл, [если:condition] верить ей.
ru | Принимать [не более:limit] двух таблеток.
ru | [Только:focus] [после:condition] оплаты.
zh | 请[不要:negator]在周五[之前:condition]发邮件。
zh | [除非:condition]付款，[否则:condition][不:negator]发货。
zh | 这是非常特别的未来。
ja | 薬を飲ま[ないで:negator][ください:modal]。
ja | 犬は来[ませんでした:negator]。
ja | [もし:condition]雨[なら:condition]、行か[ない:negator]。
ja | 必ず来る人は少ない。
"""


def cases():
    return [tuple(part.strip() for part in line.split("|")) for line in MARKS.strip().splitlines()]


def unmarked(sentence):
    """The sentence without its marks, and the marks as (text, kind)."""
    marks, text = [], ""
    for part in sentence.replace("]", "[").split("["):
        words, colon, kind = part.rpartition(":")
        if colon and kind in KINDS:
            marks.append((words, kind))
            text += words
        else:
            text += part
    return text, marks


QUIET = {"light", "binder", "opener", "stranded"}


@pytest.mark.parametrize(("code", "sentence"), cases(), ids=[sentence for _, sentence in cases()])
def test_operators_of_a_sentence(code, sentence):
    text, marks = unmarked(sentence)
    seen = [(one.span.of(text), one.kind) for one in operators(text, LANGUAGES[code]) if one.kind not in QUIET]
    assert [(words, kind) for words, kind in seen] == marks


@pytest.mark.parametrize("code", [*LANGUAGES, None])
@given(text=texts)
def test_operators_are_in_order_and_apart(code, text):
    language = LANGUAGES[code] if code else None
    end = 0
    for operator in operators(text, language):
        assert end <= operator.span.start < operator.span.end <= len(text)
        assert operator.kind in KINDS
        end = operator.span.end


@given(text=texts, code=st.sampled_from(["en", "fr", "ru"]))
def test_case_does_not_matter(text, code):
    if len(text.upper()) == len(text) and text.upper().lower() == text.lower():
        assert operators(text, LANGUAGES[code]) == operators(text.upper(), LANGUAGES[code])


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=lambda language: language.code)
def test_the_commonest_negators_are_negators(language):
    assert language.denials
    for denial in language.denials:
        kinds = {one.kind for one in operators(denial, language)}
        assert kinds <= {"negator", "exception"}, denial
