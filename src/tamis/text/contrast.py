"""Words that turn the sense round: what they begin must stay with what it is set against."""

from __future__ import annotations

_LISTING = """
    but however although though yet whereas instead nevertheless nonetheless
    aber sondern jedoch obwohl obgleich allerdings dennoch trotzdem doch
    mais cependant toutefois pourtant quoique néanmoins
    pero sino aunque empero
    mas porém embora contudo entretanto todavia senão
    ma però bensì tuttavia sebbene
    maar echter hoewel toch
    но а однако хотя зато але проте однак хоча
    ale lecz jednak chociaż choć však avšak ačkoli přesto
    men dock fast dog selvom
    ama fakat ancak oysa
    لكن ولكن لكنه لكنها ولكنه ولكنها اما ولی
    लेकिन परन्तु मगर किन्तु
    하지만 그러나 그렇지만
    nhưng tetapi tapi namun melainkan
    αλλά όμως ωστόσο אבל אך אולם
    mutta vaan kuitenkin hanem azonban viszont dar însă totuși deși
"""
CONTRAST = frozenset(_LISTING.split())
_BEGINNINGS = "但 却 然而 不过 虽然 可是 而 しかし だが けれど でも ただし แต่"
CONTRAST_BEGINNINGS = tuple(_BEGINNINGS.split())
"""The same in languages that are written without spaces, where a unit may only begin with them."""


_JOINING = """
    en and or nor &; de und oder sowie &; fr et ou; es y e o u; pt e ou; it e ed o od; nl en of
    sv och eller; da og eller; no og eller; fi ja tai; hu és vagy; pl i lub oraz; cs a nebo
    sk a alebo; hr i ili; ro și sau; tr ve veya; vi và hoặc; id dan atau; ru и или; uk та або і
    bg и или; sr и или; el και ή; ar و أو; fa و یا; he או; hi और या; bn এবং বা; ca i o
"""
JOINING: dict[str, frozenset[str]] = {
    entry.split()[0]: frozenset(entry.split()[1:]) for entry in _JOINING.replace("\n", ";").split(";") if entry.strip()
}
"""By language, the words that join two of a kind: what is "A or B" is neither "A B" nor "A"."""


def contrasts(word: str) -> bool:
    """Whether a lower-case word sets what follows against what came before.

    Example: contrasts("but"), contrasts("但是") -> True, True
    """
    return word in CONTRAST or word.startswith(CONTRAST_BEGINNINGS)
