"""French numbers."""

from tamis.entities.numeric.languages.table import NumberTable, numbered

_ROOTS = {
    1: "uniem", 2: "deuxiem", 3: "troisiem", 4: "quatriem", 5: "cinquiem", 6: "sixiem", 7: "septiem", 8: "huitiem",
    9: "neuviem", 10: "dixiem", 11: "onziem", 12: "douziem", 13: "treiziem", 14: "quatorziem", 15: "quinziem",
    16: "seiziem", 20: "vingtiem", 30: "trentiem", 40: "quarantiem", 50: "cinquantiem", 60: "soixantiem",
}  # fmt: skip
_PARTS = {f"{root}es": float(value) for value, root in _ROOTS.items() if value > 2}

FRENCH = NumberTable(
    adds=numbered(
        "zero un|une deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize", 0
    )
    | numbered("vingt|vingts trente quarante cinquante soixante septante octante|huitante nonante", 20, 10),
    times={"cent": 100, "cents": 100},
    scales={
        "mille": 1e3, "million": 1e6, "millions": 1e6, "milliard": 1e9, "milliards": 1e9, "billion": 1e12,
        "billions": 1e12, "douzaine": 12, "douzaines": 12,
    },
    ordinals={f"{root}e": float(value) for value, root in _ROOTS.items()}
    | {"premier": 1, "premiere": 1, "second": 2, "seconde": 2},
    ordinal_scales={"centieme": 100, "millieme": 1e3, "millionieme": 1e6, "milliardieme": 1e9, "billionieme": 1e12},
    parts=_PARTS | {"tiers": 3, "quart": 4, "quarts": 4, "demi": 2, "demie": 2, "demis": 2, "centiemes": 100, "milliemes": 1e3},
    glue=frozenset(["et"]),
    glue_before=frozenset(["un", "une", "onze", "unieme", "onzieme"]),
    points=frozenset(["virgule", "point"]),
    over=frozenset(["sur"]),
    minus=frozenset(["moins"]),
    one=frozenset(["un"]),
    ordinal_behind=r"(?:er|ere|e|eme|ieme|nd|nde)s?",
    percent_behind=r"[%％]|pour ?cents?\b|points? de pourcentage\b",
    percent_before=r"(?:pourcentages?|pour ?cents?) de $",
    twenties=True,
    alone=frozenset(["un", "une", "second", "seconde", "douzaine", "douzaines", "demi", "quart", "millions", "milliards"]),
)  # fmt: skip
