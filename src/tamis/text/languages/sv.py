"""Swedish."""

from __future__ import annotations

from tamis.text.languages.language import Language, Pair, expressions

LANGUAGE = Language(
    code="sv",
    name="Swedish",
    script="Latin",
    negators=expressions(
        """
        inte, ej, icke, aldrig, ingen, inget, inga, ingens, ingenting, ingenstans, ingendera, varken, nej, inte längre
        inte ännu, ännu inte, inte än, inte bara, inte enbart, inte endast, inte alltid, inte alla, inte ens, inte så
        inte särskilt, inte riktigt, inte alls, absolut inte, på inget sätt, under inga omständigheter, i inget fall
        inte heller, inte någon, inte något, inte några, eller inte, eller ej, knappast, knappt, sällan, nästan aldrig
        nästan ingen, i stället för, istället för, saknar, saknas, saknade, brist på, förbjudet, förbjuden, vägrar
        vägrade, avslog, avslås, avslagen, avvisade, avvisas, inställd, inställt, undvik, undvika, avstängd, ogiltig
        förnekar, nekar, nekade
        """
    ),
    conditions=expressions(
        """
        ifall, när, såvida, såvida inte, om inte, förrän, innan, före, efter, efter att, sedan, så snart, så fort
        så länge, så länge som, tills, till dess, till dess att, under förutsättning att, förutsatt att
        på villkor att, i fall, i fall att, i händelse av, bara om, endast om, även om, annars, i annat fall
        varje gång, från och med, beroende på, oavsett, oberoende av, med mindre, för såvitt, i den mån, närhelst
        utifall, i det fall, när väl, som om, om
        """
    ),
    exceptions=expressions(
        """
        utan, utan att, utom, förutom, undantaget, med undantag av, med undantag för, bortsett från, frånsett
        exklusive, utöver, annat än, annan än, snarare än
        """
    ),
    limits=expressions(
        """
        minst, åtminstone, högst, som mest, som minst, maximalt, minimalt, upp till, inte mer än, inte mindre än
        inte längre än, inte senare än, mer än, fler än, mindre än, färre än, längre än, kortare än, större än
        högre än, lägre än, äldre än, yngre än, tidigare än, senare än, senast, tidigast, till och med, över, under
        ungefär, cirka, ca, runt, omkring, nästan, nära, närmare, exakt, precis, mellan, per, eller mer, eller fler
        eller mindre, mer eller mindre, inom, maximum, minimum, drygt, knappa
        """
    ),
    focus=expressions(
        """
        bara, endast, enbart, blott, till och med, just, först, särskilt, framför allt, i synnerhet, i huvudsak
        huvudsakligen, främst, mestadels, delvis, alltid, ofta, ibland, vanligtvis, vanligen, i regel, oftast
        någonsin, enda, uteslutande, ensam
        """
    ),
    quantifiers=expressions(
        """
        alla, allt, all, allihop, varje, var, vart, var och en, någon, något, några, nånting, någonting, någonstans
        några få, ett par, en del, lite, lite grann, många, mycket, fåtal, flera, flertalet, åtskilliga, diverse
        de flesta, det mesta, flest, mest, majoriteten, hälften, halva, båda, bägge, resten, tillräckligt, för mycket
        för många, för lite, för få, så mycket, så många, mer, fler, mindre, färre, annan, annat, andra, samma, sådan
        sådant, sådana, den enda, det enda, den första, den sista, hela, överallt, tiotals, hundratals, tusentals
        ett antal, vilken som helst, vem som helst, vad som helst, olika
        """
    ),
    modals=expressions(
        """
        måste, får, fick, kan, kunde, kunnat, ska, skall, skulle, bör, borde, vill, ville, behöver, behövde, behöva
        må, måtte, torde, lär, brukar, brukade, tänker, kommer att, kanske, kanhända, möjligen, troligen, sannolikt
        förmodligen, antagligen, eventuellt, påstås, uppges, tydligen, verkar, tycks, orkar, hinner, låta, låter
        skola
        """
    ),
    light=expressions(
        """
        eh, öh, hm, väldigt, verkligen, oerhört, extremt, ytterst, synnerligen, absolut, faktiskt, egentligen
        naturligtvis, självklart, givetvis, förstås, ärligt talat, så att säga, som bekant, det bör noteras att
        för övrigt
        """
    ),
    starters=expressions(
        """
        dessutom, vidare, därtill, därutöver, också, även, likaså, nåväl, okej, sammanfattningsvis, kort sagt
        till sist, slutligen, på samma sätt, vänligen
        """
    ),
    binders=expressions(
        """
        av, från, till, för, med, mot, genom, i, på, hos, åt, ur, kring, bakom, framför, bredvid, längs, enligt, trots
        på grund av, tack vare, gällande, angående, beträffande, avseende, gentemot, för att, i enlighet med
        i förhållande till, jämfört med, med hjälp av, till följd av, i samband med, såsom, som, liksom, än, via, vid
        inklusive, bland, ovan, nedanför, utanför, inuti, sedan, om dagen, om året, om natten, om veckan
        """
    ),
    openers=expressions(
        """
        och, eller, men, att, därför att, eftersom, för att, fast, fastän, trots att, medan, så att, vilken, vilket
        vilka, vars, vem, vad, var, vart, varför, hur, där, dit, därför, således, följaktligen, dock, emellertid
        däremot, ändå, tvärtom, å andra sidan, till exempel, t.ex, det vill säga, d.v.s, dvs, samt, ty, utan även
        utan också, men också, likväl, då
        """
    ),
    stranded=expressions(
        """
        en, ett, den, det, de, dem, min, mitt, mina, din, ditt, dina, sin, sitt, sina, hans, hennes, dess, vår, vårt
        våra, er, ert, era, deras, denna, detta, dessa, är, var, varit, vara, blir, blev, bli, har, hade, haft, ha
        jag, du, han, hon, vi, ni, man, sig, alltför, så
        """
    ),
    nouns=expressions("måste, får, må"),
    articles=expressions("ett, det, många"),
    plain=expressions(
        """
        inte minst, då och då, förr eller senare, om och om igen, utan tvekan, med mera, till och från
        """
    ),
    pairs=(
        Pair("negator", frozenset({"varken"}), frozenset({"eller"}), 14),
        Pair(
            "negator",
            expressions("inte bara, inte enbart, inte endast"),
            expressions("utan också, utan även, utan"),
            20,
        ),
        Pair("opener", frozenset({"antingen"}), frozenset({"eller"}), 20),
    ),
    denials=expressions("inte, aldrig, ingen, inget, inga, ingenting, varken, utan"),
    common=expressions(
        """
        och, i, att, det, som, en, på, är, av, för, med, den, till, inte, ett, om, har, de, jag, var, men, så, vi, kan
        han, från, du, när, vid, sig, hon, eller, ska, efter, ut, måste, upp, mig, där, alla, bara, under, mot, vad
        dem, blev, inom, mycket, också, få, får, skulle, finns, hade, hur, sin, nu, innan, ingen, veckan, slutet, året
        blir, mellan, sina, detta, denna
        """
    ),
)
