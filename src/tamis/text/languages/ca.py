"""Catalan."""

from __future__ import annotations

from tamis.text.languages.language import Language, Pair, expressions

LANGUAGE = Language(
    code="ca",
    name="Catalan",
    script="Latin",
    elision=True,
    negators=expressions(
        """
        no, mai, ningú, res, cap, gens, enlloc, ni, ni tan sols, ni tampoc, tampoc, ja no, encara no, no més, no només
        no solament, no sols, no sempre, no tots, no totes, no gaire, no pas, pas, de cap manera, en cap cas
        en cap moment, en absolut, sota cap, o no, en lloc de, en comptes de, en lloc d', en comptes d', a penes
        amb prou feines, gairebé mai, gairebé ningú, poques vegades, rarament, difícilment, falta de, manca de
        manca d', sense cap, prohibit, prohibida, està prohibit, es prohibeix, lluny de, deixar de, gairebé res
        """
    ),
    conditions=expressions(
        """
        si, quan, fins que, fins a, fins al, fins, abans, abans de, abans d', abans que, abans del, després
        després de, després d', després que, tret que, llevat que, a menys que, sempre que, sempre i quan
        a condició que, a condició de, en cas de, en cas que, en el cas que, un cop, una vegada, una vegada que
        mentre, tan bon punt, així que, només si, només quan, fins i tot si, encara que, altrament, en cas contrari
        si no, cada vegada que, cada cop que, a partir de, a partir del, a partir d', segons, depenent de
        sigui quin sigui, per si, com si, suposant que
        """
    ),
    exceptions=expressions(
        """
        sense, sense que, excepte, tret de, llevat de, llevat d', tret d', a excepció de, amb l'excepció de, a part de
        a més de, fora de, fora d', exclòs, exclosa, sinó
        """
    ),
    limits=expressions(
        """
        almenys, si més no, com a mínim, com a màxim, a tot estirar, més de, més d', menys de, menys d', no més de
        no menys de, més que, menys que, major de, menor de, més gran que, més petit que, superior a, inferior a
        per sobre de, per sota de, al voltant de, prop de, gairebé, quasi, aproximadament, uns, unes, exactament
        entre, o més, o menys, més o menys, a tot tardar, com a molt tard, màxim, mínim, dins de, dins del, vora
        """
    ),
    focus=expressions(
        """
        només, solament, únicament, sols, fins i tot, exclusivament, simplement, sobretot, especialment, en particular
        particularment, principalment, sempre, sovint, freqüentment, de vegades, a vegades, generalment, normalment
        potser, tal vegada, probablement, possiblement, presumptament, suposadament, aparentment, parcialment, en part
        únic, única
        """
    ),
    quantifiers=expressions(
        """
        tot, tota, tots, totes, cada, cadascun, cadascuna, cada un, algun, alguna, alguns, algunes, algú, alguna cosa
        quelcom, diversos, diverses, uns quants, unes quantes, molt, molta, molts, moltes, poc, poca, pocs, poques
        una mica, una mica de, força, bastant, bastants, massa, tots dos, totes dues, ambdós, ambdues, la majoria
        la majoria de, la major part de, la meitat, la meitat de, la resta, la resta de, els altres, les altres, més
        menys, tant, tanta, tants, tantes, qualsevol, qualssevol, altre, altra, altres, un altre, una altra, el mateix
        la mateixa, els mateixos, l'únic, l'única, el primer, la primera, l'últim, l'última, tal, tals, suficient
        prou, pertot, arreu
        """
    ),
    modals=expressions(
        """
        ha de, han de, he de, hem de, has de, havia de, havien de, haurà de, hauran de, hauria de, haurien de, cal
        caldrà, caldria, calia, pot, poden, puc, pots, podem, podeu, podia, podien, podrà, podran, podria, podrien
        deu, deuen, vol, volen, vull, volem, volia, voldria, voldrien, sol, solen, solia, va a, vaig a, és possible
        és necessari, sembla, semblen, poder, deure, voler, es pot, es poden
        """
    ),
    light=expressions(
        """
        eh, ehm, realment, veritablement, absolutament, extremadament, summament, per descomptat, és clar, certament
        en realitat, de fet, en efecte, efectivament, a dir la veritat, cal destacar que, cal assenyalar que
        al meu entendre, com se sap, el
        """
    ),
    starters=expressions(
        """
        a més, a més a més, així mateix, d'altra banda, igualment, també, en resum, en conclusió, en definitiva, en fi
        per cert, de la mateixa manera, si us plau
        """
    ),
    binders=expressions(
        """
        de, d', del, dels, a, al, als, amb, en, per, per a, per al, per als, pel, pels, contra, sobre, sota, cap a
        cap al, davant, davant de, durant, mitjançant, a través de, a través del, per mitjà de, a causa de, degut a
        gràcies a, respecte a, pel que fa a, al costat de, juntament amb, en contra de, a favor de, a fi de
        per tal de, com, conforme a, d'acord amb, malgrat, tot i, via, darrere de, des de, des del, des que, entre
        en relació amb
        """
    ),
    openers=expressions(
        """
        i, o, però, sinó que, perquè, ja que, atès que, que, qui, què, qual, el qual, la qual, els quals, les quals
        la qual cosa, on, com, per què, de manera que, així que, per tant, per això, tanmateix, no obstant això
        nogensmenys, en canvi, al contrari, per contra, sinó també, quin, quina, quins, quines, quant, quanta, quants
        quantes, malgrat que, tot i que, encara que, si bé, per exemple, és a dir, mentrestant, mentre que, doncs, car
        """
    ),
    stranded=expressions(
        """
        la, els, les, l', un, una, lo, en, na, meu, meva, meus, meves, teu, teva, seu, seva, seus, seves, nostre
        nostra, nostres, vostre, vostra, aquest, aquesta, aquests, aquestes, aquell, aquella, aquells, aquelles, això
        allò, és, són, era, eren, va, van, vaig, vam, fou, serà, seran, seria, ser, estat, sent, està, estan, estava
        estar, ha, han, havia, havien, hi, hi ha, he, hem, has, haver, es, s', em, m', et, t', li, ens, us, jo, tu
        ell, ella, ells, elles, nosaltres, vostè, tan, se
        """
    ),
    plain=expressions(
        """
        no res, sens dubte, sense dubte, tard o d'hora, més aviat, de cap a, cap al tard, cap de setmana, el que
        el de
        """
    ),
    pairs=(
        Pair("negator", expressions("no només, no solament, no sols"), expressions("sinó també, sinó que, sinó"), 20),
        Pair("negator", frozenset({"no"}), expressions("sinó, més que, pas, cap"), 12),
    ),
    denials=expressions("no, mai, ningú, res, cap, tampoc, sense"),
    common=expressions(
        """
        de, la, i, el, a, en, que, els, per, les, un, del, l', d', amb, una, és, al, va, es, no, dels, com, més, ha
        seva, seu, són, o, pel, aquest, aquesta, s', ser, van, també, entre, fou, però, on, molt, fins, tot, sobre
        aquests, està, anys, qual, quan, era, hi, han, seus, seves, des, dos, sense, després, perquè, abans, això, si
        jo, em, mentre, durant, pot, cal, setmana, final
        """
    ),
)
