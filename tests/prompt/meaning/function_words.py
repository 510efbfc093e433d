"""Words by hand: those that cannot be the last of a sentence whose rest is gone, and those that deny."""

DANGLERS: dict[str, frozenset[str]] = {
    language: frozenset(words.split())
    for language, words in {
        "en": "a an the and or but nor because although though unless while whereas if of from to into with than as my "
        "your their our its at between during about against for",
        "de": "der die das den dem des ein eine einen einem einer und oder aber weil dass obwohl wenn falls von mit "
        "zum zur ins im am bei als nach gegen ohne für",
        "fr": "le la les un une des du de et ou mais car parce que qui si pour avec sans dans sur par à au aux en",
        "es": "el la los las un una unos de del y o pero porque que si para con sin en por a al",
        "pt": "o a os as um uma de do da dos das e ou mas porque que se para com sem em no na por ao",
        "it": "il lo la i gli le un una di del della e o ma perché che se per con senza in nel nella da a al",
        "nl": "de het een en of maar omdat dat als van met voor zonder in op bij tot te",
        "sv": "en ett och eller men att om av med för utan i på till",
        "pl": "i lub ale że jeśli jeżeli bo ponieważ z ze do w we na od dla bez przez",
        "cs": "a nebo ale že pokud protože z ze do v ve na od pro bez",
        "ru": "и или но что если когда потому чтобы в во на с со к из от для без до по",
        "uk": "і або але що якщо коли щоб в у на з до від для без",
        "tr": "ve veya ama çünkü ile için",
        "vi": "và hoặc nhưng vì nếu của với cho trong",
        "id": "dan atau tetapi karena jika dari dengan untuk di ke yang",
        "ar": "و أو لكن إذا من في على إلى عن أن",
        "fa": "و یا اما اگر از در به با که",
        "he": "או אבל אם של עם את כי",
        "hi": "और या लेकिन क्योंकि अगर",
        "el": "και ή αλλά αν ότι για με από σε το η ο",
    }.items()
}

_DENYING = """
    not no never none nobody nothing neither nor cannot nowhere don't doesn't didn't isn't can't won't shouldn't
    hasn't haven't wasn't nicht kein keine keinen nichts niemand nie weder ne n'est n'a n'invite n'ouvrez pas rien
    personne aucun jamais nunca nadie ni não ninguém nem non nessuno né niet geen niets nooit nie nikt ani не нет ни
    никто ничего нельзя никогда ніхто нічого ingen inte aldrig tidak jangan bukan không đừng لا لم لن ألا ولا לא אין
    אסור नहीं मत δεν μην κανείς nesmí nikdo nemají 不要 不能 不得 别 不会 没有 안 않습니다 마세요 못합니다 없습니다
"""
NEGATORS = frozenset(_DENYING.split())
