"""Slovak. Verbs deny by their prefix "ne-" (but "nie je")."""

from __future__ import annotations

from tamis.text.languages.language import Language, Pair, expressions

_ENDINGS = (
    "ám|áš|á|áme|áte|ajú|ím|íš|í|íme|íte|ia|ujem|uješ|uje|ujeme|ujete|ujú|em|eš|e|eme|ete|ú|iem|ieš|ie|ieme|iete"
    "|l|la|lo|li|ť|te|me|né|ný"
)

LANGUAGE = Language(
    code="sk",
    name="Slovak",
    script="Latin",
    negators=expressions(
        """
        nie, ne, nie je, nie sú, nie som, nie si, nie sme, nie ste, nikdy, nikto, nikoho, nikomu, nikým, nič, ničoho
        ničomu, ničím, nikde, nikam, nijako, žiadny, žiadna, žiadne, žiadneho, žiadnej, žiadnu, žiadnych, žiadnym
        žiadnemu, žiadni, nijaký, nijaká, ani, ani jeden, ani jedna, nemožno, niet, nieto, už nie, ešte nie, nielen
        nielenže, nie vždy, nie všetci, nie každý, nie veľmi, vôbec nie, vôbec, rozhodne nie, v žiadnom prípade
        za žiadnych okolností, žiadnym spôsobom, sotva, zriedka, málokedy, takmer nikdy, namiesto, miesto toho, chýba
        chýbajú, chýbal, zákaz, zakázané, zakázaný, zakázaná, zakazuje sa, alebo nie, či nie, odmieta, nemá, nesmie
        nebude, nebol, nebola
        """
    ),
    conditions=expressions(
        """
        ak, keď, keby, ak by, kedykoľvek, pokiaľ, pokým, kým, dokým, až, až po, až do, skôr ako, skôr než, predtým ako
        pred, pred tým ako, potom čo, po tom čo, len čo, akonáhle, za predpokladu že, pod podmienkou že
        s podmienkou že, v prípade, v prípade že, pre prípad že, iba ak, len ak, len keď, iba keď, aj keby, inak
        v opačnom prípade, vždy keď, zakaždým keď, bez ohľadu na, v závislosti od, počnúc, či, ak nie, jedine ak
        """
    ),
    exceptions=expressions(
        """
        bez, okrem, mimo, s výnimkou, vyjmúc, až na, nerátajúc, nepočítajúc, iný než, iné než, bez toho aby, ibaže
        """
    ),
    limits=expressions(
        """
        aspoň, najmenej, minimálne, prinajmenšom, nanajvýš, najviac, maximálne, nie viac ako, nie menej ako
        nie dlhšie ako, nie neskôr ako, viac ako, viac než, menej ako, menej než, dlhšie ako, väčší ako, menší ako
        vyšší ako, nižší ako, starší ako, mladší ako, nad, pod, cez, asi, zhruba, približne, okolo, takmer, skoro
        presne, medzi, do, alebo viac, alebo menej, viac-menej, najneskôr, najskôr, počas, maximum, minimum, vyše
        """
    ),
    focus=expressions(
        """
        len, iba, jedine, výlučne, výhradne, dokonca, práve, jednoducho, najmä, predovšetkým, hlavne, obzvlášť
        prevažne, väčšinou, čiastočne, sčasti, vždy, často, niekedy, občas, obvykle, zvyčajne, spravidla, jediný
        jediná, jediné
        """
    ),
    quantifiers=expressions(
        """
        všetci, všetky, všetko, všetkých, všetkým, všetkými, celý, celá, celé, celého, celú, každý, každá, každé
        každého, každú, každému, niektorý, niektorá, niektoré, niektorí, niektorých, niekoľko, niekoľkých, pár, mnoho
        mnohí, mnohé, mnohých, veľa, málo, trochu, väčšina, väčšinu, väčšiny, menšina, polovica, polovicu, oba, obaja
        obe, oboch, zvyšok, ostatné, ostatní, nejaký, nejaká, nejaké, niekto, niekoho, niečo, niečoho, niekde
        ktokoľvek, čokoľvek, kdekoľvek, akýkoľvek, akákoľvek, akékoľvek, hociktorý, ľubovoľný, dosť, dostatok
        príliš veľa, príliš málo, toľko, iný, iná, iné, iných, ďalší, ďalšie, taký, taká, také, rovnaký, rovnaké
        ten istý, viac, menej, všade, časť
        """
    ),
    modals=expressions(
        """
        musí, musím, musíš, musíme, musíte, musia, musel, musela, museli, môže, môžu, môžem, môžeš, môžeme, môžete
        mohol, mohla, mohlo, mohli, možno, smie, smiem, smú, smel, má, majú, máte, mal, mala, malo, mali, treba
        je potrebné, je nutné, je možné, je povinný, je povinná, sú povinní, chce, chcú, chcem, chcel, chcela, chceli
        bude, budú, budem, budeš, budeme, budete, by, nech, vie, dokáže, zdá sa, azda, asi, pravdepodobne, zrejme
        údajne, vraj, prípadne, mal by, mala by, mali by
        """
    ),
    light=expressions(
        """
        ehm, hm, veľmi, naozaj, skutočne, nesmierne, mimoriadne, samozrejme, prirodzene, v podstate, mimochodom
        úprimne povedané, ako je známe, treba poznamenať že
        """
    ),
    starters=expressions(
        """
        navyše, okrem toho, ďalej, taktiež, tiež, rovnako, skrátka, stručne povedané, na záver, podobne, obdobne
        prosím
        """
    ),
    binders=expressions(
        """
        v, vo, z, zo, na, od, odo, pre, pri, o, u, s, so, k, ku, za, voči, podľa, kvôli, vďaka, napriek, cez, proti
        oproti, na základe, za účelom, pomocou, prostredníctvom, v súvislosti s, v súlade s, v porovnaní s, v rámci
        v priebehu, v prospech, vzhľadom na, ohľadom, ako, vrátane, spolu s, v dôsledku, vnútri, pozdĺž, blízko, po
        než, namiesto
        """
    ),
    openers=expressions(
        """
        a, i, aj, ale, avšak, však, alebo, buď, že, aby, aby som, pretože, lebo, keďže, nakoľko, takže, preto, teda
        hoci, aj keď, napriek tomu že, ktorý, ktorá, ktoré, ktorí, ktorého, ktorú, ktorých, ktorým, ktorému, ktorými
        kto, čo, kde, kam, odkiaľ, prečo, ako, aký, aká, aké, čí, kým, zatiaľ čo, no, jednako, napriek tomu, naopak
        na druhej strane, t. j, čiže, napríklad, napr, ale aj, ale tiež, nielen, totiž, koľko
        """
    ),
    stranded=expressions(
        """
        môj, moja, moje, tvoj, tvoja, náš, naša, naše, váš, vaša, vaše, svoj, svoja, svoje, svojho, svoju, svojich
        jeho, jej, ich, ten, tá, to, tento, táto, toto, tieto, tejto, týchto, tomto, je, sú, bol, bola, bolo, boli
        byť, som, si, sme, ste, ja, ty, on, ona, ono, my, vy, oni, sa, ho, mu, ma, mi, ťa, ti, ju, príliš
        """
    ),
    behind_comma=expressions("že, keď, ako, než, čo, aby, keby"),
    plain=expressions(
        """
        nebo, nedeľa, nedeľu, nemoc, nemocnica, nemocnice, nemocnici, nehoda, nehody, neter, nemecko, nechať, nechá
        nechal, nechala, nechali, nesie, nesú, niesol, niesla, nepriateľ, neutrálny, nerv, nervy, negatívny, nedávno
        neustále, nevesta, nedostatok, nedostatku, neďaleko, nepriamo, skôr či neskôr, viac či menej, neskôr, neskorší
        nechty
        """
    ),
    pairs=(
        Pair("negator", expressions("nielen, nielenže"), expressions("ale aj, ale tiež, ale"), 20),
        Pair("condition", expressions("ak, keď, keby, pokiaľ"), expressions("tak, potom"), 30),
        Pair("opener", frozenset({"buď"}), frozenset({"alebo"}), 20),
    ),
    shapes=(("negator", rf"ne(?!j)\w{{1,20}}?(?:{_ENDINGS})"),),
    denials=expressions(
        """
        nie, nikdy, nikto, nič, žiadny, žiadna, žiadne, nemožno, bez, nemá, nesmie, nebude, nebol, nebola
        """
    ),
    common=expressions(
        """
        a, je, sa, v, na, to, že, s, z, o, do, aj, som, ale, za, ako, by, po, tak, pre, čo, vo, si, sú, ktoré, ktorý
        ktorá, bol, bola, bolo, alebo, jeho, zo, od, pri, už, až, keď, tiež, len, mu, kde, ešte, aby, môže, podľa
        musí, roku, pred, bude, nie, mi, ma, ste, sme, ho, byť, má, preto, pretože, ak, tento, tejto, však, každý, než
        všetky, dňa, konca, koniec, k, i, no, boli, bez, medzi, svoje, jej, ich, toho, proti, ani, takže
        """
    ),
)
