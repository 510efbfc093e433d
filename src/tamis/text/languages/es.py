"""Spanish."""

from __future__ import annotations

from tamis.text.languages.language import Language, Pair, expressions

LANGUAGE = Language(
    code="es",
    name="Spanish",
    script="Latin",
    negators=expressions(
        """
        no, nunca, jamás, nada, nadie, ningún, ninguno, ninguna, ningunos, ningunas, ni, ni siquiera, tampoco, ya no
        no obstante lo, aún no, todavía no, no más, no solo, no sólo, no solamente, no siempre, no todos, no todas
        no todo, no muy, para nada, de ningún modo, de ninguna manera, en ningún caso, en ningún momento, bajo ningún
        en absoluto, en modo alguno, o no, si no, en lugar de, en vez de, apenas, casi nunca, casi nada, casi nadie
        rara vez, raramente, difícilmente, a falta de, falta de, carece de, carecen de, lejos de, dejar de, prohibido
        prohibida, prohibidos, prohibidas, se prohíbe, está prohibido, rechaza, rechazan, rechazó, rechazado
        rechazada, niega, niegan, negó, evite, evitar, evita, cancelado, cancelada, desactivado, desactivada
        fuera de servicio, excluido, falso, falsa, se niega, suspendido, suspendida
        """
    ),
    conditions=expressions(
        """
        si, cuando, cuándo, hasta, hasta que, antes, antes de, antes de que, después, después de, después de que
        a menos que, a no ser que, siempre que, siempre y cuando, con tal de que, con tal que, en caso de
        en caso de que, en el caso de que, a condición de que, una vez, una vez que, mientras, mientras no, en cuanto
        tan pronto como, desde que, incluso si, solo si, sólo si, salvo que, excepto que, excepto si, salvo si
        de lo contrario, si no, cada vez que, por si, a partir de, a partir del, dependiendo de, tras, luego de
        sea cual sea, cualquiera que sea, dado que, suponiendo que, como si, para cuando, previo a
        """
    ),
    exceptions=expressions(
        """
        sin, sin que, excepto, salvo, a excepción de, con excepción de, con la excepción de, aparte de, además de
        fuera de, exceptuando, excluyendo, sino, que no sea, distinto de
        """
    ),
    limits=expressions(
        """
        al menos, por lo menos, a lo menos, como mínimo, como máximo, a lo sumo, a lo más, cuando menos, cuando más
        más de, menos de, no más de, no menos de, más que, menos que, no más que, mayor que, menor que, mayor de
        menor de, superior a, inferior a, por encima de, por debajo de, hasta un, hasta una, alrededor de, cerca de
        casi, aproximadamente, unos, unas, exactamente, entre, o más, o menos, más o menos, a más tardar, máximo
        mínimo, dentro de, no superior a, no inferior a, justo, menores de, mayores de, mayores que, menores que
        """
    ),
    focus=expressions(
        """
        solo, sólo, solamente, únicamente, incluso, hasta incluso, exclusivamente, simplemente, apenas, sobre todo
        especialmente, en particular, particularmente, principalmente, siempre, a menudo, frecuentemente, a veces
        en ocasiones, generalmente, normalmente, por lo general, quizá, quizás, tal vez, probablemente, posiblemente
        acaso, presuntamente, supuestamente, aparentemente, parcialmente, en parte, inclusive, siquiera, únicos, único
        única
        """
    ),
    quantifiers=expressions(
        """
        todo, toda, todos, todas, cada, cada uno, cada una, algún, alguno, alguna, algunos, algunas, algo, alguien
        varios, varias, muchos, muchas, mucho, mucha, poco, poca, pocos, pocas, un poco, un poco de, unos pocos
        unas pocas, bastante, bastantes, demasiado, demasiada, demasiados, demasiadas, ambos, ambas, la mayoría
        la mayoría de, la mayor parte, la mayor parte de, la mitad, la mitad de, el resto, el resto de, los demás
        las demás, más, tanto, tanta, tantos, tantas, cualquier, cualquiera, cualesquiera, otro, otra, otros, otras
        los dos, las dos, tal, tales, el mismo, la misma, los mismos, las mismas, el único, la única, el primer
        el primero, la primera, el último, la última, entero, entera, suficiente, suficientes, menos, diversos
        diversas, en todas partes
        """
    ),
    modals=expressions(
        """
        debe, deben, debo, debes, debemos, debía, debían, deberá, deberán, debería, deberían, debió, debieron, puede
        pueden, puedo, puedes, podemos, podía, podían, podrá, podrán, podría, podrían, pudo, pudieron, podrías
        deberías, quiere, quieren, quiero, quieres, quería, querían, quisiera, hay que, había que, habrá que
        tiene que, tienen que, tengo que, tenemos que, tienes que, tenía que, tenían que, tendrá que, tendrán que
        tuvo que, tuvieron que, ha de, han de, suele, suelen, solía, solían, va a, van a, iba a, iban a, voy a
        vamos a, deber, poder, querer, se puede, se pueden, se debe, se deben, es posible, parece, parecen
        """
    ),
    mild=expressions(
        """
        puede, pueden, puedo, puedes, podemos, podía, podían, podrá, podrán, pudo, pudieron, quiere, quieren, quiero
        quieres, quería, querían, suele, suelen, solía, solían, va a, van a, iba a, iban a, voy a, vamos a, poder
        querer
        """
    ),
    light=expressions(
        """
        eh, muy, realmente, verdaderamente, absolutamente, sumamente, extremadamente, por supuesto, desde luego
        en realidad, de hecho, en efecto, efectivamente, a decir verdad, cabe destacar que, cabe señalar que
        hay que destacar que, en mi opinión, como se sabe, el
        """
    ),
    starters=expressions(
        """
        además, asimismo, por otra parte, por otro lado, igualmente, también, en resumen, en conclusión, en definitiva
        en fin, por cierto, de igual manera, del mismo modo
        """
    ),
    binders=expressions(
        """
        de, del, a, al, con, en, para, sobre, bajo, hacia, ante, durante, mediante, a través de, a través del
        por medio de, a causa de, debido a, gracias a, según, respecto a, respecto de, en torno a, frente a, junto a
        junto con, acerca de, a favor de, en contra de, a fin de, con el fin de, como, que el, que la, conforme a
        de acuerdo con, pese a, a pesar de, vía, detrás de, delante de, encima de, debajo de, contigo, conmigo, por
        desde, contra
        """
    ),
    openers=expressions(
        """
        y, e, o, u, pero, mas, porque, pues, ya que, puesto que, que, quien, quienes, cual, cuales, cuyo, cuya, cuyos
        cuyas, donde, adonde, como, para que, a fin de que, de modo que, de manera que, así que, por lo que
        por lo tanto, por tanto, por eso, por ello, sin embargo, no obstante, en cambio, por el contrario, sino que
        sino también, el cual, la cual, los cuales, las cuales, lo cual, lo que, qué, quién, quiénes, cuál, cuáles
        dónde, cómo, por qué, cuánto, cuánta, cuántos, cuántas, aunque, a pesar de que, si bien, por ejemplo, o bien
        ya sea, mientras tanto, de ahí que, mientras que
        """
    ),
    stranded=expressions(
        """
        la, los, las, lo, un, una, mi, mis, tu, tus, su, sus, nuestro, nuestra, nuestros, nuestras, este, esta, estos
        estas, ese, esa, esos, esas, aquel, aquella, aquellos, aquellas, es, son, era, eran, fue, fueron, será, serán
        sería, serían, ser, sido, siendo, está, están, estaba, estaban, estar, ha, han, había, habían, habrá, habrán
        haber, hay, he, hemos, has, se, me, te, le, les, nos, os, yo, tú, él, ella, ellos, ellas, nosotros, usted
        ustedes, tan
        """
    ),
    nouns=expressions("poder, deber, querer"),
    articles=expressions("el, un, del, al, su, mi, tu, este, ese, gran, nuestro"),
    labels=expressions("no"),
    plain=expressions(
        """
        no obstante, sin duda, nada más, de nada, sin embargo, una y otra vez, antes bien, por una vez, hasta luego
        el que, el de, el uno, el otro, el más, el menos, el del
        """
    ),
    pairs=(
        Pair(
            "negator",
            frozenset({"no solo", "no sólo", "no solamente"}),
            expressions("sino también, sino que, sino"),
            20,
        ),
        Pair("negator", frozenset({"no"}), expressions("sino, más que, hasta, alguno, alguna"), 12),
    ),
    denials=expressions(
        """
        no, nunca, jamás, nada, nadie, ningún, ninguno, ninguna, tampoco, sin
        """
    ),
    common=expressions(
        """
        de, la, que, el, en, y, a, los, se, del, las, un, por, con, no, una, su, para, es, al, lo, como, más, o, pero
        sus, le, ha, me, si, sin, sobre, este, ya, entre, cuando, todo, esta, ser, son, dos, también, fue, había, era
        muy, años, hasta, desde, está, mi, porque, qué, sólo, han, yo, hay, vez, puede, todos, así, nos, ni, parte
        tiene, él, uno, donde, bien, tiempo, mismo, ese, ahora, cada, eso, e, te, debe, usted, antes, nunca, tú, nada
        ella
        """
    ),
)
