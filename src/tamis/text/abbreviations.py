"""Words that decide whether a full stop ends a sentence. Lower case, without their last full stop."""

from __future__ import annotations


def word_set(words: str) -> frozenset[str]:
    """Return the words between white space."""
    return frozenset(words.split())


# Followed by what they belong to: never the end of a sentence.
ALWAYS = word_set(
    """
    dr mr mrs ms mx prof profs rev hon gen col maj capt cmdr lt sgt cpl adm gov sen rep sens reps pres supt st ste mt
    messrs mme mlle fr vs cf e.g i.e eg ie viz approx ca esp resp incl excl dept univ assn bros
    hr herr frau z.b d.h bzw u.a sog vgl bspw p.ej ej sra srta dra np tj tzn tzv např ul bijv т.д т.п т.е стр
    """
)

# An abbreviation only in front of a number (or a lower-case word): "No. 5", "Fig. 2", "Jan. 12".
BEFORE_NUMBERS = word_set(
    """
    no nos nr fig figs eq eqs eqn sec sect ch chap chs p pp pg vol vols ex art par para app tab ref refs ver ed eds
    jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thur thurs fri sat sun
    """
)

# Ends a sentence only where the next word looks like the beginning of one.
SOMETIMES = word_set(
    """
    ft lb lbs oz kg km cm mm hr hrs mi yd pt gal wt
    inc ltd co corp jr sr esq bros llc plc etc al est min max avg temp tel ave blvd rd hwy sq ph.d phd m.d b.a m.a b.sc
    m.sc u.s u.k u.n e.u u.s.a d.c a.m p.m b.c a.d a.k.a n.y l.a rev gov intl natl mfg misc ibid op cit
    """
)

OPENERS_OF_SENTENCES = word_set(
    """
    the a an this that these those there here he she it we they you i my his her its our your their one some many most
    all both each every no not in on at by for from with without to of as if when while where what who why how after
    before since until during although though because however but and or so yet then thus also still now today yesterday
    meanwhile moreover furthermore therefore instead according despite under over between among about is are was were do
    does did have has had can could will would should may might must let please i'm it's he's she's we're they're
    """
)

# What an ordinal stands before in a date, where it is written with a full stop: "14. März".
MONTHS = word_set(
    """
    januar jänner februar märz april mai juni juli august september oktober november dezember
    ledna února března dubna května června července srpna září října listopadu prosince
    januára februára marca apríla mája júna júla augusta septembra októbra novembra decembra
    januari februari mars maj augusti sept okt nov dez jan feb apr aug dec tammikuuta helmikuuta maaliskuuta
    huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta lokakuuta marraskuuta joulukuuta
    január február március április május június július augusztus szeptember október
    ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık
    """
)
