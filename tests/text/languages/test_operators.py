"""Operators of sentences that people can read, and the laws of finding them."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis.text.languages import KINDS, LANGUAGES, Language, operators, scan
from tamis.text.languages.language import expressions
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
it | Il paziente [non:negator] [deve:modal] prendere l'ibuprofene.
it | [Non:negator] prenda [più di:limit] due compresse, [a meno che:condition] [non:negator] faccia male.
it | [Nessuno:negator] è venuto [senza:exception] la chiave.
it | [Non:negator] ho [che:negator] dieci euro.
nl | De patiënt [mag:modal] [geen:negator] ibuprofen nemen.
nl | Neem [niet meer dan:limit] twee tabletten, [tenzij:condition] het pijn doet.
nl | [Niemand:negator] kwam [zonder:exception] sleutel.
nl | [Noch:negator] Anna [noch:negator] Bob kwam.
pl | Pacjent [nie:negator] [może:modal] brać ibuprofenu.
pl | Proszę brać [nie więcej niż:limit] dwie tabletki, [chyba że:condition] boli.
pl | [Nikt:negator] [nie:negator] przyszedł [bez:exception] klucza.
pl | [Tylko jeśli:condition] zapłaci.
cs | Pacient [nesmí:negator] brát ibuprofen.
cs | [Neberte:negator] [více než:limit] dvě tablety, [pokud:condition] to [nebolí:negator].
cs | [Nikdo:negator] [nepřišel:negator] [bez:exception] klíče.
cs | Nemocnice je nejlepší [nebo ne:negator].
tr | Hasta ibuprofen [almamalıdır:negator].
tr | Ağrı [yoksa:condition] iki tabletten [fazla:limit] [almayın:negator].
tr | [Kimse:negator] anahtarsız [gelmedi:negator].
tr | [Sadece:focus] ödeme [yapılırsa:condition] [gönderilmez:negator].
tr | [DEĞİL:negator] mi?
tr | [Bilmiyorum:negator], [yapamam:negator].
ar | [يجب:modal] على المريض [ألا:negator] يتناول الإيبوبروفين.
ar | [لا:negator] تتناول [أكثر من:limit] قرصين [إلا إذا:condition] شعرت بالألم.
ar | [ولم:negator] يحضر [أحد:quantifier] [بدون:exception] مفتاح.
ar | [ليس:negator] هذا صحيحاً [فقط:focus] [بعد:condition] الدفع.
fa | بیمار [نباید:negator] ایبوپروفن مصرف کند.
fa | [بیش از:limit] دو قرص مصرف [نکنید:negator] [مگر اینکه:condition] درد داشته باشید.
fa | [هیچ‌کس:negator] [بدون:exception] کلید [نیامد:negator].
fa | این درست [نیست:negator] و [نمی‌دانم:negator].
he | [אסור:negator] לחולה לקחת איבופרופן.
he | [אל:negator] תיקח [יותר:limit] משתי טבליות [אלא אם כן:condition] כואב.
he | איש [לא:negator] בא [בלי:exception] מפתח.
he | הוא אמר [שלא:negator] יבוא [ואין:negator] לו זמן.
hi | मरीज को इबुप्रोफेन [नहीं:negator] लेना [चाहिए:modal]।
hi | दो [से अधिक:limit] गोलियाँ [न:negator] लें [जब तक:condition] दर्द [न:negator] हो।
hi | [बिना:exception] चाबी के [कोई नहीं:negator] आया।
hi | [यदि:condition] भुगतान हो तो भेजें।
ko | 환자는 이부프로펜을 [복용하면:condition] [안:negator] 됩니다.
ko | 통증이 [없으면:condition] 두 알 [이상:limit] 먹지 [마세요:negator].
ko | 열쇠 [없이:negator] [아무도:negator] 오지 [않았다:negator].
ko | 돈을 내지 [않으면:condition] 보내지 [않습니다:negator].
ko | 갈 [수:modal] [없다:negator].
vi | Bệnh nhân [không được:negator] uống ibuprofen.
vi | [Đừng:negator] uống [quá:limit] hai viên [trừ khi:condition] [bị:modal] đau.
vi | [Không ai:negator] đến [mà không:exception] có chìa khóa.
vi | [Chỉ:focus] gửi [nếu:condition] đã trả tiền.
id | Pasien [tidak boleh:negator] minum ibuprofen.
id | [Jangan:negator] minum [lebih dari:limit] dua tablet [kecuali jika:condition] sakit.
id | [Tidak seorang pun:negator] datang [tanpa:exception] kunci.
id | [Hanya jika:condition] dibayar.
sv | Patienten [får:modal] [inte:negator] ta ibuprofen.
sv | Ta [högst:limit] två tabletter [om:condition] det [inte:negator] gör ont.
sv | [Ingen:negator] kom [utan:exception] nyckel.
sv | [Varken:negator] Anna [eller:negator] Bo kom.
da | Patienten [må:modal] [ikke:negator] tage ibuprofen.
da | Tag [højst:limit] to tabletter, [medmindre:condition] det gør ondt.
da | [Ingen:negator] kom [uden:exception] nøgle.
da | [Hverken:negator] Anna [eller:negator] Bo kom.
no | Pasienten [må:modal] [ikke:negator] ta ibuprofen.
no | Ta [høyst:limit] to tabletter [med mindre:condition] det gjør vondt.
no | [Ingen:negator] kom [uten:exception] nøkkel.
no | [Verken:negator] Anna [eller:negator] Bo kom.
fi | Potilas [ei:negator] [saa:modal] ottaa ibuprofeenia.
fi | Ota [enintään:limit] kaksi tablettia, [ellei:condition] satu.
fi | [Kukaan:negator] [ei:negator] tullut [ilman:exception] avainta.
fi | [Vain jos:condition] hän maksaa [syömättä:exception].
hu | A beteg [nem:negator] [szedhet:modal] ibuprofént.
hu | [Legfeljebb:limit] két tablettát vegyen be, [kivéve ha:condition] fáj.
hu | [Senki:negator] [sem:negator] jött kulcs [nélkül:exception].
hu | [Csak akkor, ha:condition] fizet.
ro | Pacientul [nu:negator] [trebuie:modal] [să:modal] ia ibuprofen.
ro | [Nu:negator] luați [mai mult de:limit] două tablete [decât dacă:condition] doare.
ro | [Nimeni:negator] [n-a:negator] venit [fără:exception] cheie.
ro | [Doar dacă:condition] plătește.
uk | Пацієнт [не:negator] [повинен:modal] приймати ібупрофен.
uk | Приймайте [не більше:limit] двох таблеток, [якщо не:condition] болить.
uk | [Ніхто:negator] [не:negator] прийшов [без:exception] ключа.
uk | [Тільки:focus] [після:condition] оплати.
el | Ο ασθενής [δεν:negator] [πρέπει:modal] [να:modal] πάρει ιβουπροφαίνη.
el | [Μην:negator] πάρετε [πάνω από:limit] δύο χάπια, [εκτός αν:condition] πονάτε.
el | [Κανείς:negator] [δεν:negator] ήρθε [χωρίς:exception] κλειδί.
el | [Μόνο αν:condition] πληρώσει.
th | ผู้ป่วย[ไม่ควร:negator]กินไอบูโพรเฟน
th | [อย่า:negator]กินเกินสองเม็ด [เว้นแต่:condition]จะปวด
th | [ไม่มีใคร:negator]มา[โดยไม่มี:negator]กุญแจ
th | ส่ง[ก็ต่อเมื่อ:condition]จ่ายเงินแล้ว[เท่านั้น:focus]
en | It [no  longer:negator] runs [as soon as:condition] it is [not yet:negator] late.
en | Vitamin A and a.m. stay; [few:quantifier] go.
en | [Not only:negator] Ann but also Bob came.
pt | A empresa se tornou grande [se o:condition] plano existe.
pt | O jogo acaba [se:condition] parar de chover, [se:condition] [não:negator] parar, segue.
de | Er kommt [nicht nur:negator], [sondern auch:negator] sie.
ca | El pacient [no:negator] [pot:modal] prendre ibuprofèn.
ca | [No:negator] prengui [més de:limit] dues pastilles, [tret que:condition] faci mal.
ca | [Ningú:negator] [no:negator] va venir [sense:exception] clau.
ca | [Només si:condition] paga.
sk | Pacient [nesmie:negator] brať ibuprofén.
sk | [Neberte:negator] [viac ako:limit] dve tablety, [ak:condition] to [nebolí:negator].
sk | [Nikto:negator] [neprišiel:negator] [bez:exception] kľúča.
sk | [Nie je:negator] to nebo.
hr | Pacijent [ne smije:negator] uzimati ibuprofen.
hr | [Ne:negator] uzimajte [više od:limit] dvije tablete, [osim ako:condition] boli.
hr | [Nitko:negator] [nije:negator] došao [bez:exception] ključa.
hr | [Samo ako:condition] plati.
bg | Пациентът [не:negator] [трябва да:modal] приема ибупрофен.
bg | [Не:negator] вземайте [повече от:limit] две таблетки, [освен ако:condition] [не:negator] боли.
bg | [Никой:negator] [не:negator] дойде [без:exception] ключ.
bg | [Само ако:condition] плати.
sr | Пацијент [не сме:negator] да узима ибупрофен.
sr | [Не:negator] узимајте [више од:limit] две таблете, [осим ако:condition] боли.
sr | [Нико:negator] [није:negator] дошао [без:exception] кључа.
sr | [Само ако:condition] плати.
ur | مریض کو آئبوپروفین [نہیں:negator] لینی [چاہیے:modal]۔
ur | دو [سے زیادہ:limit] گولیاں [نہ:negator] لیں [جب تک:condition] درد [نہ:negator] ہو۔
ur | چابی [کے بغیر:exception] [کوئی نہیں:negator] آیا۔
ur | [صرف اگر:condition] وہ ادائیگی کرے۔
bn | রোগীর আইবুপ্রোফেন খাওয়া [উচিত:modal] [নয়:negator]।
bn | ব্যথা [না:negator] [হলে:condition] দুটির [বেশি:quantifier] বড়ি খাবেন [না:negator]।
bn | চাবি [ছাড়া:exception] [কেউ:quantifier] [আসেনি:negator]।
bn | [শুধু যদি:condition] সে টাকা দেয়।
"""
# The same with words that are nouns or names by their capital, or by what stands before them.
NOUNS = """
en | In May 2024 Will Smith met Theresa May, and Bill Might [may:modal] come.
en | It is a must, his will, the might of Rome, a can of soup; she [must:modal] go.
en | They [MAY:modal] come, and you [MUST:modal] [NOT:negator] go.
en | Chanel No. 5 and No. 10 Downing Street; [No:negator]. It is [no:negator]. 5 came.
de | Im Mai ist es ein Muss, Mag. Huber; ihr Können, ihr Wollen, die Würde: sie [muss:modal].
fr | En mai, le pouvoir du roi, son devoir; il [doit:modal] venir.
es | El poder del rey y su deber; [debe:modal] venir.
it | Il potere del re e il suo dovere; [deve:modal] venire.
"""


def cases(marks=MARKS):
    return [tuple(part.strip() for part in line.split("|")) for line in marks.strip().splitlines()]


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


@pytest.mark.parametrize(("code", "sentence"), cases() + cases(NOUNS))
def test_operators_of_a_sentence(code, sentence):
    text, marks = unmarked(sentence)
    seen = [(one.span.of(text), one.kind) for one in operators(text, LANGUAGES[code]) if one.kind not in QUIET]
    assert [(words, kind) for words, kind in seen] == marks


@given(text=texts, code=st.sampled_from([*LANGUAGES, None]))
def test_operators_are_in_order_and_apart(text, code):
    language = LANGUAGES[code] if code else None
    end = 0
    for operator in operators(text, language):
        assert end <= operator.span.start < operator.span.end <= len(text)
        assert operator.kind in KINDS
        end = operator.span.end


@pytest.mark.parametrize(("code", "sentence"), cases(), ids=[sentence for _, sentence in cases()])
def test_case_does_not_matter(code, sentence):
    text, _ = unmarked(sentence)
    loud = text.replace("i", "İ").upper() if code == "tr" else text.upper()
    if len(loud) == len(text) and code != "el":  # (Greek capitals have no accents)
        marks = [one for one in operators(text, LANGUAGES[code]) if one.kind != "light"]
        assert marks == [one for one in operators(loud, LANGUAGES[code]) if one.kind != "light"]


@pytest.mark.parametrize("code", LANGUAGES)
def test_work_grows_with_the_text(code, monkeypatch):
    """The steps of walking expressions are as many for each copy of a text."""
    text = " ".join(unmarked(sentence)[0] for other, sentence in cases() if other == code) + " "
    steps = []
    longest = scan._longest
    monkeypatch.setattr(scan, "_longest", lambda *given: steps.append(1) or longest(*given))
    operators(text, LANGUAGES[code])
    once = len(steps)
    operators(text * 20, LANGUAGES[code])
    assert len(steps) - once == pytest.approx(20 * once, abs=20)


def test_light_words_that_are_names_or_parts_stay():
    text = ">>> A = 3\nThe dose of vitamin A at 9 a.m. is a small one, not the very large one, twice a day."
    light = [one.span.of(text) for one in operators(text, LANGUAGES["en"]) if one.kind == "light"]
    assert light == ["The", "a", "very"]


@pytest.mark.parametrize(
    ("code", "text"), [("en", "It is not really, um, true."), ("th", "มันไม่แน่นอน"), ("fr", "Il n'est pas très grand.")]
)
def test_what_weakens_a_denial_is_not_light(code, text):
    light = [one.span.of(text) for one in operators(text, LANGUAGES[code]) if one.kind == "light"]
    assert light == (["um"] if code == "en" else [])


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=lambda language: language.code)
def test_the_commonest_negators_are_negators(language):
    assert language.denials
    for denial in language.denials:
        kinds = {one.kind for one in operators(denial, language)}
        assert kinds <= {"negator", "exception", "condition"}, denial


@pytest.mark.parametrize(("code", "sentence"), cases(), ids=[sentence for _, sentence in cases()])
def test_letters_and_marks_apart_are_the_same(code, sentence):
    text, marks = unmarked(sentence)
    apart = unicodedata.normalize("NFD", text)
    seen = [(one.span.of(apart), one.kind) for one in operators(apart, LANGUAGES[code]) if one.kind not in QUIET]
    assert [(unicodedata.normalize("NFC", words), kind) for words, kind in seen] == [
        (unicodedata.normalize("NFC", words), kind) for words, kind in marks
    ]


def test_negators_of_other_languages_are_seen():
    text = "Do not ship, nicht bezahlen, ne pas appeler, не звонить, 不要付款."
    negators = [one.span.of(text) for one in operators(text, LANGUAGES["en"]) if one.kind == "negator"]
    assert negators == ["not", "nicht", "ne pas", "не", "不"]
    assert negators == [one.span.of(text) for one in operators(text, None) if one.kind == "negator"]


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_word_of_ten_thousand_letters(code):
    for word in ("a", "ne", "않", "ما", "न", "不", "ない", "а"):
        text = word * (10_000 // len(word))
        assert len(operators(text, LANGUAGES[code])) <= len(text)


def test_a_language_from_outside():
    language = Language(
        "tlh", "Klingon", "Latin", negators=expressions("be', Qo', ghobe'"), common=expressions("je, 'ach")
    )
    text = "ghobe' je"
    assert [(one.span.of(text), one.kind) for one in operators(text, language)] == [("ghobe", "negator")]
