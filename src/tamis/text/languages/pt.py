"""Portuguese, of Brazil and of Portugal."""

from __future__ import annotations

from tamis.text.languages.language import Language, Pair, expressions

LANGUAGE = Language(
    code="pt",
    name="Portuguese",
    script="Latin",
    negators=expressions(
        """
        não, nao, nunca, jamais, nada, ninguém, nenhum, nenhuma, nenhuns, nenhumas, nem, nem sequer, tampouco, já não
        não mais, ainda não, não só, não somente, não apenas, não sempre, nem sempre, nem todos, nem todas, não muito
        de modo algum, de forma alguma, de modo nenhum, de maneira nenhuma, de jeito nenhum, em nenhum caso
        em caso algum, em nenhum momento, sob nenhuma, em hipótese alguma, ou não, em vez de, em lugar de, ao invés de
        mal, quase nunca, quase nada, raramente, dificilmente, falta de, por falta de, longe de, deixar de, deixou de
        deixaram de, carece de, proibido, proibida, proibidos, proibidas, é proibido, recusa, recusam, recusou
        rejeita, rejeitou, rejeitado, rejeitada, nega, negou, evite, evitar, cancelado, cancelada, desativado
        desativada, fora de serviço, fora do alcance, excluído, falso, falsa, suspenso, suspensa
        """
    ),
    conditions=expressions(
        """
        quando, até, até que, antes, antes de, antes que, antes do, antes da, depois, depois de, depois que, depois do
        depois da, após, a menos que, a não ser que, desde que, contanto que, em caso de, no caso de, sob condição de
        uma vez, uma vez que, enquanto, assim que, logo que, sempre que, mesmo se, mesmo que, ainda que, apenas se
        somente se, salvo se, exceto se, senão, caso contrário, de outro modo, cada vez que, toda vez que, a partir de
        a partir do, a partir da, dependendo de, dependendo do, dependendo da, seja qual for, dado que, supondo que
        como se, mediante, na hipótese de, sob pena de, e se, mas se, ou se, que se, e caso, mas caso, se o, se a
        se os, se as, se um, se uma, se você, se vocês, se ele, se ela, se eles, se elas, se eu, se nós, se houver
        se for, se forem, se tiver, se tiverem, se estiver, se estiverem, se quiser, se puder, se necessário
        se possível, se algum, se alguma, se alguém, se tudo, se isso, se este, se esta, se esse, se essa, se há, se é
        se doer, se precisar, se chover, se seu, se sua, se já, se fosse, se fossem, se tivesse, se pudesse
        se houvesse
        """
    ),
    exceptions=expressions(
        """
        sem, sem que, exceto, excepto, salvo, à exceção de, com exceção de, com exceção do, com exceção da, além de
        além do, além da, afora, excluindo, a não ser, tirante
        """
    ),
    limits=expressions(
        """
        ao menos, pelo menos, no mínimo, no máximo, quando muito, mais de, menos de, não mais de, não menos de
        mais que, mais do que, menos que, menos do que, não mais que, não mais do que, maior que, maior do que
        menor que, menor do que, superior a, inferior a, acima de, abaixo de, acima do, abaixo do, até um, até uma
        cerca de, perto de, quase, aproximadamente, por volta de, em torno de, uns, umas, exatamente, entre, ou mais
        ou menos, mais ou menos, o mais tardar, até o dia, máximo, mínimo, dentro de, máximo de, mínimo de, menores de
        maiores de
        """
    ),
    focus=expressions(
        """
        só, somente, apenas, unicamente, exclusivamente, simplesmente, até mesmo, mesmo, inclusive, sobretudo
        especialmente, em particular, particularmente, principalmente, sempre, muitas vezes, frequentemente, às vezes
        por vezes, geralmente, normalmente, em geral, talvez, provavelmente, possivelmente, supostamente, alegadamente
        aparentemente, parcialmente, em parte, sequer, único, única, sozinho, sozinha
        """
    ),
    quantifiers=expressions(
        """
        todo, toda, todos, todas, tudo, cada, cada um, cada uma, algum, alguma, alguns, algumas, algo, alguém, vários
        várias, muitos, muitas, muito, muita, pouco, pouca, poucos, poucas, um pouco, um pouco de, bastante, bastantes
        demais, demasiado, ambos, ambas, a maioria, a maioria dos, a maioria das, a maior parte, a metade, metade de
        o resto, os demais, as demais, mais, tanto, tanta, tantos, tantas, qualquer, quaisquer, outro, outra, outros
        outras, os dois, as duas, tal, tais, o mesmo, a mesma, os mesmos, as mesmas, o único, a única, o primeiro
        a primeira, o último, a última, inteiro, inteira, suficiente, suficientes, diversos, diversas, menos
        """
    ),
    modals=expressions(
        """
        deve, devem, devo, deves, devemos, devia, deviam, deverá, deverão, deveria, deveriam, pode, podem, posso
        podes, podemos, podia, podiam, poderá, poderão, poderia, poderiam, pôde, puderam, quer, querem, quero, queria
        queriam, tem que, tem de, têm que, têm de, tenho que, tenho de, temos que, temos de, tinha que, tinha de
        tinham que, terá que, terá de, teve que, teve de, há que, há de, vai, vão, vou, vamos, ia, iam, costuma
        costumam, precisa, precisam, preciso, precisa de, dever, poder, querer, é preciso, é possível, parece, parecem
        consegue, conseguem
        """
    ),
    mild=expressions(
        """
        podem, posso, podes, podemos, podia, podiam, poderá, poderão, pôde, puderam, quer, querem, quero, queria
        queriam, vai, vão, vou, vamos, ia, iam, costuma, costumam, poder, querer, consegue, conseguem
        """
    ),
    light=expressions(
        """
        hum, ahn, hã, realmente, verdadeiramente, absolutamente, extremamente, é claro, com certeza, na verdade
        na realidade, de fato, de facto, com efeito, efetivamente, tipo assim, vale ressaltar que, vale destacar que
        cabe destacar que, é importante ressaltar que, na minha opinião, como se sabe
        """
    ),
    starters=expressions(
        """
        além disso, além do mais, ademais, por outro lado, igualmente, também, em resumo, em suma, em conclusão, enfim
        aliás, da mesma forma, do mesmo modo
        """
    ),
    binders=expressions(
        """
        de, do, da, dos, das, a, à, ao, aos, às, em, no, na, nos, nas, com, para, pra, pro, pelo, pela, pelos, pelas
        sobre, sob, durante, perante, através de, através do, através da, por meio de, por causa de, devido a
        devido ao, devido à, graças a, segundo, de acordo com, a respeito de, em relação a, em relação ao
        em relação à, frente a, junto a, junto com, a favor de, a fim de, como, num, numa, nuns, numas, dum, duma
        apesar de, apesar do, apesar da, via, por, conforme, desde, contra
        """
    ),
    openers=expressions(
        """
        e, ou, mas, porém, porque, pois, já que, visto que, que, quem, qual, quais, cujo, cuja, cujos, cujas, onde
        aonde, como, para que, a fim de que, de modo que, de forma que, de maneira que, por isso, portanto, logo
        contudo, todavia, no entanto, entretanto, por conseguinte, ao contrário, em contrapartida, mas também, mas sim
        senão que, o qual, a qual, os quais, as quais, o que, por que, por quê, quê, quanto, quanta, quantos, quantas
        embora, apesar de que, por exemplo, ou então, seja, enquanto isso, ao passo que, quer dizer
        """
    ),
    stranded=expressions(
        """
        o, os, as, um, uma, meu, minha, meus, minhas, teu, tua, seu, sua, seus, suas, nosso, nossa, nossos, nossas
        este, esta, estes, estas, esse, essa, esses, essas, aquele, aquela, aqueles, aquelas, é, são, era, eram, foi
        foram, será, serão, seria, seriam, ser, sido, sendo, está, estão, estava, estavam, estar, tem, têm, tinha
        tinham, terá, ter, há, havia, haver, houve, me, te, lhe, lhes, eu, tu, ele, ela, eles, elas, nós, você, vocês
        tão, se
        """
    ),
    initial=expressions("se, caso"),
    nouns=expressions("poder, dever, querer"),
    articles=expressions("o, um, do, ao, no, seu, meu, este, esse, pelo, grande, nosso"),
    plain=expressions(
        """
        sem dúvida, de nada, nada mais, antes pelo contrário, uma e outra vez
        """
    ),
    pairs=(
        Pair(
            "negator", expressions("não só, não somente, não apenas"), expressions("mas também, como também, mas"), 20
        ),
        Pair("negator", frozenset({"não"}), expressions("senão, mais que, algum, alguma"), 12),
    ),
    patterns=(  # "se" in front of a future subjunctive or a denial; elsewhere it is mostly a pronoun
        (
            "condition",
            r"(?<!\bde )(?<!\bpara )(?<!\ba )(?<!\bem )(?<!-)\bse"
            r"(?= (?:não|\w+[aei]r|\w+[aei]rem|\w+[aei]rmos|\w*for|\w*forem)\b)",
        ),
    ),
    denials=expressions(
        """
        não, nao, nunca, jamais, nada, ninguém, nenhum, nenhuma, nem, sem
        """
    ),
    common=expressions(
        """
        de, a, o, que, e, do, da, em, um, para, é, com, não, uma, os, no, se, na, por, mais, as, dos, como, mas, foi
        ao, ele, das, tem, à, seu, sua, ou, ser, quando, muito, há, nos, já, está, eu, também, só, pelo, pela, até
        isso, ela, entre, era, depois, sem, mesmo, aos, ter, seus, quem, nas, me, esse, eles, estão, você, tinha
        foram, essa, num, nem, suas, meu, às, minha, têm, numa, pelos, elas, havia, seja, qual, será, nós, tenho, lhe
        deles, pode, deve, são
        """
    ),
)
