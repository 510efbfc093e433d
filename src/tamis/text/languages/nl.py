"""Dutch."""

from __future__ import annotations

from tamis.text.languages.language import Language, Pair, expressions

LANGUAGE = Language(
    code="nl",
    name="Dutch",
    script="Latin",
    negators=expressions(
        """
        niet, geen, nooit, niemand, niets, niks, nergens, noch, nee, neen, nimmer, geenszins, evenmin, geeneen
        niet meer, geen enkele, geen enkel, nog niet, nog nooit, nog geen, niet alleen, niet enkel, niet slechts
        niet eens, niet altijd, niet alle, niet zo, niet erg, niet echt, niet heel, helemaal niet, helemaal geen
        helemaal niets, zeker niet, in geen geval, op geen enkele wijze, onder geen beding, onder geen enkele
        al dan niet, of niet, zo niet, nauwelijks, amper, zelden, bijna nooit, bijna niet, bijna geen, in plaats van
        bij gebrek aan, gebrek aan, ontbreekt, ontbreken, verboden, weigert, weigeren, noch noch, nie, ofniet
        afgewezen, geweigerd, afgelast, geannuleerd, vermijd, vermijden, uitgeschakeld, buiten werking, buiten bereik
        ongeldig, ontkent, ontkende
        """
    ),
    conditions=expressions(
        """
        indien, wanneer, tenzij, mits, zodra, zolang, zolang als, totdat, tot aan, voordat, vóór, alvorens, nadat, na
        zo lang, op voorwaarde dat, onder de voorwaarde dat, in geval van, in het geval dat, ingeval, voor het geval
        voor zover, alleen als, alleen wanneer, pas als, pas nadat, pas wanneer, zelfs als, ook als, anders, zo niet
        telkens als, elke keer dat, steeds wanneer, ongeacht, afhankelijk van, gesteld dat, aangenomen dat, stel dat
        eenmaal, alsof, mocht, mochten, onder voorbehoud van, als
        """
    ),
    exceptions=expressions(
        """
        zonder, zonder dat, behalve, behoudens, uitgezonderd, met uitzondering van, op na, afgezien van, buiten, naast
        exclusief, anders dan, in tegenstelling tot, uitgesloten
        """
    ),
    limits=expressions(
        """
        minstens, tenminste, ten minste, op zijn minst, minimaal, hoogstens, ten hoogste, hooguit, op zijn hoogst
        maximaal, niet meer dan, niet minder dan, niet langer dan, niet later dan, meer dan, minder dan, langer dan
        korter dan, groter dan, kleiner dan, hoger dan, lager dan, ouder dan, jonger dan, eerder dan, later dan
        uiterlijk, op zijn vroegst, tot en met, ruim, ongeveer, circa, bijna, omstreeks, rond, zo'n, precies, exact
        tussen, per, boven, onder, of meer, of minder, min of meer, binnen, maximum, minimum, een maximum van
        een minimum van, tot maximaal, tot
        """
    ),
    focus=expressions(
        """
        alleen, alleen maar, slechts, enkel, enkel en alleen, uitsluitend, zelfs, louter, pas, vooral, met name
        in het bijzonder, voornamelijk, hoofdzakelijk, grotendeels, deels, gedeeltelijk, altijd, steeds, vaak, soms
        meestal, gewoonlijk, doorgaans, over het algemeen, ooit, simpelweg, enige
        """
    ),
    quantifiers=expressions(
        """
        alle, alles, allen, al, iedereen, ieder, iedere, elk, elke, elkeen, enkele, sommige, sommigen, enige, enkelen
        iemand, iets, ergens, een paar, een beetje, een aantal, wat, veel, vele, velen, weinig, weinige, meerdere
        verscheidene, verschillende, diverse, de meeste, het meeste, meeste, meesten, beide, beiden, de helft, de rest
        een deel, genoeg, voldoende, te veel, te weinig, zo veel, zoveel, meer, minder, ander, andere, anderen
        dezelfde, hetzelfde, de enige, het enige, de eerste, het eerste, de laatste, het laatste, zulke, zo'n
        dergelijke, hele, heel, geheel, gehele, overal, tientallen, honderden, duizenden, zowel
        """
    ),
    modals=expressions(
        """
        moet, moeten, moest, moesten, mag, mogen, mocht, kan, kun, kunt, kunnen, kon, konden, zou, zouden, zal, zullen
        zult, wil, wilt, willen, wilde, wilden, wou, hoeft, hoeven, hoefde, dient te, dienen te, diende te, dient
        dienen, behoort te, is te, zijn te, heeft te, laat, laten, liet, lijkt te, lijken te, schijnt te, schijnt
        wordt, worden, werd, werden, misschien, wellicht, waarschijnlijk, mogelijk, mogelijkerwijs, vermoedelijk
        naar verluidt, blijkbaar, kennelijk, ongetwijfeld
        """
    ),
    mild=expressions(
        """
        kan, kun, kunt, kunnen, kon, konden, zal, zullen, zult, wil, wilt, willen, wilde, wilden, laat, laten, liet
        wordt, worden, werd, werden
        """
    ),
    light=expressions(
        """
        eh, ehm, uh, uhm, hm, tja, nou, heel erg, zeer, werkelijk, uiterst, buitengewoon, absoluut, volkomen
        uiteraard, vanzelfsprekend, overigens, trouwens, eerlijk gezegd, zogezegd, zoals bekend, in feite
        als het ware
        """
    ),
    starters=expressions(
        """
        bovendien, daarnaast, verder, tevens, voorts, ook, kortom, samengevat, ten slotte, tot slot, evenzo, eveneens
        alsjeblieft, alstublieft, in het kort
        """
    ),
    binders=expressions(
        """
        van, met, door, uit, bij, in, op, aan, om, over, naar, achter, langs, via, wegens, vanwege, ondanks, volgens
        gedurende, tijdens, jegens, omtrent, betreffende, inzake, dankzij, conform, overeenkomstig, namens
        ten opzichte van, met betrekking tot, op grond van, op basis van, door middel van, aan de hand van
        ten gunste van, als gevolg van, naar aanleiding van, ten behoeve van, om te, te, ter, ten, zoals, inclusief
        sinds, nabij, tegenover, richting, qua, in verband met, voor, dan, sedert, vanaf, als een, tegen
        """
    ),
    openers=expressions(
        """
        en, maar, want, dat, omdat, doordat, hoewel, ofschoon, al, zodat, opdat, die, wie, waar, waarom, hoe, welke
        welk, waarbij, waardoor, waarin, waarop, waarvan, waarmee, wier, wiens, daarom, dus, daardoor, derhalve
        echter, toch, niettemin, desondanks, daarentegen, evenwel, integendeel, daarna, aangezien, bijvoorbeeld
        dat wil zeggen, oftewel, ofwel, respectievelijk, evenals, maar ook, namelijk, terwijl, hoeveel, toen, of
        """
    ),
    stranded=expressions(
        """
        de, het, een, mijn, jouw, je, uw, zijn, haar, ons, onze, hun, dit, deze, is, was, waren, ben, bent, geweest
        heeft, hebben, hebt, heb, had, hadden, gehad, ik, jij, u, hij, zij, ze, wij, we, jullie, men, zich, er, t, n
        te zijn
        """
    ),
    nouns=expressions("wil, kan, mag"),
    articles=expressions("de, een, het"),
    plain=expressions(
        """
        niet voor niets, voor en na, af en toe, min of meer, nog steeds, niettegenstaande, varken, uden, dont
        """
    ),
    pairs=(
        Pair("negator", expressions("niet alleen, niet enkel, niet slechts"), expressions("maar ook, maar"), 20),
        Pair("negator", frozenset({"noch"}), frozenset({"noch"}), 14),
        Pair("opener", frozenset({"hetzij", "ofwel"}), expressions("hetzij, ofwel"), 14),
    ),
    denials=expressions("niet, geen, nooit, niemand, niets, nergens, zonder, noch"),
    common=expressions(
        """
        de, het, een, en, van, in, is, op, te, dat, die, voor, met, zijn, niet, aan, er, om, ook, als, dan, maar, bij
        of, uit, nog, worden, door, naar, heeft, tot, ze, wordt, over, hij, geen, ik, je, we, was, deze, kan, hebben
        dit, wat, moet, mag, zou, al, wel, meer, waar, nu, haar, mijn, hun, ons, onze, zij, wij, u, uw, men, onder
        werd, veel, hem, alleen, twee, andere, jaar, zonder, omdat, daar, hier, wil, mij, zich, na, tegen, alle, nooit
        elke
        """
    ),
)
