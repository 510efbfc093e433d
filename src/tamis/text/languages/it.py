"""Italian."""

from __future__ import annotations

from tamis.text.languages.language import Language, Pair, expressions

LANGUAGE = Language(
    code="it",
    name="Italian",
    script="Latin",
    elision=True,
    negators=expressions(
        """
        non, no, né, nè, mai, niente, nulla, nessuno, nessun, nessuna, nessun', neanche, nemmeno, neppure, mica
        affatto, non più, non ancora, non solo, non soltanto, non sempre, non tutti, non tutte, non molto, non proprio
        non è che, in nessun caso, in nessun modo, in alcun modo, per niente, per nulla, o no, o meno, se no, anziché
        invece di, invece che, piuttosto che, a malapena, quasi mai, quasi nessuno, raramente, di rado, difficilmente
        privo di, priva di, privi di, prive di, mancanza di, in mancanza di, lontano da, smettere di, evitare di
        vietato, vietata, vietati, vietate, proibito, proibita, rifiuta, rifiutano, rifiutato, respinto, respinta
        respinge, nega, negano, negato, evitare, evitate, annullato, annullata, disattivato, disattivata
        fuori servizio, fuori uso, escluso, falso, falsa, sospeso, sospesa
        """
    ),
    conditions=expressions(
        """
        se, quando, qualora, finché, finché non, fino a, fino al, fino alla, fino ai, fino alle, fino a quando
        fin quando, prima, prima di, prima che, prima del, prima della, dopo, dopo che, dopo di, dopo aver, dopo il
        dopo la, a meno che, a meno di, purché, a patto che, a condizione che, a condizione di, sempre che
        nel caso in cui, nel caso, in caso di, in caso, una volta, una volta che, appena, non appena, dopodiché
        solo se, soltanto se, tranne se, salvo che, salvo se, altrimenti, in caso contrario, ogni volta che
        ogniqualvolta, a partire da, a partire dal, a partire dalla, a seconda di, a seconda che, posto che
        ammesso che, nel momento in cui, come se, qualunque sia, chiunque, ovunque, qualunque cosa
        """
    ),
    exceptions=expressions(
        """
        senza, senza che, eccetto, eccetto che, tranne, salvo, fuorché, ad eccezione di, ad eccezione del
        ad eccezione della, a eccezione di, a parte, all'infuori di, al di fuori di, esclusa, esclusi, escluse
        fatta eccezione per, oltre a, oltre al, oltre alla, bensì
        """
    ),
    limits=expressions(
        """
        almeno, per lo meno, perlomeno, al massimo, al più, tutt'al più, al minimo, come minimo, come massimo
        non più di, non più del, non meno di, non oltre, più di, meno di, più del, meno del, più che, meno che
        maggiore di, minore di, superiore a, superiori a, inferiore a, inferiori a, oltre, sopra, sotto, circa, quasi
        all'incirca, intorno a, pressappoco, esattamente, tra, fra, per ogni, o più, o meno di, più o meno
        al più tardi, non prima di, fino a un, massimo, minimo, massimo di, minimo di, un massimo di, un minimo di
        entro e non oltre, appena, entro, minori di, maggiori di
        """
    ),
    focus=expressions(
        """
        solo, sola, soli, sole, soltanto, solamente, unicamente, esclusivamente, perfino, persino, addirittura
        semplicemente, meramente, soprattutto, specialmente, in particolare, particolarmente, principalmente
        per lo più, perlopiù, sempre, spesso, talvolta, a volte, qualche volta, di solito, generalmente, in genere
        normalmente, in parte, parzialmente, unico, unica
        """
    ),
    quantifiers=expressions(
        """
        tutto, tutta, tutti, tutte, tutt', ogni, ognuno, ognuna, ciascuno, ciascuna, ciascun, qualche, qualcuno
        qualcuna, qualcosa, qualsiasi, qualunque, alcuni, alcune, alcuno, alcuna, alcun, certi, certe, parecchi
        parecchie, molti, molte, molto, molta, tanti, tante, tanto, tanta, pochi, poche, poco, poca, un po', un po' di
        un paio di, abbastanza, troppo, troppa, troppi, troppe, entrambi, entrambe, ambedue, la maggior parte
        la maggior parte dei, la maggioranza, la metà, metà, il resto, più, meno, altro, altra, altri, altre
        altrettanto, tale, tali, lo stesso, la stessa, gli stessi, le stesse, l'unico, l'unica, il primo, la prima
        l'ultimo, l'ultima, intero, intera, vari, varie, diversi, diverse, numerosi, numerose, ovunque, dappertutto
        """
    ),
    modals=expressions(
        """
        deve, devono, devo, devi, dobbiamo, dovete, doveva, dovevano, dovrà, dovranno, dovrebbe, dovrebbero, dovresti
        dovette, può, possono, posso, puoi, possiamo, potete, poteva, potevano, potrà, potranno, potrebbe, potrebbero
        potresti, potuto, dovuto, potere, dovere, vuole, vogliono, voglio, vuoi, vogliamo, volete, voleva, volevano
        vorrebbe, vorrei, vorrebbero, volere, bisogna, occorre, occorrono, serve, sta per, stanno per, va, vanno
        è necessario, è possibile, è obbligatorio, è consentito, è permesso, sembra, sembrano, sa, sanno, riesce a
        riescono a, forse, probabilmente, possibilmente, magari, presumibilmente, apparentemente, presunto, ha da
        """
    ),
    mild=expressions(
        """
        può, possono, posso, puoi, possiamo, potete, poteva, potevano, potrà, potranno, potuto, potere, vuole
        vogliono, voglio, vuoi, vogliamo, volete, voleva, volevano, volere, sta per, stanno per, va, vanno, sa, sanno
        riesce a, riescono a
        """
    ),
    light=expressions(
        """
        ehm, mah, boh, beh, davvero, veramente, assolutamente, estremamente, certamente, ovviamente, naturalmente
        in realtà, in effetti, effettivamente, di fatto, infatti, insomma, come si sa, com'è noto, a dire il vero
        va detto che, va notato che, è importante notare che, a mio avviso, il
        """
    ),
    starters=expressions(
        """
        inoltre, in più, per di più, d'altra parte, d'altronde, allo stesso modo, in breve, in sintesi, in conclusione
        per concludere, tra l'altro, comunque sia, anche
        """
    ),
    binders=expressions(
        """
        di, d', del, dello, della, dell', dei, degli, delle, a, ad, al, allo, alla, all', ai, agli, alle, da, dal
        dallo, dalla, dall', dai, dagli, dalle, in, nel, nello, nella, nell', nei, negli, nelle, su, sul, sullo, sulla
        sull', sui, sugli, sulle, con, col, coi, per, verso, durante, presso, mediante, secondo, lungo, attraverso
        tramite, a causa di, a causa del, a causa della, grazie a, grazie al, grazie alla, per mezzo di, per via di
        riguardo a, rispetto a, rispetto al, insieme a, insieme con, a favore di, in favore di, al fine di
        allo scopo di, accanto a, vicino a, dentro, dietro, davanti a, di fronte a, come, via, fuori da, in base a
        conforme a, nonostante, malgrado, contro
        """
    ),
    openers=expressions(
        """
        e, ed, o, oppure, ma, però, perché, poiché, siccome, giacché, che, ch', chi, cui, il quale, la quale, i quali
        le quali, del quale, della quale, dei quali, delle quali, nel quale, nella quale, dove, come mai, perciò
        pertanto, quindi, dunque, affinché, cosicché, sicché, in modo che, così che, tuttavia, ciononostante, eppure
        invece, al contrario, d'altro canto, sebbene, benché, anche se, per quanto, ovvero, ossia, cioè, per esempio
        ad esempio, ma anche, cosa, che cosa, quale, quali, quanto, quanta, quanti, quante, dato che, visto che
        dal momento che, mentre
        """
    ),
    stranded=expressions(
        """
        la, l', i, le, un, uno, una, un', mio, mia, miei, mie, tuo, tua, tuoi, tue, suo, sua, suoi, sue, nostro
        nostra, nostri, nostre, vostro, vostra, vostri, vostre, loro, questo, questa, questi, queste, quest', quello
        quella, quelli, quelle, quel, quei, quegli, quell', è, sono, era, erano, sarà, saranno, sarebbe, sarebbero, fu
        furono, essere, stato, stata, stati, state, sei, siamo, siete, ha, hanno, aveva, avevano, avrà, avranno
        avrebbe, avere, ho, hai, abbiamo, avete, c'è, c'era, ci, si, mi, ti, vi, ne, io, tu, lui, lei, noi, voi, essi
        esse, egli, ella, così, lo, gli
        """
    ),
    nouns=expressions("potere, dovere, volere"),
    articles=expressions("il, un, del, al, dal, nel, sul, suo, loro, mio, questo, gran, pieno"),
    plain=expressions(
        """
        caso mai, se mai, più che altro, senza dubbio, prima o poi, di più, ancora più, tanto meno
        """
    ),
    pairs=(
        Pair("negator", expressions("non solo, non soltanto"), expressions("ma anche, ma"), 20),
        Pair("negator", frozenset({"non"}), expressions("che, se non, più, ancora, alcun, alcuno, alcuna"), 6),
    ),
    denials=expressions(
        """
        non, mai, niente, nulla, nessuno, nessun, nessuna, neanche, nemmeno, senza
        """
    ),
    common=expressions(
        """
        di, che, è, e, la, il, un, a, per, in, una, non, sono, mi, si, ho, lo, ha, le, ti, i, con, cosa, se, io, come
        da, ci, no, questo, qui, hai, sei, del, bene, tu, sì, me, più, al, mio, perché, lei, solo, te, era, gli, tutto
        della, così, mia, ne, questa, fare, quando, nel, alla, dei, delle, anche, degli, nella, dal, sul, suo, sua
        essere, stato, deve, può, prima, dopo, senza, dell', all', nell', un', dall', ogni, tutti, loro, mai, fino
        alle, dalla
        """
    ),
)
