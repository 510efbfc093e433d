"""What single words and phrases of an instruction mean: roles, ordinals, places, states.

English; roles and relations also as they are called in German, French, Spanish, Portuguese, Italian and Chinese.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TypeAlias, TypeVar

T = TypeVar("T")
Place: TypeAlias = tuple[float | None, float | None]
"""A place on the screen, as shares across and down; None for no matter."""


def _words(table: Mapping[str, str]) -> Mapping[str, str]:
    return {word: meaning for meaning, words in table.items() for word in re.split(r"\s*,\s*", " ".join(words.split()))}


ROLES: Mapping[str, str] = _words({  # role: words
    "button": (
        "button, btn, push button, command button, action button, knob, knopf, schaltfläche, taste, "
        "bouton, botón, boton, botão, botao, pulsante, tasto, bottone, buttons, 按钮, 按键"
    ),
    "link": (
        "link, hyperlink, text link, web link, weblink, url, anchor, reference, links, verweis, lien, "
        "enlace, vínculo, ligação, collegamento, 链接"
    ),
    "tab": (
        "tab, tab page, tab sheet, register tab, tabs, reiter, registerkarte, onglet, pestaña, aba, "
        "scheda, 标签页, 选项卡"
    ),
    "icon": (
        "icon, symbol, glyph, logo, pictogram, sign, icon button, small icon, icons, ikone, icône, "
        "icone, icono, ícone, icona, 图标"
    ),
    "image": (
        "image, picture, photo, avatar, illustration, figure, photograph, graphic, drawing, images, "
        "pictures, bild, imagen, imagem, immagine, 图片"
    ),
    "checkbox": (
        "checkbox, check box, tick box, tickbox, check mark box, checkboxes, switch, toggle, "
        "toggle switch, slide switch, toggle button, switches, on/off switch, kästchen, "
        "kontrollkästchen, schalter, case, casilla, interruptor, caixa, casella, 复选框, 开关"
    ),
    "radio": (
        "radio button, radio, option button, radio option, radio buttons, optionsfeld, bouton radio"
    ),
    "textbox": (
        "text field, text box, textbox, input field, input box, input, field, text area, textarea, "
        "search box, search bar, search field, search input, searchbox, query field, search text field, "
        "box, entry field, form field, text input, entry box, edit box, blank, number field, number box, "
        "numeric field, spin box, stepper, number input, spinner, fields, inputs, boxes, feld, "
        "eingabefeld, textfeld, suchfeld, champ, campo, 输入框, 文本框, 搜索框"
    ),
    "combobox": (
        "dropdown, drop-down, drop down, combo box, combobox, select box, selector, dropdown list, "
        "dropdown menu, drop-down menu, pulldown, list box, picker, choice list, pull-down list, "
        "pull-down, dropdowns, auswahlliste, liste, lista, 下拉框"
    ),
    "heading": (
        "heading, title, headline, header, caption, section title, column heading, column header, "
        "column title, table header, headings, überschrift, titel, titre, título, titolo, 标题"
    ),
    "slider": (
        "slider, slide bar, range slider, slide control, sliding control, regler, curseur, deslizador, "
        "cursore, 滑块"
    ),
    "text": (
        "menu item, item, entry, option, row, text, label, word, words, paragraph, line, menu entry, "
        "menu option, menu point, command, list item, list entry, tree item, node, branch, bullet, "
        "choice, alternative, cell, table cell, items, entries, options, eintrag, menüpunkt, entrée, "
        "elemento, opción, opção, voce, 选项, 菜单项"
    ),
})  # fmt: skip
NOWHERE: Place = (None, None)
_COUNT = (
    "first 1st", "second 2nd", "third 3rd", "fourth 4th", "fifth 5th", "sixth 6th", "seventh 7th", "eighth 8th",
    "ninth 9th", "tenth 10th",
)  # fmt: skip
ORDINALS: Mapping[str, int] = {
    **{word: index for index, words in enumerate(_COUNT) for word in words.split()},
    **dict.fromkeys(("topmost", "uppermost", "leftmost", "very first"), 0),
    **dict.fromkeys(("last", "final", "bottommost", "lowest", "rightmost", "very last"), -1),
    **dict.fromkeys(("last but one", "second to last", "second-to-last", "next to last", "next-to-last", "penultimate",
                     "second last", "second from last"), -2),
    **dict.fromkeys(("last but two", "third to last", "third last"), -3),
    "one": 0, "two": 1, "three": 2, "four": 3, "five": 4, "six": 5, "seven": 6, "eight": 7, "nine": 8, "ten": 9,
}  # fmt: skip
_MIDDLE: Place = (0.5, 0.5)
PLACES: Mapping[str, Place] = {
    **dict.fromkeys(("top", "upper", "upmost", "header", "top bar", "page header", "head", "banner", "title bar"),
                    (None, 0.0)),
    **dict.fromkeys(("bottom", "lower", "foot", "footer", "page footer", "bottom bar"), (None, 1.0)),
    **dict.fromkeys(("left", "left-hand", "leftmost", "lefthand"), (0.0, None)),
    **dict.fromkeys(("right", "right-hand", "rightmost", "righthand"), (1.0, None)),
    **dict.fromkeys(("middle", "center", "centre", "central", "midst"), _MIDDLE),
}  # fmt: skip
STATES: Mapping[str, str] = _words({
    "on": (
        "checked, ticked, turned on, switched on, on, enabled, marked, crossed, selected, active, "
        "chosen, highlighted, current, picked, open, pressed, activated"
    ),
    "off": (
        "unchecked, unticked, not checked, not ticked, turned off, switched off, off, deselected, "
        "not selected, unselected, empty, unmarked, not active"
    ),
    "disabled": (
        "disabled, greyed out, grayed out, inactive, not available, unavailable, grey, dimmed, blocked, "
        "greyed, grayed"
    ),
})  # fmt: skip


SIDES: Mapping[str, str] = _words({  # how something lies to something else
    "below": (
        "below, under, underneath, beneath, lower than, further down than, down from, after the line, "
        "on the line after, at the bottom of, at the foot of, following below, unter, unterhalb, sous, "
        "en dessous, au-dessous, debajo, bajo, abaixo, sotto, 下面, 下方"
    ),
    "above": (
        "above, over, on top of, atop, higher than, further up than, up from, on the line before, "
        "preceding, at the top of, über, oberhalb, au-dessus, encima, arriba, acima, sopra, 上面, 上方"
    ),
    "left": (
        "to the left of, left of, on the left of, left from, at the left of, on the left side of, "
        "at the left side of, to the left side of, on the left hand side of, to the left hand side of, "
        "on the left-hand side of, to the left-hand side of, leftwards of, leftward of, before, "
        "in front of, ahead of, links von, links neben, à gauche de, a la izquierda de, à esquerda de, "
        "a sinistra di, 左边, 左侧"
    ),
    "right": (
        "to the right of, right of, on the right of, right from, at the right of, on the right side of, "
        "at the right side of, to the right side of, on the right hand side of, "
        "to the right hand side of, on the right-hand side of, to the right-hand side of, rightwards of, "
        "rightward of, behind, after, following, past, rechts von, rechts neben, à droite de, "
        "a la derecha de, à direita de, a destra di, 右边, 右侧"
    ),
    "near": (
        "next to, beside, besides, near, nearby, close to, by, adjacent to, alongside, at the side of, "
        "touching, neighbouring, neighboring, in the vicinity of, closest to, nearest to, bordering, "
        "accompanying, around, neben, bei, à côté de, près de, junto a, al lado de, ao lado de, "
        "accanto a, vicino a, 旁边"
    ),
    "row": (
        "row, line, same row, same line, in the row of, in the row with, in the line of, belongs to, "
        "belonging to, zeile, ligne, fila, linha, riga, 行"
    ),
    "section": (
        "heading, headline, section, title, part, block, panel, group, box titled, chapter, abschnitt, "
        "überschrift, rubrique, sección, seção, sezione, 部分"
    ),
})  # fmt: skip


def role_of(words: str) -> str:
    """The role that a phrase names, by the longest end of it that is known; empty for none.

    Example: "search text fields" -> "textbox"
    """
    return _longest(words, ROLES) or ""


def ordinal_of(words: str, side: str = "") -> int | None:
    """Which of several a phrase names, from 0, or from the end as -1; None where it does not say.

    side -- where one counts from, if it is said: "from the right" counts from the end
    """
    value = _longest(words, ORDINALS)
    if value is None:
        digits = re.search(r"\d+", words)
        value = int(digits[0]) - 1 if digits and 0 < int(digits[0]) < 100 else None
    if value is None or not re.search(r"\b(?:right|bottom|below|end)\b", side):
        return value
    return -1 - value


def place_of(phrase: str) -> Place:
    """The place that a phrase names: "upper left corner" -> (0, 0)."""
    words = re.findall(r"[a-z]+", phrase.casefold())
    edges = [PLACES[word] for word in words if word in PLACES and PLACES[word] != _MIDDLE]
    across = next((x for x, _ in edges if x is not None), None)
    down = next((y for _, y in edges if y is not None), None)
    if any(PLACES.get(word) == _MIDDLE for word in words):
        return (0.5 if across is None else across), (0.5 if down is None else down)
    return across, down


def state_of(words: str) -> str:
    """Whether a phrase says "on", "off" or "disabled"; empty where it says none."""
    return _longest(words, STATES) or ""


def _longest(words: str, table: Mapping[str, T]) -> T | None:
    """The value of the longest run of words that a table has, those at the end first."""
    parts = words.casefold().replace("’", "'").split()
    for size in range(len(parts), 0, -1):
        for start in range(len(parts) - size, -1, -1):
            run = " ".join(parts[start : start + size])
            if (value := _value(run, table)) is not None:
                return value
    return None


def _value(run: str, table: Mapping[str, T]) -> T | None:
    return next((table[form] for form in _forms(run) if form in table), None)


def _forms(run: str) -> Iterable[str]:
    bare = run.strip(".,;:()")
    return (bare, bare.removesuffix("s"), bare.removesuffix("es"))
