"""Which language a text is in."""

import pytest

from tamis.core import Span
from tamis.text.languages import LANGUAGES, language_of, languages_of

SENTENCES = {
    "en": "The patient must not take it before the end of the week.",
    "de": "Der Patient darf es nicht vor dem Ende der Woche nehmen.",
    "fr": "Le patient ne doit pas le prendre avant la fin de la semaine.",
    "es": "El paciente no debe tomarlo antes del final de la semana.",
    "pt": "O paciente não deve tomá-lo antes do fim da semana.",
    "ru": "Пациент не должен принимать его до конца недели.",
    "zh": "患者在周末之前不得服用。",
    "ja": "患者は週末まで服用してはいけません。",
}


@pytest.mark.parametrize("code", LANGUAGES)
def test_each_language_is_recognised(code):
    language = language_of(SENTENCES[code])
    assert language is not None
    assert language.code == code


@pytest.mark.parametrize("text", ["", "42", "3.5 %", "...", "\n\n"])
def test_what_has_no_language(text):
    assert language_of(text) is None


def test_a_mixed_text_by_sentence():
    parts = [SENTENCES["en"], SENTENCES["fr"], "42", SENTENCES["zh"]]
    text = " ".join(parts)
    spans = [Span(text.index(part), text.index(part) + len(part)) for part in parts]
    codes = [language.code for language in languages_of(text, spans, LANGUAGES["en"])]
    assert codes == ["en", "fr", "en", "zh"]
