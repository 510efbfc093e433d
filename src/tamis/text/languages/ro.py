"""Romanian."""

from __future__ import annotations

from tamis.text.languages.language import Language, Pair, expressions

LANGUAGE = Language(
    code="ro",
    name="Romanian",
    script="Latin",
    variants="şșţț",
    negators=expressions(
        """
        nu, nici, niciodată, nicicând, nimeni, nimănui, nimic, nicăieri, nicidecum, niciun, nicio, niciunul, niciuna
        niciunei, niciunui, nici un, nici o, nici unul, nici una, nici măcar, nu mai, nu încă, încă nu, nu numai
        nu doar, nu întotdeauna, nu toți, nu toate, nu foarte, nu chiar, deloc, în niciun caz, în nici un caz
        sub nicio formă, sub nici o formă, în niciun fel, nu cumva, abia, rareori, rar, aproape niciodată
        aproape deloc, în loc de, în locul, în loc să, lipsă de, lipsește, lipsesc, interzis, interzisă, se interzice
        este interzis, refuză, ori nu, sau nu, nu-i, nu-l, nu-mi, nu-ți, nu-și, nu-s, imposibil
        """
    ),
    conditions=expressions(
        """
        dacă, când, cât timp, atât timp cât, până, până la, până când, până ce, până în, înainte, înainte de
        înainte ca, după, după ce, imediat ce, de îndată ce, odată ce, o dată ce, decât dacă
        în afară de cazul în care, cu condiția, cu condiția ca, cu condiția să, în caz de, în caz că, în cazul în care
        în cazul, de când, din momentul în care, doar dacă, numai dacă, numai când, chiar dacă, chiar și dacă, altfel
        în caz contrar, ori de câte ori, de fiecare dată când, începând cu, începând din, în funcție de, indiferent
        indiferent de, indiferent dacă, presupunând că, dat fiind că, sub rezerva, ca și cum, de parcă, oricând
        oriunde
        """
    ),
    exceptions=expressions(
        """
        fără, fără să, fără a, cu excepția, exceptând, în afară de, în afara, afară de, excepție făcând, excluzând
        decât, pe lângă, exclusiv, ci
        """
    ),
    limits=expressions(
        """
        cel puțin, măcar, cel mult, maxim, maximum, minim, minimum, până la, nu mai mult de, nu mai mult decât
        nu mai puțin de, nu mai târziu de, mai mult de, mai mult decât, mai puțin de, mai puțin decât, mai mare de
        mai mare decât, mai mic de, mai mic decât, mai mari de, peste, sub, circa, cam, aproximativ, aproape
        aproape de, în jur de, exact, fix, între, sau mai mult, sau mai puțin, mai mult sau mai puțin, cel târziu
        cel mai târziu, cel mai devreme, în termen de, în decurs de, un maxim de, un minim de
        """
    ),
    focus=expressions(
        """
        doar, numai, singur, singura, singurul, singurii, exclusiv, chiar, chiar și, până și, tocmai, pur și simplu
        mai ales, în special, îndeosebi, în principal, în mare parte, parțial, în parte, întotdeauna, mereu, adesea
        deseori, uneori, câteodată, de obicei, în general, de regulă, vreodată, unic, unică
        """
    ),
    quantifiers=expressions(
        """
        tot, toată, toți, toate, totul, tuturor, fiecare, fiecărui, fiecărei, oricare, orice, oricine, oricărui
        oricărei, unii, unele, unora, câțiva, câteva, ceva, cineva, cuiva, undeva, mulți, multe, mult, multă, multor
        puțini, puține, puțin, puțină, un pic, un pic de, destul, destui, destule, suficient, suficiente, prea mult
        prea multe, prea puțin, atât, atâta, atâția, atâtea, ambii, ambele, amândoi, amândouă, majoritatea
        cea mai mare parte, cei mai mulți, cele mai multe, jumătate, restul, mai mult, mai mulți, mai multe, mai puțin
        alt, altă, alți, alte, altul, alta, același, aceeași, aceiași, aceleași, astfel de, întreg, întreaga, diverși
        diverse, zeci de, sute de, mii de, milioane de, peste tot
        """
    ),
    modals=expressions(
        """
        trebuie, trebuia, trebuiau, va trebui, ar trebui, poate, pot, poți, putem, puteți, putea, puteau, va putea
        vor putea, ar putea, putut, vrea, vor, vreau, vrei, vrem, voia, dorește, doresc, are de, au de, are voie
        au voie, este necesar, e necesar, este posibil, e posibil, este obligatoriu, este permis, se poate, se cuvine
        urmează să, va, vom, veți, o să, am să, ar, aș, să, pare, par, probabil, posibil, eventual, se pare, chipurile
        cică, presupus, presupusa, obligat, obligați, obligată, merită
        """
    ),
    light=expressions(
        """
        ăă, ăăă, îhm, hmm, păi, foarte, cu adevărat, într-adevăr, extrem de, absolut, desigur, bineînțeles, firește
        de fapt, în realitate, sincer să fiu, ca să spun așa, cum se știe, după cum se știe, trebuie menționat că
        de altfel
        """
    ),
    starters=expressions(
        """
        în plus, de asemenea, totodată, pe deasupra, la fel, pe scurt, în concluzie, în sfârșit, în final, vă rugăm
        vă rog, ei bine
        """
    ),
    binders=expressions(
        """
        de, din, la, în, într-un, într-o, dintr-un, dintr-o, printr-un, printr-o, cu, pe, pentru, prin, către, spre
        contra, împotriva, asupra, dinspre, dintre, printre, lângă, conform, potrivit, datorită, din cauza, grație
        mulțumită, în ciuda, despre, privind, referitor la, cu privire la, în ceea ce privește, față de, în raport cu
        în comparație cu, pe baza, în vederea, cu ajutorul, prin intermediul, în favoarea, ca, drept, precum, inclusiv
        a, al, ai, ale, lui, ca urmare a, via
        """
    ),
    openers=expressions(
        """
        și, sau, ori, fie, dar, însă, iar, că, căci, deoarece, fiindcă, pentru că, întrucât, deși, cu toate că, care
        pe care, căruia, căreia, cărora, al cărui, a cărei, cine, ce, unde, cum, de ce, cât, câtă, câți, câte, încât
        astfel încât, ca să, pentru ca, pentru a, așa că, prin urmare, de aceea, totuși, cu toate acestea, în schimb
        dimpotrivă, pe de altă parte, de exemplu, adică, anume, ci și, dar și, precum și, respectiv, ceea ce
        în timp ce, pe când
        """
    ),
    stranded=expressions(
        """
        un, o, niște, meu, mea, mei, mele, tău, ta, tăi, tale, său, sa, săi, sale, nostru, noastră, noștri, noastre
        vostru, voastră, lor, acest, această, acești, aceste, acestui, acestei, acel, acea, acei, acele, este, e, sunt
        era, erau, a fost, fost, fi, ești, suntem, sunteți, are, au, avea, aveau, am, ai, avem, aveți, eu, tu, el, ea
        noi, voi, ei, ele, se, își, îi, îl, le, mă, te, ne, vă, mai, cel, cea, cei, cele
        """
    ),
    behind_comma=expressions("că, dacă"),
    plain=expressions(
        """
        nu numai atât, fără îndoială, din când în când, mai devreme sau mai târziu, cu atât mai mult, mai ales că
        cel mai
        """
    ),
    pairs=(
        Pair("negator", expressions("nu numai, nu doar"), expressions("ci și, dar și, ci"), 20),
        Pair("negator", expressions("nu"), expressions("decât, ci"), 12),
        Pair("negator", frozenset({"nici"}), frozenset({"nici"}), 14),
        Pair("opener", frozenset({"fie"}), frozenset({"fie"}), 14),
        Pair("condition", frozenset({"dacă"}), frozenset({"atunci"}), 30),
    ),
    shapes=(("negator", r"n-\w+"), ("negator", r"nu-\w+"), ("negator", r"(?:ne)(?:mai)\w{3,}(?:nd|ndu)")),
    denials=expressions("nu, niciodată, nimeni, nimic, niciun, nicio, nici, fără"),
    common=expressions(
        """
        de, și, în, a, la, cu, pe, nu, o, că, este, din, pentru, un, să, se, mai, care, ce, sunt, ca, am, prin, după
        fost, au, fi, sau, dar, lui, al, ai, când, dacă, ar, era, ei, doar, ale, foarte, tot, cum, până, te, îmi, mă
        trebuie, poate, fără, înainte, săptămânii, sfârșitul, cel, această, acest, către, între, despre, însă, el, ea
        eu, tu, noi, toate, toți
        """
    ),
)
