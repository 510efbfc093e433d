"""German. Its articles carry case ("Den Mann beißt der Hund"), so they are not light."""

from __future__ import annotations

from tamis.text.languages.language import Language, Pair, expressions

LANGUAGE = Language(
    code="de",
    name="German",
    script="Latin",
    negators=expressions(
        """
        nicht, nichts, kein, keine, keinen, keinem, keiner, keines, keins, nie, niemals, niemand, niemanden, niemandem
        niemandes, nirgends, nirgendwo, nirgendwohin, nirgendwoher, weder, nein, keineswegs, keinesfalls, keinerlei
        nicht mehr, kein mehr, nie mehr, nie wieder, noch nicht, noch nie, noch kein, noch keine, noch keinen
        gar nicht, gar nichts, gar kein, gar keine, überhaupt nicht, überhaupt kein, überhaupt keine, nicht nur
        nicht bloß, nicht allein, nicht einmal, nicht immer, nicht ganz, nicht so, nicht sehr, nicht wirklich
        nicht alle, auch nicht, auch kein, auch keine, auf keinen fall, in keinem fall, in keiner weise
        unter keinen umständen, mitnichten, nimmer, nix, nich, kaum, schwerlich, selten, nur selten, anstatt, statt
        fehlt, fehlen, fehlte, fehlten, mangels, nicht etwa, oder nicht, ob oder nicht, ned, net, nüscht, verboten
        untersagt, unzulässig, abgelehnt, lehnt ab, ablehnen, verweigert, verweigern, verweigerte, untersagen
        abgesagt, vermeiden, ungültig, ausgeschlossen, deaktiviert, weglassen, außer betrieb, außer kraft, unterlassen
        leugnet, bestreitet, lehnt, lehnte, lehnen
        """
    ),
    conditions=expressions(
        """
        wenn, falls, sofern, sobald, solange, soweit, bis, bevor, ehe, nachdem, seitdem, während, sooft, es sei denn
        vorausgesetzt, vorausgesetzt dass, unter der bedingung, unter der voraussetzung, im fall, im falle
        für den fall, je nachdem, ob, wann, nur wenn, erst wenn, erst nach, erst nachdem, erst ab, selbst wenn
        auch wenn, wenn auch, außer wenn, insofern, insoweit, gesetzt den fall, sonst, ansonsten, andernfalls
        anderenfalls, egal ob, jedes mal wenn, immer wenn, wann immer, wo immer, bis zu dem, abhängig von
        vorbehaltlich
        """
    ),
    exceptions=expressions(
        """
        ohne, außer, ausgenommen, abgesehen von, bis auf, mit ausnahme, mit ausnahme von, ausschließlich der
        außer dass, ohne dass, ohne zu, exklusive, anders als, neben, zusätzlich zu, ausser, stattdessen
        """
    ),
    limits=expressions(
        """
        höchstens, mindestens, maximal, minimal, wenigstens, zumindest, bis zu, mehr als, weniger als, nicht mehr als
        nicht weniger als, nicht länger als, nicht später als, spätestens, frühestens, länger als, kürzer als
        größer als, kleiner als, höher als, niedriger als, älter als, jünger als, früher als, später als, über, unter
        etwa, ungefähr, circa, ca, rund, knapp, fast, beinahe, nahezu, genau, exakt, zwischen, je, pro, oder mehr
        oder weniger, mehr oder weniger, innerhalb, binnen, bis einschließlich, oberhalb, unterhalb, jeweils
        """
    ),
    focus=expressions(
        """
        nur, sogar, selbst, bloß, lediglich, allein, ausschließlich, einzig, einzig und allein, erst, besonders
        insbesondere, vor allem, meist, meistens, größtenteils, teilweise, überwiegend, hauptsächlich, teils, immer
        stets, oft, häufig, manchmal, gelegentlich, jemals, je zuvor, vielleicht, wahrscheinlich, möglicherweise
        vermutlich, angeblich, offenbar, anscheinend, wohl, womöglich, eventuell, hoffentlich, überhaupt, eher
        normalerweise, in der regel, üblicherweise, nur noch
        """
    ),
    quantifiers=expressions(
        """
        alle, aller, allen, allem, alles, jede, jeder, jedes, jeden, jedem, jedermann, jegliche, jeglicher, jegliches
        jeglichen, sämtliche, sämtlicher, sämtlichen, einige, einiger, einigen, einiges, manche, mancher, manchen
        manches, mehrere, mehrerer, mehreren, viele, vieler, vielen, vieles, viel, wenige, weniger, wenigen, wenig
        ein wenig, ein paar, ein bisschen, etwas, jemand, jemanden, jemandem, irgendein, irgendeine, irgendeinen
        irgendeinem, irgendeiner, irgendetwas, irgendwas, irgendwo, irgendwann, irgendjemand, irgendwelche, beide
        beiden, beider, beides, die meisten, den meisten, der meisten, meisten, mehr, genug, zu viel, zu viele
        zu wenig, zu wenige, so viel, so viele, die hälfte, ein teil, der rest, andere, anderer, anderen, anderes
        solche, solcher, solchen, sowohl, entweder, überall, ganze, ganzen, ganzer, ganzes, dutzende, hunderte
        tausende
        """
    ),
    modals=expressions(
        """
        muss, musst, müssen, müsst, musste, mussten, müsste, müssten, müßte, müßten, muß, gemusst, darf, darfst
        dürfen, dürft, durfte, durften, dürfte, dürften, kann, kannst, können, könnt, konnte, konnten, könnte, könnten
        soll, sollst, sollen, sollt, sollte, sollten, will, willst, wollen, wollt, wollte, wollten, mag, mögen, möchte
        möchten, möchtest, wird, werden, würde, würden, wurde, wurden, werde, wirst, braucht, brauchen, brauchte
        brauchten, lässt, lassen, ließ, ließen, ist zu, sind zu, war zu, waren zu, hat zu, haben zu, hatte zu
        """
    ),
    mild=expressions(
        """
        kann, kannst, können, könnt, konnte, konnten, will, willst, wollen, wollt, wollte, wollten, mag, mögen, wird
        werden, wurde, wurden, werde, wirst, lässt, lassen, ließ, ließen
        """
    ),
    light=expressions(
        """
        äh, ähm, öh, hm, hmm, tja, sehr, äußerst, wirklich, überaus, ungemein, selbstverständlich, übrigens
        bekanntlich, sozusagen, ehrlich gesagt, wie gesagt, schlichtweg, im übrigen
        """
    ),
    starters=expressions(
        """
        außerdem, zudem, ferner, darüber hinaus, des weiteren, weiterhin, na ja, naja, okay, zusammenfassend
        kurz gesagt, kurzum, ebenso, gleichermaßen, überdies, bitte
        """
    ),
    binders=expressions(
        """
        von, vom, mit, für, durch, aus, bei, beim, zu, zum, zur, in, im, ins, an, am, ans, auf, aufs, um, um zu
        hinter, wegen, trotz, seitens, laut, gemäß, entgegen, entlang, gegenüber, anhand, aufgrund, auf grund, zwecks
        mittels, hinsichtlich, bezüglich, angesichts, anlässlich, zugunsten, einschließlich, inklusive, wie, samt
        nebst, des, eines, ums, hinsichtlich der, infolge, dank, per, via, seitdem, jenseits, außerhalb, diesseits
        als, nach, vor, seit, ab, gegen
        """
    ),
    openers=expressions(
        """
        und, aber, oder, denn, sondern, doch, jedoch, dass, daß, weil, da, obwohl, obgleich, wenngleich, damit, sodass
        so dass, indem, wobei, wodurch, womit, worauf, woraus, wofür, worüber, wonach, wovon, wogegen, welche, welcher
        welches, welchen, welchem, deren, dessen, denen, wer, was, wo, warum, weshalb, wieso, wie viel, deshalb, daher
        darum, deswegen, somit, folglich, trotzdem, dennoch, hingegen, dagegen, allerdings, zwar, einerseits
        andererseits, im gegensatz dazu, zum beispiel, z.b, beziehungsweise, bzw, sowie, sondern auch, als auch
        und zwar, das heißt, d.h, indes, wohingegen, nichtsdestotrotz, gleichwohl, weswegen, zumal, dann
        """
    ),
    stranded=expressions(
        """
        der, die, das, den, dem, ein, eine, einen, einem, einer, mein, meine, meinen, meinem, meiner, meines, dein
        deine, deinen, deinem, deiner, sein, seine, seinen, seinem, seiner, seines, ihr, ihre, ihren, ihrem, ihrer
        ihres, unser, unsere, unseren, unserem, unserer, euer, eure, euren, dieser, diese, dieses, diesen, diesem
        jener, jene, jenes, jenen, jenem, ist, sind, war, waren, bin, bist, seid, hat, haben, habe, hatte, hatten
        hast, hätte, hätten, wäre, wären, ich, du, er, sie, es, wir, man, sich, zu sein
        """
    ),
    behind_comma=expressions("dass, daß, wenn"),
    nouns=expressions("muss, soll, will, mag, würde, müssen, können, sollen, wollen, dürfen, lassen, werden"),
    plain=expressions(
        """
        nicht zuletzt, nach und nach, vor ort, auf und ab, ab und zu, nach wie vor, gut und gerne
        """
    ),
    pairs=(
        Pair("negator", frozenset({"weder"}), frozenset({"noch"}), 14),
        Pair("negator", frozenset({"nicht nur", "nicht bloß", "nicht allein"}), frozenset({"sondern auch"}), 20),
        Pair("opener", frozenset({"entweder"}), frozenset({"oder"}), 20),
    ),
    denials=expressions(
        """
        nicht, kein, keine, keinen, keinem, keiner, nie, niemals, nichts, niemand, ohne, weder
        """
    ),
    common=expressions(
        """
        der, die, und, in, den, von, zu, das, mit, sich, des, auf, für, ist, im, dem, nicht, ein, eine, als, auch, es
        an, werden, aus, er, hat, dass, sie, nach, wird, bei, einer, um, am, sind, noch, wie, einem, über, einen, so
        zum, war, haben, nur, oder, aber, vor, zur, bis, mehr, durch, man, sein, wurde, sei, ich, wir, kann, wenn, ihr
        muss, soll, darf, bitte, keine, kein, diese, dieser, unter, beim, vom, was, du, mir, mich, habe, ja, nein
        """
    ),
)
