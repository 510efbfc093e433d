"""English words that carry grammar rather than content. A list; what it is good for is decided by who asks."""

from __future__ import annotations

# Words that carry grammar rather than content: articles, pronouns, prepositions, conjunctions, auxiliaries, particles.
# Negations are absent on purpose: "not" and "never" turn a sentence round.
_FUNCTION = """
    a about above across after afterwards again against albeit all along alongside already also although am amid among
    amongst an and another any anyway are around as aside at away back be became because become becomes been before
    behind being below beneath beside besides between beyond both but by can could despite did do does doing done down
    during each either else enough even ever every except few for from further furthermore had has have having he hence
    her here hers herself him himself his how however i if in indeed inside instead into is it its itself just least
    less lest like many may me meanwhile might mine more moreover most much must my myself near nearly of off often on
    once one onto or other others otherwise ought our ours ourselves out outside over own per perhaps quite rather
    really shall she should since so some somehow someone something sometimes somewhat still such than that the their
    theirs them themselves then thence there thereby therefore these they this those though through throughout thus
    till to together too toward towards under underneath unless until unto up upon us very via was we well were what
    whatever when whence whenever where whereas whereby wherever whether which whichever while whilst who whoever whole
    whom whose why will with within would yet you your yours yourself yourselves
    i'm i've i'd i'll you're you've you'd you'll he's he'd he'll she's she'd she'll it's it'd it'll we're we've we'd
    we'll they're they've they'd they'll that's that'd that'll there's there're who's who'd what's where's here's let's
"""
FUNCTION_WORDS = frozenset(_FUNCTION.split())
