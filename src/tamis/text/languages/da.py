"""Danish."""

from __future__ import annotations

from tamis.text.languages.language import Language, Pair, expressions

LANGUAGE = Language(
    code="da",
    name="Danish",
    script="Latin",
    negators=expressions(
        """
        ikke, ej, aldrig, ingen, intet, ingenting, ingens, ingen steder, intetsteds, hverken, nej, ikke længere
        ikke mere, endnu ikke, ikke endnu, ikke kun, ikke bare, ikke blot, ikke alene, ikke altid, ikke alle
        ikke engang, ikke så, ikke særlig, ikke særligt, ikke rigtig, slet ikke, overhovedet ikke, bestemt ikke
        på ingen måde, under ingen omstændigheder, i intet tilfælde, heller ikke, ikke nogen, ikke noget, eller ej
        eller ikke, næppe, knapt, sjældent, næsten aldrig, næsten ingen, i stedet for, mangler, manglede, mangel på
        forbudt, nægter, nægtede
        """
    ),
    conditions=expressions(
        """
        hvis, såfremt, når, medmindre, med mindre, før, førend, inden, efter, efter at, så snart, så snart som
        så længe, så længe som, indtil, forudsat, forudsat at, på betingelse af, under forudsætning af
        under forudsætning af at, i tilfælde af, i tilfælde af at, ifald, kun hvis, kun når, først når, selv hvis
        selv om, selvom, også selvom, ellers, i modsat fald, hver gang, fra og med, afhængigt af, afhængig af, uanset
        uafhængigt af, dersom, for så vidt, i det omfang, som om, hvorvidt, om det, om du, om han, om hun, om vi
        om man
        """
    ),
    exceptions=expressions(
        """
        uden, uden at, undtagen, undtaget, med undtagelse af, bortset fra, foruden, ud over, udover, eksklusive
        andet end, anden end, på nær
        """
    ),
    limits=expressions(
        """
        mindst, i det mindste, højst, højest, maksimalt, minimum, maksimum, op til, ikke mere end, ikke mindre end
        ikke længere end, ikke senere end, mere end, flere end, mindre end, færre end, længere end, kortere end
        større end, højere end, lavere end, ældre end, yngre end, tidligere end, senere end, senest, tidligst
        til og med, over, under, omkring, cirka, ca, omtrent, næsten, knap, præcis, præcist, nøjagtigt, mellem, per
        pr, eller mere, eller flere, eller mindre, mere eller mindre, inden for, indenfor
        """
    ),
    focus=expressions(
        """
        kun, bare, blot, alene, udelukkende, endda, endog, netop, først, især, navnlig, særligt, specielt
        hovedsageligt, primært, overvejende, delvist, delvis, altid, ofte, sommetider, nogle gange, normalt, som regel
        oftest, nogensinde, eneste
        """
    ),
    quantifiers=expressions(
        """
        alle, alt, al, hver, hvert, enhver, ethvert, hver især, nogen, noget, nogle, et eller andet, et sted, et par
        lidt, en smule, mange, meget, megen, flere, adskillige, diverse, de fleste, det meste, flest, mest, flertallet
        halvdelen, halve, begge, resten, nok, for meget, for mange, for lidt, for få, så meget, så mange, mere, mindre
        færre, anden, andet, andre, samme, sådan, sådanne, den eneste, det eneste, den første, den sidste, hele
        overalt, snesevis, hundredvis, tusindvis, et antal, en del, hvem som helst, hvad som helst, forskellige
        """
    ),
    modals=expressions(
        """
        må, måtte, skal, skulle, kan, kunne, kunnet, bør, burde, vil, ville, behøver, behøvede, tør, turde, gider
        plejer, plejede, er nødt til, har lov til, måske, muligvis, sandsynligvis, formentlig, formodentlig, antagelig
        antageligt, angiveligt, eventuelt, tilsyneladende, synes, lader til, lader, påstås, har at, agter
        """
    ),
    light=expressions(
        """
        øh, øhm, hm, virkelig, ekstremt, yderst, særdeles, absolut, faktisk, egentlig, naturligvis, selvfølgelig
        selvsagt, ærlig talt, så at sige, som bekendt, det skal bemærkes at, i øvrigt, for øvrigt
        """
    ),
    starters=expressions(
        """
        desuden, endvidere, derudover, ydermere, også, ligeledes, okay, sammenfattende, kort sagt, til sidst, endelig
        på samme måde, venligst
        """
    ),
    binders=expressions(
        """
        af, fra, til, for, med, mod, imod, gennem, igennem, i, på, hos, ad, ud af, omkring, bag, foran, ved siden af
        langs, ifølge, trods, på trods af, på grund af, takket være, angående, vedrørende, over for, for at, at
        i overensstemmelse med, i forhold til, sammenlignet med, ved hjælp af, som følge af, i forbindelse med, såsom
        end, via, ved, inklusive, blandt, iblandt, oven på, uden for, inde i, siden, om
        """
    ),
    openers=expressions(
        """
        og, eller, men, fordi, eftersom, fordi at, skønt, mens, så, så at, sådan at, der, som, hvilken, hvilket
        hvilke, hvem, hvad, hvor, hvorfor, hvordan, hvornår, derfor, således, følgelig, dog, imidlertid, derimod
        alligevel, tværtimod, på den anden side, for eksempel, f.eks, det vil sige, dvs, samt, thi, men også, derpå
        hvorimod, ikke desto mindre, da, imens
        """
    ),
    stranded=expressions(
        """
        en, et, den, det, de, dem, min, mit, mine, din, dit, dine, sin, sit, sine, hans, hendes, dens, dets, vores
        jeres, deres, denne, dette, disse, er, var, været, være, bliver, blev, blive, har, havde, haft, have, jeg, du
        han, hun, vi, i, man, sig, alt for
        """
    ),
    initial=expressions("om"),
    nouns=expressions("må"),
    plain=expressions(
        """
        ikke mindst, nu og da, før eller siden, igen og igen, uden tvivl, med mere, af og til
        """
    ),
    pairs=(
        Pair("negator", frozenset({"hverken"}), frozenset({"eller"}), 14),
        Pair("negator", expressions("ikke kun, ikke bare, ikke blot, ikke alene"), expressions("men også, men"), 20),
        Pair("opener", frozenset({"enten"}), frozenset({"eller"}), 20),
        Pair("condition", expressions("hvis, såfremt, når"), frozenset({"så"}), 24),
    ),
    denials=expressions("ikke, aldrig, ingen, intet, ingenting, hverken, uden"),
    common=expressions(
        """
        og, i, at, det, er, en, til, på, som, for, med, de, af, den, der, ikke, jeg, et, har, han, var, om, du, men
        vi, kan, fra, så, skal, vil, hun, eller, sig, være, efter, hvis, når, mig, nu, blev, hvad, også, over, havde
        noget, mange, meget, bliver, hvor, ud, op, må, skulle, ville, hans, deres, disse, ingen, uden, inden, ugen
        slutningen, året, hvordan, hvorfor, hvornår, nogle, kunne, kun, mellem
        """
    ),
)
