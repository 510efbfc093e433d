"""Finnish. The negation is a verb (en, et, ei, emme, ette, eivät) that joins conjunctions (ettei, ellei, eikä)."""

from __future__ import annotations

from tamis.text.languages.language import Language, Pair, expressions

LANGUAGE = Language(
    code="fi",
    name="Finnish",
    script="Latin",
    negators=expressions(
        """
        en, et, ei, emme, ette, eivät, älä, älkää, älköön, älkööt, älkäämme, älkö, ettei, etten, ettet, ettemme
        ettette, etteivät, eikä, enkä, etkä, emmekä, ettekä, eivätkä, jottei, jotten, eihän, enhän, eivätkö, eikö
        enkö, etkö, miksei, muttei, mutten, vaikkei, koskei, ei enää, ei vielä, ei koskaan, ei ikinä, ei milloinkaan
        ei kukaan, ei ketään, ei mikään, ei mitään, ei missään, ei lainkaan, ei ollenkaan, ei suinkaan, ei vain
        ei ainoastaan, ei pelkästään, ei aina, ei kaikki, ei kovin, ei edes, ei yhtään, missään tapauksessa, tuskin
        harvoin, hädin tuskin, sijaan, sen sijaan että, asemesta, puuttuu, puuttuvat, kiellettyä, kielletty, kieltää
        tai ei, vai ei, mahdotonta, kukaan, ketään, mitään, mikään, missään, koskaan
        """
    ),
    conditions=expressions(
        """
        jos, mikäli, kun, kunhan, jos ei, ennen, ennen kuin, jälkeen, sen jälkeen kun, heti kun, niin kauan kuin
        niin pian kuin, kunnes, asti, saakka, sillä ehdolla että, sillä edellytyksellä että, edellyttäen
        edellyttäen että, siinä tapauksessa, tapauksessa, siltä varalta että, vain jos, ainoastaan jos, vasta kun
        vasta, muuten, muutoin, aina kun, joka kerta kun, alkaen, lähtien, riippuen, riippumatta, siitä lähtien kun
        samalla kun, silloin kun, sillä välin, jahka, olipa, olivatpa, ikään kuin, ellei, ellen, ellet, ellemme
        ellette, elleivät, jollei, jollen, jolleivät
        """
    ),
    exceptions=expressions(
        """
        ilman, paitsi, lukuun ottamatta, lukuunottamatta, poikkeuksena, pois lukien, poislukien, muu kuin, muut kuin
        muuta kuin, sen lisäksi, vailla, ohella
        """
    ),
    limits=expressions(
        """
        vähintään, ainakin, enintään, korkeintaan, enimmillään, vähimmillään, maksimissaan, minimissään, jopa
        enemmän kuin, vähemmän kuin, enempää kuin, ei enempää kuin, ei vähempää kuin, yli, alle, suurempi kuin
        pienempi kuin, pidempi kuin, lyhyempi kuin, vanhempi kuin, nuorempi kuin, aikaisemmin kuin, myöhemmin kuin
        viimeistään, aikaisintaan, noin, suunnilleen, lähes, melkein, tasan, tarkalleen, täsmälleen, välillä
        tai enemmän, tai vähemmän, enemmän tai vähemmän, kuluessa, sisällä, kohti, per, maksimi, minimi, liki, vajaa
        runsas
        """
    ),
    focus=expressions(
        """
        vain, ainoastaan, pelkästään, yksinomaan, edes, juuri, nimenomaan, erityisesti, etenkin, varsinkin, pääasiassa
        lähinnä, enimmäkseen, osittain, aina, usein, joskus, toisinaan, yleensä, tavallisesti, ainoa, ainoat, yksin
        """
    ),
    quantifiers=expressions(
        """
        kaikki, kaikkia, kaikkien, kaiken, kaikkea, koko, jokainen, jokaisen, jokaista, kukin, kunkin, jotkut, jotkin
        joku, jonkun, jokin, jotain, jotakin, jonkin, jossain, muutama, muutaman, muutamia, monet, moni, monia, monta
        paljon, vähän, hieman, hiukan, harvat, harva, useat, usea, useita, useimmat, suurin osa, enemmistö, vähemmistö
        puolet, puoli, molemmat, molempien, kumpikin, loput, muut, muu, muita, tarpeeksi, riittävästi, liian monta
        liian paljon, liian vähän, niin paljon, enemmän, vähemmän, sama, samat, sellainen, sellaiset, ainut
        kaikkialla, eri, mikä tahansa, kuka tahansa, osa, kymmeniä, satoja, tuhansia, kummatkin
        """
    ),
    modals=expressions(
        """
        täytyy, täytyi, täytyisi, pitää, piti, pitäisi, tulee, tulisi, on pakko, voi, voivat, voin, voit, voimme
        voitte, voisi, voisivat, voida, voidaan, voinut, saa, saavat, saan, saat, saisi, saada, saanut, osaa, osaavat
        pystyy, pystyvät, haluaa, haluavat, haluan, haluaisi, aikoo, aikovat, saattaa, saattavat, saattaisi, lienee
        taitaa, tarvitsee, tarvitse, kannattaa, on oltava, ehkä, mahdollisesti, luultavasti, todennäköisesti, kenties
        ilmeisesti, väitetysti, näyttää, vaikuttaa, on määrä, kuuluu, sopii, joutuu, joutuvat, tarvitsevat
        """
    ),
    light=expressions(
        """
        öö, hmm, tota, niinku, erittäin, todella, äärimmäisen, varsin, ehdottomasti, itse asiassa, oikeastaan
        tietysti, tietenkin, luonnollisesti, toki, rehellisesti sanottuna, niin sanotusti, kuten tiedetään
        on syytä huomata että
        """
    ),
    starters=expressions(
        """
        lisäksi, tämän lisäksi, sitä paitsi, myös, samoin, lyhyesti sanottuna, yhteenvetona, lopuksi, ensinnäkin
        vastaavasti, ole hyvä ja, okei
        """
    ),
    binders=expressions(
        """
        kanssa, vastaan, varten, takia, vuoksi, ansiosta, johdosta, mukaan, mukaisesti, perusteella, avulla, kautta
        kesken, suhteen, osalta, huolimatta, verrattuna, kuin, kuten, mukaan lukien, kohtaan, puolesta, puolelta
        luona, luota, luokse, alla, päällä, edessä, takana, vieressä, keskellä, ympärillä, läpi, pitkin, koskien
        liittyen, johtuen, nähden, toimesta, seurauksena, aikana
        """
    ),
    openers=expressions(
        """
        ja, sekä, tai, vai, mutta, vaan, että, koska, sillä, jotta, joka, jonka, jota, jossa, josta, johon, jolla
        jolle, jolta, jotka, joiden, joita, joissa, joista, mikä, minkä, mitä, mistä, missä, mihin, mitkä, kuka, kenen
        kuinka, miten, miksi, milloin, kumpi, siksi, sen vuoksi, joten, näin ollen, kuitenkin, silti, toisaalta
        päinvastoin, esimerkiksi, esim, eli, toisin sanoen, nimittäin, kun taas, mutta myös, vaan myös, samoin kuin
        vaikka
        """
    ),
    stranded=expressions(
        """
        se, ne, sen, sitä, siinä, siitä, siihen, niiden, niitä, tämä, tämän, tätä, tässä, nämä, tuo, tuon, on, ovat
        oli, olivat, ole, olla, ollut, olisi, olen, olet, olemme, olette, minä, sinä, hän, me, te, he, minun, sinun
        hänen, meidän, teidän, heidän, oma, liian, niin
        """
    ),
    behind_comma=expressions("että, kun, kuin"),
    plain=expressions(
        """
        ennemmin tai myöhemmin, silloin tällöin, ei suotta, en masse, niin ja näin, ennen kaikkea
        """
    ),
    pairs=(
        Pair(
            "negator",
            expressions("ei, en, et, emme, ette, eivät, ei vain, ei ainoastaan, ei pelkästään"),
            expressions("vaan, vaan myös"),
            20,
        ),
        Pair("condition", expressions("jos, mikäli, kun"), frozenset({"niin"}), 24),
        Pair("opener", frozenset({"joko"}), frozenset({"tai"}), 20),
    ),
    shapes=(
        ("exception", r"\w{3,}(?:matta|mättä)"),
        ("condition", r"\w{3,}(?:taessa|täessä|dessa|dessä|essaan|essään)"),
    ),
    denials=expressions("ei, eivät, emme, älä, älkää, ettei, ellei, eikä, ilman"),
    common=expressions(
        """
        ja, on, ei, että, se, oli, hän, en, mutta, ovat, kun, kuin, myös, joka, tai, niin, ole, jos, sen, mitä, minä
        olen, sitä, mukaan, voi, vain, hänen, nyt, jo, tämä, kanssa, jotka, vuonna, sekä, ollut, ne, siitä, minun
        sinä, mikä, te, me, he, jälkeen, ennen, olla, vielä, koska, täytyy, saa, pitää, eivät, kuten, viikon, loppua
        noin, häntä, sinun, siellä, tässä, ilman
        """
    ),
)
