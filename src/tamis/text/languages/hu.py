"""Hungarian."""

from __future__ import annotations

from tamis.text.languages.language import Language, Pair, expressions

LANGUAGE = Language(
    code="hu",
    name="Hungarian",
    script="Latin",
    negators=expressions(
        """
        nem, ne, se, sem, nincs, nincsen, nincsenek, sincs, sincsenek, soha, sosem, sose, sohasem, senki, senkit
        senkinek, senkivel, semmi, semmit, semminek, semmilyen, semmiféle, semmiképp, semmiképpen, sehol, sehova
        sehonnan, sehogy, sehogyan, egyik sem, már nem, még nem, többé nem, nemcsak, nem csak, nem mindig, nem minden
        nem mindenki, nem is, nem igazán, nem nagyon, egyáltalán nem, egyáltalán, korántsem, dehogy, semmi esetre
        semmi esetre sem, semmilyen körülmények között, alig, aligha, ritkán, szinte soha, helyett, ahelyett
        ahelyett hogy, hiányzik, hiányoznak, hiánya, hiányában, tilos, tiltott, lehetetlen, vagy nem, vagy sem
        képtelen, nehogy
        """
    ),
    conditions=expressions(
        """
        ha, hogyha, amennyiben, amikor, mikor, midőn, amíg, míg, ameddig, addig, mielőtt, miután, előtt, után, mihelyt
        amint, amióta, mióta, hacsak, hacsak nem, kivéve ha, feltéve, feltéve hogy, azzal a feltétellel
        abban az esetben, esetén, esetében, abban az esetben ha, csak akkor, csak akkor ha, akkor, akkor is, ha nem
        még ha, akkor is ha, különben, ellenkező esetben, valahányszor, minden alkalommal, kezdve, függően
        függetlenül, közben, miközben, tekintet nélkül, mintha, alkalmával, attól függően, ha már
        """
    ),
    exceptions=expressions(
        """
        nélkül, kivéve, kivételével, leszámítva, eltekintve, azon kívül, ezen kívül, ezenkívül, kívül, anélkül
        anélkül hogy, más mint, mellett, hanem
        """
    ),
    limits=expressions(
        """
        legalább, minimum, legfeljebb, maximum, maximálisan, legalábbis, legkevesebb, nem több mint, nem kevesebb mint
        több mint, kevesebb mint, nagyobb mint, kisebb mint, hosszabb mint, rövidebb mint, idősebb mint
        fiatalabb mint, korábban mint, később mint, legkésőbb, legkorábban, felett, fölött, alatt, körülbelül, kb
        mintegy, nagyjából, közel, majdnem, szinte, csaknem, pontosan, között, vagy több, vagy kevesebb, többé-kevésbé
        belül, per, meghaladó, alig több mint
        """
    ),
    focus=expressions(
        """
        csak, csupán, csakis, kizárólag, pusztán, mindössze, sőt, éppen, épp, pont, különösen, főleg, főként
        elsősorban, leginkább, részben, többnyire, mindig, gyakran, néha, olykor, általában, rendszerint, valaha
        egyetlen, egyedül, egyedüli
        """
    ),
    quantifiers=expressions(
        """
        minden, mindenki, mindenkit, mindenkinek, mindent, mindegyik, mindenhol, mindenütt, összes, valamennyi, mind
        egész, teljes, néhány, pár, egypár, némely, némelyik, egyes, valaki, valakit, valami, valamit, valahol
        valamilyen, valamelyik, bárki, bármi, bármely, bármelyik, bármilyen, bárhol, akárki, akármi, sok, sokan, sokat
        rengeteg, kevés, kevesen, keveset, egy kis, egy kicsit, kissé, több, többen, számos, különböző, legtöbb
        a legtöbb, többség, többsége, kisebbség, fele, fél, mindkét, mindkettő, mindketten, többi, a többi, elég
        elegendő, túl sok, túl kevés, annyi, ennyi, olyan sok, kevesebb, más, mások, másik, ugyanaz, ugyanazt, ilyen
        olyan, egyaránt, tucatnyi, több száz, több ezer
        """
    ),
    modals=expressions(
        """
        kell, kellett, kellene, kellhet, lehet, lehetett, lehetne, szabad, szabadna, tud, tudnak, tudok, tudsz, tudunk
        tudott, tudtak, tudna, tudnának, akar, akarnak, akarok, akart, akarna, szeretne, szeretnének, szeretnék, fog
        fognak, fogok, fogunk, fogsz, kíván, muszáj, köteles, kötelesek, kötelező, szükséges, ajánlott, képes, képesek
        talán, valószínűleg, esetleg, lehetséges, feltehetően, feltehetőleg, állítólag, úgy tűnik, látszólag, nyilván
        hadd, kellene hogy, volna
        """
    ),
    light=expressions(
        """
        ööö, hmm, hát, nos, nagyon, igazán, valóban, rendkívül, tényleg, persze, természetesen, nyilvánvalóan
        tulajdonképpen, valójában, őszintén szólva, úgymond, mint ismeretes, meg kell jegyezni hogy, egyébként
        ugyebár, ugye, a
        """
    ),
    starters=expressions(
        """
        továbbá, emellett, ráadásul, ezen felül, azonfelül, szintén, ugyancsak, hasonlóképpen, röviden, összefoglalva
        összességében, végül, végezetül, nos, kérem, kérjük
        """
    ),
    binders=expressions(
        """
        által, ellen, iránt, szerint, miatt, révén, végett, érdekében, számára, részére, felé, felől, mögött, közé
        közül, köré, körül, helyén, útján, segítségével, kapcsolatban, képest, szemben, ellenére, dacára, köszönhetően
        következtében, alapján, céljából, mint, át, keresztül, együtt, beleértve, illetően, vonatkozóan, nevében
        javára, irányában, mellé, elé, alá, fölé, gyanánt, ként, óta
        """
    ),
    openers=expressions(
        """
        és, s, meg, vagy, avagy, de, ám, azonban, viszont, hogy, mert, mivel, hiszen, ugyanis, minthogy, noha, bár
        habár, jóllehet, aki, akit, akinek, akik, akiket, amely, amelyet, amelyek, amelynek, ami, amit, aminek
        amelyben, amellyel, ahol, ahova, ahonnan, ki, mi, mit, hol, hova, miért, hogyan, melyik, milyen, mennyi, hány
        ezért, azért, így, tehát, ennek ellenére, mégis, ellenben, másrészt, ellenkezőleg, például, pl, azaz, vagyis
        illetve, valamint, úgyhogy
        """
    ),
    stranded=expressions(
        """
        az, egy, ez, azok, ezek, én, te, ő, ön, mi, ti, ők, önök, van, vannak, volt, voltak, lesz, lesznek, lenne
        vagyok, való, ezt, azt, ennek, annak, ebben, abban, saját, is, túl, leg, majd, már, még, olyan, ilyen
        """
    ),
    behind_comma=expressions("hogy, ha, mint, amikor"),
    plain=expressions(
        """
        ne haragudjon, nem baj, mindenek előtt, mindenekelőtt, előbb vagy utóbb, kétség nélkül, hogy is ne
        minden bizonnyal, se szó se beszéd
        """
    ),
    pairs=(
        Pair("negator", expressions("nemcsak, nem csak"), expressions("hanem, de"), 20),
        Pair("negator", expressions("nem, ne"), frozenset({"hanem"}), 14),
        Pair("negator", expressions("sem, se"), expressions("sem, se"), 14),
        Pair("condition", expressions("ha, amennyiben, amikor"), frozenset({"akkor"}), 30),
    ),
    shapes=(
        ("modal", r"\w{2,}(?:hat|het)(?:ok|ek|ö[kd]|sz|unk|ünk|tok|tek|nak|nek|ott|ett|ná|né|ja|i|ják|ik)?"),
        ("condition", r"\w+-e"),
    ),
    denials=expressions("nem, ne, sem, nincs, nincsenek, soha, senki, semmi, nélkül"),
    common=expressions(
        """
        a, az, és, hogy, nem, is, egy, ez, meg, csak, de, van, azt, volt, már, el, mint, ha, vagy, még, kell, ki, én
        mert, ezt, lesz, mi, fel, nagyon, le, aki, után, amely, majd, pedig, lehet, így, itt, olyan, között, minden
        szerint, alatt, előtt, amikor, ezek, őket, magyar, ami, ne, sem, nincs, hanem, azonban, illetve, végéig, hét
        vége
        """
    ),
)
