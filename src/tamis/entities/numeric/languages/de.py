"""German numbers."""

from tamis.entities.numeric.languages.table import NumberTable, numbered

_UNITS = numbered(
    "null ein|eins|eine|einen|einem|einer zwei|zwo drei vier funf sechs sieben acht neun zehn elf zwolf", 0
)
_TEENS = numbered("dreizehn vierzehn funfzehn sechzehn siebzehn achtzehn neunzehn", 13)
_TENS = numbered("zwanzig dreißig|dreissig vierzig funfzig sechzig siebzig achtzig neunzig", 20, 10)
_ROOTS = numbered("erst zweit dritt viert funft sechst siebt|siebent acht neunt zehnt elft zwolft", 1)
_ENDS = ("e", "en", "er", "es", "em")

GERMAN = NumberTable(
    adds=_UNITS | _TEENS | _TENS,
    times={"hundert": 100},
    scales={
        "tausend": 1e3, "million": 1e6, "millionen": 1e6, "mio": 1e6, "milliarde": 1e9, "milliarden": 1e9, "mrd": 1e9,
        "billion": 1e12, "billionen": 1e12, "billiarde": 1e15, "billiarden": 1e15,
    },
    ordinals={root + end: value for root, value in _ROOTS.items() for end in _ENDS}
    | {f"{word}t{end}": value for word, value in _TEENS.items() for end in _ENDS}
    | {f"{word}st{end}": value for word, value in _TENS.items() for end in _ENDS},
    ordinal_scales={
        f"{word}st{end}": value
        for word, value in {"hundert": 100, "tausend": 1e3, "million": 1e6, "milliard": 1e9}.items()
        for end in _ENDS
    },
    parts={
        "drittel": 3, "viertel": 4, "funftel": 5, "sechstel": 6, "siebtel": 7, "achtel": 8, "neuntel": 9, "zehntel": 10,
        "zwolftel": 12, "zwanzigstel": 20, "hundertstel": 100, "tausendstel": 1000, "halbe": 2,
    },
    halves={"einhalb": 0.5, "anderthalb": 1.5, "eineinhalb": 1.5},
    glue=frozenset(["und"]),
    points=frozenset(["komma"]),
    over=frozenset(["durch"]),
    minus=frozenset(["minus"]),
    percent_behind=r"[%％]|prozent(?:punkte?n?)?\b|v\.? ?h\.",
    ordinal_behind=r"(?:ste|te)[rnsm]?",
    units_first=True,
    alone=frozenset(["ein", "eine", "einen", "einem", "einer", "mio", "mrd"]),
)  # fmt: skip
