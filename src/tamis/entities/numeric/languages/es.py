"""Spanish numbers."""

from tamis.entities.numeric.languages.table import NumberTable, numbered

_ROOTS = {
    1: "primer", 2: "segund", 3: "tercer", 4: "cuart", 5: "quint", 6: "sext", 7: "septim|setim", 8: "octav",
    9: "noven|non", 10: "decim", 11: "undecim|decimoprimer", 12: "duodecim|decimosegund", 13: "decimotercer",
    14: "decimocuart", 15: "decimoquint", 16: "decimosext", 17: "decimoseptim", 18: "decimoctav", 19: "decimonoven",
    20: "vigesim", 30: "trigesim", 40: "cuadragesim", 50: "quincuagesim", 60: "sexagesim", 70: "septuagesim",
    80: "octogesim", 90: "nonagesim", 100: "centesim", 200: "ducentesim", 300: "tricentesim", 400: "cuadringentesim",
    500: "quingentesim", 600: "sexcentesim", 700: "septingentesim", 800: "octingentesim|octigentesim",
    900: "noningentesim|nonigentesim",
}  # fmt: skip
_ORDINALS = {
    root + end: float(value)
    for value, roots in _ROOTS.items()
    for root in roots.split("|")
    for end in ("o", "a", "os", "as", *([""] if value in (1, 3) else []))
}
_SCALES = {
    "mil": 1e3,
    "millon": 1e6,
    "millones": 1e6,
    "billon": 1e12,
    "billones": 1e12,
    "trillon": 1e18,
    "trillones": 1e18,
}
_PARTS = {"medi": 2, "terci": 3, "cuart": 4, "quint": 5, "sext": 6, "septim": 7, "octav": 8, "noven": 9, "decim": 10}

SPANISH = NumberTable(
    adds=numbered(
        "cero un|uno|una dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciseis"
        " diecisiete dieciocho diecinueve veinte|veinti veintiun|veintiuno|veintiuna",
        0,
    )
    | numbered("treinta|treinti cuarenta cincuenta sesenta setenta ochenta noventa", 30, 10)
    | numbered("veint treint cuarent cincuent sesent setent ochent novent", 20, 10)  # in "treintavos"
    | numbered("cien|ciento doscientos|doscientas trescientos|trescientas cuatrocientos|cuatrocientas", 100, 100)
    | numbered("quinientos|quinientas seiscientos|seiscientas setecientos|setecientas", 500, 100)
    | numbered("ochocientos|ochocientas novecientos|novecientas", 800, 100),
    times={},
    scales=_SCALES | {"docena": 12, "docenas": 12},
    ordinals=_ORDINALS,
    ordinal_scales={
        root + end: value
        for root, value in {"milesim": 1e3, "millonesim": 1e6, "billonesim": 1e12}.items()
        for end in ("o", "a", "os", "as")
    },
    parts={root + end: float(value) for root, value in _PARTS.items() for end in ("os", "as")}
    | {"medio": 2, "tercio": 3},
    glue=frozenset(["y"]),
    points=frozenset(["coma", "punto", "con"]),
    over=frozenset(["sobre"]),
    and_part=frozenset(["y", "con"]),
    minus=frozenset(["menos"]),
    one=frozenset(["un"]),
    suffix_parts=frozenset(["avo", "avos", "ava", "avas"]),
    ordinal_behind=r"[ºª]|(?:er|ro|do|to|mo|vo|no|ra|da|ta|ma|va|na)s?",
    percent_behind=r"[%％]|por ?cien(?:to)?\b|puntos? porcentuales\b",
    percent_before=r"(?:porcentaje|por ?ciento) de $",
    alone=frozenset(["un", "una", "docena", "docenas", "medio", "millones", "billones"]),
)
