"""Names of keys: one of our own, and what each dialect calls it.

A key that prints a character is that character. Reading is lenient, because models mix the names of all dialects:
"Return", "ENTER" and "enter" are one key wherever they stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from tamis.errors import InvalidInput

# ours: (X11, as Anthropic's tool takes them; browsers; pyautogui, also of Qwen and UI-TARS; OpenAI; what else is read)
_TABLE: Mapping[str, tuple[str, str, str, str, str]] = {
    "enter": ("Return", "Enter", "enter", "ENTER", "kp_enter numpadenter newline"),
    "escape": ("Escape", "Escape", "esc", "ESC", ""),
    "tab": ("Tab", "Tab", "tab", "TAB", ""),
    "space": ("space", "Space", "space", "SPACE", "spacebar"),
    "backspace": ("BackSpace", "Backspace", "backspace", "BACKSPACE", "back"),
    "delete": ("Delete", "Delete", "delete", "DELETE", "del"),
    "insert": ("Insert", "Insert", "insert", "INSERT", "ins"),
    "home": ("Home", "Home", "home", "HOME", ""),
    "end": ("End", "End", "end", "END", ""),
    "pageup": ("Page_Up", "PageUp", "pageup", "PAGEUP", "prior pgup"),
    "pagedown": ("Page_Down", "PageDown", "pagedown", "PAGEDOWN", "next pgdn pgdown"),
    "up": ("Up", "ArrowUp", "up", "UP", "uparrow"),
    "down": ("Down", "ArrowDown", "down", "DOWN", "downarrow"),
    "left": ("Left", "ArrowLeft", "left", "LEFT", "leftarrow"),
    "right": ("Right", "ArrowRight", "right", "RIGHT", "rightarrow"),
    "ctrl": ("ctrl", "Control", "ctrl", "CTRL", "controlleft ctrlleft control_l controlorcontrol"),
    "shift": ("shift", "Shift", "shift", "SHIFT", "shiftleft shift_l"),
    "alt": ("alt", "Alt", "alt", "ALT", "option altleft alt_l"),
    "meta": ("super", "Meta", "win", "META", "cmd command super_l windows winleft"),
    "capslock": ("Caps_Lock", "CapsLock", "capslock", "CAPSLOCK", ""),
    "printscreen": ("Print", "PrintScreen", "printscreen", "PRINTSCREEN", "prtsc"),
    "menu": ("Menu", "ContextMenu", "apps", "MENU", ""),
    "plus": ("plus", "+", "+", "+", ""),
    "minus": ("minus", "-", "-", "-", ""),
    **{f"f{n}": (f"F{n}", f"F{n}", f"f{n}", f"F{n}", "") for n in range(1, 25)},
}
X11, BROWSER, PYAUTOGUI, OPENAI = range(4)  # whose names


def _plain(name: str) -> str:
    return "space" if name == " " else re.sub(r"[\s_-]", "", name).lower()


_KNOWN = {_plain(name) or name: ours for ours, row in _TABLE.items() for name in (ours, *row[:4], *row[4].split())}


def key_of(name: str) -> str:
    """Our name of a key that any dialect names.

    Example: "Page_Down" -> "pagedown"; "A" -> "a"

    Raises:
        InvalidInput: there is no such key.
    """
    if len(name) == 1 and not name.isspace():
        return _KNOWN.get(name, name.lower())
    plain = _plain(name)
    if plain not in _KNOWN:
        raise InvalidInput(f"No key is named {name!r}.", hint="Type longer texts with the action 'type'.")
    return _KNOWN[plain]


def keys_of(names: object) -> tuple[str, ...]:
    """Our names of several keys.

    Raises:
        InvalidInput: one of them is no key, or they are no list of names.
    """
    if not isinstance(names, Iterable) or isinstance(names, (str, dict)):
        raise InvalidInput(f"Keys are a list of names, got {names!r}.")
    return tuple(key_of(str(name)) for name in names)


def combination(text: str) -> tuple[str, ...]:
    """The keys of a text in which they stand together.

    Example: "ctrl+shift+Page_Down" -> ("ctrl", "shift", "pagedown"); "ctrl +" -> ("ctrl", "plus")

    Raises:
        InvalidInput: one of them is no key.
    """
    parts = re.split(r"(?<=[^\s+])[\s+]+(?=\S)|\s+", text.strip())
    return keys_of(part for part in parts if part)


def name_of(key: str, whose: int) -> str:
    """What a dialect calls one of our keys; a character is itself."""
    return _TABLE[key][whose] if key in _TABLE else key
