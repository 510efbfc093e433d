"""French. "ne" and its second half deny together; "plus", "que" and "point" only behind "ne"."""

from __future__ import annotations

from tamis.text.languages.language import Language, Pair, expressions

_SECOND = """
    pas, plus, plus de, plus d', plus que, plus qu', jamais, point, guère, rien, personne, aucun, aucune, nulle part
    nul, nulle, ni, goutte, mot
"""

LANGUAGE = Language(
    code="fr",
    name="French",
    script="Latin",
    elision=True,
    negators=expressions(
        """
        ne, n', pas, non, jamais, rien, aucun, aucune, aucuns, aucunes, nul, nulle, nulle part, nullement, aucunement
        personne ne, personne n', ni, guère, pas du tout, non plus, pas encore, pas toujours, pas seulement
        non seulement, pas même, pas très, pas vraiment, pas tous, pas tout, ne pas, ne plus, ne jamais, en aucun cas
        en aucune façon, en aucune manière, à aucun moment, sous aucun prétexte, ou non, ou pas, plus jamais
        plus rien, plus personne, plus aucun, plus aucune, au lieu de, au lieu d', plutôt que, plutôt qu', à peine
        rarement, manque de, manque d', loin de, loin d', faute de, faute d', pas assez, peu de, peu d', trop peu
        interdit, interdite, interdits, interdites, interdit de, il est interdit de, défense de, refuse, refusent
        refusé, refusée, rejeté, rejetée, nie, éviter, évitez, annulé, annulée, désactivé, désactivée, hors de portée
        hors service, exclu, exclue, faux, fausse
        """
    ),
    conditions=expressions(
        """
        si, s'il, s'ils, si jamais, quand, lorsque, lorsqu', dès que, dès qu', dès, tant que, tant qu', avant
        avant que, avant qu', avant de, avant d', après, après que, après qu', jusqu'à, jusqu'au, jusqu'aux, jusqu'en
        jusqu'à ce que, jusqu'à ce qu', à condition que, à condition qu', à condition de, à condition d', pourvu que
        pourvu qu', à moins que, à moins qu', à moins de, à moins d', au cas où, en cas de, en cas d', dans le cas où
        sous réserve de, sous réserve que, une fois, une fois que, une fois qu', aussitôt que, aussitôt qu'
        chaque fois que, chaque fois qu', même si, seulement si, sauf si, sinon, autrement, depuis que, depuis qu'
        selon que, selon qu', que ce soit, quel que soit, quelle que soit, quels que soient, quelles que soient
        à partir de, à partir d', à partir du, à partir des, supposé que, en supposant que, de peur que, de peur qu'
        de crainte que
        """
    ),
    exceptions=expressions(
        """
        sans, sauf, excepté, hormis, à part, mis à part, à l'exception de, à l'exception du, à l'exception des
        à l'exclusion de, en dehors de, en dehors du, en dehors des, sans que, sans qu', outre, hors, autre que
        autres que, exclusion faite de, y compris
        """
    ),
    limits=expressions(
        """
        au plus, au moins, au maximum, au minimum, tout au plus, tout au moins, du moins, à tout le moins, jusqu'à
        plus de, plus d', moins de, moins d', pas plus de, pas plus d', pas moins de, pas moins d', plus que, plus qu'
        moins que, moins qu', supérieur à, supérieure à, inférieur à, inférieure à, au-dessus de, au-dessous de
        en dessous de, au-delà de, environ, près de, près d', presque, à peu près, quasiment, quasi, exactement, entre
        ou plus, ou moins, plus ou moins, au plus tard, au plus tôt, en moins de, en moins d', maximum, minimum, d'ici
        autour de, au-dessous du, au-dessus du
        """
    ),
    focus=expressions(
        """
        seulement, uniquement, même, juste, exclusivement, seul, seule, seuls, seules, surtout, notamment
        en particulier, particulièrement, principalement, essentiellement, simplement, à peine, toujours, souvent
        parfois, quelquefois, généralement, habituellement, d'habitude, en général, peut-être, probablement
        sans doute, vraisemblablement, apparemment, prétendument, éventuellement, partiellement, en partie
        ne serait-ce que, tout juste
        """
    ),
    quantifiers=expressions(
        """
        tout, toute, tous, toutes, chaque, chacun, chacune, quelque, quelques, quelqu'un, quelqu'une, quelques-uns
        quelques-unes, quelque chose, quelque part, certains, certaines, certain, certaine, plusieurs, beaucoup
        beaucoup de, beaucoup d', assez, assez de, assez d', trop, trop de, trop d', tant de, tant d', autant
        autant de, autant d', la plupart, la plupart des, la majorité, la moitié, un peu, un peu de, un peu d', peu
        plus, moins, la moitié de, le reste, les deux, tous les, toutes les, tout le, toute la, n'importe quel
        n'importe quelle, n'importe qui, n'importe quoi, n'importe où, n'importe quand, autre, autres, d'autres
        un autre, une autre, le seul, la seule, les seuls, les seules, le même, la même, les mêmes, le premier
        la première, le dernier, la dernière, le plus, la plus, les plus, le moins, la moins, les moins, partout
        davantage, divers, diverses, tel, telle, tels, telles, entier, entière
        """
    ),
    modals=expressions(
        """
        doit, doivent, dois, devons, devez, devait, devaient, devra, devront, devrait, devraient, devrais, devriez
        devrions, dû, peut, peuvent, peux, pouvons, pouvez, pouvait, pouvaient, pourra, pourront, pourrait, pourraient
        pourrais, pourriez, pourrions, pu, pouvoir, devoir, veut, veulent, veux, voulons, voulez, voulait, voulaient
        voudrait, voudraient, voudrais, vouloir, faut, il faut, il faudra, il fallait, il faudrait, faudra, faudrait
        fallait, sait, savent, va, vont, vais, allons, allez, allait, allaient, est à, sont à, a à, ont à, permet de
        permettent de, semble, semblent, semblait, paraît, il est possible de
        """
    ),
    mild=expressions(
        """
        peut, peuvent, peux, pouvons, pouvez, pouvait, pouvaient, pourra, pourront, pu, pouvoir, veut, veulent, veux
        voulons, voulez, voulait, voulaient, vouloir, sait, savent, va, vont, vais, allons, allez, allait, allaient
        permet de, permettent de
        """
    ),
    light=expressions(
        """
        euh, heu, hum, ben, bah, très, vraiment, tout à fait, absolument, extrêmement, bien sûr, bien entendu
        évidemment, en fait, en effet, effectivement, à vrai dire, en quelque sorte, il convient de noter que
        il est à noter que, notons que, comme on le sait, à mon avis, selon moi
        """
    ),
    starters=expressions(
        """
        de plus, en outre, par ailleurs, d'ailleurs, également, bref, en bref, en somme, en résumé, enfin, voilà
        en conclusion, pour conclure, d'une manière générale, de même
        """
    ),
    binders=expressions(
        """
        de, d', du, des, à, au, aux, en, dans, sur, pour, avec, chez, vers, envers, parmi, selon, durant, pendant
        malgré, grâce à, grâce au, grâce aux, à cause de, à cause d', à cause du, en raison de, en raison d'
        à travers, à côté de, face à, face au, afin de, afin d', comme, devant, derrière, quant à, quant au, quant aux
        lors de, lors d', lors du, lors des, suite à, suite au, concernant, via, le long de, au sein de, au sein d'
        au sein du, en faveur de, en faveur d', par rapport à, par rapport au, vis-à-vis de, y, par, sous, depuis
        contre
        """
    ),
    openers=expressions(
        """
        et, mais, ou, où, car, parce que, parce qu', puisque, puisqu', quoique, quoiqu', bien que, bien qu', que, qu'
        qui, dont, lequel, laquelle, lesquels, lesquelles, auquel, auxquels, auxquelles, duquel, desquels, desquelles
        quoi, comment, pourquoi, afin que, afin qu', pour que, pour qu', de sorte que, de sorte qu', si bien que
        si bien qu', ainsi que, ainsi qu', donc, cependant, toutefois, néanmoins, pourtant, en revanche, par contre
        au contraire, c'est pourquoi, or, soit, par exemple, mais aussi, mais également, quand même, étant donné que
        vu que, quel, quelle, quels, quelles, combien, comme si, alors que, alors qu', tandis que, tandis qu'
        pendant que, pendant qu'
        """
    ),
    stranded=expressions(
        """
        l', un, une, mon, ma, mes, ton, ta, tes, son, sa, ses, notre, nos, votre, vos, leur, leurs, ce, cet, cette
        ces, c', est, sont, était, étaient, sera, seront, serait, seraient, fut, furent, être, été, suis, es, sommes
        êtes, a, ont, avait, avaient, aura, auront, aurait, auraient, avoir, eu, ai, as, avons, avez, j', je, tu, il
        elle, on, nous, vous, ils, elles, se, s', me, m', te, t', lui, le, la, les
        """
    ),
    nouns=expressions("pouvoir, devoir, vouloir"),
    articles=expressions("le, un, du, au, ce, son, leur, notre, votre, mon, ton, quel, grand"),
    plain=expressions(
        """
        un pas, le pas, les pas, des pas, pas à pas, premier pas, à jamais, plus tard, de plus en plus, moins en moins
        en même temps, tout de suite, tout de même, tout à coup, après tout, pas mal
        """
    ),
    pairs=(
        Pair("negator", frozenset({"ne", "n'"}), expressions(_SECOND), 8),
        Pair("negator", frozenset({"ne", "n'"}), expressions("que, qu'"), 10),
        Pair("negator", frozenset({"non seulement", "pas seulement"}), expressions("mais aussi, mais également"), 20),
    ),
    shapes=(
        (
            "modal",
            r"(?:peu[tx]|peuvent|pourra|pourrait|doi[st]|doivent|devra|devrait|veu[tx]|faut|faudra|faudrait|va)-(?:t-)?\w+",
        ),
    ),
    denials=expressions(
        """
        ne, n', pas, jamais, rien, aucun, aucune, sans, personne ne, personne n', ne pas
        """
    ),
    common=expressions(
        """
        de, la, le, et, les, des, en, un, une, du, est, que, qui, dans, par, pour, au, sur, il, ne, se, pas, plus, ce
        avec, sont, son, aux, ou, mais, ses, cette, elle, être, comme, on, nous, vous, je, leur, été, d', l', qu', n'
        s', c', j', était, sa, fait, deux, même, aussi, ont, ces, très, si, tout, où, ils, peut, doit, sans, lui
        après, avant, entre, bien, à, mon, ma, mes, votre, notre, faut, avoir, jamais, rien, quand
        """
    ),
)
