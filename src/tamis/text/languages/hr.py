"""Croatian, and Bosnian and Serbian where they are written in Latin letters."""

from __future__ import annotations

from tamis.text.languages.language import Language, Pair, expressions

LANGUAGE = Language(
    code="hr",
    name="Croatian",
    script="Latin",
    negators=expressions(
        """
        ne, nije, nisu, nisam, nisi, nismo, niste, neće, neću, nećeš, nećemo, nećete, nema, nemaju, nemam, nemamo
        nemate, nemaš, nemoj, nemojte, nemojmo, nikad, nikada, nitko, niko, nikoga, nikome, nikom, nikim, ništa
        ničega, ničemu, ničim, nigdje, nigde, nikamo, nikuda, nikako, nikakav, nikakva, nikakvo, nikakve, nikakvih
        nijedan, nijedna, nijedno, nijednog, nijednu, ni, niti, ni jedan, ni jedna, više ne, još ne, ne više, ne samo
        ne samo da, ne uvijek, ne svi, ne baš, uopće ne, uopće, uopšte, nipošto, ni u kojem slučaju
        ni pod kojim uvjetima, ni na koji način, jedva, teško da, rijetko, retko, gotovo nikad, umjesto, umesto
        nedostaje, nedostaju, zabranjeno, zabranjena, zabranjen, zabrana, nemoguće, ne smije, ne sme, ne može, ili ne
        odbija, odbio
        """
    ),
    conditions=expressions(
        """
        ako, ukoliko, kad, kada, kad god, kada god, čim, dok, dok ne, dokle god, sve dok, prije, pre, prije nego
        pre nego, prije nego što, pre nego što, nakon, poslije, posle, nakon što, pošto, otkad, otkako, pod uvjetom
        pod uvjetom da, pod uslovom da, u slučaju, u slučaju da, za slučaj, osim ako, samo ako, samo kad, tek kad
        tek kada, čak i ako, inače, u protivnom, u suprotnom, svaki put kad, bez obzira na, ovisno o, zavisno od
        počevši od, kad bi, da li, je li, makar
        """
    ),
    exceptions=expressions(
        """
        bez, osim, izuzev, uz iznimku, s izuzetkom, sa izuzetkom, izuzimajući, pored, mimo, sem, osim što, bez da
        drugačije nego
        """
    ),
    limits=expressions(
        """
        barem, bar, najmanje, najviše, minimalno, maksimalno, u najmanju ruku, ne više od, ne manje od, ne duže od
        ne kasnije od, više od, manje od, duže od, kraće od, veći od, manji od, viši od, niži od, stariji od, mlađi od
        preko, iznad, ispod, oko, otprilike, približno, gotovo, skoro, točno, tačno, između, do, ili više, ili manje
        više-manje, najkasnije, najranije, unutar, tokom, maksimum, minimum, po
        """
    ),
    focus=expressions(
        """
        samo, jedino, isključivo, čak, tek, upravo, baš, jednostavno, osobito, naročito, posebno, prije svega
        pre svega, uglavnom, pretežno, većinom, djelomično, delimično, uvijek, uvek, često, ponekad, katkad, povremeno
        obično, u pravilu, po pravilu, jedini, jedina
        """
    ),
    quantifiers=expressions(
        """
        svi, sve, svih, svima, sva, sav, svega, cijeli, cijela, cijelo, ceo, cela, celo, svaki, svaka, svako, svakog
        svakoga, svakoj, svaku, svatko, neki, neka, neko, neke, nekih, nekoliko, par, mnogo, mnogi, mnoge, mnogih
        puno, malo, premalo, previše, nešto, netko, nekoga, nečega, negdje, negde, većina, većinu, većine, manjina
        polovica, polovina, pola, oba, obje, obe, obojica, ostali, ostale, ostalih, ostatak, bilo koji, bilo koja
        bilo tko, bilo što, bilo gdje, ma koji, ikakav, dovoljno, dosta, toliko, drugi, druga, druge, drugih, takav
        takva, takvo, takve, isti, ista, isto, više, manje, svugdje, svuda, dio, deo, brojni, brojne, razni, razne
        """
    ),
    modals=expressions(
        """
        mora, moraju, moram, moraš, moramo, morate, morao, morala, morali, može, mogu, možeš, možemo, možete, mogao
        mogla, moglo, mogli, smije, smiju, sme, smeju, smijem, treba, trebaju, trebam, trebao, trebala, trebalo
        trebali, trebalo bi, hoće, hoću, htio, hteo, htjela, želi, žele, želim, želio, ima, imaju, će, ću, ćeš, ćemo
        ćete, bi, bih, bismo, biste, neka, nek, dužan, dužna, dužni, obavezan, obvezan, potrebno, potrebno je, nužno
        moguće, moguće je, dopušteno, dozvoljeno, možda, vjerojatno, verovatno, valjda, navodno, očito, izgleda
        čini se, eventualno, mogao bi, mogla bi, trebao bi
        """
    ),
    light=expressions(
        """
        hm, vrlo, veoma, zaista, doista, stvarno, izuzetno, iznimno, naravno, svakako, zapravo, uostalom
        iskreno govoreći, kao što je poznato, treba napomenuti da, takoreći
        """
    ),
    starters=expressions(
        """
        osim toga, štoviše, štaviše, pored toga, uz to, također, takođe, isto tako, ukratko, na kraju, zaključno
        slično, molimo, molim
        """
    ),
    binders=expressions(
        """
        u, na, s, sa, iz, od, za, pri, o, k, ka, prema, kroz, zbog, radi, zahvaljujući, unatoč, uprkos, usprkos
        protiv, među, nad, pod, pred, uz, niz, kod, kraj, bez obzira, na temelju, na osnovu, u svrhu, pomoću, putem
        u vezi s, u vezi sa, u skladu s, u skladu sa, u usporedbi s, u okviru, u korist, s obzirom na, glede, kao
        uključujući, zajedno s, zajedno sa, uslijed, usled, unutar, duž, blizu, nego, od strane, povodom, za vrijeme
        za vreme, tijekom
        """
    ),
    openers=expressions(
        """
        i, pa, te, a, ali, no, ili, bilo, da, kako bi, jer, budući da, zato što, stoga, zato, dakle, tako da, iako
        premda, mada, koji, koja, koje, kojeg, kojega, kojoj, kojih, kojim, kojima, kojem, kojemu, koju, tko, ko, što
        šta, gdje, gde, kamo, odakle, zašto, kako, kakav, kakva, čiji, čija, dok, međutim, ipak, ali i, već, već i
        nego i, naprotiv, s druge strane, sa druge strane, to jest, tj, odnosno, na primjer, na primer, npr, naime
        koliko, unatoč tome
        """
    ),
    stranded=expressions(
        """
        moj, moja, moje, tvoj, tvoja, naš, naša, naše, vaš, vaša, vaše, svoj, svoja, svoje, svog, svojeg, svoju
        svojih, njegov, njegova, njegovo, njezin, njena, njen, njihov, njihova, taj, ta, to, tog, tom, te, ti, ovaj
        ova, ovo, ovog, ove, ovih, onaj, ona, ono, je, su, sam, si, smo, ste, bio, bila, bilo, bili, bile, biti, jesu
        jest, ja, on, mi, vi, oni, se, ga, mu, joj, me, ih, im, nju, prilično
        """
    ),
    behind_comma=expressions("da, što, ako, nego, kad, kada"),
    plain=expressions(
        """
        ni manje ni više, prije ili kasnije, pre ili kasnije, više ili manje, manje-više, bez sumnje
        s vremena na vrijeme
        """
    ),
    pairs=(
        Pair("negator", expressions("ne samo, ne samo da"), expressions("nego i, već i, ali i, nego, već"), 20),
        Pair("negator", expressions("ni, niti"), expressions("ni, niti"), 14),
        Pair("condition", expressions("ako, kad, kada, ukoliko"), expressions("onda, tada"), 30),
        Pair("opener", frozenset({"ili"}), frozenset({"ili"}), 12),
    ),
    denials=expressions(
        """
        ne, nije, nisu, neće, nema, nemoj, nemojte, nikad, nikada, nitko, niko, ništa, nijedan, bez
        """
    ),
    common=expressions(
        """
        i, u, je, da, se, na, za, su, od, s, sa, a, će, što, koji, koja, koje, to, kao, ne, o, ali, iz, bi, ili, do
        nije, po, te, samo, kako, može, sam, nakon, bio, bila, biti, ako, on, ona, oni, jer, već, pri, prema, više
        smo, ga, mu, kad, tako, zbog, dok, još, sve, ovo, tijekom, godine, kojima, prije, pre, ima, mora, treba, svi
        između, međutim, također, kraja, tjedna, rekao, njegov, no, ovaj, uz, jedan, nema, bez
        """
    ),
)
