"""Norwegian (Bokmål, and what Nynorsk has of its own)."""

from __future__ import annotations

from tamis.text.languages.language import Language, Pair, expressions

LANGUAGE = Language(
    code="no",
    name="Norwegian",
    script="Latin",
    negators=expressions(
        """
        ikke, ikkje, aldri, ingen, intet, inkje, ingenting, ingen steder, intetsteds, verken, hverken, korkje, nei
        ikke lenger, ikke mer, ennå ikke, ikke ennå, enda ikke, ikke bare, ikke kun, ikke alltid, ikke alle
        ikke engang, ikke så, ikke særlig, ikke helt, slett ikke, overhodet ikke, absolutt ikke, på ingen måte
        under ingen omstendigheter, under ingen omstendighet, ikke under noen omstendigheter, heller ikke, ikke noe
        ikke noen, eller ikke, eller ei, neppe, knapt, knapt nok, sjelden, sjeldent, nesten aldri, nesten ingen
        i stedet for, istedenfor, mangler, manglet, mangel på, forbudt, nekter, nektet
        """
    ),
    conditions=expressions(
        """
        hvis, dersom, når, med mindre, før, innen, etter, etter at, så snart, så snart som, så lenge, så lenge som
        forutsatt, forutsatt at, på betingelse av, under forutsetning av, under forutsetning av at, i tilfelle
        bare hvis, bare når, kun hvis, kun når, først når, selv om, selv hvis, ellers, i motsatt fall, hver gang
        fra og med, avhengig av, uansett, uavhengig av, for så vidt, i den grad, som om, hvorvidt, såfremt, om det
        om du, om han, om hun, om vi, om man, om jeg, om noen
        """
    ),
    exceptions=expressions(
        """
        uten, uten at, unntatt, med unntak av, bortsett fra, foruten, i tillegg til, utover, eksklusive, annet enn
        annen enn, utenom
        """
    ),
    limits=expressions(
        """
        minst, i det minste, høyst, maksimalt, minimum, maksimum, opptil, opp til, inntil, ikke mer enn
        ikke mindre enn, ikke lenger enn, ikke senere enn, mer enn, flere enn, mindre enn, færre enn, lenger enn
        kortere enn, større enn, høyere enn, lavere enn, eldre enn, yngre enn, tidligere enn, senere enn, senest
        tidligst, til og med, over, under, omkring, cirka, ca, omtrent, rundt, nesten, drøyt, knappe, nøyaktig
        akkurat, presis, mellom, per, pr, eller mer, eller flere, eller mindre, mer eller mindre, innenfor
        """
    ),
    focus=expressions(
        """
        bare, kun, utelukkende, til og med, endog, nettopp, først, især, særlig, spesielt, fremfor alt, hovedsakelig
        først og fremst, primært, delvis, alltid, ofte, noen ganger, av og til, vanligvis, som regel, oftest
        noensinne, noen gang, eneste, alene
        """
    ),
    quantifiers=expressions(
        """
        alle, alt, all, hver, hvert, enhver, ethvert, noen, noe, et sted, et par, litt, mange, mye, flere, atskillige
        diverse, de fleste, det meste, flest, mest, flertallet, halvparten, halve, begge, resten, nok, for mye
        for mange, for lite, for få, så mye, så mange, mer, mindre, færre, annen, annet, andre, samme, slik, slike
        den eneste, det eneste, den første, den siste, hele, overalt, dusinvis, hundrevis, tusenvis, et antall, en del
        hvem som helst, hva som helst, ulike, forskjellige
        """
    ),
    modals=expressions(
        """
        må, måtte, skal, skulle, kan, kunne, kunnet, bør, burde, vil, ville, behøver, trenger, tør, turde, gidder
        pleier, pleide, er nødt til, får, fikk, har lov til, kanskje, muligens, sannsynligvis, trolig, antakelig
        antagelig, formodentlig, angivelig, eventuelt, tilsynelatende, synes, ser ut til, påstås, kommer til å, har å
        """
    ),
    light=expressions(
        """
        eh, øh, hm, veldig, virkelig, ekstremt, ytterst, absolutt, faktisk, egentlig, naturligvis, selvfølgelig
        selvsagt, ærlig talt, så å si, som kjent, det bør bemerkes at, for øvrig
        """
    ),
    starters=expressions(
        """
        dessuten, videre, i tillegg, også, likeledes, ok, oppsummert, kort sagt, til slutt, endelig, på samme måte
        vennligst
        """
    ),
    binders=expressions(
        """
        av, fra, til, for, med, mot, gjennom, i, på, hos, ut av, bak, foran, ved siden av, langs, ifølge, tross
        til tross for, på grunn av, takket være, angående, vedrørende, overfor, for å, å, i samsvar med, i forhold til
        sammenlignet med, ved hjelp av, som følge av, i forbindelse med, slik som, enn, via, ved, inkludert, blant
        oppå, utenfor, inne i, siden, om
        """
    ),
    openers=expressions(
        """
        og, eller, men, fordi, ettersom, skjønt, mens, så, slik at, som, hvilken, hvilket, hvilke, hvem, hva, hvor
        hvorfor, hvordan, der, derfor, dermed, følgelig, imidlertid, derimot, likevel, tvert imot, på den andre siden
        for eksempel, f.eks, det vil si, dvs, samt, men også, at, mens derimot, ikke desto mindre, da
        """
    ),
    stranded=expressions(
        """
        en, ei, et, den, det, de, dem, min, mitt, mine, mi, din, ditt, dine, sin, sitt, sine, hans, hennes, dens, dets
        vår, vårt, våre, deres, denne, dette, disse, er, var, vært, være, blir, ble, bli, har, hadde, hatt, ha, jeg
        eg, du, han, hun, ho, vi, dere, man, seg, altfor
        """
    ),
    initial=expressions("om"),
    nouns=expressions("får, må"),
    articles=expressions("et, mange"),
    plain=expressions(
        """
        ikke minst, nå og da, før eller siden, igjen og igjen, uten tvil, med mer
        """
    ),
    pairs=(
        Pair("negator", expressions("verken, hverken, korkje"), frozenset({"eller"}), 14),
        Pair("negator", expressions("ikke bare, ikke kun"), expressions("men også, men"), 20),
        Pair("opener", frozenset({"enten"}), frozenset({"eller"}), 20),
        Pair("condition", expressions("hvis, dersom, når"), frozenset({"så"}), 24),
    ),
    denials=expressions("ikke, ikkje, aldri, ingen, intet, ingenting, verken, uten"),
    common=expressions(
        """
        og, i, det, er, på, til, som, en, å, for, av, at, med, ikke, de, den, et, har, jeg, han, var, fra, om, men, vi
        kan, så, skal, vil, hun, eller, seg, være, etter, hvis, når, meg, nå, ble, hva, også, over, hadde, noe, mange
        mye, blir, hvor, ut, opp, må, skulle, ville, deres, disse, ingen, uten, innen, uken, slutten, året, dette
        denne, bare, mellom, mot, ved, noen, enn, hvordan, hvorfor, dersom, ikkje, eg, ein
        """
    ),
)
