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
    "it": "Il paziente non deve prenderlo prima della fine della settimana.",
    "ca": "El pacient no l'ha de prendre abans del final de la setmana.",
    "sk": "Pacient to nesmie brať pred koncom týždňa.",
    "hr": "Pacijent to ne smije uzeti prije kraja tjedna.",
    "bg": "Пациентът не трябва да го приема преди края на седмицата.",
    "sr": "Пацијент то не сме да узме пре краја недеље.",
    "ur": "مریض کو اسے ہفتے کے آخر سے پہلے نہیں لینا چاہیے۔",
    "bn": "রোগীর সপ্তাহের শেষের আগে এটি খাওয়া উচিত নয়।",
    "nl": "De patiënt mag het niet voor het einde van de week innemen.",
    "ro": "Pacientul nu trebuie să îl ia înainte de sfârșitul săptămânii.",
    "sv": "Patienten får inte ta det före slutet av veckan.",
    "da": "Patienten må ikke tage det inden slutningen af ugen.",
    "no": "Pasienten må ikke ta det før slutten av uken.",
    "fi": "Potilas ei saa ottaa sitä ennen viikon loppua.",
    "hu": "A beteg nem veheti be a hét vége előtt.",
    "pl": "Pacjent nie może tego brać przed końcem tygodnia.",
    "cs": "Pacient to nesmí brát před koncem týdne.",
    "tr": "Hasta bunu hafta sonundan önce almamalıdır.",
    "vi": "Bệnh nhân không được uống thuốc này trước cuối tuần.",
    "id": "Pasien tidak boleh meminumnya sebelum akhir minggu.",
    "ru": "Пациент не должен принимать его до конца недели.",
    "uk": "Пацієнт не повинен приймати його до кінця тижня.",
    "el": "Ο ασθενής δεν πρέπει να το πάρει πριν από το τέλος της εβδομάδας.",
    "ar": "يجب ألا يتناوله المريض قبل نهاية الأسبوع.",
    "fa": "بیمار نباید آن را پیش از پایان هفته مصرف کند.",
    "he": "אסור למטופל לקחת את זה לפני סוף השבוע.",
    "hi": "मरीज़ को इसे सप्ताह के अंत से पहले नहीं लेना चाहिए।",
    "zh": "患者在周末之前不得服用。",
    "ja": "患者は週末まで服用してはいけません。",
    "ko": "환자는 주말 전에 그것을 복용하면 안 됩니다.",
    "th": "ผู้ป่วยต้องไม่รับประทานก่อนสิ้นสัปดาห์",
}


@pytest.mark.parametrize("code", LANGUAGES)
def test_each_language_is_recognised(code):
    language = language_of(SENTENCES[code])
    assert language is not None
    assert language.code == code


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_long_text_is_recognised_by_a_sample(code):
    text = "\n".join([SENTENCES[code]] * 500)
    language = language_of(text)
    assert language is not None
    assert language.code == code


STRANGERS = {  # cousins of languages in the table, which must not be taken for them
    "Estonian": "Ettevõte teatas eile, et uus leping sõlmitakse alles pärast aastavahetust, kui kõik on nõus.",
    "Lithuanian": "Įmonė vakar pranešė, kad nauja sutartis bus pasirašyta tik po Naujųjų metų, jei visi sutiks.",
    "Icelandic": "Fyrirtækið tilkynnti í gær að nýr samningur yrði ekki undirritaður fyrr en eftir áramót.",
    "Latin": "Gallia est omnis divisa in partes tres, quarum unam incolunt Belgae, aliam Aquitani.",
    "Albanian": "Kompania njoftoi dje se kontrata e re do të nënshkruhet vetëm pas vitit të ri.",
    "Belarusian": "Кампанія ўчора паведаміла, што новы дагавор будзе падпісаны толькі пасля Новага года.",
    "code": "def main(args):\n    parser = argparse.ArgumentParser()\n    return parser.parse_args(args)",
}


@pytest.mark.parametrize("text", STRANGERS.values(), ids=STRANGERS)
def test_a_language_that_is_not_in_the_table(text):
    assert language_of(text) is None


@pytest.mark.parametrize("text", ["", "42", "3.5 %", "...", "\n\n"])
def test_what_has_no_language(text):
    assert language_of(text) is None


def test_a_mixed_text_by_sentence():
    parts = [SENTENCES["en"], SENTENCES["fr"], "42", SENTENCES["zh"]]
    text = " ".join(parts)
    spans = [Span(text.index(part), text.index(part) + len(part)) for part in parts]
    codes = [language.code for language in languages_of(text, spans, LANGUAGES["en"])]
    assert codes == ["en", "fr", "en", "zh"]
