"""Polish."""

from __future__ import annotations

from tamis.text.languages.language import Language, Pair, expressions

LANGUAGE = Language(
    code="pl",
    name="Polish",
    script="Latin",
    negators=expressions(
        """
        nie, ani, nigdy, nikt, nikogo, nikomu, nikim, nic, niczego, niczemu, niczym, nigdzie, żaden, żadna, żadne
        żadnego, żadnej, żadnych, żadnym, żadnemu, żadną, żadnymi, ani razu, ani jeden, ani jedna, wcale nie, wcale
        bynajmniej, nie tylko, już nie, jeszcze nie, nie zawsze, nie wszyscy, nie wszystkie, nie każdy, nie bardzo
        nie całkiem, w żadnym wypadku, w żadnym razie, pod żadnym pozorem, w żaden sposób, ledwie, ledwo, zaledwie
        rzadko, prawie nigdy, prawie nikt, prawie nic, zamiast, nie ma, brak, brakuje, brakowało, zabrania się
        zabronione, zabroniony, zakaz, zakazane, nie wolno, nie można, nie należy, niemożliwe, lub nie, czy nie
        skądże, niestety nie, odmawia, odmówił, odmówiła, odmówiono, odrzucił, odrzuciła, odrzucono, odwołano
        odwołany, anulowano, wyłączony, wyłączona, wyłączone, unikaj, unikać, nieważny, zaprzecza
        """
    ),
    conditions=expressions(
        """
        jeśli, jeżeli, gdy, gdyby, gdybyś, jeśliby, kiedy, o ile, chyba że, dopóki, dopóki nie, póki, aż, aż do
        do czasu aż, zanim, przed, pod warunkiem że, pod warunkiem, w razie, w przypadku, w wypadku, w przypadku gdy
        na wypadek gdyby, na wypadek, skoro tylko, jak tylko, gdy tylko, tylko jeśli, tylko gdy, tylko wtedy gdy
        nawet jeśli, nawet gdy, w przeciwnym razie, inaczej, za każdym razem gdy, ilekroć, czy, niezależnie od
        bez względu na, w zależności od, od czasu gdy, począwszy od, wtedy, wówczas, o ile nie
        """
    ),
    exceptions=expressions(
        """
        bez, oprócz, prócz, poza, z wyjątkiem, wyjąwszy, za wyjątkiem, pomijając, nie licząc, z wyłączeniem
        wyłączając, bez względu, inny niż, inne niż
        """
    ),
    limits=expressions(
        """
        co najmniej, co najwyżej, przynajmniej, najwyżej, maksymalnie, minimalnie, nie więcej niż, nie mniej niż
        nie dłużej niż, nie później niż, nie wcześniej niż, więcej niż, mniej niż, dłużej niż, krócej niż, wyższy niż
        niższy niż, większy niż, mniejszy niż, starszy niż, młodszy niż, powyżej, poniżej, ponad, około, mniej więcej
        prawie, niemal, blisko, dokładnie, między, pomiędzy, do, lub więcej, lub mniej, najpóźniej, najwcześniej
        w ciągu, maksimum, minimum, niespełna, przeszło, nie mniej
        """
    ),
    focus=expressions(
        """
        tylko, jedynie, wyłącznie, tylko i wyłącznie, nawet, zaledwie, dopiero, po prostu, szczególnie, zwłaszcza
        w szczególności, głównie, przede wszystkim, przeważnie, częściowo, zawsze, często, czasami, czasem, zwykle
        zazwyczaj, na ogół, niekiedy, kiedykolwiek, jedyny, jedyna, jedyne
        """
    ),
    quantifiers=expressions(
        """
        wszyscy, wszystkie, wszystko, wszystkich, wszystkim, wszystkimi, cały, cała, całe, całego, całej, całą, każdy
        każda, każde, każdego, każdej, każdemu, każdym, każdą, niektóre, niektórzy, niektórych, niektórym, kilka
        kilku, kilkoro, parę, wiele, wielu, wieloma, dużo, mało, niewiele, niewielu, trochę, większość, większości
        mniejszość, połowa, połowę, oba, obie, obaj, obu, reszta, resztę, jakiś, jakaś, jakieś, ktoś, kogoś, coś
        czegoś, gdzieś, kiedyś, ktokolwiek, cokolwiek, gdziekolwiek, jakikolwiek, jakakolwiek, jakiekolwiek, dowolny
        dowolna, dowolne, wystarczająco, zbyt wiele, zbyt mało, za dużo, za mało, tyle, tylu, inny, inna, inne, inni
        innych, taki, taka, takie, takich, ten sam, ta sama, te same, więcej, mniej, wszędzie, część
        """
    ),
    modals=expressions(
        """
        musi, muszą, muszę, musisz, musimy, musicie, musiał, musiała, musiało, musieli, musiały, może, mogą, mogę
        możesz, możemy, możecie, mógł, mogła, mogło, mogli, mogły, mógłby, mogłaby, mogłoby, mogliby, można, trzeba
        należy, powinien, powinna, powinno, powinni, powinny, powinieneś, wolno, warto, ma, mają, miał, miała, chce
        chcą, chcę, chciał, chciała, chciałby, będzie, będą, będę, będziesz, będziemy, zostanie, zostaną, niech, by
        aby móc, potrafi, potrafią, zdaje się, wydaje się, prawdopodobnie, być może, chyba, zapewne, podobno, rzekomo
        ewentualnie, ponoć, jest zobowiązany, jest obowiązany, są zobowiązani, wymagane, wymaga się, konieczne
        """
    ),
    light=expressions(
        """
        ee, eee, yyy, hmm, bardzo, naprawdę, rzeczywiście, niezwykle, niesamowicie, oczywiście, naturalnie, faktycznie
        w zasadzie, zresztą, prawdę mówiąc, szczerze mówiąc, jak wiadomo, że tak powiem, należy zauważyć że
        warto zauważyć że, warto dodać że
        """
    ),
    starters=expressions(
        """
        ponadto, poza tym, co więcej, dodatkowo, prócz tego, oprócz tego, także, również, podsumowując, reasumując
        krótko mówiąc, na koniec, podobnie, proszę
        """
    ),
    binders=expressions(
        """
        w, we, z, ze, na, od, ode, dla, przez, przy, pod, nad, o, u, za, ku, wobec, wśród, wokół, wzdłuż, według
        wedle, mimo, pomimo, dzięki, z powodu, wskutek, podczas, zgodnie z, na podstawie, w celu, za pomocą
        przy pomocy, w związku z, w stosunku do, w porównaniu z, w porównaniu do, w ramach, w trakcie, na rzecz
        ze względu na, co do, obok, koło, naprzeciw, jako, jak, niczym, łącznie z, w tym, w wyniku, spośród, niż, po
        przeciw, przeciwko
        """
    ),
    openers=expressions(
        """
        i, oraz, a, ale, lecz, lub, albo, bądź, że, żeby, aby, by, ażeby, bo, ponieważ, gdyż, bowiem, dlatego
        dlatego że, więc, zatem, toteż, choć, chociaż, mimo że, pomimo że, który, która, które, którzy, którego
        której, których, którym, któremu, którą, którymi, kto, co, czego, czemu, gdzie, skąd, dokąd, dlaczego, jaki
        jaka, jakie, czyj, jednak, jednakże, natomiast, zaś, tymczasem, niemniej, z drugiej strony, przeciwnie
        ponadto, czyli, to znaczy, na przykład, np, tak że, tak aby, ale także, ale również, lecz także, lecz również
        podczas gdy, ile, skoro, odkąd
        """
    ),
    stranded=expressions(
        """
        mój, moja, moje, twój, twoja, nasz, nasza, nasze, wasz, swój, swoja, swoje, swojego, swojej, swoich, jego, jej
        ich, ten, ta, tego, tej, tych, tym, tę, tą, ci, te, jest, są, był, była, było, byli, były, być, jestem, ja, ty
        on, ona, ono, my, wy, oni, one, się, sobie, go, mu, mnie, mi, cię, ją, zbyt, to
        """
    ),
    behind_comma=expressions("że, gdy, gdyby, jeśli, kiedy, niż, aż"),
    nouns=expressions("może, ma"),
    plain=expressions(
        """
        nie mniej jednak, tym niemniej, niczym innym, po południu, po prostu, przed południem, prędzej czy później
        """
    ),
    pairs=(
        Pair(
            "negator",
            frozenset({"nie tylko"}),
            expressions("ale także, ale również, lecz także, lecz również, ale i"),
            20,
        ),
        Pair("condition", expressions("jeśli, jeżeli, gdy, gdyby"), frozenset({"to"}), 30),
    ),
    denials=expressions(
        """
        nie, nigdy, nikt, nic, nigdzie, żaden, żadna, żadne, ani, bez
        """
    ),
    common=expressions(
        """
        i, w, na, się, z, nie, że, do, to, jest, o, jak, po, co, od, za, przez, dla, ale, jego, był, tym, tego, oraz
        ich, może, już, tak, ze, było, ma, tylko, są, który, która, które, czy, jej, gdy, przed, być, lub, także, jako
        tej, przy, ten, bardzo, roku, pod, jeszcze, sobie, musi, będzie, kiedy, gdzie, więc, mnie, mi, ja, ty, my, nas
        pan, bez, jeśli, można, należy, powinien, każdy, wszystkie, ani, nigdy, dnia, końcem
        """
    ),
)
