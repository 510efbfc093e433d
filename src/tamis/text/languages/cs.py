"""Czech. Verbs deny by their prefix "ne-": known by their endings."""

from __future__ import annotations

from tamis.text.languages.language import Language, Pair, expressions

_ENDINGS = (
    "ám|áš|á|áme|áte|ají|ejí|ím|íš|í|íme|íte|uji|uju|uješ|uje|"
    "ujeme|ujete|ují|u|eš|e|eme|ete|ou|l|la|lo|li|ly|t|ti|ni|no|na"
)

LANGUAGE = Language(
    code="cs",
    name="Czech",
    script="Latin",
    negators=expressions(
        """
        ne, nikoli, nikoliv, není, nejsou, nejsem, nejsi, nejsme, nejste, nejde, nejdou, nejel, nejela, nejedná
        nejeví, nejí, nejezdí, nikdy, nikdo, nikoho, nikomu, nikým, nic, ničeho, ničemu, ničím, nikde, nikam, nijak
        žádný, žádná, žádné, žádného, žádnou, žádných, žádným, žádnému, žádní, ani, ani jeden, ani jedna, ni, nelze
        už ne, ještě ne, nejen, nejenom, nejen že, ne vždy, ne všichni, ne každý, ne příliš, vůbec ne, vůbec
        rozhodně ne, v žádném případě, za žádných okolností, žádným způsobem, stěží, sotva, zřídka, málokdy
        skoro nikdy, místo, místo toho, namísto, chybí, chyběl, chyběla, zákaz, zakázáno, zakázán, zakázána, nebo ne
        či ne, odmítá, odmítl, odmítla, odmítli, zamítl, zamítnuto, zrušeno, zrušen, vypnuto, vyhněte se, popírá
        """
    ),
    conditions=expressions(
        """
        jestliže, jestli, pokud, pokud ne, když, kdyby, kdybych, kdybyste, kdykoli, kdykoliv, dokud, dokud ne, až
        až do, až po, dříve než, předtím než, před, před tím než, poté co, potom co, jakmile, od té doby co
        za předpokladu že, za podmínky že, s podmínkou že, v případě, v případě že, pro případ, pro případ že, ledaže
        leda, leč, pouze pokud, jen pokud, jen když, jinak, v opačném případě, pokaždé když, vždy když, bez ohledu na
        v závislosti na, počínaje, zda, zdali, dojde-li, je-li, jsou-li, má-li, bude-li, není-li, nebude-li, nemá-li
        by-li
        """
    ),
    exceptions=expressions(
        """
        bez, kromě, mimo, vyjma, s výjimkou, až na, krom, vyjímaje, vedle, nepočítaje, jiný než, jiné než, aniž
        aniž by
        """
    ),
    limits=expressions(
        """
        alespoň, aspoň, nejméně, minimálně, přinejmenším, nejvýše, nanejvýš, maximálně, nejvíce, ne více než
        ne méně než, ne déle než, ne později než, více než, méně než, déle než, kratší než, delší než, větší než
        menší než, vyšší než, nižší než, starší než, mladší než, nad, pod, přes, asi, zhruba, přibližně, kolem, okolo
        téměř, skoro, přesně, mezi, do, nebo více, nebo méně, víceméně, nejpozději, nejdříve, během, maximum, minimum
        necelých, necelé, bezmála
        """
    ),
    focus=expressions(
        """
        jen, jenom, pouze, jedině, výhradně, dokonce, teprve, prostě, zejména, především, hlavně, obzvlášť, zvláště
        převážně, většinou, částečně, zčásti, vždy, vždycky, často, někdy, občas, obvykle, zpravidla, jediný, jediná
        jediné
        """
    ),
    quantifiers=expressions(
        """
        všichni, všechny, všechno, vše, všech, všem, všemi, všeho, celý, celá, celé, celého, celou, každý, každá
        každé, každého, každou, každému, některý, některá, některé, někteří, některých, několik, několika, pár, mnoho
        mnoha, hodně, málo, trochu, většina, většinu, většiny, menšina, polovina, polovinu, oba, obě, obou, zbytek
        ostatní, nějaký, nějaká, nějaké, někdo, někoho, něco, něčeho, někde, kdokoli, cokoli, kdekoli, jakýkoli
        jakákoli, jakékoli, jakýkoliv, kterýkoli, libovolný, dost, dostatek, příliš mnoho, příliš málo, tolik, jiný
        jiná, jiné, jiných, další, takový, taková, takové, stejný, stejná, stejné, týž, tentýž, víc, více, méně, všude
        část, oboje
        """
    ),
    modals=expressions(
        """
        musí, musím, musíš, musíme, musíte, musel, musela, muselo, museli, může, můžou, mohou, můžu, mohu, můžeš
        můžeme, můžete, mohl, mohla, mohlo, mohli, mohly, mohl by, lze, smí, smím, smíte, smějí, směl, směla, má, mají
        máte, měl, měla, mělo, měli, měl by, měla by, měli by, mělo by, je třeba, je nutné, je nutno, je možné
        je povinen, je povinna, jsou povinni, chce, chtějí, chci, chtěl, chtěla, chtěli, bude, budou, budu, budeš
        budeme, budete, by, bych, bys, bychom, byste, ať, nechť, umí, dokáže, zdá se, snad, možná, asi, pravděpodobně
        zřejmě, patrně, údajně, prý, případně, popřípadě
        """
    ),
    light=expressions(
        """
        ehm, hm, velmi, velice, opravdu, skutečně, nesmírně, mimořádně, samozřejmě, ovšemže, přirozeně, v podstatě
        mimochodem, upřímně řečeno, popravdě, jak známo, takříkajíc, je třeba poznamenat že, stojí za zmínku že
        """
    ),
    starters=expressions(
        """
        navíc, kromě toho, dále, mimoto, také, rovněž, stručně řečeno, závěrem, na závěr, zkrátka, podobně, obdobně
        prosím
        """
    ),
    binders=expressions(
        """
        v, ve, z, ze, na, od, ode, pro, při, o, u, s, se, k, ke, ku, za, vůči, podle, dle, kvůli, díky, navzdory, skrz
        skrze, naproti, u příležitosti, na základě, za účelem, pomocí, prostřednictvím, v souvislosti s, v souladu s
        ve srovnání s, v rámci, v průběhu, ve prospěch, vzhledem k, ohledně, jako, včetně, spolu s, vlivem, následkem
        v důsledku, místo, uvnitř, podél, blízko, po, než, proti
        """
    ),
    openers=expressions(
        """
        a, ale, avšak, však, nebo, anebo, či, že, aby, abych, abychom, abyste, protože, neboť, jelikož, poněvadž
        ježto, takže, proto, tudíž, a tak, ač, ačkoli, ačkoliv, přestože, třebaže, který, která, které, kteří, kterého
        kterou, kterých, kterým, kterému, kterými, jenž, jež, jehož, jejíž, jejichž, kdo, co, kde, kam, odkud, proč
        jak, jaký, jaká, jaké, čí, kdežto, nicméně, přesto, naopak, zato, na druhou stranu, ovšem, tj, tedy, například
        např, ale i, ale také, nýbrž, nýbrž i, totiž, kolik, jak tak, buď, zatímco, i když, i kdyby
        """
    ),
    stranded=expressions(
        """
        můj, moje, má, tvůj, náš, naše, naši, váš, vaše, svůj, svá, své, svého, svou, svých, jeho, její, jejich, ten
        ta, to, tento, tato, toto, tyto, této, těchto, tomto, je, jsou, byl, byla, bylo, byli, byly, být, jsem, jsi
        jsme, jste, já, ty, on, ona, ono, my, vy, oni, si, ho, mu, mě, mi, tě, ti, ji, příliš
        """
    ),
    behind_comma=expressions("že, když, pokud, co, než, kdyby"),
    plain=expressions(
        """
        nebe, neděle, neděli, nebezpečí, nebo, nebezpečně, nejprve, nejdřív, nemoc, nemoci, nemocí, nemocnice
        nemocnici, nemocný, nehoda, nehody, nehodě, neteř, německo, nechat, nechá, nechal, nechala, nechali, nechte
        nese, nesou, nesl, nesla, nesli, nést, nepřítel, nepřátelé, neutrální, nerv, nervy, negativní, nedávno
        nehledě, neustále, neboli, nenávist, nevěsta, nevěsty, nedostatek, nedostatku, nezávislost, neštěstí, nedaleko
        nevada, neomezené, dříve či později, po všem, více či méně, přes to, nehet, nehty, nemovitost, nemovitosti
        nepál, nezbytné, nezbytný, nezbytná, neptun
        """
    ),
    pairs=(
        Pair(
            "negator", expressions("nejen, nejenom, nejen že"), expressions("ale i, ale také, nýbrž i, nýbrž, ale"), 20
        ),
        Pair("condition", expressions("jestliže, pokud, když, kdyby, jestli"), expressions("pak, tak, potom"), 30),
        Pair("opener", frozenset({"buď"}), expressions("nebo, anebo"), 20),
    ),
    shapes=(
        ("negator", rf"ne(?!j)\w{{1,20}}?(?:{_ENDINGS})"),
        ("condition", r"\w+-li"),
    ),
    denials=expressions(
        """
        není, nejsou, nikdy, nikdo, nic, žádný, žádná, žádné, nelze, bez, nemá, nesmí, nebude, nebyl, nebyla
        """
    ),
    common=expressions(
        """
        a, je, se, v, na, to, že, s, z, o, do, i, jsem, ale, za, jak, by, po, tak, pro, co, ve, si, jako, jsou, které
        který, která, byl, byla, bylo, nebo, jeho, ze, od, při, už, až, pak, když, také, jen, mu, kde, ještě, aby
        může, podle, musí, roce, před, bude, není, mi, mě, ho, jste, jsme, být, má, proto, protože, pokud, tento, této
        těch, však, každý, než, nebyl, všech, dne, konce, konec
        """
    ),
)
